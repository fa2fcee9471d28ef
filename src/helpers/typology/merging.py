"""The compiled kernels: trees by nearest-neighbour chains, cut to several numbers of clusters, and compared.

They stay in one file: numba keeps compiled code by the date of the file of the function called, and would not see that
a function it calls has changed in another.
"""

from __future__ import annotations

import numpy as np
from numba import njit

METHODS = {"average": 0, "complete": 1, "ward": 2}


@njit(cache=True, nogil=True)
def merge_and_cut(w, method, ks, labels):  # pragma: no cover - compiled
    """Grow one tree by nearest-neighbour chains and cut it to each number of clusters.

    The chain finds reciprocal nearest neighbours, which every hierarchy of these three methods merges sooner or later
    (Murtagh 1983); the merges are then sorted by height. Of neighbours at the same distance, the previous link of
    the chain, then the lowest row, is taken. A merge is never put before those it contains: rounding could make its
    height smaller by one unit in the last place. Undoing the last k - 1 merges leaves exactly k clusters, which a cut
    at a height does not where heights tie.

    Parameters
    ----------
    w : array of float, shape (m, m)
        Distances, squared for Ward; overwritten.
    method : int
        0 average, 1 complete, 2 Ward.
    ks : array of int, shape (K,)
        Decreasing, each at most m.
    labels : array of int, shape (K, m)
        Filled: cluster of each row, numbered by first appearance.
    """
    m = w.shape[0]
    size = np.ones(m, np.int64)
    height_of = np.zeros(m)
    live = np.arange(m).astype(np.uint32)  # unsigned: no test for indices counted from the end
    for i in range(m):
        w[i, i] = np.inf
    n_live = m
    low = np.empty(max(m - 1, 0), np.int64)
    high = np.empty(max(m - 1, 0), np.int64)
    height = np.empty(max(m - 1, 0))
    chain = np.empty(m, np.int64)
    length = 0
    for step in range(m - 1):
        if length == 0:
            chain[0] = live[0]
            length = 1
        while True:
            a = chain[length - 1]
            row = w[a]
            if length > 1:
                b = chain[length - 2]
                nearest = w[a, b]
            else:
                b = -1
                nearest = np.inf
            for t in range(n_live):
                j = live[t]
                if row[j] < nearest:
                    nearest = row[j]
                    b = j
            if length > 1 and b == chain[length - 2]:
                break
            chain[length] = b
            length += 1
        length -= 2
        if a > b:
            a, b = b, a
        low[step] = a
        high[step] = b
        height[step] = max(nearest, height_of[a], height_of[b])
        height_of[b] = height[step]
        na, nb = size[a], size[b]
        kept = 0
        for t in range(n_live):
            j = live[t]
            if j == a:
                continue
            live[kept] = j
            kept += 1
            if j == b:
                continue
            if method == 0:
                v = (na * w[a, j] + nb * w[b, j]) / (na + nb)
            elif method == 1:
                v = max(w[a, j], w[b, j])
            else:
                nj = size[j]
                v = ((na + nj) * w[a, j] + (nb + nj) * w[b, j] - nj * nearest) / (na + nb + nj)
            w[b, j] = v
            w[j, b] = v
        n_live = kept
        size[b] = na + nb
    sequence = np.argsort(height, kind="mergesort")
    parent = np.arange(m)
    code = np.empty(m, np.int64)
    done = 0
    for q in range(len(ks)):
        while done < m - ks[q]:
            x = low[sequence[done]]
            while parent[x] != x:
                x = parent[x]
            y = high[sequence[done]]
            while parent[y] != y:
                y = parent[y]
            parent[x] = y
            done += 1
        code[:] = -1
        number = 0
        for i in range(m):
            x = i
            while parent[x] != x:
                x = parent[x]
            if code[x] < 0:
                code[x] = number
                number += 1
            labels[q, i] = code[x]


def cut(scale, method, ks) -> np.ndarray:
    """Labels of one tree for several numbers of clusters, rows as given.

    Parameters
    ----------
    scale : numpy.ndarray of shape (n, n)
        Distances, squared for Ward; left as they are.
    method : int
    ks : numpy.ndarray of int, shape (K,)

    Returns
    -------
    numpy.ndarray of int, shape (K, n)
        Clusters numbered by first appearance.
    """
    decreasing = np.argsort(-ks, kind="stable")
    labels = np.empty((len(ks), len(scale)), dtype=np.int64)
    merge_and_cut(scale.copy(), method, ks[decreasing], labels)
    out = np.empty_like(labels)
    out[decreasing] = labels
    return out


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
