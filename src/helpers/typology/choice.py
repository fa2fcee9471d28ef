"""Is there a typology at all, and with how many classes? Evidence for each number, and a verdict by a fixed rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.occupancy.validation import check_generator, check_number
from helpers.typology.bayes import BayesianClasses, gibbs_classes
from helpers.typology.mixtures import latent_classes_with_detection

NO_CLASSES, SOME_CLASSES, UNDECIDED = "no classes", "k classes", "undecided"

# The rule and the reasons for its thresholds: docs/typology-rule.md.
MAX_R_HAT = 1.1
NONE_FROM = 0.5
NONE_UP_TO = 0.05
NUMBER_FROM = 0.5
STABLER_THAN = 0.95


@dataclass(frozen=True)
class Check:
    """One condition of the rule.

    Attributes
    ----------
    name : str
        "convergence", "none", "evidence", "number", "partition", "crossing" or "stability".
    value, limit : float
        What was found, and what it is held against.
    passed : bool
    """

    name: str
    value: float
    limit: float
    passed: bool


@dataclass(frozen=True)
class ClassChoice:
    """Verdict and evidence on the number of classes.

    Attributes
    ----------
    verdict : {"no classes", "k classes", "undecided"}
    n_classes : int or None
        1 for "no classes", k for "k classes", None if undecided.
    candidate : int
        Most probable number of substantial classes, whatever the verdict.
    checks : tuple of Check
        Conditions in the order in which the rule reads them.
    evidence : pandas.DataFrame
        One row per k from 1: `posterior` (non-empty classes), `substantial` (classes large enough to count),
        `log_likelihood`, `n_best_starts`, `aic`, `bic`, `icl` of the mixture with detection; `exact_icl`, `stability`,
        `null_mean`, `null_high`, `excess` where given, else NaN.
    posterior : BayesianClasses
    """

    verdict: str
    n_classes: int | None
    candidate: int
    checks: tuple[Check, ...]
    evidence: pd.DataFrame
    posterior: BayesianClasses

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that kept the verdict from "k classes"."""
        return tuple(check.name for check in self.checks if not check.passed)


def choose_n_classes(
    mentions,
    visits,
    *,
    max_classes: int = 8,
    n_init: int = 50,
    rng: np.random.Generator,
    posterior: BayesianClasses | None = None,
    exact_icl=None,
    stability=None,
    detection=None,
    **settings,
) -> ClassChoice:
    """Gather the evidence for 1 to `max_classes` classes and pass the verdict that the written rule gives.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
    visits : array-like of int, shape (n,)
    max_classes : int
        Largest number of classes in the table of evidence.
    n_init : int
        Random starts of each mixture with detection.
    rng : numpy.random.Generator
    posterior : BayesianClasses, optional
        Result of `gibbs_classes`, if it was computed already; it must have an operator effect for the rule to hold,
        unless detection is known.
    exact_icl : object or mapping, optional
        Result of `helpers.typology.exact_icl`, or its value for each k. Shown, not used by the rule.
    stability : object, optional
        Result of `helpers.typology.null_stability`: `n_clusters`, `observed` and `null`. Used by the rule if given.
    detection : float or array-like, optional
        Known per-page detection, as in `latent_classes_with_detection`: answers that operators gave for themselves.
    **settings
        Passed to `gibbs_classes`.

    Returns
    -------
    ClassChoice

    Raises
    ------
    ValueError
        If the evidence is impossible or a setting out of range.
    """
    check_number(max_classes, "max_classes")
    check_generator(rng)
    streams = rng.spawn(2)
    if posterior is None:
        posterior = gibbs_classes(mentions, visits, rng=streams[0], detection=detection, **settings)
    evidence = _evidence(mentions, visits, max_classes, n_init, streams[1], posterior, detection)
    _add_outside_evidence(evidence, exact_icl, stability)
    verdict, candidate, checks = decide(posterior, evidence)
    number = {NO_CLASSES: 1, SOME_CLASSES: candidate, UNDECIDED: None}[verdict]
    return ClassChoice(verdict, number, candidate, checks, evidence, posterior)


