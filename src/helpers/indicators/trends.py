"""What published figures say of change: waves with intervals, tests, one graded statement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers import texts
from helpers.indicators.coverage import LEVEL, wilson

if TYPE_CHECKING:
    from helpers.indicators.series import Series, Wave

#: The only grades that allow the word "growing".
GROWING = ("rise", "counted_rise")
NAN = math.nan


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
        return point | _events(int(value), wave.months / 12)
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
    when, date = year + 0.5, str(int(year))
    if month is not None:
        when, date = year + (month - 0.5) / 12, f"{dates['months'][month - 1]} {date}"
    return {"year": year, "when": when, "date": date}


def _events(count: int, years: float) -> dict:
    from statsmodels.stats.rates import confint_poisson

    low, high = confint_poisson(count, years, method="exact-c", alpha=1 - LEVEL)
    bounds = {"low": float(low), "high": float(high), "interval": "poisson"}
    return {"value": count / years, "events": count, "rounding": 0.0} | bounds


def share_bounds(value: float, n, rounding: float, complete: bool) -> dict:
    """Return low and high of a share, NaN if nothing was published to get them from, and how."""
    least, most = max(value - rounding, 0.0), min(value + rounding, 1.0)
    if not pd.isna(n):
        low, high = wilson(math.floor(least * n), int(n))[0], wilson(math.ceil(most * n), int(n))[1]
        return {"low": low, "high": high, "interval": "wilson"}
    if complete:
        return {"low": least, "high": most, "interval": "rounding"}
    return {"low": NAN, "high": NAN, "interval": "none"}


def difference(first: Mapping, second: Mapping) -> tuple[float, float, float, float]:
    """Return the change between two waves: difference, low, high and p-value, or NaN.

    Parameters
    ----------
    first, second : mapping
        Rows of :func:`waves`.

    Notes
    -----
    Two shares with published n: Newcombe's hybrid score interval (1998, Statistics in Medicine 17,
    p. 873, method 10) widened by both roundings, and the score test. Two rates of events: score
    interval and test. Complete counts: the roundings alone; a minimum has no upper bound.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep
    from statsmodels.stats.rates import confint_poisson_2indep, test_poisson_2indep

    change = float(second["value"] - first["value"])
    spread = float(first["rounding"] + second["rounding"])
    kinds, options = {first["interval"], second["interval"]}, {"compare": "diff"}
    if kinds == {"poisson"}:
        args = (second["events"], second["exposure"], first["events"], first["exposure"])
        low, high = confint_poisson_2indep(*args, method="score", alpha=1 - LEVEL, **options)
        p = test_poisson_2indep(*args, method="score", **options).pvalue
        return change, float(low), float(high), float(p)
    if kinds == {"wilson"}:
        args = (second["value"] * second["n"], second["n"], first["value"] * first["n"], first["n"])
        low, high = confint_proportions_2indep(*args, method="newcomb", alpha=1 - LEVEL, **options)
        p = test_proportions_2indep(*args, method="score", **options).pvalue
        return change, float(low) - spread, float(high) + spread, float(p)
    if first["complete"] and second["complete"]:
        low = NAN if first["floor"] else change - spread
        return change, low, NAN if second["floor"] else change + spread, NAN
    return change, NAN, NAN, NAN


def steps(points: pd.DataFrame, catalogue: Sequence[Series]) -> pd.DataFrame:
    """Return the change between consecutive waves of each series, tested where comparable.

    Columns: series, title, from_figure, to_figure, from_date, to_date, comparable, why, difference,
    low, high, p, grade, p_holm (adjusted for the number of tests; Holm 1979).
    """
    from statsmodels.stats.multitest import multipletests

    rows = []
    for series in catalogue:
        own = points[points["series"] == series.code].to_dict("records")
        for wave, first, second in zip(series.waves[1:], own, own[1:], strict=False):
            ends = [point[key] for key in ("figure_id", "date") for point in (first, second)]
            found = difference(first, second) if wave.comparable else (NAN,) * 4
            code = grade(*found[1:3], comparable=wave.comparable, complete=series.complete)
            about = series.code, series.title, *ends, wave.comparable, wave.why
            rows.append((*about, *found, code))
    columns = ["series", "title", "from_figure", "to_figure", "from_date", "to_date", "comparable"]
    columns += ["why", "difference", "low", "high", "p", "grade"]
    out = pd.DataFrame(rows, columns=columns)
    tested = out["p"].notna()
    out["p_holm"] = NAN
    if tested.any():
        out.loc[tested, "p_holm"] = multipletests(out.loc[tested, "p"], method="holm")[1]
    return out


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

    Columns: series, title, measures, kind, n_waves, from_date, to_date, first, last, difference,
    low, high, grade, growing.
    """
    rows = []
    for series in catalogue:
        own = points[points["series"] == series.code].to_dict("records")
        run = _longest_run(series.waves)
        start, end = run or (0, len(own) - 1)
        first, last = own[start], own[end]
        change = difference(first, last)[:3] if run else (NAN,) * 3
        code = grade(*change[1:], comparable=run is not None, complete=series.complete)
        about = series.code, series.title, series.measures, series.kind, end - start + 1
        ends = first["date"], last["date"], first["value"], last["value"]
        rows.append((*about, *ends, *change, code, code in GROWING))
    columns = ["series", "title", "measures", "kind", "n_waves", "from_date", "to_date", "first"]
    columns += ["last", "difference", "low", "high", "grade", "growing"]
    return pd.DataFrame(rows, columns=columns)
