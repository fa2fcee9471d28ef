"""What published figures say of change: waves with intervals, tests of what may be compared, one graded statement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.indicators.coverage import LEVEL, wilson
from helpers.indicators.series import COUNT, EVENTS, MONTHS, SHARE, Series, Wave

RISE, COUNTED_RISE = "hausse établie", "hausse dénombrée"
FALL, COUNTED_FALL = "baisse établie", "baisse dénombrée"
FLAT, UNTESTED, APART = "évolution non établie", "évolution non vérifiable", "non comparable"
#: The only grades that allow the word "growing".
GROWING = (RISE, COUNTED_RISE)
GRADES = {
    RISE: "vagues comparables, et l’intervalle de la différence est au-dessus de zéro",
    COUNTED_RISE: "comptes complets comparables, et la différence dépasse l’arrondi",
    FALL: "vagues comparables, et l’intervalle de la différence est au-dessous de zéro",
    COUNTED_FALL: "comptes complets comparables, et la baisse dépasse l’arrondi",
    FLAT: "vagues comparables, mais l’intervalle de la différence contient zéro",
    UNTESTED: "vagues comparables, mais un effectif au moins n’est pas publié : aucun intervalle",
    APART: "aucun couple de vagues consécutives n’est comparable",
}
SAMPLED, ROUNDED, POISSON, NONE = (
    "Wilson et arrondi",
    "arrondi seul",
    "Poisson",
    "aucun : effectif non publié",
)


def half_unit(value: float) -> float:
    """Return half of the unit of the last digit written: 0.5 for 47, 0.05 for 52.1."""
    text = f"{value:.10f}".rstrip("0")
    return 0.5 * 10.0 ** -len(text.split(".")[1])


def grade(low: float, high: float, *, comparable: bool, complete: bool = False) -> str:
    """Return how strongly a change may be told: the one rule of the collection.

    Parameters
    ----------
    low, high : float
        Bounds of the difference, NaN where there are none.
    comparable : bool
        Whether the two waves ask the same question to the same population.
    complete : bool
        Whether everyone was counted.

    Returns
    -------
    str
        A key of `GRADES`.
    """
    if not comparable:
        return APART
    if math.isnan(low) and math.isnan(high):
        return UNTESTED
    if low > 0:
        return COUNTED_RISE if complete else RISE
    if high < 0:
        return COUNTED_FALL if complete else FALL
    return FLAT


def waves(
    published: pd.DataFrame, catalogue: Sequence[Series], sizes: Mapping[str, int]
) -> pd.DataFrame:
    """Return every point of every series with its interval.

    Parameters
    ----------
    published : DataFrame
        One row per figure: figure_id, value (percent for shares), n, year.
    catalogue : sequence of Series
    sizes : mapping of str to int
        Official totals by the names that series use.

    Returns
    -------
    DataFrame, one row per wave
        series, title, figure_id, year (Int64), when (years, the middle of the month or of the year), date (text),
        value (share in [0, 1], count, or events a year), low, high (NaN without a published n), n (Int64),
        events (Int64), exposure (years), rounding, floor, complete, interval.

    Raises
    ------
    ValueError
        If a figure is unknown, or a share leaves [0, 1].

    Notes
    -----
    The interval of a share is Wilson's at the value rounded down for its lower bound and at the value rounded up for
    its upper one, so that it covers sampling and rounding both. Figures counted on everyone get it too, as if they were
    one draw among others, which is prudent. Counts of events get the exact Poisson interval (Garwood 1936,
    Biometrika 28, p. 437).
    """
    table = published.set_index("figure_id")
    rows = []
    for series in catalogue:
        for wave in series.waves:
            if wave.figure not in table.index:
                raise ValueError(
                    f"series {series.code!r} asks for figure {wave.figure!r}, which is not published"
                )
            rows.append(_point(table, series, wave, sizes))
    return pd.DataFrame(rows).astype({"year": "Int64", "n": "Int64", "events": "Int64"})


def _point(table: pd.DataFrame, series: Series, wave: Wave, sizes: Mapping[str, int]) -> dict:
    row = table.loc[wave.figure]
    value = float(row["value"]) if wave.value is None else float(wave.value)
    rounding = wave.rounding
    if rounding is None:
        rounding = half_unit(value) if series.kind == SHARE else 0.0
    if wave.less is not None:
        rounding += half_unit(float(table.loc[wave.less, "value"]))
        value -= float(table.loc[wave.less, "value"])
    n = row["n"] if series.size is None else sizes[series.size]
    point = {
        "series": series.code,
        "title": series.title,
        "figure_id": wave.figure,
        **_when(row["year"] if wave.year is None else wave.year, wave.month),
        "n": pd.NA,
        "events": pd.NA,
        "exposure": wave.months / 12,
        "floor": wave.floor,
        "complete": series.complete,
    }
    if series.kind == EVENTS:
        return point | _events(int(value), wave.months / 12)
    if series.kind == COUNT:
        known = series.complete
        ends = (
            (value - rounding, math.nan if wave.floor else value + rounding)
            if known
            else (math.nan, math.nan)
        )
        point |= {"value": value, "rounding": rounding, "low": ends[0], "high": ends[1]}
        return point | {"interval": ROUNDED if known else NONE}
    value, rounding = (1 - value / 100 if wave.complement else value / 100), rounding / 100
    if not 0 <= value <= 1:
        raise ValueError(
            f"series {series.code!r}: figure {wave.figure!r} gives {value}, which is no share"
        )
    point |= {"value": value, "rounding": rounding, "n": n}
    return point | share_bounds(value, n, rounding, series.complete)


def _when(year, month: int | None) -> dict:
    if pd.isna(year):
        return {"year": pd.NA, "when": math.nan, "date": "non daté"}
    if month is None:
        return {"year": year, "when": year + 0.5, "date": str(int(year))}
    return {
        "year": year,
        "when": year + (month - 0.5) / 12,
        "date": f"{MONTHS[month - 1]} {int(year)}",
    }


def _events(count: int, years: float) -> dict:
    from statsmodels.stats.rates import confint_poisson

    low, high = confint_poisson(count, years, method="exact-c", alpha=1 - LEVEL)
    found = {"value": count / years, "events": count, "rounding": 0.0}
    return found | {"low": float(low), "high": float(high), "interval": POISSON}


def share_bounds(value: float, n, rounding: float, complete: bool) -> dict:
    """Return low and high of a share, and how they were got, NaN where nothing was published to get them from."""
    least, most = max(value - rounding, 0.0), min(value + rounding, 1.0)
    if not pd.isna(n):
        low, high = wilson(math.floor(least * n), int(n))[0], wilson(math.ceil(most * n), int(n))[1]
        return {"low": low, "high": high, "interval": SAMPLED}
    if complete:
        return {"low": least, "high": most, "interval": ROUNDED}
    return {"low": math.nan, "high": math.nan, "interval": NONE}


def difference(first: Mapping, second: Mapping) -> tuple[float, float, float, float]:
    """Return the change between two waves: difference, low, high and p-value, NaN where the record allows none.

    Parameters
    ----------
    first, second : mapping
        Rows of :func:`waves`.

    Returns
    -------
    difference, low, high, p : float
        Shares as a difference of shares, counts as a difference of counts, events as a difference of rates a year.

    Notes
    -----
    Two shares with published n: Newcombe's hybrid score interval (1998, Statistics in Medicine 17, p. 873, method 10)
    widened by both roundings, and the score test. Two rates of events: score interval and test. Complete counts: the
    roundings alone; a count told as a minimum has no upper bound.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep
    from statsmodels.stats.rates import confint_poisson_2indep, test_poisson_2indep

    change = float(second["value"] - first["value"])
    spread = float(first["rounding"] + second["rounding"])
    if first["interval"] == second["interval"] == POISSON:
        args = (second["events"], second["exposure"], first["events"], first["exposure"])
        low, high = confint_poisson_2indep(*args, compare="diff", method="score", alpha=1 - LEVEL)
        p = test_poisson_2indep(*args, compare="diff", method="score").pvalue
        return change, float(low), float(high), float(p)
    if first["interval"] == second["interval"] == SAMPLED:
        args = (second["value"] * second["n"], second["n"], first["value"] * first["n"], first["n"])
        low, high = confint_proportions_2indep(
            *args, compare="diff", method="newcomb", alpha=1 - LEVEL
        )
        p = test_proportions_2indep(*args, compare="diff", method="score").pvalue
        return change, float(low) - spread, float(high) + spread, float(p)
    if first["complete"] and second["complete"]:
        low = math.nan if first["floor"] else change - spread
        return change, low, math.nan if second["floor"] else change + spread, math.nan
    return change, math.nan, math.nan, math.nan


