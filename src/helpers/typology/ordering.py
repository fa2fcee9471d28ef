"""An order of the rows that does not depend on the order in which they came.

Binary profiles give few distinct distances: hundreds of pairs are tied, a tree must choose which to merge first, and
the usual choice (the first in the table) makes the classes depend on how the table was sorted. Here rows are put in a
canonical order before any tree is grown, so that every later choice falls the same way whatever the order given.

The order comes from the distances: a row is described by the multiset of its distances, then by the descriptions of
the rows at each of these distances, until nothing new is told apart (colour refinement; Weisfeiler & Leman 1968). If
rows remain that look alike, one of them is singled out and the refinement goes on; the one whose singling out gives
the smallest description comes first, and the content of the profiles decides between those that are still equal.
Without profiles, what remains are rows that can be exchanged without changing one distance: no rule that sees
distances alone can prefer one of them, and the partition is unique up to that exchange.
"""

from __future__ import annotations

import numpy as np

_TRIALS_UP_TO = 500
_SINGLED = np.uint64(0x9E3779B97F4A7C15)


def _mix(x):
    """Scramble 64-bit integers (finaliser of splitmix64; Steele, Lea & Flood 2014), so that sums tell sets apart."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def canonical_order(distances, keys=None) -> np.ndarray:
    """Order the rows of a distance matrix by what they are, not by where they stand.

    Parameters
    ----------
    distances : numpy.ndarray of shape (n, n)
        Symmetric, with a null diagonal. Ties must be exact.
    keys : numpy.ndarray of shape (n,), optional
        Ranks that tell apart rows that the distances do not, such as those of the profiles' contents.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        ``distances[order][:, order]`` is the same matrix whatever the order of the rows given, if ``keys`` is given
        or the rows that can be exchanged are exchanged.

    References
    ----------
    Weisfeiler & Leman (1968), Nauchno-Technicheskaya Informatsia 2(9), 12-16.
    """
    d = np.asarray(distances, dtype=float) + 0.0
    n = len(d)
    keys = np.zeros(n, dtype=np.int64) if keys is None else np.asarray(keys)
    first, group = _duplicates(d)
    copies = np.bincount(group).astype(np.uint64)
    bits = _mix(np.ascontiguousarray(d[np.ix_(first, first)]).view(np.uint64) + _SINGLED)
    colour = _refine(bits, _mix(copies))
    while True:
        values, cell, sizes = np.unique(colour, return_inverse=True, return_counts=True)
        if len(values) == len(colour):
            break
        alike = np.flatnonzero(cell == np.flatnonzero(sizes > 1)[0])
        chosen = _choose(bits, colour, alike, keys[first])
        colour = _refine(bits, _single_out(colour, chosen))
    return np.lexsort((keys, colour[group]))


def _duplicates(d):
    """First of each set of identical rows at distance 0, and the set of every row."""
    place = _mix(np.arange(1, len(d) + 1, dtype=np.uint64))
    described = _mix(_mix(d.view(np.uint64)) + place).sum(axis=1, dtype=np.uint64)
    return np.unique(described, return_index=True, return_inverse=True)[1:]


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
    """Give each chosen row a colour of its own, made from the one that they share and from their place in the list."""
    colour = colour.copy()
    colour[chosen] = _mix(
        colour[chosen] ^ (_SINGLED * np.arange(1, len(chosen) + 1, dtype=np.uint64))
    )
    return colour


def _choose(bits, colour, alike, keys):
    """Rows to single out, in order: all of them if any order would do, else the one that says least."""
    by_key = alike[np.argsort(keys[alike], kind="stable")]
    if _exchangeable(bits, alike):
        return by_key
    if len(colour) > _TRIALS_UP_TO:
        return by_key[:1]
    trials = [np.sort(_refine(bits, _single_out(colour, [row]))).tolist() for row in by_key]
    best = min(range(len(trials)), key=trials.__getitem__)
    return by_key[best : best + 1]


def _exchangeable(bits, alike):
    """Whether any two of these rows have the same distances to all the others and to one another."""
    others = np.setdiff1d(np.arange(len(bits)), alike)
    inside = bits[np.ix_(alike, alike)][~np.eye(len(alike), dtype=bool)]
    return bool(
        (inside == inside[0]).all()
        and (bits[np.ix_(alike, others)] == bits[alike[0], others]).all()
    )


def number_by_size(labels) -> np.ndarray:
    """Renumber clusters from 0, the largest first; of equal ones, that of the first row first.

    Parameters
    ----------
    labels : numpy.ndarray of int, shape (n,)
        Of rows in canonical order, so that the numbers do not depend on the order in which rows came.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
    """
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[inverse.reshape(-1)]
