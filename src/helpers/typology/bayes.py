"""Bayesian classes of operators: how many, who belongs together, and what each offers, all with uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from threadpoolctl import threadpool_limits

from claimbook.memory import remember
from helpers.occupancy import check_detection, check_evidence
from helpers.typology import _gibbs
from helpers.typology.coclustering import (
    ambiguous_pairs,
    average_over_equal_pairs,
    average_over_equal_rows,
    coclustering_matrix,
    point_partition,
    relabel,
    split_r_hat,
)
from helpers.typology.detection import evidence_order
from helpers.typology.latent import check_class_number

# A class must hold this share of operators, and at least three, to count as one: smaller ones are odd operators.
SUBSTANTIAL_SHARE, SUBSTANTIAL_SIZE = 0.05, 3


@dataclass(frozen=True)
class BayesianClasses:
    """Posterior of the mixture with detection.

    Attributes
    ----------
    n_classes_posterior : ndarray, shape (max_classes + 1,)
        Probability of each number of non-empty classes, 0 to `max_classes`.
    substantial_posterior : ndarray, shape (max_classes + 1,)
        The same, counting only classes of at least `min_size` operators.
    min_size : int
    coclustering : ndarray, shape (n, n)
        Probability that two operators are in the same class.
    ambiguous_share : float
        Share of pairs whose co-clustering probability lies in (0.1, 0.9).
    partition : ndarray of int, shape (n,)
        The partition closest to all draws; classes numbered by size.
    memberships : ndarray, shape (n, k)
        Probability of each class of `partition`, after relabelling every draw on it.
    shares : ndarray, shape (s, k)
        Draws of the share of operators in each class.
    present : ndarray of bool, shape (s, k)
        Draws in which the class exists.
    rates, rest_rates : ndarray, shape (s, k, m)
        Draws of the share that offers each service, within the class and among the rest; NaN where `present` is not.
    offered : ndarray, shape (n, m)
        P(offered | all evidence), 1 where seen.
    detection : ndarray, shape (s, m)
        Draws of per-page detection, for an average operator.
    operator_spread : ndarray, shape (s,)
        Draws of the standard deviation of detection between operators, on the logit scale.
    r_hat : dict of str to float
        Split R-hat over chains of quantities that need no labels.
    n_chains, n_draws : int
        Chains, and draws kept of each.
    """

    n_classes_posterior: np.ndarray
    substantial_posterior: np.ndarray
    min_size: int
    coclustering: np.ndarray = field(repr=False)
    ambiguous_share: float
    partition: np.ndarray = field(repr=False)
    memberships: np.ndarray = field(repr=False)
    shares: np.ndarray = field(repr=False)
    present: np.ndarray = field(repr=False)
    rates: np.ndarray = field(repr=False)
    rest_rates: np.ndarray = field(repr=False)
    offered: np.ndarray = field(repr=False)
    detection: np.ndarray = field(repr=False)
    operator_spread: np.ndarray = field(repr=False)
    r_hat: dict
    n_chains: int
    n_draws: int

    @property
    def n_classes(self) -> int:
        """Number of classes of the point partition."""
        return self.memberships.shape[1]

    @property
    def converged(self) -> bool:
        """Whether every R-hat is at most 1.05."""
        return max(self.r_hat.values()) <= 1.05

    def share_intervals(self, level: float = 0.95) -> np.ndarray:
        """Posterior intervals of the class shares, shape (k, 2)."""
        tail = (1 - level) / 2
        return np.quantile(self.shares, [tail, 1 - tail], axis=0).T

    def risk_differences(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Rate within each class minus rate among the rest: posterior mean (k, m) and interval (k, m, 2).

        NaN if there is one class only, or for a class that no draw shows beside others.
        """
        k, m = self.rates.shape[1:]
        if k == 1:
            return np.full((1, m), np.nan), np.full((1, m, 2), np.nan)
        tail = (1 - level) / 2
        mean, ends = np.full((k, m), np.nan), np.full((k, m, 2), np.nan)
        for c in np.flatnonzero(self.present.any(axis=0)):
            draws = (self.rates - self.rest_rates)[self.present[:, c], c]
            mean[c], ends[c] = draws.mean(axis=0), np.quantile(draws, [tail, 1 - tail], axis=0).T
        return mean, ends


