"""What an export holds, sheet by sheet: which tables, which questions, and what the mapping does not know."""

from __future__ import annotations

from dataclasses import dataclass, field

from claimbook.errors import DataError
from survey_reader.headers import Table, find_table, suggestions
from survey_reader.mapping import Mapping, Target
from survey_reader.sheets import Export, Sheet, column_letter
from survey_reader.spelling import comparable

MOST_SUGGESTED = 20


@dataclass(frozen=True)
class Problem:
    """Something that stops the build.

    Attributes
    ----------
    sheet : str
    line : int or None
    column : str
        Title, with the letters of the column.
    value : str
    problem, remedy : str
    """

    sheet: str
    line: int | None
    column: str
    value: str
    problem: str
    remedy: str

    def as_error(self, file: str, more: int = 0) -> DataError:
        """Return the one error that a person reads; it says how many more there are."""
        where = f"{file}, sheet '{self.sheet}'" if self.sheet else file
        remedy = self.remedy
        if more:
            remedy += f" ({more} further fault{'s' if more > 1 else ''}: 'python -m helpers inspect' lists them)"
        return DataError(
            where,
            self.problem,
            remedy,
            row=self.line,
            column=self.column or None,
            value=self.value or None,
        )


@dataclass
class Structure:
    """Tables of an export, and what is wrong with them.

    Attributes
    ----------
    export : Export
    tables : list of Table
    ignored : list of str
        Sheets that the mapping leaves out, and empty ones.
    problems : list of Problem
    """

    export: Export
    tables: list[Table] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_structure(export: Export, mapping: Mapping) -> Structure:
    """Return the tables of an export, and every reason why they are not what the mapping declares."""
    found = Structure(export)
    for sheet in export.sheets:
        if comparable(sheet.name) in mapping.ignore_sheets or not sheet.rows:
            found.ignored.append(sheet.name)
            continue
        table = find_table(sheet, mapping)
        if table is None:
            found.problems.append(_no_table(sheet))
            continue
        found.tables.append(table)
    free = _free_titles(found.tables, mapping)
    for table in found.tables:
        found.problems += _table_problems(table, mapping, free)
    if found.tables or not found.problems:
        found.problems += _missing(found.tables, mapping)
    return found


def where(table: Table, position: int) -> str:
    """Return the title of a column with its letters, which a spreadsheet shows."""
    column = next((c for c in table.columns if c.position == position), None)
    letters = column_letter(position)
    return f"{column.title[:120]} ({letters})" if column else letters


def _no_table(sheet: Sheet) -> Problem:
    remedy = "if it holds no answers, name it under 'ignore_sheets' of the mapping; else declare its questions there"
    return Problem(sheet.name, None, "", "", "no row names a question of the mapping", remedy)


def _table_problems(table: Table, mapping: Mapping, free: dict[str, Target]) -> list[Problem]:
    problems, seen = [], {}
    line = table.sheet.lines[table.data_start - 1]
    for column in table.columns:
        if column.target is None and not column.ignored:
            # Looking for something alike takes time: whoever has more unknown columns has the wrong mapping.
            near = (
                suggestions(column.title, free, limit=1) if len(problems) < MOST_SUGGESTED else []
            )
            problems.append(_unknown(table, column, line, {title: free[title] for title in near}))
        elif column.target in seen and column.target is not None:
            first = where(table, seen[column.target].position)
            problem = f"the question already stands in the column '{first}'"
            remedy = "delete one of the two columns"
            problems.append(
                Problem(table.sheet.name, line, where(table, column.position), "", problem, remedy)
            )
        seen.setdefault(column.target, column)
    if table.column_of(Target(mapping.key)) is None:
        titles = mapping.question_of[Target(mapping.key)].titles
        remedy = f"add a column titled '{titles[0]}' that identifies each response"
        problem = f"no column identifies the response ('{mapping.key}')"
        problems.append(Problem(table.sheet.name, line, "", "", problem, remedy))
    return problems


def _free_titles(tables: list[Table], mapping: Mapping) -> dict[str, Target]:
    """Return the titles of the questions that no column fills."""
    taken = {column.target for table in tables for column in table.columns}
    return {
        title: target
        for question in mapping.questions
        for target, titles in question.columns.items()
        if target not in taken
        for title in titles
    }


def _unknown(table: Table, column, line: int, near: dict[str, Target]) -> Problem:
    hint = "add the question to the mapping"
    for title, target in near.items():
        hint = f"if it is '{title}' ({target}), add the title to that question of the mapping"
    remedy = f"{hint}; to leave the column out, name it under 'ignore_questions'"
    problem = "the mapping has no such question"
    return Problem(
        table.sheet.name, line, where(table, column.position), column.title[:200], problem, remedy
    )


def _missing(tables: list[Table], mapping: Mapping) -> list[Problem]:
    present = {column.target for table in tables for column in table.columns}
    problems = []
    for question in mapping.questions:
        absent = [target for target in question.columns if target not in present]
        if not absent or question.optional:
            continue
        titles = question.columns[absent[0]]
        unknown = [
            c.title for table in tables for c in table.columns if c.target is None and not c.ignored
        ]
        near = suggestions(titles[0], unknown, limit=1)
        remedy = (
            f"if the column '{near[0]}' is the question, add that title to it"
            if near
            else "add the column"
        )
        remedy += f", or write 'optional: yes' at '{question.variable}' in the mapping"
        some = (
            f" ({len(absent)} of {len(question.columns)} columns)"
            if len(question.columns) > 1
            else ""
        )
        problem = f"the question '{titles[0]}' ({absent[0]}) is not in the export{some}"
        problems.append(Problem("", None, "", "", problem, remedy))
    return problems
