"""Refusal of impossible evidence tables, before any computation."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _where(table, row: int, column: int | None = None) -> str:
    """Name a cell by position and, for a data frame, by its labels."""
    place = f"row {row}" if column is None else f"row {row}, column {column}"
    if isinstance(table, pd.DataFrame):
        labels = (
            repr(table.index[row])
            if column is None
            else f"{table.index[row]!r}, {table.columns[column]!r}"
        )
        place += f" ({labels})"
    elif isinstance(table, pd.Series):
        place += f" ({table.index[row]!r})"
    return place


def _whole_numbers(values, name: str, ndim: int) -> np.ndarray:
    array = (
        np.ma.filled(values, np.nan)
        if isinstance(values, np.ma.MaskedArray)
        else np.asarray(values)
    )
    if array.dtype == bool:
        array = array.astype(np.int64)
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), not {array.ndim}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: shape {array.shape}")
    try:
        array = array.astype(float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers: {error}") from None
    wrong = ~np.isfinite(array) | (array != np.floor(array)) | (array < 0)
    if wrong.any():
        at = np.argwhere(wrong)[0]
        raise ValueError(
            f"{name}, {_where(values, *at)}: {array[tuple(at)]:g} is not a whole number of pages, zero or more"
        )
    return array.astype(np.int64)


def check_evidence(mentions, visits) -> tuple[np.ndarray, np.ndarray]:
    """Refuse evidence that cannot be counts of pages.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Number of distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Number of distinct pages read for each operator.

    Returns
    -------
    mentions : ndarray of int64, shape (n, m)
    visits : ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        If a value is not a whole number, if an operator has no page read, if a service is mentioned on more pages than
        were read, or if the shapes disagree. The message names the cell.
    """
    counts, depth = _whole_numbers(mentions, "mentions", 2), _whole_numbers(visits, "visits", 1)
    if len(depth) != len(counts):
        raise ValueError(f"visits has {len(depth)} operators where mentions has {len(counts)}")
    if (depth == 0).any():
        row = int(np.argmax(depth == 0))
        raise ValueError(
            f"visits, {_where(visits, row)}: 0 pages read; leave out operators that were never read"
        )
    beyond = counts > depth[:, None]
    if beyond.any():
        row, column = (int(v) for v in np.argwhere(beyond)[0])
        raise ValueError(
            f"mentions, {_where(mentions, row, column)}: {counts[row, column]} mentions on {depth[row]} pages read; "
            "count each page once"
        )
    return counts, depth


def check_detection(detection, n_operators: int, n_services: int) -> np.ndarray | None:
    """Give fixed per-page detection the shape (n, m), or return None when it is to be estimated.

    Parameters
    ----------
    detection : None, float or array-like
        A single rate, one per service (m,) or one per operator and service (n, m), each in (0, 1].
    n_operators, n_services : int
        Expected shape.

    Returns
    -------
    ndarray of float, shape (n, m), or None

    Raises
    ------
    ValueError
        If a rate lies outside (0, 1] or the shape fits neither form.
    """
    if detection is None:
        return None
    rates = np.asarray(detection, dtype=float)
    if rates.shape not in {(), (n_services,), (n_operators, n_services)}:
        raise ValueError(
            f"detection has shape {rates.shape}: give one rate, one per service ({n_services},) "
            f"or one per operator and service ({n_operators}, {n_services})"
        )
    wrong = ~((rates > 0) & (rates <= 1))
    if wrong.any():
        at = tuple(int(v) for v in np.argwhere(wrong)[0])
        raise ValueError(
            f"detection{list(at) if at else ''} is {rates[at]:g}: a rate lies in (0, 1]"
        )
    return np.broadcast_to(rates, (n_operators, n_services)).astype(float)
