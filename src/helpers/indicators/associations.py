"""What goes with what, against random tables: services together, and services of a group."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL, central_interval
from helpers.typology import curveball


def null_tables(matrix, n_null: int, rng: np.random.Generator) -> np.ndarray:
    """Draw random tables that keep the total of every row and of every column of a binary table.

    Keeping how many services were seen of each operator keeps how deeply it was read, as far as
    that shows in totals. Shape (n_null, n, m), int8, each by :func:`helpers.typology.curveball`.
    """
    table = np.asarray(matrix).astype(np.int8)
    return np.stack([curveball(table, rng) for _ in range(n_null)])


def two_sided(observed: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """Return two-sided p-values of statistics, shape (...), against draws, shape (B, ...).

    The observed one is counted in, so that they are at least 2 / (B + 1) (Phipson and Smyth 2010,
    Statistical Applications in Genetics and Molecular Biology 9, 39).
    """
    above = (1 + (nulls >= observed - 1e-12).sum(axis=0)) / (1 + len(nulls))
    below = (1 + (nulls <= observed + 1e-12).sum(axis=0)) / (1 + len(nulls))
    return np.minimum(1.0, 2 * np.minimum(above, below))


def discoveries(p_values) -> np.ndarray:
    """Return p-values adjusted for the false discovery rate (Benjamini and Hochberg 1995)."""
    from statsmodels.stats.multitest import multipletests

    return multipletests(np.asarray(p_values, dtype=float), method="fdr_bh")[1]


@dataclass(frozen=True)
class NullTest:
    """A statistic against its draws.

    Attributes
    ----------
    observed, mean, low, high : float
        The statistic, mean and central interval of the draws.
    p_value : float
        Two-sided.
    p_greater : float
        Share of the draws that are as large, the statistic counted in.
    null : ndarray, shape (B,)
    """

    observed: float
    mean: float
    low: float
    high: float
    p_value: float
    p_greater: float
    null: np.ndarray


def against_nulls(observed: float, null) -> NullTest:
    """Set a statistic against its draws, one at least."""
    null = np.asarray(null, dtype=float)
    low, high = map(float, central_interval(null))
    greater = (1 + int((null >= observed - 1e-12).sum())) / (1 + len(null))
    p = float(two_sided(np.float64(observed), null))
    return NullTest(float(observed), float(null.mean()), low, high, p, greater, null)


def nodf(matrix) -> float:
    """Return the NODF of a binary table, from 0 to 100.

    For two rows of unequal totals, the share of the poorer row's services that the richer one has
    too; for two of equal totals, 0; the mean over pairs of rows and pairs of columns, in percent
    (Almeida-Neto et al. 2008, Oikos 117, p. 1229-1231).
    """
    table = np.asarray(matrix).astype(np.float64)
    pairs, overlaps = 0.0, []
    for side in (table, table.T):
        totals = side.sum(axis=1)
        smaller = np.minimum.outer(totals, totals)
        counts = np.not_equal.outer(totals, totals) & (smaller > 0)
        overlaps.append((side @ side.T)[counts] / smaller[counts])
        pairs += len(side) * (len(side) - 1) / 2
    return float(100 * sum(overlap.sum() / 2 for overlap in overlaps) / pairs)


def nestedness_test(matrix, nulls: np.ndarray) -> NullTest:
    """Set the NODF of a table, shape (n, m), against that of random tables, shape (B, n, m)."""
    return against_nulls(nodf(matrix), [nodf(table) for table in nulls])


def cooccurrence(offered: pd.DataFrame, nulls: np.ndarray) -> pd.DataFrame:
    """Count the operators that offer two services together, against random tables.

    `nulls` are as from :func:`null_tables`. One row per pair, in the order of the columns: first,
    second, together, expected, null_low, null_high, p (two-sided), q (false discovery rate over all
    pairs).
    """
    table = offered.to_numpy().astype(np.float32)
    first, second = np.array(list(combinations(range(table.shape[1]), 2))).T
    observed = (table.T @ table)[first, second]
    drawn = np.stack([(null.T @ null)[first, second] for null in nulls.astype(np.float32)])
    low, high = central_interval(drawn)
    p = two_sided(observed, drawn)
    return pd.DataFrame(
        {
            "first": offered.columns[first],
            "second": offered.columns[second],
            "together": observed.round().astype(int),
            "expected": drawn.mean(axis=0, dtype=float),
            "null_low": low.astype(float),
            "null_high": high.astype(float),
            "p": p,
            "q": discoveries(p),
        }
    )


def smallest_cell(offered: pd.DataFrame, first: pd.Series, second: pd.Series) -> np.ndarray:
    """Return the fewest operators, one at least, in a cell of the two-way table of two services.

    Of those who offer both, one, the other or neither: what a reader who knows both totals could
    work out. `first` and `second` name one pair a row.
    """
    one, other = (offered[list(names)].to_numpy() for names in (first, second))
    cells = np.stack([(one & other), (one & ~other), (~one & other), (~one & ~other)]).sum(axis=1)
    return np.where(cells > 0, cells, len(offered)).min(axis=0)


def quotient_interval(
    part: int, total: int, reference_part: int, reference_total: int, level: float
) -> tuple[float, float]:
    """Return the interval of a location quotient of counts; the reference includes the group.

    The group and the rest of the whole are two independent samples; the score interval of the
    ratio of their shares is carried over to the quotient, which rises with that ratio. It exists
    for a part of 0, where it starts at 0.
    """
    rest_part, rest_total = reference_part - part, reference_total - total
    weight = total / reference_total
    low, high = ratio_interval(part, total, rest_part, rest_total, level)
    # No upper end where the rest has none of it: the quotient stays below the whole over the group.
    top = 1 / weight if np.isinf(high) else high / (weight * high + 1 - weight)
    return float(low / (weight * low + 1 - weight)), float(top)


def ratio_interval(
    part: int, total: int, rest_part: int, rest_total: int, level: float
) -> tuple[float, float]:
    """Return the score interval of the ratio of two independent shares, not both 0.

    The two ratios at which the score test just fails to reject (Koopman 1984, Biometrics 40,
    p. 513), with the shares restricted to the ratio as in Miettinen and Nurminen (1985, Statistics
    in Medicine 4, p. 213). The closed form of statsmodels gives NaN or complex ends where a sample
    is full. The low end is 0 if the first part is 0; the high one infinite if the second is.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    limit = norm.ppf((1 + level) / 2)

    def score(log_ratio: float, target: float) -> float:
        ratio = np.exp(log_ratio)
        a = (total + rest_total) * ratio
        b = total * ratio + part + rest_total + rest_part * ratio
        second = (b - np.sqrt(max(b * b - 4 * a * (part + rest_part), 0.0))) / (2 * a)
        first = ratio * second
        variance = first * (1 - first) / total + ratio**2 * second * (1 - second) / rest_total
        difference = part / total - ratio * rest_part / rest_total
        return difference / np.sqrt(max(variance, 1e-300)) - target

    low = 0.0 if part == 0 else float(np.exp(brentq(score, -30, 30, args=(limit,))))
    high = np.inf if rest_part == 0 else float(np.exp(brentq(score, -30, 30, args=(-limit,))))
    return low, high


