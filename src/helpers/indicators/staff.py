"""Staff: how many members one agent serves, and what more members would ask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL


def members_per_agent(attributes: pd.DataFrame) -> pd.DataFrame:
    """Divide members by agents where both were published.

    Parameters
    ----------
    attributes : DataFrame
        One row per operator and attribute: operator, attribute (``members``, ``staff_fte``), value, year, minimum,
        maximum (of the values published).

    Returns
    -------
    DataFrame, one row per operator with both
        operator, members, staff, ratio (of the retained values), low, high (the least and the greatest that the
        published values allow), members_year, staff_year; smallest ratio first.
    """

    def of(name: str) -> pd.DataFrame:
        rows = attributes.loc[attributes["attribute"] == name].set_index("operator")
        return rows.assign(value=rows["value"].astype(float))[
            ["value", "minimum", "maximum", "year"]
        ]

    both = of("members").add_suffix("_m").join(of("staff_fte").add_suffix("_s"), how="inner")
    out = pd.DataFrame(
        {
            "members": both["value_m"],
            "staff": both["value_s"],
            "ratio": both["value_m"] / both["value_s"],
            "low": both["minimum_m"] / both["maximum_s"],
            "high": both["maximum_m"] / both["minimum_s"],
            "members_year": both["year_m"],
            "staff_year": both["year_s"],
        }
    )
    return (
        out.rename_axis("operator")
        .reset_index()
        .sort_values(["ratio", "operator"], ignore_index=True)
    )


@dataclass(frozen=True)
class MedianInterval:
    """A median with an interval that supposes nothing of the distribution.

    Attributes
    ----------
    n : int
        Values.
    median, low, high : float
        Median, and the two order statistics that enclose the median of the population.
    level : float
        Coverage that these two really have: at least the level asked for, if `reached`.
    reached : bool
        False when even the extremes do not enclose it at the level asked for.
    """

    n: int
    median: float
    low: float
    high: float
    level: float
    reached: bool


def median_interval(values, level: float = LEVEL) -> MedianInterval:
    """Return the median and its interval by order statistics.

    The number of values below the median of the population is Binomial(n, 1/2), so that two order statistics enclose it
    with a known probability (Conover 1999, *Practical Nonparametric Statistics*, p. 143).

    Parameters
    ----------
    values : array_like of float, shape (n,)
    level : float
        Coverage wanted; the narrowest symmetric pair that reaches it is taken.

    Raises
    ------
    ValueError
        If there are no values, or one is not finite.
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    if n == 0 or not np.isfinite(ordered).all():
        raise ValueError("median_interval needs finite values, one at least")
    cut = 0
    while cut + 1 < n - cut - 1 and 1 - 2 * binom.cdf(cut + 1, n, 0.5) >= level:
        cut += 1
    coverage = float(1 - 2 * binom.cdf(cut, n, 0.5))
    return MedianInterval(
        n,
        float(np.median(ordered)),
        float(ordered[cut]),
        float(ordered[-1 - cut]),
        coverage,
        coverage >= level,
    )


def agents_needed(members: float, per_agent: MedianInterval) -> tuple[float, float, float]:
    """Return the agents that more members would ask: at the median ratio, then at the ends of its interval.

    Parameters
    ----------
    members : float
        Members more, 0 or more.
    per_agent : MedianInterval
        Members per agent, positive.

    Returns
    -------
    needed, low, high : float
        Full-time equivalents or heads, as the ratio was counted.

    Raises
    ------
    ValueError
        If the number is negative or the ratio not positive.
    """
    if members < 0 or per_agent.low <= 0:
        raise ValueError(
            f"agents_needed needs members of 0 or more and positive ratios, not {members}, {per_agent}"
        )
    return members / per_agent.median, members / per_agent.high, members / per_agent.low
