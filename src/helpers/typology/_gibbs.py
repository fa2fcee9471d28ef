"""Compiled Gibbs sampler of the mixture with detection."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

# Gauss-Hermite nodes of a standard normal: the operator effect takes these values times its spread.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
NODES, LOG_WEIGHTS = _NODES, np.log(_WEIGHTS / _WEIGHTS.sum())


@njit(cache=True)
def _fill_unseen(unseen, visits, logit_p, spread, node, nodes):
    """Probability that an offered service is nowhere mentioned, for each operator and service."""
    for i in range(unseen.shape[0]):
        shift = spread * nodes[node[i]]
        for j in range(unseen.shape[1]):
            unseen[i, j] = math.exp(-visits[i] * math.log1p(math.exp(logit_p[j] + shift)))


@njit(cache=True)
def _binomial_log(yes, no, logit_p):
    """Log-probability of `yes` mentions and `no` silences at a logit."""
    soft = math.log1p(math.exp(-abs(logit_p))) + max(logit_p, 0.0)
    return yes * logit_p - (yes + no) * soft


@njit(cache=True)
def _draw(logs, rng):
    """Draw a position with the odds exp(logs); return it and the logarithm of their sum."""
    top, total = logs.max(), 0.0
    for value in logs:
        total += math.exp(value - top)
    u, running, chosen = rng.random() * total, 0.0, -1
    for at in range(len(logs)):
        if logs[at] > -np.inf:
            running += math.exp(logs[at] - top)
            chosen = at
            if running >= u:
                break
    return chosen, top + math.log(total)


@njit(cache=True)
def _allocate(i, seen, unseen, z, sizes, ones, offered, concentration, prior, rng):
    """Draw class and offers of operator i given all others; return its log-density.

    Rates and shares are integrated out.
    """
    k, m = ones.shape
    sizes[z[i]] -= 1
    ones[z[i]] -= offered[i]
    logs = np.full(k, -np.inf)
    empty = np.flatnonzero(sizes == 0)
    for c in range(k):
        # Empty classes are alike: the first stands for all.
        if sizes[c] == 0 and c != empty[0]:
            continue
        mass = sizes[c] + concentration if sizes[c] > 0 else len(empty) * concentration
        value, product = math.log(mass), 1.0
        for j in range(m):
            rate = (ones[c, j] + prior) / (sizes[c] + 2 * prior)
            product *= rate if seen[i, j] else 1.0 - rate * (1.0 - unseen[i, j])
            if product < 1e-200:
                value += math.log(product + 1e-300)
                product = 1.0
        logs[c] = value + math.log(product)
    chosen, density = _draw(logs, rng)
    density -= math.log(sizes.sum() + k * concentration)
    z[i] = chosen
    for j in range(m):
        offered[i, j] = 1
        if not seen[i, j]:
            rate = (ones[chosen, j] + prior) / (sizes[chosen] + 2 * prior)
            hidden = rate * unseen[i, j]
            offered[i, j] = 1 if rng.random() * (hidden + 1.0 - rate) < hidden else 0
    ones[chosen] += offered[i]
    sizes[chosen] += 1
    return density


@njit(cache=True)
def _effect_density(mentions, visits, offered, logit_p, spread, nodes, log_weights, logs):
    """Fill `logs` (n, g) with the log-density of operators at nodes; return their total."""
    n, m = mentions.shape
    n_nodes = nodes.shape[0]
    level, soft = np.empty((n_nodes, m)), np.empty((n_nodes, m))
    for g in range(n_nodes):
        for j in range(m):
            level[g, j] = logit_p[j] + spread * nodes[g]
            soft[g, j] = math.log1p(math.exp(-abs(level[g, j]))) + max(level[g, j], 0.0)
    total = 0.0
    for i in range(n):
        top = -np.inf
        for g in range(n_nodes):
            value = log_weights[g]
            for j in range(m):
                if offered[i, j]:
                    value += mentions[i, j] * level[g, j] - visits[i] * soft[g, j]
            logs[i, g] = value
            top = max(top, value)
        norm = 0.0
        for g in range(n_nodes):
            norm += math.exp(logs[i, g] - top)
        total += top + math.log(norm)
    return total


@njit(cache=True)
def _update_detection(mentions, visits, offered, logit_p, spread, node, nodes, log_weights, rng):
    """Draw detection and the operator effect given what is offered; return the effect's spread."""
    n, m = mentions.shape
    n_nodes = nodes.shape[0]
    yes, no = np.zeros((n_nodes, m)), np.zeros((n_nodes, m))
    for i in range(n):
        yes[node[i]] += offered[i] * mentions[i]
        no[node[i]] += offered[i] * (visits[i] - mentions[i])
    for j in range(m):
        for step in (0.6, 0.25, 0.1):
            proposal = logit_p[j] + step * rng.standard_normal()
            gain = _binomial_log(1.0, 1.0, proposal) - _binomial_log(1.0, 1.0, logit_p[j])
            for g in range(n_nodes):
                shift = spread * nodes[g]
                gain += _binomial_log(yes[g, j], no[g, j], proposal + shift)
                gain -= _binomial_log(yes[g, j], no[g, j], logit_p[j] + shift)
            if math.log(rng.random() + 1e-300) < gain and abs(proposal) < 13:
                logit_p[j] = proposal
    logs, other = np.empty((n, n_nodes)), np.empty((n, n_nodes))
    total = _effect_density(mentions, visits, offered, logit_p, spread, nodes, log_weights, logs)
    shifted = np.empty(m)
    for _ in range(2):
        # Large and small steps in turn, at random: neither suits every set.
        step = (0.4, 0.1, 0.03)[int(3 * rng.random())]
        # The effects are summed out, so that they and the spread do not wait for each other.
        proposal = abs(spread + step * rng.standard_normal())
        value = _effect_density(
            mentions, visits, offered, logit_p, proposal, nodes, log_weights, other
        )
        gain = value - total + (spread * spread - proposal * proposal) / 2
        if math.log(rng.random() + 1e-300) < gain:
            spread, total = proposal, value
            logs[:] = other
        # All services together: what a shift of every effect would do, and nodes on a grid cannot.
        shift, gain = step * rng.standard_normal(), 0.0
        for j in range(m):
            shifted[j] = logit_p[j] + shift
            gain += _binomial_log(1.0, 1.0, shifted[j]) - _binomial_log(1.0, 1.0, logit_p[j])
        value = _effect_density(
            mentions, visits, offered, shifted, spread, nodes, log_weights, other
        )
        if math.log(rng.random() + 1e-300) < gain + value - total and np.abs(shifted).max() < 13:
            logit_p[:] = shifted
            total = value
            logs[:] = other
    for i in range(n):
        node[i] = _draw(logs[i], rng)[0]
    return spread


