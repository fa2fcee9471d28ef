"""Cooperation statements and the links between predecessors and successors."""

from __future__ import annotations

import pandas as pd

from helpers.cleaning.rules import as_years, keep_one, pages_of
from survey_reader import Ledger

TABLE = "cooperation"
# Kinds in which the order of the two names carries no meaning.
SYMMETRIC = ("alliance", "shared_platform", "joint_action")


def clean_cooperation(raw: pd.DataFrame, operators: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per cooperation statement, repeated ones merged, known ends marked."""
    frame = raw.rename(columns={"source_name": "source", "target_name": "target"})
    frame["page"] = pages_of(frame, TABLE, "row_id", ledger)
    swap = frame["kind"].isin(SYMMETRIC) & (frame["source"] > frame["target"])
    ends = [
        frame["source"].mask(swap, frame["target"]),
        frame["target"].mask(swap, frame["source"]),
    ]
    groups = frame.groupby([*ends, "kind", "topic", "status", "page"], sort=False)
    frame["group"], frame["n_raw"] = groups.ngroup(), groups["page"].transform("size")
    latest = frame.sort_values("year", ascending=False, kind="stable")
    kept = latest.drop_duplicates("group").sort_values("group", ignore_index=True)
    for row in kept.itertuples():
        same = frame.loc[frame["group"] == row.group, "row_id"]
        keep_one(TABLE, same, row.row_id, "duplicate_statement", ledger)
    kept["year"] = as_years(kept["year"])
    for end in ("source", "target"):
        kept[f"{end}_is_operator"] = kept[end].isin(set(operators["operator"]))
    columns = ["row_id", "source", "target", "kind", "topic", "year", "status"]
    columns += ["source_is_operator", "target_is_operator", "page", "source_url", "note", "n_raw"]
    return kept[columns]


def succession_links(
    cooperation: pd.DataFrame, possible: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Return who came from whom: a merger or succession that a page tells, or a possible one.

    The latter rests on a note alone.
    """
    told = cooperation[cooperation["kind"].isin(["merger", "succession"])]
    rows = [
        (row.source, row.target, row.kind, row.year, row.target_is_operator, row.source_url)
        for row in told.itertuples()
    ]
    for row in told.itertuples():
        ledger.change(TABLE, row.row_id, "predecessor", "", row.target, "succession_link")
    pairs = possible.drop_duplicates(["operator", "predecessor"])
    rows += [
        (row.operator, row.predecessor, "possible", pd.NA, True, "") for row in pairs.itertuples()
    ]
    columns = ["operator", "predecessor", "kind", "year", "predecessor_is_operator", "source_url"]
    types = {"year": "Int64", "predecessor_is_operator": bool}
    return pd.DataFrame(rows, columns=columns).astype(types)
