"""How many services were seen of each operator, and what that number goes with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.estimates import Estimate, share
from helpers.indicators.coverage import central_interval


def banded(numbers, width: int) -> pd.DataFrame:
    """Count operators by bands of a whole number (low, high, n), the first band from 0."""
    counts = np.bincount(np.asarray(numbers, dtype=int) // width)
    low = np.arange(len(counts)) * width
    return pd.DataFrame({"low": low, "high": low + width - 1, "n": counts})


def several_families(offered: pd.DataFrame, families: dict[str, str]) -> Estimate:
    """Return the share of operators that show services of two families or more.

    `offered` is a table of bool, operators x services; `families` maps a service to its family.
    """
    shown = offered.T.groupby(offered.columns.map(families)).any().sum()
    return share(int((shown > 1).sum()), len(offered))


@dataclass(frozen=True)
class RankCorrelation:
    """A Spearman correlation with its bootstrap interval, and the number of operators.

    Sentences take it as an estimate: `value` is rho, and `k` is `n`.
    """

    n: int
    rho: float
    low: float
    high: float

    @property
    def value(self) -> float:
        """The correlation."""
        return self.rho

    @property
    def k(self) -> int:
        """The number of operators."""
        return self.n

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
