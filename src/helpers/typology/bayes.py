"""Bayesian classes of operators: how many, who belongs together, and what each offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm, rankdata

from claimbook.memory import remember
from helpers.estimates import LEVEL
from helpers.occupancy.validation import check_model
from helpers.typology.partitions import (
    ambiguous_pairs,
    average_over_equal_pairs,
    average_over_equal_rows,
    coclustering_matrix,
    point_partition,
    relabel,
)

# A class must hold this share of operators, and at least three: smaller ones are odd operators.
SUBSTANTIAL_SHARE, SUBSTANTIAL_SIZE = 0.05, 3
# Ends of a posterior interval.
_ENDS = ((1 - LEVEL) / 2, 1 - (1 - LEVEL) / 2)
# Draws of a posterior that place an operator, evenly spaced among those kept.
_N_PLACING = 400


def evidence_order(mentions, visits) -> np.ndarray:
    """Order of operators that depends on their evidence alone, not on the order of rows."""
    return np.lexsort(np.column_stack([mentions, visits]).T[::-1])


@dataclass(frozen=True)
class BayesianClasses:
    """Posterior of the mixture with detection.

    Attributes
    ----------
    n_classes_posterior : ndarray, shape (max_classes + 1,)
        Probability of each number of non-empty classes, from 0.
    substantial_posterior : ndarray, shape (max_classes + 1,)
        The same, counting only classes of at least `min_size` operators.
    min_size : int
    ambiguous_share : float
        Share of pairs of operators whose probability to be in one class lies in (0.1, 0.9).
    partition : ndarray of int, shape (n,)
        The partition closest to all draws; classes numbered by size.
    memberships : ndarray, shape (n, k)
        Probability of each class of `partition`, after relabelling every draw on it.
    shares : ndarray, shape (s, k)
        Draws of the share of operators in each class.
    present : ndarray of bool, shape (s, k)
        Draws in which the class exists.
    rates, rest_rates : ndarray, shape (s, k, m)
        Draws of the share that offers each service, within the class and among the rest; NaN where
        `present` is not.
    offered : ndarray, shape (n, m)
        P(offered | all evidence), 1 where seen.
    detection : ndarray, shape (s, m)
        Draws of per-page detection, for an average operator.
    operator_spread : ndarray, shape (s,)
        Draws of the standard deviation of detection between operators, on the logit scale.
    r_hat : dict of str to float
        Split R-hat over chains of quantities that need no labels.
    """

    n_classes_posterior: np.ndarray
    substantial_posterior: np.ndarray
    min_size: int
    ambiguous_share: float
    partition: np.ndarray
    memberships: np.ndarray
    shares: np.ndarray
    present: np.ndarray
    rates: np.ndarray
    rest_rates: np.ndarray
    offered: np.ndarray
    detection: np.ndarray
    operator_spread: np.ndarray
    r_hat: dict

    def __repr__(self) -> str:
        n, m = self.offered.shape
        return f"BayesianClasses({self.n_classes} classes, {n} operators, {m} services)"

    @property
    def n_classes(self) -> int:
        """Number of classes of the point partition."""
        return self.memberships.shape[1]

    def share_intervals(self) -> np.ndarray:
        """Posterior intervals of the class shares, shape (k, 2)."""
        return np.quantile(self.shares, _ENDS, axis=0).T

    def risk_differences(self) -> tuple[np.ndarray, np.ndarray]:
        """Rate within each class minus among the rest: posterior mean (k, m), interval (k, m, 2).

        NaN if there is one class only, or for a class that no draw shows beside others.
        """
        k, m = self.rates.shape[1:]
        if k == 1:
            return np.full((1, m), np.nan), np.full((1, m, 2), np.nan)
        mean, ends = np.full((k, m), np.nan), np.full((k, m, 2), np.nan)
        for c in np.flatnonzero(self.present.any(axis=0)):
            draws = (self.rates - self.rest_rates)[self.present[:, c], c]
            mean[c], ends[c] = draws.mean(axis=0), np.quantile(draws, _ENDS, axis=0).T
        return mean, ends


@remember
def gibbs_classes(
    mentions,
    visits,
    *,
    max_classes: int = 10,
    concentration: float = 0.01,
    rate_prior: float = 1.0,
    detection=None,
    n_chains: int = 4,
    n_draws: int = 500,
    burn_in: int = 1000,
    thin: int = 5,
    rng: np.random.Generator | int,
) -> BayesianClasses:
    """Sample the mixture with detection with more classes than needed; the data empty some.

    A symmetric Dirichlet of small `concentration` on the class shares empties superfluous classes;
    the posterior of the number of non-empty ones answers "how many" (Frühwirth-Schnatter and
    Malsiner-Walli 2019). Class and offers of an operator are drawn together with rates and shares
    integrated out, so that classes can be born as well as die. Half of the chains start from one
    class and half from as many as allowed: their agreement is meaningful. Draws and co-clustering
    take n times n and draws times n times m bytes: meant for up to a few thousand operators.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
    visits : array-like of int, shape (n,)
    max_classes : int
        Upper limit of the number of classes.
    concentration : float
        Dirichlet parameter of each class share. With 1 and `max_classes` = k, an ordinary mixture
        of k classes.
    rate_prior : float
        Beta parameter, on both sides, of the share of a class that offers a service.
    detection : float or array-like, optional
        Known per-page detection: one rate, (m,) or (n, m); there is no operator effect then. Where
        it is 1 every zero is an absence.
    n_chains, n_draws, burn_in, thin : int
        Chains; draws kept of each; sweeps thrown away first; sweeps between draws.
    rng : numpy.random.Generator or int
        Each chain has a stream of its own, spawned from it.

    Returns
    -------
    BayesianClasses

    Raises
    ------
    ValueError
        If the evidence is impossible.

    References
    ----------
    Frühwirth-Schnatter and Malsiner-Walli (2019), From here to infinity: sparse finite versus
    Dirichlet process mixtures in model-based clustering, Advances in Data Analysis and
    Classification 13, 33-64. Royle (2006), Site occupancy models with heterogeneous detection
    probabilities, Biometrics 62, 97-102, for the operator effect.
    """
    rng = np.random.default_rng(rng)
    from helpers.typology import _gibbs

    counts, depth, fixed = check_model(mentions, visits, detection)
    n = len(counts)
    order = evidence_order(counts, depth)
    back = np.argsort(order)
    counts, depth = np.ascontiguousarray(counts[order]), depth[order]
    unseen = np.empty((0, 0)) if fixed is None else (1 - fixed[order]) ** depth[:, None]
    runs, streams = [], rng.spawn(n_chains + 1)
    for c, stream in enumerate(streams[:-1]):
        first = np.zeros(n, np.int64) if c % 2 == 0 else stream.integers(0, max_classes, n)
        runs.append(
            _gibbs.chain(
                counts, depth, counts > 0, unseen, first, max_classes, float(concentration),
                float(rate_prior), _gibbs.NODES, _gibbs.LOG_WEIGHTS, burn_in, n_draws, thin, stream,
            )
        )  # fmt: skip
    return _summarise(runs, counts, depth, fixed, back, max_classes, rate_prior, streams[-1])


def _summarise(runs, counts, depth, fixed, back, max_classes, rate_prior, rng) -> BayesianClasses:
    n = len(counts)
    draws, offers = (np.concatenate([run[i] for run in runs]) for i in (0, 1))
    sizes = np.stack([(draws == c).sum(axis=1) for c in range(max_classes)], axis=1)
    min_size = max(SUBSTANTIAL_SIZE, int(np.ceil(SUBSTANTIAL_SHARE * n)))
    number, substantial = (sizes > 0).sum(axis=1), (sizes >= min_size).sum(axis=1)
    keys = np.column_stack(
        [counts, depth] if fixed is None else [counts, depth, fixed[np.argsort(back)]]
    )
    group = np.unique(keys, axis=0, return_inverse=True)[1].ravel()
    together = average_over_equal_pairs(coclustering_matrix(draws), group)
    partition = point_partition(draws, together, max_classes)
    named = relabel(draws, partition)
    k = int(partition.max()) + 1
    member = np.stack([named == c for c in range(k)], axis=2)
    memberships = average_over_equal_rows(member.mean(axis=0), group)
    inside, outside, present = _rates(member, offers, rate_prior, rng)
    summaries = {
        "number of classes": number,
        "offers in all": offers.sum(axis=(1, 2), dtype=np.int64),
        "sum of log-densities": np.concatenate([run[4] for run in runs]),
        "operator spread": np.concatenate([run[3] for run in runs]),
    }
    offered = np.where(counts > 0, 1.0, average_over_equal_rows(offers.mean(axis=0), group))
    return BayesianClasses(
        n_classes_posterior=np.bincount(number, minlength=max_classes + 1) / len(draws),
        substantial_posterior=np.bincount(substantial, minlength=max_classes + 1) / len(draws),
        min_size=min_size,
        ambiguous_share=ambiguous_pairs(together),
        partition=partition[back],
        memberships=memberships[back],
        shares=member.mean(axis=1),
        present=present,
        rates=inside,
        rest_rates=outside,
        offered=offered[back],
        detection=np.concatenate([run[2] for run in runs]),
        operator_spread=summaries["operator spread"],
        r_hat={
            name: split_r_hat(values.reshape(len(runs), -1).astype(float))
            for name, values in summaries.items()
        },
    )


def _rates(member, offers, prior, rng):
    """Draws of the rate within each class and among the rest, and of whether both exist."""
    yes = np.einsum("snk,snm->skm", member.astype(np.float32), offers.astype(np.float32))
    yes = yes.astype(float)
    size = member.sum(axis=1).astype(float)[:, :, None]
    rest_yes, rest = offers.sum(axis=1, dtype=np.int64)[:, None, :] - yes, member.shape[1] - size
    inside = rng.beta(yes + prior, size - yes + prior)
    outside = rng.beta(rest_yes + prior, rest - rest_yes + prior)
    present = size[:, :, 0] > 0
    inside[~present] = np.nan
    outside[~present | (rest[:, :, 0] == 0)] = np.nan
    return inside, outside, present & (rest[:, :, 0] > 0) if member.shape[2] > 1 else present


def split_r_hat(chains: np.ndarray) -> float:
    """Rank-normalised split R-hat of a scalar over chains (c, s); 1 when nothing varies.

    Vehtari et al. (2021), Bayesian Analysis 16, 667-718.
    """
    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    ranks = rankdata(parts).reshape(parts.shape)
    scores = norm.ppf((ranks - 0.375) / (parts.size + 0.25))
    within = scores.var(axis=1, ddof=1).mean()
    between = scores.mean(axis=1).var(ddof=1)
    # Scores that do not vary within any chain: equal everywhere, or stuck apart.
    if within < 1e-12:
        return 1.0 if between < 1e-12 else np.inf
    return float(np.sqrt((half - 1) / half + between / within))


def placing_draws(posterior: BayesianClasses) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield the draws that place operators: draw, classes that may be joined (c,), rates (c, m)."""
    s, k, _ = posterior.rates.shape
    for draw in np.unique(np.linspace(0, s - 1, min(_N_PLACING, s)).astype(int)):
        shares = posterior.shares[draw]
        classes = np.flatnonzero(posterior.present[draw] & (shares > 0) | (k == 1))
        # A draw may have every operator in one class, the only one there is to join.
        classes = classes if len(classes) else np.array([shares.argmax()])
        rates = np.nan_to_num(posterior.rates[draw, classes], nan=0.5)
        yield draw, classes, np.clip(rates, 1e-9, 1 - 1e-9)


