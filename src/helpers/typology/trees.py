"""Jaccard distances, and trees cut to exactly k clusters, the same whatever the order of the rows.

Binary profiles give few distinct distances: hundreds of pairs are tied, and the usual choice (the
first in the table) makes clusters depend on how the table was sorted. So rows are sorted by their
content before any tree is grown.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.occupancy.validation import read_profiles
from helpers.profiles import Profiles
from helpers.typology.partitions import number_by_size

METHODS = {"average": 0, "complete": 1, "ward": 2}


class JaccardDistances(NamedTuple):
    """Jaccard distances, whose square roots are Euclidean (Gower & Legendre 1986).

    In `values` (n, n), equal fractions are equal floating-point numbers, so that ties are exact;
    `keys` (n,) are ranks of the content of each profile, shared by equal profiles. `index` names
    the rows, if they have names.
    """

    values: np.ndarray
    keys: np.ndarray
    index: pd.Index | None = None


def jaccard_distances(profiles) -> JaccardDistances:
    """Jaccard distance between every two rows of a complete binary table (n, m) or of `Profiles`.

    One minus the number of services that both offer over the number that at least one offers. Two
    rows without any service have distance 0.
    """
    table = read_profiles(profiles)
    apart = table @ (1 - table).T
    apart += apart.T
    either = table @ table.T + apart
    # One correctly rounded quotient of two integers: equal fractions give equal bits.
    values = np.divide(apart, either, out=np.zeros_like(either), where=either > 0)
    labelled = profiles.state if isinstance(profiles, Profiles) else profiles
    index = labelled.index if isinstance(labelled, pd.DataFrame) else None
    return JaccardDistances(values, content_ranks(table), index)


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
    d, keys = distances[:2] if jaccard else (distances, np.arange(len(distances)))
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


def partition(distances, n_clusters: int, method: str) -> np.ndarray | pd.Series:
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
    ndarray or Series of int, shape (n,)
        Cluster of every row, from 0, the largest cluster first; a series if rows have names.

    Raises
    ------
    ValueError
        More clusters than distinct rows.
    """
    ready = prepare(distances, method)
    labels = cut(ready, check_cluster_numbers(n_clusters, ready.scale))[0, ready.position]
    index = distances.index if isinstance(distances, JaccardDistances) else None
    return labels if index is None else pd.Series(labels, index, name="cluster")


def cut(ready: TreeInput, ks) -> np.ndarray:
    """Clusters of the rows in their order, the largest first, shape (K, n)."""
    from helpers.typology._trees import merge_and_cut

    labels = merge_and_cut(ready.scale.copy(), ready.method, ks)
    return np.array([number_by_size(row) for row in labels])
