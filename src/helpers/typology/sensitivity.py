"""What a class rests on: evidence that would change it, depth, and what this design could find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import spearmanr
from sklearn.metrics import adjusted_rand_score

from helpers.occupancy.validation import check_evidence
from helpers.typology.bayes import BayesianClasses
from helpers.typology.mixtures import latent_classes_with_detection

# An adjusted Rand index from which a partition counts as recovered.
RECOVERED = 0.8


@dataclass(frozen=True)
class ClassModel:
    """Mixture with detection: shares (k,), rates (k, m), detection (m,), spread of operators."""

    shares: np.ndarray
    rates: np.ndarray
    detection: np.ndarray
    operator_spread: float = 0.0


def class_model(fit: BayesianClasses | ClassModel) -> ClassModel:
    """Posterior means of the parameters; a `ClassModel` is returned as it is."""
    if isinstance(fit, ClassModel):
        return fit
    rates = []
    for c in range(fit.n_classes):
        kept = fit.present[:, c]
        draws = fit.rates[kept, c] if kept.any() else fit.offered[fit.partition == c]
        rates.append(draws.mean(axis=0))
    shares, spread = fit.shares.mean(axis=0), float(np.median(fit.operator_spread))
    return ClassModel(shares / shares.sum(), np.stack(rates), fit.detection.mean(axis=0), spread)


def _log_memberships(model: ClassModel, seen, visits) -> np.ndarray:
    """Unnormalised log-membership (n, k), terms of services if unseen (n, k, m) and seen (k, m)."""
    unseen = (1 - model.detection) ** np.asarray(visits)[:, None]
    rates = np.clip(model.rates, 1e-9, 1 - 1e-9)
    silent = np.log1p(-rates[None] * (1 - unseen[:, None, :]))
    found = np.log(rates)
    terms = np.where(seen[:, None, :], found[None], silent)
    return np.log(model.shares)[None] + terms.sum(axis=2), silent, found


def what_would_change(
    fit, mentions, visits, *, services: Sequence[str], operators: Sequence[str]
) -> pd.DataFrame:
    """Fewest newly found services that would put each operator in another class.

    Finding a service multiplies the odds of two classes by a factor of its own, so that the
    smallest set is the one with the greatest factors: exact, without search. Rates and pages are
    held fixed.

    Returns
    -------
    DataFrame
        One row per operator: `current` class, its `membership`, `destination`, `n_services`,
        `services` (tuple). Missing destination and -1 services where nothing unseen would do.
    """
    counts, depth = check_evidence(mentions, visits)
    logs, silent, found = _log_memberships(class_model(fit), counts > 0, depth)
    probabilities, rows = _softmax(logs), []
    for i, current in enumerate(logs.argmax(axis=1)):
        best = (len(services) + 1, 0.0, pd.NA, ())
        unseen = np.flatnonzero(counts[i] == 0)
        gains = found[:, unseen] - silent[i][:, unseen]
        for other in np.delete(np.arange(logs.shape[1]), current):
            gain = gains[other] - gains[current]
            order = np.argsort(-gain, kind="stable")
            reach = logs[i, other] - logs[i, current] + np.cumsum(gain[order])
            for at in np.flatnonzero(reach > 0)[:1]:
                chosen = tuple(services[j] for j in unseen[order[: at + 1]])
                best = min(best, (at + 1, -reach[at], other, chosen), key=lambda c: c[:2])
        number = best[0] if best[3] else -1
        rows.append((current, probabilities[i, current], best[2], number, best[3]))
    columns = ["current", "membership", "destination", "n_services", "services"]
    table = pd.DataFrame(rows, index=pd.Index(operators, name="operator"), columns=columns)
    return table.astype({"destination": "Int64"})


def value_of_one_more_page(
    fit, mentions, visits, *, n_draws: int = 500, rng: np.random.Generator
) -> np.ndarray:
    """Estimate the fall of the entropy of each operator's membership if one more page were read.

    In nats, shape (n,), over `n_draws` imagined pages per operator; the next page worth reading is
    that of the operator with the largest value.
    """
    counts, depth = check_evidence(mentions, visits)
    model = class_model(fit)
    logs = _log_memberships(model, counts > 0, depth)[0]
    memberships = _softmax(logs)
    hidden = model.rates[None] * ((1 - model.detection) ** depth[:, None])[:, None, :]
    offered = np.where((counts > 0)[:, None, :], 1.0, hidden / (hidden + 1 - model.rates[None]))
    out = np.empty(len(counts))
    for i in range(len(counts)):
        classes = rng.choice(len(model.shares), size=n_draws, p=memberships[i])
        page = rng.random((n_draws, counts.shape[1])) < offered[i, classes] * model.detection
        seen = (counts[i] > 0) | page
        later = _log_memberships(model, seen, np.full(n_draws, depth[i] + 1))[0]
        out[i] = _entropy(memberships[i : i + 1])[0] - _entropy(_softmax(later)).mean()
    return out


def _softmax(logs):
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _entropy(probabilities):
    return -(probabilities * np.log(np.maximum(probabilities, 1e-300))).sum(axis=1)


def eta_squared(values, labels) -> float:
    """Share of the variance of a quantity that lies between classes; 0 if it does not vary."""
    values, labels = np.asarray(values, dtype=float), np.asarray(labels)
    total = ((values - values.mean()) ** 2).sum()
    between = sum(
        (labels == c).sum() * (values[labels == c].mean() - values.mean()) ** 2
        for c in np.unique(labels)
    )
    return float(between / total) if total > 0 else 0.0


def entropy_depth_correlation(memberships, visits) -> float:
    """Spearman correlation of how uncertain an operator's class is and how many pages were read.

    Negative when it is reading that settles classes; NaN if either does not vary.
    """
    entropy = np.round(_entropy(np.asarray(memberships, dtype=float)), 12)
    if np.ptp(entropy) == 0 or np.ptp(np.asarray(visits)) == 0:
        return float("nan")
    return float(spearmanr(entropy, visits).statistic)


def depth_checks(fits: Mapping[str, np.ndarray], visits) -> pd.DataFrame:
    """Ask of each partition how much it owes to how deeply operators were read.

    Parameters
    ----------
    fits : mapping of str to ndarray
        Method -> memberships (n, k), or labels (n,) where there are no probabilities.
    visits : array-like of int, shape (n,)

    Returns
    -------
    DataFrame
        Columns method, eta_squared (of the logarithm of pages), correlation (of entropy with
        pages).
    """
    rows, depth = [], np.log(np.asarray(visits, dtype=float))
    for method, fit in fits.items():
        soft = np.ndim(fit) == 2
        labels = np.asarray(fit).argmax(axis=1) if soft else np.asarray(fit)
        correlation = entropy_depth_correlation(fit, visits) if soft else np.nan
        rows.append((method, eta_squared(depth, labels), correlation))
    return pd.DataFrame(rows, columns=["method", "eta_squared", "correlation"])


class SimulatedEvidence(NamedTuple):
    """Evidence whose truth is known: mentions (n, m), visits (n,), classes (n,), offered (n, m)."""

    mentions: np.ndarray
    visits: np.ndarray
    classes: np.ndarray
    offered: np.ndarray


def simulate_evidence(
    model: ClassModel,
    visits,
    rng,
    *,
    page_spread: float = 0.0,
    topic_spread: float = 0.0,
    n_topics: int = 6,
    richness_spread: float = 0.0,
    classes=None,
) -> SimulatedEvidence:
    """Draw classes (unless given), offers and mentions from the mixture with detection.

    Spreads are standard deviations on the logit scale: of detection between the pages of one
    operator, and between page and topic (one of `n_topics` blocks of neighbouring services); of how
    much an operator offers of everything, which is a gradient and no class.
    """
    visits, (k, m) = np.asarray(visits), model.rates.shape
    n = len(visits)
    classes = rng.choice(k, size=n, p=model.shares) if classes is None else np.asarray(classes)
    richness = richness_spread * rng.standard_normal((n, 1))
    chance = expit(logit(np.clip(model.rates, 1e-9, 1 - 1e-9))[classes] + richness)
    offered = rng.random((n, m)) < chance
    effect = logit(np.clip(model.detection, 1e-9, 1 - 1e-9))
    effect = effect + model.operator_spread * rng.standard_normal((n, 1))
    mentions = np.zeros((n, m), dtype=np.int64)
    topic = np.arange(m) * n_topics // m
    for page in range(int(visits.max())):
        read = np.flatnonzero(visits > page)
        shift = page_spread * rng.standard_normal((len(read), 1))
        shift = shift + topic_spread * rng.standard_normal((len(read), n_topics))[:, topic]
        mentions[read] += rng.random((len(read), m)) < expit(effect[read] + shift)
    return SimulatedEvidence(mentions * offered, visits, classes, offered)


def design_card(
    fit,
    visits,
    *,
    extra_pages: Sequence[int] = (0, 1, 2, 5, 10),
    n_sets: int = 50,
    n_init: int = 10,
    rng,
    detection=None,
) -> pd.DataFrame:
    """How well classes of this separation would be found again, with this design.

    Evidence is drawn from the fitted model, the same number of classes is fitted to it, and the
    partition is compared with the one that was drawn; then with more pages for everyone.

    Parameters
    ----------
    fit : BayesianClasses or ClassModel
    visits : array-like of int, shape (n,)
    extra_pages : sequence of int
        Pages added to every operator, one line of the card each.
    n_sets, n_init : int
        Simulated sets per line, and random starts of each fit.
    rng : numpy.random.Generator
    detection : float or ndarray, shape (m,), optional
        Known per-page detection, such as 1 where operators answer for themselves.

    Returns
    -------
    DataFrame
        Index `extra_pages`; `mean_ari`, `low`, `high` (10 % and 90 % quantiles of the adjusted Rand
        index) and `recovered`, the share of sets with an index of at least 0.8.
    """
    model, depth = class_model(fit), np.asarray(visits)
    if detection is not None:
        rates = np.broadcast_to(np.asarray(detection, dtype=float), model.detection.shape)
        model = replace(model, detection=rates, operator_spread=0.0)
    k = len(model.shares)
    rows = []
    for extra in extra_pages:
        scores = []
        for stream in rng.spawn(n_sets):
            drawn = simulate_evidence(model, depth + extra, stream)
            again = latent_classes_with_detection(
                drawn.mentions, drawn.visits, k, n_init=n_init, rng=stream, detection=detection
            )
            scores.append(adjusted_rand_score(drawn.classes, again.labels))
        low, high = np.quantile(scores, [0.1, 0.9])
        rows.append((np.mean(scores), low, high, np.mean(np.array(scores) >= RECOVERED)))
    index = pd.Index([int(e) for e in extra_pages], name="extra_pages")
    return pd.DataFrame(rows, index=index, columns=["mean_ari", "low", "high", "recovered"])
