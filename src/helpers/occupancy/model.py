"""Site-occupancy model of what operators offer, when a page may fail to say it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammaln
from scipy.stats import beta, chi2
from threadpoolctl import threadpool_limits

from helpers.occupancy.likelihood import OCCUPANCY_GRID, crossing
from helpers.occupancy.surface import surface
from helpers.occupancy.validation import check_detection, check_evidence

# A service is "not identified" when its interval covers this much of what is left open above the naive share ...
NOT_IDENTIFIED_COVER = 0.8
# ... unless the interval is this narrow, in which case it says enough whatever the naive share.
NARROW = 0.2


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
        Posterior mean of `psi` under uniform priors; unlike `psi` it does not jump to 1 on a flat likelihood.
    p : ndarray, shape (m,)
        Per-page detection: probability that one page of an operator that offers the service says so.
    p_interval : ndarray, shape (m, 2)
    identified : ndarray of bool, shape (m,)
        False where the data cannot tell a rare service from a discreet one (see `fit_occupancy`).
    offered : ndarray, shape (n, m)
        Probability that the operator offers the service given all its evidence, 1 where it was seen.
    offered_interval : ndarray, shape (n, m, 2)
        Posterior interval of `offered`.
    levels : tuple of str
        Levels of the covariate, sorted; one unnamed level without covariate.
    psi_by_level : ndarray, shape (g, m)
    psi_by_level_interval : ndarray, shape (g, m, 2)
    log_likelihood, aic : ndarray, shape (m,)
        Of the model with the covariate, if one is given; each service is a model of its own.
    level : float
        Nominal coverage of the intervals.
    """

    naive: np.ndarray
    psi: np.ndarray
    psi_interval: np.ndarray
    psi_mean: np.ndarray
    p: np.ndarray
    p_interval: np.ndarray
    identified: np.ndarray
    offered: np.ndarray
    offered_interval: np.ndarray
    levels: tuple = ("",)
    psi_by_level: np.ndarray = field(default=None, repr=False)
    psi_by_level_interval: np.ndarray = field(default=None, repr=False)
    log_likelihood: np.ndarray = field(default=None, repr=False)
    aic: np.ndarray = field(default=None, repr=False)
    level: float = 0.95


def fit_occupancy(
    mentions, visits, *, covariates=None, rng=None, detection=None, false_positives=None, level=0.95
) -> Occupancy:
    """Estimate how many operators offer each service, knowing that a page may fail to mention it.

    Operators are the sites of MacKenzie et al. (2002), services the species, distinct pages the visits: given that
    operator i offers service j, the number of its `visits[i]` pages that mention j is Binomial(visits[i], p_j); given
    that it does not, zero. Each service is fitted on its own.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Distinct pages read for each operator, at least 1.
    covariates : array-like, shape (n,), optional
        A category of each operator (legal family) on which occupancy may depend; detection is shared.
    rng : numpy.random.Generator, optional
        Accepted for symmetry with the other models. Nothing is drawn at random: the posterior is read off a grid.
    detection : float or array-like, optional
        Per-page detection if it is known: one rate, (m,) or (n, m). With 1 every zero is an absence, any mention
        counts as seen, and `psi` is the naive share.
    false_positives : (int, int), optional
        Rows found unsupported by a second reading and rows read again, such as (9, 34). Adds a rate of false mentions
        per page, common to all services (Royle and Link 2006). Evidence alone cannot identify it: the second reading
        enters as a binomial likelihood. A seen service is then no longer offered with certainty.
    level : float
        Nominal coverage of intervals.

    Returns
    -------
    Occupancy

    Raises
    ------
    ValueError
        If the evidence is impossible (see `check_evidence`), or the covariate has the wrong length or an empty value.

    Notes
    -----
    Intervals are profile-likelihood intervals: they need no prior, respect [0, 1], and where detection is too small to
    tell the likelihood is flat up to 1, so that they widen to nearly [naive, 1] by themselves. A Wald interval fails on
    that ridge, and a posterior interval would take its upper end from the prior on detection.

    A service is `identified` when its interval covers less than 80 % of [naive, 1] or is at most 20 points wide; a
    service never seen is not identified.

    P(offered | not seen) averages over the posterior under uniform priors on both rates: with the maximum plugged in,
    a service whose likelihood peaks at `psi` = 1 would be declared offered everywhere.

    References
    ----------
    MacKenzie, Nichols, Lachman, Droege, Royle and Langtimm (2002), Estimating site occupancy rates when detection
    probabilities are less than one, Ecology 83, 2248-2255. Royle and Link (2006), Generalized site occupancy models
    allowing for false positive and false negative errors, Ecology 87, 835-841.
    """
    counts, depth = check_evidence(mentions, visits)
    n, m = counts.shape
    rates = check_detection(detection, n, m)
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: give a coverage between 0 and 1")
    names, codes = _levels(covariates, n)
    if rates is not None:
        counts = np.where((rates == 1) & (counts > 0), depth[:, None], counts)
    false = None if false_positives is None else _false_rates(counts, depth, rates, false_positives)
    # The matrices are small: more than one thread would only wait for another.
    with threadpool_limits(1):
        fits = [
            _fit_service(
                counts[:, j],
                depth,
                codes,
                len(names),
                None if rates is None else rates[:, j],
                false,
                level,
            )
            for j in range(m)
        ]
    merged = {key: np.stack([fit[key] for fit in fits], axis=-1) for key in fits[0]}
    naive = (counts > 0).mean(axis=0)
    interval = merged["psi_interval"].T
    low, high = np.maximum(interval[:, 0], naive), np.maximum(interval[:, 1], naive)
    open_above = np.maximum(1 - naive, 1e-12)
    wide = ((high - low) / open_above > NOT_IDENTIFIED_COVER) & (
        interval[:, 1] - interval[:, 0] > NARROW
    )
    return Occupancy(
        naive=naive,
        psi=merged["psi"],
        psi_interval=interval,
        psi_mean=merged["psi_mean"],
        p=merged["p"],
        p_interval=merged["p_interval"].T,
        identified=~wide & (naive > 0),
        offered=merged["offered"],
        offered_interval=np.moveaxis(merged["offered_interval"], 0, -1),
        levels=names,
        psi_by_level=merged["by_level"],
        psi_by_level_interval=np.moveaxis(merged["by_level_interval"], 0, -1),
        log_likelihood=merged["log_likelihood"],
        aic=2 * (len(names) + (rates is None)) - 2 * merged["log_likelihood"],
        level=level,
    )


