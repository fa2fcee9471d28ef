"""Specialisation: what takes more place among some operators than it does among all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL
from helpers.indicators.nulls import discoveries, two_sided


def quotient_interval(
    part: int, total: int, reference_part: int, reference_total: int, level: float = LEVEL
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
    part: int, total: int, rest_part: int, rest_total: int, level: float = LEVEL
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
    strangers = sorted(set(groups.index) - set(offered.index))
    if strangers:
        raise ValueError(f"groups name {strangers[0]!r}, which is not among the operators")
    table = pd.crosstab(groups.to_numpy(), groups.index).clip(upper=1)
    table = table.reindex(columns=offered.index, fill_value=0)
    table = table[table.sum(axis=1) >= at_least]
    if table.empty:
        raise ValueError(f"no group has {at_least} operators or more")
    return table.rename_axis(index="group", columns="operator")


def location_quotients(
    counts: pd.DataFrame,
    *,
    nulls: np.ndarray | None = None,
    selected_at: float | None = None,
    level: float = LEVEL,
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
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame, one row per group and item
        group, item, k, total, share, reference, quotient (share over reference: Isard 1960), low,
        high, p (Fisher's exact test of the group against the rest), q (false discovery rate); with
        `nulls` also null_low, null_high, p_null, q_null.

    Raises
    ------
    ValueError
        If there is one group only, or a group or an item with nothing seen.
    """
    from scipy.stats import fisher_exact

    table = counts.to_numpy()
    if len(table) < 2:
        raise ValueError("location_quotients needs two groups at least")
    for axis, names, what in ((1, counts.index, "group"), (0, counts.columns, "item")):
        empty = np.flatnonzero(table.sum(axis=axis) == 0)
        if len(empty):
            raise ValueError(f"{what} {names[empty[0]]!r} has nothing seen: leave it out")
    totals, parts, whole = table.sum(axis=1), table.sum(axis=0), int(table.sum())
    cells = pd.MultiIndex.from_product([counts.index, counts.columns], names=["group", "item"])
    out = pd.DataFrame({"k": table.ravel()}, index=cells).reset_index()
    out["total"] = np.repeat(totals, len(parts))
    out["share"] = out["k"] / out["total"]
    out["reference"] = np.tile(parts, len(totals)) / whole
    out["quotient"] = out["share"] / out["reference"]
    cells = [
        (int(k), int(total), int(part))
        for k, total, part in zip(out["k"], out["total"], np.tile(parts, len(totals)), strict=True)
    ]
    out["p"] = [
        float(fisher_exact([[k, total - k], [part - k, whole - total - part + k]])[1])
        for k, total, part in cells
    ]
    out["q"] = discoveries(out["p"])
    if nulls is not None:
        # Random tables keep the total of every operator, so that the totals of groups stay.
        scale = (parts / whole)[None, :] * totals[:, None]
        ends = np.quantile(nulls / scale, [(1 - level) / 2, (1 + level) / 2], axis=0)
        out["null_low"], out["null_high"] = ends[0].ravel(), ends[1].ravel()
        out["p_null"] = two_sided(table, nulls).ravel()
        out["q_null"] = discoveries(out["p_null"])
    if selected_at is not None:
        kept = int((out["q" if nulls is None else "q_null"] <= selected_at).sum())
        # Where none was picked out, the one that comes nearest counts as selected.
        level = 1 - (1 - level) * max(kept, 1) / len(out)
    ends = [quotient_interval(k, total, part, whole, level) for k, total, part in cells]
    place = out.columns.get_loc("quotient") + 1
    out.insert(place, "low", [low for low, _ in ends])
    out.insert(place + 1, "high", [high for _, high in ends])
    return out
