"""Agreement of two ways of grouping operators, and the operators on which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score


@dataclass(frozen=True)
class Agreement:
    """Agreement of two partitions.

    Attributes
    ----------
    ari : float
        Adjusted Rand index: 1 when they are the same, about 0 when they agree as chance would.
    differing : tuple of str
        Operators that change group when groups are matched one to one, sorted.
    matched : ndarray of int, shape (n,)
        The second partition with the numbers of the first; groups left over keep numbers beyond it.
    """

    ari: float
    differing: tuple[str, ...]
    matched: np.ndarray


def compare_partitions(labels, others, operators: Sequence[str]) -> Agreement:
    """Match the groups of two partitions by shared members (Hungarian method) and list who changes.

    Parameters
    ----------
    labels, others : array-like of int, shape (n,)
        Groups from 0.
    operators : sequence of str, length n

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError
        If lengths differ.

    References
    ----------
    Hubert and Arabie (1985), Journal of Classification 2, 193-218.
    """
    one, two = np.asarray(labels, dtype=int), np.asarray(others, dtype=int)
    if not len(one) == len(two) == len(operators):
        raise ValueError(
            f"{len(one)} labels, {len(two)} others and {len(operators)} operators: give as many of each"
        )
    overlap = np.zeros((int(one.max()) + 1, int(two.max()) + 1))
    np.add.at(overlap, (one, two), 1)
    names = np.full(overlap.shape[1], -1)
    rows, columns = linear_sum_assignment(-overlap)
    names[columns] = rows
    spare = iter(range(overlap.shape[0], overlap.shape[0] + overlap.shape[1]))
    names = np.array([next(spare) if name < 0 else name for name in names])
    matched = names[two]
    differing = tuple(sorted(str(operators[i]) for i in np.flatnonzero(matched != one)))
    return Agreement(float(adjusted_rand_score(one, two)), differing, matched)
