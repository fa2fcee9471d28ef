"""Evidence drawn from known classes, for benchmarks, tests and the power of the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from helpers.typology.bayes import BayesianClasses


@dataclass(frozen=True)
class ClassModel:
    """Mixture with detection: shares (k,), rates (k, m), detection (m,), spread of operators."""

    shares: np.ndarray
    rates: np.ndarray
    detection: np.ndarray
    operator_spread: float = 0.0


def class_model(posterior: BayesianClasses) -> ClassModel:
    """Return the posterior means of the parameters."""
    rates = []
    for c in range(posterior.n_classes):
        kept = posterior.present[:, c]
        inside = posterior.offered[posterior.partition == c]
        draws = posterior.rates[kept, c] if kept.any() else inside
        rates.append(draws.mean(axis=0))
    shares, spread = posterior.shares.mean(axis=0), float(np.median(posterior.operator_spread))
    detection = posterior.detection.mean(axis=0)
    return ClassModel(shares / shares.sum(), np.stack(rates), detection, spread)


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
