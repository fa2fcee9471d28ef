"""Service statements: one row per operator, service and page, and one state per operator and service."""

from __future__ import annotations

import re

import pandas as pd

from helpers.cleaning.addresses import canonical_page
from survey_reader import Ledger

STATUS_ORDER = {"offered": 0, "planned": 1, "discontinued": 2, "not_offered": 3}

# Reason -> pattern of the coders' notes. Each names a way in which a page can speak of a service
# without showing that this operator renders it; the second reading found all of them.
WEAK_NOTES: dict[str, re.Pattern[str]] = {
    "indirect": re.compile(r"\bindirect", re.I),
    "statutory_aim": re.compile(r"^(anciens )?statuts\b|^objet\s*:|\bstatutaire|^vocation\b", re.I),
    "third_party": re.compile(
        r"^participe\b|^associée? (à|au)\b|^partenaire (de|du)\b|\bhub\b", re.I
    ),
    "predecessor": re.compile(r"^alors\b|^anciens\b|\bCRI74\b"),
    "pilot": re.compile(r"\bexpérimentations?\b", re.I),
    "study_only": re.compile(r"\bétudiée?s?\b|\benvisagée?s?\b", re.I),
    "tertiary_source": re.compile(r"^wikipédia\b", re.I),
}
_AWARENESS = re.compile(
    r"\bsensibilis|\bmatinales?\b|réunions? d.information|\bcongrès\b|\bhackathon\b", re.I
)
_AWARENESS_IS_THE_SERVICE = {"formation", "inclusion_numerique"}


def weak_reason(note: str, service_code: str) -> str:
    """Return why a note describes indirect evidence, or an empty string.

    Raising awareness is weak evidence of any service but training and digital inclusion,
    of which it is a form.
    """
    for reason, pattern in WEAK_NOTES.items():
        if pattern.search(note):
            return reason
    if service_code not in _AWARENESS_IS_THE_SERVICE and _AWARENESS.search(note):
        return "awareness_only"
    return ""


def clean_statements(
    raw: pd.DataFrame, second_reading: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Return one row per (operator, service, page, status), with the raw rows that it stands for.

    Parameters
    ----------
    raw : DataFrame
        `service_evidence`, as text.
    second_reading : DataFrame
        Independent re-reading of a sample; ``supports == "partly"`` makes a row weak.
    ledger : Ledger
        Receives the canonical addresses, the merges and the weak marks.

    Returns
    -------
    DataFrame
        Columns evidence_id, operator, service_code, status, page, year (Int64), weak, weak_reason,
        source_url, note, batch, n_raw.
    """
    frame = raw.rename(columns={"opsn_name": "operator", "page_year": "year"}).copy()
    frame["page"] = frame["source_url"].map(canonical_page)
    for row in frame.itertuples():
        ledger.change(
            "service_evidence",
            row.evidence_id,
            "source_url",
            row.source_url,
            row.page,
            "canonical_page",
        )
    partly = set(second_reading.loc[second_reading["supports"] == "partly", "evidence_id"])
    frame["weak_reason"] = [
        "second_reading" if row.evidence_id in partly else weak_reason(row.note, row.service_code)
        for row in frame.itertuples()
    ]
    keys = ["operator", "service_code", "page", "status"]
    kept = []
    for _, group in frame.groupby(keys, sort=False):
        # The most telling row stands for the others: dated before undated, firm before weak.
        order = group.assign(undated=group["year"] == "", soft=group["weak_reason"] != "")
        order = order.sort_values(["soft", "undated", "evidence_id"], kind="stable")
        first = order.iloc[0]
        kept.append(
            {
                **first[
                    [*keys, "evidence_id", "year", "weak_reason", "source_url", "note", "batch"]
                ].to_dict(),
                "n_raw": len(group),
            }
        )
        for row_id in group["evidence_id"]:
            if row_id == first["evidence_id"]:
                ledger.keep("service_evidence", row_id)
            else:
                ledger.merge(
                    "service_evidence", row_id, first["evidence_id"], "duplicate_statement"
                )
        if first["weak_reason"]:
            ledger.change(
                "service_evidence",
                first["evidence_id"],
                "weak",
                "",
                first["weak_reason"],
                "weak_statement",
            )
    out = pd.DataFrame(kept)
    out["year"] = pd.to_numeric(out["year"].replace("", None)).astype("Int64")
    out["weak"] = out["weak_reason"] != ""
    columns = [
        "evidence_id",
        "operator",
        "service_code",
        "status",
        "page",
        "year",
        "weak",
        "weak_reason",
        "source_url",
        "note",
        "batch",
        "n_raw",
    ]
    return out[columns].sort_values("evidence_id", kind="stable", ignore_index=True)


def resolve_status(statuses: list[str], years: list[int | None]) -> str:
    """Return the state that the dated statements about one operator and one service add up to.

    A statement that the service ended (or is not offered) prevails unless a later dated page shows it
    offered again; without dates to order them the ending prevails, because pages go on describing a
    service after its end, and none announces an end that did not come. A plan never revokes an offer.
    """
    ending = [s for s in statuses if s in ("discontinued", "not_offered")]
    offers = [y for s, y in zip(statuses, years, strict=True) if s == "offered"]
    if ending:
        ends = [y for s, y in zip(statuses, years, strict=True) if s in ending and y is not None]
        dated_offers = [y for y in offers if y is not None]
        if dated_offers and ends and max(dated_offers) > max(ends):
            return "offered"
        latest = max(ends, default=None)
        last = [s for s, y in zip(statuses, years, strict=True) if s in ending and y == latest]
        return min(last or ending, key=STATUS_ORDER.__getitem__)
    return "offered" if offers else "planned"


def resolve_states(statements: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per (operator, service) that any page speaks of.

    Returns
    -------
    DataFrame
        Columns operator, service_code, state, n_pages (distinct pages that say it is offered),
        n_firm_pages (those not weak), n_planned_pages, first_year, last_year (Int64).
    """
    rows = []
    for (operator, service), group in statements.groupby(["operator", "service_code"], sort=True):
        years = [None if pd.isna(y) else int(y) for y in group["year"]]
        state = resolve_status(list(group["status"]), years)
        for row in group.itertuples():
            if row.status != state:
                ledger.change(
                    "service_evidence",
                    row.evidence_id,
                    "state",
                    row.status,
                    state,
                    "status_conflict",
                )
        offered = group[group["status"] == "offered"]
        rows.append(
            {
                "operator": operator,
                "service_code": service,
                "state": state,
                "n_pages": offered["page"].nunique(),
                "n_firm_pages": offered.loc[~offered["weak"], "page"].nunique(),
                "n_planned_pages": group.loc[group["status"] == "planned", "page"].nunique(),
                "first_year": group["year"].min(),
                "last_year": group["year"].max(),
            }
        )
    out = pd.DataFrame(rows)
    return out.astype({"first_year": "Int64", "last_year": "Int64"})
