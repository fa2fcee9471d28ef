"""Exact integrated classification likelihood of a partition, and the search for its maximum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from helpers.occupancy.validation import check_number, read_counts
from helpers.typology.distances import content_ranks
from helpers.typology.partitions import number_by_size


@dataclass(frozen=True)
class ExactICL:
    """Largest exact ICL found (in nats) for each number of classes, and its partition."""

    path: dict[int, float]
    partitions: dict[int, np.ndarray]

    @property
    def n_classes(self) -> int:
        """Number of classes of the best partition."""
        return max(self.path, key=self.path.__getitem__)


def exact_icl(profiles, *, max_classes=12, n_starts=100, rng) -> ExactICL:
    """Greedy search for the partition with the largest exact ICL, under uniform priors.

    Each start is a random partition into `max_classes` classes. Rows are swapped between classes
    while the criterion grows; then the two classes whose merger is best (or least bad) are merged,
    and so on down to one class. One seed gives the same result in every row order.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or DataFrame
        Binary; a missing cell carries no information.
    max_classes : int, default 12
        Reduced to the number of distinct rows.
    n_starts : int, default 100
    rng : numpy.random.Generator

    Returns
    -------
    ExactICL

    References
    ----------
    Biernacki, Celeux & Govaert (2010), JSPI 140, 2991-3002. Côme, Jouvin, Latouche & Bouveyron
    (2021), Advances in Data Analysis and Classification 15, 957-986.
    """
    table = read_counts(profiles, "profiles", highest=1, missing=True)
    check_number(max_classes, "max_classes")
    check_number(n_starts, "n_starts")
    ranks = content_ranks(table)
    rows, n = np.argsort(ranks, kind="stable"), len(table)
    k_max = min(max_classes, int(ranks.max()) + 1)
    cells = np.where(np.isnan(table), -1, table).astype(np.int64)[rows]
    g_one, g_two = (np.array([math.lgamma(c + a) for c in range(n + 1)]) for a in (1, 2))
    best = np.full(k_max + 1, -np.inf)
    partitions = np.zeros((k_max + 1, n), dtype=np.int64)
    for _ in range(n_starts):
        # Every class starts with a row at least: the search empties classes only by merging.
        start = rng.permutation(
            np.concatenate([np.arange(k_max), rng.integers(0, k_max, n - k_max)])
        )
        values, found = _descend(cells, start, k_max, g_one, g_two, rng)
        better = values > best + 1e-9
        best[better], partitions[better] = values[better], found[better]
    place, numbers = np.argsort(rows), range(1, k_max + 1)
    return ExactICL(
        {k: float(best[k]) for k in numbers},
        {k: number_by_size(partitions[k])[place] for k in numbers},
    )


@njit(cache=True)
def _emission(ones, known, g_one, g_two):  # pragma: no cover - compiled
    """Log-probability of the cells of one class."""
    total = 0.0
    for j in range(len(ones)):
        total += g_one[ones[j]] + g_one[known[j] - ones[j]] - g_two[known[j]]
    return total + len(ones) * (g_two[0] - 2 * g_one[0])


@njit(cache=True)
def _emission_with(ones, known, row, sign, g_one, g_two):  # pragma: no cover - compiled
    """Change of the log-probability of a class when one row comes (sign 1) or goes (sign -1)."""
    change = 0.0
    for j in range(len(ones)):
        if row[j] >= 0:
            a, c = ones[j], known[j]
            e, f = a + sign * row[j], c + sign
            change += g_one[e] + g_one[f - e] - g_two[f] - g_one[a] - g_one[c - a] + g_two[c]
    return change


@njit(cache=True)
def _prior(k, n):  # pragma: no cover - compiled
    """Part of the log-prior of the classes that depends on their number only."""
    return math.lgamma(k) - math.lgamma(n + k)


@njit(cache=True)
def _count(cells, labels, k):  # pragma: no cover - compiled
    n, m = cells.shape
    size = np.zeros(k, np.int64)
    ones = np.zeros((k, m), np.int64)
    known = np.zeros((k, m), np.int64)
    for i in range(n):
        size[labels[i]] += 1
        for j in range(m):
            if cells[i, j] >= 0:
                ones[labels[i], j] += cells[i, j]
                known[labels[i], j] += 1
    return size, ones, known


@njit(cache=True)
def _value(cells, labels, k, g_one, g_two):  # pragma: no cover - compiled
    size, ones, known = _count(cells, labels, k)
    total = _prior(k, len(labels))
    for c in range(k):
        total += g_one[size[c]] + _emission(ones[c], known[c], g_one, g_two)
    return total


@njit(cache=True)
def _swap(cells, labels, size, ones, known, g_one, g_two, rng):  # pragma: no cover - compiled
    """Move rows one by one to the class that raises the criterion most; no class is emptied."""
    n, m = cells.shape
    order = np.arange(n)
    moved = True
    while moved:
        moved = False
        rng.shuffle(order)
        for i in order:
            old = labels[i]
            if size[old] == 1:
                continue
            row = cells[i]
            leaving = _emission_with(ones[old], known[old], row, -1, g_one, g_two)
            leaving += g_one[size[old] - 1] - g_one[size[old]]
            best, new = 1e-9, -1
            for c in range(len(size)):
                if c != old and size[c] > 0:
                    gain = leaving + _emission_with(ones[c], known[c], row, 1, g_one, g_two)
                    gain += g_one[size[c] + 1] - g_one[size[c]]
                    if gain > best:
                        best, new = gain, c
            if new >= 0:
                moved = True
                labels[i] = new
                size[old] -= 1
                size[new] += 1
                for j in range(m):
                    if row[j] >= 0:
                        ones[old, j] -= row[j]
                        ones[new, j] += row[j]
                        known[old, j] -= 1
                        known[new, j] += 1


@njit(cache=True)
def _descend(cells, start, k_max, g_one, g_two, rng):  # pragma: no cover - compiled
    """Swap, merge the best pair, and again down to one class: values and partitions by number."""
    n = cells.shape[0]
    labels = start.copy()
    values = np.full(k_max + 1, -np.inf)
    found = np.zeros((k_max + 1, n), np.int64)
    size, ones, known = _count(cells, labels, k_max)
    for k in range(k_max, 0, -1):
        _swap(cells, labels, size, ones, known, g_one, g_two, rng)
        number = np.cumsum(size > 0) - 1
        found[k] = number[labels]
        values[k] = _value(cells, found[k], k, g_one, g_two)
        if k == 1:
            break
        best, into, gone = -np.inf, -1, -1
        for a in range(k_max):
            for b in range(a + 1, k_max):
                if size[a] > 0 and size[b] > 0:
                    gain = g_one[size[a] + size[b]] - g_one[size[a]] - g_one[size[b]]
                    gain += _emission(ones[a] + ones[b], known[a] + known[b], g_one, g_two)
                    gain -= _emission(ones[a], known[a], g_one, g_two)
                    gain -= _emission(ones[b], known[b], g_one, g_two)
                    if gain > best:
                        best, into, gone = gain, a, b
        labels[labels == gone] = into
        size[into] += size[gone]
        ones[into] += ones[gone]
        known[into] += known[gone]
        size[gone] = 0
        ones[gone] = 0
        known[gone] = 0
    return values, found
