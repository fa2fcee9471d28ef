"""How classes go with variables that took no part in making them: bias-adjusted three steps."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

with warnings.catch_warnings():
    # Its docstrings hold invalid escapes, which Python reports when it first compiles it.
    warnings.simplefilter("ignore")
    from stepmix.corrections import compute_bch_matrix


@dataclass(frozen=True)
class ExternalAssociation:
    """Association of classes with an external variable.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per class and category (or per class, category "mean", for a number): `estimate`,
        `low`, `high`, and `modal`, the same figure when every operator is counted in its most
        probable class.
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
    """Mean or distribution of an external variable by class, corrected for classification errors.

    The third step weights operators by the inverse of StepMix's classification-error matrix (Bolck,
    Croon and Hagenaars, as modified by Vermunt), so that uncertain members do not blur the classes.
    Intervals are percentiles over resampled operators; the uncertainty of the classes themselves is
    not in them.

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
    Bolck, Croon and Hagenaars (2004), Political Analysis 12, 3-27. Vermunt (2010), Political
    Analysis 18, 450-469. Bakk, Tekle and Vermunt (2013), Sociological Methodology 43, 272-311.
    """
    probabilities = np.asarray(memberships, dtype=float)
    if (
        probabilities.ndim != 2
        or not np.allclose(probabilities.sum(axis=1), 1, atol=1e-6)
        or probabilities.min() < 0
    ):
        raise ValueError("memberships must be rows of probabilities that sum to 1")
    values = pd.Series(external).reset_index(drop=True)
    if len(values) != len(probabilities):
        raise ValueError(
            f"external has {len(values)} values where memberships has {len(probabilities)} rows"
        )
    known = values.notna().to_numpy()
    if not known.any():
        raise ValueError("external: every value is missing")
    identity, modal = np.eye(probabilities.shape[1]), probabilities.argmax(axis=1)
    # Weight of each operator in each class; rows sum to 1 and may be negative.
    inverse = compute_bch_matrix(probabilities, assignment="modal")[1]
    weights = (identity[modal] @ inverse)[known]
    names, coded = _code(values[known])
    bounded, n = names != ["mean"], int(known.sum())
    resampling, permuting = rng.spawn(2)
    rows = resampling.integers(0, n, (n_resamples, n))
    draws = np.stack([_means(weights[some], coded[some], bounded) for some in rows])
    tail = (1 - level) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail], axis=0)
    columns = {
        "estimate": _means(weights, coded, bounded),
        "low": low,
        "high": high,
        "modal": _means(identity[modal][known], coded, bounded),
    }
    observed = _spread(weights, coded)
    beyond = sum(
        _spread(weights, coded[permuting.permutation(n)]) >= observed - 1e-12
        for _ in range(n_resamples)
    )
    index = pd.MultiIndex.from_product([range(len(identity)), names], names=["class", "category"])
    table = pd.DataFrame({name: array.ravel() for name, array in columns.items()}, index=index)
    return ExternalAssociation(table, (1 + beyond) / (1 + n_resamples), n)


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
    # Negative weights can push a share out of [0, 1]: shares are brought back and sum to 1.
    means = np.clip(means, 0.0, 1.0)
    return means / np.maximum(means.sum(axis=1, keepdims=True), 1e-300)


def _spread(weights, coded) -> float:
    """Between-class sum of squares, each category scaled by its variance."""
    variance = coded.var(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = (weights.T @ (coded - coded.mean(axis=0))) ** 2
        gaps = gaps / np.abs(weights.sum(axis=0))[:, None]
    return float(np.nansum(np.where(variance > 0, gaps / np.where(variance > 0, variance, 1), 0.0)))


def external_table(
    memberships: np.ndarray,
    variables: Mapping[str, pd.Series],
    names: Sequence[str],
    *,
    n_resamples: int = 999,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Relate the classes to several variables that took no part in making them.

    Parameters
    ----------
    memberships : ndarray, shape (n, k)
    variables : mapping of str to Series, length n
        Name shown -> categories or numbers.
    names : sequence of str, length k
        Of the classes.
    n_resamples : int
    rng : numpy.random.Generator
        Each variable has a stream of its own.

    Returns
    -------
    estimates : DataFrame
        Columns variable, category, class, estimate, low, high, modal.
    tests : DataFrame
        Columns variable, n, p_value, p_adjusted (Holm 1979, over the variables).
    """
    parts, tests = [], []
    for (name, values), stream in zip(variables.items(), rng.spawn(len(variables)), strict=True):
        found = external_association(memberships, values, n_resamples=n_resamples, rng=stream)
        part = found.table.reset_index().assign(variable=name)
        part["class"] = [names[c] for c in part["class"]]
        parts.append(part[["variable", "category", "class", "estimate", "low", "high", "modal"]])
        tests.append((name, found.n, found.p_value))
    summary = pd.DataFrame(tests, columns=["variable", "n", "p_value"])
    summary["p_adjusted"] = multipletests(summary["p_value"], method="holm")[1]
    return pd.concat(parts, ignore_index=True), summary
