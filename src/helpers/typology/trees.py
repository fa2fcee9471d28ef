"""Agglomerative trees cut to exactly k clusters, the same whatever the order of the rows.

The compiled kernels stay in one file: numba keeps compiled code by the date of the file of the
function called, and would not see that a function it calls has changed in another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from helpers.occupancy.validation import check_number
from helpers.typology.distances import JaccardDistances, canonical_order, check_distances
from helpers.typology.partitions import number_by_size

METHODS = {"average": 0, "complete": 1, "ward": 2}


@dataclass(frozen=True)
class TreeInput:
    """Distances in canonical order (squared for Ward), that order, its inverse, the method."""

    scale: np.ndarray
    order: np.ndarray
    position: np.ndarray
    method: int


def prepare(distances, method) -> TreeInput:
    """Check distances and method; put the rows in canonical order."""
    if method not in METHODS:
        raise ValueError(f"method: {method!r} is unknown; use one of {', '.join(METHODS)}")
    jaccard = isinstance(distances, JaccardDistances)
    d = check_distances(distances.values if jaccard else distances)
    order = canonical_order(d, distances.keys if jaccard else None)
    scale = np.ascontiguousarray(d[np.ix_(order, order)])
    if method == "ward" and not jaccard:
        # Of Jaccard distances the root is what is Euclidean, and its square is what came.
        scale = scale**2
    return TreeInput(scale, order, np.argsort(order), METHODS[method])


def check_cluster_numbers(n_clusters, scale) -> np.ndarray:
    """Refuse numbers of clusters that are not whole or exceed the number of distinct rows."""
    asked = list(n_clusters) if hasattr(n_clusters, "__iter__") else [n_clusters]
    distinct = len(scale) - int(np.tril(np.asarray(scale) == 0, -1).any(axis=1).sum())
    for k in asked:
        if check_number(k, "n_clusters") > distinct:
            raise ValueError(f"n_clusters is {k}: more clusters than distinct rows ({distinct})")
    return np.array(asked, dtype=np.int64)


def partition(distances, n_clusters: int, method: str) -> np.ndarray:
    """Cut an agglomerative tree to exactly k clusters, the same whatever the order of the rows.

    Parameters
    ----------
    distances : JaccardDistances, or array_like of shape (n, n)
    n_clusters : int
    method : {"ward", "average", "complete"}
        Ward works on the square roots of Jaccard distances, which are Euclidean, and on a plain
        matrix as it is ("ward.D2"; Murtagh & Legendre 2014).

    Returns
    -------
    ndarray of int, shape (n,)
        Cluster of every row, from 0, the largest cluster first.

    Raises
    ------
    ValueError
        Distances that are none, an unknown method, or more clusters than distinct rows.

    Notes
    -----
    Of a plain matrix, the result is unique up to an exchange of rows that leaves every distance
    unchanged.
    """
    ready = prepare(distances, method)
    return cut(ready, check_cluster_numbers(n_clusters, ready.scale))[0, ready.position]


def cut(ready: TreeInput, ks) -> np.ndarray:
    """Clusters of the rows in canonical order, the largest first, shape (K, n)."""
    decreasing = np.argsort(-ks, kind="stable")
    labels = np.empty((len(ks), len(ready.scale)), dtype=np.int64)
    merge_and_cut(ready.scale.copy(), ready.method, ks[decreasing], labels)
    out = np.empty_like(labels)
    out[decreasing] = [number_by_size(row) for row in labels]
    return out


@njit(cache=True, nogil=True)
def merge_and_cut(w, method, ks, labels):  # pragma: no cover - compiled
    """Grow one tree by nearest-neighbour chains; fill `labels` (K, m) with a cut for each of `ks`.

    The chain finds reciprocal nearest neighbours, which every hierarchy of these three methods
    merges sooner or later (Murtagh 1983); the merges are then sorted by height. Of neighbours at
    the same distance, the previous link of the chain, then the lowest row, is taken. A merge is
    never put before those it contains, whatever rounding does to its height. Undoing the last k - 1
    merges leaves exactly k clusters, which a cut at a height does not where heights tie.
    `w` (m, m) holds distances, squared for Ward, and is overwritten; `ks` are decreasing.
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


@njit(cache=True, nogil=True)
def compare_resamples(scale, method, ks, reference, drawn, indices):  # pragma: no cover - compiled
    """Fill `indices` (B, K, max(ks)) with the largest Jaccard index of each reference cluster.

    One tree is grown per resample; clusters of `reference` (K, n) are restricted to the rows of
    `drawn` (B, n); the index is 0 if none of them was drawn. `ks` are decreasing.
    """
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
