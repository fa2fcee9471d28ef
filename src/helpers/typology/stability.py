"""How stable clusters are when rows are drawn again: Hennig's clusterwise Jaccard index and consensus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.typology.merging import find_again
from helpers.typology.resampling import draw_bootstrap, draw_subsamples, given_resamples
from helpers.typology.trees import canonical_labels, cluster_counts, prepare, single_or_dict

DISSOLVED, RECOVERED = 0.5, 0.75


@dataclass(frozen=True)
class Stability:
    """Clusterwise stability of one partition.

    A mean is not a probability, and no fixed threshold tells stable from unstable: a cluster of one row cannot
    average above 0.64 however real it is (a row is absent from about 37 % of the resamples), and clusters of data
    without structure can average 0.95. Compare with :func:`~helpers.typology.null_stability`.

    Attributes
    ----------
    labels : numpy.ndarray of int, shape (n,)
        The partition, the largest cluster first.
    means : numpy.ndarray of shape (k,)
        Mean over the resamples of the largest Jaccard index between the cluster and any cluster found again.
    dissolutions : numpy.ndarray of int, shape (k,)
        Resamples with an index of at most 0.5.
    recoveries : numpy.ndarray of int, shape (k,)
        Resamples with an index above 0.75, as ``clusterboot`` counts them. Small clusters often score 0.75 exactly;
        ``recoveries_inclusive`` counts these too.
    indices : numpy.ndarray of shape (n_resamples, k)
        The index of every resample.
    """

    labels: np.ndarray
    means: np.ndarray
    dissolutions: np.ndarray
    recoveries: np.ndarray
    indices: np.ndarray

    @property
    def n_resamples(self) -> int:
        """Number of resamples."""
        return len(self.indices)

    @property
    def recoveries_inclusive(self) -> np.ndarray:
        """Resamples with an index of at least 0.75, shape (k,)."""
        return (self.indices >= RECOVERED).sum(axis=0)

    @classmethod
    def of(cls, labels, indices) -> Stability:
        """Sum up the index of every cluster in every resample, shape (B, k)."""
        return cls(
            labels=labels,
            means=indices.mean(axis=0),
            dissolutions=(indices <= DISSOLVED).sum(axis=0),
            recoveries=(indices > RECOVERED).sum(axis=0),
            indices=indices,
        )

    @property
    def overall(self) -> float:
        """Mean index of the cluster of a row: the clusters' means weighted by their sizes."""
        return float(np.bincount(self.labels) @ self.means / len(self.labels))


def bootstrap_stability(
    distances, n_clusters, *, method, n_resamples=1000, resamples=None, rng=None
):
    """Clusterwise stability by the bootstrap (Hennig 2007).

    Rows are drawn with replacement; each is kept once, one tree is grown on those drawn, and each cluster of the
    whole data, restricted to the rows drawn, is compared with the most similar cluster found.

    Parameters
    ----------
    distances : array_like of shape (n, n)
        As in :func:`~helpers.typology.partition`.
    n_clusters : int or iterable of int
        Several numbers of clusters share one tree per resample.
    method : {"ward", "average", "complete"}
        As in :func:`~helpers.typology.partition`.
    n_resamples : int, default 1000
    resamples : list of array_like of int, optional
        Unique row indices of each resample, in place of drawing.
    rng : numpy.random.Generator
        Not needed if ``resamples`` is given.

    Returns
    -------
    Stability, or dict of int to Stability
        A dictionary by number of clusters if several were asked for.

    Raises
    ------
    ValueError
        As :func:`~helpers.typology.partition`; or resamples that are out of range, repeat a row, or hold fewer rows
        than clusters; or nothing to draw with.

    Notes
    -----
    The rows are drawn by their place in the canonical order, so that one seed gives the same result in every row
    order.

    References
    ----------
    Hennig (2007), Computational Statistics & Data Analysis 52, 258-271; the scheme is that of ``clusterboot`` in the
    R package fpc with ``bootmethod="boot"`` and ``multipleboot=FALSE``.
    """
    ready, ks, drawn = _prepare(distances, n_clusters, method, n_resamples, resamples, None, rng)
    results = resampled(ready, ks, drawn)[0]
    return single_or_dict(n_clusters, ks, results)


