"""Cooperation statements and the links between predecessors and successors."""

from __future__ import annotations

import pandas as pd

from helpers.cleaning.addresses import canonical_page
from survey_reader import Ledger

TABLE = "cooperation"
# Kinds in which the order of the two names carries no meaning.
SYMMETRIC = ("alliance", "shared_platform", "joint_action")


def clean_cooperation(raw: pd.DataFrame, operators: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return one row per cooperation statement, repeated ones merged.

    Parameters
    ----------
    raw : DataFrame
        `cooperation` as text, with a column ``row_id``.
    operators : DataFrame
        Clean operators; tells which ends are documented operators.

    Returns
    -------
    DataFrame
        Columns row_id, source, target, kind, topic, year (Int64), status, source_is_operator,
        target_is_operator, page, source_url, note, n_raw.
    """
    known = set(operators["operator"])
    frame = raw.rename(columns={"source_name": "source", "target_name": "target"}).copy()
    frame["page"] = frame["source_url"].map(canonical_page)
    swap = frame["kind"].isin(SYMMETRIC) & (frame["source"] > frame["target"])
    ends = frame[["source", "target"]].to_numpy()
    frame["first"] = [b if s else a for (a, b), s in zip(ends, swap, strict=True)]
    frame["second"] = [a if s else b for (a, b), s in zip(ends, swap, strict=True)]
    kept = []
    for _, group in frame.groupby(
        ["first", "second", "kind", "topic", "status", "page"], sort=False
    ):
        first = group.sort_values("year", ascending=False, kind="stable").iloc[0]
        kept.append({**first.to_dict(), "n_raw": len(group)})
        for row_id in group["row_id"]:
            if row_id == first["row_id"]:
                ledger.keep(TABLE, row_id)
            else:
                ledger.merge(TABLE, row_id, first["row_id"], "duplicate_statement")
    for row in frame.itertuples():
        ledger.change(TABLE, row.row_id, "source_url", row.source_url, row.page, "canonical_page")
    out = pd.DataFrame(kept, columns=[*frame.columns, "n_raw"])
    out["year"] = pd.to_numeric(out["year"].replace("", None)).astype("Int64")
    out["source_is_operator"] = out["source"].isin(known)
    out["target_is_operator"] = out["target"].isin(known)
    columns = [
        "row_id",
        "source",
        "target",
        "kind",
        "topic",
        "year",
        "status",
        "source_is_operator",
        "target_is_operator",
        "page",
        "source_url",
        "note",
        "n_raw",
    ]
    return out[columns]


def succession_links(
    cooperation: pd.DataFrame, possible: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Return who came from whom: operator, predecessor, kind, year, predecessor_is_operator, source_url.

    ``kind`` is ``merger`` or ``succession`` where a page says so, ``possible`` where only a note does.
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
    return pd.DataFrame(rows, columns=columns).astype(
        {"year": "Int64", "predecessor_is_operator": bool}
    )
