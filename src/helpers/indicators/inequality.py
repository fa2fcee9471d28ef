"""How unequally services are shared out between operators, and how much of it is reading depth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.estimates import Estimate, percentile_interval
from helpers.occupancy import check_evidence
from helpers.profiles import Profiles


def gini(values) -> np.ndarray:
    """Return the Gini index along the last axis: half the mean difference over the mean.

    0 if all have as much, near 1 if one has everything. ValueError if an amount is negative or
    missing, or all are 0.
    """
    amounts = np.sort(np.asarray(values, dtype=float), axis=-1)
    n, total = amounts.shape[-1], amounts.sum(axis=-1)
    if not (amounts >= 0).all() or not np.all(total):
        raise ValueError("gini needs amounts, none negative and not all 0")
    return 2 * (amounts * np.arange(1, n + 1)).sum(axis=-1) / (n * total) - (n + 1) / n


def gini_estimate(values, *, rng: np.random.Generator | int, n_resamples: int = 2000) -> Estimate:
    """Return the Gini index of an amount by operator, its interval by resampling operators.

    `k` and `n` of the estimate are the number of operators. Resamples in which all amounts are 0
    are left out.
    """
    rng = np.random.default_rng(rng)
    amounts = np.asarray(values, dtype=float)
    n = len(amounts)
    drawn = amounts[rng.integers(n, size=(n_resamples, n))]
    low, high = percentile_interval(gini(drawn[drawn.any(axis=1)]))
    return Estimate(float(gini(amounts)), float(low), float(high), n, n)


def rarefied(mentions, visits, n_pages: int) -> np.ndarray:
    """Return how many services would be seen on `n_pages` pages of each operator, drawn at random.

    `mentions`, shape (n, m), counts the distinct pages that mention each service, and `visits` the
    pages read, at least `n_pages` for all. Expected numbers, shape (n,) (Hurlbert 1971, Ecology 52,
    p. 581, with pages for individuals).
    """
    from scipy.special import gammaln

    counts, depth = check_evidence(mentions, visits)
    if not 1 <= n_pages <= depth.min():
        raise ValueError(f"n_pages is {n_pages}: give 1 to {depth.min()}, the fewest pages read")
    total, without = depth[:, None], depth[:, None] - counts

    def log_choose(n):
        return gammaln(n + 1) - gammaln(np.maximum(n - n_pages, 0) + 1) - gammaln(n_pages + 1)

    missed = np.where(without >= n_pages, np.exp(log_choose(without) - log_choose(total)), 0.0)
    return (1 - missed).sum(axis=1)


def inequality_by_depth(
    profiles: Profiles, n_pages: int, *, rng: np.random.Generator | int, n_resamples: int = 2000
) -> pd.DataFrame:
    """Return the inequality of what was seen, and what is left of it at equal depth of reading.

    Parameters
    ----------
    profiles : Profiles
        Operators read on one page at least.
    n_pages : int
        Pages to which the operators that were read on as many are brought.
    rng : Generator or int
        Draws the operators of each resample.
    n_resamples : int
        Bootstrap samples of operators.

    Returns
    -------
    DataFrame
        Columns value, low, high, k, n (Gini indices, see `gini_estimate`). Index what: ``pages``,
        ``seen`` (services, all operators), ``deep`` (services, operators read on `n_pages`),
        ``equal`` (these operators, services on `n_pages` pages drawn at random), ``reading``
        (``deep`` minus ``equal``, both of the same resample).
    """
    rng = np.random.default_rng(rng)
    deep = profiles.read(n_pages)
    amounts = {
        "pages": profiles.visits,
        "seen": profiles.offered.sum(axis=1),
        "deep": deep.offered.sum(axis=1),
        "equal": rarefied(deep.mentions, deep.visits, n_pages),
    }
    found = {
        what: vars(gini_estimate(values, rng=rng, n_resamples=n_resamples))
        for what, values in amounts.items()
    }
    first, second = (np.asarray(amounts[what], dtype=float) for what in ("deep", "equal"))
    n = len(first)
    drawn = rng.integers(n, size=(n_resamples, n))
    low, high = percentile_interval(gini(first[drawn]) - gini(second[drawn]))
    change = found["deep"]["value"] - found["equal"]["value"]
    found["reading"] = vars(Estimate(change, float(low), float(high), n, n))
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("what")
