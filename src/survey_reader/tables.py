"""Find the table of each sheet, which variable each column fills, and what the mapping lacks."""

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate, zip_longest

from survey_reader.mapping import Mapping, Target
from survey_reader.sheets import Sheet, blank, column_letter, shown
from survey_reader.text import DataError, comparable, nearest, repair_mojibake, tidy_spaces

SEARCHED_ROWS = 60
DEEPEST_HEADER = 3
SEPARATOR = " | "
# A title may be a code and a text, or hold a code in brackets for its item: "G2Q1[SQ1]. Text".
_CODED = re.compile(r"(?P<code>\w+(\[\w+\])*)\. (?P<text>.+)")


@dataclass(frozen=True)
class Column:
    """One titled column: its position from 0, its title, and what it fills, None if left out.

    Each of its names, which are comparable, may name it in the mapping; else it is unknown.
    """

    position: int
    title: str
    target: Target | None
    unknown: bool
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """The table of a sheet: its columns, and where its header begins and its rows in `sheet.rows`.

    `problems` are those of the survey; whatever cannot be read is entered there.
    """

    sheet: Sheet
    first: int
    start: int
    columns: tuple[Column, ...]
    problems: list[DataError] = field(default_factory=list)

    @property
    def recognised(self) -> int:
        """How many columns fill a variable."""
        return sum(column.target is not None for column in self.columns)

    @cached_property
    def full(self) -> int:
        """Cells of a whole line: every row may end with a separator that the header lacks."""
        above, *widths = self.sheet.widths[self.start - 1 :]
        return max(above, min(widths)) if len(widths) > 2 else above

    @cached_property
    def misfits(self) -> int:
        """How many rows reach beyond the last title."""
        return sum(len(cells) > self.width for cells in self.sheet.rows[self.start :])

    @property
    def header(self) -> tuple[int, int]:
        """First and last line of the header."""
        return self.sheet.lines[self.first], self.sheet.lines[self.start - 1]

    @property
    def width(self) -> int:
        """Columns up to the last one that has a title."""
        return self.columns[-1].position + 1 if self.columns else 0

    def position(self, place: Target | int | None) -> int | None:
        """Return the position of the column that fills a target; another place as it is."""
        if not isinstance(place, Target):
            return place
        return next((c.position for c in self.columns if c.target == place), None)

    def where(self, position: int) -> str:
        """Return the title of a column with its letters."""
        titles = [column.title for column in self.columns if column.position == position]
        letters = column_letter(position)
        return f"{titles[0][:120]} ({letters})" if titles else letters

    def refuse(self, line, place, value, why, /, **fields) -> None:
        """Enter a refusal, or an entry of messages.yml, at a line and, unless None, a column."""
        position = self.position(place)
        fields |= {"column": None if position is None else self.where(position)}
        self.problems.append(DataError.of(self.sheet.place, why, row=line, value=value, **fields))


def find_tables(
    sheets: list[Sheet], mapping: Mapping, name: str, problems: list[DataError]
) -> tuple[list[Table], list[str]]:
    """Return the tables and the sheets left out; enter what is not as declared in `problems`."""
    tables, ignored = [], []
    for sheet in sheets:
        if comparable(sheet.name) in mapping.ignore_sheets or not sheet.rows:
            ignored.append(sheet.name)
        elif (table := find_table(sheet, mapping, problems)).recognised:
            tables.append(table)
        else:
            problems.append(DataError.of(sheet.place, "no_question"))
    taken = {column.target for table in tables for column in table.columns}
    for table in tables:
        _check(table, mapping, taken)
    unknown = [column.title for table in tables for column in table.columns if column.unknown]
    for question in mapping.questions if tables or not problems else ():
        absent = [one for target, one in question.columns.items() if target not in taken]
        if absent and not question.optional:
            title, total = absent[0].titles[0], len(question.columns)
            advice = "if the column '{}' is the question, add that title to it; "
            told = {"title": title, "question": question, "near": nearest(title, unknown, advice)}
            share = f" ({len(absent)} of {total} columns)" if total > 1 else ""
            problems.append(DataError.of(name, "absent", share=share, **told))
    return tables, ignored


