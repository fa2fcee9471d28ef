"""How many classes, if any: evidence for each number, and a verdict by a fixed rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.occupancy.validation import check_evidence, check_generator, check_number
from helpers.typology.bayes import BayesianClasses
from helpers.typology.mixtures import latent_classes_with_detection

NO_CLASSES, SOME_CLASSES, UNDECIDED = "no classes", "k classes", "undecided"

# The rule and the reasons for its thresholds: docs/typology-rule.md.
MAX_R_HAT = 1.1
NONE_FROM = 0.5
NONE_UP_TO = 0.05
NUMBER_FROM = 0.5
STABLER_THAN = 0.95


class Check(NamedTuple):
    """One condition of the rule: what was found, and what it is held against."""

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
    candidate : int
        Most probable number of substantial classes, whatever the verdict.
    checks : tuple of Check
        Conditions in the order in which the rule reads them: "convergence", "none", "evidence",
        "number", "partition", "crossing", "stability".
    evidence : DataFrame
        One row per k from 1: `substantial` (probability of k classes large enough to count);
        `n_best_starts`, `aic`, `bic`, `icl` of the mixture with detection; `exact_icl`, `stability`
        and `null_high` where given, else NaN.
    """

    verdict: str
    candidate: int
    checks: tuple[Check, ...]
    evidence: pd.DataFrame

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that kept the verdict from "k classes"."""
        return tuple(check.name for check in self.checks if not check.passed)


def choose_n_classes(
    mentions,
    visits,
    posterior: BayesianClasses,
    *,
    max_classes: int = 8,
    n_init: int = 50,
    rng: np.random.Generator,
    exact_icl=None,
    stability=None,
    detection=None,
) -> ClassChoice:
    """Gather the evidence for 1 to `max_classes` classes and apply the written rule.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
    visits : array-like of int, shape (n,)
    posterior : BayesianClasses
        Of the same evidence.
    max_classes : int
        Largest number of classes in the table of evidence.
    n_init : int
        Random starts of each mixture with detection.
    rng : numpy.random.Generator
    exact_icl : ExactICL, optional
        Shown, not used by the rule.
    stability : NullStability, optional
        Used by the rule if given.
    detection : float or array-like, optional
        Known per-page detection, as in `latent_classes_with_detection`.

    Returns
    -------
    ClassChoice
    """
    check_number(max_classes, "max_classes")
    check_generator(rng)
    counts, depth = check_evidence(mentions, visits)
    n_distinct = len(np.unique(np.column_stack([counts, depth]), axis=0))
    numbers, stream = range(1, min(max_classes, n_distinct) + 1), rng.spawn(2)[1]
    options = {"n_init": n_init, "rng": stream, "detection": detection}
    fits = [latent_classes_with_detection(mentions, visits, k, **options) for k in numbers]
    table = pd.DataFrame(index=pd.Index(numbers, name="n_classes"))
    substantial = pd.Series(posterior.substantial_posterior)
    table["substantial"] = substantial.reindex(table.index).fillna(0.0)
    for name in ("n_best_starts", "aic", "bic", "icl"):
        table[name] = [getattr(fit, name) for fit in fits]
    table["exact_icl"] = pd.Series(exact_icl.path if exact_icl else {}, dtype=float)
    table[["stability", "null_high"]] = np.nan
    if stability is not None:
        found = stability.table(level=2 * STABLER_THAN - 1).reindex(table.index)
        table[["stability", "null_high"]] = found[["observed", "null_high"]]
    verdict, candidate, checks = decide(posterior, table)
    return ClassChoice(verdict, candidate, checks, table)


def decide(
    posterior: BayesianClasses, evidence: pd.DataFrame
) -> tuple[str, int, tuple[Check, ...]]:
    """Apply the rule of ``docs/typology-rule.md``: verdict, candidate number and checks."""
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
    """Count the services that each class offers clearly more, and less, than the rest, (k, 2)."""
    _, ends = posterior.risk_differences(level)
    return np.column_stack([(ends[:, :, 0] > 0).sum(axis=1), (ends[:, :, 1] < 0).sum(axis=1)])