@njit(cache=True)
def chain(
    mentions, visits, seen, fixed_unseen, z, k, concentration, prior, nodes, log_weights,
    burn_in, n_draws, thin, rng,
):  # fmt: skip
    """Run one chain and keep every `thin`-th state after `burn_in` sweeps.

    `fixed_unseen` is (n, m), or (0, 0) when detection is estimated, with a uniform prior and an
    operator effect; `z` (n,) are the first classes, overwritten; `concentration` is the Dirichlet
    parameter of each class share, `prior` the Beta parameter of the rates on both sides.
    Returns classes (s, n), offers (s, n, m), detection (s, m), the spread of the operator effect on
    the logit scale (s,), and the sum of the log-densities of each operator given the others (s,).
    """
    n, m = mentions.shape
    known = fixed_unseen.shape[0] > 0
    sizes, ones = np.zeros(k), np.zeros((k, m))
    offered = seen.astype(np.uint8)
    for i in range(n):
        sizes[z[i]] += 1
        ones[z[i]] += offered[i]
    logit_p = np.full(m, -1.0)
    spread = 0.0 if known else 0.5
    node = np.full(n, nodes.shape[0] // 2)
    unseen = fixed_unseen if known else np.zeros((n, m))
    classes = np.empty((n_draws, n), np.int16)
    offers = np.empty((n_draws, n, m), np.uint8)
    detection = np.empty((n_draws, m))
    spreads, density = np.empty(n_draws), np.empty(n_draws)
    kept = 0
    for sweep in range(burn_in + thin * (n_draws - 1) + 1):
        if not known:
            _fill_unseen(unseen, visits, logit_p, spread, node, nodes)
        total = 0.0
        for i in range(n):
            total += _allocate(i, seen, unseen, z, sizes, ones, offered, concentration, prior, rng)
        if not known:
            spread = _update_detection(
                mentions, visits, offered, logit_p, spread, node, nodes, log_weights, rng
            )
        if sweep >= burn_in and (sweep - burn_in) % thin == 0:
            classes[kept] = z
            offers[kept] = offered
            detection[kept] = 1.0 / (1.0 + np.exp(-logit_p))
            spreads[kept] = spread
            density[kept] = total
            kept += 1
    return classes, offers, detection, spreads, density
