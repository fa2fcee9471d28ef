"""Partitions: numbered, matched, and summed up from draws of them."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform

AMBIGUOUS = (0.1, 0.9)


def number_by_size(labels: np.ndarray) -> np.ndarray:
    """Renumber classes from 0 by size, largest first, then by first member."""
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[inverse.ravel()]


def match_groups(overlap: np.ndarray) -> np.ndarray:
    """Column matched one to one to each row (Hungarian method), -1 where they share nothing."""
    overlap = np.asarray(overlap, dtype=float)
    matched = np.full(len(overlap), -1)
    rows, columns = linear_sum_assignment(-overlap)
    shared = overlap[rows, columns] > 0
    matched[rows[shared]] = columns[shared]
    return matched


def coclustering_matrix(draws: np.ndarray) -> np.ndarray:
    """Share of draws (s, n) in which each pair is in the same class, shape (n, n)."""
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
    """Lower bound of the posterior expected variation of information, up to a constant.

    Wade and Ghahramani (2018), Bayesian Analysis 13, 559-626, equation 13.
    """
    same = labels[:, None] == labels[None, :]
    loss = np.log2(same.sum(axis=1)) - 2 * np.log2((same * coclustering).sum(axis=1))
    return float(loss.sum() / len(labels))


def point_partition(draws: np.ndarray, coclustering: np.ndarray, max_classes: int) -> np.ndarray:
    """Partition closest to all draws (s, n) in expected variation of information, shape (n,).

    Candidates are the average-linkage cuts of the co-clustering matrix and up to 300 draws.
    Variation of information, because Binder's loss adds spurious classes of one or two (Wade and
    Ghahramani 2018).
    """
    n = len(coclustering)
    candidates = [np.zeros(n, dtype=int)]
    if n > 1:
        distances = 1 - (coclustering + coclustering.T) / 2
        np.fill_diagonal(distances, 0.0)
        # Rounded, so that equal probabilities summed in another order stay equal.
        tree = linkage(squareform(np.round(distances, 12), checks=False), "average")
        # By order of merging rather than by height, which cuts exactly k classes even in ties.
        cut = partial(fcluster, tree, criterion="maxclust_monocrit", monocrit=np.arange(n - 1.0))
        candidates += [cut(t=k) for k in range(2, min(max_classes, n) + 1)]
    picks = np.unique(np.linspace(0, len(draws) - 1, min(300, len(draws))).astype(int))
    candidates += [draws[s] for s in picks]
    losses = np.array([variation_of_information(labels, coclustering) for labels in candidates])
    # The first of equals: cuts come before draws, and few classes before many.
    return number_by_size(candidates[int(np.flatnonzero(losses <= losses.min() + 1e-9)[0])])


def relabel(draws: np.ndarray, partition: np.ndarray) -> np.ndarray:
    """Give the classes of every draw (s, n) the names of a reference partition (n,).

    A class left over by the matching takes the name of the reference class with which it shares
    most members.
    """
    member = np.eye(int(partition.max()) + 1)[partition]
    out = np.empty_like(draws)
    for s, labels in enumerate(draws):
        overlap = np.eye(int(labels.max()) + 1)[labels].T @ member
        matched = match_groups(overlap)
        out[s] = np.where(matched < 0, overlap.argmax(axis=1), matched)[labels]
    return out


def average_over_equal_rows(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Average over rows that carry the same evidence, so that they are treated alike."""
    n_groups = int(group.max()) + 1
    total = np.zeros((n_groups, *values.shape[1:]))
    np.add.at(total, group, values)
    sizes = np.bincount(group, minlength=n_groups).reshape(-1, *[1] * (values.ndim - 1))
    return (total / sizes)[group]


def average_over_equal_pairs(matrix: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Average over pairs of rows that carry the same evidence; the diagonal is kept."""
    member = np.eye(int(group.max()) + 1)[group]
    off = matrix - np.diag(np.diag(matrix))
    sizes = member.sum(axis=0)
    pairs = np.outer(sizes, sizes) - np.diag(sizes)
    mean = (member.T @ off @ member) / np.maximum(pairs, 1)
    out = mean[np.ix_(group, group)]
    np.fill_diagonal(out, np.diag(matrix))
    return out
