"""Compiled loops of the mixture with detection: one EM step, and EM to convergence from one start."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_FLOOR = 1e-12


@njit(cache=True)
def expectation(seen, unseen, rates, shares, memberships):
    """Fill `memberships` and return the log-likelihood of seen / unseen given the unseen-if-offered probabilities.

    Parameters
    ----------
    seen : bool (n, m)
    unseen : float (n, m), probability that a service that is offered is nowhere mentioned
    rates : float (k, m), probability that a service is offered
    shares : float (k,)
    memberships : float (n, k), overwritten
    """
    n, m = seen.shape
    k = shares.shape[0]
    total = 0.0
    logs = np.empty(k)
    for i in range(n):
        top = -np.inf
        for c in range(k):
            # Products are cheaper than sums of logarithms; the logarithm is taken before they underflow.
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
        for c in range(k):
            memberships[i, c] /= norm
        total += top + math.log(norm)
    return total


@njit(cache=True)
def offered_given(seen, unseen, rate):
    """P(offered | what was seen) of one cell in a class that offers the service at `rate`."""
    if seen:
        return 1.0
    hidden = rate * unseen
    return hidden / (hidden + 1.0 - rate) if hidden + 1.0 - rate > 0 else 1.0


@njit(cache=True)
def log_prior(rates, shares, detection, estimated, prior, detection_prior):
    """Log-density, up to a constant, of the weak priors of rates, shares and estimated detection."""
    total = 0.0
    k, m = rates.shape
    for c in range(k):
        if prior > 0:
            total += prior * math.log(shares[c] + 1e-300)
            for j in range(m):
                total += prior * (
                    math.log(rates[c, j] + 1e-300) + math.log(1 - rates[c, j] + 1e-300)
                )
    if estimated and detection_prior > 0:
        for j in range(m):
            total += detection_prior * (
                math.log(detection[j] + 1e-300) + math.log(1 - detection[j] + 1e-300)
            )
    return total


@njit(cache=True)
def fit_start(
    mentions,
    visits,
    unseen,
    rates,
    shares,
    detection,
    estimated,
    prior,
    detection_prior,
    tol,
    max_iter,
):
    """Run EM from one start, updating `rates`, `shares`, `detection` and `unseen` in place.

    Returns
    -------
    objective, log_likelihood : float
        Without binomial coefficients; the objective adds the log-prior.
    memberships : ndarray, shape (n, k)
    n_iter : int
    """
    n, m = mentions.shape
    k = shares.shape[0]
    seen = mentions > 0
    memberships = np.empty((n, k))
    weights = np.empty(k)
    offered = np.empty((k, m))
    effort = np.empty(m)
    total_mentions = np.zeros(m)
    for i in range(n):
        for j in range(m):
            total_mentions[j] += mentions[i, j]
    before = -np.inf
    likelihood = -np.inf
    for step in range(max_iter):
        if estimated:
            for i in range(n):
                for j in range(m):
                    unseen[i, j] = (1.0 - detection[j]) ** visits[i]
        likelihood = expectation(seen, unseen, rates, shares, memberships)
        if estimated:
            for i in range(n):
                for j in range(m):
                    if seen[i, j]:
                        likelihood += mentions[i, j] * math.log(detection[j] + 1e-300)
                        likelihood += (visits[i] - mentions[i, j]) * math.log(
                            1.0 - detection[j] + 1e-300
                        )
        objective = likelihood + log_prior(
            rates, shares, detection, estimated, prior, detection_prior
        )
        if objective - before < tol:
            return objective, likelihood, memberships, step
        before = objective
        weights[:] = 0.0
        offered[:] = 0.0
        effort[:] = 0.0
        for i in range(n):
            for c in range(k):
                r = memberships[i, c]
                weights[c] += r
                if r < 1e-14:
                    continue
                for j in range(m):
                    y = r * offered_given(seen[i, j], unseen[i, j], rates[c, j])
                    offered[c, j] += y
                    effort[j] += y * visits[i]
        for c in range(k):
            shares[c] = (weights[c] + prior) / (n + k * prior)
            for j in range(m):
                rate = (
                    (offered[c, j] + prior) / (weights[c] + 2 * prior)
                    if weights[c] + prior > 0
                    else 0.5
                )
                rates[c, j] = min(max(rate, _FLOOR), 1 - _FLOOR)
        if estimated:
            for j in range(m):
                rate = (total_mentions[j] + detection_prior) / (
                    effort[j] + 2 * detection_prior + 1e-300
                )
                detection[j] = min(max(rate, 1e-6), 1 - _FLOOR)
    return before, likelihood, memberships, max_iter
