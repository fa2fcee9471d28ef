"""How many classes, if any: a verdict by a rule that was written down beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers.typology.bayes import BayesianClasses
from helpers.typology.stability import NullStability

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
    """Verdict on the number of classes, and what it rests on.

    Attributes
    ----------
    verdict : {"no classes", "k classes", "undecided"}
    candidate : int
        Most probable number of substantial classes, whatever the verdict.
    checks : tuple of Check
        Conditions in the order in which the rule reads them: "convergence", "none", "evidence",
        "number", "partition", "crossing", "stability".
    """

    verdict: str
    candidate: int
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that kept the verdict from "k classes"."""
        return tuple(check.name for check in self.checks if not check.passed)


def choose_n_classes(
    posterior: BayesianClasses, stability: NullStability | None = None
) -> ClassChoice:
    """Apply the rule of ``docs/typology-rule.md``.

    Parameters
    ----------
    posterior : BayesianClasses
    stability : NullStability, optional
        Of the same profiles, against curveball nulls; without it that condition is left out.

    Returns
    -------
    ClassChoice
    """
    substantial = posterior.substantial_posterior
    none = float(substantial[:2].sum())
    candidate = int(substantial[2:].argmax()) + 2 if len(substantial) > 2 and none < 1 else 1
    worst = max(posterior.r_hat.values())
    convergence = Check("convergence", worst, MAX_R_HAT, worst <= MAX_R_HAT)
    if not convergence.passed:
        return ClassChoice(UNDECIDED, candidate, (convergence,))
    if none >= NONE_FROM:
        none_found = Check("none", none, NONE_FROM, False)
        return ClassChoice(NO_CLASSES, 1, (convergence, none_found))
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
    if stability is not None and candidate in stability.n_clusters:
        found = stability.table(level=2 * STABLER_THAN - 1).loc[candidate]
        observed, high = float(found["observed"]), float(found["null_high"])
        checks.append(Check("stability", observed, high, observed > high))
    verdict = SOME_CLASSES if all(check.passed for check in checks) else UNDECIDED
    return ClassChoice(verdict, candidate, tuple(checks))


def crossing_services(posterior: BayesianClasses) -> np.ndarray:
    """Count the services that each class offers clearly more, and less, than the rest, (k, 2)."""
    _, ends = posterior.risk_differences()
    return np.column_stack([(ends[:, :, 0] > 0).sum(axis=1), (ends[:, :, 1] < 0).sum(axis=1)])
