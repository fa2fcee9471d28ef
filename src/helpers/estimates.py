"""A value with its interval and the counts that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with its interval and its base.

    Attributes
    ----------
    value : float
        The estimate.
    low, high : float
        Bounds of its interval.
    k, n : int
        Units that have the property, and units in all.
    """

    value: float
    low: float
    high: float
    k: int
    n: int

    @classmethod
    def of(cls, frame: pd.DataFrame, row) -> Estimate:
        """Return a row of a frame of estimates (columns value, low, high, k, n).

        Raises
        ------
        KeyError
            If the frame has no such row.
        """
        found = frame.loc[row, ["value", "low", "high", "k", "n"]]
        value, low, high = (float(found[name]) for name in ("value", "low", "high"))
        return cls(value, low, high, int(found["k"]), int(found["n"]))


def share(k: int, n: int) -> Estimate:
    """Return the share `k` of `n` with its Wilson interval.

    Parameters
    ----------
    k, n : int
        Units that have the property, and units in all; ``0 <= k <= n``. Of no unit (``n = 0``) the
        share and its interval are missing: no sentence can state them.

    Raises
    ------
    ValueError
        If the counts are no share.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, p. 209.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0, 0)
    low, high = proportion_confint(k, n, alpha=1 - LEVEL, method="wilson")
    return Estimate(k / n, float(low), float(high), int(k), int(n))


def shares(k: pd.Series, n: int | pd.Series) -> pd.DataFrame:
    """Return the shares `k` of `n` with their Wilson intervals.

    Parameters
    ----------
    k : Series of int
        Units that have the property, by row.
    n : int or Series of int
        Units in all; a Series is aligned with `k` by index.

    Returns
    -------
    DataFrame
        Index of `k`; columns value, low, high, k, n.
    """
    n = pd.Series(n, k.index) if isinstance(n, int) else n.reindex(k.index)
    rows = [vars(share(int(a), int(b))) for a, b in zip(k, n, strict=True)]
    return pd.DataFrame(rows, index=k.index, columns=["value", "low", "high", "k", "n"])


def percentile_interval(draws: np.ndarray) -> tuple[float, float]:
    """Return the percentile interval of draws along the first axis, missing draws left out."""
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.nanpercentile(draws, [tail, 100 - tail], axis=0)
    return low, high
