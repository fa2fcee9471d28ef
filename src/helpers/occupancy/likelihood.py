"""Likelihood of one service's evidence under the site-occupancy model.

The unknowns that are common to all operators (per-page detection and, if wanted, the rate of false positives) lie on a
grid, the *nuisance* axis; occupancy is solved or scanned on top of it. A grid rather than a gradient, because the two
rates are confounded along a ridge that often ends on the boundary, where gradients and curvatures mislead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln

OCCUPANCY_GRID = np.linspace(0.0, 1.0, 201)
_LOGIT_STEP = 0.125
DETECTION_GRID = np.append(expit(np.arange(-9.0, 9.0 + _LOGIT_STEP / 2, _LOGIT_STEP)), 1.0)


@dataclass(frozen=True)
class ServiceEvidence:
    """Evidence on one service, reduced to its distinct combinations of pages read and pages that mention it.

    Attributes
    ----------
    visits, mentions : ndarray, shape (u,)
        The distinct combinations.
    counts : ndarray, shape (g, u)
        Number of operators of each level of the covariate that show each combination.
    fixed : ndarray, shape (u,), or None
        Per-page detection when it is known.
    """

    visits: np.ndarray
    mentions: np.ndarray
    counts: np.ndarray
    fixed: np.ndarray | None = None


def reduce_evidence(mentions, visits, levels, n_levels: int, fixed=None) -> ServiceEvidence:
    """Count the distinct combinations of one service's evidence.

    Parameters
    ----------
    mentions, visits, levels : ndarray of int, shape (n,)
    n_levels : int
    fixed : ndarray, shape (n,), optional
        Known per-page detection of each operator.
    """
    keys = np.column_stack([visits, mentions, np.zeros(len(visits)) if fixed is None else fixed])
    distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
    counts = np.zeros((n_levels, len(distinct)))
    np.add.at(counts, (levels, inverse.ravel()), 1.0)
    return ServiceEvidence(
        distinct[:, 0], distinct[:, 1], counts, None if fixed is None else distinct[:, 2]
    )


def _log_kernel(evidence: ServiceEvidence, rates: np.ndarray) -> np.ndarray:
    """Log binomial probability of each combination at each rate, shape (r, u)."""
    d, m = evidence.visits, evidence.mentions
    constant = gammaln(d + 1) - gammaln(m + 1) - gammaln(d - m + 1)
    with np.errstate(divide="ignore"):
        log_yes, log_no = np.log(rates), np.log1p(-rates)
    # 0 * log 0 is 0 in a binomial probability, whatever floating point says.
    yes = np.where(m > 0, m * np.where(np.isfinite(log_yes) | (m == 0), log_yes, -1e300), 0.0)
    no = np.where(d - m > 0, (d - m) * np.where(np.isfinite(log_no), log_no, -1e300), 0.0)
    return constant + yes + no


def kernels(evidence: ServiceEvidence, detection: np.ndarray, false_rates: np.ndarray | None):
    """Probability of each combination if offered and if not, each scaled by the greater of its maxima.

    Parameters
    ----------
    evidence : ServiceEvidence
    detection : ndarray, shape (r,)
        Per-page detection at each point of the nuisance axis.
    false_rates : ndarray, shape (r,), or None
        Per-page rate of false positives at each point.

    Returns
    -------
    offered, absent : ndarray, shape (r, u)
        Scaled probabilities.
    log_scale : ndarray, shape (u,)
    """
    log_offered = _log_kernel(
        evidence, detection[:, None] if evidence.fixed is None else evidence.fixed[None, :]
    )
    if false_rates is None:
        log_absent = np.where(evidence.mentions == 0, 0.0, -np.inf) + np.zeros_like(log_offered)
    else:
        log_absent = _log_kernel(evidence, false_rates[:, None])
    log_scale = np.maximum(log_offered.max(axis=0), log_absent.max(axis=0))
    return np.exp(log_offered - log_scale), np.exp(log_absent - log_scale), log_scale


def log_likelihood(occupancy, offered, absent, log_scale, counts) -> np.ndarray:
    """Log-likelihood of each level, with occupancy broadcast against the nuisance axis.

    Parameters
    ----------
    occupancy : ndarray, shape (..., r) or (..., 1)
    offered, absent : ndarray, shape (r, u)
    log_scale : ndarray, shape (u,)
    counts : ndarray, shape (g, u)

    Returns
    -------
    ndarray, shape (g, ..., r)
    """
    psi = np.asarray(occupancy)[..., None]
    with np.errstate(divide="ignore"):
        logs = np.log(psi * offered + (1 - psi) * absent)
    # An impossible combination must not turn the empty cells of other levels into 0 * -inf.
    logs = np.maximum(logs, -1e12) + log_scale
    return np.moveaxis(logs @ counts.T, -1, 0)


def best_occupancy(offered, absent, counts, n_steps: int = 60) -> np.ndarray:
    """Occupancy that maximises the likelihood of each level at each point of the nuisance axis.

    The log-likelihood is concave in occupancy, so the sign of its slope is bisected.

    Returns
    -------
    ndarray, shape (g, r)
    """
    low = np.zeros((len(counts), len(offered)))
    high = np.ones_like(low)
    slope = offered - absent
    for _ in range(n_steps):
        middle = (low + high) / 2
        mixture = np.maximum(middle[..., None] * offered + (1 - middle[..., None]) * absent, 1e-300)
        up = np.einsum("gru,gu->gr", slope / mixture, counts) > 0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    # Bisection never reaches the ends: a slope that is one-signed puts the maximum on them.
    return np.where(high > 1 - 1e-12, 1.0, np.where(low < 1e-12, 0.0, (low + high) / 2))


def crest(values: np.ndarray) -> np.ndarray:
    """Maximum along the last axis, by the parabola through the highest grid point and its neighbours."""
    at = np.clip(values.argmax(axis=-1), 1, values.shape[-1] - 2)[..., None]
    left, top, right = (np.take_along_axis(values, at + s, axis=-1)[..., 0] for s in (-1, 0, 1))
    curvature = left - 2 * top + right
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(curvature < -1e-12, -((left - right) ** 2) / (8 * curvature), 0.0)
    highest = values.max(axis=-1)
    inside = (top >= left) & (top >= right) & np.isfinite(gain) & (gain < 1.0)
    return np.where(inside, np.maximum(top + gain, highest), highest)


def crossing(grid: np.ndarray, deviance: np.ndarray, limit: float) -> tuple[float, float]:
    """Find the ends of the set where a deviance curve stays below a limit, by linear interpolation."""
    below = np.flatnonzero(deviance <= limit)
    if len(below) == 0:
        at = int(deviance.argmin())
        return float(grid[at]), float(grid[at])
    first, last = below[0], below[-1]

    def between(inside, outside):
        a, b = deviance[inside], deviance[outside]
        return grid[inside] + (grid[outside] - grid[inside]) * (limit - a) / (b - a)

    low = grid[first] if first == 0 else between(first, first - 1)
    high = grid[last] if last == len(grid) - 1 else between(last, last + 1)
    return float(low), float(high)
