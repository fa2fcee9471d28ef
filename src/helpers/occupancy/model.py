"""Site-occupancy model of what operators offer, when a page may fail to say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import gammaln
from scipy.stats import beta, chi2
from threadpoolctl import threadpool_limits

from helpers.occupancy.surface import OCCUPANCY_GRID, Surface, interval_below
from helpers.occupancy.validation import align, check_model
from helpers.profiles import Profiles

# A service is "not identified" when its interval covers this share of [naive share, 1] ...
_WIDE = 0.8
# ... unless the interval is this narrow, in which case it says enough whatever the naive share.
_NARROW = 0.2


@dataclass(frozen=True)
class Occupancy:
    """Share of operators that offer each service, corrected for what was read of each.

    Attributes
    ----------
    naive : ndarray, shape (m,)
        Share of operators seen to offer the service on at least one page.
    psi : ndarray, shape (m,)
        Occupancy: share of operators that offer the service (maximum likelihood).
    psi_interval : ndarray, shape (m, 2)
        Profile-likelihood interval of `psi`.
    psi_mean : ndarray, shape (m,)
        Posterior mean of `psi` under uniform priors.
    p : ndarray, shape (m,)
        Per-page detection: probability that a page of an operator that offers the service says so.
    identified : ndarray of bool, shape (m,)
        False where the data cannot tell a rare service from a discreet one (see `fit_occupancy`).
    offered : ndarray, shape (n, m)
        Probability that the operator offers the service given all its evidence.
    offered_interval : ndarray, shape (n, m, 2)
        Posterior interval of `offered`.
    levels : tuple of str
        Levels of the covariate, sorted; one unnamed level without covariate.
    psi_by_level : ndarray, shape (g, m)
    psi_by_level_interval : ndarray, shape (g, m, 2)
    """

    naive: np.ndarray
    psi: np.ndarray
    psi_interval: np.ndarray
    psi_mean: np.ndarray
    p: np.ndarray
    identified: np.ndarray
    offered: np.ndarray
    offered_interval: np.ndarray
    levels: tuple
    psi_by_level: np.ndarray = field(repr=False)
    psi_by_level_interval: np.ndarray = field(repr=False)


def fit_occupancy(
    mentions, visits, *, covariates=None, detection=None, false_positives=None, level=0.95
) -> Occupancy:
    """Estimate how many operators offer each service, knowing that a page may fail to mention it.

    Operators are the sites of MacKenzie et al. (2002), services the species, distinct pages the
    visits: given that operator i offers service j, the number of its `visits[i]` pages that mention
    j is Binomial(visits[i], p_j); given that it does not, zero. Each service is fitted on its own.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Distinct pages read for each operator, at least 1. Labelled inputs are put in the order of
        `mentions`.
    covariates : array-like, shape (n,), optional
        A category of each operator (legal family) on which occupancy may depend.
    detection : float or array-like, optional
        Per-page detection if it is known: one rate, (m,) or (n, m). With 1 every zero is an
        absence, any mention counts as seen, and `psi` is the naive share.
    false_positives : (int, int), optional
        Rows found unsupported by a second reading and rows read again, such as (9, 34). Adds a rate
        of false mentions per page, common to all services (Royle and Link 2006), informed by this
        reading alone. A seen service is then no longer offered with certainty.
    level : float
        Nominal coverage of intervals.

    Returns
    -------
    Occupancy

    Raises
    ------
    ValueError
        If the evidence is impossible (see `check_evidence`), or the covariate has an empty value.

    Notes
    -----
    Profile-likelihood intervals respect [0, 1] and widen to nearly [naive, 1] by themselves where
    detection is too small to tell, which Wald intervals do not.
    A service is `identified` when its interval covers less than 80 % of [naive, 1] or is at most 20
    points wide; a service never seen is not.
    P(offered | not seen) averages over the posterior under uniform priors on both rates: with the
    maximum plugged in, a service whose likelihood peaks at `psi` = 1 would be offered everywhere.

    References
    ----------
    MacKenzie et al. (2002), Ecology 83, 2248-2255. Royle and Link (2006), Ecology 87, 835-841.
    """
    counts, depth, rates = check_model(mentions, visits, detection)
    names, codes = _levels(align(covariates, mentions), len(counts))
    false = false_positives and _false_rates(counts, depth, rates, false_positives)
    fixed = [None] * counts.shape[1] if rates is None else rates.T
    # The matrices are small: more than one thread would only wait for another.
    with threadpool_limits(1):
        fits = [
            _fit_service(column, depth, codes, len(names), known, false, level)
            for column, known in zip(counts.T, fixed, strict=True)
        ]
    merged = {key: np.stack([fit[key] for fit in fits], axis=-1) for key in fits[0]}
    for key in ("psi_interval", "offered_interval", "psi_by_level_interval"):
        merged[key] = np.moveaxis(merged[key], 0, -1)
    naive, interval = (counts > 0).mean(axis=0), merged["psi_interval"]
    low, high = np.maximum(interval, naive[:, None]).T
    wide = ((high - low) / np.maximum(1 - naive, 1e-12) > _WIDE) & (
        interval[:, 1] - interval[:, 0] > _NARROW
    )
    return Occupancy(naive=naive, identified=~wide & (naive > 0), levels=names, **merged)


def _levels(covariates, n: int) -> tuple[tuple, np.ndarray]:
    """Sorted names of the levels, and the level of each operator."""
    if covariates is None:
        return ("",), np.zeros(n, dtype=int)
    values = np.asarray(covariates, dtype=object)
    empty = pd.isna(values) | (values == "")
    if empty.any():
        raise ValueError(
            f"covariates, row {int(empty.argmax())}: empty; give unknown operators a category"
        )
    names, codes = np.unique([str(v) for v in values], return_inverse=True)
    return tuple(str(v) for v in names), codes


def _false_rates(counts, depth, rates, reading):
    """Grid of false-positive rates per page, with the second reading's log-likelihood of each."""
    wrong, read = (int(v) for v in reading)
    # Shares that the second reading leaves: nine quantiles of its posterior (Jeffreys prior).
    share = beta.ppf(np.linspace(0.02, 0.98, 9), wrong + 0.5, read - wrong + 0.5)
    # Unsupported rows fall on pairs that are not offered; the plain model says how many there are.
    plain = fit_occupancy(counts, depth, detection=rates)
    looks = depth.sum() * (1 - plain.psi_mean).sum()
    support = gammaln(read + 1) - gammaln(wrong + 1) - gammaln(read - wrong + 1)
    support = support + wrong * np.log(share) + (read - wrong) * np.log1p(-share)
    return np.minimum(share * counts.sum() / looks, 0.5), support


