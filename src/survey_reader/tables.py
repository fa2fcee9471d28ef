"""Find the table of each sheet, which variable each column fills, and what the mapping lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from survey_reader.mapping import ROW_NUMBER, Mapping, Target, texts
from survey_reader.sheets import Export, Sheet, blank, column_letter, shown
from survey_reader.text import DataError, comparable, nearest, repair_mojibake, tidy_spaces

SEARCHED_ROWS = 60
DEEPEST_HEADER = 3
SEPARATOR = " | "
# Looking for similar titles takes time: with more unknown columns the mapping is the wrong one.
MOST_SUGGESTED = 20
# A title may be a code and a text, or hold a code in brackets for its item: "G2Q1[SQ1]. Text".
_CODED = re.compile(r"(?P<code>\w+(\[\w+\])*)\. (?P<text>.+)")


@dataclass(frozen=True)
class Column:
    """One titled column: its position from 0, its title, what it fills, whether it is left out.

    Each of its names, which are comparable, may name it in the mapping.
    """

    position: int
    title: str
    target: Target | None
    ignored: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """The table of a sheet: position and depth of its header in `sheet.rows`, and its columns."""

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
    def header_line(self) -> int:
        """Line of the last row of the header."""
        return self.sheet.lines[self.data_start - 1]

    @property
    def header(self) -> str:
        """Where the header stands, in words."""
        first, last = self.sheet.lines[self.first], self.header_line
        return f"row {first}" if first == last else f"rows {first} to {last}"

    @property
    def width(self) -> int:
        """Columns up to the last one that has a title."""
        return self.columns[-1].position + 1 if self.columns else 0

    def column_of(self, target: Target) -> Column | None:
        """Return the column that fills a target."""
        return next((column for column in self.columns if column.target == target), None)

    def where(self, position: int) -> str:
        """Return the title of a column with its letters."""
        titles = [column.title for column in self.columns if column.position == position]
        letters = column_letter(position)
        return f"{titles[0][:120]} ({letters})" if titles else letters

    def fault(self, line, position, value, key: str, /, **fields) -> DataError:
        """Return an error of messages.yml at a line and, unless it is None, a column."""
        column = None if position is None else self.where(position)
        found = {"row": line, "column": column, "value": value}
        return DataError.of(self.sheet.place, key, **found, **fields)


def find_tables(export: Export, mapping: Mapping) -> tuple[list[Table], list[str], list[DataError]]:
    """Return the tables of an export, the sheets left out, and why they are not as declared."""
    tables, ignored, problems = [], [], []
    for sheet in export.sheets:
        if comparable(sheet.name) in mapping.ignore_sheets or not sheet.rows:
            ignored.append(sheet.name)
        elif table := find_table(sheet, mapping):
            tables.append(table)
        else:
            problems.append(DataError.of(sheet.place, "no_question"))
    taken = {column.target for table in tables for column in table.columns}
    columns = [item for question in mapping.questions for item in question.columns.items()]
    free = {title: t for t, titles in columns if t not in taken for title in titles}
    for table in tables:
        problems += _table_problems(table, mapping, free)
    if mapping.key == ROW_NUMBER and len(tables) > 1:
        problems.append(DataError.of(tables[1].sheet.place, "two_tables"))
    if tables or not problems:
        problems += _missing(tables, mapping, taken, export.name)
    return tables, ignored, problems


def find_table(sheet: Sheet, mapping: Mapping) -> Table | None:
    """Return the table of a sheet: the rows that name most questions are its header.

    Headers of one to three rows are tried at each of the first rows; of equals, the one with fewer
    rows, then the upper one, is taken. A title may stand on its own or under that of its group,
    which reaches as far as its merged cell or, without merged cells, as far as the next group.
    """
    best, most, fixed = None, 0, mapping.header_rows
    head = sheet.rows[: SEARCHED_ROWS + DEEPEST_HEADER]
    titles = [[title_text(value) for value in row] for row in head]
    for depth in [fixed] if fixed else range(1, DEEPEST_HEADER + 1):
        for first in range(min(SEARCHED_ROWS, len(sheet.rows) - depth + 1)):
            *upper, last = titles[first : first + depth]
            carried = [_carried(level, len(last)) for level in upper]
            for levels in ([*upper, last], [*carried, last]) if upper else ([last],):
                table = Table(sheet, first, depth, _columns(levels, mapping))
                if table.recognised > most:
                    best, most = table, table.recognised
    return best


def _carried(level: list[str], width: int) -> list[str]:
    padded = [*level, *[""] * (width - len(level))]
    return list(accumulate(padded, lambda last, text: text or last))


def _columns(levels: list[list[str]], mapping: Mapping) -> tuple[Column, ...]:
    columns = []
    for position in range(max(map(len, levels))):
        titles: list[str] = []
        for level in levels:
            text = level[position] if position < len(level) else ""
            if text and text not in titles[-1:]:
                titles.append(text)
        if titles:
            columns.append(_column(position, titles, mapping))
    # A group's carried title beyond the last title of its columns is no column.
    last = {position for position, text in enumerate(levels[-1]) if text}
    while columns and columns[-1].target is None and columns[-1].position not in last:
        columns.pop()
    return tuple(columns)


def _column(position: int, titles: list[str], mapping: Mapping) -> Column:
    """Return a column by its titles, the group's first: all of them, or the last ones, name it.

    Where the mapping says how many rows the header has, each row may name it.
    """
    count, whole = len(titles), SEPARATOR.join(titles)
    spans = [(start, count) for start in range(count)]
    if mapping.header_rows:
        spans += [(start, end) for end in range(count - 1, 0, -1) for start in range(end)]
    names = [SEPARATOR.join(titles[start:end]) for start, end in spans]
    coded = filter(None, map(_CODED.fullmatch, names))
    names += [part for one in coded for part in one.group("code", "text")]
    found = tuple(map(comparable, names))
    known = next((n for n in found if n in mapping.titles or n in mapping.ignore_questions), "")
    ignored = known in mapping.ignore_questions
    target = None if ignored else mapping.titles.get(known)
    return Column(position, whole, target, ignored, found)


def title_text(value) -> str:
    """Return a column title as text: spaces and a wrong encoding repaired."""
    return "" if blank(value) else tidy_spaces(repair_mojibake(shown(value)))


def _table_problems(table: Table, mapping: Mapping, free: dict[str, Target]) -> list[DataError]:
    problems, seen, line = [], {}, table.header_line
    for column in table.columns:
        if column.target is None and not column.ignored:
            near = nearest(column.title, free) if len(problems) < MOST_SUGGESTED else ""
            advice = "add the question to the mapping"
            if near:
                advice = f"if it is '{near}' ({free[near]}), add the title to that question"
            place = (line, column.position, column.title)
            problems.append(table.fault(*place, "unknown_title", advice=advice))
        elif column.target is not None and column.target in seen:
            place, other = (line, column.position, ""), seen[column.target]
            problems.append(table.fault(*place, "question_twice", other=other))
        seen.setdefault(column.target, table.where(column.position))
    key = Target(mapping.key)
    names = {name for column in table.columns for name in column.names}
    for rule in mapping.set_aside:
        wanted = texts(rule, "column")
        if wanted and names.isdisjoint(map(comparable, wanted)):
            fields = {"title": wanted[0], "line": rule.line}
            problems.append(table.fault(line, None, "", "no_set_aside", **fields))
    if mapping.key != ROW_NUMBER and table.column_of(key) is None:
        title = mapping.question_of[key].titles[0]
        problems.append(table.fault(line, None, "", "no_key", key=mapping.key, title=title))
    return problems


def _missing(tables: list[Table], mapping: Mapping, taken: set, name: str) -> list[DataError]:
    columns = [column for table in tables for column in table.columns]
    unknown = [column.title for column in columns if column.target is None and not column.ignored]
    problems = []
    for question in mapping.questions:
        absent = [target for target in question.columns if target not in taken]
        if not absent or question.optional:
            continue
        title, total = question.columns[absent[0]][0], len(question.columns)
        near = nearest(title, unknown)
        advice = f"if the column '{near}' is the question, add that title to it"
        fields = {"title": title, "target": absent[0], "variable": question.variable}
        fields["share"] = f" ({len(absent)} of {total} columns)" if total > 1 else ""
        fields["advice"] = advice if near else "add the column"
        problems.append(DataError.of(name, "absent", **fields))
    return problems
