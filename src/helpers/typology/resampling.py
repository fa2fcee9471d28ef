"""Which rows are drawn again: by the bootstrap, by subsampling, or as told."""

from __future__ import annotations

import numpy as np


def given_resamples(resamples, n, k) -> np.ndarray:
    """Check lists of unique row indices and mark the rows present in each.

    Parameters
    ----------
    resamples : list of array_like of int
    n : int
        Number of rows.
    k : int
        Fewest rows that a resample must hold.

    Returns
    -------
    numpy.ndarray of bool, shape (n_resamples, n)

    Raises
    ------
    ValueError
        With the number of the resample and the row at fault.
    """
    drawn = np.zeros((len(resamples), n), dtype=bool)
    if not len(resamples):
        raise ValueError("resamples: the list is empty")
    for b, rows in enumerate(resamples):
        rows = np.asarray(rows)
        if rows.ndim != 1 or rows.dtype.kind not in "iu":
            raise ValueError(f"resamples: number {b} is not a list of whole row indices")
        outside = rows[(rows < 0) | (rows >= n)]
        if outside.size:
            raise ValueError(f"resamples: number {b} holds row {outside[0]}, outside 0 to {n - 1}")
        drawn[b, rows] = True
        if drawn[b].sum() < rows.size:
            values, counts = np.unique(rows, return_counts=True)
            raise ValueError(
                f"resamples: number {b} holds row {values[counts > 1][0]} more than once"
            )
        if rows.size < k:
            raise ValueError(
                f"resamples: number {b} holds {rows.size} rows, fewer than {k} clusters"
            )
    return drawn


def draw_bootstrap(n, n_resamples, rng) -> np.ndarray:
    """Rows present in each bootstrap sample, of bool, shape (n_resamples, n)."""
    drawn = np.zeros((n_resamples, n), dtype=bool)
    drawn[np.arange(n_resamples)[:, None], rng.integers(0, n, size=(n_resamples, n))] = True
    return drawn


def draw_subsamples(n, n_resamples, size, rng) -> np.ndarray:
    """Rows present in each subsample without replacement, of bool, shape (n_resamples, n)."""
    drawn = np.zeros((n_resamples, n), dtype=bool)
    rows = rng.permuted(np.broadcast_to(np.arange(n), (n_resamples, n)), axis=1)[:, :size]
    np.put_along_axis(drawn, rows, True, axis=1)
    return drawn
