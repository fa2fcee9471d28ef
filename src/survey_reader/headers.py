"""Find where the table of a sheet starts, and which variable each of its columns fills."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from survey_reader.mapping import Mapping, Target
from survey_reader.sheets import Sheet, blank, shown
from survey_reader.spelling import comparable, repair_mojibake, tidy_spaces

SEARCHED_ROWS = 60
DEEPEST_HEADER = 3
SEPARATOR = " | "
LIKE = 55


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    position : int
        Counted from 0.
    title : str
        Title as shown; levels of the header are parted by ``|``.
    target : Target or None
        What it fills; None if that is unknown.
    ignored : bool
        Whether the mapping says to leave it out.
    """

    position: int
    title: str
    target: Target | None
    ignored: bool = False


@dataclass(frozen=True)
class Table:
    """Where the table of a sheet is.

    Attributes
    ----------
    sheet : Sheet
    first, depth : int
        Position of the first row of the header in `sheet.rows`, and how many rows it has.
    columns : tuple of Column
        Columns that have a title.
    """

    sheet: Sheet
    first: int
    depth: int
    columns: tuple[Column, ...]

    @property
    def recognised(self) -> int:
        """How many columns fill a variable."""
        return sum(column.target is not None for column in self.columns)

    @property
    def data_start(self) -> int:
        """Position of the first row below the header."""
        return self.first + self.depth

    @property
    def width(self) -> int:
        """Columns up to the last one that has a title."""
        return self.columns[-1].position + 1 if self.columns else 0

    def column_of(self, target: Target) -> Column | None:
        """Return the column that fills a target."""
        return next((column for column in self.columns if column.target == target), None)


def find_table(sheet: Sheet, mapping: Mapping) -> Table | None:
    """Return the table of a sheet: the rows that name most questions are its header.

    Headers of one to three rows are tried at each of the first rows; of two that name as many questions the one with
    fewer rows, then the upper one, is taken. A title may stand on its own or under the title of its group; a group's
    title reaches as far as its merged cell, or, where nothing is merged, as far as the next group.

    Returns
    -------
    Table or None
        None if no row names a question.
    """
    best: tuple[int, Table] | None = None
    spread = [[title_text(value) for value in row] for row in _spread(sheet)]
    for depth in range(1, DEEPEST_HEADER + 1):
        for first in range(min(SEARCHED_ROWS, len(sheet.rows) - depth + 1)):
            levels = spread[first : first + depth]
            variants = [levels]
            if depth > 1:
                width = len(levels[-1])
                variants.append([*(_carried(level, width) for level in levels[:-1]), levels[-1]])
            for variant in variants:
                columns = _columns(variant, mapping)
                named = sum(column.target is not None for column in columns)
                if named and (best is None or named > best[0]):
                    best = (named, Table(sheet, first, depth, columns))
    return best[1] if best else None


def _spread(sheet: Sheet) -> list[list]:
    """Return the first rows with the value of each merged cell in all the places that it covers."""
    rows = [list(row) for row in sheet.rows[: SEARCHED_ROWS + DEEPEST_HEADER]]
    for top, left, bottom, right in sheet.merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for r in range(top, min(bottom, len(rows) - 1) + 1):
            rows[r] += [None] * (right + 1 - len(rows[r]))
            for c in range(left, right + 1):
                rows[r][c] = value if blank(rows[r][c]) else rows[r][c]
    return rows


def _carried(level: list[str], width: int) -> list[str]:
    carried, last = [], ""
    for text in [*level, *[""] * (width - len(level))]:
        last = text or last
        carried.append(last)
    return carried


def _columns(levels: list[list[str]], mapping: Mapping) -> tuple[Column, ...]:
    width = max(map(len, levels))
    columns = []
    for position in range(width):
        titles: list[str] = []
        for level in levels:
            text = level[position] if position < len(level) else ""
            if text and text not in titles[-1:]:
                titles.append(text)
        if not titles:
            continue
        title = SEPARATOR.join(titles)
        known = [
            comparable(title),
            *(comparable(SEPARATOR.join(titles[i:])) for i in range(1, len(titles))),
        ]
        target = next((mapping.titles[k] for k in known if k in mapping.titles), None)
        columns.append(
            Column(
                position,
                title,
                target,
                target is None and not mapping.ignore_questions.isdisjoint(known),
            )
        )
    # The last level may be blank beyond the last title: a group's carried title alone is no column.
    while columns and columns[-1].target is None and not _has_last(levels, columns[-1].position):
        columns.pop()
    return tuple(columns)


def _has_last(levels, position) -> bool:
    return position < len(levels[-1]) and bool(levels[-1][position])


def title_text(value) -> str:
    """Return a column title as text: spaces and a wrong encoding repaired."""
    return "" if blank(value) else tidy_spaces(repair_mojibake(shown(value)))


def suggestions(text: str, choices, limit: int = 3) -> list[str]:
    """Return the choices that look most like a text as a whole, best first; none if nothing is close."""
    pool = {choice: comparable(choice) for choice in choices}
    found = process.extract(
        comparable(text[:200]), pool, scorer=fuzz.token_sort_ratio, limit=limit, score_cutoff=LIKE
    )
    return [choice for _, _, choice in found]
