"""How a figure or table says how many operators stand behind what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: What is shown comes from no operator: a rule, a list of services, figures that others published.
NOBODY = "disclosure: nobody"
#: Each row is about one operator, or about two.
EACH = "disclosure: each"


@dataclass(frozen=True)
class Counted:
    """Which columns of a frame count operators: see `counted`."""

    columns: tuple[str, ...]
    among: str | None = None
    within: str | None = None
    additive: bool = True
    total: str | None = None
    largest: str | None = None
    amounts: tuple[str, ...] = ()

    def named(self) -> list[str]:
        """Return every column that it names."""
        single = [name for name in (self.among, self.within, self.largest) if name is not None]
        return [*self.columns, *single, *self.amounts]


def counted(
    columns, *, among=None, within=None, additive=True, total=None, largest=None, amounts=()
) -> Counted:
    """Say which columns of a frame count operators.

    Parameters
    ----------
    columns : str or list of str
        Column that counts the operators behind each row; or the columns of a two-way table.
    among : str, optional
        Column with the number asked, where the first column counts those who said yes.
    within : str, optional
        Column whose equal values mark rows that share out the same operators.
    additive : bool
        False if an operator may count in several rows, such as rows of services.
    total : str, optional
        Heading of the column, and name of the row, that hold totals.
    largest : str, optional
        Column with the share of the largest contributor, from 0 to 1; a confidential edition
        does not show it.
    amounts : str or list of str
        Columns with sums or means of amounts, that `largest` is about.

    Returns
    -------
    Counted

    Raises
    ------
    ValueError
        If options are combined that do not go together.
    """
    columns = (columns,) if isinstance(columns, str) else tuple(columns)
    amounts = (amounts,) if isinstance(amounts, str) else tuple(amounts)
    if not columns:
        raise ValueError("counted() needs a column that counts operators")
    if len(columns) > 1 and (among is not None or within is not None or not additive):
        raise ValueError(
            "several columns of counts form a two-way table: "
            "'among', 'within', 'additive' are for one"
        )
    if within is not None and not additive:
        raise ValueError(
            "'within' says that rows share out operators, 'additive=False' that they do not"
        )
    if bool(amounts) != (largest is not None):
        raise ValueError("'largest' and 'amounts' go together")
    return Counted(columns, among, within, additive, total, largest, amounts)


def counted_in(name: str, frame: pd.DataFrame, respondents):
    """Return what a figure or table declares, checked against its frame."""
    if respondents is None or (isinstance(respondents, str) and respondents in (NOBODY, EACH)):
        return respondents
    if hasattr(respondents, "__index__") and not isinstance(respondents, bool):
        return int(respondents)
    if isinstance(respondents, str):
        respondents = counted(respondents)
    if not isinstance(respondents, Counted):
        raise ValueError(
            f"{name}: respondents is a number, a column or counted(…), not {respondents!r}"
        )
    missing = ", ".join(column for column in respondents.named() if column not in frame.columns)
    if missing:
        known = ", ".join(frame.columns)
        raise ValueError(f"{name}: respondents names no column: {missing}; columns are {known}")
    return respondents
