"""Specialisation: what takes more room among some operators than it does among all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL


def location_quotient(
    part: float, total: float, reference_part: float, reference_total: float
) -> float:
    """Return the location quotient: a share here, divided by the same share everywhere.

    Parameters
    ----------
    part, total : float
        What is counted in the group, and all that is counted there.
    reference_part, reference_total : float
        The same in the whole, the group included.

    Returns
    -------
    float
        1 where the group is like the whole, more where it is specialised (Isard 1960, *Methods of Regional Analysis*,
        p. 123).

    Raises
    ------
    ValueError
        If a total or the reference part is not positive, or a part is negative.
    """
    if not (total > 0 and reference_total > 0 and reference_part > 0 and part >= 0):
        raise ValueError(
            f"location_quotient needs positive totals and reference, not {part} of {total} "
            f"against {reference_part} of {reference_total}"
        )
    return float((part / total) / (reference_part / reference_total))


def quotient_interval(
    part: int, total: int, reference_part: int, reference_total: int, level: float = LEVEL
) -> tuple[float, float]:
    """Return the interval of a location quotient of counts.

    The group and the rest of the whole are two independent samples; the score interval of the ratio of their shares
    (Koopman 1984, Biometrics 40, p. 513) is carried over to the quotient, which rises with that ratio. It exists for a
    part of 0, where it starts at 0.

    Parameters
    ----------
    part, total, reference_part, reference_total : int
        As in :func:`location_quotient`; the reference includes the group.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If the group is not a part of the reference, or is all of it, or if the reference part is nothing or everything.
    """
    rest_part, rest_total = reference_part - part, reference_total - total
    if not (0 <= part <= total and 0 <= rest_part <= rest_total and rest_total > 0 and total > 0):
        raise ValueError(
            f"quotient_interval needs a group within a larger whole, not {part} of {total} "
            f"within {reference_part} of {reference_total}"
        )
    if reference_part in (0, reference_total):
        raise ValueError(
            f"quotient_interval: {reference_part} of {reference_total} leaves nothing to compare"
        )
    weight = total / reference_total
    low, high = ratio_interval(part, total, rest_part, rest_total, level)
    # No upper end where the rest has none of it: the quotient cannot exceed the whole over the group.
    top = 1 / weight if np.isinf(high) else high / (weight * high + 1 - weight)
    return float(low / (weight * low + 1 - weight)), float(top)


def ratio_interval(
    part: int, total: int, rest_part: int, rest_total: int, level: float = LEVEL
) -> tuple[float, float]:
    """Return the score interval of the ratio of two independent shares (Koopman 1984, Biometrics 40, p. 513).

    The two ratios at which the score test just fails to reject, with the shares restricted to the ratio as in Miettinen
    and Nurminen (1985, Statistics in Medicine 4, p. 213). The closed form of statsmodels is not used: it gives NaN or
    complex ends where a sample is full.

    Parameters
    ----------
    part, total, rest_part, rest_total : int
        Counts of the two samples; not both parts 0.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float
        0 if the first part is 0; infinite if the second is.
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
        return (part / total - ratio * rest_part / rest_total) / np.sqrt(
            max(variance, 1e-300)
        ) - target

    low = 0.0 if part == 0 else float(np.exp(brentq(score, -30, 30, args=(limit,))))
    high = np.inf if rest_part == 0 else float(np.exp(brentq(score, -30, 30, args=(-limit,))))
    return low, high


def group_counts(offered: pd.DataFrame, groups: pd.Series, *, at_least: int = 1) -> pd.DataFrame:
    """Count, for each group and service, the operators seen offering it.

    Parameters
    ----------
    offered : DataFrame of bool, shape (n, m)
        Operators x services.
    groups : Series
        Group of each operator; an operator may stand in several (index repeated).
    at_least : int
        Groups of fewer operators are left out.

    Returns
    -------
    DataFrame of int, shape (g, m)
        Groups by name.

    Raises
    ------
    ValueError
        If an operator of the groups is unknown, or no group is large enough.
    """
    indicator = _indicator(offered, groups, at_least)
    return pd.DataFrame(
        indicator.to_numpy() @ offered.to_numpy().astype(int),
        index=indicator.index,
        columns=offered.columns,
    )


def null_group_counts(
    offered: pd.DataFrame, groups: pd.Series, nulls: np.ndarray, *, at_least: int = 1
) -> np.ndarray:
    """Count the same in tables drawn at random: shape (B, g, m), groups as in :func:`group_counts`."""
    indicator = _indicator(offered, groups, at_least).to_numpy()
    return (
        np.einsum("gn,bnm->bgm", indicator.astype(np.float32), nulls.astype(np.float32))
        .round()
        .astype(int)
    )


def _indicator(offered: pd.DataFrame, groups: pd.Series, at_least: int) -> pd.DataFrame:
    strangers = sorted(set(groups.index) - set(offered.index))
    if strangers:
        raise ValueError(f"groups name {strangers[0]!r}, which is not in the table of operators")
    table = pd.crosstab(groups.to_numpy(), groups.index).clip(upper=1)
    table = table.reindex(columns=offered.index, fill_value=0).loc[
        lambda t: t.sum(axis=1) >= at_least
    ]
    if table.empty:
        raise ValueError(f"no group has {at_least} operators or more")
    return table.rename_axis(index="group", columns="operator")