def _fit_service(mentions, visits, codes, n_levels, fixed, false, level) -> dict:
    pooled = Surface(mentions, visits, np.zeros_like(codes), 1, fixed, false)
    full = pooled if n_levels == 1 else Surface(mentions, visits, codes, n_levels, fixed, false)
    limit = chi2.ppf(level, 1) / 2

    def interval(surface, top, g):
        return interval_below(OCCUPANCY_GRID, top - surface.profile(g), limit)

    psi, p, top = pooled.maximum()
    by_level, _, top_full = (psi, p, top) if n_levels == 1 else full.maximum()
    tail, draws = (1 - level) / 2, [full.posterior(g) for g in range(n_levels)]
    offered, ends = np.empty(len(mentions)), np.empty((2, len(mentions)))
    rates = np.zeros(len(codes)) if fixed is None else fixed
    states = np.column_stack([codes, visits, mentions, rates])
    for state in np.unique(states, axis=0):
        rows = (states == state).all(axis=1)
        occupancy, detection, wrong = draws[int(state[0])]
        rate = detection if fixed is None else state[3]
        chance = _probability_offered(occupancy, rate, wrong, state[1], state[2])
        offered[rows] = chance.mean()
        ends[:, rows] = np.quantile(chance, [tail, 1 - tail])[:, None]
    return {
        "psi": psi[0],
        "p": p,
        "psi_mean": float(pooled.posterior(0)[0].mean()),
        "psi_interval": np.array(interval(pooled, top, 0)),
        "psi_by_level": by_level,
        "psi_by_level_interval": np.array([interval(full, top_full, g) for g in range(n_levels)]).T,
        "offered": offered,
        "offered_interval": ends,
    }


def _probability_offered(psi, p, wrong, visits, mentions):
    """P(offered | evidence) of one operator at each posterior draw."""
    if wrong is None and mentions > 0:
        return np.ones_like(psi)
    rest = visits - mentions
    yes = psi * p**mentions * (1 - p) ** rest
    no = (1 - psi) * (1.0 if wrong is None else wrong**mentions * (1 - wrong) ** rest)
    return yes / np.maximum(yes + no, 1e-300)


def corrected_shares(
    services: Sequence[str], fit: Occupancy, doubted: Occupancy | None = None
) -> pd.DataFrame:
    """Set the share seen of every service beside its correction.

    Returns
    -------
    DataFrame
        Columns service_code, naive, corrected, low, high, identified, detection (per page) and, if
        `doubted` (the same evidence, fitted with a rate of false mentions) is given, doubted,
        doubted_low, doubted_high; the most often seen service first, then by code. `corrected` and
        `detection` are missing where a share is not identified.
    """
    table = pd.DataFrame(
        {
            "service_code": list(services),
            "naive": fit.naive,
            "corrected": np.where(fit.identified, fit.psi, np.nan),
            "low": fit.psi_interval[:, 0],
            "high": fit.psi_interval[:, 1],
            "identified": fit.identified,
            "detection": np.where(fit.identified, fit.p, np.nan),
        }
    )
    if doubted is not None:
        table["doubted"] = doubted.psi
        table["doubted_low"], table["doubted_high"] = doubted.psi_interval.T
    return table.sort_values(["naive", "service_code"], ascending=[False, True], ignore_index=True)


def unseen_offers(profiles: Profiles, fit: Occupancy) -> pd.DataFrame:
    """List what no page shows at each operator, with the probability that it is offered.

    Returns
    -------
    DataFrame, one row per operator and service not seen offered there
        operator, service_code, chance (probability that it is offered, given the pages read), low,
        high (its posterior interval) and identified (of the service: see `fit_occupancy`).
    """
    i, j = np.nonzero(~profiles.offered.to_numpy())
    return pd.DataFrame(
        {
            "operator": np.array(profiles.operators, dtype=object)[i],
            "service_code": np.array(profiles.services, dtype=object)[j],
            "chance": fit.offered[i, j],
            "low": fit.offered_interval[i, j, 0],
            "high": fit.offered_interval[i, j, 1],
            "identified": fit.identified[j],
        }
    )
