"""Checks of tables of counts and of settings, before any computation."""

from __future__ import annotations

import numpy as np
import pandas as pd


def cell_name(table, row: int, column: int | None = None) -> str:
    """Name a row or cell by its position and, for a data frame or series, by its labels."""
    place = f"row {row}" if column is None else f"row {row}, column {column}"
    if not isinstance(table, (pd.DataFrame, pd.Series)):
        return place
    labels = [repr(table.index[row])]
    if column is not None:
        labels.append(repr(table.columns[column]))
    return f"{place} ({', '.join(labels)})"


def read_counts(values, name: str, ndim: int = 2, *, highest=np.inf, missing=False) -> np.ndarray:
    """Return whole numbers from 0 to `highest` as floats, NaN where missing, or name the cell."""
    cells = np.asarray(values, dtype=object)
    if cells.ndim != ndim or cells.size == 0:
        raise ValueError(f"{name}: {ndim} dimension(s) and a value are needed, not {cells.shape}")
    flat = pd.Series(cells.ravel(), dtype=object)
    numbers = pd.to_numeric(flat, errors="coerce").to_numpy(float, na_value=np.nan)
    numbers = numbers.reshape(cells.shape)
    right = (numbers >= 0) & (numbers <= highest) & (numbers == np.floor(numbers))
    right &= np.isfinite(numbers)
    unknown = pd.isna(cells)
    wrong = ~(right | (unknown & missing))
    if wrong.any():
        at = tuple(int(v) for v in np.argwhere(wrong)[0])
        what = f"from 0 to {highest}" if np.isfinite(highest) else "zero or more"
        raise ValueError(
            f"{name}, {cell_name(values, *at)}: {cells[at]} is not a whole number, {what}"
        )
    for axis in range(ndim) if missing else ():
        empty = unknown.all(axis=axis)
        if empty.any():
            side = "row" if axis == ndim - 1 else "column"
            raise ValueError(f"{name}, {side} {int(empty.argmax())}: every cell is missing")
    return numbers


def check_number(value, name: str, least: int = 1) -> int:
    """Refuse what is not a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}: give a whole number, {least} or more")
    return int(value)


def check_generator(rng) -> None:
    """Refuse anything but an explicit random generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng is {type(rng).__name__}: give a numpy.random.Generator")


def align(values, table, name: str):
    """Put the rows of `values` in the order of those of `table`, where both carry labels.

    Raises
    ------
    ValueError
        If their labels are not the same.
    """
    if not hasattr(values, "reindex") or not hasattr(table, "reindex"):
        return values
    if values.index.equals(table.index):
        return values
    unknown = values.index.symmetric_difference(table.index)
    if len(unknown) or not values.index.is_unique:
        example = repr(unknown[0]) if len(unknown) else "a label that stands twice"
        raise ValueError(f"{name} and mentions are not of the same operators: {example}")
    return values.reindex(table.index)


def check_evidence(mentions, visits) -> tuple[np.ndarray, np.ndarray]:
    """Refuse evidence that cannot be counts of pages.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Number of distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Number of distinct pages read for each operator; a series is put in the order of `mentions`.

    Returns
    -------
    mentions : ndarray of int64, shape (n, m)
    visits : ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        If a value is no whole number, an operator has no page read, a service is on more pages than
        were read, or operators or shapes disagree. The message names the cell.
    """
    visits = align(visits, mentions, "visits")
    counts = read_counts(mentions, "mentions").astype(np.int64)
    depth = read_counts(visits, "visits", 1).astype(np.int64)
    if len(depth) != len(counts):
        raise ValueError(f"visits has {len(depth)} operators where mentions has {len(counts)}")
    if (depth == 0).any():
        place = cell_name(visits, int(np.argmax(depth == 0)))
        raise ValueError(f"visits, {place}: 0 pages read; leave out operators never read")
    beyond = counts > depth[:, None]
    if beyond.any():
        row, column = (int(v) for v in np.argwhere(beyond)[0])
        raise ValueError(
            f"mentions, {cell_name(mentions, row, column)}: {counts[row, column]} mentions on "
            f"{depth[row]} pages read; count each page once"
        )
    return counts, depth


def check_detection(detection, n_operators: int, n_services: int) -> np.ndarray | None:
    """Give fixed per-page detection the shape (n, m); None when it is to be estimated.

    One rate, one per service (m,), or one per operator and service (n, m), each in (0, 1].
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
        place = list(at) if at else ""
        raise ValueError(f"detection{place} is {rates[at]:g}: a rate lies in (0, 1]")
    return np.broadcast_to(rates, (n_operators, n_services)).astype(float)


def check_model(mentions, visits, detection):
    """Check evidence and detection together; where detection is 1, any mention counts as seen.

    Returns `mentions` (n, m), `visits` (n,) and `detection` (n, m), or None if it is estimated.
    """
    counts, depth = check_evidence(mentions, visits)
    rates = check_detection(align(detection, mentions, "detection"), *counts.shape)
    if rates is not None:
        counts = np.where((rates == 1) & (counts > 0), depth[:, None], counts)
    return counts, depth, rates