def find_table(sheet: Sheet, mapping: Mapping, problems: list[DataError]) -> Table:
    """Return the table of a sheet: the rows that name most questions are its header.

    Headers of one to three rows are tried at each of the first rows; of equals, the one with fewer
    rows, then the upper one, is taken. A title may stand on its own or under that of its group,
    which reaches as far as its merged cell or, without merged cells, as far as the next group.
    """
    found, fixed = [Table(sheet, 0, 0, (), problems)], mapping.survey.header_rows
    head = sheet.rows[: SEARCHED_ROWS + DEEPEST_HEADER]
    titles = [[title_text(value) for value in row] for row in head]
    for depth in [fixed] if fixed else range(1, DEEPEST_HEADER + 1):
        for first in range(min(SEARCHED_ROWS, len(sheet.rows) - depth + 1)):
            *upper, last = titles[first : first + depth]
            padded = [level + [""] * (len(last) - len(level)) for level in upper]
            carried = [list(accumulate(p, lambda last, text: text or last)) for p in padded]
            for levels in ([*upper, last], [*carried, last])[:depth]:
                columns = _columns(levels, mapping)
                found.append(Table(sheet, first, first + depth, columns, problems))
    return max(found, key=lambda table: table.recognised)


def _columns(levels: list[list[str]], mapping: Mapping) -> tuple[Column, ...]:
    columns = []
    for position, texts in enumerate(zip_longest(*levels, fillvalue="")):
        if titles := tuple(dict.fromkeys(filter(None, texts))):
            names = _names(titles, mapping.survey.header_rows is not None)
            known = (n for n in names[1:] if n in mapping.titles or n in mapping.ignore_questions)
            name = next(known, "")
            target = None if name in mapping.ignore_questions else mapping.titles.get(name)
            columns.append(Column(position, names[0], target, not name, names[1:]))
    return tuple(columns)


@lru_cache(maxsize=65_536)
def _names(titles: tuple[str, ...], each_row: bool) -> tuple[str, ...]:
    """Return the title of a column, the group's first, and the comparable ones that may name it.

    All titles or the last ones do; where the mapping says how many rows the header has, each may.
    """
    count = len(titles)
    spans = [(start, count) for start in range(count)]
    if each_row:
        spans += [(start, end) for end in range(count - 1, 0, -1) for start in range(end)]
    names = [SEPARATOR.join(titles[start:end]) for start, end in spans]
    coded = filter(None, map(_CODED.fullmatch, names))
    parts = [part for one in coded for part in one.group("code", "text")]
    return (names[0], *map(comparable, names + parts))


def title_text(value) -> str:
    """Return a column title as text: spaces and a wrong encoding repaired."""
    return "" if blank(value) else tidy_spaces(repair_mojibake(shown(value)))


def _check(table: Table, mapping: Mapping, taken: set[Target]) -> None:
    seen, line = {}, table.header[1]
    known = mapping.question_of.items()
    free = {title: t for t, one in known if t not in taken for title in one.columns[t].titles}
    for column in table.columns:
        place = (line, column.position, column.title)
        if column.unknown:
            advice = "if it is '{0}' ({1}), add the title to that question; "
            near = nearest(column.title, free)
            table.refuse(*place, "unknown_title", near=near and advice.format(near, free[near]))
        elif column.target is not None and column.target in seen:
            table.refuse(*place, "question_twice", other=seen[column.target])
        seen.setdefault(column.target, table.where(column.position))
    names = {name for column in table.columns for name in column.names}
    for rule in mapping.set_aside:
        if rule.column and names.isdisjoint(map(comparable, rule.column)):
            table.refuse(line, None, "", "no_set_aside", rule=rule)
