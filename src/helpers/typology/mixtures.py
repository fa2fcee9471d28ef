"""Latent classes of operators by EM: profiles at face value, and with imperfect detection."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.special import gammaln
from threadpoolctl import threadpool_limits

from claimbook.memory import remember
from helpers.occupancy.validation import check_model, read_counts

# Starts whose objective is this close to the highest have found the same optimum.
SAME_OPTIMUM = 1e-3
# Half a pseudo-operator on each side of every rate keeps rates off 0 and 1, where starts get stuck.
WEAK_PRIOR = 0.5
_FLOOR = 1e-12


@dataclass(frozen=True)
class Mixture:
    """A mixture of k classes with independent items within each, the largest class first.

    Attributes
    ----------
    log_likelihood : float
        At the best of all starts.
    n_parameters : int
    shares : ndarray, shape (k,)
    item_probabilities : ndarray, shape (k, m)
        Probability of 1, or that the service is offered, seen or not.
    memberships : ndarray, shape (n, k)
    n_starts, n_best_starts : int
        Starts made, and how many of them ended within 0.001 of the best.
    detection : ndarray, shape (m,) or (n, m), or None
        Per-page detection, where the model has one.
    """

    log_likelihood: float
    n_parameters: int
    shares: np.ndarray
    item_probabilities: np.ndarray
    memberships: np.ndarray
    n_starts: int
    n_best_starts: int
    detection: np.ndarray | None = None

    @property
    def labels(self) -> np.ndarray:
        """Most probable class of each row, shape (n,)."""
        return self.memberships.argmax(axis=1)

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return -2 * self.log_likelihood + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        """Bayesian information criterion."""
        return -2 * self.log_likelihood + self.n_parameters * np.log(len(self.memberships))

    @property
    def entropy(self) -> float:
        """Classification entropy of the memberships, in nats: 0 when every row is certain."""
        r = self.memberships
        return float(-(r * np.log(np.maximum(r, 1e-300))).sum())

    @property
    def icl(self) -> float:
        """Integrated completed likelihood, smaller is better (Biernacki et al. 2000)."""
        return self.bic + 2 * self.entropy


def check_classes(n_classes: int, n_distinct: int) -> None:
    """Refuse more classes than there are distinct rows."""
    if n_classes > n_distinct:
        raise ValueError(
            f"n_classes is {n_classes}: more classes than distinct rows ({n_distinct})"
        )


def latent_classes(
    profiles, n_classes: int, *, n_init: int = 50, rng: np.random.Generator
) -> Mixture:
    """Fit a latent class model by maximum likelihood.

    Equal rows are fitted once with their count as weight, in an order that depends on their content
    alone, so that the fit does not depend on the order of rows.

    Parameters
    ----------
    profiles : array-like, shape (n, m)
        Binary; a missing cell (NaN) is taken to be missing at random and left out of the
        likelihood.
    n_classes : int
    n_init : int
        Random starts. On small sparse tables a few per cent of them reach the optimum: read
        `n_best_starts`.
    rng : numpy.random.Generator

    Returns
    -------
    Mixture

    Raises
    ------
    ValueError
        If a value is not binary, or there are more classes than distinct rows.

    References
    ----------
    Goodman (1974), Biometrika 61, 215-231. Biernacki, Celeux and Govaert (2000), IEEE Transactions
    on Pattern Analysis and Machine Intelligence 22, 719-725.
    """
    values = read_counts(profiles, "profiles", highest=1, missing=True)
    how = {"axis": 0, "return_inverse": True, "return_counts": True}
    patterns, inverse, counts = np.unique(values, **how)
    if len(patterns) < len(values):
        # Equal rows with missing cells were not merged: NaN differs from itself.
        patterns, inverse, counts = np.unique(np.nan_to_num(values, nan=-1), **how)
    check_classes(n_classes, len(patterns))
    problem = _Patterns(patterns, counts.astype(float))
    starts = []
    with threadpool_limits(1):
        for number, stream in enumerate(rng.spawn(1 if n_classes == 1 else n_init)):
            # Sharp first memberships in every other start, spread ones in the rest: neither
            # serves all data.
            spread = np.full(n_classes, 0.1 if number % 2 == 0 else 1.0)
            first = problem.maximise(stream.dirichlet(spread, size=len(patterns)))
            starts.append(problem.climb(first, 1e-8, 2000))
        scores = np.array([start[0] for start in starts])
        for at in np.flatnonzero(scores > scores.max() - 0.1):
            starts[at] = problem.climb(starts[at][1], 1e-12, 20_000)
            scores[at] = starts[at][0]
    _, (shares, probabilities), memberships = starts[int(scores.argmax())]
    order = np.argsort(-shares, kind="stable")
    return Mixture(
        log_likelihood=float(scores.max()),
        n_parameters=n_classes - 1 + n_classes * values.shape[1],
        shares=shares[order],
        item_probabilities=probabilities.T[order],
        memberships=memberships[inverse.ravel()][:, order],
        n_starts=len(scores),
        n_best_starts=int((scores > scores.max() - SAME_OPTIMUM).sum()),
    )


class _Patterns:
    """Distinct rows of 1, 0 and -1 (missing) with their counts, and EM on them."""

    def __init__(self, patterns, counts):
        self.counts, self.known = counts[:, None], patterns >= 0
        self.yes, self.no = (patterns == 1).astype(float), (patterns == 0).astype(float)

    def maximise(self, memberships):
        """Class shares (k,) and probability that an item is 1, (m, k)."""
        weighted = memberships * self.counts
        shares = np.clip(weighted.sum(axis=0) / self.counts.sum(), 1e-15, 1 - 1e-15)
        total = weighted.sum(axis=0)
        if not self.known.all():
            total = np.stack([weighted[known].sum(axis=0) for known in self.known.T])
        probabilities = self.yes.T @ weighted / np.maximum(total, 1e-300)
        return shares, np.clip(probabilities, 1e-15, 1 - 1e-15)

    def climb(self, parameters, tolerance, max_iter):
        """Iterate EM until the mean log-likelihood gains less than the tolerance.

        Returns the log-likelihood, the parameters that have it, and the memberships.
        """
        last = -np.inf
        for _ in range(max_iter):
            shares, probabilities = parameters
            logs = self.yes @ np.log(probabilities)
            logs = logs + self.no @ np.log(np.maximum(1 - probabilities, 1e-15)) + np.log(shares)
            top = logs.max(axis=1, keepdims=True)
            joint = np.exp(logs - top)
            marginal = joint.sum(axis=1, keepdims=True)
            score = self.counts[:, 0] @ (top + np.log(marginal))[:, 0] / self.counts.sum()
            if score - last < tolerance:
                break
            last = score
            parameters = self.maximise(joint / marginal)
        return float(score * self.counts.sum()), parameters, joint / marginal


def evidence_order(mentions, visits) -> np.ndarray:
    """Order of operators that depends on their evidence alone, not on the order of rows."""
    return np.lexsort(np.column_stack([mentions, visits]).T[::-1])


@remember
def latent_classes_with_detection(
    mentions, visits, n_classes: int, *, n_init: int = 50, rng: np.random.Generator, detection=None
) -> Mixture:
    """Fit a mixture of classes in which a zero may be a service that no page happened to mention.

    Operator i belongs to class c with probability `shares[c]`; it then offers service j with
    probability `item_probabilities[c, j]`, independently; and if it does, the number of its
    `visits[i]` pages that mention it is Binomial(visits[i], p_j). One class is the occupancy model
    of `fit_occupancy`. Fitted by EM from random starts, run to a coarse tolerance and then, for
    those close to the best, to convergence, with half a pseudo-operator on each side of the rates
    (none where detection is 1 everywhere, which is `latent_classes` on ``mentions > 0``).

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
    visits : array-like of int, shape (n,)
    n_classes : int
    n_init : int
        Random starts; read `n_best_starts`.
    rng : numpy.random.Generator
    detection : float or array-like, optional
        Known per-page detection: one rate, (m,) or (n, m). Where it is 1 every zero is an absence
        and any mention counts as seen.

    Returns
    -------
    Mixture

    Raises
    ------
    ValueError
        If the evidence is impossible, or there are more classes than distinct rows.

    References
    ----------
    MacKenzie et al. (2002), Ecology 83, 2248-2255, for detection; Pledger (2000), Biometrics 56,
    434-442, for finite mixtures of it.
    """
    counts, depth, fixed = check_model(mentions, visits, detection)
    (n, m), estimated = counts.shape, fixed is None
    certain = not estimated and bool((fixed == 1).all())
    distinct = np.unique(counts > 0 if certain else np.column_stack([counts, depth]), axis=0)
    check_classes(n_classes, len(distinct))
    order = evidence_order(counts, depth)
    counts, depth, seen = counts[order], depth[order], (counts > 0)[order]
    unseen = np.empty((n, m)) if estimated else (1 - fixed[order]) ** depth[:, None]
    naive, starts = seen.mean(axis=0), []
    for stream in rng.spawn(1 if n_classes == 1 else n_init):
        # Around the observed shares: starts spread over (0, 1) waste their steps coming back.
        rates = np.clip(stream.beta(1 + 2 * naive, 3 - 2 * naive, size=(n_classes, m)), 0.02, 0.98)
        shares = stream.dirichlet(np.full(n_classes, 5.0))
        p = np.clip(stream.beta(2, 4, size=m), 0.02, 0.98)
        starts.append((counts, depth, unseen.copy(), rates, shares, p, estimated,
                       0.0 if certain else WEAK_PRIOR))  # fmt: skip
    # Each run updates the arrays of its start in place.
    ends = [_run_em(*start, 1e-4, 500) for start in starts]
    highest = max(end[0] for end in ends)
    for s, end in enumerate(ends):
        if end[0] > highest - 1.0:
            ends[s] = _run_em(*starts[s], 1e-9, 20_000)
    scores = np.array([end[0] for end in ends])
    best = int(scores.argmax())
    _, _, _, rates, shares, p, _, _ = starts[best]
    by_size = np.argsort(-shares, kind="stable")
    back = np.argsort(order)
    return Mixture(
        log_likelihood=ends[best][1]
        + _constant(counts, depth, None if estimated else fixed[order]),
        n_parameters=n_classes - 1 + n_classes * m + (m if estimated else 0),
        shares=shares[by_size],
        item_probabilities=rates[by_size],
        memberships=ends[best][2][:, by_size][back],
        n_starts=len(scores),
        n_best_starts=int((scores > scores.max() - SAME_OPTIMUM).sum()),
        detection=p if estimated else np.broadcast_to(detection, np.shape(detection) or (m,)),
    )


def _constant(counts, depth, fixed) -> float:
    """Part of the log-likelihood that no parameter touches."""
    d = depth[:, None]
    constant = float((gammaln(d + 1) - gammaln(counts + 1) - gammaln(d - counts + 1)).sum())
    if fixed is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            missed = np.where(d > counts, (d - counts) * np.log1p(-fixed), 0.0)
            constant += float((counts * np.log(fixed) + missed)[counts > 0].sum())
    return constant


@njit(cache=True)
def _expectation(seen, unseen, rates, shares, memberships):  # pragma: no cover - compiled
    """Fill `memberships` (n, k) and return the log-likelihood of what was seen and unseen."""
    n, m = seen.shape
    k = shares.shape[0]
    total = 0.0
    logs = np.empty(k)
    for i in range(n):
        top = -np.inf
        for c in range(k):
            # Products are cheaper than sums of logarithms, which are taken before they underflow.
            value, product = math.log(shares[c] + 1e-300), 1.0
            for j in range(m):
                product *= rates[c, j] if seen[i, j] else 1.0 - rates[c, j] * (1.0 - unseen[i, j])
                if product < 1e-200:
                    value += math.log(product + 1e-300)
                    product = 1.0
            logs[c] = value + math.log(product)
            top = max(top, logs[c])
        norm = 0.0
        for c in range(k):
            memberships[i, c] = math.exp(logs[c] - top)
            norm += memberships[i, c]
        memberships[i] /= norm
        total += top + math.log(norm)
    return total


@njit(cache=True)
def _add_log_prior(total, values, prior):  # pragma: no cover - compiled
    """Add the log-density, up to a constant, of the weak prior of rates in (0, 1)."""
    for j in range(len(values)):
        total += prior * (math.log(values[j] + 1e-300) + math.log(1 - values[j] + 1e-300))
    return total


@njit(cache=True)
def _run_em(
    mentions, visits, unseen, rates, shares, detection, estimated, prior, tol, max_iter
):  # pragma: no cover - compiled
    """Run EM from one start, updating `rates`, `shares`, `detection` and `unseen` in place.

    Returns the objective (log-likelihood and log-prior), the log-likelihood without binomial
    coefficients, and the memberships (n, k).
    """
    n, m = mentions.shape
    k = shares.shape[0]
    seen = mentions > 0
    memberships = np.empty((n, k))
    total_mentions = mentions.sum(axis=0)
    before = -np.inf
    likelihood = -np.inf
    for _ in range(max_iter):
        if estimated:
            for i in range(n):
                for j in range(m):
                    unseen[i, j] = (1.0 - detection[j]) ** visits[i]
        likelihood = _expectation(seen, unseen, rates, shares, memberships)
        if estimated:
            for i in range(n):
                for j in range(m):
                    if seen[i, j]:
                        yes, no = mentions[i, j], visits[i] - mentions[i, j]
                        likelihood += yes * math.log(detection[j] + 1e-300)
                        likelihood += no * math.log(1.0 - detection[j] + 1e-300)
        log_prior = 0.0
        if prior > 0:
            for c in range(k):
                log_prior += prior * math.log(shares[c] + 1e-300)
                log_prior = _add_log_prior(log_prior, rates[c], prior)
            if estimated:
                log_prior = _add_log_prior(log_prior, detection, prior)
        objective = likelihood + log_prior
        if objective - before < tol:
            return objective, likelihood, memberships
        before = objective
        weights, offered, effort = np.zeros(k), np.zeros((k, m)), np.zeros(m)
        for i in range(n):
            for c in range(k):
                r = memberships[i, c]
                weights[c] += r
                if r < 1e-14:
                    continue
                for j in range(m):
                    y = r
                    if not seen[i, j]:
                        hidden = rates[c, j] * unseen[i, j]
                        either = hidden + 1.0 - rates[c, j]
                        y = r * (hidden / either if either > 0 else 1.0)
                    offered[c, j] += y
                    effort[j] += y * visits[i]
        shares[:] = (weights + prior) / (n + k * prior)
        for c in range(k):
            rates[c] = 0.5
            if weights[c] + prior > 0:
                rates[c] = (offered[c] + prior) / (weights[c] + 2 * prior)
        rates[:] = np.clip(rates, _FLOOR, 1 - _FLOOR)
        if estimated:
            rate = (total_mentions + prior) / (effort + 2 * prior + 1e-300)
            detection[:] = np.clip(rate, 1e-6, 1 - _FLOOR)
    return before, likelihood, memberships
