"""Responses: the rows of all sheets that one respondent filled in, and the responses of one operator made one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from survey_reader.answers import Answer
from survey_reader.headers import suggestions
from survey_reader.mapping import NO, Mapping, Target
from survey_reader.rows import Row
from survey_reader.sheets import shown
from survey_reader.spelling import folded
from survey_reader.structure import Problem, where

OPERATOR, SIRET = Target("operator"), Target("siret")


@dataclass
class Response:
    """What one respondent answered.

    Attributes
    ----------
    key : str
    rows : list of Row
        One per sheet, in the order of the sheets.
    answers : dict of Target to Answer
    sources : dict of Target to Row
        Row in which each answer stands.
    unticked : dict of str to int
        Blank boxes that count as "no", by variable.
    into : str
        Key of the later response of the same operator; empty for the one that stands.
    replaced : list of (Target, str, str)
        For a response that does not stand: its answers that the later one replaced, and by what.
    """

    key: str
    rows: list[Row] = field(default_factory=list)
    answers: dict[Target, Answer] = field(default_factory=dict)
    sources: dict[Target, Row] = field(default_factory=dict)
    unticked: dict[str, int] = field(default_factory=dict)
    into: str = ""
    replaced: list[tuple[Target, str, str]] = field(default_factory=list)

    def value(self, target: Target) -> str:
        """Return the value of an answer, empty if there is none."""
        return self.answers[target].value if target in self.answers else ""


def gather(rows: list[Row], mapping: Mapping) -> tuple[list[Response], list[Problem]]:
    """Return the responses, sheets put together by the key, and what contradicts itself.

    A row whose response is set aside on another sheet is set aside with it.
    """
    aside: dict[str, str] = {}
    for row in rows:
        if row.rule and (key := _raw_key(row, mapping)):
            aside.setdefault(key, row.rule)
    responses: dict[str, Response] = {}
    problems = []
    for row in rows:
        if not row.rule and folded(row.key) in aside:
            row.rule = aside[folded(row.key)]
        # A row that does not say whose it is has its own problem already.
        if row.rule or not row.key:
            continue
        response = responses.setdefault(row.key, Response(row.key))
        other = next((r for r in response.rows if r.table is row.table), None)
        if other is not None:
            problem = f"the response stands on line {other.line} as well"
            remedy = "give each response an identifier of its own, or delete one of the rows"
            problems.append(_fault(row, Target(mapping.key), problem, remedy))
            continue
        response.rows.append(row)
        problems += _add(response, row, mapping)
    for response in responses.values():
        _read_boxes(response, mapping)
        if not response.value(OPERATOR):
            remedy = "write its name, or delete the row"
            problems.append(
                _fault(
                    response.rows[0],
                    OPERATOR,
                    "the response does not say of which operator it is",
                    remedy,
                )
            )
    return list(responses.values()), problems


def _raw_key(row: Row, mapping: Mapping) -> str:
    column = row.table.column_of(Target(mapping.key))
    return folded(shown(row.at(column.position))) if column else ""


def _fault(row: Row, target: Target, problem: str, remedy: str) -> Problem:
    column = row.table.column_of(target)
    place = where(row.table, column.position) if column else ""
    value = shown(row.at(column.position))[:200] if column else ""
    return Problem(row.table.sheet.name, row.line, place, value, problem, remedy)


def _add(response: Response, row: Row, mapping: Mapping) -> list[Problem]:
    problems = []
    for target, answer in row.answers.items():
        known = response.answers.get(target)
        if known is None or not known.value:
            response.answers[target], response.sources[target] = answer, row
        elif answer.value and folded(answer.value) != folded(known.value):
            sheet = response.sources[target].table.sheet.name
            problem = (
                f"the sheet '{sheet}' has another answer for this response ('{known.value[:60]}')"
            )
            problems.append(_fault(row, target, problem, "make the two sheets say the same"))
    return problems


def _read_boxes(response: Response, mapping: Mapping) -> None:
    for question in mapping.questions:
        if question.type != "box":
            continue
        targets = [target for target in question.columns if target in response.answers]
        answered = any(response.answers[target].value for target in targets)
        for target in targets:
            answer = response.answers[target]
            # Silence that was written out stays silence; a blank box is a "no" beside others that were answered.
            if answered and not answer.value and not answer.steps:
                answer.value = NO
                response.unticked[target.variable] = response.unticked.get(target.variable, 0) + 1


def merge_duplicates(responses: list[Response], mapping: Mapping) -> list[Problem]:
    """Make the responses of one operator one: the later stands, and keeps the earlier's answers where it has none.

    Two responses are of one operator if they give the same SIRET number or, where one gives none, the same name.
    """
    problems = []
    for group in _same_operator(responses):
        dated = [
            (response.value(Target(mapping.date)) if mapping.date else "", response)
            for response in group
        ]
        if any(not date for date, _ in dated) or len({date for date, _ in dated}) < len(group):
            others = ", ".join(response.key for response in group[1:])
            problem = f"the operator answered more than once (also {others}) and the dates do not tell which is the latest"
            remedy = "date each response, or delete all but one"
            problems.append(_fault(group[0].rows[0], OPERATOR, problem, remedy))
            continue
        *earlier, last = [response for _, response in sorted(dated, key=lambda pair: pair[0])]
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
    return problems or _names(responses)


def _same_operator(responses: list[Response]) -> list[list[Response]]:
    """Return the groups of two responses or more that one operator gave, in the order of the export."""
    group = list(range(len(responses)))
    by_siret, by_name = defaultdict(list), defaultdict(list)
    for place, response in enumerate(responses):
        by_name[folded(response.value(OPERATOR))].append(place)
        if response.value(SIRET):
            by_siret[response.value(SIRET)].append(place)
    for same in [*by_siret.values(), *by_name.values()]:
        # Two numbers under one name are two operators: the names are refused later.
        if len({responses[place].value(SIRET) for place in same} - {""}) <= 1:
            first = _root(group, same[0])
            for place in same[1:]:
                group[_root(group, place)] = first
    members = defaultdict(list)
    for place, response in enumerate(responses):
        members[_root(group, place)].append(response)
    return [found for found in members.values() if len(found) > 1]


def _root(group: list[int], place: int) -> int:
    while group[place] != place:
        group[place] = group[group[place]]
        place = group[place]
    return place


def _names(responses: list[Response]) -> list[Problem]:
    problems, seen = [], {}
    for response in responses:
        if response.into:
            continue
        other = seen.setdefault(folded(response.value(OPERATOR)), response)
        if other is not response:
            problem = (
                f"another operator has this name (response {other.key}) but another SIRET number"
            )
            remedy = "write the names so that they differ, or correct the number"
            problems.append(_fault(response.rows[0], OPERATOR, problem, remedy))
    return problems


def name_partners(responses: list[Response], mapping: Mapping) -> list[Problem]:
    """Replace the names of other operators by the names under which these answered, or that the mapping gives them."""
    name_of = {response.key: response.value(OPERATOR) for response in responses}
    names = {folded(name): name for name in mapping.other_operators}
    names |= {
        folded(name_of[response.key]): name_of[response.into or response.key]
        for response in responses
    }
    problems = []
    for question in mapping.questions:
        if question.type != "operators":
            continue
        for response in responses:
            for target in question.columns:
                answer = response.answers.get(target)
                if answer is not None and answer.parts:
                    problems += _named(response, target, answer, names)
    return problems


def _named(
    response: Response, target: Target, answer: Answer, names: dict[str, str]
) -> list[Problem]:
    unknown = [piece for piece in answer.parts if folded(piece) not in names]
    if unknown:
        return [_stranger(response, target, piece, names) for piece in unknown]
    answer.parts = tuple(sorted({names[folded(piece)] for piece in answer.parts}))
    joined = " ; ".join(answer.parts)
    if joined != answer.value:
        answer.steps.append(("operator_named", joined))
        answer.value = joined
    return []


def _stranger(response: Response, target: Target, piece: str, names: dict[str, str]) -> Problem:
    near = suggestions(piece, names.values(), limit=1)
    remedy = f"did you mean '{near[0]}'? " if near else ""
    remedy += (
        "Correct the name, or list it under 'other_operators' of the mapping if it did not answer; "
    )
    remedy += "several names are separated by semicolons"
    return _fault(
        response.sources[target], target, f"'{piece[:80]}' is no operator of the survey", remedy
    )
