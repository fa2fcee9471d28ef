"""What published figures say of change: waves with intervals, one graded statement a series.

Also the figures that do not agree with each other, and those that were given once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import texts
from helpers.estimates import LEVEL, share

#: The only grades that allow the word "growing".
GROWING = ("rise", "counted_rise")
NAN = math.nan


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
    obligation: str | None = None


def series_catalogue() -> tuple[Series, ...]:
    """Return the series of ``texts/series.yml``."""
    return tuple(
        Series(**about | {"waves": tuple(Wave(**wave) for wave in about["waves"])})
        for about in texts.read("series")
    )


def half_unit(value: float) -> float:
    """Return half of the unit of the last digit written: 0.5 for 47, 0.05 for 52.1."""
    text = f"{value:.10f}".rstrip("0")
    return 0.5 * 10.0 ** -len(text.split(".")[1])


def grade(low: float, high: float, *, comparable: bool, complete: bool = False) -> str:
    """Return how strongly a change may be stated: a code of ``texts/trends.yml``, ``change``.

    `low` and `high` bound the difference, NaN where there are none; `comparable`: the two waves ask
    the same question to the same population; `complete`: everyone was counted.
    """
    if not comparable:
        return "not_comparable"
    if math.isnan(low) and math.isnan(high):
        return "no_interval"
    change = "rise" if low > 0 else "fall" if high < 0 else None
    if change is None:
        return "not_established"
    return f"counted_{change}" if complete else change


def waves(
    published: pd.DataFrame, catalogue: Sequence[Series], sizes: Mapping[str, int]
) -> pd.DataFrame:
    """Return every point of every series with its interval.

    Parameters
    ----------
    published : DataFrame
        One row per figure: figure_id, value (percent for shares), n, year.
    catalogue : sequence of Series
        As :func:`helpers.indicators.series_catalogue` returns them.
    sizes : mapping of str to int
        Official totals by the names that series use.

    Returns
    -------
    DataFrame, one row per wave
        series, title, figure_id, year (Int64), when (years, the middle of the month or of the
        year), date (text), value (share in [0, 1], count, or events a year), low, high (NaN
        without a published n), n (Int64), events (Int64), exposure (years), rounding, floor,
        complete, interval (how it was got).

    Notes
    -----
    The interval of a share is Wilson's at the value rounded down for its lower bound and at the
    value rounded up for its upper one. Figures counted on everyone get it too, as if they were one
    draw among others, which is prudent. Counts of events get the exact Poisson interval (Garwood
    1936, Biometrika 28, p. 437).
    """
    table, dates = published.set_index("figure_id"), texts.read("trends")
    rows = []
    for series in catalogue:
        for wave in series.waves:
            if wave.figure not in table.index:
                about = f"series {series.code!r} asks for figure {wave.figure!r}"
                raise ValueError(f"{about}, which is not published")
            rows.append(_point(table, series, wave, sizes, dates))
    return pd.DataFrame(rows).astype({"year": "Int64", "n": "Int64", "events": "Int64"})


def _point(table: pd.DataFrame, series: Series, wave: Wave, sizes: Mapping, dates: Mapping) -> dict:
    from statsmodels.stats.rates import confint_poisson

    row = table.loc[wave.figure]
    value = float(row["value"]) if wave.value is None else float(wave.value)
    rounding = wave.rounding
    if rounding is None:
        rounding = half_unit(value) if series.kind == "share" else 0.0
    if wave.less is not None:
        less = float(table.loc[wave.less, "value"])
        rounding, value = rounding + half_unit(less), value - less
    n = row["n"] if series.size is None else sizes[series.size]
    point = {
        "series": series.code,
        "title": series.title,
        "figure_id": wave.figure,
        **_when(wave.year or row["year"], wave.month, dates),
        "n": pd.NA,
        "events": pd.NA,
        "exposure": wave.months / 12,
        "floor": wave.floor,
        "complete": series.complete,
        "value": value,
        "rounding": rounding,
    }
    if series.kind == "events":
        years = wave.months / 12
        low, high = confint_poisson(int(value), years, method="exact-c", alpha=1 - LEVEL)
        bounds = {"low": float(low), "high": float(high), "interval": "poisson"}
        return point | {"value": int(value) / years, "events": int(value), "rounding": 0.0} | bounds
    if series.kind == "count":
        if not series.complete:
            return point | {"low": NAN, "high": NAN, "interval": "none"}
        high = NAN if wave.floor else value + rounding
        return point | {"low": value - rounding, "high": high, "interval": "rounding"}
    value, rounding = (1 - value / 100 if wave.complement else value / 100), rounding / 100
    if not 0 <= value <= 1:
        about = f"series {series.code!r}: figure {wave.figure!r}"
        raise ValueError(f"{about} gives {value}, which is no share")
    bounds = share_bounds(value, n, rounding, series.complete)
    return point | {"value": value, "rounding": rounding, "n": n} | bounds


def _when(year, month: int | None, dates: Mapping) -> dict:
    if pd.isna(year):
        return {"year": pd.NA, "when": NAN, "date": dates["undated"]}
    if month is None:
        return {"year": year, "when": year + 0.5, "date": str(int(year))}
    date = f"{dates['months'][month - 1]} {int(year)}"
    return {"year": year, "when": year + (month - 0.5) / 12, "date": date}


def share_bounds(value: float, n, rounding: float, complete: bool) -> dict:
    """Return low and high of a share, NaN if nothing was published to get them from, and how."""
    least, most = max(value - rounding, 0.0), min(value + rounding, 1.0)
    if not pd.isna(n):
        low = share(math.floor(least * n), int(n)).low
        high = share(math.ceil(most * n), int(n)).high
        return {"low": low, "high": high, "interval": "wilson"}
    if complete:
        return {"low": least, "high": most, "interval": "rounding"}
    return {"low": NAN, "high": NAN, "interval": "none"}


def difference(first: Mapping, second: Mapping) -> tuple[float, float, float]:
    """Return the change between two waves with its bounds: difference, low, high, or NaN.

    Parameters
    ----------
    first, second : mapping
        Rows of :func:`waves`.

    Notes
    -----
    Two shares with published n: Newcombe's hybrid score interval (1998, Statistics in Medicine 17,
    p. 873, method 10) widened by both roundings. Two rates of events: score interval. Complete
    counts: the roundings alone; a minimum has no upper bound.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep
    from statsmodels.stats.rates import confint_poisson_2indep

    change = float(second["value"] - first["value"])
    spread = float(first["rounding"] + second["rounding"])
    kinds, options = {first["interval"], second["interval"]}, {"compare": "diff"}
    if kinds == {"poisson"}:
        args = (second["events"], second["exposure"], first["events"], first["exposure"])
        low, high = confint_poisson_2indep(*args, method="score", alpha=1 - LEVEL, **options)
        return change, float(low), float(high)
    if kinds == {"wilson"}:
        args = (second["value"] * second["n"], second["n"], first["value"] * first["n"], first["n"])
        low, high = confint_proportions_2indep(*args, method="newcomb", alpha=1 - LEVEL, **options)
        return change, float(low) - spread, float(high) + spread
    if first["complete"] and second["complete"]:
        low = NAN if first["floor"] else change - spread
        return change, low, NAN if second["floor"] else change + spread
    return change, NAN, NAN


