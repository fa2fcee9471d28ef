"""The rows of a table: which are responses, which are set aside, and the repairs that concern a row as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from survey_reader.answers import Answer, Reading
from survey_reader.headers import Table
from survey_reader.mapping import Mapping, Target
from survey_reader.sheets import blank, shown
from survey_reader.spelling import folded, repair_mojibake, tidy_spaces
from survey_reader.structure import Problem, where

# A table with more of them is not one in which a row slipped: its header is wrong.
MOST_SHIFTED = 10
IDENTIFYING = ("operator", "siret")
# Reading stops after so many faults: whoever mends them runs it again.
MOST_PROBLEMS = 200


@dataclass
class Row:
    """One row of a table below its header.

    Attributes
    ----------
    table : Table
    line : int
        Row of the sheet, counted from 1.
    values : list
        Cells as read, repaired as a row.
    key : str
        Identifier of the response; empty for a row that is set aside.
    rule : str
        Rule by which the row is set aside; empty for a response.
    repairs : list of (str, str, str, str)
        Column, text before, text after, rule.
    answers : dict of Target to Answer
    """

    table: Table
    line: int
    values: list
    key: str = ""
    rule: str = ""
    repairs: list[tuple[str, str, str, str]] = field(default_factory=list)
    answers: dict[Target, Answer] = field(default_factory=dict)

    @property
    def identifier(self) -> str:
        """The row as the ledger names it."""
        return f"L{self.line}"

    def at(self, position: int):
        """Return the cell at a position, None beyond the end."""
        return self.values[position] if position < len(self.values) else None


def read_rows(table: Table, mapping: Mapping, reading: Reading) -> tuple[list[Row], list[Problem]]:
    """Return the rows of a table with the answers in their cells, and what could not be read.

    A row that starts like one that the mapping sets aside is no response. A row that is one cell too long slipped to
    the right: if exactly one of its blank cells can be taken out so that every cell answers its question, that is
    done.
    """
    rows, problems, shifted = [], [], 0
    down = _merged_down(table)
    for place in range(table.data_start, len(table.sheet.rows)):
        row = Row(table, table.sheet.lines[place], list(table.sheet.rows[place]))
        rows.append(row)
        row.rule = _set_aside(row, mapping)
        if row.rule:
            continue
        problems += _fill_merged(row, down.get(place, {}), (mapping.key, *IDENTIFYING))
        if len(row.values) > table.width:
            shifted += 1
            problem = (
                None
                if shifted <= MOST_SHIFTED and _shift_back(row, mapping, reading)
                else _too_long(row)
            )
            if problem:
                problems.append(problem)
                continue
        problems += _read_cells(row, mapping, reading)
        if len(problems) > MOST_PROBLEMS:
            break
    return rows, problems


def _set_aside(row: Row, mapping: Mapping) -> str:
    named = [row.table.column_of(target) for target in (Target("operator"), Target(mapping.key))]
    cells = [row.at(column.position) for column in named if column]
    cells.append(next(value for value in row.values if not blank(value)))
    for value in cells:
        text = folded(repair_mojibake(shown(value)))[:200]
        for rule, starts in mapping.set_aside:
            if any(re.match(rf"{re.escape(start)}(?!\w)", text) for start in starts):
                return rule
    return ""


def _merged_down(table: Table) -> dict[int, dict[int, object]]:
    """Return, by row and column, the value of the merged cell that covers a cell; `None` where it covers questions."""
    covered: dict[int, dict[int, object]] = {}
    for top, left, bottom, right in table.sheet.merged:
        if bottom < table.data_start:
            continue
        source = table.sheet.rows[top]
        value = (
            source[left]
            if left < len(source) and left == right and top >= table.data_start
            else None
        )
        for place in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (place, column) != (top, left):
                    covered.setdefault(place, {})[column] = value
    return covered


def _fill_merged(row: Row, covered: dict[int, object], own: tuple[str, ...]) -> list[Problem]:
    """Give a row the answers of the cells merged down to it, but for `own`: what no two responses share."""
    problems = []
    for position, value in sorted(covered.items()):
        column = next((c for c in row.table.columns if c.position == position), None)
        if value is None or (column and column.target and column.target.variable in own):
            remedy = "unmerge the cells and write each answer in its own"
            problem = "the cell is merged with that of another question or of another response"
            problems.append(_problem(row, position, "", problem, remedy))
            break
        row.values += [None] * (position + 1 - len(row.values))
        row.values[position] = value
        row.repairs.append((where(row.table, position), "", shown(value), "merged_cells"))
    return problems


def _shift_back(row: Row, mapping: Mapping, reading: Reading) -> bool:
    if len(row.values) != row.table.width + 1:
        return False
    found = {}
    for position, value in enumerate(row.values):
        if blank(value):
            candidate = Row(row.table, row.line, row.values[:position] + row.values[position + 1 :])
            if not _read_cells(candidate, mapping, reading, first_only=True):
                found.setdefault(tuple(map(shown, candidate.values)), (position, candidate))
    if len(found) != 1:
        return False
    ((position, candidate),) = found.values()
    before = f"{where(row.table, position)} : vide"
    row.values = candidate.values
    row.repairs.append(
        (
            "",
            before,
            "les cellules qui suivent reviennent d’une colonne vers la gauche",
            "shifted_row",
        )
    )
    return True


def _too_long(row: Row) -> Problem:
    value = next(v for v in reversed(row.values) if not blank(v))
    problem = "the row reaches beyond the last question, and no single blank cell explains it"
    remedy = "put its cells back under their questions, or empty those beyond the last one"
    return _problem(row, len(row.values) - 1, shown(value), problem, remedy)


def _read_cells(
    row: Row, mapping: Mapping, reading: Reading, *, first_only: bool = False
) -> list[Problem]:
    """Read the cells of a row into its answers; return what cannot be read, or the first of it alone."""
    problems, table = [], row.table
    key_column = table.column_of(Target(mapping.key))
    row.answers, row.key = {}, ""
    if key_column is not None:
        answer = reading.read(row.at(key_column.position), mapping.question_of[key_column.target])
        row.key = answer.value
        # What cannot be read at all is told below, like that of any other cell.
        if not answer.value and not answer.problem:
            remedy = "identify the response, or declare such rows under 'set_aside' of the mapping"
            value = shown(row.at(key_column.position))
            problems.append(
                _problem(
                    row, key_column.position, value, "the row does not say whose it is", remedy
                )
            )
    titled = set()
    for column in table.columns:
        titled.add(column.position)
        if column.target is None:
            continue
        value = row.at(column.position)
        answer = _answer(row, column.target, value, mapping, reading)
        row.answers.setdefault(column.target, answer)
        if answer.problem:
            problems.append(
                _problem(row, column.position, shown(value), answer.problem, answer.remedy)
            )
            if first_only:
                return problems
    for position, value in enumerate(row.values[: table.width]):
        if position not in titled and not blank(value):
            remedy = "give the column a title that the mapping knows, or empty it"
            problems.append(
                _problem(row, position, shown(value), "the cell stands under no title", remedy)
            )
    return problems


def _problem(row: Row, position: int, value: str, problem: str, remedy: str) -> Problem:
    return Problem(
        row.table.sheet.name, row.line, where(row.table, position), value[:200], problem, remedy
    )


def _answer(row: Row, target: Target, value, mapping: Mapping, reading: Reading) -> Answer:
    question, correction = mapping.question_of[target], mapping.correction_of.get((row.key, target))
    if correction is None:
        return reading.read(value, question)
    if tidy_spaces(shown(value)) != tidy_spaces(correction.value):
        problem = f"line {correction.line} of the mapping corrects '{correction.value[:60]}', which the cell does not hold"
        return Answer(
            problem=problem, remedy="look at the cell again, then change or delete the correction"
        )
    answer = reading.read(correction.becomes or None, question)
    answer.steps.insert(0, ("declared_correction", correction.becomes, correction.reason))
    answer.lost = not correction.becomes
    return answer
