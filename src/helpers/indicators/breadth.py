"""How many services each operator offers, seen and unseen, and what that number goes with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from helpers.indicators.coverage import LEVEL

_TAIL = (1 - LEVEL) / 2


def breadth(draws, profiles) -> pd.DataFrame:
    """Return the number of services of each operator: seen, and expected once the unseen is allowed for.

    Parameters
    ----------
    draws : array-like of bool, shape (n_draws, n, m)
        Draws of what is offered, as :func:`helpers.indicators.offer_draws` gives them.
    profiles : Profiles
        The same n operators and m services.

    Returns
    -------
    DataFrame, n rows
        operator, pages, seen, expected, low, high; largest expected number first.

    Raises
    ------
    ValueError
        If the draws do not have the shape of the profiles.
    """
    table = np.asarray(draws)
    if table.ndim != 3 or table.shape[1:] != profiles.offered.shape:
        raise ValueError(
            f"draws have shape {table.shape}: give (n_draws, *{profiles.offered.shape})"
        )
    totals = table.sum(axis=2)
    low, high = np.quantile(totals, [_TAIL, 1 - _TAIL], axis=0)
    out = pd.DataFrame(
        {
            "operator": profiles.operators,
            "pages": profiles.visits.to_numpy(),
            "seen": profiles.offered.sum(axis=1).to_numpy(),
            "expected": totals.mean(axis=0),
            "low": low,
            "high": high,
        }
    )
    return out.sort_values(["expected", "operator"], ascending=[False, True], ignore_index=True)


def banded(numbers, width: int) -> pd.DataFrame:
    """Count operators by bands of a whole number.

    Parameters
    ----------
    numbers : array-like of int, shape (n,)
        Number of each operator, 0 or more.
    width : int
        Whole numbers in a band, 1 or more; the first band begins at 0.

    Returns
    -------
    DataFrame, one row per band up to the largest number
        low, high (both in the band), n.

    Raises
    ------
    ValueError
        If there are no numbers, one is negative, or the width is not positive.
    """
    values = np.asarray(numbers, dtype=int)
    if not len(values) or values.min() < 0 or width < 1:
        raise ValueError(
            "banded needs numbers of 0 or more, one at least, and a width of 1 or more"
        )
    counts = np.bincount(values // width)
    low = np.arange(len(counts)) * width
    return pd.DataFrame({"low": low, "high": low + width - 1, "n": counts})


def distance_to_top(totals, operators, *, n_top: int) -> pd.DataFrame:
    """Return how many services separate each operator from the most mutualised ones.

    Parameters
    ----------
    totals : array-like, shape (n_draws, n)
        Draws of the number of services of each operator.
    operators : sequence of str
    n_top : int
        How many operators, those with the largest expected numbers, are taken as the mark.

    Returns
    -------
    DataFrame, n rows
        operator, expected, gap (mean of the mark minus the operator, in services), low, high, chance (probability to be
        among the `n_top` broadest; operators tied at the limit share the places left); smallest gap first.

    Raises
    ------
    ValueError
        If `n_top` is not between 1 and the number of operators.
    """
    table = np.asarray(totals, dtype=float)
    n = table.shape[1]
    if not 1 <= n_top <= n:
        raise ValueError(f"n_top is {n_top}: give a number from 1 to {n}")
    expected = table.mean(axis=0)
    order = sorted(range(n), key=lambda i: (-expected[i], operators[i]))
    mark = table[:, order[:n_top]].mean(axis=1, keepdims=True)
    gaps = mark - table
    low, high = np.quantile(gaps, [_TAIL, 1 - _TAIL], axis=0)
    limit = -np.partition(-table, n_top - 1, axis=1)[:, [n_top - 1]]
    above, tied = table > limit, table == limit
    left = (n_top - above.sum(axis=1, keepdims=True)) / tied.sum(axis=1, keepdims=True)
    out = pd.DataFrame(
        {
            "operator": list(operators),
            "expected": expected,
            "gap": gaps.mean(axis=0),
            "low": low,
            "high": high,
            "chance": (above + tied * left).mean(axis=0),
        }
    )
    return out.sort_values(["gap", "operator"], ignore_index=True)


@dataclass(frozen=True)
class RankCorrelation:
    """A Spearman correlation with its bootstrap interval.

    Attributes
    ----------
    n : int
        Operators for which both are known.
    rho, low, high : float
    """

    n: int
    rho: float
    low: float
    high: float

    @property
    def told(self) -> str:
        """``positive`` or ``negative`` where the interval leaves out 0, else ``none``."""
        return "positive" if self.low > 0 else "negative" if self.high < 0 else "none"


def _spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    a, b = (rankdata(v, axis=-1) for v in (first, second))
    a, b = (v - v.mean(axis=-1, keepdims=True) for v in (a, b))
    spread = np.sqrt((a**2).sum(axis=-1) * (b**2).sum(axis=-1))
    return np.divide((a * b).sum(axis=-1), spread, out=np.zeros_like(spread), where=spread > 0)


def rank_correlation(
    draws, values, *, n_resamples: int, rng: np.random.Generator
) -> RankCorrelation:
    """Return Spearman's correlation between an uncertain amount and a known one.

    Parameters
    ----------
    draws : array-like, shape (n,) or (n_draws, n)
        Amount of each operator; several rows are draws.
    values : array-like, shape (n,)
        The known amount, NaN where nothing was published.
    n_resamples : int
        Resamples of operators, each with one draw.
    rng : numpy.random.Generator

    Returns
    -------
    RankCorrelation
        `rho` is the mean over draws; resamples without any spread count as 0.

    Raises
    ------
    ValueError
        If fewer than four operators have both.
    """
    table, known = np.atleast_2d(np.asarray(draws, dtype=float)), np.asarray(values, dtype=float)
    there = np.isfinite(known)
    n = int(there.sum())
    if n < 4:
        raise ValueError(f"{n} operators have both amounts: a rank correlation needs four at least")
    table, known = table[:, there], known[there]
    members = rng.integers(n, size=(n_resamples, n))
    drawn = table[rng.integers(len(table), size=n_resamples)[:, None], members]
    low, high = np.quantile(_spearman(drawn, known[members]), [_TAIL, 1 - _TAIL])
    rho = _spearman(table, np.broadcast_to(known, table.shape)).mean()
    return RankCorrelation(n, float(rho), float(low), float(high))


@dataclass(frozen=True)
class Between:
    """How much of the spread of an amount lies between groups.

    Attributes
    ----------
    share : float
        Eta squared, mean over draws.
    null : float
        Mean of the same over random groups of the same sizes.
    p : float
        Share of random groupings that do as well, this one counted.
    """

    share: float
    null: float
    p: float


def between_share(draws, groups, *, n_permutations: int, rng: np.random.Generator) -> Between:
    """Return the share of the variance of an amount that lies between groups, against random groups.

    Parameters
    ----------
    draws : array-like, shape (n_draws, n)
    groups : array-like, shape (n,)
    n_permutations : int
    rng : numpy.random.Generator

    Returns
    -------
    Between

    Raises
    ------
    ValueError
        If there are fewer than two groups.
    """
    table = np.atleast_2d(np.asarray(draws, dtype=float))
    names, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    if len(names) < 2:
        raise ValueError("between_share needs two groups at least")
    centred = table - table.mean(axis=1, keepdims=True)
    total = (centred**2).sum(axis=1)
    if (total == 0).any():
        raise ValueError("between_share needs amounts that differ in every draw")
    sizes = np.bincount(codes)

    def share(order: np.ndarray) -> float:
        sums = centred @ np.eye(len(names))[order]
        return float(((sums**2 / sizes).sum(axis=1) / total).mean())

    observed = share(codes)
    random = np.array([share(rng.permutation(codes)) for _ in range(n_permutations)])
    p = (1 + int((random >= observed - 1e-12).sum())) / (1 + n_permutations)
    return Between(observed, float(random.mean()), p)
