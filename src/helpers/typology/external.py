"""How classes go with variables that took no part in making them, by the bias-adjusted three-step method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.typology._stepmix import compute_bch_matrix


@dataclass(frozen=True)
class ExternalAssociation:
    """Association of classes with an external variable.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per class and category (or per class, category "mean", for a number): `estimate`, `low`, `high`, and
        `modal`, the same figure when every operator is counted in its most probable class.
    p_value : float
        Permutation test of no association, memberships held fixed.
    n : int
        Operators for which the variable is known.
    """

    table: pd.DataFrame
    p_value: float
    n: int


def external_association(
    memberships, external, *, n_resamples: int = 1000, level: float = 0.95, rng: np.random.Generator
) -> ExternalAssociation:
    """Mean or distribution of an external variable in each class, corrected for errors of classification.

    The third step weights operators by the inverse of StepMix's classification-error matrix (Bolck, Croon and
    Hagenaars, as modified by Vermunt), so that uncertain members do not blur the classes. Intervals are
    percentiles over resampled operators; the uncertainty of the classes themselves is not in them.

    Parameters
    ----------
    memberships : array-like, shape (n, k)
        Class probabilities of each operator, from any of the models.
    external : array-like, shape (n,)
        A number or a category of each operator; missing values (NaN, None) are left out.
    n_resamples : int
        Bootstrap samples and permutations.
    level : float
    rng : numpy.random.Generator

    Returns
    -------
    ExternalAssociation

    Raises
    ------
    ValueError
        If memberships are no probabilities, lengths differ, or no value is known.

    References
    ----------
    Bolck, Croon and Hagenaars (2004), Political Analysis 12, 3-27. Vermunt (2010), Political Analysis 18, 450-469.
    Bakk, Tekle and Vermunt (2013), Sociological Methodology 43, 272-311.
    """
    probabilities = np.asarray(memberships, dtype=float)
    if (
        probabilities.ndim != 2
        or not np.allclose(probabilities.sum(axis=1), 1, atol=1e-6)
        or probabilities.min() < 0
    ):
        raise ValueError("memberships must be rows of probabilities that sum to 1")
    values = (
        pd.Series(np.asarray(external))
        if not isinstance(external, pd.Series)
        else external.reset_index(drop=True)
    )
    if len(values) != len(probabilities):
        raise ValueError(
            f"external has {len(values)} values where memberships has {len(probabilities)} rows"
        )
    known = values.notna().to_numpy()
    if not known.any():
        raise ValueError("external: every value is missing")
    weights = _bch_weights(probabilities)[known]
    modal = np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)][known]
    names, coded = _code(values[known])
    bounded = names != ["mean"]
    streams = rng.spawn(2)
    draws = np.stack(
        [
            _means(weights[rows], coded[rows], bounded)
            for rows in streams[0].integers(0, known.sum(), (n_resamples, known.sum()))
        ]
    )
    tail = (1 - level) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail], axis=0)
    estimate = _means(weights, coded, bounded)
    index = pd.MultiIndex.from_product(
        [range(probabilities.shape[1]), names], names=["class", "category"]
    )
    columns = {
        "estimate": estimate,
        "low": low,
        "high": high,
        "modal": _means(modal, coded, bounded),
    }
    observed = _spread(weights, coded)
    beyond = sum(
        _spread(weights, coded[streams[1].permutation(len(coded))]) >= observed - 1e-12
        for _ in range(n_resamples)
    )
    return ExternalAssociation(
        table=pd.DataFrame({name: array.ravel() for name, array in columns.items()}, index=index),
        p_value=(1 + beyond) / (1 + n_resamples),
        n=int(known.sum()),
    )


def _bch_weights(probabilities) -> np.ndarray:
    """Weight of each operator in each class; rows sum to 1 and may be negative."""
    _, inverse = compute_bch_matrix(probabilities, assignment="modal")
    return np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)] @ inverse


def _code(values: pd.Series) -> tuple[list[str], np.ndarray]:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return ["mean"], values.to_numpy(float)[:, None]
    names = sorted({str(v) for v in values})
    return names, np.array([[str(v) == name for name in names] for v in values], dtype=float)


def _means(weights, coded, bounded) -> np.ndarray:
    total = weights.sum(axis=0)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(np.abs(total) > 1e-9, weights.T @ coded / total, np.nan)
    if not bounded:
        return means
    # Negative weights can push a share out of [0, 1]; brought back, and the shares made to sum to 1.
    means = np.clip(means, 0.0, 1.0)
    return means / np.maximum(means.sum(axis=1, keepdims=True), 1e-300)


def _spread(weights, coded) -> float:
    """Between-class sum of squares, each category scaled by its variance."""
    variance = coded.var(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = (weights.T @ (coded - coded.mean(axis=0))) ** 2 / np.abs(weights.sum(axis=0))[
            :, None
        ]
    return float(np.nansum(np.where(variance > 0, gaps / np.where(variance > 0, variance, 1), 0.0)))