def _evidence(mentions, visits, max_classes, n_init, rng, posterior, detection) -> pd.DataFrame:
    n_distinct = len(np.unique(np.column_stack([np.asarray(mentions), np.asarray(visits)]), axis=0))
    numbers = range(1, min(max_classes, n_distinct) + 1)
    fits = [
        latent_classes_with_detection(
            mentions, visits, k, n_init=n_init, rng=rng, detection=detection
        )
        for k in numbers
    ]
    table = pd.DataFrame(index=pd.Index(numbers, name="n_classes"))
    posteriors = posterior.n_classes_posterior, posterior.substantial_posterior
    for name, values in zip(("posterior", "substantial"), posteriors, strict=True):
        values = pd.Series(values).reindex(table.index)
        table[name] = values.fillna(0.0)
    for name in ("log_likelihood", "n_best_starts", "aic", "bic", "icl"):
        table[name] = [getattr(fit, name) for fit in fits]
    return table


def _add_outside_evidence(table, exact_icl, stability) -> None:
    for name in ("exact_icl", "stability", "null_mean", "null_high", "excess"):
        table[name] = np.nan
    if exact_icl is not None:
        table["exact_icl"] = pd.Series(exact_icl.path).reindex(table.index)
    if stability is not None:
        found = stability.table(level=2 * STABLER_THAN - 1).reindex(table.index)
        table["stability"] = found["observed"]
        table[["null_mean", "null_high", "excess"]] = found[["null_mean", "null_high", "excess"]]


def decide(
    posterior: BayesianClasses, evidence: pd.DataFrame
) -> tuple[str, int, tuple[Check, ...]]:
    """Apply the rule of ``docs/typology-rule.md``.

    Parameters
    ----------
    posterior : BayesianClasses
    evidence : pandas.DataFrame
        Needs `stability` and `null_high`, which may be NaN.

    Returns
    -------
    verdict : str
    candidate : int
    checks : tuple of Check
    """
    substantial = posterior.substantial_posterior
    none = float(substantial[:2].sum())
    candidate = int(substantial[2:].argmax()) + 2 if len(substantial) > 2 and none < 1 else 1
    worst = max(posterior.r_hat.values())
    convergence = Check("convergence", worst, MAX_R_HAT, worst <= MAX_R_HAT)
    if not convergence.passed:
        return UNDECIDED, candidate, (convergence,)
    if none >= NONE_FROM:
        return NO_CLASSES, 1, (convergence, Check("none", none, NONE_FROM, False))
    sizes = np.bincount(posterior.partition)
    large = np.flatnonzero(sizes >= posterior.min_size)
    share = float(substantial[candidate])
    crossing = int(crossing_services(posterior)[large].min()) if len(large) else 0
    checks = [
        convergence,
        Check("evidence", none, NONE_UP_TO, none <= NONE_UP_TO),
        Check("number", share, NUMBER_FROM, share >= NUMBER_FROM),
        Check("partition", float(len(large)), float(candidate), len(large) == candidate),
        Check("crossing", float(crossing), 1.0, crossing >= 1),
    ]
    if candidate in evidence.index and np.isfinite(evidence.loc[candidate, "null_high"]):
        observed, high = (float(v) for v in evidence.loc[candidate, ["stability", "null_high"]])
        checks.append(Check("stability", observed, high, observed > high))
    verdict = SOME_CLASSES if all(check.passed for check in checks) else UNDECIDED
    return verdict, candidate, tuple(checks)


def crossing_services(posterior: BayesianClasses, level: float = 0.95) -> np.ndarray:
    """Count the services that each class offers clearly more, and clearly less, often than the rest.

    Parameters
    ----------
    posterior : BayesianClasses
    level : float
        Of the posterior intervals of the risk differences, which must leave out 0.

    Returns
    -------
    ndarray of int, shape (k, 2)
    """
    _, ends = posterior.risk_differences(level)
    return np.column_stack([(ends[:, :, 0] > 0).sum(axis=1), (ends[:, :, 1] < 0).sum(axis=1)])
