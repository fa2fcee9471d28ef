"""Evidence drawn from known classes, to learn what a method can and cannot tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit


@dataclass(frozen=True)
class SimulatedEvidence:
    """Evidence whose truth is known.

    Attributes
    ----------
    mentions : ndarray of int, shape (n, m)
    visits : ndarray of int, shape (n,)
    classes : ndarray of int, shape (n,)
        Class of each operator.
    offered : ndarray of bool, shape (n, m)
        What each operator offers, seen or not.
    rates : ndarray, shape (k, m)
    detection : ndarray, shape (m,)
    """

    mentions: np.ndarray
    visits: np.ndarray
    classes: np.ndarray
    offered: np.ndarray
    rates: np.ndarray
    detection: np.ndarray


def uneven_visits(
    n: int, rng: np.random.Generator, *, median: float = 3.0, spread: float = 0.9, highest: int = 25
):
    """Pages read per operator: log-normal, rounded up, from 1 to `highest`.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator
    median, spread : float
        Median in pages and standard deviation of the logarithm.
    highest : int

    Returns
    -------
    ndarray of int, shape (n,)
    """
    pages = np.exp(np.log(median) + spread * rng.standard_normal(n))
    return np.clip(np.rint(pages), 1, highest).astype(np.int64)


def simulate_evidence(
    shares,
    rates,
    detection,
    visits,
    rng,
    *,
    operator_spread: float = 0.0,
    page_spread: float = 0.0,
    topic_spread: float = 0.0,
    n_topics: int = 6,
    richness_spread: float = 0.0,
    classes=None,
) -> SimulatedEvidence:
    """Draw classes, offers and mentions from the mixture with detection.

    Parameters
    ----------
    shares : array-like, shape (k,)
    rates : array-like, shape (k, m)
        Share of each class that offers each service.
    detection : array-like, shape (m,)
        Per-page detection.
    visits : array-like of int, shape (n,)
    rng : numpy.random.Generator
    operator_spread : float
        Standard deviation, on the logit scale, of how readily an operator's pages name what it offers.
    page_spread : float
        The same between the pages of one operator: some list everything, some a single thing.
    topic_spread : float
        The same between page and topic: pages are about something. Topics are blocks of neighbouring services.
    n_topics : int
    richness_spread : float
        Standard deviation, on the logit scale, of how much an operator offers of everything: a gradient, no class.
    classes : array-like of int, shape (n,), optional
        Classes to use instead of drawing them.

    Returns
    -------
    SimulatedEvidence
    """
    rates, detection, visits = (
        np.asarray(rates, float),
        np.asarray(detection, float),
        np.asarray(visits),
    )
    n, m = len(visits), rates.shape[1]
    classes = rng.choice(len(rates), size=n, p=shares) if classes is None else np.asarray(classes)
    richness = richness_spread * rng.standard_normal((n, 1))
    chance = expit(logit(np.clip(rates, 1e-9, 1 - 1e-9))[classes] + richness)
    offered = rng.random((n, m)) < chance
    effect = logit(np.clip(detection, 1e-9, 1 - 1e-9)) + operator_spread * rng.standard_normal(
        (n, 1)
    )
    mentions = np.zeros((n, m), dtype=np.int64)
    topic = np.arange(m) * n_topics // m
    for page in range(int(visits.max())):
        read = np.flatnonzero(visits > page)
        shift = page_spread * rng.standard_normal((len(read), 1))
        shift = shift + topic_spread * rng.standard_normal((len(read), n_topics))[:, topic]
        mentions[read] += rng.random((len(read), m)) < expit(effect[read] + shift)
    return SimulatedEvidence(mentions * offered, visits, classes, offered, rates, detection)


def planted_classes(
    n: int,
    m: int,
    rng: np.random.Generator,
    *,
    shares=(0.4, 0.3, 0.3),
    separation: float = 1.0,
    detection: tuple[float, float] = (0.05, 0.5),
    depth_follows_class: bool = False,
    visits=None,
    **heterogeneity,
) -> SimulatedEvidence:
    """Draw a whole set: rates of each class, detection of each service, pages of each operator, and the evidence.

    Parameters
    ----------
    n, m : int
        Operators and services.
    rng : numpy.random.Generator
    shares : sequence of float
        Class shares; one class makes a homogeneous set.
    separation : float
        1 draws each class's rates from Beta(0.7, 0.9), far apart; 0 gives every class the same rates; between, a
        mixture of the two on the logit scale.
    detection : (float, float)
        Range of the uniform distribution of per-page detection.
    depth_follows_class : bool
        Whether the first class is read six times as deeply as the last: pages are found by looking for services.
    visits : array-like of int, shape (n,), optional
        Pages read, instead of `uneven_visits`.
    **heterogeneity
        `operator_spread`, `page_spread`, `topic_spread`, `richness_spread`: see `simulate_evidence`.

    Returns
    -------
    SimulatedEvidence
    """
    k = len(shares)
    own = logit(np.clip(rng.beta(0.7, 0.9, size=(k, m)), 0.05, 0.95))
    common = logit(np.clip(rng.beta(0.7, 0.9, size=m), 0.05, 0.95))
    rates = expit(separation * own + (1 - separation) * common)
    chance = rng.uniform(*detection, size=m)
    classes = rng.choice(k, size=n, p=shares)
    pages = uneven_visits(n, rng) if visits is None else np.asarray(visits)
    if depth_follows_class:
        factor = np.geomspace(2.5, 2.5 / 6, k)[classes] if k > 1 else np.ones(n)
        pages = np.clip(np.rint(pages * factor), 1, 40).astype(np.int64)
    return simulate_evidence(shares, rates, chance, pages, rng, classes=classes, **heterogeneity)
