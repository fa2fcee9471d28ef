"""Jaccard distances between binary profiles, and an order of rows that input order cannot change.

Binary profiles give few distinct distances: hundreds of pairs are tied, and the usual choice (the
first in the table) makes clusters depend on how the table was sorted. So rows are put in a
canonical order before any tree is grown.

A row is described by the multiset of its distances, then by the descriptions of the rows at each of
them, until nothing new is told apart (colour refinement; Weisfeiler & Leman 1968). If rows remain
alike, the one whose singling out gives the smallest description comes first, and the content of the
profiles decides between those that are still equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.occupancy.validation import cell_name, read_counts

_SINGLED = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class JaccardDistances:
    """Jaccard distances, whose square roots are Euclidean (Gower & Legendre 1986).

    Attributes
    ----------
    values : ndarray, shape (n, n)
        Equal fractions are equal floating-point numbers, so that ties are exact.
    keys : ndarray of int, shape (n,)
        Rank of the content of each profile; equal profiles share a rank.
    """

    values: np.ndarray
    keys: np.ndarray


def jaccard_distances(profiles) -> JaccardDistances:
    """Jaccard distance between every two rows of a binary table.

    One minus the number of services that both offer over the number that at least one offers. Cells
    missing in either row are left out of the comparison of the two. Two rows without any service
    have distance 0.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or DataFrame
        1 offered, 0 not offered, NaN unknown.

    Returns
    -------
    JaccardDistances

    Raises
    ------
    ValueError
        A value is not binary, a row or column is all missing, or two rows share no known cell.
    """
    table = read_counts(profiles, "profiles", highest=1, missing=True)
    yes, no = (table == 1).astype(float), (table == 0).astype(float)
    apart = yes @ no.T + no @ yes.T
    either = yes @ yes.T + apart
    shared = either + no @ no.T
    if (shared == 0).any():
        i, j = (cell_name(profiles, int(row)) for row in np.argwhere(shared == 0)[0])
        raise ValueError(f"profiles: {i} and {j} have no cell known in both")
    # One correctly rounded quotient of two integers: equal fractions give equal bits.
    values = np.divide(apart, either, out=np.zeros_like(either), where=either > 0)
    return JaccardDistances(values, content_ranks(table))


def content_ranks(table) -> np.ndarray:
    """Rank every row by its content, cell by cell (missing last); equal rows share a rank."""
    coded = np.where(np.isnan(table), 2, table)
    return np.unique(coded, axis=0, return_inverse=True)[1].reshape(-1)


def check_distances(distances) -> np.ndarray:
    """Refuse what is not a square, finite, non-negative, symmetric matrix with a null diagonal."""
    d = np.asarray(distances, dtype=float)
    if d.ndim != 2 or d.shape[0] != d.shape[1] or d.size == 0:
        raise ValueError(f"distances: a square matrix is needed, not an array of shape {d.shape}")
    wrong = ~np.isfinite(d) | (d < 0) | (np.eye(len(d), dtype=bool) & (d != 0))
    wrong |= np.abs(d - d.T) > 1e-10 * max(1.0, np.nanmax(d))
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        raise ValueError(
            f"distances: {d[i, j]} from row {i} to row {j} and {d[j, i]} back; distances are "
            "finite, symmetric, 0 or more, and 0 from a row to itself"
        )
    return (d + d.T) / 2 + 0.0


def _mix(x):
    """Scramble 64-bit integers (splitmix64; Steele et al. 2014), so that sums tell sets apart."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def canonical_order(distances, keys=None) -> np.ndarray:
    """Order the rows of a distance matrix by what they are, not by where they stand, shape (n,).

    `distances[order][:, order]` is the same matrix whatever the order of the rows given, if `keys`
    (ranks that tell apart rows that distances do not) are given or exchangeable rows are exchanged.
    """
    d = np.asarray(distances, dtype=float) + 0.0
    keys = np.zeros(len(d), dtype=np.int64) if keys is None else np.asarray(keys)
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
