"""Random tables with the margins of the observed one, and what they say of services together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.indicators.coverage import central_interval
from helpers.typology import curveball


def null_tables(matrix, n_null: int, rng: np.random.Generator) -> np.ndarray:
    """Draw random tables that keep the total of every row and of every column of a binary table.

    Keeping how many services were seen of each operator keeps how deeply it was read, as far as
    that shows in totals. Shape (n_null, n, m), int8, each by :func:`helpers.typology.curveball`.
    """
    table = np.asarray(matrix).astype(np.int8)
    return np.stack([curveball(table, rng) for _ in range(n_null)])


def two_sided(observed: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """Return two-sided p-values of statistics, shape (...), against draws, shape (B, ...).

    The observed one is counted in, so that they are at least 2 / (B + 1) (Phipson and Smyth 2010,
    Statistical Applications in Genetics and Molecular Biology 9, 39).
    """
    above = (1 + (nulls >= observed - 1e-12).sum(axis=0)) / (1 + len(nulls))
    below = (1 + (nulls <= observed + 1e-12).sum(axis=0)) / (1 + len(nulls))
    return np.minimum(1.0, 2 * np.minimum(above, below))


def discoveries(p_values) -> np.ndarray:
    """Return p-values adjusted for the false discovery rate (Benjamini and Hochberg 1995)."""
    from statsmodels.stats.multitest import multipletests

    return multipletests(np.asarray(p_values, dtype=float), method="fdr_bh")[1]


@dataclass(frozen=True)
class NullTest:
    """A statistic against its draws.

    Attributes
    ----------
    observed, mean, low, high : float
        The statistic, mean and central interval of the draws.
    p_value : float
        Two-sided.
    null : ndarray, shape (B,)
    """

    observed: float
    mean: float
    low: float
    high: float
    p_value: float
    null: np.ndarray


def against_nulls(observed: float, null) -> NullTest:
    """Set a statistic against its draws, one at least."""
    null = np.asarray(null, dtype=float)
    low, high = central_interval(null)
    p = float(two_sided(np.float64(observed), null))
    return NullTest(float(observed), float(null.mean()), float(low), float(high), p, null)


def nodf(matrix) -> float:
    """Return the NODF of a binary table, from 0 to 100.

    For two rows of unequal totals, the share of the poorer row's services that the richer one has
    too; for two of equal totals, 0; the mean over pairs of rows and pairs of columns, in percent
    (Almeida-Neto et al. 2008, Oikos 117, p. 1229-1231).
    """
    table = np.asarray(matrix).astype(np.float64)
    pairs = sum(side * (side - 1) / 2 for side in table.shape)
    return float(100 * (_paired_overlap(table) + _paired_overlap(table.T)) / pairs)


def _paired_overlap(table: np.ndarray) -> float:
    together, totals = table @ table.T, table.sum(axis=1)
    smaller = np.minimum.outer(totals, totals)
    counts = np.not_equal.outer(totals, totals) & (smaller > 0)
    return float((together[counts] / smaller[counts]).sum() / 2)


def nestedness_test(matrix, nulls: np.ndarray) -> NullTest:
    """Set the NODF of a table, shape (n, m), against that of random tables, shape (B, n, m)."""
    return against_nulls(nodf(matrix), [nodf(table) for table in nulls])


def cooccurrence(offered: pd.DataFrame, nulls: np.ndarray) -> pd.DataFrame:
    """Count the operators that offer two services together, against random tables.

    `nulls` are as from :func:`null_tables`. One row per pair, in the order of the columns: first,
    second, together, expected, null_low, null_high, p (two-sided), q (false discovery rate over all
    pairs).
    """
    table = offered.to_numpy().astype(np.float32)
    first, second = np.array(list(combinations(range(table.shape[1]), 2))).T
    observed = (table.T @ table)[first, second]
    drawn = np.stack([(null.T @ null)[first, second] for null in nulls.astype(np.float32)])
    low, high = central_interval(drawn)
    p = two_sided(observed, drawn)
    return pd.DataFrame(
        {
            "first": offered.columns[first],
            "second": offered.columns[second],
            "together": observed.round().astype(int),
            "expected": drawn.mean(axis=0, dtype=float),
            "null_low": low.astype(float),
            "null_high": high.astype(float),
            "p": p,
            "q": discoveries(p),
        }
    )


def smallest_cell(offered: pd.DataFrame, first: pd.Series, second: pd.Series) -> np.ndarray:
    """Return the fewest operators, one at least, in a cell of the two-way table of two services.

    Of those who offer both, one, the other or neither: what a reader who knows both totals could
    work out. `first` and `second` name one pair a row.
    """
    one, other = (offered[list(names)].to_numpy() for names in (first, second))
    cells = np.stack([(one & other), (one & ~other), (~one & other), (~one & ~other)]).sum(axis=1)
    return np.where(cells > 0, cells, len(offered)).min(axis=0)
