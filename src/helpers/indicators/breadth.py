"""How many services each operator offers, seen and unseen, and what that number goes with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.indicators.associations import NullTest, against_nulls
from helpers.indicators.coverage import central_interval
from helpers.indicators.draws import among_largest
from helpers.occupancy import check_evidence


def breadth(draws, profiles) -> pd.DataFrame:
    """Return the number of services of each operator: seen, and expected with the unseen.

    `draws` are completions of the same n operators and m services, shape (n_draws, n, m).
    Columns: operator, pages, seen, expected,
    low, high; largest expected number first.
    """
    totals = np.asarray(draws).sum(axis=2)
    low, high = central_interval(totals)
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
    """Count operators by bands of a whole number (low, high, n), the first band from 0."""
    counts = np.bincount(np.asarray(numbers, dtype=int) // width)
    low = np.arange(len(counts)) * width
    return pd.DataFrame({"low": low, "high": low + width - 1, "n": counts})


def distance_to_top(totals, operators, *, n_top: int) -> pd.DataFrame:
    """Return how many services separate each operator from the most mutualised ones.

    `totals` are draws of the number of services, shape (n_draws, n); the reference is the mean of
    the `n_top` operators with the largest expected numbers. Columns: operator, expected, gap
    (reference minus operator), low, high, chance (probability to be among the `n_top` broadest,
    ties at the limit sharing the places left); smallest gap first.
    """
    table = np.asarray(totals, dtype=float)
    expected = table.mean(axis=0)
    order = sorted(range(len(expected)), key=lambda i: (-expected[i], operators[i]))
    gaps = table[:, order[:n_top]].mean(axis=1, keepdims=True) - table
    low, high = central_interval(gaps)
    out = pd.DataFrame(
        {
            "operator": list(operators),
            "expected": expected,
            "gap": gaps.mean(axis=0),
            "low": low,
            "high": high,
            "chance": among_largest(table, n_top).mean(axis=0),
        }
    )
    return out.sort_values(["gap", "operator"], ignore_index=True)


def rarefied(mentions, visits, n_pages: int) -> np.ndarray:
    """Return how many services would be seen on `n_pages` pages of each operator, drawn at random.

    `mentions`, shape (n, m), counts the distinct pages that mention each service, and `visits` the
    pages read, at least `n_pages` for all. Expected numbers, shape (n,) (Hurlbert 1971, Ecology 52,
    p. 581, with pages for individuals).
    """
    from scipy.special import gammaln

    counts, depth = check_evidence(mentions, visits)
    if not 1 <= n_pages <= depth.min():
        raise ValueError(f"n_pages is {n_pages}: give 1 to {depth.min()}, the fewest pages read")
    total, without = depth[:, None], depth[:, None] - counts

    def log_choose(n):
        return gammaln(n + 1) - gammaln(np.maximum(n - n_pages, 0) + 1) - gammaln(n_pages + 1)

    missed = np.where(without >= n_pages, np.exp(log_choose(without) - log_choose(total)), 0.0)
    return (1 - missed).sum(axis=1)


@dataclass(frozen=True)
class RankCorrelation:
    """A Spearman correlation with its bootstrap interval, and the number of operators."""

    n: int
    rho: float
    low: float
    high: float

    @property
    def sign(self) -> str:
        """``positive`` or ``negative`` where the interval leaves out 0, else ``none``."""
        return "positive" if self.low > 0 else "negative" if self.high < 0 else "none"


def _spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata

    a, b = (rankdata(v, axis=-1) for v in (first, second))
    a, b = (v - v.mean(axis=-1, keepdims=True) for v in (a, b))
    spread = np.sqrt((a**2).sum(axis=-1) * (b**2).sum(axis=-1))
    return np.divide((a * b).sum(axis=-1), spread, out=np.zeros_like(spread), where=spread > 0)


def rank_correlation(
    draws, values, *, n_resamples: int, rng: np.random.Generator
) -> RankCorrelation:
    """Return Spearman's correlation between an uncertain amount and a known one.

    `draws`, shape (n,) or (n_draws, n), and `values`, shape (n,), NaN where nothing was published;
    four operators at least need both. `rho` is the mean over draws; its interval resamples
    operators, each time with one draw.
    """
    table, known = np.atleast_2d(np.asarray(draws, dtype=float)), np.asarray(values, dtype=float)
    there = np.isfinite(known)
    n = int(there.sum())
    if n < 4:
        raise ValueError(f"{n} operators have both amounts: a rank correlation needs four at least")
    table, known = table[:, there], known[there]
    members = rng.integers(n, size=(n_resamples, n))
    drawn = table[rng.integers(len(table), size=n_resamples)[:, None], members]
    low, high = central_interval(_spearman(drawn, known[members]))
    rho = _spearman(table, np.broadcast_to(known, table.shape)).mean()
    return RankCorrelation(n, float(rho), float(low), float(high))


def between_share(draws, groups, *, n_permutations: int, rng: np.random.Generator) -> NullTest:
    """Return the share of the variance of an amount between groups, against random groups.

    `draws` of the amount, shape (n_draws, n), differ in every draw; `groups`, shape (n,), are two
    at least. The statistic is eta squared, the mean over draws.
    """
    table = np.asarray(draws, dtype=float)
    names, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    centred = table - table.mean(axis=1, keepdims=True)
    total, sizes = (centred**2).sum(axis=1), np.bincount(codes)
    if len(names) < 2 or (total == 0).any():
        raise ValueError("between_share needs two groups, and amounts that differ in every draw")

    def share(order: np.ndarray) -> float:
        sums = centred @ np.eye(len(names))[order]
        return float(((sums**2 / sizes).sum(axis=1) / total).mean())

    null = [share(rng.permutation(codes)) for _ in range(n_permutations)]
    return against_nulls(share(codes), null)


def merge_small_groups(groups: pd.Series, min_size: int, other: str) -> pd.Series:
    """Return groups of which none is smaller than `min_size`.

    The small ones form one, named `other`, joined by the next smallest while it is too small:
    the means of all and of these groups tell nothing of a smaller one.
    """
    sizes = groups.value_counts().sort_index().sort_values(kind="stable")
    small = [name for name in sizes.index if sizes[name] < min_size]
    for name in sizes.index:
        if small and name not in small and sizes[small].sum() < min_size:
            small.append(name)
    return groups.mask(groups.isin(small), other)