def _levels(covariates, n: int) -> tuple[tuple, np.ndarray]:
    if covariates is None:
        return ("",), np.zeros(n, dtype=int)
    values = np.asarray(covariates, dtype=object)
    if values.shape != (n,):
        raise ValueError(
            f"covariates has shape {values.shape}: give one category per operator, shape ({n},)"
        )
    for row, value in enumerate(values):
        if value is None or value != value or value == "":
            raise ValueError(
                f"covariates, row {row}: empty; give the operator a category of its own if it is unknown"
            )
    names, codes = np.unique([str(v) for v in values], return_inverse=True)
    return tuple(str(v) for v in names), codes


def _false_rates(counts, depth, rates, reading):
    """Grid of false-positive rates per page, with the second reading's log-likelihood of each."""
    wrong, read = (int(v) for v in reading)
    if not 0 <= wrong <= read or read < 1:
        raise ValueError(
            f"false_positives is ({wrong}, {read}): give rows found unsupported and rows read again"
        )
    # Where the second reading leaves the share of unsupported rows: nine quantiles of its posterior (Jeffreys prior).
    share = beta.ppf(np.linspace(0.02, 0.98, 9), wrong + 0.5, read - wrong + 0.5)
    # Unsupported rows fall on pairs that are not offered; how many such looks there were comes from the plain model.
    plain = fit_occupancy(counts, depth, detection=rates)
    looks = depth.sum() * (1 - plain.psi_mean).sum()
    support = gammaln(read + 1) - gammaln(wrong + 1) - gammaln(read - wrong + 1)
    support = support + wrong * np.log(share) + (read - wrong) * np.log1p(-share)
    return np.minimum(share * counts.sum() / looks, 0.5), support


def _fit_service(mentions, visits, codes, n_levels, fixed, false, level):
    pooled = surface(mentions, visits, np.zeros_like(codes), 1, fixed, false)
    full = pooled if n_levels == 1 else surface(mentions, visits, codes, n_levels, fixed, false)
    limit = chi2.ppf(level, 1) / 2
    psi, p, top = pooled.maximum()
    by_level, _, top_full = (psi, p, top) if n_levels == 1 else full.maximum()
    out = {"psi": psi[0], "p": p, "log_likelihood": top_full, "by_level": by_level}
    out["psi_interval"] = np.array(crossing(OCCUPANCY_GRID, top - pooled.profile(0), limit))
    out["by_level_interval"] = np.array(
        [crossing(OCCUPANCY_GRID, top_full - full.profile(g), limit) for g in range(n_levels)]
    ).T
    if fixed is not None:
        out["p_interval"] = np.array([p, p])
    else:
        ridge = pooled.detection_profile()
        out["p_interval"] = np.array(crossing(np.unique(pooled.detection), top - ridge, limit))
    tail = (1 - level) / 2
    draws = [full.posterior(g) for g in range(n_levels)]
    out["psi_mean"] = float(pooled.posterior(0)[0].mean())
    offered, ends = np.empty(len(mentions)), np.empty((2, len(mentions)))
    states = np.column_stack(
        [codes, visits, mentions, np.zeros(len(codes)) if fixed is None else fixed]
    )
    for state in np.unique(states, axis=0):
        rows = (states == state).all(axis=1)
        occupancy, detection, wrong = draws[int(state[0])]
        chance = _chance(
            occupancy, detection if fixed is None else state[3], wrong, state[1], state[2]
        )
        offered[rows] = chance.mean()
        ends[:, rows] = np.quantile(chance, [tail, 1 - tail])[:, None]
    return out | {"offered": offered, "offered_interval": ends}


def _chance(psi, p, wrong, visits, mentions):
    """P(offered | evidence) of one operator at each posterior draw."""
    if wrong is None and mentions > 0:
        return np.ones_like(psi)
    yes = psi * p**mentions * (1 - p) ** (visits - mentions)
    no = (1 - psi) * (
        1.0 if wrong is None else wrong**mentions * (1 - wrong) ** (visits - mentions)
    )
    return yes / np.maximum(yes + no, 1e-300)
