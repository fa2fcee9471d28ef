"""Responses: rows of all sheets that one respondent filled in, and one response per respondent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from survey_reader.answers import Answer
from survey_reader.errors import DataError
from survey_reader.mapping import NO, Mapping, Target
from survey_reader.rows import NAME, SIRET, Row
from survey_reader.sheets import shown
from survey_reader.text import folded, nearest


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
            problem = f"the response stands on line {other.line} as well"
            remedy = "give each response an identifier of its own, or delete one of the rows"
            problems.append(row.fault(key, problem, remedy))
            continue
        response.rows.append(row)
        problems += _add(response, row)
    for response in responses.values():
        _read_boxes(response, mapping)
        if not response.value(NAME) and not response.answers.get(NAME, Answer()).problem:
            problem = "the response does not say of which operator it is"
            remedy = "write its name, or delete the row"
            problems.append(response.rows[0].fault(NAME, problem, remedy))
    return list(responses.values()), problems


def _add(response: Response, row: Row) -> list[DataError]:
    problems = []
    for target, answer in row.answers.items():
        known = response.value(target)
        if not known:
            response.answers[target], response.sources[target] = answer, row
        elif answer.value and folded(answer.value) != folded(known):
            sheet = response.sources[target].table.sheet.name
            problem = f"the sheet '{sheet}' has another answer for this response ('{known[:60]}')"
            problems.append(row.fault(target, problem, "make the two sheets say the same"))
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
            problem = f"the response {other.key} has this SIRET number but another name"
            remedy = "correct the number, or write one name in both under 'corrections'"
            problems.append(response.rows[0].fault(NAME, problem, remedy))
    for group in groups.values():
        problems += _merge(group, mapping) if len(group) > 1 else []
    return problems


def _merge(group: list[Response], mapping: Mapping) -> list[DataError]:
    first, *others = group
    remedy = "write the names so that they differ, or correct the answer"
    if len({response.value(SIRET) for response in group} - {""}) > 1:
        problem = f"another operator has this name (response {first.key}) but another SIRET number"
        return [response.rows[0].fault(NAME, problem, remedy) for response in others]
    territories = [
        set(response.answers[target].parts)
        for target, question in mapping.question_of.items()
        if question.type == "departements"
        for response in group
        if response.value(target)
    ]
    same_number = all(response.value(SIRET) for response in group)
    if territories and not set.intersection(*territories) and not same_number:
        problem = f"the response {first.key} has this name but another département"
        return [response.rows[0].fault(NAME, problem, remedy) for response in others]
    dates = [response.value(mapping.date) if mapping.date else "" for response in group]
    if "" in dates or len(set(dates)) < len(group):
        keys = ", ".join(response.key for response in others)
        problem = f"the operator answered more than once (also {keys}) and no date tells the latest"
        remedy = "date each response, or delete all but one"
        return [first.rows[0].fault(NAME, problem, remedy)]
    *earlier, last = [
        response for _, response in sorted(zip(dates, group, strict=True), key=lambda x: x[0])
    ]
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
            unknown = [piece for piece in answer.parts if folded(piece) not in names]
            problems += [_stranger(response, target, piece, names) for piece in unknown]
            if answer.parts and not unknown:
                answer.parts = tuple(sorted({names[folded(piece)] for piece in answer.parts}))
                answer.becomes(" ; ".join(answer.parts), "operator_named")
    return problems


def _stranger(response: Response, target: Target, piece: str, names: dict[str, str]) -> DataError:
    near = nearest(piece, names.values())
    remedy = f"did you mean '{near}'? " if near else ""
    remedy += "Correct the name, or list it under 'other_operators' if it did not answer; "
    remedy += "several names are separated by semicolons"
    problem = f"'{piece[:80]}' is no operator of the survey"
    return response.sources[target].fault(target, problem, remedy)
