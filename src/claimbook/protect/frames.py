"""Frames made safe: cells of too few operators, and those that would give them away, are hidden."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from claimbook import french
from claimbook.protect.counted import Counted
from claimbook.protect.dominance import is_dominated, rounded, rounding_base
from claimbook.protect.policy import Policy, active
from claimbook.protect.thresholds import protect_pair, protect_table, unsafe


class Secret(str):
    """What stands in place of a value that is not shown: « s » as in official statistics, or a bound."""

    __slots__ = ()

    def __new__(cls, text: str = "s"):
        """Make the mark."""
        return super().__new__(cls, text)


@dataclass
class Protected:
    """A frame whose unsafe cells are known.

    Attributes
    ----------
    frame : DataFrame
        With dominated amounts rounded and without the column of largest shares; hidden cells are still there.
    hidden : DataFrame of bool
        Which cells must not be shown.
    bases : dict of str to float
        Column to the base to which it was rounded.
    """

    frame: pd.DataFrame
    hidden: pd.DataFrame
    bases: dict[str, float] = field(default_factory=dict)

    def blanked(self) -> pd.DataFrame:
        """Return the frame with missing values in place of hidden cells, to be drawn."""
        out = self.frame.copy()
        for column in self.bases:
            out[column] = pd.to_numeric(out[column], errors="coerce")
        for column in out.columns[self.hidden.any().to_numpy()]:
            kind = float if pd.api.types.is_numeric_dtype(out[column]) else object
            out[column] = out[column].astype(kind).mask(self.hidden[column].to_numpy())
        return out

    def marked(self) -> pd.DataFrame:
        """Return the frame with « s » in place of hidden cells, to be shown."""
        out = self.frame.copy()
        for column in out.columns[self.hidden.any().to_numpy()]:
            values = out[column].astype(object)
            values[self.hidden[column].to_numpy()] = Secret()
            out[column] = values
        return out


def protect(frame: pd.DataFrame, respondents: Counted) -> pd.DataFrame:
    """Return a frame that may be drawn: in a confidential edition unsafe cells are missing values.

    Parameters
    ----------
    frame : DataFrame
        Rows to be drawn.
    respondents : Counted
        Which columns count operators: see :func:`claimbook.protect.counted`.

    Returns
    -------
    DataFrame
        The same frame on an open edition.

    Raises
    ------
    ValueError
        If the table cannot be protected.
    """
    policy = active()
    if not policy.confidential:
        return frame
    return protected(frame, respondents, policy).blanked().set_axis(frame.index)


def protected(frame: pd.DataFrame, respondents: Counted, policy: Policy) -> Protected:
    """Return a frame with the cells that a policy hides.

    Parameters
    ----------
    frame : DataFrame, shape (n_rows, n_columns)
        What is to be shown; where a column of counts is missing, the row was hidden before.
    respondents : Counted
        Which columns count operators.
    policy : Policy
        Threshold and dominance.

    Returns
    -------
    Protected

    Raises
    ------
    ValueError
        If counts are no whole numbers from 0, totals do not add up, or the table cannot be protected.
    """
    frame = frame.reset_index(drop=True)
    hidden = pd.DataFrame(False, index=frame.index, columns=frame.columns)
    if respondents.wide:
        _hide_wide(frame, respondents, hidden, policy.threshold)
    else:
        _hide_long(frame, respondents, hidden, policy.threshold)
    frame, hidden, bases = _coarsened(frame, hidden, respondents, policy.dominance)
    return Protected(frame, hidden, bases)


def _coarsened(frame, hidden, respondents, dominance):
    """Return the frame with dominated amounts rounded, one base for a whole column so that no difference tells more."""
    if respondents.largest is None:
        return frame, hidden, {}
    shares = frame[respondents.largest].astype(float).fillna(0)
    out, hidden, bases = (
        frame.drop(columns=respondents.largest),
        hidden.drop(columns=respondents.largest),
        {},
    )
    for column in respondents.amounts:
        values = out[column].astype(float)
        seen = values.mask(hidden[column].to_numpy(), 0)
        bases[column] = max(
            (
                rounding_base(v, s, dominance)
                for v, s in zip(seen, shares, strict=True)
                if is_dominated(s, dominance)
            ),
            default=0.0,
        )
        if bases[column]:
            out[column] = rounded(values, bases[column])
            # a zero would be false where something was given
            small = (values > 0).to_numpy() & (out[column] == 0).to_numpy()
            bound = Secret(f"< {french.decimal(bases[column] / 2, 0 if bases[column] >= 2 else 2)}")
            if small.any():
                cells = [
                    bound if hide else value for hide, value in zip(small, out[column], strict=True)
                ]
                out[column] = pd.Series(cells, index=out.index, dtype=object)
    return out, hidden, {column: base for column, base in bases.items() if base}


def _counts(frame, column) -> np.ndarray:
    values = pd.to_numeric(frame[column], errors="coerce").astype(float).to_numpy()
    if (values[np.isfinite(values)] < 0).any() or not np.array_equal(
        values, np.floor(values), equal_nan=True
    ):
        raise ValueError(
            f"column '{column}' does not count operators: it holds other values than whole numbers from 0"
        )
    return values


def _hide_wide(frame, respondents, hidden, threshold) -> None:
    inner = [c for c in respondents.columns if c != respondents.total]
    total_row = _total_rows(frame, respondents)
    table = np.column_stack([_counts(frame, c) for c in inner])
    if not np.isfinite(table).all():
        raise ValueError(
            "a count of operators is missing; hide cells with protect() only where rows are counted"
        )
    unsafe_cells = protect_table(table[~total_row], threshold)
    for place, column in enumerate(inner):
        hidden.loc[~total_row, column] = unsafe_cells[:-1, place]
        hidden.loc[total_row, column] = unsafe_cells[-1, place]
    if respondents.total in frame.columns:
        hidden.loc[~total_row, respondents.total] = unsafe_cells[:-1, -1]
        hidden.loc[total_row, respondents.total] = unsafe_cells[-1, -1]


def _total_rows(frame, respondents) -> np.ndarray:
    if respondents.total is None:
        return np.zeros(len(frame), dtype=bool)
    texts = frame.select_dtypes(exclude="number")
    return (texts == respondents.total).any(axis=1).to_numpy(dtype=bool)


def _hide_long(frame, respondents, hidden, threshold) -> None:
    count = _counts(frame, respondents.columns[0])
    asked = _counts(frame, respondents.among) if respondents.among is not None else count
    totals = _total_rows(frame, respondents)
    groups = (
        frame[respondents.within].astype(str).to_numpy()
        if respondents.within is not None
        else np.full(len(frame), "")
    )
    cell, base = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    for group in dict.fromkeys(groups):
        rows = np.flatnonzero((groups == group) & ~totals)
        cell[rows], base[rows] = _hidden_rows(count[rows], asked[rows], respondents, threshold)
        ends = np.flatnonzero((groups == group) & totals)
        cell[ends] = [
            protect_pair(k, n, threshold)[0] for k, n in zip(count[ends], asked[ends], strict=True)
        ]
    numbers = [
        c
        for c in frame.columns
        if pd.api.types.is_numeric_dtype(frame[c]) or c in respondents.amounts
    ]
    told = {*numbers, respondents.columns[0], *_written(frame, respondents)} - {
        respondents.among,
        respondents.within,
    }
    for column in told:
        hidden[column] = cell
    if respondents.among is not None:
        hidden[respondents.among] = base


def _written(frame, respondents) -> list[str]:
    """Return columns of text other than the first one: an interval that is written out tells as much as its bounds."""
    texts = [c for c in frame.columns if not pd.api.types.is_numeric_dtype(frame[c])]
    return [c for c in texts[1:] if frame[c].astype(str).str.contains(r"\d").any()]


def _hidden_rows(count, asked, respondents, threshold) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows of one partition hide their values, and which their number of operators asked too."""
    done = ~np.isfinite(count)
    if respondents.additive and not done.any():
        if respondents.among is None:
            bad = protect_table(count[:, None], threshold)[:-1, 0]
            return bad, bad
        bad = protect_table(np.column_stack([count, asked - count]), threshold)
        # a share tells the whole row: of yes, no and all, two give the third
        return bad[:-1].any(axis=1), bad[:-1, 2]
    pairs = [
        (True, False) if d else protect_pair(k, n, threshold)
        for k, n, d in zip(count, asked, done, strict=True)
    ]
    return np.array([p[0] for p in pairs], dtype=bool), np.array([p[1] for p in pairs], dtype=bool)


def is_safe(n: int, policy: Policy) -> bool:
    """Tell whether so many operators may stand behind something that is shown."""
    return not bool(unsafe(n, policy.threshold))
