"""How unequally something is shared out: Gini index and Lorenz curve, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.indicators.coverage import central_interval


def _amounts(values) -> np.ndarray:
    amounts = np.asarray(values, dtype=float)
    if amounts.shape[-1] < 2 or not (amounts >= 0).all() or not amounts.sum(axis=-1).all():
        raise ValueError("inequality needs two amounts or more, none negative and not all 0")
    return np.sort(amounts, axis=-1)


def gini(values):
    """Return the Gini index along the last axis, times n/(n-1).

    So corrected, one member who holds everything gives 1 and small groups can be compared with
    large ones (Deltas 2003, Review of Economics and Statistics 85, p. 226).
    """
    amounts = _amounts(values)
    n = amounts.shape[-1]
    ranks = np.arange(1, n + 1)
    index = 2 * (amounts * ranks).sum(axis=-1) / (n * amounts.sum(axis=-1)) - (n + 1) / n
    out = index * n / (n - 1)
    return float(out) if out.ndim == 0 else out


def lorenz(values) -> np.ndarray:
    """Return the share of the total held by the 0, 1/n, ..., 1 who have least (Lorenz 1905)."""
    amounts = _amounts(values)
    held = np.cumsum(amounts, axis=-1) / amounts.sum(axis=-1, keepdims=True)
    return np.concatenate([np.zeros((*held.shape[:-1], 1)), held], axis=-1)


def curve_at(curve: pd.DataFrame, steps: int) -> pd.DataFrame:
    """Return a Lorenz curve at equal steps of members, so that no step is about one alone."""
    at = np.linspace(0, 1, steps + 1)
    read = {name: np.interp(at, curve["members"], curve[name]) for name in ("held", "low", "high")}
    return pd.DataFrame({"members": at, **read})


@dataclass(frozen=True)
class Inequality:
    """A Gini index with its interval, and a Lorenz curve: members, held, low, high (n + 1 rows)."""

    n: int
    gini: float
    low: float
    high: float
    curve: pd.DataFrame


def inequality(values, *, n_resamples: int, rng: np.random.Generator) -> Inequality:
    """Return Gini index and Lorenz curve with bootstrap intervals.

    Parameters
    ----------
    values : array-like, shape (n,) or (n_draws, n)
        Amounts, not negative, not all 0; of several rows (draws) each resample takes one.

    Notes
    -----
    Drawing with replacement gives pairs of one member with itself, which makes resamples more
    equal by (n-1)/n on average: that factor is taken back, so that the interval stands around the
    estimate. Resamples in which all amounts are 0 are drawn as perfectly equal.
    """
    _amounts(values)
    draws = np.atleast_2d(np.asarray(values, dtype=float))
    n = draws.shape[1]
    rows = rng.integers(len(draws), size=n_resamples)
    members = rng.integers(n, size=(n_resamples, n))
    drawn = draws[rows[:, None], members]
    drawn[drawn.sum(axis=1) == 0] = 1.0
    low, high = central_interval(np.minimum(gini(drawn) * n / (n - 1), 1.0))
    ends = dict(zip(("low", "high"), central_interval(lorenz(drawn)), strict=True))
    held = lorenz(draws).mean(axis=0)
    curve = pd.DataFrame({"members": np.linspace(0, 1, n + 1), "held": held} | ends)
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

    `draws`, shape (n_draws, n), and `naive`, shape (n,), are amounts drawn and as seen of the
    `operators`, in order; `groups` holds the group of each, which may stand in several; groups
    smaller than `at_least` are left out. Columns: group, n, naive (mean as seen), mean, low, high,
    gini, gini_low, gini_high; largest mean first.
    """
    table, seen = np.asarray(draws, dtype=float), np.asarray(naive, dtype=float)
    place = {name: i for i, name in enumerate(operators)}
    known = groups[groups.index.isin(place)]
    rows = []
    for group, members in known.groupby(known, sort=True):
        own = [place[name] for name in sorted(set(members.index))]
        n = len(own)
        if n < at_least:
            continue
        stream = rng.spawn(1)[0]
        picked = stream.integers(len(table), size=(n_resamples, 1))
        means = table[:, own][picked, stream.integers(n, size=(n_resamples, n))].mean(axis=1)
        found = inequality(table[:, own], n_resamples=n_resamples, rng=stream)
        mean = seen[own].mean(), table[:, own].mean(), *central_interval(means)
        rows.append((group, n, *mean, found.gini, found.low, found.high))
    columns = ["group", "n", "naive", "mean", "low", "high", "gini", "gini_low", "gini_high"]
    out = pd.DataFrame(rows, columns=columns)
    return out.sort_values(["mean", "group"], ascending=[False, True], ignore_index=True)
