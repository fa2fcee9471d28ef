"""Likelihood surface of one service, and what is read off it: maximum, profiles, posterior.

The unknowns that are common to all operators (per-page detection and, if wanted, the rate of false
positives) lie on a grid, the *nuisance* axis; occupancy is solved or scanned on top of it. A grid
rather than a gradient, because the two rates are confounded along a ridge that often ends on the
boundary, where gradients and curvatures mislead.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, gammaln, logit, logsumexp

OCCUPANCY_GRID = np.linspace(0.0, 1.0, 201)
_LOGIT_STEP = 0.125
DETECTION_GRID = np.append(expit(np.arange(-9.0, 9.0 + _LOGIT_STEP / 2, _LOGIT_STEP)), 1.0)
_N_DRAWS = 2000


def _log_binomial(visits, mentions, rates) -> np.ndarray:
    """Log binomial probability of each combination of pages at each rate, shape (r, u)."""
    rest = visits - mentions
    constant = gammaln(visits + 1) - gammaln(mentions + 1) - gammaln(rest + 1)
    with np.errstate(divide="ignore"):
        log_yes, log_no = np.log(rates), np.log1p(-rates)
    # 0 * log 0 is 0 in a binomial probability, whatever floating point says.
    yes = np.where(mentions > 0, mentions * np.where(np.isfinite(log_yes), log_yes, -1e300), 0.0)
    no = np.where(rest > 0, rest * np.where(np.isfinite(log_no), log_no, -1e300), 0.0)
    return constant + yes + no


def _log_likelihood(occupancy, offered, absent, log_scale, counts) -> np.ndarray:
    """Log-likelihood of each level, (g, ..., r), for occupancy of shape (..., r) or (..., 1)."""
    psi = np.asarray(occupancy)[..., None]
    with np.errstate(divide="ignore"):
        logs = np.log(psi * offered + (1 - psi) * absent)
    # An impossible combination must not turn the empty cells of other levels into 0 * -inf.
    logs = np.maximum(logs, -1e12) + log_scale
    return np.moveaxis(logs @ counts.T, -1, 0)


def _best_occupancy(offered, absent, counts, n_steps: int = 60) -> np.ndarray:
    """Occupancy with the largest likelihood, for each level and nuisance point, shape (g, r).

    The log-likelihood is concave in occupancy, so the sign of its slope is bisected.
    """
    low = np.zeros((len(counts), len(offered)))
    high = np.ones_like(low)
    slope = offered - absent
    for _ in range(n_steps):
        middle = (low + high) / 2
        mixture = np.maximum(middle[..., None] * offered + (1 - middle[..., None]) * absent, 1e-300)
        up = np.einsum("gru,gu->gr", slope / mixture, counts) > 0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    # Bisection never reaches the ends: a one-signed slope puts the maximum on them.
    return np.where(high > 1 - 1e-12, 1.0, np.where(low < 1e-12, 0.0, (low + high) / 2))


def parabolic_maximum(values: np.ndarray) -> np.ndarray:
    """Maximum along the last axis, by the parabola through the highest point and its neighbours."""
    at = np.clip(values.argmax(axis=-1), 1, values.shape[-1] - 2)[..., None]
    left, top, right = (np.take_along_axis(values, at + s, axis=-1)[..., 0] for s in (-1, 0, 1))
    curvature = left - 2 * top + right
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(curvature < -1e-12, -((left - right) ** 2) / (8 * curvature), 0.0)
    highest = values.max(axis=-1)
    inside = (top >= left) & (top >= right) & np.isfinite(gain) & (gain < 1.0)
    return np.where(inside, np.maximum(top + gain, highest), highest)


def interval_below(grid: np.ndarray, deviance: np.ndarray, limit: float) -> tuple[float, float]:
    """Find the ends of the set where a deviance stays below a limit, by linear interpolation."""
    below = np.flatnonzero(deviance <= limit)
    if len(below) == 0:
        at = int(deviance.argmin())
        return float(grid[at]), float(grid[at])

    def between(inside, outside):
        if not 0 <= outside < len(grid):
            return grid[inside]
        a, b = deviance[inside], deviance[outside]
        return grid[inside] + (grid[outside] - grid[inside]) * (limit - a) / (b - a)

    first, last = below[0], below[-1]
    return float(between(first, first - 1)), float(between(last, last + 1))


class Surface:
    """Log-likelihood of one service over occupancy (grid) and nuisance (grid)."""

    def __init__(self, mentions, visits, codes, n_levels, fixed, false):
        keys = [visits, mentions, np.zeros(len(visits)) if fixed is None else fixed]
        distinct, inverse = np.unique(np.column_stack(keys), axis=0, return_inverse=True)
        self.visits, self.mentions, rates = distinct.T
        self.fixed = None if fixed is None else rates[None, :]
        # Operators of each level of the covariate that show each combination, (g, u).
        self.counts = np.zeros((n_levels, len(distinct)))
        np.add.at(self.counts, (codes, inverse.ravel()), 1.0)
        self._set_nuisance(false)
        self.parts = self._kernels(self.detection, self.wrong)
        self.grid = _log_likelihood(OCCUPANCY_GRID[:, None], *self.parts, self.counts)
        self.best, self.ridges = self._ridges(self.parts)

    def _set_nuisance(self, false):
        """Points of the nuisance axis, their log-weight, and their weight under a uniform prior."""
        p = np.array([1.0]) if self.fixed is not None else DETECTION_GRID
        self.grid_only = self.fixed is not None or false is not None
        if false is None:
            self.detection, self.wrong, self.weight = p, None, np.zeros_like(p)
            self.prior = _uniform_weight(p)
            return
        p = p[::3] if len(p) > 3 else p
        rate, support = false
        self.detection, self.wrong = (a.ravel() for a in np.meshgrid(p, rate, indexing="ij"))
        # A false mention is rarer than a true one: otherwise the two swap names (Royle and Link
        # 2006, p. 837).
        possible = (self.wrong < self.detection) | (self.fixed is not None)
        self.weight = np.where(possible, np.tile(support, len(p)), -1e12)
        self.prior = np.repeat(_uniform_weight(p), len(rate))

    def _kernels(self, detection, wrong):
        """Probability of each combination if offered and if not, scaled, and the log scale."""
        rates = detection[:, None] if self.fixed is None else self.fixed
        offered = _log_binomial(self.visits, self.mentions, rates)
        if wrong is None:
            absent = np.where(self.mentions == 0, 0.0, -np.inf) + np.zeros_like(offered)
        else:
            absent = _log_binomial(self.visits, self.mentions, wrong[:, None])
        log_scale = np.maximum(offered.max(axis=0), absent.max(axis=0))
        return np.exp(offered - log_scale), np.exp(absent - log_scale), log_scale

    def _ridges(self, parts):
        """Best occupancy of each level at each nuisance point, and its log-likelihood, (g, r)."""
        best = _best_occupancy(*parts[:2], self.counts)
        ridges = [_log_likelihood(b, *parts, self.counts[[g]])[0] for g, b in enumerate(best)]
        return best, np.stack(ridges)

    def maximum(self):
        """Occupancy of each level, detection and log-likelihood at the maximum."""
        total = self.ridges.sum(axis=0) + self.weight
        at = int(total.argmax())
        best = (self.best[:, at], float(self.detection[at]), float(total[at]))
        if self.grid_only or at == len(total) - 1:
            return best
        centre, step = logit(self.detection[at]), _LOGIT_STEP
        for _ in range(12):
            p = expit(centre + step * np.linspace(-1, 1, 21))
            psi, ridges = self._ridges(self._kernels(p, None))
            values = sum(ridges)
            peak = int(values.argmax())
            if values[peak] > best[2]:
                best = (psi[:, peak], float(p[peak]), float(values[peak]))
            centre, step = logit(p[peak]), step / 4
        return best

    def profile(self, g):
        """Log-likelihood over the occupancy grid of level g, all else at its best."""
        others = self.ridges.sum(axis=0) - self.ridges[g] + self.weight
        values = self.grid[g] + others
        return values.max(axis=-1) if self.grid_only else parabolic_maximum(values)

    def posterior(self, g):
        """Spread posterior draws of occupancy of level g, detection and false-positive rate."""
        integrals = logsumexp(self.grid, axis=1)
        log_weight = (
            self.grid[g] + integrals.sum(axis=0) - integrals[g] + self.weight + np.log(self.prior)
        )
        weight = np.exp(log_weight - log_weight.max()).ravel()
        total = np.cumsum(weight)
        picks = np.searchsorted(total, (np.arange(_N_DRAWS) + 0.5) / _N_DRAWS * total[-1])
        row, column = np.divmod(np.minimum(picks, len(total) - 1), len(self.detection))
        wrong = None if self.wrong is None else self.wrong[column]
        return OCCUPANCY_GRID[row], self.detection[column], wrong


def _uniform_weight(p):
    return np.ones_like(p) if len(p) == 1 else np.maximum(p * (1 - p), 1e-9)
