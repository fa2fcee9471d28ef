"""Latent classes of complete or partly missing binary profiles, by StepMix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from claimbook.memory import remember
from helpers.occupancy.validation import read_profiles
from helpers.typology.trees import content_ranks

# Starts whose log-likelihood is this close to the highest have found the same optimum.
SAME_OPTIMUM = 1e-3


@dataclass(frozen=True)
class LatentClasses:
    """A latent class model at the maximum of its likelihood, the largest class first.

    Attributes
    ----------
    log_likelihood, aic, bic : float
    n_parameters : int
    shares : ndarray, shape (k,)
    item_probabilities : ndarray, shape (k, m)
    memberships : ndarray, shape (n, k)
    n_starts, n_best_starts : int
        Starts made, and how many of them reached the best optimum.
    """

    log_likelihood: float
    aic: float
    bic: float
    n_parameters: int
    shares: np.ndarray
    item_probabilities: np.ndarray
    memberships: np.ndarray
    n_starts: int
    n_best_starts: int

    @property
    def labels(self) -> np.ndarray:
        """Most probable class of each row, shape (n,)."""
        return self.memberships.argmax(axis=1)


@remember
def latent_classes(
    profiles, n_classes: int, *, n_init: int = 50, rng: np.random.Generator | int
) -> LatentClasses:
    """Fit a latent class model by maximum likelihood, without prior.

    Rows are sorted by their content, so that the fit does not depend on their order.

    Parameters
    ----------
    profiles : Profiles or array-like, shape (n, m)
        Binary; a missing cell (NaN) is taken to be missing at random.
    n_classes : int
    n_init : int
        Random starts. On small sparse tables a few per cent of them reach the optimum: read
        `n_best_starts`.
    rng : numpy.random.Generator or int
        Draws the seed of every start.

    Returns
    -------
    LatentClasses

    Raises
    ------
    ValueError
        If a value is not binary, or there are more classes than distinct rows.

    References
    ----------
    Goodman (1974), Biometrika 61, 215-231. Morin et al. (2025), Journal of Statistical Software
    113(8), for StepMix.
    """
    rng = np.random.default_rng(rng)
    from stepmix.stepmix import StepMix

    values = read_profiles(profiles, missing=True)
    missing = bool(np.isnan(values).any())
    ranks = content_ranks(np.nan_to_num(values, nan=-1))
    if n_classes > ranks.max() + 1:
        distinct = f"distinct rows ({ranks.max() + 1})"
        raise ValueError(f"n_classes is {n_classes}: more classes than {distinct}")
    order = np.argsort(ranks, kind="stable")
    rows, starts = values[order], 1 if n_classes == 1 else n_init
    settings = {"n_components": n_classes, "measurement": "binary_nan" if missing else "binary"}
    settings |= {"abs_tol": 1e-9, "rel_tol": 0.0, "max_iter": 20_000, "progress_bar": 0}
    best, scores = None, []
    for seed in rng.integers(2**31, size=starts):
        fit = StepMix(**settings, random_state=int(seed)).fit(rows)
        scores.append(fit.score(rows) * len(rows))
        if scores[-1] >= max(scores):
            best = fit
    memberships = best.predict_proba(rows)
    found, top = best.get_parameters(), np.array(scores)
    by_size = np.argsort(-found["weights"], kind="stable")
    return LatentClasses(
        log_likelihood=float(top.max()),
        aic=float(best.aic(rows)),
        bic=float(best.bic(rows)),
        n_parameters=int(best.n_parameters),
        shares=found["weights"][by_size],
        item_probabilities=found["measurement"]["pis"][by_size],
        memberships=memberships[np.argsort(order)][:, by_size],
        n_starts=starts,
        n_best_starts=int((top > top.max() - SAME_OPTIMUM).sum()),
    )


def latent_class_criteria(
    profiles, numbers, *, n_init: int = 50, rng: np.random.Generator | int
) -> pd.DataFrame:
    """Fit latent classes for several numbers of classes, at the maximum of the likelihood.

    Parameters
    ----------
    profiles : array-like, shape (n, m)
        As in `latent_classes`.
    numbers : iterable of int
        Numbers of classes.
    n_init : int
        Random starts of each.
    rng : numpy.random.Generator or int
        Each number of classes has a stream of its own.

    Returns
    -------
    DataFrame
        Index n_classes; columns log_likelihood, n_parameters, aic, bic, n_starts, n_best_starts.
    """
    rng = np.random.default_rng(rng)
    numbers = list(numbers)
    fits = [
        latent_classes(profiles, k, n_init=n_init, rng=stream)
        for k, stream in zip(numbers, rng.spawn(len(numbers)), strict=True)
    ]
    columns = ["log_likelihood", "n_parameters", "aic", "bic", "n_starts", "n_best_starts"]
    rows = [[getattr(fit, name) for name in columns] for fit in fits]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(numbers, name="n_classes"))