def place_operators(posterior: BayesianClasses, mentions, visits, detection=None) -> np.ndarray:
    """Class probabilities (n, k) of operators by their evidence, given a posterior of the classes.

    Averages over draws of the posterior; the operator effect on detection is integrated out.
    Operators placed do not change the classes; columns are as in `posterior.memberships`.
    `mentions` (n, m) has its services in the order of the posterior, `visits` (n,) are at least 1:
    nothing places an operator of which no page was read.
    """
    from helpers.typology import _gibbs

    counts, depth, fixed = check_model(mentions, visits, detection)
    k = posterior.n_classes
    nodes, log_weights = _gibbs.NODES, _gibbs.LOG_WEIGHTS
    seen, total = counts > 0, np.zeros((len(counts), k))
    mentioned, unseen = 0.0, None
    if fixed is not None:
        log_weights, unseen = np.zeros(1), ((1 - fixed) ** depth[:, None])[None]
    for draw, classes, chances in placing_draws(posterior):
        if fixed is None:
            base = logit(np.clip(posterior.detection[draw], 1e-9, 1 - 1e-9))
            p = expit(base[None] + posterior.operator_spread[draw] * nodes[:, None])[:, None, :]
            mentioned = counts * np.log(p) + (depth[:, None] - counts) * np.log1p(-p)
            unseen = (1 - p) ** depth[:, None]
        logs = np.full((len(counts), k), -np.inf)
        for c, rates in zip(classes, chances, strict=True):
            terms = np.where(seen, np.log(rates) + mentioned, np.log1p(-rates * (1 - unseen)))
            density = np.logaddexp.reduce(terms.sum(axis=2) + log_weights[:, None], axis=0)
            logs[:, c] = np.log(posterior.shares[draw, c]) + density
        odds = np.exp(logs - logs.max(axis=1, keepdims=True))
        total += odds / odds.sum(axis=1, keepdims=True)
    return total / total.sum(axis=1, keepdims=True)
