"""The rows of a table: responses, rows set aside, and the repairs that concern a whole row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from survey_reader.answers import Answer, CellReader
from survey_reader.errors import DataError
from survey_reader.mapping import Mapping, Target
from survey_reader.sheets import blank, shown
from survey_reader.tables import Column, Table
from survey_reader.text import folded, repair_mojibake, tidy_spaces

# With more of them the header is wrong, not a row.
MOST_SHIFTED = 10
# Reading stops after so many faults: whoever corrects them runs it again.
MOST_PROBLEMS = 200
NAME, SIRET = Target("operator"), Target("siret")


@dataclass
class Row:
    """One row of a table below its header.

    `rule` sets a row aside; `repairs` are those of the row: column, text before and after, rule.
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

    def cell(self, place: Target | Column | int | None):
        """Return the cell at a position, or of a column or target; None if there is none."""
        place = self.table.column_of(place) if isinstance(place, Target) else place
        position = place.position if isinstance(place, Column) else place
        return None if position is None or position >= len(self.values) else self.values[position]

    def fault(self, place: Target | int, problem: str, remedy: str) -> DataError:
        """Return an error about a cell of the row."""
        value, position = shown(self.cell(place)), place
        if isinstance(place, Target):
            column = self.table.column_of(place)
            position = column.position if column else None
        return self.table.fault(self.line, position, problem, remedy, value)


def read_rows(
    table: Table, mapping: Mapping, reader: CellReader
) -> tuple[list[Row], list[DataError]]:
    """Return the rows of a table with the answers in their cells, and what could not be read."""
    rows, problems, shifted = [], [], 0
    for place in range(table.data_start, len(table.sheet.rows)):
        row = Row(table, table.sheet.lines[place], list(table.sheet.rows[place]))
        rows.append(row)
        row.rule = _set_aside(row, mapping)
        if row.rule:
            continue
        if found := _merged(row, table.sheet.merged.get(place, {}), Target(mapping.key)):
            problems += found
            continue
        if len(row.values) > table.width:
            shifted += 1
            if shifted > MOST_SHIFTED or not _shift_back(row, mapping, reader):
                problem = (
                    "the row reaches beyond the last question, and no single blank explains it"
                )
                remedy = (
                    "put its cells back under their questions; quote text that holds separators"
                )
                problems.append(row.fault(len(row.values) - 1, problem, remedy))
                continue
        problems += _read_cells(row, mapping, reader)
        if len(problems) > MOST_PROBLEMS:
            break
    return rows, problems


def _set_aside(row: Row, mapping: Mapping) -> str:
    first = next(value for value in row.values if not blank(value))
    for value in (row.cell(NAME), row.cell(Target(mapping.key)), first):
        text = folded(repair_mojibake(shown(value)))[:200]
        for rule, starts in mapping.set_aside:
            if any(re.match(rf"{re.escape(start)}(?!\w)", text) for start in starts):
                return rule
    return ""


def _merged(row: Row, covered: dict[int, bool], key: Target) -> list[DataError]:
    """Enter the answers merged down to a row as repairs; refuse what no two responses share."""
    own = [row.table.column_of(target) for target in (key, NAME, SIRET)]
    for position, wide in sorted(covered.items()):
        if wide or position in [column.position for column in own if column]:
            problem = "the cell is merged with that of another question or of another response"
            return [
                row.fault(position, problem, "unmerge the cells and write each answer in its own")
            ]
        value = shown(row.cell(position))
        row.repairs.append((row.table.where(position), "", value, "merged_cells"))
    return []


def _shift_back(row: Row, mapping: Mapping, reader: CellReader) -> bool:
    """Take a blank cell out of a row one cell too long, if only one reading of the row is valid.

    In a text file the row may also hold a separator that was not quoted: text that starts with a
    space, as after a semicolon or comma, is a second reading.
    """
    if len(row.values) != row.table.width + 1:
        return False
    found = {}
    for position, value in enumerate(row.values):
        joined = row.values[max(position - 1, 0)]
        if blank(value):
            values = row.values[:position] + row.values[position + 1 :]
        elif row.table.sheet.delimiter and value.startswith(" ") and not blank(joined):
            text = f"{joined}{row.table.sheet.delimiter}{value}"
            values = [*row.values[: position - 1], text, *row.values[position + 1 :]]
            position = -1
        else:
            continue
        if not _read_cells(Row(row.table, row.line, values), mapping, reader, first_only=True):
            found.setdefault(tuple(map(shown, values)), (position, values))
    if len(found) != 1:
        return False
    ((position, values),) = found.values()
    if position < 0:
        return False
    row.values = values
    after = "les cellules qui suivent reviennent d’une colonne vers la gauche"
    row.repairs.append(("", f"{row.table.where(position)} : vide", after, "shifted_row"))
    return True


def _read_cells(
    row: Row, mapping: Mapping, reader: CellReader, *, first_only: bool = False
) -> list[DataError]:
    """Read the cells of a row into its answers; return what cannot be read, or the first of it."""
    problems, key = [], Target(mapping.key)
    row.answers = {}
    identifier = reader.read(row.cell(key), mapping.question_of[key])
    row.key = identifier.value
    # What cannot be read at all is reported below, like that of any other cell.
    if not identifier.value and not identifier.problem:
        remedy = "identify the response, or declare such rows under 'set_aside' of the mapping"
        problems.append(row.fault(key, "the row does not say whose it is", remedy))
    for column in row.table.columns:
        if column.target is None:
            continue
        answer = _answer(row, column, mapping, reader)
        row.answers.setdefault(column.target, answer)
        if answer.problem:
            problems.append(row.fault(column.position, answer.problem, answer.remedy))
            if first_only:
                return problems
    titled = {column.position for column in row.table.columns}
    for position, value in enumerate(row.values[: row.table.width]):
        if position not in titled and not blank(value):
            remedy = "give the column a title that the mapping knows, or empty it"
            problems.append(row.fault(position, "the cell stands under no title", remedy))
    return problems


def _answer(row: Row, column: Column, mapping: Mapping, reader: CellReader) -> Answer:
    value, question = row.cell(column), mapping.question_of[column.target]
    correction = mapping.correction_of.get((row.key, column.target))
    if correction is None:
        return reader.read(value, question)
    if tidy_spaces(shown(value)) != tidy_spaces(correction.value):
        problem = f"line {correction.line} of the mapping corrects '{correction.value[:60]}'"
        remedy = "look at the cell again, then change or delete the correction"
        return Answer(problem=f"{problem}, which the cell does not hold", remedy=remedy)
    answer = reader.read(correction.becomes or None, question)
    answer.steps.insert(0, ("declared_correction", correction.becomes, correction.reason))
    answer.lost = not correction.becomes
    return answer
