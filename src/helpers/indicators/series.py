"""Published figures: series over time, readings that do not agree, and figures given once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import texts
from helpers.indicators.trends import half_unit, share_bounds


@dataclass(frozen=True)
class Wave:
    """One point of a series, by default the value of one published figure.

    ``texts/series.yml`` says what each field means.
    """

    figure: str
    year: int | None = None
    value: float | None = None
    less: str | None = None
    complement: bool = False
    rounding: float | None = None
    floor: bool = False
    months: int = 12
    month: int | None = None
    comparable: bool | None = None
    why: str | None = None


@dataclass(frozen=True)
class Series:
    """Published figures about one matter, in order of time."""

    code: str
    title: str
    measures: str
    kind: str
    waves: tuple[Wave, ...]
    complete: bool = False
    size: str | None = None


def series_catalogue() -> tuple[Series, ...]:
    """Return the series of ``texts/series.yml``."""
    return tuple(
        Series(**about | {"waves": tuple(Wave(**wave) for wave in about["waves"])})
        for about in texts.read("series")
    )


def single_figures(published: pd.DataFrame, figures: Sequence[str]) -> pd.DataFrame:
    """Return shares that were published once, with their interval where n is known.

    Columns: figure_id, statement, population, year, share, n, source_title, low, high, interval.
    """
    table = published.set_index("figure_id").loc[list(figures)]
    about = ["statement_fr", "population", "year", "value", "n", "source_title"]
    out = table[about].rename(columns={"statement_fr": "statement", "value": "share"})
    out["share"] = out["share"] / 100
    bounds = [
        share_bounds(value / 100, n, half_unit(value) / 100, complete=False)
        for value, n in zip(table["value"], table["n"], strict=True)
    ]
    out = out.reset_index().join(pd.DataFrame(bounds))
    return out.astype({"year": "Int64", "n": "Int64"})


def conflicts(
    published: pd.DataFrame, catalogue: Sequence[Mapping], sizes: Mapping[str, int]
) -> pd.DataFrame:
    """Return figures about one thing side by side.

    `catalogue` is the ``conflicts`` of ``texts/figures.yml``; `sizes` are official totals by the
    names that readings use. One row per reading: conflict, title, style ("percent" or "count"),
    reading (how it was got), value (share, or count), why.
    """
    table = published.set_index("figure_id")
    rows = []
    for conflict in catalogue:
        about = [conflict[key] for key in ("code", "title", "style")]
        for reading in conflict["readings"]:
            value, how = _read(table, reading, sizes)
            rows.append((*about, how, value, conflict["why"]))
    columns = ["conflict", "title", "style", "reading", "value", "why"]
    return pd.DataFrame(rows, columns=columns)


def _number(table: pd.DataFrame, name: str, sizes: Mapping[str, int]) -> float:
    """Return an official total, a figure (a percent as a share), or its n (``F102.n``)."""
    if name in sizes:
        return float(sizes[name])
    figure, _, column = name.partition(".")
    row = table.loc[figure]
    if column == "n":
        return float(row["n"])
    return float(row["value"]) / (100 if row["unit"] == "percent" else 1)


def _read(table: pd.DataFrame, reading: Mapping, sizes: Mapping[str, int]) -> tuple[float, str]:
    figure = how = reading["figure"]
    if reading.get("sample"):
        figure, how = f"{figure}.n", f"effectif de {figure}"
    value = _number(table, figure, sizes)
    if reading.get("complement"):
        value, how = 1 - value, f"complément de {how}"
    if plus := reading.get("plus"):
        value, how = value + _number(table, plus, sizes), f"{how} plus {plus}"
    if over := reading.get("over"):
        value /= _number(table, over, sizes)
        how += f" sur {f'effectif de {over[:-2]}' if over.endswith('.n') else over}"
    if times := reading.get("over_times"):
        value, how = value / _number(table, times, sizes), f"{how} × {times}"
    return value, how


def uses(
    catalogue: Sequence[Series], contradictions: Sequence[Mapping], single: Sequence[str]
) -> dict[str, set[str]]:
    """Return which figures serve for what: ``series``, ``conflicts`` and ``single``, their ids."""
    in_series = {name for s in catalogue for w in s.waves for name in (w.figure, w.less) if name}
    in_conflicts = {
        str(reading[key]).partition(".")[0]
        for conflict in contradictions
        for reading in conflict["readings"]
        for key in ("figure", "over", "over_times", "plus")
        if str(reading.get(key)).startswith("F")
    }
    return {"series": in_series, "conflicts": in_conflicts, "single": set(single)}
