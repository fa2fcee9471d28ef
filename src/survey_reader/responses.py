"""Rows of a table, and responses: the rows of all sheets that one respondent filled in."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from survey_reader.answers import Answer, CellReader, parted
from survey_reader.mapping import NO, ROW_NUMBER, Mapping, SetAside, Target
from survey_reader.sheets import blank, shown
from survey_reader.tables import Column, Table
from survey_reader.text import RefusedError, comparable, folded, repair_mojibake, tidy_spaces

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
    def filled(self) -> list[Column]:
        """The columns of which the row has an answer."""
        return [column for column in self.table.columns if column.target in self.answers]

    def cell(self, place: Target | Column | int | None):
        """Return the cell at a position, or of a column or target; None if there is none."""
        place = self.table.position(place) if isinstance(place, Target) else place
        position = place.position if isinstance(place, Column) else place
        return None if position is None or position >= len(self.cells) else self.cells[position]

    def refuse(self, place: Target | int, why: str | RefusedError, /, **fields) -> None:
        """Enter a refusal of a cell, or an entry of messages.yml about it."""
        position = self.table.position(place) if isinstance(place, Target) else place
        self.table.refuse(self.line, position, shown(self.cell(place)), why, **fields)


def read_rows(table: Table, mapping: Mapping, reader: CellReader) -> list[Row]:
    """Return the rows of a table with the answers in their cells."""
    rows, shifted, sheet = [], 0, table.sheet
    widths, width = sheet.widths[table.start :], sheet.widths[table.start - 1]
    # Every row may end with a separator that the header lacks.
    width = max(width, min(widths)) if len(widths) > 2 else width
    for place in range(table.start, len(sheet.rows)):
        row = Row(table, sheet.lines[place], list(sheet.rows[place]))
        rows.append(row)
        row.rule = next((r.rule for r in mapping.set_aside if _is_aside(row, r, mapping)), "")
        if row.rule or _merged_apart(row, sheet.merged.get(row.line, {}), mapping):
            continue
        following = sheet.widths[place:] if sheet.delimiter else [0]
        too_long = len(row.cells) > table.width or following[0] > max(width, table.width)
        shifted += too_long
        row.cells += [None] * (table.width + 1 - len(row.cells)) * too_long
        if _broken(following, width):
            row.refuse(len(row.cells) - 1, "row_broken")
        elif too_long and (shifted > MOST_SHIFTED or not _shift_back(row, mapping, reader)):
            row.refuse(len(row.cells) - 1, "row_too_long")
        else:
            _read_cells(row, mapping, reader)
        if len(table.problems) > MOST_PROBLEMS:
            break
    return rows


def _broken(widths: list[int], width: int) -> bool:
    """Tell whether a row of a text file and short ones below it make one row of full width."""
    total = 0
    for part in widths:
        total += part - 1 if total else part
        if part >= width or total >= width:
            return total == width and part < width
    return False


def _is_aside(row: Row, rule: SetAside, mapping: Mapping) -> bool:
    """Tell whether a rule sets a row aside.

    By a column: it is empty, or is or starts with one of the texts. Else the first cell or the
    identifier starts with one of the texts; a name must be one of them, with a remark at most:
    "Test-Lab 38" is an operator, "Test - to delete" is none.
    """
    name, wanted = None, set(map(comparable, rule.column))
    places = [c.position for c in row.table.columns if wanted.intersection(c.names)]
    if rule.empty:
        return bool(places) and all(blank(row.cell(place)) for place in places)
    if not rule.column:
        first = next(place for place, value in enumerate(row.cells) if not blank(value))
        name, key = map(row.table.position, (NAME, Target(mapping.survey.key)))
        places = [first, name, key]
    for place in places:
        text = folded(repair_mojibake(shown(row.cell(place))))[:200]
        end = r"\s*($|[:;,.(!]|- )" if place == name else r"(?!\w)"
        if {text, folded(str(row.cell(place)))} & rule.same or any(
            re.match(re.escape(start) + end, text) for start in rule.starts_with
        ):
            return True
    return False


def _merged_apart(row: Row, covered: dict[int, bool], mapping: Mapping) -> bool:
    """Enter the answers merged down to a row as repairs; refuse what no two responses share."""
    own = list(map(row.table.position, (Target(mapping.survey.key), NAME, SIRET)))
    for position, wide in sorted(covered.items()):
        if wide or position in own:
            row.refuse(position, "merged_apart")
            return True
        value = shown(row.cell(position))
        row.repairs.append((row.table.where(position), "", value, "merged_cells"))
    return False


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
        if not blank(value):
            if not delimiter or not before or blank(before[-1]):
                continue
            before, place = [*before[:-1], f"{before[-1]}{delimiter}{value}"], None
        trial = Row(replace(row.table, problems=[]), row.line, before + after)
        _read_cells(trial, mapping, reader)
        if not trial.table.problems:
            readings.setdefault(tuple(map(shown, trial.cells)), (place, trial.cells))
    place, cells = readings.popitem()[1] if len(readings) == 1 else (None, [])
    if place is None:
        return False
    row.cells = cells
    after = "les cellules qui suivent reviennent d’une colonne vers la gauche"
    row.repairs.append(("", f"{row.table.where(place)} : vide", after, "shifted_row"))
    return True


def _read_cells(row: Row, mapping: Mapping, reader: CellReader) -> None:
    """Read the cells of a row into its answers; enter what cannot be read."""
    row.key, key = row.identifier, Target(mapping.survey.key)
    if key.variable != ROW_NUMBER:
        identifier = reader.read(row.cell(key), mapping.question_of[key])
        row.key = identifier.value
        # What cannot be read at all is reported below, like that of any other cell.
        if not identifier.value and not identifier.refusal:
            row.refuse(key, "whose")
    for column in (column for column in row.table.columns if column.target):
        answer = _answer(row, column, mapping, reader)
        answer.row = row
        row.answers.setdefault(column.target, answer)
        if answer.refusal:
            row.refuse(column.position, answer.refusal)
    titled = {column.position for column in row.table.columns}
    for place, value in enumerate(row.cells[: row.table.width]):
        if place not in titled and not blank(value):
            row.refuse(place, "no_title")


def _answer(row: Row, column: Column, mapping: Mapping, reader: CellReader) -> Answer:
    value, question = row.cell(column), mapping.question_of[column.target]
    correction = mapping.correction_of.get((row.key, column.target))
    if correction is None:
        return reader.read(value, question, column.target)
    if tidy_spaces(shown(value)) != tidy_spaces(correction.value):
        told = {"line": correction.line, "value": correction.value[:60]}
        return Answer(refusal=RefusedError("other_value", **told))
    answer = reader.read(correction.becomes or None, question, column.target)
    answer.steps.insert(0, ("declared_correction", correction.becomes, correction.reason))
    answer.lost = not correction.becomes
    return answer


@dataclass
class Response:
    """What one respondent answered.

    `into` is the key of the later response of the same respondent. A repair is the row, the column,
    the text before and after, and the rule.
    """

    key: str
    rows: list[Row] = field(default_factory=list)
    answers: dict[Target, Answer] = field(default_factory=dict)
    into: str = ""
    repairs: list[tuple[Row, str, str, str, str]] = field(default_factory=list)

    def answer(self, target: Target) -> Answer:
        """Return an answer, which is empty if there is none."""
        return self.answers.get(target) or Answer()

    def value(self, target: Target | str) -> str:
        """Return the value of an answer, empty if there is none."""
        return self.answer(Target(target) if isinstance(target, str) else target).value


def gather(rows: list[Row], mapping: Mapping) -> list[Response]:
    """Return the responses, sheets put together by the key; refuse what contradicts itself.

    A row whose response is set aside on another sheet is set aside with it.
    """
    key = Target(mapping.survey.key)
    aside = {folded(shown(row.cell(key))): row.rule for row in reversed(rows) if row.rule}
    aside.pop("", None)
    responses: dict[str, Response] = {}
    for row in rows:
        row.rule = row.rule or aside.get(folded(row.key), "")
        # A row that does not say whose it is has its own problem already.
        if row.rule or not row.key:
            continue
        response = responses.setdefault(row.key, Response(row.key))
        if others := [other.line for other in response.rows if other.table is row.table]:
            row.refuse(key, "second_row", line=others[0])
            continue
        response.rows.append(row)
        for target, answer in row.answers.items():
            known = response.answer(target)
            if not known.value:
                response.answers[target] = answer
            elif answer.value and folded(answer.value) != folded(known.value):
                told = {"sheet": known.row.table.sheet.name, "known": known.value[:60]}
                row.refuse(target, "sheets_differ", **told)
    for response in responses.values():
        _read_boxes(response, mapping)
        if not response.value(NAME) and not response.answer(NAME).refusal:
            response.rows[0].refuse(NAME, "no_operator")
    return list(responses.values())


def _read_boxes(response: Response, mapping: Mapping) -> None:
    """Take a blank box for a "no" beside answered ones; silence in words stays silence."""
    for question in mapping.questions:
        answered = {t: response.answer(t) for t in question.columns if t in response.answers}
        if question.type == "box" and any(answer.value for answer in answered.values()):
            blanks = [t for t, answer in answered.items() if not (answer.value or answer.steps)]
            for variable, count in Counter(target.variable for target in blanks).items():
                row = next(a.row for t, a in response.answers.items() if t.variable == variable)
                after = f"non ({count} case{'s' if count > 1 else ''})"
                response.repairs.append((row, variable, "", after, "unticked_box"))
            for target in blanks:
                answered[target].value = NO


def merge_duplicates(responses: list[Response], mapping: Mapping) -> None:
    """Make the responses of one respondent one: the latest stands, earlier ones fill its blanks.

    Responses are of one respondent if they give the same name, and neither another SIRET number
    nor another territory.
    """
    groups, numbers = defaultdict(list), {}
    for response in responses:
        groups[folded(response.value(NAME))].append(response)
        number = response.value(SIRET)
        other = numbers.setdefault(number, response) if number else response
        if folded(other.value(NAME)) != folded(response.value(NAME)):
            response.rows[0].refuse(NAME, "same_siret", key=other.key)
    for group in groups.values():
        if len(group) > 1:
            _merge(group, mapping)


def _merge(group: list[Response], mapping: Mapping) -> None:
    first, *others = group
    sirets = [response.value(SIRET) for response in group]
    places = [t for t, question in mapping.question_of.items() if question.type == "departements"]
    answers = (response.answer(target).parts for response in group for target in places)
    territories = [set(parts) for parts in answers if parts]
    elsewhere = territories and not set.intersection(*territories) and not all(sirets)
    if elsewhere or len({*sirets} - {""}) > 1:
        for other in others:
            key = "other_departement" if elsewhere else "other_siret"
            other.rows[0].refuse(NAME, key, key=first.key)
        return
    date = Target(mapping.survey.date)
    moments = [response.answer(date).moment for response in group]
    if not all(isinstance(moment, dt.datetime) for moment in moments):
        moments = [moment and dt.date(moment.year, moment.month, moment.day) for moment in moments]
    try:
        order = sorted(range(len(group)), key=moments.__getitem__)
    except TypeError:  # One has no date, or some times have a zone and others have none.
        order = []
    if not order or len(set(moments)) < len(group):
        keys = ", ".join(response.key for response in others)
        first.rows[0].refuse(NAME, "no_latest", keys=keys)
        return
    *earlier, last = [group[place] for place in order]
    for response in reversed(earlier):
        response.into = last.key
        for target, answer in response.answers.items():
            if target.variable in (mapping.survey.key, mapping.survey.date):
                continue
            if last.value(target) or last.answer(target).lost:
                if last.value(target) != answer.value:
                    told = (answer.value, last.value(target), "duplicate_response")
                    response.repairs.append((answer.row, str(target), *told))
            elif answer.value:
                last.answers[target] = answer


def name_partners(responses: list[Response], mapping: Mapping) -> None:
    """Replace names of other respondents by those under which they answered or are declared."""
    name_of = {response.key: response.value(NAME) for response in responses}
    names = {folded(name): name for name in mapping.other_operators}
    names |= {folded(name_of[one.key]): name_of[one.into or one.key] for one in responses}
    for target, question in mapping.question_of.items():
        separator = question.separated or r"[;\n]"
        for response in responses if question.type == "operators" else ():
            answer = response.answer(target)
            try:
                found = parted(answer.value, [separator], names, names.values(), "stranger")
                answer.parts = tuple(sorted(found))
                answer.becomes(" ; ".join(answer.parts), "operator_named")
            except RefusedError as error:
                answer.row.refuse(target, error)