def steps(points: pd.DataFrame, catalogue: Sequence[Series]) -> pd.DataFrame:
    """Return the change between consecutive waves of each series, tested where they may be compared.

    Parameters
    ----------
    points : DataFrame
        As :func:`waves` returns it.
    catalogue : sequence of Series

    Returns
    -------
    DataFrame, one row per pair of consecutive waves
        series, title, from_figure, to_figure, from_date, to_date, comparable, why, difference, low, high, p, p_holm
        (adjusted for the number of tests; Holm 1979, Scandinavian Journal of Statistics 6, p. 65), grade.
    """
    from statsmodels.stats.multitest import multipletests

    rows = []
    for series in catalogue:
        own = points[points["series"] == series.code].to_dict("records")
        for link, first, second in zip(series.links, own, own[1:], strict=False):
            found = difference(first, second) if link.comparable else (math.nan,) * 4
            about = {
                "series": series.code,
                "title": series.title,
                "from_figure": first["figure_id"],
                "to_figure": second["figure_id"],
                "from_date": first["date"],
                "to_date": second["date"],
                "comparable": link.comparable,
                "why": link.why,
            }
            told = grade(found[1], found[2], comparable=link.comparable, complete=series.complete)
            rows.append(
                about
                | dict(zip(("difference", "low", "high", "p"), found, strict=True))
                | {"grade": told}
            )
    out = pd.DataFrame(rows)
    tested = out["p"].notna()
    out["p_holm"] = math.nan
    if tested.any():
        out.loc[tested, "p_holm"] = multipletests(out.loc[tested, "p"], method="holm")[1]
    return out