def steps(points: pd.DataFrame, catalogue: Sequence[Series]) -> pd.DataFrame:
    """Return the consecutive waves of each series, and whether they may be compared.

    Columns: series, title, from_figure, to_figure, from_date, to_date, comparable, why.
    """
    rows = []
    for series in catalogue:
        own = points[points["series"] == series.code].to_dict("records")
        for wave, first, second in zip(series.waves[1:], own, own[1:], strict=False):
            ends = [point[key] for key in ("figure_id", "date") for point in (first, second)]
            rows.append((series.code, series.title, *ends, wave.comparable, wave.why))
    columns = ["series", "title", "from_figure", "to_figure", "from_date", "to_date", "comparable"]
    return pd.DataFrame(rows, columns=[*columns, "why"])


def _longest_run(all_waves: Sequence[Wave]) -> tuple[int, int] | None:
    """Return the first and last wave of the longest comparable run, the latest one at a tie."""
    best, start = None, 0
    for i, wave in enumerate([*all_waves[1:], None]):
        if wave is None or not wave.comparable:
            if i > start and (best is None or i - start >= best[1] - best[0]):
                best = (start, i)
            start = i + 1
    return best


def trends(points: pd.DataFrame, catalogue: Sequence[Series]) -> pd.DataFrame:
    """Return one graded statement per series: the change over its longest comparable run.

    Columns: series, title, measures, kind, obligation (since when it is the law, or missing),
    from_date, to_date, from_year, to_year (Int64), first, last, value (the difference), low, high,
    k, n (of the last wave, 0 where it is not published), grade, growing.
    """
    rows = []
    for series in catalogue:
        own = points[points["series"] == series.code].to_dict("records")
        run = _longest_run(series.waves)
        start, end = run or (0, len(own) - 1)
        first, last = own[start], own[end]
        change = difference(first, last) if run else (NAN,) * 3
        code = grade(*change[1:], comparable=run is not None, complete=series.complete)
        about = series.code, series.title, series.measures, series.kind, series.obligation
        ends = [point[key] for key in ("date", "year", "value") for point in (first, last)]
        n = 0 if pd.isna(last["n"]) else int(last["n"])
        rows.append((*about, *ends, *change, n, n, code, code in GROWING))
    columns = ["series", "title", "measures", "kind", "obligation", "from_date", "to_date"]
    columns += ["from_year", "to_year", "first", "last", "value", "low", "high", "k", "n"]
    columns += ["grade", "growing"]
    return pd.DataFrame(rows, columns=columns).astype({"from_year": "Int64", "to_year": "Int64"})


