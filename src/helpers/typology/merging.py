"""The compiled kernel: one tree by nearest-neighbour chains, cut to several numbers of clusters."""

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
    live = np.arange(m)
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
            if length > 1:
                b = chain[length - 2]
                nearest = w[a, b]
            else:
                b = -1
                nearest = np.inf
            for t in range(n_live):
                j = live[t]
                if w[a, j] < nearest and j != a:
                    nearest = w[a, j]
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
