"""How many classes, if any: evidence for each number, and a verdict by a fixed rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit

from helpers.occupancy.validation import check_evidence, read_counts
from helpers.typology.bayes import BayesianClasses
from helpers.typology.mixtures import latent_classes_with_detection
from helpers.typology.partitions import number_by_size
from helpers.typology.trees import content_ranks

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


class ExactICL(NamedTuple):
    """Largest exact ICL found (in nats) for each number of classes, and its partition."""

    path: dict[int, float]
    partitions: dict[int, np.ndarray]

    @property
    def n_classes(self) -> int:
        """Number of classes of the best partition."""
        return max(self.path, key=self.path.__getitem__)


def exact_icl(profiles, *, max_classes=12, n_starts=100, rng) -> ExactICL:
    """Greedy search for the partition with the largest exact ICL, under uniform priors.

    Each start is a random partition into `max_classes` classes. Rows are swapped between classes
    while the criterion grows; then the two classes whose merger is best (or least bad) are merged,
    and so on down to one class. One seed gives the same result in every row order.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or DataFrame
        Binary.
    max_classes : int, default 12
        Reduced to the number of distinct rows.
    n_starts : int, default 100
    rng : numpy.random.Generator

    Returns
    -------
    ExactICL

    References
    ----------
    Biernacki, Celeux & Govaert (2010), JSPI 140, 2991-3002. Côme, Jouvin, Latouche & Bouveyron
    (2021), Advances in Data Analysis and Classification 15, 957-986.
    """
    table = read_counts(profiles, "profiles", highest=1)
    ranks, n = content_ranks(table), len(table)
    rows = np.argsort(ranks, kind="stable")
    k_max = min(max_classes, int(ranks.max()) + 1)
    cells = table.astype(np.int64)[rows]
    # The logarithm of c! at c.
    log_factorial = np.array([math.lgamma(c) for c in range(1, n + 3)])
    best = np.full(k_max + 1, -np.inf)
    partitions = np.zeros((k_max + 1, n), dtype=np.int64)
    for _ in range(n_starts):
        # Every class starts with a row at least: the search empties classes only by merging.
        start = rng.permutation(
            np.concatenate([np.arange(k_max), rng.integers(0, k_max, n - k_max)])
        )
        values, found = _descend(cells, start, k_max, log_factorial, rng)
        better = values > best + 1e-9
        best[better], partitions[better] = values[better], found[better]
    place, numbers = np.argsort(rows), range(1, k_max + 1)
    return ExactICL(
        {k: float(best[k]) for k in numbers},
        {k: number_by_size(partitions[k])[place] for k in numbers},
    )


@njit(cache=True)
def _class_value(size, ones, log_factorial):  # pragma: no cover - compiled
    """Part of the criterion that one class of `size` rows and `ones` (m,) adds."""
    total = 0.0
    for one in ones:
        total += log_factorial[one] + log_factorial[size - one] - log_factorial[size + 1]
    return total + log_factorial[size]


@njit(cache=True)
def _gain(size, ones, row, sign, log_factorial):  # pragma: no cover - compiled
    """Change of the value of a class when one row comes (sign 1) or goes (sign -1)."""
    return _class_value(size + sign, ones + sign * row, log_factorial) - _class_value(
        size, ones, log_factorial
    )


@njit(cache=True)
def _swap(cells, labels, sizes, ones, log_factorial, rng):  # pragma: no cover - compiled
    """Move rows one by one to the class that raises the criterion most; no class is emptied."""
    order = np.arange(len(cells))
    moved = True
    while moved:
        moved = False
        rng.shuffle(order)
        for i in order:
            old, row = labels[i], cells[i]
            if sizes[old] == 1:
                continue
            leaving = _gain(sizes[old], ones[old], row, -1, log_factorial)
            best, new = 1e-9, -1
            for c in range(len(sizes)):
                if c != old and sizes[c] > 0:
                    gain = leaving + _gain(sizes[c], ones[c], row, 1, log_factorial)
                    if gain > best:
                        best, new = gain, c
            if new >= 0:
                moved = True
                labels[i] = new
                sizes[old] -= 1
                sizes[new] += 1
                ones[old] -= row
                ones[new] += row


@njit(cache=True)
def _descend(cells, start, k_max, log_factorial, rng):  # pragma: no cover - compiled
    """Swap, merge the best pair, and again down to one class: values and partitions by number."""
    n, labels = len(cells), start.copy()
    values = np.full(k_max + 1, -np.inf)
    found = np.zeros((k_max + 1, n), np.int64)
    sizes, ones = np.zeros(k_max, np.int64), np.zeros((k_max, cells.shape[1]), np.int64)
    for i in range(n):
        sizes[labels[i]] += 1
        ones[labels[i]] += cells[i]
    for k in range(k_max, 0, -1):
        _swap(cells, labels, sizes, ones, log_factorial, rng)
        found[k] = labels
        values[k] = math.lgamma(k) - math.lgamma(n + k)
        alone = np.zeros(k_max)
        kept = np.flatnonzero(sizes)
        for c in kept:
            alone[c] = _class_value(sizes[c], ones[c], log_factorial)
            values[k] += alone[c]
        best, into, gone = -np.inf, -1, -1
        for a in kept:
            for b in kept[kept > a]:
                together = _class_value(sizes[a] + sizes[b], ones[a] + ones[b], log_factorial)
                if together - alone[a] - alone[b] > best:
                    best, into, gone = together - alone[a] - alone[b], a, b
        if k > 1:
            labels[labels == gone] = into
            sizes[into] += sizes[gone]
            ones[into] += ones[gone]
            sizes[gone] = 0
    return values, found
