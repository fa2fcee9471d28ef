"""Latent classes of operators when a service that was not seen may still be offered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from claimbook.memory import remember
from helpers.occupancy import check_detection, check_evidence
from helpers.typology import _em
from helpers.typology.latent import SAME_OPTIMUM, check_class_number, check_starts, summaries

# Half a pseudo-operator on each side of every rate: enough to keep rates off 0 and 1, where starts get stuck.
WEAK_PRIOR = 0.5
_ROUGH, _FINE = 1e-4, 1e-9


@dataclass(frozen=True)
class DetectionClasses:
    """A mixture of k classes of operators, with imperfect detection of what they offer.

    Attributes
    ----------
    log_likelihood : float
        Without the prior.
    log_posterior : float
        `log_likelihood` plus the log-density of the weak priors, up to a constant: what the starts are ranked by.
    n_parameters : int
    aic, bic, icl, entropy, relative_entropy : float
        As in `LatentClasses`.
    shares : ndarray, shape (k,)
        Class shares, largest first.
    item_probabilities : ndarray, shape (k, m)
        Share of each class that offers each service, seen or not.
    detection : ndarray, shape (m,) or (n, m)
        Per-page detection; (n, m) only if it was given so.
    memberships : ndarray, shape (n, k)
    offered : ndarray, shape (n, m)
        P(offered | all evidence), 1 where seen.
    n_starts, n_best_starts : int
        Starts made, and how many of them ended within 0.001 of the best log-posterior.
    prior : float
        Pseudo-counts on each side of the rates.
    """

    log_likelihood: float
    log_posterior: float
    n_parameters: int
    aic: float
    bic: float
    icl: float
    entropy: float
    relative_entropy: float
    shares: np.ndarray
    item_probabilities: np.ndarray
    detection: np.ndarray
    memberships: np.ndarray
    offered: np.ndarray
    n_starts: int
    n_best_starts: int
    prior: float

    @property
    def labels(self) -> np.ndarray:
        """Most probable class of each operator, shape (n,)."""
        return self.memberships.argmax(axis=1)


def evidence_order(mentions, visits) -> np.ndarray:
    """Order of operators that depends on their evidence alone, so that results do not depend on the order of rows."""
    return np.lexsort(np.column_stack([mentions, visits]).T[::-1])


@remember
def latent_classes_with_detection(
    mentions,
    visits,
    n_classes: int,
    *,
    n_init: int = 50,
    rng: np.random.Generator,
    detection=None,
    prior: float | None = None,
) -> DetectionClasses:
    """Fit a mixture of classes of operators in which a zero may be a service that no page happened to mention.

    Operator i belongs to class c with probability `shares[c]`; it then offers service j with probability
    `item_probabilities[c, j]`, independently; and if it does, the number of its `visits[i]` pages that mention it is
    Binomial(visits[i], p_j). One class is the occupancy model of `fit_occupancy`. Fitted by EM from random starts, run
    to a coarse tolerance and then, for those close to the best, to full convergence.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
    visits : array-like of int, shape (n,)
    n_classes : int
    n_init : int
        Random starts; read `n_best_starts`.
    rng : numpy.random.Generator
    detection : float or array-like, optional
        Known per-page detection: one rate, (m,) or (n, m). Where it is 1 every zero is an absence and any mention
        counts as seen; with 1 everywhere the model is `latent_classes` on ``mentions > 0``.
    prior : float, optional
        Pseudo-counts on each side of the rates (and on the class shares). 0 is maximum likelihood. By default 0.5, but
        0 when detection is 1 everywhere, so that the limit is the published method.

    Returns
    -------
    DetectionClasses

    Raises
    ------
    ValueError
        If the evidence is impossible, there are more classes than distinct rows, or a parameter is out of range.

    References
    ----------
    MacKenzie et al. (2002), Ecology 83, 2248-2255, for the detection part; Pledger (2000), Unified maximum likelihood
    estimates for closed capture-recapture models using mixtures, Biometrics 56, 434-442, for finite mixtures of it.
    """
    counts, depth = check_evidence(mentions, visits)
    n, m = counts.shape
    fixed = check_detection(detection, n, m)
    certain = np.zeros((n, m), bool) if fixed is None else fixed == 1
    counts = np.where(certain & (counts > 0), depth[:, None], counts)
    distinct = np.unique(
        np.column_stack([counts, depth]) if not certain.all() else counts > 0, axis=0
    )
    n_classes = check_class_number(n_classes, len(distinct))
    check_starts(n_init, rng)
    if prior is None:
        prior = 0.0 if certain.all() else WEAK_PRIOR
    if not prior >= 0:
        raise ValueError(f"prior is {prior}: give pseudo-counts, 0 or more")
    order = evidence_order(counts, depth)
    problem = _Problem(counts[order], depth[order], None if fixed is None else fixed[order], prior)
    n_init = 1 if n_classes == 1 else n_init
    starts = [problem.start(n_classes, stream) for stream in rng.spawn(n_init)]
    for start in starts:
        problem.run(start, _ROUGH, 500)
    highest = max(start.objective for start in starts)
    for start in starts:
        if start.objective > highest - 1.0:
            problem.run(start, _FINE, 20_000)
    scores = np.array([start.objective for start in starts])
    return _result(problem, starts[int(scores.argmax())], scores, order, detection)


class _Start:
    """Parameters of one start, on their way up."""

    def __init__(self, rates, shares, detection, unseen):
        self.rates, self.shares, self.detection, self.unseen = rates, shares, detection, unseen
        self.objective, self.log_likelihood, self.memberships = -np.inf, -np.inf, None


class _Problem:
    """Evidence in canonical order, and the part of the likelihood that no parameter touches."""

    def __init__(self, counts, depth, fixed, prior):
        self.counts, self.depth, self.fixed, self.prior = counts, depth, fixed, prior
        d = depth[:, None]
        self.constant = float(
            (gammaln(d + 1) - gammaln(counts + 1) - gammaln(d - counts + 1)).sum()
        )
        if fixed is not None:
            seen = counts > 0
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = counts * np.log(fixed) + np.where(
                    d > counts, (d - counts) * np.log1p(-fixed), 0.0
                )
            self.constant += float(logs[seen].sum())

    def start(self, k, rng) -> _Start:
        n, m = self.counts.shape
        naive = (self.counts > 0).mean(axis=0)
        # Around the observed shares, because starts spread over (0, 1) waste most of their steps coming back.
        rates = np.clip(rng.beta(1 + 2 * naive, 3 - 2 * naive, size=(k, m)), 0.02, 0.98)
        shares = rng.dirichlet(np.full(k, 5.0))
        detection = np.clip(rng.beta(2, 4, size=m), 0.02, 0.98)
        unseen = np.empty((n, m)) if self.fixed is None else (1 - self.fixed) ** self.depth[:, None]
        return _Start(rates, shares, detection, unseen)

    def run(self, start, tol, max_iter) -> None:
        start.objective, start.log_likelihood, start.memberships, _ = _em.fit_start(
            self.counts,
            self.depth,
            start.unseen,
            start.rates,
            start.shares,
            start.detection,
            self.fixed is None,
            self.prior,
            self.prior,
            tol,
            max_iter,
        )


def _result(problem, best, scores, order, detection) -> DetectionClasses:
    n, m = problem.counts.shape
    by_size = np.argsort(-best.shares, kind="stable")
    k = len(by_size)
    back = np.empty(n, int)
    back[order] = np.arange(n)
    memberships = best.memberships[:, by_size][back]
    rates = best.rates[by_size]
    offered = expected_offers(problem.counts[back] > 0, best.unseen[back], rates, memberships)
    return DetectionClasses(
        **summaries(
            best.log_likelihood + problem.constant,
            k - 1 + k * m + (m if problem.fixed is None else 0),
            n,
            memberships,
        ),
        log_posterior=float(scores.max() + problem.constant),
        shares=best.shares[by_size],
        item_probabilities=rates,
        detection=best.detection
        if detection is None
        else np.broadcast_to(detection, np.shape(detection) or (m,)),
        memberships=memberships,
        offered=offered,
        n_starts=len(scores),
        n_best_starts=int((scores > scores.max() - SAME_OPTIMUM).sum()),
        prior=problem.prior,
    )


def expected_offers(seen, unseen, rates, memberships) -> np.ndarray:
    """P(offered | evidence), averaged over classes.

    Parameters
    ----------
    seen : ndarray of bool, shape (n, m)
    unseen : ndarray, shape (n, m)
        Probability that an offered service is nowhere mentioned.
    rates : ndarray, shape (k, m)
    memberships : ndarray, shape (n, k)

    Returns
    -------
    ndarray, shape (n, m)
    """
    out = np.zeros(seen.shape)
    for rate, weight in zip(rates, memberships.T, strict=True):
        hidden = rate * unseen
        out += weight[:, None] * hidden / np.maximum(hidden + 1 - rate, 1e-300)
    return np.where(seen, 1.0, np.minimum(out, 1.0))
