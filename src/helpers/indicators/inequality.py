"""How unequally something is shared out: Gini index and Lorenz curve, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL


def _amounts(values) -> np.ndarray:
    amounts = np.asarray(values, dtype=float)
    if amounts.ndim < 1 or amounts.shape[-1] < 2:
        raise ValueError(f"inequality needs two amounts at least, not shape {amounts.shape}")
    if not np.isfinite(amounts).all() or (amounts < 0).any():
        raise ValueError("inequality needs finite amounts that are not negative")
    if (amounts.sum(axis=-1) == 0).any():
        raise ValueError("inequality is not defined where every amount is 0")
    return amounts


def gini(values, *, corrected: bool = True):
    """Return the Gini index: half of the mean difference between two members, over the mean.

    Parameters
    ----------
    values : array-like, shape (..., n)
        Amounts, not negative, not all 0; the index is taken along the last axis.
    corrected : bool
        Multiply by n/(n-1), so that one member who holds everything gives 1 and small groups can be compared with
        large ones (Deltas 2003, Review of Economics and Statistics 85, p. 226).

    Returns
    -------
    float or ndarray, shape (...)
        In [0, 1]: 0 when all have the same.

    Raises
    ------
    ValueError
        If there are fewer than two amounts, one is negative or not finite, or all are 0.
    """
    amounts = np.sort(_amounts(values), axis=-1)
    n = amounts.shape[-1]
    ranks = np.arange(1, n + 1)
    index = 2 * (amounts * ranks).sum(axis=-1) / (n * amounts.sum(axis=-1)) - (n + 1) / n
    out = index * n / (n - 1) if corrected else index
    return float(out) if out.ndim == 0 else out


def lorenz(values) -> np.ndarray:
    """Return the Lorenz curve: the share of the total held by the members who have least.

    Parameters
    ----------
    values : array-like, shape (..., n)
        As for :func:`gini`.

    Returns
    -------
    ndarray, shape (..., n + 1)
        From 0 to 1, at 0, 1/n, ..., 1 of the members (Lorenz 1905, Publications of the American Statistical
        Association 9, p. 209).
    """
    amounts = np.sort(_amounts(values), axis=-1)
    held = np.cumsum(amounts, axis=-1) / amounts.sum(axis=-1, keepdims=True)
    return np.concatenate([np.zeros((*held.shape[:-1], 1)), held], axis=-1)


def curve_at(curve: pd.DataFrame, steps: int) -> pd.DataFrame:
    """Return a Lorenz curve at equal steps of members, so that no step is about one member alone.

    Parameters
    ----------
    curve : DataFrame
        members, held, low, high, as `Inequality` holds it.
    steps : int
        Number of steps from 0 to 1.

    Returns
    -------
    DataFrame, steps + 1 rows
        The same columns, read off the curve.
    """
    at = np.linspace(0, 1, steps + 1)
    read = {name: np.interp(at, curve["members"], curve[name]) for name in ("held", "low", "high")}
    return pd.DataFrame({"members": at, **read})


def gathered(groups: pd.Series, at_least: int, other: str) -> pd.Series:
    """Return groups of which none is small: the small ones form one, joined by the next smallest while it is too small.

    Parameters
    ----------
    groups : Series of str
        Group of each operator, each operator once.
    at_least : int
        Fewest operators of a group.
    other : str
        Name of the group that is formed.

    Returns
    -------
    Series of str
        A mean of all and the means of these groups tell nothing of a smaller one.
    """
    sizes = groups.value_counts().sort_index().sort_values(kind="stable")
    small = [name for name in sizes.index if sizes[name] < at_least]
    for name in sizes.index:
        if small and name not in small and sizes[small].sum() < at_least:
            small.append(name)
    return groups.mask(groups.isin(small), other)


@dataclass(frozen=True)
class Inequality:
    """A Gini index and a Lorenz curve with their intervals.

    Attributes
    ----------
    n : int
        Members.
    gini, low, high : float
    curve : DataFrame, n + 1 rows
        members (share, from 0 to 1), held (share of the total), low, high (pointwise).
    """

    n: int
    gini: float
    low: float
    high: float
    curve: pd.DataFrame


def inequality(
    values, *, n_resamples: int, rng: np.random.Generator, level: float = LEVEL
) -> Inequality:
    """Return Gini index and Lorenz curve with bootstrap intervals.

    Parameters
    ----------
    values : array-like, shape (n,) or (n_draws, n)
        Amounts; several rows are draws of amounts that are themselves uncertain, and each resample then takes one row
        at random, so that the interval holds both uncertainties.
    n_resamples : int
        Resamples of members.
    rng : numpy.random.Generator
    level : float
        Nominal coverage.

    Returns
    -------
    Inequality

    Raises
    ------
    ValueError
        As for :func:`gini`, or if `n_resamples` is not positive.

    Notes
    -----
    Drawing with replacement gives pairs of one member with itself, which makes resamples more equal by (n-1)/n on
    average: that factor is taken back, so that the interval stands around the estimate. Resamples in which all amounts
    are 0 are drawn as perfectly equal.
    """
    draws = np.atleast_2d(_amounts(values))
    if n_resamples < 1:
        raise ValueError(f"n_resamples is {n_resamples}: give a positive number")
    n = draws.shape[1]
    rows = rng.integers(len(draws), size=n_resamples)
    members = rng.integers(n, size=(n_resamples, n))
    drawn = draws[rows[:, None], members]
    drawn[drawn.sum(axis=1) == 0] = 1.0
    tail = (1 - level) / 2
    index = np.minimum(gini(drawn) * n / (n - 1), 1.0)
    low, high = np.quantile(index, [tail, 1 - tail])
    curves = np.quantile(lorenz(drawn), [tail, 1 - tail], axis=0)
    curve = pd.DataFrame(
        {
            "members": np.linspace(0, 1, n + 1),
            "held": lorenz(draws).mean(axis=0),
            "low": curves[0],
            "high": curves[1],
        }
    )
    return Inequality(n, float(np.mean(gini(draws))), float(low), float(high), curve)


def inequality_by(
    draws,
    naive,
    groups: pd.Series,
    operators,
    *,
    at_least: int,
    n_resamples: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return mean and Gini index within groups of operators.

    Parameters
    ----------
    draws : array-like, shape (n_draws, n)
        Draws of the amount of each operator.
    naive : array-like, shape (n,)
        Amounts as seen.
    groups : Series
        Group by operator; an operator may stand in several (index repeated).
    operators : sequence of str
        The n operators, in order.
    at_least : int
        Smaller groups are left out; 2 or more.
    n_resamples : int
    rng : numpy.random.Generator

    Returns
    -------
    DataFrame, one row per group, largest mean first
        group, n, naive (mean as seen), mean, low, high, gini, gini_low, gini_high.

    Raises
    ------
    ValueError
        If no group is large enough.
    """
    table, seen = np.asarray(draws, dtype=float), np.asarray(naive, dtype=float)
    place = {name: i for i, name in enumerate(operators)}
    known = groups[groups.index.isin(place)]
    tail = (1 - LEVEL) / 2
    rows = []
    for group, members in known.groupby(known, sort=True):
        own = [place[name] for name in sorted(set(members.index))]
        n = len(own)
        if n < max(at_least, 2):
            continue
        stream = rng.spawn(1)[0]
        picked = stream.integers(len(table), size=(n_resamples, 1))
        means = table[:, own][picked, stream.integers(n, size=(n_resamples, n))].mean(axis=1)
        low, high = np.quantile(means, [tail, 1 - tail])
        shared = inequality(table[:, own], n_resamples=n_resamples, rng=stream)
        rows.append(
            {
                "group": group,
                "n": n,
                "naive": seen[own].mean(),
                "mean": table[:, own].mean(),
                "low": low,
                "high": high,
                "gini": shared.gini,
                "gini_low": shared.low,
                "gini_high": shared.high,
            }
        )
    if not rows:
        raise ValueError(f"groups: none has {max(at_least, 2)} operators or more")
    return pd.DataFrame(rows).sort_values(
        ["mean", "group"], ascending=[False, True], ignore_index=True
    )
