"""Operators that took no part in a typology, placed in it afterwards with the uncertainty that their pages leave."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from helpers.occupancy import check_evidence
from helpers.typology.bayes import BayesianClasses

# Nodes of the operator effect: more change nothing at the third decimal of a membership.
_NODES = 9


def place_operators(
    posterior: BayesianClasses, mentions, visits, *, n_draws: int = 400
) -> np.ndarray:
    """Class probabilities of operators from their evidence, the classes being those of a posterior.

    Averages over draws of the posterior, so that what is not known of the classes counts as well as what was not read
    of the operator; the operator effect on detection is integrated out. Operators placed do not change the classes.

    Parameters
    ----------
    posterior : BayesianClasses
    mentions : array-like of int, shape (n, m)
        Services in the order of the posterior.
    visits : array-like of int, shape (n,)
        At least 1: nothing places an operator of which no page was read.
    n_draws : int
        Draws used, evenly spaced among those kept.

    Returns
    -------
    ndarray, shape (n, k)
        Rows sum to 1; columns as in `posterior.memberships`.

    Raises
    ------
    ValueError
        If the evidence is impossible, or has another number of services than the posterior.
    """
    counts, depth = check_evidence(mentions, visits)
    s, k, m = posterior.rates.shape
    if counts.shape[1] != m:
        raise ValueError(f"mentions has {counts.shape[1]} services where the posterior has {m}")
    if isinstance(n_draws, bool) or not isinstance(n_draws, (int, np.integer)) or n_draws < 1:
        raise ValueError(f"n_draws is {n_draws!r}: give a whole number, 1 or more")
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    log_weights = np.log(weights / weights.sum())
    seen, total = counts > 0, np.zeros((len(counts), k))
    for draw in np.unique(np.linspace(0, s - 1, min(n_draws, s)).astype(int)):
        base = logit(np.clip(posterior.detection[draw], 1e-9, 1 - 1e-9))
        p = expit(base[None] + posterior.operator_spread[draw] * nodes[:, None])[:, None, :]
        mentioned = counts * np.log(p) + (depth[:, None] - counts) * np.log1p(-p)
        unseen = (1 - p) ** depth[:, None]
        logs = np.full((len(counts), k), -np.inf)
        for c in np.flatnonzero(posterior.present[draw] & (posterior.shares[draw] > 0) | (k == 1)):
            rates = np.clip(posterior.rates[draw, c], 1e-9, 1 - 1e-9)
            terms = np.where(seen, np.log(rates) + mentioned, np.log1p(-rates * (1 - unseen))).sum(
                axis=2
            )
            logs[:, c] = np.log(posterior.shares[draw, c]) + np.logaddexp.reduce(
                terms + log_weights[:, None], axis=0
            )
        if np.isinf(logs).all():
            # The draw has every operator in one class, which is then the only one there is to join.
            logs[:, posterior.shares[draw].argmax()] = 0.0
        odds = np.exp(logs - logs.max(axis=1, keepdims=True))
        total += odds / odds.sum(axis=1, keepdims=True)
    return total / total.sum(axis=1, keepdims=True)
