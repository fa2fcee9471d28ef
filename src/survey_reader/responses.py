"""Rows of a table, and responses: the rows of all sheets that one respondent filled in."""

import datetime as dt
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import accumulate, product, takewhile

from survey_reader.answers import Answer, CellReader
from survey_reader.mapping import NO, ROW_NUMBER, Correction, Mapping, SetAside, Target
from survey_reader.sheets import Row, Sheet, Unreadable, shown
from survey_reader.text import RefusedError, comparable, folded, parted, repair_mojibake, table

# With more of them the header is wrong, not a row.
MOST_SHIFTED = 10
NAME, SIRET = Target("operator"), Target("siret")


def read_rows(tables: list[Sheet], reader: CellReader) -> list[Row]:
    """Return the rows of all sheets with the answers in their cells.

    A row whose response is set aside on another sheet is set aside with it.
    """
    key = Target(reader.mapping.survey.key)
    rows = [row for table in tables for row in table.rows]
    for sheet in tables if reader.mapping.survey.header_rows else ():
        header = sheet.header[-1]
        answered = {t for t, one in _answers(header, header.cells, reader).items() if one.value}
        kinds = {reader.mapping.question_of[target].type for target in answered}
        if NAME in answered and kinds - {"text"}:
            header.refuse(NAME, "header_answers")
    for row in rows:
        row.rule = next((r.rule for r in reader.mapping.set_aside if _is_aside(row, r, key)), "")
    aside = {folded(shown(row.cell(key))): row for row in reversed(rows) if row.rule}
    stands = {(row.sheet, folded(shown(row.cell(key)))) for row in rows if not row.rule}
    for row in rows:
        other = aside.get(identifier := folded(shown(row.cell(key))))
        # Of two rows of one sheet, one may be unfinished and the other not.
        if identifier and other and (other.sheet, identifier) not in stands:
            row.rule = row.rule or other.rule
        if not row.rule:
            _read_row(row, reader)
    return rows


def _is_aside(row: Row, rule: SetAside, key: Target) -> bool:
    """Tell whether a rule sets a row aside.

    By a column: it is empty, or is or starts with one of the texts. Else the first cell or the
    identifier starts with one of the texts; a name must be one of them, with a remark at most:
    "Test-Lab 38" is an operator, "Test - to delete" is none.
    """
    filled = [place for place, value in enumerate(row.cells) if value is not None]
    wanted, name = set(map(comparable, rule.column)), row.sheet.targets.get(NAME)
    places = {p for p, column in row.sheet.columns.items() if wanted.intersection(column.names)}
    for place in places.intersection(filled):
        # That of a question is refused where it is read.
        if isinstance(cell := row.cells[place], Unreadable) and not row.sheet.columns[place].target:
            row.refuse(place, cell.key)
    if rule.empty:
        return bool(places) and places.isdisjoint(filled)
    if not rule.column:
        places = {filled[0], name, row.sheet.targets.get(key)}
    texts = "|".join(map(re.escape, rule.same | rule.starts_with))
    end = "$" if rule.same else r"(?!\w)"
    ends = {} if rule.column else {name: r"\s*($|[:;,.(!]|- )"}
    return any(
        re.match(f"({texts}){ends.get(place, end)}", folded(repair_mojibake(text[:200])))
        for place in places.intersection(filled)
        for text in (shown(row.cells[place]), str(row.cells[place]))
    )


def _read_row(row: Row, reader: CellReader) -> None:
    """Read the cells of a row, put back in their places; refuse what has no place."""
    sheet, last = row.sheet, len(row.cells) - 1
    own = [sheet.targets.get(one) for one in (Target(reader.mapping.survey.key), NAME, SIRET)]
    for position, wide in sorted(row.merged.items()):
        # Two questions share no answer, and two responses no name.
        if wide or position in own:
            row.refuse(position, "merged_apart")
            return
        row.repairs.append((sheet.where(position), "", shown(row.cell(position)), "merged_cells"))
    too_long = last >= sheet.width or row.width > max(sheet.full, sheet.width)
    if _in_pieces(row) or _swallowed(row, reader):
        row.refuse(last, "row_broken")
    elif too_long and (sheet.misfits > MOST_SHIFTED or not _shift_back(row, reader)):
        row.refuse(max(last, sheet.width), "row_too_long")
    else:
        _read_cells(row, reader)


def _in_pieces(row: Row) -> bool:
    """Tell whether a row and short ones below it in a text file make one row of full width."""
    sheet = row.sheet
    below = sheet.rows[sheet.rows.index(row) :] if row.width < sheet.full else []
    short = takewhile(lambda width: width < sheet.full, (one.width for one in below))
    return sheet.full in accumulate(short, lambda total, width: total + width - 1)


