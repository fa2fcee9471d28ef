"""Frames made safe: rows of too few respondents, and those that would give them away, are hidden.

A frame carries the counts that its rows rest on: ``k`` of ``n`` respondents, or ``k`` alone where
rows share out all of them. Rows and terms follow Hundepool et al. (2012), Statistical Disclosure
Control, ch. 4.
"""

from itertools import combinations

import numpy as np
import pandas as pd

from claimbook.protect.policy import current_policy

# Fewest respondents behind a measure of dispersion, such as the interval of a mean.
LEAST_DISPERSION = 10
_SPREAD = ("low", "high", "std")
# Shares of a group's respondents are told by k and n; anything else is a number of its own.
_SAME = 1e-9


class Secret(str):
    """The mark of a value that is not shown: « s » as in official statistics."""


def few(k, n, threshold: int):
    """Tell where `k` of `n` respondents are too few, or all but too few, or `n` is too few."""
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    return np.any([(m > 0) & (m < threshold) for m in np.broadcast_arrays(k, n - k, n)], axis=0)


def spread_tells(value, k, n):
    """Tell where a dispersion is not implied by `k` of `n`, and rests on too few respondents."""
    value, k, n = (np.asarray(one, dtype=float) for one in (value, k, n))
    return (n < LEAST_DISPERSION) & (np.abs(value * n - k) > _SAME * np.maximum(n, 1))


def protected(frame: pd.DataFrame, everyone: float = np.inf) -> pd.DataFrame:
    """Return a frame that may be drawn: in a confidential edition unsafe cells are missing values.

    Parameters
    ----------
    frame : DataFrame
        Columns k and n, or k alone; the first column names the rows.
    everyone : int, optional
        Respondents in all: rows that were asked of more overlap, and hide one more only.

    Returns
    -------
    DataFrame
        The same frame on an open edition. Else hidden rows come last, sorted by name, unless all
        rows are: their place would tell their value.

    Raises
    ------
    ValueError
        If the frame does not say what its rows rest on, or is a cross table with small cells.
    """
    policy = current_policy()
    if not policy.confidential:
        return frame
    frame, hidden = hide(frame, policy.threshold, everyone)
    return frame.mask(hidden)


def filled(frame: pd.DataFrame, hidden: pd.DataFrame, mark: Secret) -> pd.DataFrame:
    """Return the frame with a mark in place of hidden cells."""
    out = frame.copy()
    for column in out.columns[hidden.any().to_numpy()]:
        # pandas.Series.mask would make a plain str of the mark.
        out[column] = out[column].astype(object)
        out.loc[hidden[column], column] = mark
    return out


def hide(frame: pd.DataFrame, threshold: int, everyone: float = np.inf) -> tuple:
    """Return a frame with its hidden rows last, and which of its cells are hidden, as a frame."""
    if "k" not in frame:
        raise ValueError("it has no column k: it does not say how many respondents it rests on")
    frame = frame.reset_index(drop=True)
    k, n = (_counts(frame, name) for name in ("k", "n"))
    names = frame.iloc[:, 0]
    if names.name in ("k", "n", "value") or pd.api.types.is_float_dtype(names):
        raise ValueError(f"its first column, '{names.name}', does not name the rows")
    rows, base = _hidden_rows(frame, k, n, threshold, everyone)
    # A word, such as « forte », or a number that is written out tells as much as the number.
    texts = frame.iloc[:, 1:].select_dtypes(exclude="number").columns
    shown = {names.name, *texts[: int(names.duplicated().any())]}
    hidden = pd.DataFrame({c: rows & (c not in shown) for c in frame.columns})
    if "n" in frame:
        hidden["n"] = base
        value = pd.to_numeric(frame["value"], errors="coerce") if "value" in frame else np.inf
        for column in frame.columns.intersection(_SPREAD):
            hidden[column] = rows | spread_tells(value, k, n)
    ready = np.isnan(k[rows]).all() and not np.diff(rows.astype(int)).min(initial=0) < 0
    last = sorted(np.flatnonzero(rows), key=lambda row: str(names[row]))
    keep = names.is_monotonic_increasing or ready
    order = frame.index if keep else [*np.flatnonzero(~rows), *last]
    return frame.iloc[order], hidden.iloc[order]


