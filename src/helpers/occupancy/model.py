"""Site-occupancy model of what operators offer, with a prior that all services share.

It is a check of sensitivity and no more: pages were found by looking for services, which the model
does not know (`one_service_pages` shows it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import beta

from claimbook.memory import remember
from helpers.estimates import LEVEL
from helpers.occupancy.validation import check_evidence

# Midpoints of a grid on (0, 1), for occupancy and for per-page detection.
GRID = (np.arange(100) + 0.5) / 100


@dataclass(frozen=True)
class Occupancy:
    """Share of operators that offer each service, corrected for what was read of each.

    Attributes
    ----------
    naive : ndarray, shape (m,)
        Share of operators seen to offer the service.
    value, low, high : ndarray, shape (m,)
        Posterior mean and interval of occupancy.
    prior : ndarray, shape (4,)
        Beta parameters, common to all services, of occupancy and of per-page detection.
    posterior : ndarray, shape (m, g, g)
        Weight of each pair of occupancy and detection on `GRID`.
    services : Index
        Names of the services, or their positions.
    """

    naive: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    prior: np.ndarray
    posterior: np.ndarray
    services: pd.Index

    def __repr__(self) -> str:
        return f"Occupancy({len(self.services)} services)"

    @property
    def table(self) -> pd.DataFrame:
        """One row per service: naive, value, low, high."""
        columns = {name: getattr(self, name) for name in ("naive", "value", "low", "high")}
        return pd.DataFrame(columns, index=self.services)


def log_likelihood(psi, p, mentions, visits):
    """Log-likelihood of one service, without constants; `psi` and `p` broadcast together."""
    seen = mentions > 0
    total = seen.sum() * np.log(psi) + mentions.sum() * np.log(p)
    total = total + (visits - mentions)[seen].sum() * np.log1p(-p)
    for depth, count in zip(*np.unique(visits[~seen], return_counts=True), strict=True):
        total = total + count * np.log(psi * (1 - p) ** depth + 1 - psi)
    return total


@remember
def fit_occupancy(mentions, visits) -> Occupancy:
    """Estimate how many operators offer each service, knowing that a page may fail to mention it.

    Operators are the sites of MacKenzie et al. (2002), services the species, distinct pages the
    visits. Occupancy and detection of every service come from two Beta distributions, whose
    parameters are those that make the whole table most likely (empirical Bayes): a service of which
    little is known is drawn towards the others.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Distinct pages read for each operator, at least 1.

    Raises
    ------
    ValueError
        If the evidence is impossible (see `check_evidence`).
    """
    counts, depth = check_evidence(mentions, visits)
    psi, p = GRID[:, None], GRID[None, :]
    surface = np.stack([log_likelihood(psi, p, column, depth) for column in counts.T])

    def weighted(x):
        a, b, c, d = np.exp(np.clip(x, -4, 5))
        return surface + beta.logpdf(psi, a, b) + beta.logpdf(p, c, d)

    def loss(x):
        return -logsumexp(weighted(x), axis=(1, 2)).sum()

    best = minimize(loss, np.zeros(4), method="Nelder-Mead", options={"maxiter": 600}).x
    logs = weighted(best)
    posterior = np.exp(logs - logsumexp(logs, axis=(1, 2), keepdims=True))
    marginal = posterior.sum(axis=2)
    below, tail = marginal.cumsum(axis=1), (1 - LEVEL) / 2
    low, high = (GRID[(below < limit).sum(axis=1).clip(0, 99)] for limit in (tail, 1 - tail))
    naive, prior = (counts > 0).mean(axis=0), np.exp(np.clip(best, -4, 5))
    services = pd.DataFrame(mentions).columns
    return Occupancy(naive, marginal @ GRID, low, high, prior, posterior, services)


def one_service_pages(
    mentions, visits, fit: Occupancy, *, n_draws: int = 200, rng: np.random.Generator | int
) -> np.ndarray:
    """Draw the share of pages with a service that show exactly one, if the model were true.

    A posterior predictive check: what is offered is drawn given the evidence, and services are then
    mentioned independently of each other on every page.

    Returns
    -------
    ndarray, shape (n_draws,)

    References
    ----------
    Gelman, Meng and Stern (1996), Statistica Sinica 6, 733-807.
    """
    rng = np.random.default_rng(rng)
    counts, depth = check_evidence(mentions, visits)
    shares = np.empty(n_draws)
    for draw in range(n_draws):
        at = [rng.choice(GRID.size**2, p=weight.ravel()) for weight in fit.posterior]
        psi, p = GRID[np.divmod(at, GRID.size)[0]], GRID[np.divmod(at, GRID.size)[1]]
        hidden = psi * (1 - p) ** depth[:, None]
        offered = (counts > 0) | (rng.random(counts.shape) < hidden / (hidden + 1 - psi))
        silent = 1 - p * offered
        none = silent.prod(axis=1)
        one = none * (p * offered / silent).sum(axis=1)
        shares[draw] = (depth * one).sum() / (depth * (1 - none)).sum()
    return shares