def location_quotients(
    counts: pd.DataFrame,
    *,
    nulls: np.ndarray | None = None,
    level: float = LEVEL,
    selected_at: float | None = None,
) -> pd.DataFrame:
    """Return the location quotient of every group and item, with its interval and with false discoveries controlled.

    The share of an item among all that was seen in the group is set against its share in the whole. A group that was
    read twice as deeply has about twice the total too, so that depth common to all items cancels out.

    Parameters
    ----------
    counts : DataFrame of int, shape (g, m)
        What was seen, by group (rows) and item (columns); every item at least once, every group something.
    nulls : ndarray of int, shape (B, g, m), optional
        The same counts in random tables that keep how much was seen of each operator and of each item.
    level : float
        Level of the intervals.
    selected_at : float, optional
        False discovery rate at which rows are picked out for comment. The intervals of the quotients are then widened
        for that choice, as :func:`selective_level` says: the largest of many quotients is large by luck, too.

    Returns
    -------
    DataFrame, g x m rows
        group, item, k, total, share, reference (share in the whole), quotient, low, high; p (Fisher's exact test) and
        q (Benjamini and Hochberg 1995, JRSS B 57, p. 289, over all rows); with `nulls` also null_low, null_high
        (central interval of the quotient in random tables), p_null (two-sided, the observed table counted in:
        Phipson and Smyth 2010) and q_null.

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
    rows = []
    for i, group in enumerate(counts.index):
        for j, item in enumerate(counts.columns):
            k, total, part = int(table[i, j]), int(totals[i]), int(parts[j])
            rest = [part - k, whole - total - part + k]
            rows.append(
                {
                    "group": group,
                    "item": item,
                    "k": k,
                    "total": total,
                    "share": k / total,
                    "reference": part / whole,
                    "quotient": location_quotient(k, total, part, whole),
                    "p": float(fisher_exact([[k, total - k], rest])[1]),
                }
            )
    out = pd.DataFrame(rows)
    out["q"] = discoveries(out["p"])
    if nulls is not None:
        # Random tables keep the total of every operator, so that the totals of groups are those observed.
        scale = (parts / whole)[None, :] * totals[:, None]
        ends = np.quantile(nulls / scale, [(1 - level) / 2, (1 + level) / 2], axis=0)
        out["null_low"], out["null_high"] = ends[0].ravel(), ends[1].ravel()
        out["p_null"] = two_sided(table, nulls).ravel()
        out["q_null"] = discoveries(out["p_null"])
    if selected_at is not None:
        level = selective_level(
            int((out["q" if nulls is None else "q_null"] <= selected_at).sum()), len(out), level
        )
    counted = zip(
        table.ravel(), np.repeat(totals, len(parts)), np.tile(parts, len(totals)), strict=True
    )
    ends = [
        quotient_interval(int(k), int(total), int(part), whole, level) for k, total, part in counted
    ]
    out.insert(out.columns.get_loc("quotient") + 1, "low", [low for low, _ in ends])
    out.insert(out.columns.get_loc("low") + 1, "high", [high for _, high in ends])
    return out


def selective_level(n_selected: int, n_tests: int, level: float = LEVEL) -> float:
    """Return the level at which intervals of selected estimates keep their false coverage rate.

    Parameters
    ----------
    n_selected, n_tests : int
        Estimates picked out by the procedure of Benjamini and Hochberg, and all that were looked at. Where none was
        picked out, the one that comes nearest counts as selected.
    level : float
        Share of the selected intervals that shall cover, on average.

    Returns
    -------
    float
        1 - (1 - level) n_selected / n_tests (Benjamini and Yekutieli 2005, JASA 100, p. 71).

    Raises
    ------
    ValueError
        If more are selected than were looked at.
    """
    if not 0 <= n_selected <= n_tests or n_tests == 0:
        raise ValueError(f"selective_level cannot select {n_selected} of {n_tests}")
    return 1 - (1 - level) * max(n_selected, 1) / n_tests


def two_sided(observed: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """Return two-sided p-values of statistics against their draws, the observed one counted in.

    Parameters
    ----------
    observed : ndarray, shape (...)
    nulls : ndarray, shape (B, ...)

    Returns
    -------
    ndarray, shape (...)
        At least 2 / (B + 1) (Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9, 39).
    """
    above = (1 + (nulls >= observed - 1e-12).sum(axis=0)) / (1 + len(nulls))
    below = (1 + (nulls <= observed + 1e-12).sum(axis=0)) / (1 + len(nulls))
    return np.minimum(1.0, 2 * np.minimum(above, below))


def discoveries(p_values) -> np.ndarray:
    """Return p-values adjusted for the false discovery rate (Benjamini and Hochberg 1995), in the order given."""
    from statsmodels.stats.multitest import multipletests

    return multipletests(np.asarray(p_values, dtype=float), method="fdr_bh")[1]
