"""Latent class analysis of profiles that are taken at face value: a zero is an absence, a missing cell is unknown."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from helpers.typology._stepmix import StepMix

# Starts whose log-likelihood is this close to the highest have found the same optimum.
SAME_OPTIMUM = 1e-3
_ROUGH, _FINE = 1e-8, 1e-12
_NEAR = 0.1


@dataclass(frozen=True)
class LatentClasses:
    """A mixture of k classes with independent items within each.

    Attributes
    ----------
    log_likelihood : float
        At the best of all starts.
    n_parameters : int
    aic, bic : float
    icl : float
        Integrated completed likelihood, `bic` + 2 `entropy` (smaller is better; Biernacki et al. 2000).
    entropy : float
        Classification entropy of the memberships, in nats: 0 when every row is certain.
    relative_entropy : float
        1 - `entropy` / (n log k), 1 when every row is certain; 1 for one class.
    shares : ndarray, shape (k,)
        Class shares, largest first.
    item_probabilities : ndarray, shape (k, m) or (k, m, c)
        Probability of 1 for each item if all are binary; else probability of each of the c categories, 0 beyond the
        last one of a shorter item.
    memberships : ndarray, shape (n, k)
        Posterior class probabilities of each row.
    n_starts, n_best_starts : int
        Starts made, and how many of them ended within 0.001 of the best log-likelihood.
    """

    log_likelihood: float
    n_parameters: int
    aic: float
    bic: float
    icl: float
    entropy: float
    relative_entropy: float
    shares: np.ndarray
    item_probabilities: np.ndarray
    memberships: np.ndarray
    n_starts: int
    n_best_starts: int

    @property
    def labels(self) -> np.ndarray:
        """Most probable class of each row, shape (n,)."""
        return self.memberships.argmax(axis=1)


def check_profiles(profiles) -> np.ndarray:
    """Turn profiles into floats with NaN for missing cells, or refuse them.

    Parameters
    ----------
    profiles : array-like, shape (n, m)
        Integers from 0; a missing cell is NaN, -1 or masked.

    Returns
    -------
    ndarray of float, shape (n, m)

    Raises
    ------
    ValueError
        If a value is not a category, a row or a column is all missing, or the shape is not two-dimensional.
    """
    if isinstance(profiles, pd.DataFrame):
        values = profiles.to_numpy(dtype=float, na_value=np.nan)
    elif isinstance(profiles, np.ma.MaskedArray):
        values = profiles.astype(float).filled(np.nan)
    else:
        values = np.asarray(profiles, dtype=float)
    if values.ndim != 2 or values.size == 0:
        raise ValueError(
            f"profiles must be a non-empty table of rows and columns, not of shape {values.shape}"
        )
    values = np.where(values == -1, np.nan, values)
    wrong = ~np.isnan(values) & ((values < 0) | (values != np.floor(values)) | np.isinf(values))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise ValueError(
            f"profiles, row {row}, column {column}: {values[row, column]:g} is not a category "
            "(whole numbers from 0; NaN, -1 or masked if missing)"
        )
    for axis, name in ((1, "row"), (0, "column")):
        empty = np.isnan(values).all(axis=axis)
        if empty.any():
            raise ValueError(
                f"profiles, {name} {int(np.argmax(empty))}: every cell is missing; leave it out"
            )
    return values


def check_class_number(n_classes, n_distinct: int) -> int:
    """Refuse a number of classes that is not a whole number between 1 and the number of distinct rows."""
    if isinstance(n_classes, bool) or not isinstance(n_classes, (int, np.integer)) or n_classes < 1:
        raise ValueError(f"n_classes is {n_classes!r}: give a whole number, 1 or more")
    if n_classes > n_distinct:
        raise ValueError(
            f"n_classes is {n_classes}: more classes than distinct rows ({n_distinct})"
        )
    return int(n_classes)


def check_starts(n_init, rng) -> None:
    """Refuse a number of starts below 1 and anything but an explicit random generator."""
    if isinstance(n_init, bool) or not isinstance(n_init, (int, np.integer)) or n_init < 1:
        raise ValueError(f"n_init is {n_init!r}: give a whole number of starts, 1 or more")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng is {type(rng).__name__}: give a numpy.random.Generator, such as default_rng(seed)"
        )


def latent_classes(
    profiles, n_classes: int, *, n_init: int = 50, rng: np.random.Generator
) -> LatentClasses:
    """Fit a latent class model by maximum likelihood, with StepMix.

    Equal rows are fitted once with their count as weight, in an order that depends on their content alone: the fit is
    as fast as the number of distinct rows and does not depend on the order of rows. Every start is run from its own
    stream to a coarse tolerance, and those close to the best are then run to full convergence.

    Parameters
    ----------
    profiles : array-like, shape (n, m)
        Binary or categorical items as integers from 0; a missing cell (NaN, -1 or masked) is taken to be missing at
        random and left out of the likelihood (full-information maximum likelihood).
    n_classes : int
        Number of classes.
    n_init : int
        Number of random starts. On small sparse tables a few per cent of starts reach the optimum: read
        `n_best_starts`.
    rng : numpy.random.Generator

    Returns
    -------
    LatentClasses

    Raises
    ------
    ValueError
        If a value is no category, a row or column is all missing, or there are more classes than distinct rows.

    References
    ----------
    Goodman (1974), Biometrika 61, 215-231. Morin, Legault, Laliberté, Bakk, Giguère, de la Sablonnière and Lacourse
    (2025), StepMix, Journal of Statistical Software 113(8). Biernacki, Celeux and Govaert (2000), IEEE Transactions on
    Pattern Analysis and Machine Intelligence 22, 719-725.
    """
    values = check_profiles(profiles)
    patterns, inverse, counts = np.unique(
        values, axis=0, return_inverse=True, return_counts=True, equal_nan=True
    )
    if len(patterns) < len(values):
        patterns, inverse, counts = _merge_missing(patterns, inverse.ravel(), counts)
    n_classes = check_class_number(n_classes, len(patterns))
    check_starts(n_init, rng)
    binary = bool(np.nanmax(patterns) <= 1)
    kind = ("binary" if binary else "categorical") + ("_nan" if np.isnan(patterns).any() else "")
    coded, options = (patterns, None) if binary else _one_hot(patterns)
    counts = counts.astype(float)
    streams = rng.spawn(n_init)
    n_init = 1 if n_classes == 1 else n_init
    with threadpool_limits(1), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", FutureWarning)
        starts = [
            _start(
                coded,
                counts,
                n_classes,
                kind,
                options,
                _responsibilities(stream, len(patterns), n_classes, number),
            )
            for number, stream in enumerate(streams[:n_init])
        ]
        scores = np.array([score for _, score in starts])
        for at in np.flatnonzero(scores > scores.max() - _NEAR):
            scores[at] = _climb(starts[at][0], coded, counts, _FINE, 20_000)
        best = starts[int(scores.argmax())][0]
        pattern_memberships = best.predict_proba(coded)
    order = np.argsort(-best.weights_, kind="stable")
    return _result(values, binary, best, order, pattern_memberships[inverse.ravel()], scores)


def _merge_missing(patterns, inverse, counts):
    """Merge patterns that differ only by NaN, which compares unequal to itself."""
    keys, back = np.unique(
        np.where(np.isnan(patterns), -1.0, patterns), axis=0, return_inverse=True
    )
    merged = np.bincount(back.ravel(), weights=counts).astype(float)
    return np.where(keys == -1.0, np.nan, keys), back.ravel()[inverse], merged


def _responsibilities(rng, n, n_classes, number) -> np.ndarray:
    """First responsibilities: sharp in every other start, spread in the rest, for neither serves all data."""
    return rng.dirichlet(np.full(n_classes, 0.1 if number % 2 == 0 else 1.0), size=n)


def _one_hot(patterns):
    """Code categories as 0/1 columns once: StepMix would do it again at every step, which takes most of its time."""
    n_categories = int(np.nanmax(patterns)) + 1
    coded = (patterns[:, :, None] == np.arange(n_categories)).astype(float)
    coded[np.isnan(patterns)] = np.nan
    total = int((np.nanmax(patterns, axis=0) + 1).sum())
    options = {"integer_codes": False, "max_n_outcomes": n_categories, "total_outcomes": total}
    return coded.reshape(len(patterns), -1), options


def _start(patterns, counts, n_classes, kind, options, responsibilities):
    """Set up a StepMix model and run its EM steps from given responsibilities to a coarse tolerance."""
    model = StepMix(
        n_components=n_classes,
        measurement=kind,
        measurement_params=options,
        max_iter=1,
        progress_bar=0,
        random_state=0,
    )
    model.fit(patterns, sample_weight=counts)
    _maximise(model, patterns, counts, responsibilities)
    return model, _climb(model, patterns, counts, _ROUGH, 2000)


def _climb(model, patterns, counts, tolerance, max_iter) -> float:
    """Iterate EM until the mean log-likelihood gains less than the tolerance, and return the log-likelihood.

    The emission models are StepMix's; the loop around them is not, for two reasons. Its `fit` cannot be given a
    starting point, and its near-uniform responsibilities reach the optimum of four carcinoma classes from one start in
    eight, where sharp ones do from one in three; and it validates its input again at every step, which takes most of
    the time on tables of this size.
    """
    last = -np.inf
    for _ in range(max_iter):
        logs = model._mm.log_likelihood(patterns) + np.log(model.weights_)
        top = logs.max(axis=1, keepdims=True)
        joint = np.exp(logs - top)
        marginal = joint.sum(axis=1, keepdims=True)
        score = counts @ (top + np.log(marginal))[:, 0] / counts.sum()
        if score - last < tolerance:
            break
        last = score
        _maximise(model, patterns, counts, joint / marginal)
    return float(score * counts.sum())


def _maximise(model, patterns, counts, responsibilities) -> None:
    weighted = responsibilities * counts[:, None]
    model.weights_ = np.clip(weighted.sum(axis=0) / counts.sum(), 1e-15, 1 - 1e-15)
    model._mm.m_step(patterns, weighted)


def _result(values, binary, model, order, memberships, scores) -> LatentClasses:
    n, m = values.shape
    k = len(order)
    pis = model.get_parameters()["measurement"]["pis"][order]
    if binary:
        items, n_parameters = pis, k - 1 + k * m
    else:
        items = pis.reshape(k, m, -1).copy()
        levels = np.nanmax(values, axis=0).astype(int) + 1
        items[:, np.arange(items.shape[2])[None, :] >= levels[:, None]] = 0.0
        n_parameters = k - 1 + k * int((levels - 1).sum())
    return LatentClasses(
        **summaries(float(scores.max()), n_parameters, n, memberships[:, order]),
        shares=model.weights_[order],
        item_probabilities=items,
        memberships=memberships[:, order],
        n_starts=len(scores),
        n_best_starts=int((scores > scores.max() - SAME_OPTIMUM).sum()),
    )


def summaries(log_likelihood: float, n_parameters: int, n: int, memberships: np.ndarray) -> dict:
    """Information criteria and entropies of a mixture, as keyword arguments of its result."""
    k = memberships.shape[1]
    entropy = float(-(memberships * np.log(np.maximum(memberships, 1e-300))).sum())
    bic = -2 * log_likelihood + n_parameters * np.log(n)
    return {
        "log_likelihood": log_likelihood,
        "n_parameters": n_parameters,
        "aic": -2 * log_likelihood + 2 * n_parameters,
        "bic": float(bic),
        "icl": float(bic + 2 * entropy),
        "entropy": entropy,
        "relative_entropy": 1.0 if k == 1 else 1 - entropy / (n * np.log(k)),
    }
