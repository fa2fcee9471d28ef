"""How small the communes are where some operator is documented, and where none is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from helpers.indicators.coverage import LEVEL


def small_communes_by_cover(
    communes: pd.DataFrame,
    covered: Iterable[str],
    thresholds: Sequence[int],
    *,
    n_resamples: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Compare the share of small communes between départements with and without a documented operator.

    Parameters
    ----------
    communes : DataFrame
        One row per commune: departement (code, empty outside the départements), population (inhabitants, or missing).
    covered : iterable of str
        Codes of the départements in which an operator is documented.
    thresholds : sequence of int
        Sizes in inhabitants; a commune is small when it has fewer.
    n_resamples : int
        Resamples of départements.
    rng : numpy.random.Generator

    Returns
    -------
    DataFrame, one row per threshold
        threshold, total (share in all départements), with_operator, without_operator (shares of communes in [0, 1]),
        difference (with minus without), low, high.

    Raises
    ------
    ValueError
        If a code is no département of the table, or one of the two groups is empty.

    Notes
    -----
    Every commune is counted, so that the shares have no sampling error. The interval answers another question: how far
    could the difference move if other départements, which are few and unequal, stood on each side? Départements are
    resampled whole within each side (cluster bootstrap, percentiles).
    """
    table = communes[communes["departement"] != ""]
    sizes = table["population"]
    counts = pd.DataFrame({"all": table.groupby("departement").size()})
    for threshold in thresholds:
        counts[threshold] = (
            (sizes < threshold).fillna(value=False).groupby(table["departement"]).sum()
        )
    inside = set(covered)
    strangers = sorted(inside - set(counts.index))
    if strangers:
        raise ValueError(f"covered: {strangers[0]!r} is no département of the table of communes")
    sides = [counts[counts.index.isin(inside)], counts[~counts.index.isin(inside)]]
    if any(side.empty for side in sides):
        raise ValueError(
            "covered: départements are needed both with and without a documented operator"
        )
    drawn = [
        side.to_numpy()[rng.integers(len(side), size=(n_resamples, len(side)))].sum(axis=1)
        for side in sides
    ]
    tail = (1 - LEVEL) / 2
    rows = []
    for column, threshold in enumerate(thresholds, start=1):
        there, elsewhere = (side[threshold].sum() / side["all"].sum() for side in sides)
        moved = drawn[0][:, column] / drawn[0][:, 0] - drawn[1][:, column] / drawn[1][:, 0]
        low, high = np.quantile(moved, [tail, 1 - tail])
        rows.append(
            {
                "threshold": threshold,
                "total": counts[threshold].sum() / counts["all"].sum(),
                "with_operator": there,
                "without_operator": elsewhere,
                "difference": there - elsewhere,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)
