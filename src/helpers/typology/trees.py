"""Agglomerative trees that are always cut to exactly k clusters, the same whatever the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_rand_score

from helpers.typology.distances import JaccardDistances, check_distances
from helpers.typology.merging import METHODS, cut
from helpers.typology.ordering import canonical_order, number_by_size


@dataclass(frozen=True)
class Prepared:
    """Distances ready for trees: rows in canonical order, squared for Ward's method.

    Attributes
    ----------
    scale : numpy.ndarray of shape (n, n)
        What the merging formula works on.
    order : numpy.ndarray of int, shape (n,)
        Row, in the order given, of each row of ``scale``.
    place : numpy.ndarray of int, shape (n,)
        The inverse of ``order``.
    method : int
        Code of the merging formula.
    """

    scale: np.ndarray
    order: np.ndarray
    place: np.ndarray
    method: int


def prepare(distances, method) -> Prepared:
    """Check distances and method; put the rows in canonical order.

    Parameters
    ----------
    distances : array_like of shape (n, n)
    method : {"ward", "average", "complete"}

    Returns
    -------
    Prepared

    Raises
    ------
    ValueError
        Unknown method, or distances that are none.
    """
    if method not in METHODS:
        raise ValueError(
            f"method: {method!r} is unknown; use one of {', '.join(map(repr, METHODS))}"
        )
    d = check_distances(distances)
    order = canonical_order(d, getattr(distances, "keys", None))
    scale = np.ascontiguousarray(d[np.ix_(order, order)])
    if method == "ward" and not isinstance(distances, JaccardDistances):
        scale = (
            scale**2
        )  # of Jaccard distances, the root is what is Euclidean, and its square is what came
    return Prepared(scale, order, np.argsort(order), METHODS[method])


def cluster_counts(n_clusters, distances) -> np.ndarray:
    """Check one or several numbers of clusters against the number of distinct rows.

    Parameters
    ----------
    n_clusters : int or iterable of int
    distances : numpy.ndarray of shape (n, n)

    Returns
    -------
    numpy.ndarray of int, shape (K,)

    Raises
    ------
    ValueError
        A number is not an integer of at least 1, comes twice, or exceeds the number of distinct rows.
    """
    asked = (
        [n_clusters]
        if np.ndim(n_clusters) == 0 and not hasattr(n_clusters, "__iter__")
        else list(n_clusters)
    )
    if not asked:
        raise ValueError("n_clusters: at least one number of clusters is needed")
    distinct = len(distances) - int(np.tril(np.asarray(distances) == 0, -1).any(axis=1).sum())
    for k in asked:
        if isinstance(k, (bool, np.bool_)) or not isinstance(k, (int, np.integer)) or k < 1:
            raise ValueError(f"n_clusters: {k!r} is not a whole number of at least 1")
        if k > distinct:
            raise ValueError(
                f"n_clusters: {k} asked of {len(distances)} rows, of which only {distinct} are distinct"
            )
    if len(set(asked)) < len(asked):
        raise ValueError(f"n_clusters: {asked} names a number of clusters twice")
    return np.array(asked, dtype=np.int64)


def partition(distances, n_clusters, method):
    """Cut an agglomerative tree to exactly k clusters, the same whatever the order of the rows.

    Parameters
    ----------
    distances : array_like of shape (n, n)
        From :func:`~helpers.typology.jaccard_distances`, or any symmetric distances.
    n_clusters : int or iterable of int
        One number of clusters, or several to be cut from the same tree.
    method : {"ward", "average", "complete"}
        ``"ward"`` minimises the within-cluster sum of squares (Ward 1963; Murtagh & Legendre 2014, "ward.D2"). Given
        the matrix of :func:`~helpers.typology.jaccard_distances` it works on the square roots, which are Euclidean.
        A plain array is used as it is: pass ``np.sqrt(d)`` if the roots of ``d`` are what is Euclidean.

    Returns
    -------
    numpy.ndarray of int, shape (n,), or dict of int to such arrays
        Cluster of every row, from 0, the largest cluster first. A dictionary by number of clusters if several were
        asked for.

    Raises
    ------
    ValueError
        Distances that are not symmetric, an unknown method, or more clusters than distinct rows.

    Notes
    -----
    Equal distances are told apart by the canonical order of :mod:`helpers.typology.ordering`. If the matrix comes
    from ``jaccard_distances``, the result for each profile is the same in every row order. If it is a plain array,
    it is so up to an exchange of rows that leaves every distance unchanged.

    References
    ----------
    Ward (1963), JASA 58, 236-244. Murtagh (1983), The Computer Journal 26, 354-359. Murtagh & Legendre (2014),
    Journal of Classification 31, 274-295.
    """
    ready = prepare(distances, method)
    ks = cluster_counts(n_clusters, ready.scale)
    labels = canonical_labels(ready, ks)[:, ready.place]
    return single_or_dict(n_clusters, ks, list(labels))


def canonical_labels(ready, ks) -> np.ndarray:
    """Labels of the rows in canonical order, the largest cluster first, shape (K, n)."""
    return np.array([number_by_size(row) for row in cut(ready.scale, ready.method, ks)])


def single_or_dict(n_clusters, ks, results):
    """Give the one result for an integer, or all of them by number of clusters."""
    return (
        dict(zip(ks.tolist(), results, strict=True))
        if hasattr(n_clusters, "__iter__")
        else results[0]
    )


def medoids(distances, labels) -> np.ndarray:
    """Paragon of each cluster: the row with the smallest total distance to its cluster.

    Parameters
    ----------
    distances : array_like of shape (n, n)
    labels : array_like of int, shape (n,)
        Clusters from 0 to k - 1.

    Returns
    -------
    numpy.ndarray of int, shape (k,)
        Row of each paragon. Of equally central rows, the first in canonical order.

    Raises
    ------
    ValueError
        Labels of another length, or a number without rows.

    References
    ----------
    Kaufman & Rousseeuw (1990), Finding Groups in Data, chapter 2.
    """
    d = check_distances(distances)
    labels = np.asarray(labels)
    if labels.shape != (len(d),):
        raise ValueError(f"labels: shape {labels.shape} for {len(d)} rows")
    order = canonical_order(d, getattr(distances, "keys", None))
    found = []
    for k in range(int(labels.max()) + 1):
        members = order[labels[order] == k]
        if not members.size:
            raise ValueError(f"labels: no row is in cluster {k}")
        # Rounded, so that equal totals stay equal whatever the order of summation.
        found.append(members[np.argmin(d[np.ix_(members, members)].sum(axis=1).round(12))])
    return np.array(found)


@dataclass(frozen=True)
class OrderReport:
    """What the order of the rows alone would have changed, without the tie rule.

    Attributes
    ----------
    n_partitions : dict of int to int
        Number of different partitions found, by number of clusters.
    agreement : dict of int to float
        Mean adjusted Rand index between these partitions and the one of :func:`partition`.
    n_orders : int
    """

    n_partitions: dict
    agreement: dict
    n_orders: int


def order_report(distances, n_clusters, method, *, n_orders=200, rng) -> OrderReport:
    """Count the partitions that random row orders give when ties fall to the first row.

    Parameters
    ----------
    distances, n_clusters, method
        As in :func:`partition`.
    n_orders : int, default 200
    rng : numpy.random.Generator

    Returns
    -------
    OrderReport
    """
    ready = prepare(distances, method)
    ks = cluster_counts(n_clusters, ready.scale)
    fixed = canonical_labels(ready, ks)
    seen = [{} for _ in ks]
    for _ in range(n_orders):
        shuffled = rng.permutation(len(ready.scale))
        back = np.argsort(shuffled)
        for labels, counts in zip(
            cut(ready.scale[np.ix_(shuffled, shuffled)], ready.method, ks), seen, strict=True
        ):
            key = number_by_size(labels[back]).tobytes()
            counts[key] = counts.get(key, 0) + 1
    agreement = {}
    for k, counts, reference in zip(ks.tolist(), seen, fixed, strict=True):
        scores = [
            adjusted_rand_score(reference, np.frombuffer(key, dtype=np.int64)) * c
            for key, c in counts.items()
        ]
        agreement[k] = float(sum(scores) / n_orders)
    return OrderReport(dict(zip(ks.tolist(), map(len, seen), strict=True)), agreement, n_orders)