def _swallowed(row: Row, reader: CellReader) -> bool:
    """Tell whether a text of several lines may be the end of one response and another's begin."""
    delimiter = row.sheet.delimiter
    for place, value in enumerate(row.cells if delimiter else ()):
        above, _, below = str(value).replace("\r", "\n").rpartition("\n")
        if above:
            first = row.cells[:place] + [text or None for text in above.split(delimiter)]
            second = [text or None for text in below.split(delimiter)] + row.cells[place + 1 :]
            both = (_answers(row, cells, reader) for cells in (first, second))
            if all(NAME in answers and answers[NAME].value for answers in both):
                return True
    return False


def _shift_back(row: Row, reader: CellReader) -> bool:
    """Take a blank cell out of a row one cell too long, if only one reading of the row is valid.

    In a text file the row may also hold a separator that was not quoted: each two neighbours as one
    text are a second reading.
    """
    readings, sheet = {}, row.sheet
    cells = row.cells + [None] * (sheet.width + 1 - len(row.cells))
    for place, value in enumerate(cells if len(cells) == sheet.width + 1 else ()):
        before, after = cells[:place], cells[place + 1 :]
        if value is not None and place == sheet.width:
            # The last cell may be a note beside the table.
            place = None
        elif value is not None:
            if not sheet.delimiter or not before or before[-1] is None:
                continue
            before[-1], place = f"{before[-1]}{sheet.delimiter}{value}", None
        if _answers(row, before + after, reader):
            readings.setdefault(tuple(map(shown, before + after)), (place, before + after))
    if [place is None for place, _ in readings.values()] != [False]:
        return False
    ((place, row.cells),) = readings.values()
    after = "les cellules qui suivent reviennent d’une colonne vers la gauche"
    row.repairs.append(("", f"{sheet.where(place)} : vide", after, "shifted_row"))
    return True


def _answers(row: Row, cells: list, reader: CellReader) -> dict[Target, Answer]:
    """Return the answers of a row if it had these cells, none if one of them could not be read."""
    trial = Row(replace(row.sheet, problems=[]), row.line, cells)
    _read_cells(trial, reader)
    return {} if trial.sheet.problems else trial.answers


def _read_cells(row: Row, reader: CellReader) -> None:
    """Read the cells of a row into its answers; enter what cannot be read."""
    mapping, key = reader.mapping, Target(reader.mapping.survey.key)
    row.answers = {
        target: reader.read(row.cell(place), mapping.question_of[target], target)
        for target, place in row.sheet.targets.items()
    }
    row.key = row.identifier if key.variable == ROW_NUMBER else row.answers[key].value
    for correction in mapping.corrections:
        target = Target(correction.variable, correction.item)
        if correction.response == row.key and target in row.answers:
            row.answers[target] = _corrected(row.answers[target], target, correction, reader)
    for place, value in enumerate(row.cells):
        if value is not None and place not in row.sheet.columns:
            row.refuse(place, "no_title")
    for target, answer in row.answers.items():
        answer.row = row
        # An identifier that cannot be read is refused like any other cell, not as a missing one.
        if answer.refusal or (target == key and not row.key):
            row.refuse(target, answer.refusal or "whose")
    for question in mapping.questions:
        if question.type == "box":
            _read_boxes(row, question.columns.keys() & row.answers.keys())


def _corrected(known: Answer, target: Target, correction: Correction, reader: CellReader) -> Answer:
    becomes, before = correction.becomes, known.before
    answer = reader.read(becomes or None, reader.mapping.question_of[target], target)
    answer.before = before
    answer.steps.insert(0, (before, becomes, "declared_correction", correction.reason))
    if answer.refusal:
        told = {"correction": correction, "problem": answer.refusal.args[0]}
        answer.refusal = RefusedError("corrected", **told)
    if before.split() != correction.value.split():
        answer.value, answer.refusal = "", RefusedError("other_value", correction=correction)
    return answer


def _read_boxes(row: Row, targets: set[Target]) -> None:
    """Take a blank box for a "no" beside answered ones; silence in words stays silence."""
    boxes = {target: row.answers[target] for target in sorted(targets)}
    blanks = [target for target, answer in boxes.items() if answer.outcome == "blank"]
    if any(answer.value for answer in boxes.values()):
        for variable, count in Counter(target.variable for target in blanks).items():
            after = f"non ({count} case{'s' * (count > 1)})"
            row.repairs.append((variable, "", after, "unticked_box"))
        for target in blanks:
            boxes[target].value = NO