def _counts(frame: pd.DataFrame, column: str) -> np.ndarray:
    if column not in frame:
        return np.full(len(frame), np.inf)
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float)
    if (values < 0).any() or (values != np.floor(values))[np.isfinite(values)].any():
        raise ValueError(f"column '{column}' does not count respondents in whole numbers from 0")
    return values


def _hidden_rows(frame, k, n, threshold, everyone) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows hide their values, and which their number asked too.

    Rows that say many things of the same respondents overlap, and nothing adds up: they hide the
    smallest other one, since what is known from elsewhere could tell whether a hidden row is small
    or large. All others are taken for groups that share out respondents: a total that is known
    elsewhere tells a hidden one.
    """
    names = frame.iloc[:, 0]
    base = few(0, n, threshold) | np.isnan(n)
    rows = base | few(k, n, threshold) | np.isnan(k)
    repeated, alike = names.duplicated().any(), len(set(n)) == 1
    overlap = not repeated and (k.sum() > n[0] if alike else n.sum() > everyone)
    # What was hidden before stays so; nothing can be worked out anew without it.
    if np.isnan(k).any():
        return rows, base
    if overlap:
        if rows.any():
            rows[np.where(rows | (k == 0), np.inf, k).argmin()] = True
        return rows, base
    if repeated and rows.any() and _adds_up(frame, k, n):
        raise ValueError(
            f"it crosses two groupings, and cells of fewer than {threshold} respondents could be "
            "worked out from its totals: gather its groups"
        )
    free = np.zeros(len(k), dtype=bool)
    # One number asked that the rows add up to: the rows are parts of it, and have no other bound.
    bound = np.full(len(k), np.inf) if not repeated and alike else n
    for name in names.unique() if repeated else [None]:
        at = np.flatnonzero(names == name) if repeated else np.arange(len(k))
        if np.isfinite(bound).all():
            base[at] = _with_companions(n[at], n[at] + np.inf, base[at], free[at], threshold)
        rows[at] = _with_companions(k[at], bound[at], rows[at] | base[at], base[at], threshold)
    return rows, base


def _adds_up(frame, k, n) -> bool:
    """Tell whether the rows of a group share out its respondents too, as in a cross table."""
    others = frame.iloc[:, 1:].select_dtypes(exclude="number")
    key = others.astype(str).agg(" ".join, axis=1) if others.shape[1] else ""
    groups = pd.DataFrame({"k": k, "n": n, "key": key}).groupby("key")
    several = groups.size() > 1
    return bool(np.isinf(n).all() or (several & (groups["k"].sum() == groups["n"].max())).any())


def _with_companions(k, n, unsafe, free, threshold) -> np.ndarray:
    """Return the unsafe groups, and the fewest and smallest others that keep them unknown.

    A reader knows the sum of what is hidden, and each `n` that is not `free`. One that belongs to a
    group can take itself out, hence one more than the threshold.
    """
    if not unsafe.any():
        return unsafe
    others = sorted(np.flatnonzero(~unsafe), key=lambda row: (k[row], row))
    for size in range(3):
        for more in combinations(others, size):
            rows = unsafe.copy()
            rows[list(more)] = True
            if _unknown(k[rows], (n - k)[rows], free[rows], threshold):
                return rows
    return np.ones(len(k), dtype=bool)


def _unknown(yes, no, free, threshold) -> bool:
    """Tell whether no small number of hidden rows can be bounded by what their sums tell."""
    for own, rest in ((yes, no), (no, yes)):
        for row in np.flatnonzero((own > 0) & (own < threshold)):
            could_be_none = free[row] or np.delete(rest, row).sum() >= own[row]
            most = np.inf if free[row] else own[row] + rest[row]
            if not could_be_none or own.sum() < min(threshold + 1, most):
                return False
    return True
