"""Exact integrated classification likelihood of a partition of binary profiles, and the search for its maximum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from helpers.typology.distances import check_profiles, content_ranks
from helpers.typology.ordering import number_by_size

_SAME = 1e-6


@dataclass(frozen=True)
class ExactICL:
    """The best partition found, and the best for each number of classes.

    Attributes
    ----------
    value : float
        Exact ICL of the best partition, in nats.
    labels : numpy.ndarray of int, shape (n,)
        Class of every row, from 0, the largest class first.
    n_classes : int
    n_best_starts : int
        Starts that reached ``value``. If few did, a better partition may exist: take more starts.
    n_starts : int
    path : dict of int to float
        Best value found for each number of classes.
    partitions : dict of int to numpy.ndarray
        The partition of each of these values.
    """

    value: float
    labels: np.ndarray
    n_classes: int
    n_best_starts: int
    n_starts: int
    path: dict
    partitions: dict


def exact_icl_value(profiles, labels, *, alpha=1.0, beta=1.0) -> float:
    """Exact ICL of a given partition: the log-probability of profiles and classes, all parameters integrated out.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or pandas.DataFrame
        Binary; a missing cell carries no information.
    labels : array_like of int, shape (n,)
        Class of every row; only which rows share a class counts.
    alpha : float, default 1
        Dirichlet prior on the shares of the classes.
    beta : float, default 1
        Beta(beta, beta) prior on every item probability.

    Returns
    -------
    float
        In nats.

    Raises
    ------
    ValueError
        Profiles that are not binary, labels of another length, or priors that are not positive.

    References
    ----------
    Biernacki, Celeux & Govaert (2010), JSPI 140, 2991-3002. Côme, Jouvin, Latouche & Bouveyron (2021), Advances in
    Data Analysis and Classification 15, 957-986, section 2.
    """
    table = check_profiles(profiles)
    _check_priors(alpha, beta)
    labels = np.asarray(labels)
    if labels.shape != (len(table),):
        raise ValueError(f"labels: shape {labels.shape} for {len(table)} rows")
    codes = np.unique(labels, return_inverse=True)[1].reshape(-1)
    return _value(
        _cells(table), codes, int(codes.max()) + 1, *_log_gammas(table.shape[0], alpha, beta), alpha
    )


def exact_icl(profiles, *, max_classes=12, n_starts=100, alpha=1.0, beta=1.0, rng) -> ExactICL:
    """Greedy search for the partition with the largest exact ICL (Côme et al. 2021).

    Each start is a random partition into ``max_classes`` classes. Rows are swapped between classes while the
    criterion grows; then the two classes whose merger is best (or least bad) are merged, and so on down to one
    class. The best partition is kept for each number of classes.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or pandas.DataFrame
        Binary; a missing cell carries no information.
    max_classes : int, default 12
        Reduced to the number of distinct rows.
    n_starts : int, default 100
    alpha, beta : float, default 1
        Priors, as in :func:`exact_icl_value`.
    rng : numpy.random.Generator

    Returns
    -------
    ExactICL

    Raises
    ------
    ValueError
        Profiles that are not binary, numbers of classes or starts below 1, or priors that are not positive.

    Notes
    -----
    Rows are sorted by content first, so that one seed gives the same result in every row order.

    References
    ----------
    Côme, Jouvin, Latouche & Bouveyron (2021), Advances in Data Analysis and Classification 15, 957-986.
    """
    table = check_profiles(profiles)
    _check_priors(alpha, beta)
    for name, number in (("max_classes", max_classes), ("n_starts", n_starts)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
            raise ValueError(f"{name}: {number!r} is not a whole number of at least 1")
    ranks = content_ranks(table)
    rows = np.argsort(ranks, kind="stable")
    k_max = min(max_classes, int(ranks.max()) + 1)
    cells = _cells(table)[rows]
    gammas = _log_gammas(len(table), alpha, beta)
    best = np.full(k_max + 1, -np.inf)
    partitions = np.zeros((k_max + 1, len(table)), dtype=np.int64)
    reached = []
    for _ in range(n_starts):
        # Every class starts with one row at least: the search never empties a class but by merging.
        start = rng.permutation(
            np.concatenate([np.arange(k_max), rng.integers(0, k_max, len(table) - k_max)])
        )
        values, found = _descend(cells, start, k_max, *gammas, float(alpha), rng)
        better = values > best + 1e-9
        best[better], partitions[better] = values[better], found[better]
        reached.append(values.max())
    place = np.argsort(rows)
    labels = {k: number_by_size(partitions[k])[place] for k in range(1, k_max + 1)}
    n_classes = int(best.argmax())
    return ExactICL(
        value=float(best[n_classes]),
        labels=labels[n_classes],
        n_classes=n_classes,
        n_best_starts=int(np.sum(np.array(reached) > best.max() - _SAME)),
        n_starts=int(n_starts),
        path={k: float(best[k]) for k in labels},
        partitions=labels,
    )


def _check_priors(alpha, beta):
    for name, prior in (("alpha", alpha), ("beta", beta)):
        if not (np.isfinite(prior) and prior > 0):
            raise ValueError(f"{name}: {prior!r} is not a positive number")


def _cells(table):
    """0, 1, or -1 where missing."""
    return np.where(np.isnan(table), -1, table).astype(np.int64)


def _log_gammas(n, alpha, beta):
    """Tables of log-gamma at count + alpha, count + beta and count + 2 beta, for counts from 0 to n."""
    counts = np.arange(n + 1)
    return tuple(
        np.array([math.lgamma(c + shift) for c in counts]) for shift in (alpha, beta, 2 * beta)
    )


@njit(cache=True)
def _emission(ones, known, g_beta, g_beta2):  # pragma: no cover - compiled
    """Log-probability of the cells of one class."""
    total = 0.0
    for j in range(len(ones)):
        total += g_beta[ones[j]] + g_beta[known[j] - ones[j]] - g_beta2[known[j]]
    return total + len(ones) * (g_beta2[0] - 2 * g_beta[0])


@njit(cache=True)
def _emission_with(ones, known, row, sign, g_beta, g_beta2):  # pragma: no cover - compiled
    """Change of the log-probability of a class when one row comes (sign 1) or goes (sign -1)."""
    change = 0.0
    for j in range(len(ones)):
        if row[j] >= 0:
            a, c = ones[j], known[j]
            e, f = a + sign * row[j], c + sign
            change += (
                g_beta[e] + g_beta[f - e] - g_beta2[f] - g_beta[a] - g_beta[c - a] + g_beta2[c]
            )
    return change


@njit(cache=True)
def _prior(k, n, alpha):  # pragma: no cover - compiled
    """Part of the log-prior of the classes that depends on their number only."""
    return math.lgamma(k * alpha) - k * math.lgamma(alpha) - math.lgamma(n + k * alpha)


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
def _value(cells, labels, k, g_alpha, g_beta, g_beta2, alpha):  # pragma: no cover - compiled
    size, ones, known = _count(cells, labels, k)
    total = _prior(k, len(labels), alpha)
    for c in range(k):
        total += g_alpha[size[c]] + _emission(ones[c], known[c], g_beta, g_beta2)
    return total


@njit(cache=True)
def _swap(
    cells, labels, size, ones, known, g_alpha, g_beta, g_beta2, rng
):  # pragma: no cover - compiled
    """Move rows one by one to the class that raises the criterion most, until none does; no class is emptied."""
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
            leaving = _emission_with(ones[old], known[old], row, -1, g_beta, g_beta2)
            leaving += g_alpha[size[old] - 1] - g_alpha[size[old]]
            best, new = 1e-9, -1
            for c in range(len(size)):
                if c != old and size[c] > 0:
                    gain = leaving + _emission_with(ones[c], known[c], row, 1, g_beta, g_beta2)
                    gain += g_alpha[size[c] + 1] - g_alpha[size[c]]
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
def _descend(
    cells, start, k_max, g_alpha, g_beta, g_beta2, alpha, rng
):  # pragma: no cover - compiled
    """Swap, merge the best pair, and again down to one class; value and partition for each number of classes."""
    n = cells.shape[0]
    labels = start.copy()
    values = np.full(k_max + 1, -np.inf)
    found = np.zeros((k_max + 1, n), np.int64)
    size, ones, known = _count(cells, labels, k_max)
    for k in range(k_max, 0, -1):
        _swap(cells, labels, size, ones, known, g_alpha, g_beta, g_beta2, rng)
        number = np.cumsum(size > 0) - 1
        found[k] = number[labels]
        values[k] = _value(cells, found[k], k, g_alpha, g_beta, g_beta2, alpha)
        if k == 1:
            break
        best, into, gone = -np.inf, -1, -1
        for a in range(k_max):
            for b in range(a + 1, k_max):
                if size[a] > 0 and size[b] > 0:
                    gain = g_alpha[size[a] + size[b]] - g_alpha[size[a]] - g_alpha[size[b]]
                    gain += _emission(ones[a] + ones[b], known[a] + known[b], g_beta, g_beta2)
                    gain -= _emission(ones[a], known[a], g_beta, g_beta2)
                    gain -= _emission(ones[b], known[b], g_beta, g_beta2)
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
