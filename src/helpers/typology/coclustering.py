"""From draws of partitions to what they agree on: co-clustering, one partition, classes that keep their label."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform

AMBIGUOUS = (0.1, 0.9)


def coclustering_matrix(draws: np.ndarray) -> np.ndarray:
    """Share of draws in which each pair is in the same class.

    Parameters
    ----------
    draws : ndarray of int, shape (s, n)

    Returns
    -------
    ndarray, shape (n, n)
    """
    draws = np.asarray(draws)
    total = np.zeros((draws.shape[1],) * 2)
    for label in range(int(draws.max()) + 1):
        member = (draws == label).astype(np.float32)
        total += member.T @ member
    return total / len(draws)


def ambiguous_pairs(coclustering: np.ndarray) -> float:
    """Share of pairs whose co-clustering probability lies strictly between 0.1 and 0.9."""
    pairs = coclustering[np.triu_indices(len(coclustering), 1)]
    return float(((pairs > AMBIGUOUS[0]) & (pairs < AMBIGUOUS[1])).mean()) if len(pairs) else 0.0


def variation_of_information(labels: np.ndarray, coclustering: np.ndarray) -> float:
    """Lower bound of the posterior expected variation of information of a partition, up to a constant.

    References
    ----------
    Wade and Ghahramani (2018), Bayesian cluster analysis, Bayesian Analysis 13, 559-626, equation 13.
    """
    same = labels[:, None] == labels[None, :]
    return float(
        (np.log2(same.sum(axis=1)) - 2 * np.log2((same * coclustering).sum(axis=1))).sum()
        / len(labels)
    )


def point_partition(draws: np.ndarray, coclustering: np.ndarray, max_classes: int) -> np.ndarray:
    """Partition that is closest to all draws in expected variation of information.

    Candidates are the average-linkage cuts of the co-clustering matrix and up to 300 of the draws themselves.
    Variation of information, because Binder's loss adds spurious classes of one or two (Wade and Ghahramani 2018).

    Parameters
    ----------
    draws : ndarray of int, shape (s, n)
    coclustering : ndarray, shape (n, n)
    max_classes : int

    Returns
    -------
    ndarray of int, shape (n,)
        Classes numbered by size, largest first, then by first member.
    """
    n = len(coclustering)
    candidates = [np.zeros(n, dtype=int)]
    if n > 1:
        distances = 1 - (coclustering + coclustering.T) / 2
        np.fill_diagonal(distances, 0.0)
        # Rounded, so that equal probabilities summed in another order stay equal.
        tree = linkage(squareform(np.round(distances, 12), checks=False), "average")
        candidates += [_cut(tree, k) for k in range(2, min(max_classes, n) + 1)]
    picks = np.unique(np.linspace(0, len(draws) - 1, min(300, len(draws))).astype(int))
    candidates += [draws[s] for s in picks]
    losses = np.array([variation_of_information(labels, coclustering) for labels in candidates])
    # The first of equals: cuts come before draws, and few classes before many.
    return by_size(candidates[int(np.flatnonzero(losses <= losses.min() + 1e-9)[0])])


def _cut(tree: np.ndarray, k: int) -> np.ndarray:
    """Exactly k clusters, from the first n - k merges."""
    n = len(tree) + 1
    labels = np.arange(n)
    names = list(range(n))
    for step in range(n - k):
        a, b = (names[int(v)] for v in tree[step, :2])
        labels[labels == b] = a
        names.append(a)
    return labels


def by_size(labels: np.ndarray) -> np.ndarray:
    """Renumber classes from 0 by size, largest first, then by first member."""
    names, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(names), int)
    rank[np.lexsort((first, -sizes))] = np.arange(len(names))
    return rank[inverse.ravel()]


def relabel(draws: np.ndarray, partition: np.ndarray) -> np.ndarray:
    """Give the classes of every draw the names of a reference partition.

    In each draw classes are matched one to one by the Hungarian method on shared members; a class left over takes the
    name of the reference class with which it shares most members, so that no operator is without one.

    Parameters
    ----------
    draws : ndarray of int, shape (s, n)
    partition : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of int, shape (s, n)
    """
    k = int(partition.max()) + 1
    member = np.eye(k)[partition]
    out = np.empty_like(draws)
    for s, labels in enumerate(draws):
        overlap = np.eye(int(labels.max()) + 1)[labels].T @ member
        names = overlap.argmax(axis=1)
        rows, columns = linear_sum_assignment(-overlap)
        matched = overlap[rows, columns] > 0
        names[rows[matched]] = columns[matched]
        out[s] = names[labels]
    return out


def average_over_equal_rows(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Average an array over rows that carry the same evidence, which have the same posterior.

    Removes the sampler's noise between them, so that they are treated alike whatever their order.
    """
    n_groups = int(group.max()) + 1
    total = np.zeros((n_groups, *values.shape[1:]))
    np.add.at(total, group, values)
    sizes = np.bincount(group, minlength=n_groups).reshape(-1, *[1] * (values.ndim - 1))
    return (total / sizes)[group]


def average_over_equal_pairs(matrix: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Average a square matrix over pairs of rows that carry the same evidence; the diagonal is kept."""
    member = np.eye(int(group.max()) + 1)[group]
    off = matrix - np.diag(np.diag(matrix))
    sizes = member.sum(axis=0)
    pairs = np.outer(sizes, sizes) - np.diag(sizes)
    mean = (member.T @ off @ member) / np.maximum(pairs, 1)
    out = mean[np.ix_(group, group)]
    np.fill_diagonal(out, np.diag(matrix))
    return out


def split_r_hat(chains: np.ndarray) -> float:
    """Split R-hat of a scalar over chains; 1 when they agree, and when nothing varies.

    Parameters
    ----------
    chains : ndarray, shape (c, s)

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), Bayesian Analysis 16, 667-718, rank-normalised version.
    """
    from scipy.stats import norm, rankdata

    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    ranks = rankdata(parts).reshape(parts.shape)
    scores = norm.ppf((ranks - 0.375) / (parts.size + 0.25))
    within = scores.var(axis=1, ddof=1).mean()
    between = scores.mean(axis=1).var(ddof=1)
    # Scores that do not vary within any chain: equal everywhere, or stuck apart.
    if within < 1e-12:
        return 1.0 if between < 1e-12 else np.inf
    return float(np.sqrt((half - 1) / half + between / within))
