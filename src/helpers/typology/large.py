"""Stability when the matrix of all distances would not fit in memory: trees of subsamples, extended to all rows."""

from __future__ import annotations

import numpy as np

from helpers.typology.distances import (
    check_profiles,
    content_ranks,
    jaccard_between,
    jaccard_distances,
)
from helpers.typology.stability import Stability
from helpers.typology.trees import cluster_counts, partition, single_or_dict

_BLOCK = 4096


def sampled_stability(profiles, n_clusters, *, method, subsample_size=2000, n_subsamples=20, rng):
    """Clusterwise stability of many rows, without a matrix of all their distances.

    Subsamples of rows are drawn without replacement. Each is cut to k clusters, and every other row joins the cluster
    that is nearest in the sense of the method: the smallest mean distance (average), the smallest largest distance
    (complete), the nearest centre (Ward). Every subsample so gives a partition of all rows; the clusters of the first
    are compared with those of each of the others by Hennig's index. Of 35,000 rows, 2,000 at a time take 32 MB for
    their distances and a block of 4,096 x 2,000 for the extension: well under 2 GB.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or pandas.DataFrame
        Binary, without missing cells.
    n_clusters : int or iterable of int
    method : {"ward", "average", "complete"}
        As in :func:`~helpers.typology.partition`.
    subsample_size : int, default 2000
        Reduced to ``n`` if that is smaller.
    n_subsamples : int, default 20
        Beside the first one, which gives the reference.
    rng : numpy.random.Generator

    Returns
    -------
    Stability, or dict of int to Stability
        ``labels`` are those of the reference, for all rows.

    Raises
    ------
    ValueError
        Profiles that are not binary and complete, fewer than one subsample, or more clusters than distinct rows in
        the smallest of the subsamples.

    Notes
    -----
    Unlike in :func:`~helpers.typology.bootstrap_stability`, no row is absent from the comparison, so that a small
    cluster is not held down by resamples that miss it; the two figures are not comparable. Rows are sorted by
    content first, so that one seed gives the same result in every row order.

    References
    ----------
    Hennig (2007), Computational Statistics & Data Analysis 52, 258-271. Kaufman & Rousseeuw (1990), Finding Groups in
    Data, chapter 3 (clustering of a sample, extended to all objects).
    """
    table = check_profiles(profiles, complete=True)
    for name, number in (("subsample_size", subsample_size), ("n_subsamples", n_subsamples)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
            raise ValueError(f"{name}: {number!r} is not a whole number of at least 1")
    rows = np.argsort(content_ranks(table), kind="stable")
    table = table[rows].astype(np.int8)
    n, size = len(table), min(int(subsample_size), len(table))
    samples = [np.sort(rng.choice(n, size, replace=False)) for _ in range(1 + n_subsamples)]
    for sample in samples:
        distinct = np.unique(table[sample], axis=0)
        ks = cluster_counts(n_clusters, 1.0 - np.eye(len(distinct)))
    reference = _extended(table, samples[0], ks, method)
    indices = np.zeros((n_subsamples, len(ks), int(ks.max())))
    for b, sample in enumerate(samples[1:]):
        found = _extended(table, sample, ks, method)
        for q, k in enumerate(ks):
            indices[b, q, :k] = _best_matches(reference[q], found[q], k)
    place = np.argsort(rows)
    results = [Stability.of(reference[q][place], indices[:, q, :k]) for q, k in enumerate(ks)]
    return single_or_dict(n_clusters, ks, results)


def _extended(table, sample, ks, method):
    """Labels of all rows for each number of clusters, from the tree of a sample, shape (K, n)."""
    distances = jaccard_distances(table[sample])
    cuts = partition(distances, ks.tolist(), method)
    labels = np.empty((len(ks), len(table)), dtype=np.int64)
    outside = np.setdiff1d(np.arange(len(table)), sample)
    rules = [_Nearest(np.asarray(distances), cuts[k], method) for k in ks.tolist()]
    for q, k in enumerate(ks.tolist()):
        labels[q, sample] = cuts[k]
    for start in range(0, len(outside), _BLOCK):
        block = outside[start : start + _BLOCK]
        between = jaccard_between(table[block], table[sample])
        for q, rule in enumerate(rules):
            labels[q, block] = rule.of(between)
    return labels


class _Nearest:
    """The cluster nearest to a new row, in the sense of one method."""

    def __init__(self, distances, labels, method):
        self.method = method
        self.member = labels[:, None] == np.arange(labels.max() + 1)
        self.shares = self.member / self.member.sum(axis=0)
        # For Ward, the mean squared distance to the members exceeds that to their centre by the spread of the cluster.
        spread = np.einsum("ik,ij,jk->k", self.shares, distances, self.shares, optimize=True) / 2
        self.spread = spread if method == "ward" else np.zeros_like(spread)

    def of(self, between):
        """Cluster of each row of ``between``, distances to the sample of shape (b, s)."""
        if self.method == "complete":
            farthest = [
                between[:, self.member[:, k]].max(axis=1) for k in range(self.member.shape[1])
            ]
            return np.argmin(farthest, axis=0)
        return np.argmin(between @ self.shares - self.spread, axis=1)


def _best_matches(reference, found, k):
    """Largest Jaccard index of each of k reference clusters with any cluster found."""
    shared = np.bincount(reference * k + found, minlength=k * k).reshape(k, k)
    either = shared.sum(axis=1)[:, None] + shared.sum(axis=0)[None, :] - shared
    return np.divide(shared, either, out=np.zeros((k, k)), where=either > 0).max(axis=1)
