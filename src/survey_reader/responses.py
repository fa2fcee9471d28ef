"""Rows of a table, and responses: the rows of all sheets that one respondent filled in."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field

from survey_reader.answers import Answer, CellReader
from survey_reader.mapping import NO, ROW_NUMBER, Entries, Mapping, Target, texts
from survey_reader.sheets import blank, shown
from survey_reader.tables import Column, Table
from survey_reader.text import (
    DataError,
    comparable,
    folded,
    listed,
    message,
    nearest,
    repair_mojibake,
    tidy_spaces,
)

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
    cells: list
    key: str = ""
    rule: str = ""
    repairs: list[tuple[str, str, str, str]] = field(default_factory=list)
    answers: dict[Target, Answer] = field(default_factory=dict)

    @property
    def identifier(self) -> str:
        """The row as the ledger names it."""
        return f"L{self.line}"

    @property
    def place(self) -> str:
        """Sheet and line, in words."""
        sheet = self.table.sheet.name
        return f"sheet '{sheet}', line {self.line}" if sheet else f"line {self.line}"

    def cell(self, place: Target | Column | int | None):
        """Return the cell at a position, or of a column or target; None if there is none."""
        place = self.table.column_of(place) if isinstance(place, Target) else place
        position = place.position if isinstance(place, Column) else place
        return None if position is None or position >= len(self.cells) else self.cells[position]

    def fault(self, place: Target | int, key: str, /, **fields) -> DataError:
        """Return an error of messages.yml about a cell of the row."""
        position = place
        if isinstance(place, Target):
            column = self.table.column_of(place)
            position = column.position if column else None
        return self.table.fault(self.line, position, shown(self.cell(place)), key, **fields)


def read_rows(
    table: Table, mapping: Mapping, reader: CellReader
) -> tuple[list[Row], list[DataError]]:
    """Return the rows of a table with the answers in their cells, and what could not be read."""
    rows, problems, shifted = [], [], 0
    widths, width = table.sheet.widths[table.data_start :], table.sheet.widths[table.data_start - 1]
    # Every row may end with a separator that the header lacks.
    width = max(width, min(widths)) if len(widths) > 2 else width
    for place in range(table.data_start, len(table.sheet.rows)):
        row = Row(table, table.sheet.lines[place], list(table.sheet.rows[place]))
        rows.append(row)
        row.rule = next((r["rule"] for r in mapping.set_aside if _is_aside(row, r, mapping)), "")
        if row.rule:
            continue
        if found := _merged(row, table.sheet.merged.get(row.line, {}), Target(mapping.key)):
            problems += found
            continue
        if _broken(table, place, width):
            problems.append(row.fault(len(row.cells) - 1, "row_broken"))
            continue
        if len(row.cells) > table.width or _reaches_on(table, place, width):
            shifted += 1
            row.cells += [None] * (table.width + 1 - len(row.cells))
            if shifted > MOST_SHIFTED or not _shift_back(row, mapping, reader):
                problems.append(row.fault(len(row.cells) - 1, "row_too_long"))
                continue
        problems += _read_cells(row, mapping, reader)
        if len(problems) > MOST_PROBLEMS:
            break
    return rows, problems


def _reaches_on(table: Table, place: int, width: int) -> bool:
    """Tell whether a row of a text file has more cells than the others, blank ones counted."""
    return bool(table.sheet.delimiter) and table.sheet.widths[place] > max(width, table.width)


def _broken(table: Table, place: int, width: int) -> bool:
    """Tell whether a row of a text file and short ones below it make one row of full width."""
    total = 0
    for part in table.sheet.widths[place:] if table.sheet.delimiter else ():
        total += part - 1 if total else part
        if part >= width or total >= width:
            return total == width and part < width
    return False


def _is_aside(row: Row, rule: Entries, mapping: Mapping) -> bool:
    """Tell whether a rule sets a row aside.

    By a column: it is empty, or is or starts with one of the texts. Else the first cell or the
    identifier starts with one of the texts; a name must be one of them, with a remark at most:
    "Test-Lab 38" is an operator, "Test - to delete" is none.
    """
    starts, same = (set(map(folded, texts(rule, key))) for key in ("starts_with", "is"))
    name, wanted = None, set(map(comparable, texts(rule, "column")))
    places = [c.position for c in row.table.columns if wanted.intersection(c.names)]
    if "empty" in rule:
        return bool(places) and all(blank(row.cell(place)) for place in places)
    if not wanted:
        first = next(place for place, value in enumerate(row.cells) if not blank(value))
        name, key = (row.table.column_of(target) for target in (NAME, Target(mapping.key)))
        name = name and name.position
        places = [first, name, key and key.position]
    for place in places:
        text = folded(repair_mojibake(shown(row.cell(place))))[:200]
        end = r"\s*($|[:;,.(!]|- )" if place == name else r"(?!\w)"
        if {text, folded(str(row.cell(place)))} & same or any(
            re.match(re.escape(start) + end, text) for start in starts
        ):
            return True
    return False


def _merged(row: Row, covered: dict[int, bool], key: Target) -> list[DataError]:
    """Enter the answers merged down to a row as repairs; refuse what no two responses share."""
    own = [row.table.column_of(target) for target in (key, NAME, SIRET)]
    for position, wide in sorted(covered.items()):
        if wide or position in [column.position for column in own if column]:
            return [row.fault(position, "merged_apart")]
        value = shown(row.cell(position))
        row.repairs.append((row.table.where(position), "", value, "merged_cells"))
    return []


def _shift_back(row: Row, mapping: Mapping, reader: CellReader) -> bool:
    """Take a blank cell out of a row one cell too long, if only one reading of the row is valid.

    In a text file the row may also hold a separator that was not quoted: each two neighbours as one
    text are a second reading.
    """
    if len(row.cells) != row.table.width + 1:
        return False
    readings, delimiter = {}, row.table.sheet.delimiter
    for place, value in enumerate(row.cells):
        before, after = row.cells[:place], row.cells[place + 1 :]
        if blank(value):
            taken, values = place, before + after
        elif delimiter and before and not blank(before[-1]):
            taken, values = None, [*before[:-1], f"{before[-1]}{delimiter}{value}", *after]
        else:
            continue
        if not _read_cells(Row(row.table, row.line, values), mapping, reader, first_only=True):
            readings.setdefault(tuple(map(shown, values)), (taken, values))
    position, values = readings.popitem()[1] if len(readings) == 1 else (None, [])
    if position is None:
        return False
    row.cells = values
    after = "les cellules qui suivent reviennent d’une colonne vers la gauche"
    row.repairs.append(("", f"{row.table.where(position)} : vide", after, "shifted_row"))
    return True


def _read_cells(
    row: Row, mapping: Mapping, reader: CellReader, *, first_only: bool = False
) -> list[DataError]:
    """Read the cells of a row into its answers; return what cannot be read, or the first of it."""
    problems, key = [], Target(mapping.key)
    row.answers, row.key = {}, row.identifier
    if mapping.key != ROW_NUMBER:
        identifier = reader.read(row.cell(key), mapping.question_of[key])
        row.key = identifier.value
        # What cannot be read at all is reported below, like that of any other cell.
        if not identifier.value and not identifier.problem:
            problems.append(row.fault(key, "whose"))
    for column in row.table.columns:
        if column.target is None:
            continue
        answer = _answer(row, column, mapping, reader)
        row.answers.setdefault(column.target, answer)
        if answer.problem:
            told = {"problem": answer.problem, "remedy": answer.remedy}
            problems.append(row.fault(column.position, "cell", **told))
            if first_only:
                return problems
    titled = {column.position for column in row.table.columns}
    cells = enumerate(row.cells[: row.table.width])
    untitled = [place for place, value in cells if place not in titled and not blank(value)]
    return problems + [row.fault(place, "no_title") for place in untitled]


def _answer(row: Row, column: Column, mapping: Mapping, reader: CellReader) -> Answer:
    value, question = row.cell(column), mapping.question_of[column.target]
    correction = mapping.correction_of.get((row.key, column.target))
    if correction is None:
        return reader.read(value, question, column.target)
    if tidy_spaces(shown(value)) != tidy_spaces(correction["value"]):
        told = message("other_value", line=correction.line, value=correction["value"][:60])
        return Answer(problem=told[0], remedy=told[1])
    becomes = correction.get("becomes", "")
    answer = reader.read(becomes or None, question, column.target)
    answer.steps.insert(0, ("declared_correction", becomes, correction["reason"]))
    answer.lost = not becomes
    return answer


@dataclass
class Response:
    """What one respondent answered, and the row in which each answer stands.

    `unticked` counts blank boxes that mean "no". `into` is the key of the later response of the
    same respondent, which `replaced` some answers: target, value before and after.
    """

    key: str
    rows: list[Row] = field(default_factory=list)
    answers: dict[Target, Answer] = field(default_factory=dict)
    sources: dict[Target, Row] = field(default_factory=dict)
    unticked: dict[str, int] = field(default_factory=dict)
    into: str = ""
    replaced: list[tuple[Target, str, str]] = field(default_factory=list)

    def value(self, target: Target | str) -> str:
        """Return the value of an answer, empty if there is none."""
        target = Target(target) if isinstance(target, str) else target
        return self.answers[target].value if target in self.answers else ""


def gather(rows: list[Row], mapping: Mapping) -> tuple[list[Response], list[DataError]]:
    """Return the responses, sheets put together by the key, and what contradicts itself.

    A row whose response is set aside on another sheet is set aside with it.
    """
    key = Target(mapping.key)
    aside = {folded(shown(row.cell(key))): row.rule for row in reversed(rows) if row.rule}
    aside.pop("", None)
    responses: dict[str, Response] = {}
    problems = []
    for row in rows:
        row.rule = row.rule or aside.get(folded(row.key), "")
        # A row that does not say whose it is has its own problem already.
        if row.rule or not row.key:
            continue
        response = responses.setdefault(row.key, Response(row.key))
        other = next((r for r in response.rows if r.table is row.table), None)
        if other is not None:
            problems.append(row.fault(key, "second_row", line=other.line))
            continue
        response.rows.append(row)
        problems += _add(response, row)
    for response in responses.values():
        _read_boxes(response, mapping)
        if not response.value(NAME) and not response.answers.get(NAME, Answer()).problem:
            problems.append(response.rows[0].fault(NAME, "no_operator"))
    return list(responses.values()), problems


def _add(response: Response, row: Row) -> list[DataError]:
    problems = []
    for target, answer in row.answers.items():
        known = response.value(target)
        if not known:
            response.answers[target], response.sources[target] = answer, row
        elif answer.value and folded(answer.value) != folded(known):
            sheet = response.sources[target].table.sheet.name
            problems.append(row.fault(target, "sheets_differ", sheet=sheet, known=known[:60]))
    return problems


def _read_boxes(response: Response, mapping: Mapping) -> None:
    for question in mapping.questions:
        targets = [target for target in question.columns if target in response.answers]
        if question.type != "box" or not any(map(response.value, targets)):
            continue
        for target in targets:
            answer = response.answers[target]
            # Silence in words stays silence; a blank box is a "no" beside answered ones.
            if not answer.value and not answer.steps:
                answer.value = NO
                response.unticked[target.variable] = response.unticked.get(target.variable, 0) + 1


def merge_duplicates(responses: list[Response], mapping: Mapping) -> list[DataError]:
    """Make the responses of one respondent one: the latest stands, earlier ones fill its blanks.

    Responses are of one respondent if they give the same name, and neither another SIRET number
    nor another territory.
    """
    groups, problems = defaultdict(list), []
    numbers: dict[str, Response] = {}
    for response in responses:
        groups[folded(response.value(NAME))].append(response)
        number = response.value(SIRET)
        other = numbers.setdefault(number, response) if number else response
        if folded(other.value(NAME)) != folded(response.value(NAME)):
            problems.append(response.rows[0].fault(NAME, "same_siret", key=other.key))
    for group in groups.values():
        problems += _merge(group, mapping) if len(group) > 1 else []
    return problems


def _merge(group: list[Response], mapping: Mapping) -> list[DataError]:
    first, *others = group
    if len({response.value(SIRET) for response in group} - {""}) > 1:
        return [other.rows[0].fault(NAME, "other_siret", key=first.key) for other in others]
    territories = [
        set(response.answers[target].parts)
        for target, question in mapping.question_of.items()
        if question.type == "departements"
        for response in group
        if response.value(target)
    ]
    same_number = all(response.value(SIRET) for response in group)
    if territories and not set.intersection(*territories) and not same_number:
        return [other.rows[0].fault(NAME, "other_departement", key=first.key) for other in others]
    date = Target(mapping.date)
    moments = [response.answers.get(date, Answer()).moment for response in group]
    if not all(isinstance(moment, dt.datetime) for moment in moments):
        moments = [moment and dt.date(moment.year, moment.month, moment.day) for moment in moments]
    try:
        order = sorted(range(len(group)), key=moments.__getitem__)
    except TypeError:  # One has no date, or some times have a zone and others have none.
        order = []
    if not order or len(set(moments)) < len(group):
        keys = ", ".join(response.key for response in others)
        return [first.rows[0].fault(NAME, "no_latest", keys=keys)]
    *earlier, last = [group[place] for place in order]
    for response in reversed(earlier):
        response.into = last.key
        for target, answer in response.answers.items():
            if target.variable in (mapping.key, mapping.date):
                continue
            if last.value(target) or (target in last.answers and last.answers[target].lost):
                if last.value(target) != answer.value:
                    response.replaced.append((target, answer.value, last.value(target)))
            elif answer.value:
                last.answers[target] = answer
                last.sources[target] = response.sources[target]
    return []


def name_partners(responses: list[Response], mapping: Mapping) -> list[DataError]:
    """Replace names of other respondents by those under which they answered or are declared."""
    name_of = {response.key: response.value(NAME) for response in responses}
    names = {folded(name): name for name in mapping.other_operators}
    for response in responses:
        names[folded(name_of[response.key])] = name_of[response.into or response.key]
    problems = []
    for target, question in mapping.question_of.items():
        for response in responses if question.type == "operators" else ():
            answer = response.answers.get(target, Answer())
            if not answer.parts:
                continue
            separator = re.escape(question.separator) if question.separator else r"[;\n]"
            found = set(listed(answer.parts[0], separator, names))
            if len(found) == 1:
                answer.parts = tuple(sorted(found.pop()))
                answer.becomes(" ; ".join(answer.parts), "operator_named")
                continue
            pieces = map(str.strip, re.split(separator, answer.parts[0]))
            unknown = [piece for piece in pieces if piece and folded(piece) not in names]
            problems += [_stranger(response, target, piece, names) for piece in unknown]
            if not unknown:
                fault = response.sources[target].fault
                problems.append(fault(target, "two_readings", text=answer.parts[0][:60]))
    return problems


def _stranger(response: Response, target: Target, piece: str, names: dict[str, str]) -> DataError:
    near = nearest(piece, names.values())
    near = f"did you mean '{near}'? " if near else ""
    return response.sources[target].fault(target, "stranger", piece=piece[:80], near=near)
