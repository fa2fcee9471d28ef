"""How many services were seen of each operator, and what that number goes with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.estimates import Estimate, percentile_interval, share


def banded(numbers, width: int) -> pd.DataFrame:
    """Count operators by bands of a whole number (low, high, n), the first band from 0."""
    counts = np.bincount(np.asarray(numbers, dtype=int) // width)
    low = np.arange(len(counts)) * width
    return pd.DataFrame({"low": low, "high": low + width - 1, "n": counts})


def any_of(offered: pd.DataFrame, services: list[str]) -> Estimate:
    """Return the share of operators (rows of a table of bool) that show one of some services."""
    return share(int(offered[services].any(axis=1).sum()), len(offered))


def several_families(offered: pd.DataFrame, families: dict[str, str]) -> Estimate:
    """Return the share of operators that show services of two families or more.

    `offered` is a table of bool, operators x services; `families` maps a service to its family.
    """
    shown = offered.T.groupby(offered.columns.map(families)).any().sum()
    return share(int((shown > 1).sum()), len(offered))


def _spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata

    a, b = (rankdata(v, axis=-1) for v in (first, second))
    a, b = (v - v.mean(axis=-1, keepdims=True) for v in (a, b))
    spread = np.sqrt((a**2).sum(axis=-1) * (b**2).sum(axis=-1))
    return np.divide((a * b).sum(axis=-1), spread, out=np.zeros_like(spread), where=spread > 0)


def rank_correlation(
    first, second, *, rng: np.random.Generator | int, n_resamples: int = 2000
) -> Estimate:
    """Return Spearman's correlation between two amounts of the same operators.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Amounts; operators of which one is NaN are left out.
    rng : Generator or int
        Draws the operators of each resample.
    n_resamples : int
        Bootstrap samples of operators.

    Returns
    -------
    Estimate
        `k` and `n` are the number of operators that have both amounts; with fewer than four the
        correlation and its interval are missing.
    """
    rng = np.random.default_rng(rng)
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    there = np.isfinite(a) & np.isfinite(b)
    a, b, n = a[there], b[there], int(there.sum())
    if n < 4:
        return Estimate(np.nan, np.nan, np.nan, n, n)
    members = rng.integers(n, size=(n_resamples, n))
    low, high = percentile_interval(_spearman(a[members], b[members]))
    return Estimate(float(_spearman(a, b)), float(low), float(high), n, n)
