"""Statements of services and cooperation: repeated ones merge, and one state for each service."""

from __future__ import annotations

import re
from itertools import groupby
from operator import attrgetter

import pandas as pd

from helpers.cleaning.rules import PATTERNS, as_years, keep_one, pages_of
from helpers.estimates import shares
from survey_reader import Ledger

TABLE, PROTOCOL, COOPERATION = "service_evidence", "protocol_evidence", "cooperation"
# Reading A looked for services; B and C asked fixed queries.
READINGS = {"": "A", "P1": "B", "P2": "C"}
# Kinds of cooperation in which the order of the two names carries no meaning.
SYMMETRIC = ("alliance", "shared_platform", "joint_action")


def weak_reason(note: str, service_code: str) -> str:
    """Return why a note describes indirect evidence, or an empty string."""
    reasons = PATTERNS["weak_notes"]
    if service_code in PATTERNS["awareness_is_the_service"]:
        reasons = {reason: reasons[reason] for reason in reasons if reason != "awareness_only"}
    return next((r for r, pattern in reasons.items() if re.search(pattern, note)), "")


def table_of(evidence_id: str) -> str:
    """Return the raw table of a row of evidence."""
    return PROTOCOL if evidence_id.startswith("P") else TABLE


def clean_statements(
    raw: pd.DataFrame, second_reading: pd.DataFrame, refuted: set[str], ledger: Ledger
) -> pd.DataFrame:
    """Return one row per (operator, service, page, status) of reading A; ``n_raw`` counts the rows.

    A row that the second reading supports only partly is weak. One that it refuted for its service
    says nothing of that service, and is set aside.
    """
    for evidence_id in raw.loc[raw["evidence_id"].isin(refuted), "evidence_id"]:
        ledger.settle(TABLE, evidence_id, "set_aside", "refuted_service")
    raw = raw[~raw["evidence_id"].isin(refuted)]
    partly = set(second_reading.loc[second_reading["supports"] == "partly", "evidence_id"])
    reasons = [
        "second_reading" if row.evidence_id in partly else weak_reason(row.note, row.service_code)
        for row in raw.itertuples()
    ]
    return _statements(raw.assign(weak_reason=reasons, protocol=""), TABLE, ledger)