def group_counts(offered: pd.DataFrame, groups: pd.Series, *, at_least: int = 1) -> pd.DataFrame:
    """Count, for each group and service, the operators seen offering it: int, shape (g, m).

    `groups` holds the group of each operator, which may stand in several (index repeated); groups
    of fewer than `at_least` operators are left out.
    """
    inside = _indicator(offered, groups, at_least)
    counts = inside.to_numpy() @ offered.to_numpy().astype(int)
    return pd.DataFrame(counts, index=inside.index, columns=offered.columns)


def null_group_counts(
    offered: pd.DataFrame, groups: pd.Series, nulls: np.ndarray, *, at_least: int = 1
) -> np.ndarray:
    """Count the same in tables drawn at random: shape (B, g, m), as in :func:`group_counts`."""
    inside = _indicator(offered, groups, at_least).to_numpy()
    counts = np.einsum("gn,bnm->bgm", inside.astype(np.float32), nulls.astype(np.float32))
    return counts.round().astype(int)


def _indicator(offered: pd.DataFrame, groups: pd.Series, at_least: int) -> pd.DataFrame:
    table = pd.crosstab(groups.to_numpy(), groups.index).clip(upper=1)
    table = table.reindex(columns=offered.index, fill_value=0)
    return table[table.sum(axis=1) >= at_least].rename_axis(index="group", columns="operator")