def single_figures(
    published: pd.DataFrame, figures: Sequence[str], in_words: Sequence[str] = ()
) -> pd.DataFrame:
    """Return shares that were published once, with their interval where n is known.

    The figures `in_words` ("nearly half") are no number, so that they get neither.

    Columns: figure_id, statement, population, year, share, n, source_title, low, high, interval.
    """
    table = published.set_index("figure_id").loc[list(figures)]
    about = ["statement_fr", "population", "year", "value", "n", "source_title"]
    out = table[about].rename(columns={"statement_fr": "statement", "value": "share"})
    out["share"] = out["share"].mask(out.index.isin(in_words)) / 100
    bounds = [
        share_bounds(value, n, half_unit(value * 100) / 100, complete=False)
        if math.isfinite(value)
        else {"low": NAN, "high": NAN, "interval": "none"}
        for value, n in zip(out["share"], table["n"], strict=True)
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
    table, rows = published.set_index("figure_id"), []
    for conflict in catalogue:
        about = [conflict[key] for key in ("code", "title", "style")]
        for reading in conflict["readings"]:
            how = reading.get("label", reading["figure"])
            rows.append((*about, how, _reading(table, reading, sizes), conflict["why"]))
    columns = ["conflict", "title", "style", "reading", "value", "why"]
    return pd.DataFrame(rows, columns=columns)


def _reading(table: pd.DataFrame, reading: Mapping, sizes: Mapping[str, int]) -> float:
    def number(name: str) -> float:
        """Return an official total, a figure (a percent as a share), or its n (``F102.n``)."""
        if name in sizes:
            return float(sizes[name])
        figure, _, column = name.partition(".")
        row = table.loc[figure]
        if column:
            return float(row[column])
        return float(row["value"]) / (100 if row["unit"] == "percent" else 1)

    value = number(reading["figure"])
    if reading.get("complement"):
        value = 1 - value
    if "plus" in reading:
        value += number(reading["plus"])
    for divisor in ("over", "over_times"):
        if divisor in reading:
            value /= number(reading[divisor])
    return value


def figures_of(catalogue: Sequence[Series]) -> set[str]:
    """Return the ids of the figures that series are made of."""
    return {name for s in catalogue for w in s.waves for name in (w.figure, w.less) if name}
