"""Compiled trees, their resamples, and the trades of the curveball null.

They stay in one file: numba keeps compiled code by the date of the file of the function called, and
would not see that a function it calls has changed in another. Numba is slow to import: functions
import this module when they need it.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _root(parent, x):  # pragma: no cover - compiled
    while parent[x] != x:
        x = parent[x]
    return x


@njit(cache=True, nogil=True)
def merge_and_cut(w, method, ks):  # pragma: no cover - compiled
    """Grow one tree by nearest-neighbour chains; return a cut for each of `ks`, shape (K, m).

    The chain finds reciprocal nearest neighbours, which every hierarchy of these three methods
    merges sooner or later (Murtagh 1983); the merges are then sorted by height. Of neighbours at
    the same distance, the previous link of the chain, then the lowest row, is taken. A merge is
    never put before those it contains, whatever rounding does to its height. Undoing the last k - 1
    merges leaves exactly k clusters, which a cut at a height does not where heights tie.
    `w` (m, m) holds distances, squared for Ward, and is overwritten; `ks` increase.
    """
    m = w.shape[0]
    size = np.ones(m, np.int64)
    height_of = np.zeros(m)
    live = np.arange(m).astype(np.uint32)  # unsigned: no test for indices counted from the end
    np.fill_diagonal(w, np.inf)
    n_live = m
    low, high = np.empty(m - 1, np.int64), np.empty(m - 1, np.int64)
    height = np.empty(m - 1)
    chain = np.empty(m, np.int64)
    length = 0
    for step in range(m - 1):
        if length == 0:
            chain[0] = live[0]
            length = 1
        while True:
            a = chain[length - 1]
            row = w[a]
            b = chain[length - 2] if length > 1 else a
            nearest = row[b]
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
    labels = np.empty((len(ks), m), np.int64)
    parent = np.arange(m)
    done = 0
    for q in range(len(ks) - 1, -1, -1):
        for step in sequence[done : m - ks[q]]:
            parent[_root(parent, low[step])] = _root(parent, high[step])
        done = m - ks[q]
        number = np.cumsum(parent == np.arange(m)) - 1
        for i in range(m):
            labels[q, i] = number[_root(parent, i)]
    return labels


@njit(cache=True, nogil=True)
def compare_resamples(scale, method, ks, reference, drawn, indices):  # pragma: no cover - compiled
    """Fill `indices` (B, K, max(ks)) with the largest Jaccard index of each reference cluster.

    One tree is grown per resample; clusters of `reference` (K, n) are restricted to the rows of
    `drawn` (B, n); the index is 0 if none of them was drawn. `ks` increase.
    """
    k_max = ks.max()
    for b in range(drawn.shape[0]):
        rows = np.flatnonzero(drawn[b])
        m = len(rows)
        w = np.empty((m, m))
        for i in range(m):
            w[i] = scale[rows[i]][rows]
        labels = merge_and_cut(w, method, np.minimum(ks, m))
        for q in range(len(ks)):
            shared = np.zeros((k_max, k_max))
            for i in range(m):
                shared[reference[q, rows[i]], labels[q, i]] += 1
            was, found = shared.sum(axis=1), shared.sum(axis=0)
            for a in range(ks[q]):
                either = np.maximum(was[a] + found - shared[a], 1)
                indices[b, q, a] = (shared[a] / either).max()


@njit(cache=True)
def trade(table, rng, n_trades):  # pragma: no cover - compiled
    n, m = table.shape
    apart = np.empty(m, np.int64)
    for _ in range(n_trades):
        a = rng.integers(0, n)
        b = rng.integers(0, n - 1)
        if b >= a:
            b += 1
        size = 0
        given = 0
        for j in range(m):
            if table[a, j] != table[b, j]:
                apart[size] = j
                size += 1
                given += table[a, j]
        if given == 0 or given == size:
            continue
        for t in range(size):
            if t < given:
                u = t + rng.integers(0, size - t)
                apart[t], apart[u] = apart[u], apart[t]
            table[a, apart[t]] = t < given
            table[b, apart[t]] = t >= given
