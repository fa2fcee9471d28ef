"""Jaccard distances, and trees cut to exactly k clusters, the same whatever the order of the rows.

Binary profiles give few distinct distances: hundreds of pairs are tied, and the usual choice (the
first in the table) makes clusters depend on how the table was sorted. So rows are sorted by their
content before any tree is grown.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helpers.occupancy.validation import read_counts
from helpers.typology.partitions import number_by_size

METHODS = {"average": 0, "complete": 1, "ward": 2}


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


class TreeInput(NamedTuple):
    """Distances of the rows in order (squared for Ward), that order, its inverse, the method."""

    scale: np.ndarray
    order: np.ndarray
    position: np.ndarray
    method: int


def prepare(distances, method) -> TreeInput:
    """Sort the rows by content; a plain matrix, whose content is not known, is taken as it is."""
    jaccard = isinstance(distances, JaccardDistances)
    d, keys = distances if jaccard else (distances, np.arange(len(distances)))
    order = np.argsort(keys, kind="stable")
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
    """Clusters of the rows in their order, the largest first, shape (K, n)."""
    from helpers.typology._trees import merge_and_cut

    labels = merge_and_cut(ready.scale.copy(), ready.method, ks)
    return np.array([number_by_size(row) for row in labels])