def consensus_matrix(
    distances, n_clusters, *, method, n_resamples=1000, resamples=None, subsample=None, rng=None
):
    """Share of the resamples with both rows in which two rows fall in one cluster (Monti et al. 2003).

    Parameters
    ----------
    distances, n_clusters, method, n_resamples, resamples, rng
        As in :func:`bootstrap_stability`.
    subsample : float, optional
        Share of the rows to draw without replacement, such as 0.8, in place of the bootstrap.

    Returns
    -------
    numpy.ndarray of shape (n, n), or dict of int to such arrays
        NaN for two rows that were never drawn together.

    Raises
    ------
    ValueError
        As :func:`bootstrap_stability`; or a share that is not within 0 and 1.

    References
    ----------
    Monti, Tamayo, Mesirov & Golub (2003), Machine Learning 52, 91-118.
    """
    ready, ks, drawn = _prepare(
        distances, n_clusters, method, n_resamples, resamples, subsample, rng
    )
    together = resampled(ready, ks, drawn, consensus=True)[1]
    return single_or_dict(
        n_clusters, ks, [matrix[np.ix_(ready.place, ready.place)] for matrix in together]
    )


def ambiguous_share(consensus, low=0.1, high=0.9) -> float:
    """Proportion of ambiguous pairs: those that are neither nearly always nor nearly never together.

    Parameters
    ----------
    consensus : array_like of shape (n, n)
        Co-clustering shares in [0, 1]; NaN where unknown.
    low, high : float, default 0.1 and 0.9
        A share strictly between them is ambiguous.

    Returns
    -------
    float
        Share of the known pairs; 0 if there is no pair.

    References
    ----------
    Senbabaoglu, Michailidis & Li (2014), Scientific Reports 4, 6207.
    """
    consensus = np.asarray(consensus)
    pairs = consensus[np.triu_indices(len(consensus), 1)]
    pairs = pairs[~np.isnan(pairs)]
    return float(np.mean((pairs > low) & (pairs < high))) if pairs.size else 0.0


def _prepare(distances, n_clusters, method, n_resamples, resamples, subsample, rng):
    ready = prepare(distances, method)
    ks = cluster_counts(n_clusters, ready.scale)
    n = len(ready.scale)
    if resamples is not None:
        return ready, ks, given_resamples(resamples, n, int(ks.max()))[:, ready.order]
    if rng is None:
        raise ValueError(
            "rng: a numpy.random.Generator is needed to draw resamples, unless resamples are given"
        )
    if (
        isinstance(n_resamples, bool)
        or not isinstance(n_resamples, (int, np.integer))
        or n_resamples < 1
    ):
        raise ValueError(f"n_resamples: {n_resamples!r} is not a whole number of at least 1")
    if subsample is None:
        return ready, ks, draw_bootstrap(n, n_resamples, rng)
    if not 0 < subsample < 1:
        raise ValueError(f"subsample: {subsample!r} is not a share between 0 and 1")
    return ready, ks, draw_subsamples(n, n_resamples, max(2, round(subsample * n)), rng)


def resampled(ready, ks, drawn, *, consensus=False):
    """Stability and, if asked for, consensus matrices from the same trees.

    Parameters
    ----------
    ready : helpers.typology.trees.Prepared
    ks : numpy.ndarray of int, shape (K,)
    drawn : numpy.ndarray of bool, shape (B, n)
        Rows of each resample, in canonical order.
    consensus : bool, default False

    Returns
    -------
    stabilities : list of Stability
        Labels in the order of the rows given.
    together : list of numpy.ndarray of shape (n, n)
        Rows in canonical order; empty unless asked for.
    """
    n = len(ready.scale)
    decreasing = np.argsort(-ks, kind="stable")
    labels = canonical_labels(ready, ks)
    indices = np.zeros((len(drawn), len(ks), int(ks.max())))
    counts = np.zeros((len(ks) + 1, n, n) if consensus else (0, 0, 0), dtype=np.uint32)
    reference = np.ascontiguousarray(labels[decreasing])
    find_again(ready.scale, ready.method, ks[decreasing], reference, drawn, indices, counts)
    stabilities, together = [None] * len(ks), []
    for q, original in enumerate(decreasing):
        stabilities[original] = Stability.of(
            labels[original][ready.place], indices[:, q, : ks[original]]
        )
    if consensus:
        counts = np.cumsum(counts, axis=0, dtype=np.uint32)
        counts += counts.transpose(0, 2, 1)
        both = np.where(counts[-1] > 0, counts[-1], np.nan)
        together = [counts[q] / both for q in np.argsort(decreasing)]
        for matrix in together:
            np.fill_diagonal(matrix, 1.0)
    return stabilities, together
