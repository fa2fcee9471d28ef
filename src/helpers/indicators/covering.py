"""Which départements are covered by what is offered in them, and how much lives there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def territory_cover(
    offers: np.ndarray, operators: Sequence[str], perimeters: pd.DataFrame, population: pd.Series
) -> np.ndarray:
    """Tell which départements have an operator that offers what is asked for.

    Parameters
    ----------
    offers : ndarray of bool, shape (..., n)
        Whether each operator offers it; leading axes are draws.
    operators : sequence of str
        The n operators.
    perimeters : DataFrame
        One row per operator and département: operator, departement.
    population : Series
        Inhabitants by département code: gives the départements and their order.

    Returns
    -------
    ndarray of bool, shape (..., D)

    Raises
    ------
    ValueError
        If the number of operators differs.
    """
    if offers.shape[-1] != len(operators):
        raise ValueError(
            f"offers are about {offers.shape[-1]} operators, and {len(operators)} are named"
        )
    return (
        offers.astype(np.float32) @ presence(operators, perimeters, population).astype(np.float32)
    ) > 0


def presence(
    operators: Sequence[str], perimeters: pd.DataFrame, population: pd.Series
) -> np.ndarray:
    """Return whether each operator works in each département of an indexed table, shape (n, D), bool.

    Raises
    ------
    ValueError
        If a perimeter names a département that the table does not have.
    """
    row = {name: i for i, name in enumerate(operators)}
    column = {code: i for i, code in enumerate(population.index)}
    strangers = sorted(set(perimeters["departement"]) - set(column))
    if strangers:
        raise ValueError(
            f"perimeters name the département {strangers[0]!r}, which is not in the table"
        )
    inside = np.zeros((len(row), len(column)), dtype=bool)
    for operator, code in zip(perimeters["operator"], perimeters["departement"], strict=True):
        if operator in row:
            inside[row[operator], column[code]] = True
    return inside


def share_covered(covered: np.ndarray, weights: pd.Series) -> np.ndarray:
    """Return the share of inhabitants, or of communes, in the départements that are covered.

    Parameters
    ----------
    covered : ndarray of bool, shape (..., D)
    weights : Series, shape (D,)
        Inhabitants or communes, in the same order.

    Returns
    -------
    ndarray, shape (...)
        In [0, 1].
    """
    values = weights.to_numpy(dtype=float)
    return covered @ values / values.sum()
