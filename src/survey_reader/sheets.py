"""The sheets of an export as grids of plain values, whichever kind of file held them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from survey_reader.spelling import shows_nothing

# Far beyond any survey of operators; below them, reading takes seconds and little memory.
MAX_BYTES = 100_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 5_000
MAX_CELLS = 1_000_000
MAX_TEXT = 32_767


class Formula(str):
    """A cell that computes its value: the text of the formula."""


class Percent(float):
    """A number that the spreadsheet shows as a percentage: 0.45, shown as 45 %."""


Value = str | int | float | bool | dt.datetime | None


@dataclass
class Sheet:
    """One sheet.

    Attributes
    ----------
    name : str
        Empty for a file that has a single unnamed one.
    rows : list of list
        Values (`Value`), each row cut after its last cell that holds something.
    lines : list of int
        Line of the file, or row of the sheet, of each row.
    merged : list of (int, int, int, int)
        Merged cells as first row, first column, last row and last column: positions in `rows`.
    file : str
        Name of the file without its extension, for a sheet without a name.
    """

    name: str
    rows: list[list]
    lines: list[int]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    file: str = ""

    @property
    def table(self) -> str:
        """Name of its rows in the ledger: its own or, if it has none, that of the file."""
        return self.name or self.file

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max(map(len, self.rows), default=0)


@dataclass
class Export:
    """An export as read.

    Attributes
    ----------
    name : str
        Path for errors.
    form : str
        What was recognised, for readers: kind of file, encoding, delimiter.
    sheets : list of Sheet
    """

    name: str
    form: str
    sheets: list[Sheet]


def blank(value) -> bool:
    """Tell whether a cell holds nothing that could be read."""
    if isinstance(value, str):
        return not isinstance(value, Formula) and shows_nothing(value)
    return value is None


def column_letter(position: int) -> str:
    """Return the letters of a column, counted from 0, as spreadsheets show them."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cut(values: list) -> list:
    """Return a row without the cells after its last one that holds something."""
    end = len(values)
    while end and blank(values[end - 1]):
        end -= 1
    return values[:end]


def shown(value) -> str:
    """Return a cell as a reader of the spreadsheet would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Vrai" if value else "Faux"
    if isinstance(value, Percent):
        return f"{value * 100:.12g} %".replace(".", ",")
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
