"""Likelihood surface of one service, and what is read off it: its maximum, its profiles, its posterior."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit, logsumexp

from helpers.occupancy.likelihood import (
    DETECTION_GRID,
    OCCUPANCY_GRID,
    best_occupancy,
    crest,
    kernels,
    log_likelihood,
    reduce_evidence,
)

_N_DRAWS = 2000


def surface(mentions, visits, codes, n_levels, fixed, false) -> Surface:
    """Compute the surface of one service.

    Parameters
    ----------
    mentions, visits, codes : ndarray of int, shape (n,)
        Evidence, and the level of the covariate of each operator.
    n_levels : int
    fixed : ndarray, shape (n,), or None
        Known per-page detection.
    false : (ndarray, ndarray) or None
        False-positive rates, and the log-likelihood of each in the second reading.
    """
    evidence = reduce_evidence(mentions, visits, codes, n_levels, fixed)
    return Surface(evidence, *_nuisance(fixed, false), fixed is not None, false is not None)


def _nuisance(fixed, false):
    """Points of the nuisance axis: detection, false-positive rate, log-weight, uniform-prior weight."""
    p = np.array([1.0]) if fixed is not None else DETECTION_GRID
    if false is None:
        return p, None, np.zeros_like(p), _uniform_weight(p)
    p = p[::3] if len(p) > 3 else p
    rate, support = false
    detection, wrong = (a.ravel() for a in np.meshgrid(p, rate, indexing="ij"))
    weight = np.tile(support, len(p))
    # A false mention is rarer than a true one: without this order the two swap names (Royle and Link 2006, p. 837).
    weight = np.where((wrong < detection) | (fixed is not None), weight, -1e12)
    return detection, wrong, weight, np.repeat(_uniform_weight(p), len(rate))


def _uniform_weight(p):
    return np.ones_like(p) if len(p) == 1 else np.maximum(p * (1 - p), 1e-9)


class Surface:
    """Log-likelihood of one service over occupancy (grid) and nuisance (grid)."""

    def __init__(self, evidence, detection, wrong, weight, prior, known, false):
        self.evidence, self.detection, self.wrong = evidence, detection, wrong
        self.weight, self.prior, self.known, self.false = weight, prior, known, false
        self.parts = kernels(evidence, detection, wrong)
        self.grid = log_likelihood(OCCUPANCY_GRID[:, None], *self.parts, evidence.counts)
        self.best = best_occupancy(*self.parts[:2], evidence.counts)
        crests = [
            log_likelihood(b, *self.parts, evidence.counts[[g]])[0] for g, b in enumerate(self.best)
        ]
        self.crests = np.stack(crests)

    def maximum(self):
        """Occupancy of each level, detection and log-likelihood at the maximum."""
        total = self.crests.sum(axis=0) + self.weight
        at = int(total.argmax())
        best = (self.best[:, at], float(self.detection[at]), float(total[at]))
        if self.known or self.false or at == len(total) - 1:
            return best
        centre, step = logit(self.detection[at]), 0.125
        for _ in range(12):
            p = expit(centre + step * np.linspace(-1, 1, 21))
            parts = kernels(self.evidence, p, None)
            psi = best_occupancy(*parts[:2], self.evidence.counts)
            values = sum(
                log_likelihood(b, *parts, self.evidence.counts[[g]])[0] for g, b in enumerate(psi)
            )
            peak = int(values.argmax())
            if values[peak] > best[2]:
                best = (psi[:, peak], float(p[peak]), float(values[peak]))
            centre, step = logit(p[peak]), step / 4
        return best

    def profile(self, g):
        """Log-likelihood over the occupancy grid of level g, all else at its best."""
        others = self.crests.sum(axis=0) - self.crests[g] + self.weight
        values = self.grid[g] + others
        return values.max(axis=-1) if self.known or self.false else crest(values)

    def detection_profile(self):
        """Log-likelihood over detection, all else at its best."""
        total = self.crests.sum(axis=0) + self.weight
        return np.array([total[self.detection == p].max() for p in np.unique(self.detection)])

    def posterior(self, g):
        """Evenly spread posterior draws of occupancy of level g, detection and false-positive rate."""
        integrals = logsumexp(self.grid, axis=1)
        log_weight = (
            self.grid[g] + integrals.sum(axis=0) - integrals[g] + self.weight + np.log(self.prior)
        )
        weight = np.exp(log_weight - log_weight.max()).ravel()
        total = np.cumsum(weight)
        picks = np.searchsorted(total, (np.arange(_N_DRAWS) + 0.5) / _N_DRAWS * total[-1])
        row, column = np.divmod(np.minimum(picks, len(total) - 1), len(self.detection))
        return (
            OCCUPANCY_GRID[row],
            self.detection[column],
            None if self.wrong is None else self.wrong[column],
        )
