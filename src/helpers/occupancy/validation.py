"""Checks of tables of counts, before any computation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.profiles import Profiles


def read_counts(values, name: str, *, lowest=0, highest=np.inf, missing=False) -> np.ndarray:
    """Whole numbers from `lowest` to `highest` as floats, NaN where missing; else name the cell."""
    table = pd.DataFrame(values).astype(float)
    numbers = table.to_numpy()
    wrong = ~((numbers >= lowest) & (numbers <= highest) & np.isfinite(numbers))
    wrong |= numbers != np.floor(numbers)
    if missing:
        wrong &= ~np.isnan(numbers)
    if wrong.any():
        found = f"{numbers[wrong][0]:g} is not a whole number from {lowest}"
        upper = f" to {highest}" if np.isfinite(highest) else ""
        raise ValueError(f"{name}, {_place(table, wrong)}: {found}{upper}")
    return numbers


def read_profiles(profiles, *, missing: bool = False) -> np.ndarray:
    """Binary table (n, m) as floats, of `Profiles` what is offered; else name the cell."""
    table = profiles.offered if isinstance(profiles, Profiles) else profiles
    return read_counts(table, "profiles", highest=1, missing=missing)


def _place(table: pd.DataFrame, wrong: np.ndarray) -> str:
    """Labels of the first wrong cell, which are its positions where a table carries none."""
    row, column = np.argwhere(wrong)[0]
    return f"row {table.index[row]!r}, column {table.columns[column]!r}"


def align(values, table):
    """Put the rows of `values` in the order of those of `table`, where both carry labels."""
    labelled = hasattr(values, "loc") and hasattr(table, "loc")
    return values.loc[table.index] if labelled else values


def check_evidence(mentions, visits) -> tuple[np.ndarray, np.ndarray]:
    """Refuse evidence that cannot be counts of pages.

    Parameters
    ----------
    mentions : array-like of int, shape (n, m)
        Number of distinct pages of each operator that mention each service.
    visits : array-like of int, shape (n,)
        Number of distinct pages read for each operator, at least 1: operators never read must be
        left out. A series is put in the order of `mentions`.

    Returns
    -------
    mentions : ndarray of int64, shape (n, m)
    visits : ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        If a value is no whole number, an operator has no page read, a service is on more pages than
        were read, or lengths differ. The message names the cell.
    KeyError
        If an operator has no visits.
    """
    counts = read_counts(mentions, "mentions").astype(np.int64)
    depth = read_counts(align(visits, mentions), "visits", lowest=1).astype(np.int64).ravel()
    if len(depth) != len(counts):
        raise ValueError(f"visits has {len(depth)} operators where mentions has {len(counts)}")
    beyond = counts > depth[:, None]
    if beyond.any():
        pages = f"{counts[beyond][0]} mentions on {depth[beyond.any(axis=1)][0]} pages read"
        place = _place(pd.DataFrame(mentions), beyond)
        raise ValueError(f"mentions, {place}: {pages}; count each page once")
    return counts, depth


def check_detection(detection, n_operators: int, n_services: int) -> np.ndarray | None:
    """Give fixed per-page detection the shape (n, m); None when it is to be estimated.

    One rate, one per service (m,), or one per operator and service (n, m), each in (0, 1].
    """
    if detection is None:
        return None
    rates = np.asarray(detection, dtype=float)
    if not ((rates > 0) & (rates <= 1)).all():
        raise ValueError("detection: a rate lies in (0, 1]")
    return np.broadcast_to(rates, (n_operators, n_services)).astype(float)


def check_model(mentions, visits, detection):
    """Check evidence and detection together; where detection is 1, any mention counts as seen.

    Returns `mentions` (n, m), `visits` (n,) and `detection` (n, m), or None if it is estimated.
    """
    counts, depth = check_evidence(mentions, visits)
    rates = check_detection(align(detection, mentions), *counts.shape)
    if rates is not None:
        counts = np.where((rates == 1) & (counts > 0), depth[:, None], counts)
    return counts, depth, rates