@dataclass
class Response:
    """What one respondent answered; `into` is the key of a later response of the same one."""

    key: str
    rows: list[Row] = field(default_factory=list)
    answers: dict[Target, Answer] = field(default_factory=dict)
    into: str = ""

    def answer(self, target: Target) -> Answer:
        """Return an answer, which is empty if there is none."""
        return self.answers.get(target) or Answer()

    def value(self, target: Target | str) -> str:
        """Return the value of an answer, empty if there is none."""
        return self.answer(Target(target) if isinstance(target, str) else target).value


def gather(rows: list[Row], mapping: Mapping) -> list[Response]:
    """Return the responses, sheets put together by the key; refuse what contradicts itself."""
    responses: dict[str, Response] = {}
    # A row that does not say whose it is has its own problem already.
    for row in (row for row in rows if row.key):
        response = responses.setdefault(row.key, Response(row.key))
        if others := [other.line for other in response.rows if other.sheet is row.sheet]:
            row.refuse(Target(mapping.survey.key), "second_row", line=others[0])
            continue
        response.rows.append(row)
        for target, answer in row.answers.items():
            known = response.answer(target)
            if not known.value:
                response.answers[target] = answer
            elif answer.value and folded(answer.value) != folded(known.value):
                row.refuse(target, "sheets_differ", known=known)
    for response in responses.values():
        if not response.value(NAME) and not response.answer(NAME).refusal:
            response.rows[0].refuse(NAME, "no_operator")
        elif re.fullmatch(table("kinds")["sums"], folded(response.value(NAME))):
            response.rows[0].refuse(NAME, "total")
    return list(responses.values())


def merge_duplicates(responses: list[Response], mapping: Mapping) -> None:
    """Make the responses of one respondent one: the latest stands, earlier ones fill its blanks.

    Responses are of one respondent if they give the same name, and neither another SIRET number
    nor another territory.
    """
    groups, numbers = defaultdict(list), {}
    for response in responses:
        groups[folded(response.value(NAME))].append(response)
        other = numbers.setdefault(response.value(SIRET) or response.key, response)
        if folded(other.value(NAME)) != folded(response.value(NAME)):
            response.rows[0].refuse(NAME, "same_siret", key=other.key)
    for group in groups.values():
        if len(group) > 1 and not _apart(group, mapping):
            _merge(group, mapping)


def _apart(group: list[Response], mapping: Mapping) -> bool:
    """Refuse responses of one name that are of several operators."""
    sirets = {response.value(SIRET) for response in group}
    places = [t for t, question in mapping.question_of.items() if question.type == "departements"]
    answers = (response.answer(target).parts for response in group for target in places)
    territories = [set(parts) for parts in answers if parts]
    elsewhere = territories and not set.intersection(*territories) and "" in sirets
    why = "other_departement" if elsewhere else "other_siret" if len(sirets - {""}) > 1 else ""
    for other in group[1:] if why else ():
        other.rows[0].refuse(NAME, why, key=group[0].key)
    return bool(why)


def _merge(group: list[Response], mapping: Mapping) -> None:
    date = Target(mapping.survey.date)
    told = {response.answer(date).moment: response for response in group}
    if not all(isinstance(moment, dt.datetime) for moment in told):
        told = {at and dt.date(at.year, at.month, at.day): one for at, one in told.items()}
    try:
        order = [told[moment] for moment in sorted(told)]
    except TypeError:  # One has no date, or some times have a zone and others have none.
        order = []
    if len(order) < len(group):
        keys = ", ".join(response.key for response in group[1:])
        group[0].rows[0].refuse(NAME, "no_latest", keys=keys)
        return
    *earlier, last = order
    for response in reversed(earlier):
        response.into = last.key
        for target, answer in response.answers.items():
            kept = last.answer(target)
            if target.variable in (mapping.survey.key, mapping.survey.date):
                continue
            if answer.value and not (kept.value or kept.lost):
                last.answers[target] = answer
            elif answer.value != kept.value:
                change = (str(target), answer.value, kept.value, "duplicate_response")
                answer.row.repairs.append(change)


def name_partners(responses: list[Response], mapping: Mapping) -> None:
    """Replace names of other respondents by those under which they answered or are declared."""
    name_of = {response.key: response.value(NAME) for response in responses}
    names = {folded(name): name for name in mapping.other_operators}
    names |= {folded(name_of[one.key]): name_of[one.into or one.key] for one in responses}
    asked = [t for t, question in mapping.question_of.items() if question.type == "operators"]
    for response, target in product(responses, asked):
        answer, separators = response.answer(target), mapping.question_of[target].separators
        try:
            found = parted(answer.value, separators, names, names.values(), "stranger")
            answer.parts = tuple(sorted(found))
            answer.becomes(" ; ".join(answer.parts), "operator_named")
        except RefusedError as error:
            answer.row.refuse(target, error)