def _longest_run(links) -> tuple[int, int] | None:
    """Return the first and last wave of the longest run of comparable links, the latest one at a tie."""
    best, start = None, 0
    for i, link in enumerate([*links, None]):
        if link is None or not link.comparable:
            if i > start and (best is None or i - start >= best[1] - best[0]):
                best = (start, i)
            start = i + 1
    return best


def trends(points: pd.DataFrame, catalogue: Sequence[Series]) -> pd.DataFrame:
    """Return one graded statement per series: the change from end to end of its longest comparable run.

    Parameters
    ----------
    points : DataFrame
        As :func:`waves` returns it.
    catalogue : sequence of Series

    Returns
    -------
    DataFrame, one row per series
        series, title, measures, kind, n_waves, from_date, to_date, first, last, difference, low, high, grade, growing.
    """
    rows = []
    for series in catalogue:
        own = points[points["series"] == series.code].to_dict("records")
        run = _longest_run(series.links)
        first, last = (own[0], own[-1]) if run is None else (own[run[0]], own[run[1]])
        change = (math.nan,) * 4 if run is None else difference(first, last)
        told = grade(change[1], change[2], comparable=run is not None, complete=series.complete)
        rows.append(
            {
                "series": series.code,
                "title": series.title,
                "measures": series.measures,
                "kind": series.kind,
                "n_waves": len(own) if run is None else run[1] - run[0] + 1,
                "from_date": first["date"],
                "to_date": last["date"],
                "first": first["value"],
                "last": last["value"],
                "difference": change[0],
                "low": change[1],
                "high": change[2],
                "grade": told,
                "growing": told in GROWING,
            }
        )
    return pd.DataFrame(rows)
