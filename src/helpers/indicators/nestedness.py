"""Nestedness and co-occurrence of services, against random tables with the same margins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL
from helpers.indicators.specialisation import discoveries, two_sided
from helpers.typology import curveball


@dataclass(frozen=True)
class Nodf:
    """Nestedness by overlap and decreasing fill, from 0 to 100.

    Attributes
    ----------
    total : float
        Over all pairs of rows and all pairs of columns.
    rows, columns : float
        Over pairs of rows (are small catalogues parts of large ones?), and of columns.
    """

    total: float
    rows: float
    columns: float


def nodf(matrix) -> Nodf:
    """Return the NODF of a binary table.

    For two rows of unequal totals, the share of the poorer row's services that the richer one has too; for two of equal
    totals, 0. NODF is the mean over pairs of rows and pairs of columns, in percent
    (Almeida-Neto et al. 2008, Oikos 117, p. 1229-1231). The order of rows and columns does not matter, since only
    pairs of unequal totals count and each is read from the fuller to the emptier.

    Parameters
    ----------
    matrix : array_like of shape (n, m)
        Binary, two rows and two columns at least; an empty row or column gives pairs of 0.

    Returns
    -------
    Nodf

    Raises
    ------
    ValueError
        If the table is not binary or too small.
    """
    table = np.asarray(matrix)
    if table.ndim != 2 or min(table.shape) < 2:
        raise ValueError(
            f"nodf needs a table of two rows and two columns at least, not shape {table.shape}"
        )
    if not np.isin(table, (0, 1)).all():
        raise ValueError("nodf needs a binary table of 0 and 1")
    table = table.astype(np.float64)
    by_row, by_column = _paired_overlap(table), _paired_overlap(table.T)
    n_row, n_column = (s * (s - 1) / 2 for s in table.shape)
    return Nodf(
        total=float(100 * (by_row + by_column) / (n_row + n_column)),
        rows=float(100 * by_row / n_row),
        columns=float(100 * by_column / n_column),
    )


def _paired_overlap(table: np.ndarray) -> float:
    """Sum over pairs of rows of unequal totals the overlap as a share of the smaller one."""
    together, totals = table @ table.T, table.sum(axis=1)
    smaller = np.minimum.outer(totals, totals)
    counts = np.not_equal.outer(totals, totals) & (smaller > 0)
    return float((together[counts] / smaller[counts]).sum() / 2)


def null_tables(matrix, n_null: int, rng: np.random.Generator) -> np.ndarray:
    """Draw random tables that keep the total of every row and of every column.

    Keeping how many services were seen of each operator keeps how deeply it was read, as far as that shows in totals.

    Parameters
    ----------
    matrix : array_like of shape (n, m)
        Binary.
    n_null : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int8, shape (n_null, n, m)
        Each by :func:`helpers.typology.curveball` from the observed table.
    """
    table = np.asarray(matrix).astype(np.int8)
    return np.stack([curveball(table, rng) for _ in range(n_null)])


@dataclass(frozen=True)
class NullTest:
    """A statistic and what it is worth in random tables.

    Attributes
    ----------
    observed : float
    mean, low, high : float
        Mean and central interval of the random tables.
    effect : float
        Distance from the mean in standard deviations of the random tables; 0 if they are all alike.
    p_greater, p_less, p_value : float
        Shares of tables, the observed one included, at least as great and at least as small; two-sided p-value.
    null : ndarray, shape (B,)
    """

    observed: float
    mean: float
    low: float
    high: float
    effect: float
    p_greater: float
    p_less: float
    p_value: float
    null: np.ndarray


def against_nulls(observed: float, null, level: float = LEVEL) -> NullTest:
    """Set a statistic against its draws.

    Raises
    ------
    ValueError
        If there is no draw.
    """
    null = np.asarray(null, dtype=float)
    if null.ndim != 1 or len(null) == 0:
        raise ValueError("against_nulls needs a list of draws")
    low, high = np.quantile(null, [(1 - level) / 2, (1 + level) / 2])
    spread = float(null.std(ddof=1)) if len(null) > 1 else 0.0
    return NullTest(
        observed=float(observed),
        mean=float(null.mean()),
        low=float(low),
        high=float(high),
        effect=(float(observed) - float(null.mean())) / spread if spread > 0 else 0.0,
        p_greater=float((1 + (null >= observed - 1e-12).sum()) / (1 + len(null))),
        p_less=float((1 + (null <= observed + 1e-12).sum()) / (1 + len(null))),
        p_value=float(two_sided(np.float64(observed), null)),
        null=null,
    )


def nestedness_test(matrix, nulls: np.ndarray, level: float = LEVEL) -> NullTest:
    """Set the NODF of a table against that of random tables.

    Parameters
    ----------
    matrix : array_like of shape (n, m)
    nulls : ndarray, shape (B, n, m)
        As from :func:`null_tables`.
    level : float
        Of the central interval of the random tables.
    """
    return against_nulls(nodf(matrix).total, [nodf(table).total for table in nulls], level)


def cooccurrence(offered: pd.DataFrame, nulls: np.ndarray, level: float = LEVEL) -> pd.DataFrame:
    """Count the operators that offer two services together, against random tables.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
    nulls : ndarray, shape (B, n, m)
        As from :func:`null_tables`.
    level : float
        Of the central interval of the random tables.

    Returns
    -------
    DataFrame, one row per pair of services
        first, second, together, expected, null_low, null_high, p (two-sided), q (false discovery rate over all pairs);
        in the order of the columns.
    """
    table = offered.to_numpy().astype(np.float32)
    places = list(combinations(range(table.shape[1]), 2))
    first, second = np.array(places).T
    observed = (table.T @ table)[first, second]
    drawn = np.empty((len(nulls), len(places)), dtype=np.float32)
    for b, null in enumerate(nulls):
        null = null.astype(np.float32)
        drawn[b] = (null.T @ null)[first, second]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
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

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
    first, second : Series of str, shape (r,)
        Services, one pair a row.

    Returns
    -------
    ndarray of int, shape (r,)
        Of those who offer both, one, the other or neither: what a reader who knows both totals could work out.
    """
    one, other = (offered[list(names)].to_numpy() for names in (first, second))
    cells = np.stack([(one & other), (one & ~other), (~one & other), (~one & ~other)]).sum(axis=1)
    return np.where(cells > 0, cells, len(offered)).min(axis=0)