@remember
def gibbs_classes(
    mentions,
    visits,
    *,
    max_classes: int = 10,
    concentration: float = 0.01,
    operator_effect: bool = True,
    detection=None,
    rate_prior: float = 1.0,
    detection_prior: tuple[float, float] = (1.0, 1.0),
    n_chains: int = 4,
    n_draws: int = 500,
    burn_in: int = 1000,
    thin: int = 5,
    rng: np.random.Generator,
) -> BayesianClasses:
    """Sample the mixture with detection with more classes than needed, and let the data empty the others.

    A symmetric Dirichlet of small `concentration` on the class shares empties superfluous classes; the posterior of
    the number of non-empty ones answers "how many" (Frühwirth-Schnatter and Malsiner-Walli 2019). Class and offers of
    an operator are drawn together with rates and shares integrated out, so that classes can be born as well as die.
    Half of the chains start from one class and half from as many as allowed: their agreement is meaningful. Draws and
    co-clustering take n times n and draws times n times m bytes: meant for up to a few thousand operators.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
    visits : array-like of int, shape (n,)
    max_classes : int
        Upper limit of the number of classes.
    concentration : float
        Dirichlet parameter of each class share. With 1 and `max_classes` = k, an ordinary mixture of k classes.
    operator_effect : bool
        Whether operators differ in how readily their pages name what they offer (normal on the logit scale, spread
        estimated). Without it, that difference is taken for classes: on homogeneous simulated sets with a spread of 1,
        most runs find two (``benchmarks/typology.md``).
    detection : float or array-like, optional
        Known per-page detection, as in `latent_classes_with_detection`; there is no operator effect then.
    rate_prior : float
        Beta parameter, on both sides, of the share of a class that offers a service.
    detection_prior : (float, float)
        Beta parameters of per-page detection.
    n_chains, n_draws, burn_in, thin : int
        Chains; draws kept of each; sweeps thrown away first; sweeps between draws.
    rng : numpy.random.Generator
        Each chain has a stream of its own, spawned from it.

    Returns
    -------
    BayesianClasses

    Raises
    ------
    ValueError
        If the evidence is impossible or a setting out of range.

    References
    ----------
    Frühwirth-Schnatter and Malsiner-Walli (2019), From here to infinity: sparse finite versus Dirichlet process
    mixtures in model-based clustering, Advances in Data Analysis and Classification 13, 33-64. Royle (2006), Site
    occupancy models with heterogeneous detection probabilities, Biometrics 62, 97-102, for the operator effect.
    """
    counts, depth = check_evidence(mentions, visits)
    n, m = counts.shape
    fixed = check_detection(detection, n, m)
    max_classes = check_class_number(max_classes, np.iinfo(np.int16).max)
    _check_settings(
        concentration, rate_prior, detection_prior, n_chains, n_draws, burn_in, thin, rng
    )
    if fixed is not None:
        counts = np.where((fixed == 1) & (counts > 0), depth[:, None], counts)
    order = evidence_order(counts, depth)
    back = np.empty(n, int)
    back[order] = np.arange(n)
    counts, depth = np.ascontiguousarray(counts[order]), depth[order]
    unseen = np.empty((0, 0)) if fixed is None else (1 - fixed[order]) ** depth[:, None]
    effect = operator_effect and fixed is None
    runs, streams = [], rng.spawn(n_chains + 1)
    for c, stream in enumerate(streams[:-1]):
        first = np.zeros(n, np.int64) if c % 2 == 0 else stream.integers(0, max_classes, n)
        runs.append(
            _gibbs.chain(
                counts, depth, counts > 0, unseen, first, max_classes, float(concentration), float(rate_prior),
                float(detection_prior[0]), float(detection_prior[1]), effect, _gibbs.NODES, _gibbs.LOG_WEIGHTS,
                burn_in, n_draws, thin, stream,
            )
        )  # fmt: skip
    with threadpool_limits(1):
        return _summarise(runs, counts, depth, fixed, back, max_classes, rate_prior, streams[-1])


def _check_settings(
    concentration, rate_prior, detection_prior, n_chains, n_draws, burn_in, thin, rng
) -> None:
    for name, value in (("concentration", concentration), ("rate_prior", rate_prior)):
        if not value > 0:
            raise ValueError(f"{name} is {value}: give a number above 0")
    if len(detection_prior) != 2 or not min(detection_prior) > 0:
        raise ValueError(f"detection_prior is {detection_prior}: give two numbers above 0")
    for name, value, least in (("n_chains", n_chains, 1), ("n_draws", n_draws, 4), ("burn_in", burn_in, 0),
                               ("thin", thin, 1)):  # fmt: skip
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"{name} is {value!r}: give a whole number, {least} or more")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng is {type(rng).__name__}: give a numpy.random.Generator, such as default_rng(seed)"
        )


def _summarise(runs, counts, depth, fixed, back, max_classes, rate_prior, rng) -> BayesianClasses:
    n = len(counts)
    n_draws = len(runs[0][0])
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
    return BayesianClasses(
        n_classes_posterior=np.bincount(number, minlength=max_classes + 1) / len(number),
        substantial_posterior=np.bincount(substantial, minlength=max_classes + 1) / len(number),
        min_size=min_size,
        coclustering=together[np.ix_(back, back)],
        ambiguous_share=ambiguous_pairs(together),
        partition=partition[back],
        memberships=memberships[back],
        shares=member.mean(axis=1),
        present=present,
        rates=inside,
        rest_rates=outside,
        offered=np.where(counts > 0, 1.0, average_over_equal_rows(offers.mean(axis=0), group))[
            back
        ],
        detection=np.concatenate([run[2] for run in runs]),
        operator_spread=np.concatenate([run[3] for run in runs]),
        r_hat={
            name: split_r_hat(values.reshape(len(runs), n_draws).astype(float))
            for name, values in summaries.items()
        },
        n_chains=len(runs),
        n_draws=n_draws,
    )


def _rates(member, offers, prior, rng):
    """Draws of the rate within each class and among the rest, given who is where and what is offered in each draw."""
    yes = np.einsum("snk,snm->skm", member.astype(np.float32), offers.astype(np.float32)).astype(
        float
    )
    size = member.sum(axis=1).astype(float)[:, :, None]
    rest_yes, rest = offers.sum(axis=1, dtype=np.int64)[:, None, :] - yes, member.shape[1] - size
    inside = rng.beta(yes + prior, size - yes + prior)
    outside = rng.beta(rest_yes + prior, rest - rest_yes + prior)
    present = size[:, :, 0] > 0
    inside[~present] = np.nan
    outside[~present | (rest[:, :, 0] == 0)] = np.nan
    return inside, outside, present & (rest[:, :, 0] > 0) if member.shape[2] > 1 else present
