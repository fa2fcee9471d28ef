"""Rows drawn again, and one compiled pass over the trees grown on them."""

from __future__ import annotations

import numpy as np
from numba import njit

from helpers.typology.merging import merge_and_cut


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
            raise ValueError(f"resamples: number {b} holds row {values[counts > 1][0]} more than once")
        if rows.size < k:
            raise ValueError(f"resamples: number {b} holds {rows.size} rows, fewer than {k} clusters")
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


@njit(cache=True, nogil=True)
def find_again(scale, method, ks, reference, drawn, indices, counts):  # pragma: no cover - compiled
    """Grow one tree per resample and compare its clusters with those of the reference.

    Parameters
    ----------
    scale : array of float, shape (n, n)
        As in :class:`helpers.typology.trees.Prepared`.
    method : int
    ks : array of int, shape (K,)
        Decreasing.
    reference : array of int, shape (K, n)
    drawn : array of bool, shape (B, n)
    indices : array of float, shape (B, K, max(ks))
        Filled: largest Jaccard index of each cluster, restricted to the rows drawn, with any found; 0 if none was
        drawn.
    counts : array of uint32, shape (K + 1, n, n) or (0, 0, 0)
        Pairs drawn together are added, by the finest cut that leaves them together, unless the shape is empty.
    """
    n = scale.shape[0]
    k_max = ks.max()
    for b in range(drawn.shape[0]):
        rows = np.flatnonzero(drawn[b])
        m = len(rows)
        w = np.empty((m, m))
        for i in range(m):
            for j in range(m):
                w[i, j] = scale[rows[i], rows[j]]
        labels = np.empty((len(ks), m), np.int64)
        merge_and_cut(w, method, np.minimum(ks, m), labels)
        for q in range(len(ks)):
            k = ks[q]
            shared = np.zeros((k_max, k_max), np.int64)
            was = np.zeros(k_max, np.int64)
            found = np.zeros(k_max, np.int64)
            for i in range(m):
                a = reference[q, rows[i]]
                c = labels[q, i]
                shared[a, c] += 1
                was[a] += 1
                found[c] += 1
            for a in range(k):
                best = 0.0
                for c in range(k):
                    if shared[a, c] > 0:
                        best = max(best, shared[a, c] / (was[a] + found[c] - shared[a, c]))
                indices[b, q, a] = best
        if counts.shape[1] == n:
            _count_pairs(labels, rows, counts)


@njit(cache=True, nogil=True)
def _count_pairs(labels, rows, counts):  # pragma: no cover - compiled
    """Count every two rows drawn once: at the finest cut that leaves them together, or in a last place if none does.

    Cuts of one tree are nested: rows together in one cut are so in every coarser one, and a running sum over the
    counts restores these; its last place counts the resamples that hold both rows.
    """
    cuts = labels.shape[0]
    for i in range(len(rows)):
        for j in range(i):
            q = cuts
            while q > 0 and labels[q - 1, i] == labels[q - 1, j]:
                q -= 1
            counts[q, rows[i], rows[j]] += 1
