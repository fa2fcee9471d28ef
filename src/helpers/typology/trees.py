"""Jaccard distances, and trees cut to exactly k clusters, the same whatever the order of the rows.

Binary profiles give few distinct distances: hundreds of pairs are tied, and the usual choice (the
first in the table) makes clusters depend on how the table was sorted. So rows are put in a
canonical order before any tree is grown.

A row is described by the multiset of its distances, then by the descriptions of the rows at each of
them, until nothing new is told apart (colour refinement; Weisfeiler & Leman 1968). If rows remain
alike, the one whose singling out gives the smallest description comes first, and the content of the
profiles decides between those that are still equal.

The compiled kernels stay in one file: numba keeps compiled code by the date of the file of the
function called, and would not see that a function it calls has changed in another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from helpers.occupancy.validation import read_counts
from helpers.typology.partitions import number_by_size

METHODS = {"average": 0, "complete": 1, "ward": 2}
_SINGLED = np.uint64(0x9E3779B97F4A7C15)


class JaccardDistances(NamedTuple):
    """Jaccard distances, whose square roots are Euclidean (Gower & Legendre 1986).

    In `values` (n, n), equal fractions are equal floating-point numbers, so that ties are exact;
    `keys` (n,) are ranks of the content of each profile, shared by equal profiles.
    """

    values: np.ndarray
    keys: np.ndarray


def jaccard_distances(profiles) -> JaccardDistances:
    """Jaccard distance between every two rows of a complete binary table (n, m).

    One minus the number of services that both offer over the number that at least one offers. Two
    rows without any service have distance 0.
    """
    table = read_counts(profiles, "profiles", highest=1)
    apart = table @ (1 - table).T
    apart += apart.T
    either = table @ table.T + apart
    # One correctly rounded quotient of two integers: equal fractions give equal bits.
    values = np.divide(apart, either, out=np.zeros_like(either), where=either > 0)
    return JaccardDistances(values, content_ranks(table))


def content_ranks(table) -> np.ndarray:
    """Rank every row by its content, cell by cell; equal rows share a rank."""
    return np.unique(table, axis=0, return_inverse=True)[1].ravel()


def _mix(x):
    """Scramble 64-bit integers (splitmix64; Steele et al. 2014), so that sums tell sets apart."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def canonical_order(distances: np.ndarray, keys=None) -> np.ndarray:
    """Order the rows of a distance matrix by what they are, not by where they stand, shape (n,).

    `distances[order][:, order]` is the same matrix whatever the order of the rows given, if `keys`
    (ranks that tell apart rows that distances do not) are given or exchangeable rows are exchanged.
    """
    d, keys = distances, np.zeros(len(distances)) if keys is None else keys
    place = _mix(np.arange(1, len(d) + 1, dtype=np.uint64))
    described = _mix(_mix(d.view(np.uint64)) + place).sum(axis=1, dtype=np.uint64)
    # Identical rows at distance 0 are handled as one.
    _, first, group = np.unique(described, return_index=True, return_inverse=True)
    copies = np.bincount(group).astype(np.uint64)
    bits = _mix(np.ascontiguousarray(d[np.ix_(first, first)]).view(np.uint64) + _SINGLED)
    colour = _refine(bits, _mix(copies))
    while True:
        values, cell, sizes = np.unique(colour, return_inverse=True, return_counts=True)
        if len(values) == len(colour):
            return np.lexsort((keys, colour[group]))
        alike = np.flatnonzero(cell == np.flatnonzero(sizes > 1)[0])
        chosen = _choose(bits, colour, alike, keys[first])
        colour = _refine(bits, _single_out(colour, chosen))


def _refine(bits, colour):
    distinct = len(np.unique(colour))
    while distinct < len(colour):
        finer = _mix(_mix(bits + colour).sum(axis=1, dtype=np.uint64) + _mix(colour))
        n_finer = len(np.unique(finer))
        if n_finer <= distinct:
            break
        colour, distinct = finer, n_finer
    return colour


def _single_out(colour, chosen):
    """Give each chosen row a colour of its own, made from the shared one and its rank."""
    colour, rank = colour.copy(), np.arange(1, len(chosen) + 1, dtype=np.uint64)
    colour[chosen] = _mix(colour[chosen] ^ (_SINGLED * rank))
    return colour


def _choose(bits, colour, alike, keys):
    """Rows to single out, in order: all if any order would do, else the smallest description."""
    by_key = alike[np.argsort(keys[alike], kind="stable")]
    others = np.setdiff1d(np.arange(len(bits)), alike)
    inside = bits[np.ix_(alike, alike)][~np.eye(len(alike), dtype=bool)]
    outside = bits[np.ix_(alike, others)]
    if (inside == inside[0]).all() and (outside == outside[0]).all():
        return by_key
    trials = [np.sort(_refine(bits, _single_out(colour, [row]))).tolist() for row in by_key]
    best = min(range(len(trials)), key=trials.__getitem__)
    return by_key[best : best + 1]


class TreeInput(NamedTuple):
    """Distances in canonical order (squared for Ward), that order, its inverse, the method."""

    scale: np.ndarray
    order: np.ndarray
    position: np.ndarray
    method: int


def prepare(distances, method) -> TreeInput:
    """Put the rows in canonical order."""
    jaccard = isinstance(distances, JaccardDistances)
    d, keys = distances if jaccard else (distances, None)
    order = canonical_order(d, keys)
    scale = np.ascontiguousarray(d[np.ix_(order, order)])
    if method == "ward" and not jaccard:
        # Of Jaccard distances the root is what is Euclidean, and its square is what came.
        scale = scale**2
    return TreeInput(scale, order, np.argsort(order), METHODS[method])


def check_cluster_numbers(n_clusters, scale) -> np.ndarray:
    """Sorted numbers of clusters; none exceeds the number of distinct rows."""
    ks = np.unique(np.array(n_clusters, dtype=np.int64))
    distinct = len(scale) - int(np.tril(scale == 0, -1).any(axis=1).sum())
    if ks.max() > distinct:
        raise ValueError(f"n_clusters is {ks.max()}: more than the {distinct} distinct rows")
    return ks


def partition(distances, n_clusters: int, method: str) -> np.ndarray:
    """Cut an agglomerative tree to exactly k clusters, the same whatever the order of the rows.

    Parameters
    ----------
    distances : JaccardDistances, or ndarray of shape (n, n)
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
        More clusters than distinct rows.
    """
    ready = prepare(distances, method)
    return cut(ready, check_cluster_numbers(n_clusters, ready.scale))[0, ready.position]


def cut(ready: TreeInput, ks) -> np.ndarray:
    """Clusters of the rows in canonical order, the largest first, shape (K, n)."""
    labels = merge_and_cut(ready.scale.copy(), ready.method, ks)
    return np.array([number_by_size(row) for row in labels])


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
