"""Published figures that stand alone or against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.indicators.series import Conflict, Reading, Series
from helpers.indicators.trends import half_unit, share_bounds


def single_figures(published: pd.DataFrame, figures: Sequence[str]) -> pd.DataFrame:
    """Return shares that were published once, with their interval where n is known.

    Returns
    -------
    DataFrame
        figure_id, statement, population, year, share, n, low, high, interval, source_title.
    """
    table = published.set_index("figure_id").loc[list(figures)]
    rows = []
    for figure_id, row in table.iterrows():
        told = share_bounds(
            row["value"] / 100, row["n"], half_unit(row["value"]) / 100, complete=False
        )
        rows.append(
            {
                "figure_id": figure_id,
                "statement": row["statement_fr"],
                "population": row["population"],
                "year": row["year"],
                "share": row["value"] / 100,
                "n": row["n"],
                "source_title": row["source_title"],
                **told,
            }
        )
    return pd.DataFrame(rows).astype({"year": "Int64", "n": "Int64"})


def conflicts(
    published: pd.DataFrame, catalogue: Sequence[Conflict], sizes: Mapping[str, int]
) -> pd.DataFrame:
    """Return figures about one thing side by side.

    Returns
    -------
    DataFrame, one row per reading
        conflict, title, style ("percent" or "count"), reading (how it was got), value (share, or count), why.
    """
    table = published.set_index("figure_id")
    rows = []
    for conflict in catalogue:
        for reading in conflict.readings:
            value, told = _read(table, reading, sizes, percent=conflict.style == "percent")
            about = {"conflict": conflict.code, "title": conflict.title, "style": conflict.style}
            rows.append(about | {"reading": told, "value": value, "why": conflict.why})
    return pd.DataFrame(rows)


def _number(table: pd.DataFrame, name: str, sizes: Mapping[str, int]) -> float:
    """Return an official total, a figure (a percent as a share), or the n of a figure (``F102.n``)."""
    if name in sizes:
        return float(sizes[name])
    figure, _, column = name.partition(".")
    row = table.loc[figure]
    if column == "n":
        return float(row["n"])
    return float(row["value"]) / (100 if row["unit"] == "percent" else 1)


def _read(
    table: pd.DataFrame, reading: Reading, sizes: Mapping[str, int], *, percent: bool
) -> tuple[float, str]:
    value = _number(table, f"{reading.figure}.n" if reading.sample else reading.figure, sizes)
    told = f"effectif de {reading.figure}" if reading.sample else reading.figure
    if reading.complement:
        value, told = 1 - value, f"complément de {told}"
    if reading.plus is not None:
        value, told = value + _number(table, reading.plus, sizes), f"{told} plus {reading.plus}"
    for name in filter(None, (reading.over, reading.over_times)):
        value /= _number(table, name, sizes)
    if reading.over is not None:
        below = reading.over.replace(".n", "")
        below = f"effectif de {below}" if reading.over.endswith(".n") else below
        times = f" × {reading.over_times}" if reading.over_times else ""
        told = f"{told} sur {below}{times}"
    return value, told


def uses(
    catalogue: Sequence[Series], contradictions: Sequence[Conflict], single: Sequence[str]
) -> dict[str, set[str]]:
    """Return which figures serve for what: ``series``, ``conflicts`` and ``single``, ids of the table of figures."""
    in_series = {name for s in catalogue for w in s.waves for name in (w.figure, w.less) if name}
    in_conflicts = {
        name.partition(".")[0]
        for c in contradictions
        for r in c.readings
        for name in (r.figure, r.over, r.over_times, r.plus)
        if name and name.startswith("F")
    }
    return {"series": in_series, "conflicts": in_conflicts, "single": set(single)}