def location_quotients(
    counts: pd.DataFrame,
    *,
    nulls: np.ndarray | None = None,
    selected_at: float | None = None,
) -> pd.DataFrame:
    """Return the quotients of all groups and items of a table of counts, with their uncertainty.

    Parameters
    ----------
    counts : DataFrame of int, shape (g, m)
        Groups x items.
    nulls : ndarray, shape (B, g, m), optional
        The same counts in random tables, as from :func:`null_group_counts`.
    selected_at : float, optional
        Level of the false discovery rate at which readers will pick quotients out: intervals are
        then wider, so that those picked out are not too sure (Benjamini and Yekutieli 2005).

    Returns
    -------
    DataFrame, one row per group and item
        group, item, k, total, share, reference, quotient (share over reference: Isard 1960), low,
        high, p (Fisher's exact test of the group against the rest), q (false discovery rate); with
        `nulls` also null_low, null_high, p_null, q_null.

    Raises
    ------
    ValueError
        If a group or an item has nothing seen.
    """
    from scipy.stats import fisher_exact

    table = counts.to_numpy()
    totals, parts, whole = table.sum(axis=1), table.sum(axis=0), int(table.sum())
    if empty := [*counts.index[totals == 0], *counts.columns[parts == 0]]:
        raise ValueError(f"{empty[0]!r} has nothing seen: leave it out")
    cells = pd.MultiIndex.from_product([counts.index, counts.columns], names=["group", "item"])
    out = pd.DataFrame({"k": table.ravel()}, index=cells).reset_index()
    out["total"] = np.repeat(totals, len(parts))
    of_item = np.tile(parts, len(totals))
    out["share"], out["reference"] = out["k"] / out["total"], of_item / whole
    out["quotient"] = out["share"] / out["reference"]
    cells = list(zip(out["k"].tolist(), out["total"].tolist(), of_item.tolist(), strict=True))
    out["p"] = [
        float(fisher_exact([[k, total - k], [part - k, whole - total - part + k]])[1])
        for k, total, part in cells
    ]
    out["q"] = discoveries(out["p"])
    if nulls is not None:
        # Random tables keep the total of every operator, so that the totals of groups stay.
        scale = (parts / whole)[None, :] * totals[:, None]
        ends = np.quantile(nulls / scale, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        out["null_low"], out["null_high"] = ends[0].ravel(), ends[1].ravel()
        out["p_null"] = two_sided(table, nulls).ravel()
        out["q_null"] = discoveries(out["p_null"])
    level = LEVEL
    if selected_at is not None:
        kept = int((out["q" if nulls is None else "q_null"] <= selected_at).sum())
        # Where none was picked out, the one that comes nearest counts as selected.
        level = 1 - (1 - level) * max(kept, 1) / len(out)
    ends = [quotient_interval(k, total, part, whole, level) for k, total, part in cells]
    for place, (name, bounds) in enumerate(
        zip(("low", "high"), zip(*ends, strict=True), strict=True)
    ):
        out.insert(out.columns.get_loc("quotient") + 1 + place, name, bounds)
    return out
