"""Service statements: one row per operator, service and page, and one state for each service."""

from __future__ import annotations

import re

import pandas as pd

from helpers.cleaning.rules import as_years, keep_one, pages_of
from survey_reader import Ledger

TABLE = "service_evidence"
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
    """Return why a note describes indirect evidence, or an empty string."""
    for reason, pattern in WEAK_NOTES.items():
        if pattern.search(note):
            return reason
    if service_code not in _AWARENESS_IS_THE_SERVICE and _AWARENESS.search(note):
        return "awareness_only"
    return ""


def clean_statements(
    raw: pd.DataFrame, second_reading: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Return one row per (operator, service, page, status); ``n_raw`` counts the raw rows.

    A row that the second reading supports only partly is weak.
    """
    frame = raw.rename(columns={"opsn_name": "operator", "page_year": "year"})
    frame["page"] = pages_of(frame, TABLE, "evidence_id", ledger)
    partly = set(second_reading.loc[second_reading["supports"] == "partly", "evidence_id"])
    frame["weak_reason"] = [
        "second_reading" if row.evidence_id in partly else weak_reason(row.note, row.service_code)
        for row in frame.itertuples()
    ]
    groups = frame.groupby(["operator", "service_code", "page", "status"], sort=False)
    frame["group"] = groups.ngroup()
    frame["n_raw"] = groups["page"].transform("size")
    # The most telling row stands for the others: firm before weak, dated before undated.
    frame["weak"], frame["undated"] = frame["weak_reason"] != "", frame["year"] == ""
    order = frame.sort_values(["weak", "undated", "evidence_id"], kind="stable")
    kept = order.drop_duplicates("group").sort_values("group")
    for row in kept.itertuples():
        same = frame.loc[frame["group"] == row.group, "evidence_id"]
        keep_one(TABLE, same, row.evidence_id, "duplicate_statement", ledger)
        ledger.change(TABLE, row.evidence_id, "weak", "", row.weak_reason, "weak_statement")
    kept["year"] = as_years(kept["year"])
    columns = ["evidence_id", "operator", "service_code", "status", "page", "year", "weak"]
    columns += ["weak_reason", "source_url", "note", "batch", "n_raw"]
    return kept[columns].sort_values("evidence_id", kind="stable", ignore_index=True)


def resolve_status(statuses: list[str], years: list[int | None]) -> str:
    """Return the state that the dated statements about one operator and one service add up to.

    A statement that the service ended (or is not offered) prevails unless a later dated page shows
    it offered again; without dates to order them the ending prevails, because pages go on
    describing a service after its end, and none announces an end that did not come. A plan never
    revokes an offer.
    """
    pairs = [(status, year or 0) for status, year in zip(statuses, years, strict=True)]
    offers = [year for status, year in pairs if status == "offered"]
    ends = [(s, year) for s, year in pairs if s in ("discontinued", "not_offered")]
    if not ends:
        return "offered" if offers else "planned"
    latest = max(year for _, year in ends)
    if latest and max(offers, default=0) > latest:
        return "offered"
    return min((s for s, year in ends if year == latest), key=STATUS_ORDER.__getitem__)


def resolve_states(statements: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per (operator, service) that any page speaks of.

    ``n_pages`` and ``n_firm_pages`` count the distinct pages that say it is offered.
    """
    rows = []
    for (operator, service), group in statements.groupby(["operator", "service_code"], sort=True):
        years = [None if pd.isna(y) else int(y) for y in group["year"]]
        state = resolve_status(list(group["status"]), years)
        for row in group.itertuples():
            ledger.change(TABLE, row.evidence_id, "state", row.status, state, "status_conflict")
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
    return pd.DataFrame(rows).astype({"first_year": "Int64", "last_year": "Int64"})
