"""Which counts are unsafe, and tables of counts made safe."""

from __future__ import annotations

import numpy as np

from claimbook.protect.suppression import suppress, with_margins


def unsafe(counts, threshold: int):
    """Tell which counts are of too few operators: from 1 up to, not including, the threshold."""
    counts = np.asarray(counts, dtype=float)
    return (counts > 0) & (counts < threshold)


def protect_table(counts: np.ndarray, threshold: int) -> np.ndarray:
    """Return the cells of a two-way table of counts that must be hidden, margins included.

    Parameters
    ----------
    counts : ndarray of int, shape (r, c)
        Each operator is counted in one cell.
    threshold : int
        Fewest operators behind a published cell.

    Returns
    -------
    ndarray of bool, shape (r + 1, c + 1)
        The last row and column are the margins. A row or column with an unsafe total is hidden whole. A reader must
        find possible that an unsafe cell is empty, and that it holds one operator more than the threshold, or all of
        its row or column if these hold fewer: one more, because an operator of the cell can take itself out.

    Raises
    ------
    ValueError
        If a count is negative or no whole number, or if the table is too large.
    """
    counts = np.asarray(counts, dtype=float)
    if not np.array_equal(counts, np.floor(counts)) or (counts < 0).any():
        raise ValueError("counts of operators are whole numbers from 0")
    table = with_margins(counts)
    if table[-1, -1] < threshold:
        return np.full(table.shape, table[-1, -1] > 0)
    bad = unsafe(table, threshold)
    if not bad.any():
        return bad
    forced = bad.copy()
    forced[bad[:, -1], :] = True
    forced[:, bad[-1, :]] = True
    forced[-1, -1] = False
    known = np.zeros_like(bad)
    known[-1, -1] = True
    return suppress(table, forced, _reach(table, bad, threshold), visible=known)


def _reach(table: np.ndarray, bad: np.ndarray, threshold: int) -> np.ndarray:
    """Return how high a reader must find possible that each unsafe cell is."""
    # A total that is hidden itself bounds nothing.
    row_total = np.where(bad[:, -1], np.inf, table[:, -1])[:, None]
    column_total = np.where(bad[-1, :], np.inf, table[-1, :])[None, :]
    most = np.minimum(np.minimum(row_total, column_total), table[-1, -1])
    return np.where(bad, np.minimum(threshold + 1, most), np.nan)


def protect_column(counts: np.ndarray, threshold: int) -> np.ndarray:
    """Return which groups of a partition must be hidden, when their total is known.

    Parameters
    ----------
    counts : ndarray of int, shape (n,)
        Operators in each group; each operator is in one.
    threshold : int
        Fewest operators behind a published cell.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    return protect_table(np.asarray(counts)[:, None], threshold)[:-1, 0]


def protect_pair(k: float, n: float, threshold: int) -> tuple[bool, bool]:
    """Return whether ``k`` of ``n``, and ``n`` itself, must be hidden where no other row adds up with this one."""
    if unsafe(n, threshold):
        return True, True
    return bool(unsafe([k, n - k], threshold).any()), False
