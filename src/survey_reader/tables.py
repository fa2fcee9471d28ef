"""Find the header of each sheet, which variable each column fills, and what the mapping lacks."""

import re
from functools import lru_cache
from itertools import accumulate, zip_longest

from survey_reader.mapping import Mapping, Target
from survey_reader.sheets import Column, Sheet, shown
from survey_reader.text import DataError, comparable, nearest, repair_mojibake, tidy_spaces

SEARCHED_ROWS = 60
DEEPEST_HEADER = 3
SEPARATOR = " | "
# A title may be a code and a text, or hold a code in brackets for its item: "G2Q1[SQ1]. Text".
_CODED = re.compile(r"(?P<code>\w+(\[\w+\])*)\. (?P<text>.+)")


def find_tables(
    sheets: list[Sheet], mapping: Mapping, name: str, problems: list[DataError]
) -> tuple[list[Sheet], list[str]]:
    """Return the sheets that hold answers and the names of those left out.

    What is not as declared is entered in `problems`.
    """
    tables, ignored = [], []
    for sheet in sheets:
        sheet.problems = problems
        if comparable(sheet.name) in mapping.ignore_sheets or not sheet.rows:
            ignored.append(sheet.name)
        elif sheet.hidden:
            problems.append(DataError.of(sheet.place, "hidden"))
        elif find_header(sheet, mapping):
            tables.append(sheet)
        else:
            problems.append(DataError.of(sheet.place, "no_question"))
    names = {n for table in tables for column in table.columns.values() for n in column.names}
    for rule in mapping.set_aside if tables else ():
        if rule.column and names.isdisjoint(map(comparable, rule.column)):
            problems.append(DataError.of(name, "no_set_aside", rule=rule))
    taken = {target for table in tables for target in table.targets}
    for table in tables:
        _check(table, mapping, taken)
    unknown = [one.title for table in tables for one in table.columns.values() if one.unknown]
    for question in mapping.questions if tables or not problems else ():
        absent = [one for target, one in question.columns.items() if target not in taken]
        if absent and not question.optional:
            title, total = absent[0].titles[0], len(question.columns)
            advice = "if the column '{}' is the question, add that title to it; "
            told = {"title": title, "question": question, "near": nearest(title, unknown, advice)}
            share = f" ({len(absent)} of {total} columns)" if total > 1 else ""
            problems.append(DataError.of(name, "absent", share=share, **told))
    return tables, ignored


def find_header(sheet: Sheet, mapping: Mapping) -> int:
    """Part the rows that name most questions from those below; return how many columns they name.

    Headers of one to three rows are tried at each of the first rows; of equals, the one with fewer
    rows, then the upper one, is taken. A title may stand on its own or under that of its group,
    which reaches as far as its merged cell or, without merged cells, as far as the next group.
    """
    best, fixed = (0, 0, 0, {}), mapping.survey.header_rows
    known = mapping.titles | dict.fromkeys(mapping.ignore_questions)
    head = sheet.rows[: SEARCHED_ROWS + DEEPEST_HEADER]
    titles = [[tidy_spaces(repair_mojibake(shown(cell))) for cell in row.cells] for row in head]
    for depth in [fixed] if fixed else range(1, DEEPEST_HEADER + 1):
        for first in range(min(SEARCHED_ROWS, len(sheet.rows) - depth + 1)):
            columns = zip_longest(*titles[first : first + depth], fillvalue="")
            *upper, last = zip(*columns, strict=True)
            carried = [accumulate(level, lambda group, title: title or group) for level in upper]
            for levels in ([*upper, last], [*carried, last])[:depth]:
                columns = _columns(levels, known, fixed is not None)
                count = sum(column.target is not None for column in columns.values())
                best = max(best, (count, first, depth, columns), key=lambda found: found[0])
    count, first, depth, sheet.columns = best
    start = first + depth
    sheet.header, sheet.rows = sheet.rows[first:start], sheet.rows[start:]
    return count


def _columns(levels, known: dict[str, Target | None], each_row: bool) -> dict[int, Column]:
    columns = {}
    for position, texts in enumerate(zip(*levels, strict=True)):
        if titles := tuple(dict.fromkeys(filter(None, texts))):
            title, *names = _names(titles, each_row)
            name = next((name for name in names if name in known), None)
            columns[position] = Column(title, known.get(name), name is None, names)
    return columns


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


def _check(sheet: Sheet, mapping: Mapping, taken: set[Target]) -> None:
    last, known = sheet.header[-1], mapping.question_of.items()
    free = {title: t for t, one in known if t not in taken for title in one.columns[t].titles}
    for position, column in sheet.columns.items():
        first = sheet.targets.get(column.target, position)
        if column.unknown:
            advice = "if it is '{0}' ({1}), add the title to that question; "
            near = nearest(column.title, free)
            near = near and advice.format(near, free[near])
            last.refuse(position, "unknown_title", near=near)
        elif first != position:
            last.refuse(position, "question_twice", other=sheet.where(first))