def clean_protocol_statements(raw: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return the statements of readings B and C; the coder says which are weak."""
    reasons = raw["certainty"].map({"weak": "coder", "firm": ""})
    return _statements(raw.assign(weak_reason=reasons, batch=raw["protocol"]), PROTOCOL, ledger)


def _statements(raw: pd.DataFrame, table: str, ledger: Ledger) -> pd.DataFrame:
    frame = raw.rename(columns={"opsn_name": "operator", "page_year": "year"})
    frame["reading"] = frame["protocol"].map(READINGS)
    frame["query"] = frame.get("first_query", "")
    frame["page"] = pages_of(frame, table, "evidence_id", ledger)
    # The most telling row stands for the others: firm before weak, dated before undated.
    frame["weak"], frame["undated"] = frame["weak_reason"] != "", frame["year"] == ""
    order = frame.sort_values(["weak", "undated", "evidence_id"], kind="stable").index
    keys = ["operator", "service_code", "page", "status", "reading"]
    kept = _merge_repeated(frame, keys, order, table, "evidence_id", ledger)
    for row in kept.itertuples():
        ledger.change(table, row.evidence_id, "weak", "", row.weak_reason, "weak_statement")
    columns = ["evidence_id", "operator", "service_code", "status", "page", "year", "weak"]
    columns += ["weak_reason", "source_url", "note", "batch", "n_raw", "reading", "query"]
    return kept[columns].sort_values("evidence_id", kind="stable", ignore_index=True)


def across_readings(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return the statements of readings A and B, those of one page made one (reading ``A|B``)."""
    both = pd.concat([first, second], ignore_index=True)
    keys = ["operator", "service_code", "page", "status"]
    same = both.groupby(keys, sort=False)
    both["reading"] = same["reading"].transform(lambda found: "|".join(sorted(set(found))))
    both["n_raw"] = same["n_raw"].transform("sum")
    # Reading A has no query.
    both["query"] = same["query"].transform("max")
    # A firm row stands for a weak one, else the first reading's.
    order = both.sort_values("weak", kind="stable")
    kept = order.drop_duplicates(keys)
    return kept.sort_values("evidence_id", kind="stable", ignore_index=True)


def readings_made(
    statements: pd.DataFrame, third_reading: pd.DataFrame, looks: pd.DataFrame
) -> pd.DataFrame:
    """Return what each reading of the pages did.

    Parameters
    ----------
    statements, third_reading : DataFrame
        Tidy statements of readings A and B, and of reading C.
    looks : DataFrame
        Look-ups of readings B and C (operator, reading); reading A kept no record of its own.

    Returns
    -------
    DataFrame
        Index reading (A, B, C): n_operators (looked up; for A, those that it says something of),
        n_looks (missing for A), n_statements. A reading that was not made has 0 of each.
    """
    said = pd.concat([statements, third_reading])[["operator", "reading"]]
    said = said.assign(reading=said["reading"].str.split("|")).explode("reading")
    counts = pd.DataFrame(
        {
            "n_operators": looks.groupby("reading")["operator"].nunique(),
            "n_looks": looks["reading"].value_counts(),
            "n_statements": said["reading"].value_counts(),
        }
    ).reindex(sorted(READINGS.values()))
    described = said.groupby("reading")["operator"].nunique()
    counts["n_operators"] = counts["n_operators"].fillna(described)
    counts.loc[["B", "C"]] = counts.loc[["B", "C"]].fillna(0)
    return counts.astype("Int64").rename_axis("reading")


def support_of_rows(second_reading: pd.DataFrame) -> pd.DataFrame:
    """Return how far the pages of the rows that were read again support them.

    Parameters
    ----------
    second_reading : DataFrame
        One row per row drawn: found (whether its page came back), supports.

    Returns
    -------
    DataFrame
        Index verdict (yes, partly, no): k, n (rows judged), value with low and high (Wilson).
    """
    judged = second_reading.loc[second_reading["found"] == "yes", "supports"]
    counts = judged.value_counts().reindex(["yes", "partly", "no"], fill_value=0)
    return shares(counts, len(judged)).rename_axis("verdict")


def clean_cooperation(raw: pd.DataFrame, operators: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per cooperation statement, repeated ones merged, known ends marked."""
    frame = raw.rename(columns={"source_name": "source", "target_name": "target"})
    frame["page"] = pages_of(frame, COOPERATION, "row_id", ledger)
    swap = frame["kind"].isin(SYMMETRIC) & (frame["source"] > frame["target"])
    first, second = frame["source"].mask(swap, frame["target"]), frame["target"]
    keys = [first, second.mask(swap, frame["source"]), "kind", "topic", "status", "page"]
    latest = frame.sort_values("year", ascending=False, kind="stable").index
    kept = _merge_repeated(frame, keys, latest, COOPERATION, "row_id", ledger)
    for end in ("source", "target"):
        kept[f"{end}_is_operator"] = kept[end].isin(set(operators["operator"]))
    columns = ["row_id", "source", "target", "kind", "topic", "year", "status"]
    columns += ["source_is_operator", "target_is_operator", "page", "source_url", "note", "n_raw"]
    return kept[columns]


def _merge_repeated(frame, keys, order, table, identifier, ledger) -> pd.DataFrame:
    """Return of the rows with the same keys the first in an order; ``n_raw`` counts them."""
    groups = frame.groupby(keys, sort=False)
    frame = frame.assign(group=groups.ngroup(), n_raw=groups["page"].transform("size"))
    kept = frame.loc[order].drop_duplicates("group").sort_values("group", ignore_index=True)
    for group, row_id in zip(kept["group"], kept[identifier], strict=True):
        same = frame.loc[frame["group"] == group, identifier]
        keep_one(table, same, row_id, "duplicate_statement", ledger)
    return kept.assign(year=as_years(kept["year"]))


def succession_links(
    cooperation: pd.DataFrame, statements: pd.DataFrame, operators: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Return who came from whom: a merger or succession that a page states, or a possible one.

    The latter rests on a note alone, which calls an operator by the name of another. No page says
    so: the two are not merged.
    """
    possible = []
    for row in statements[statements["weak_reason"] == "predecessor"].itertuples():
        for name in operators["operator"]:
            named = rf"(?<!\w){re.escape(name)}(?!\w)"
            if len(name) > 3 and name != row.operator and re.search(named, row.note):
                possible.append((row.operator, name, "possible", pd.NA, True, ""))
                change = ("possible_predecessor", "", name, "former_name")
                ledger.change(table_of(row.evidence_id), row.evidence_id, *change)
    rows = []
    for row in cooperation[cooperation["kind"].isin(["merger", "succession"])].itertuples():
        ledger.change(COOPERATION, row.row_id, "predecessor", "", row.target, "succession_link")
        known = row.target_is_operator
        rows.append((row.source, row.target, row.kind, row.year, known, row.source_url))
    columns = ["operator", "predecessor", "kind", "year", "predecessor_is_operator", "source_url"]
    links = pd.DataFrame([*rows, *dict.fromkeys(possible)], columns=columns)
    return links.astype({"year": "Int64", "predecessor_is_operator": bool})


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
    # Of two endings of the same year, the service that was once offered tells more.
    return min(status for status, year in ends if year == latest)


def resolve_states(statements: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per (operator, service) that any page speaks of.

    ``n_pages`` and ``n_firm_pages`` count the distinct pages that say it is offered.
    """
    rows, keys = [], ["operator", "service_code"]
    # One pass over plain rows: a frame for each group would take most of the time of the cleaning.
    ordered = statements.sort_values(keys, kind="stable").itertuples()
    for (operator, service), found in groupby(ordered, key=attrgetter(*keys)):
        group = list(found)
        years = [None if pd.isna(row.year) else int(row.year) for row in group]
        state = resolve_status([row.status for row in group], years)
        for row in group:
            table = table_of(row.evidence_id)
            ledger.change(table, row.evidence_id, "state", row.status, state, "status_conflict")
        offered = [row for row in group if row.status == "offered"]
        firm = {row.page for row in offered if not row.weak}
        planned = {row.page for row in group if row.status == "planned"}
        counts = len({row.page for row in offered}), len(firm), len(planned)
        known = [year for year in years if year is not None]
        span = min(known, default=pd.NA), max(known, default=pd.NA)
        rows.append((operator, service, state, *counts, *span))
    columns = [*keys, "state", "n_pages", "n_firm_pages", "n_planned_pages"]
    frame = pd.DataFrame(rows, columns=[*columns, "first_year", "last_year"])
    return frame.astype({"first_year": "Int64", "last_year": "Int64"})
