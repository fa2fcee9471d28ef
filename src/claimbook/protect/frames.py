"""Frames made safe: cells of too few operators, and those that would give them away, are hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from claimbook.protect.policy import Counted, Policy, current_policy
from claimbook.protect.suppression import protect_pairs, protect_table


class Secret(str):
    """The mark of a value that is not shown: « s » as in official statistics."""

    __slots__ = ()


@dataclass
class Protected:
    """A frame whose unsafe cells are known."""

    frame: pd.DataFrame
    hidden: pd.DataFrame

    def blanked(self) -> pd.DataFrame:
        """Return the frame with missing values in place of hidden cells, to be drawn."""
        out = self.frame.copy()
        for column in out.columns[self.hidden.any().to_numpy()]:
            kind = float if pd.api.types.is_numeric_dtype(out[column]) else object
            out[column] = out[column].astype(kind).mask(self.hidden[column])
        return out

    def marked(self) -> pd.DataFrame:
        """Return the frame with « s » in place of hidden cells, to be shown."""
        out = self.frame.copy()
        for column in out.columns[self.hidden.any().to_numpy()]:
            # pandas.Series.mask would make a plain str of the mark.
            values = out[column].astype(object)
            values[self.hidden[column]] = Secret("s")
            out[column] = values
        return out


def protect(frame: pd.DataFrame, respondents: Counted) -> pd.DataFrame:
    """Return a frame that may be drawn: in a confidential edition unsafe cells are missing values.

    Parameters
    ----------
    frame : DataFrame
        Rows to be drawn.
    respondents : Counted
        Which columns count operators: see `counted`.

    Returns
    -------
    DataFrame
        The same frame on an open edition.

    Raises
    ------
    ValueError
        If the table cannot be protected.
    """
    policy = current_policy()
    if not policy.confidential:
        return frame
    return protected(frame, respondents, policy).blanked().set_axis(frame.index)


def protected(frame: pd.DataFrame, respondents: Counted, policy: Policy) -> Protected:
    """Return a frame with the cells that a policy hides."""
    frame = frame.reset_index(drop=True)
    hidden = pd.DataFrame(False, index=frame.index, columns=frame.columns)
    hide = _hide_wide if len(respondents.columns) > 1 else _hide_long
    hide(frame, respondents, hidden, policy.threshold)
    return Protected(frame, hidden)


def _hide_wide(frame, respondents, hidden, threshold) -> None:
    inner = [c for c in respondents.columns if c != respondents.total]
    total_row = _total_rows(frame, respondents)
    table = np.column_stack([_counts(frame, c) for c in inner])
    cells = protect_table(table[~total_row], threshold)
    shown = [*inner, respondents.total] if respondents.total in frame.columns else inner
    for place, column in enumerate(shown):
        hidden.loc[~total_row, column] = cells[:-1, place]
        hidden.loc[total_row, column] = cells[-1, place]


def _hide_long(frame, respondents, hidden, threshold) -> None:
    count_column, among, within = respondents.columns[0], respondents.among, respondents.within
    count = _counts(frame, count_column)
    asked = count if among is None else _counts(frame, among)
    totals = _total_rows(frame, respondents)
    groups = np.full(len(frame), "") if within is None else frame[within].astype(str).to_numpy()
    cell, base = np.zeros((2, len(frame)), dtype=bool)
    for group in dict.fromkeys(groups):
        rows = np.flatnonzero((groups == group) & ~totals)
        cell[rows], base[rows] = _hidden_rows(count[rows], asked[rows], respondents, threshold)
    cell[totals] = protect_pairs(count[totals], asked[totals], threshold)[0]
    numeric = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    # An interval that is written out tells as much as its bounds.
    texts = [c for c in frame.columns if c not in numeric][1:]
    written = [c for c in texts if frame[c].astype(str).str.contains(r"\d").any()]
    telling = {*numeric, count_column, *written} - {among, within}
    for column in telling:
        hidden[column] = cell
    if among is not None:
        hidden[among] = base


def _hidden_rows(count, asked, respondents, threshold) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows of one partition hide their values, and which their number asked too."""
    if respondents.additive and np.isfinite(count).all():
        if respondents.among is None:
            bad = protect_table(count[:, None], threshold)[:-1, 0]
            return bad, bad
        bad = protect_table(np.column_stack([count, asked - count]), threshold)[:-1]
        # A share tells the whole row: of yes, no and all, two give the third.
        return bad.any(axis=1), bad[:, 2]
    return protect_pairs(count, asked, threshold)


def _total_rows(frame, respondents) -> np.ndarray:
    texts = frame.select_dtypes(exclude="number")
    return (texts == respondents.total).any(axis=1).to_numpy(dtype=bool)


def _counts(frame, column) -> np.ndarray:
    values = pd.to_numeric(frame[column], errors="coerce").astype(float).to_numpy()
    known = values[np.isfinite(values)]
    if (known < 0).any() or (known != np.floor(known)).any():
        raise ValueError(
            f"column '{column}' does not count operators: "
            "it holds other values than whole numbers from 0"
        )
    return values
