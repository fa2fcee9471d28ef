"""What the unequal reading of operators does to comparisons between them, and how to compare at equal effort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from helpers.indicators.coverage import LEVEL
from helpers.indicators.inequality import gini
from helpers.occupancy import check_detection, check_evidence, fit_occupancy

_TAIL = (1 - LEVEL) / 2


def rarefied(mentions, visits, n_pages: int) -> np.ndarray:
    """Return how many services would be seen on so many pages of each operator, drawn at random among those read.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Distinct pages read, at least `n_pages` for all.
    n_pages : int
        The common effort.

    Returns
    -------
    ndarray, shape (n,)
        Expected numbers of services (rarefaction by samples: Hurlbert 1971, Ecology 52, p. 581, with pages for
        individuals).

    Raises
    ------
    ValueError
        If the evidence is impossible, or an operator has fewer pages than that.
    """
    counts, depth = check_evidence(mentions, visits)
    if not 1 <= n_pages <= depth.min():
        raise ValueError(
            f"n_pages is {n_pages}: every operator needs so many pages, and one has {depth.min()}"
        )
    total, without = depth[:, None], depth[:, None] - counts

    def log_choose(n):
        return gammaln(n + 1) - gammaln(np.maximum(n - n_pages, 0) + 1) - gammaln(n_pages + 1)

    missed = np.where(without >= n_pages, np.exp(log_choose(without) - log_choose(total)), 0.0)
    return (1 - missed).sum(axis=1)


@dataclass(frozen=True)
class BeyondReading:
    """Whether breadth is shared out more unevenly than uneven reading alone would make it look.

    Attributes
    ----------
    observed : float
        Gini index of the numbers of services seen.
    null, low, high : float
        Mean and central interval of the same index when all operators are alike and only their pages differ in number.
    p : float
        Share of simulations at least as unequal, this one counted.
    """

    observed: float
    null: float
    low: float
    high: float
    p: float


def beyond_reading(
    mentions, visits, *, n_simulations: int, rng: np.random.Generator, detection=None
) -> BeyondReading:
    """Compare the inequality of what is seen with what the number of pages read would give by itself.

    Under the null, every operator offers each service with the same probability and a page mentions it with the same
    probability, both as fitted by the occupancy model; operators differ by the number of their pages and by chance.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Distinct pages read, at least 1.
    n_simulations : int
    rng : numpy.random.Generator
    detection : float or array-like, optional
        Per-page detection if it is known, as in :func:`helpers.occupancy.fit_occupancy`. Where operators answered for
        themselves the null is that of chance alone.

    Returns
    -------
    BeyondReading

    Notes
    -----
    More than the null gives means that operators differ in breadth, or that some of them say more on each page: the
    two cannot be told apart here.
    """
    counts, depth = np.asarray(mentions), np.asarray(visits)
    fitted = fit_occupancy(counts, depth, detection=detection)
    rates = fitted.p if detection is None else check_detection(detection, *counts.shape)
    chance = fitted.psi * (1 - (1 - rates) ** depth[:, None])
    seen = np.stack([(rng.random(chance.shape) < chance).sum(axis=1) for _ in range(n_simulations)])
    null = gini(seen)
    observed = gini((counts > 0).sum(axis=1))
    low, high = np.quantile(null, [_TAIL, 1 - _TAIL])
    p = (1 + int((null >= observed).sum())) / (1 + n_simulations)
    return BeyondReading(observed, float(null.mean()), float(low), float(high), p)
