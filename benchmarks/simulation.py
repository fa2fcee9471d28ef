"""Sets of evidence with planted classes, for benchmarks and tests."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from scipy.special import expit, logit

from helpers.typology.simulation import ClassModel, simulate_evidence


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
    operator_spread: float = 0.0,
    **heterogeneity,
) -> SimpleNamespace:
    """Draw a whole set: rates of classes, detection of services, pages of operators, the evidence.

    Parameters
    ----------
    n, m : int
        Operators and services.
    rng : numpy.random.Generator
    shares : sequence of float
        Class shares; one class makes a homogeneous set.
    separation : float
        1 draws each class's rates from Beta(0.7, 0.9), far apart; 0 gives every class the same
        rates; between, a
        mixture of the two on the logit scale.
    detection : (float, float)
        Range of the uniform distribution of per-page detection.
    depth_follows_class : bool
        Whether the first class is read six times as deeply as the last: pages are found by
        looking for services.
    visits : array-like of int, shape (n,), optional
        Pages read, instead of `uneven_visits`.
    **heterogeneity
        `page_spread`, `topic_spread`, `richness_spread`: see `simulate_evidence`.

    Returns
    -------
    SimpleNamespace
        mentions, visits, classes, offered, rates and detection.
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
    model = ClassModel(np.array(shares), rates, chance, operator_spread)
    drawn = simulate_evidence(model, pages, rng, classes=classes, **heterogeneity)
    return SimpleNamespace(**drawn._asdict(), rates=rates, detection=chance)
