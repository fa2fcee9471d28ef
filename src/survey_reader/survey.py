"""Read an export by a mapping: responses, repairs, tidy answers, problems, and an inspection."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from jinja2 import Environment

from survey_reader import responses as r
from survey_reader.answers import CellReader
from survey_reader.ledger import Ledger
from survey_reader.mapping import CODED, NO, NUMERIC, ROW_NUMBER, YES, Mapping, Question, Target
from survey_reader.responses import NAME, Response, Row
from survey_reader.sheets import blank, column_letter, read_export, shown
from survey_reader.tables import Table, find_table, find_tables
from survey_reader.text import DataError

MOST_SHOWN = 40
# Row, column, text before and after, rule, and a reason where the rule's own is not enough.
Repair = tuple[Row, str, str, str, str, str | None]


@dataclass
class Survey:
    """An export as a mapping reads it.

    Attributes
    ----------
    name : str
        Path of the export, for errors.
    mapping : Mapping
    form : str
        Kind of file, encoding and delimiter, in words.
    tables : list of Table
    ignored : list of str
        Sheets that were left out.
    rows : list of Row
        All rows below the headers, sheet by sheet.
    responses : list of Response
    problems : list of DataError
        What stops the build; the tidy tables can be made if there are none.
    """

    name: str
    mapping: Mapping
    form: str = ""
    tables: list[Table] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    problems: list[DataError] = field(default_factory=list)

    @property
    def standing(self) -> list[Response]:
        """The responses that were not merged into a later one, by name."""
        return sorted((r for r in self.responses if not r.into), key=lambda r: r.value(NAME))

    def check(self) -> None:
        """Raise the first problem, with the number of the others.

        Raises
        ------
        DataError
            Naming file, sheet, row, column, value and remedy.
        """
        for first in self.problems[:1]:
            more = f" ({len(self.problems) - 1} further faults: 'inspect' lists them)"
            remedy = first.remedy + more * (len(self.problems) > 1)
            place = {"row": first.row, "column": first.column, "value": first.value}
            raise DataError(first.file, first.problem, remedy, **place)


def read_survey(
    path: Path,
    mapping: Mapping,
    departements: Iterable[tuple[str, str]],
    name: str | None = None,
    scales: Iterable[str] = (),
) -> Survey:
    """Return what an export says and what is wrong with it.

    Parameters
    ----------
    path : Path
        An xlsx workbook or a delimited text file.
    mapping : Mapping
    departements : iterable of (str, str)
        Official code and name of each département.
    name : str, optional
        Path of the export in errors.
    scales : iterable of str, optional
        Variables whose answers are read as numbers: codes of their answers must be numbers.

    Raises
    ------
    DataError
        If the file cannot be read at all; what is wrong cell by cell is in `Survey.problems`.
    """
    survey = Survey(name or path.name, mapping)
    problems, key = survey.problems, mapping.survey.key

    def recognised(sheet) -> int:
        table = find_table(sheet, mapping, [])
        return table.recognised if table else 0

    survey.form, sheets = read_export(path, survey.name, recognised)
    survey.tables, survey.ignored = find_tables(sheets, mapping, survey.name, problems)
    _check_scales(survey, set(scales))
    # Unknown columns do not keep the known ones from being read: all faults are seen at once.
    keyed = [key == ROW_NUMBER or t.position(Target(key)) is not None for t in survey.tables]
    if not all(keyed) or (key == ROW_NUMBER and len(keyed) > 1):
        return survey
    reader = CellReader(mapping, departements)
    for table in survey.tables:
        survey.rows += r.read_rows(table, mapping, reader)
    if len(problems) > r.MOST_PROBLEMS:
        return survey
    survey.responses = r.gather(survey.rows, mapping)
    aside = {(row.table.sheet.place, row.line) for row in survey.rows if row.rule}
    problems[:] = [problem for problem in problems if (problem.file, problem.row) not in aside]
    if not problems:
        r.merge_duplicates(survey.responses, mapping)
        present = {response.key for response in survey.responses}
        for one in (one for one in mapping.corrections if one.response not in present):
            told = {"value": one.response, "line": one.line}
            problems.append(DataError.of(survey.name, "unused_correction", **told))
    if not problems:
        r.name_partners(survey.responses, mapping)
    if not survey.responses and not problems:
        problems.append(DataError.of(survey.name, "no_response"))
    return survey


def _check_scales(survey: Survey, scales: set[str]) -> None:
    """Refuse the choices that should have numbers as codes and have other ones, all or some."""
    for one in survey.mapping.questions:
        words = [code for code in one.answers if not code.isdecimal()]
        mixed = one.type == "choice" and len(one.answers) - len(words) > 1
        if words and (one.variable in scales or mixed):
            told = {"variable": one.variable, "code": words[0], "label": one.answers[words[0]][0]}
            survey.problems.append(DataError.of(survey.mapping.name, "no_scale", **told))


def repairs(survey: Survey) -> Iterator[Repair]:
    """Yield the repairs: row by row those of the row and its cells, then those of responses."""
    for row in (row for row in survey.rows if not row.rule):
        yield from ((row, *repair, None) for repair in row.repairs)
        for column in row.filled:
            before, answer = shown(row.cell(column)), row.answers[column.target]
            for rule, after, *reason in () if answer.refusal else answer.steps:
                if before != after:
                    yield row, str(column.target), before, after, rule, (*reason, None)[0]
                before = after
    for response in survey.responses:
        yield from ((*repair, None) for repair in response.repairs)


def enter(survey: Survey, ledger: Ledger) -> None:
    """Enter the fate of each row and each repair in a ledger."""
    by_key = {response.key: response for response in survey.responses}
    for table in survey.tables:
        name = table.sheet.table
        rows = [row for row in survey.rows if row.table is table]
        ledger.open_table(name, [row.identifier for row in rows])
        for row in rows:
            if row.rule:
                ledger.set_aside(name, row.identifier, row.rule)
            elif into := by_key[row.key].into:
                later = [r.identifier for r in by_key[into].rows if r.table is table]
                ledger.merge(name, row.identifier, (*later, into)[0], "duplicate_response")
            else:
                ledger.keep(name, row.identifier)
    for row, column, before, after, rule, reason in repairs(survey):
        name = row.table.sheet.table
        ledger.change(name, row.identifier, column, before, after, rule, reason)


def answer_tables(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return the tidy answers, and what they answer.

    Returns
    -------
    dict of DataFrame
        ``answers``: operator, variable, item, value, number. ``questions``: one row per variable
        and item. ``options``: the codes of each question with rank and label.
    """
    questions = survey.mapping.question_of.items()
    answers = [
        (response.value(NAME), target.variable, *value)
        for response in survey.standing
        for target, question in questions
        if target != NAME
        for value in _values(response, target, question)
    ]
    asked = []
    for target, one in questions:
        item = one.items[target.item][0] if target.item else ""
        option = target.variable.removeprefix(f"{one.variable}_")
        option = one.options[option][0] if one.options else ""
        asked.append((target.variable, target.item, one.theme, one.type, one.label, item, option))
    options = [
        (question.variable, rank, code, labels[0])
        for question in survey.mapping.questions
        for rank, (code, labels) in enumerate(question.answers.items(), start=1)
    ]
    columns = ["variable", "item", "theme", "type", "question", "item_label", "option_label"]
    found = pd.DataFrame(answers, columns=["operator", "variable", "item", "value", "number"])
    ranks = pd.DataFrame(options, columns=["variable", "rank", "code", "label"])
    return {
        "answers": found.astype({"number": float}),
        "questions": pd.DataFrame(asked, columns=columns),
        "options": ranks.astype({"rank": int}),
    }


def _values(response: Response, target: Target, question: Question) -> list[tuple]:
    """Return item, value and number of what a response says; nothing if it does not answer."""
    answer = response.answers.get(target)
    if answer is None or not answer.value:
        return []
    if question.type == "several":
        ticked = {code: YES if code in answer.parts else NO for code in question.answers}
        return [(code, said, math.nan) for code, said in ticked.items()]
    if question.type == "operators":
        return [(name, YES, math.nan) for name in answer.parts]
    scale = question.type == "choice" and all(code.isdecimal() for code in question.answers)
    number = float(answer.value) if question.type in NUMERIC or scale else math.nan
    return [(target.item, answer.value, number)]


def inspect(survey: Survey) -> str:
    """Return what was recognised in an export, with or without problems, as plain text."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    template = Path(__file__).with_name("inspection.txt").read_text(encoding="utf-8")
    rows = [row for row in survey.rows if not row.rule]
    cells = [(row, c, row.answers[c.target]) for row in rows for c in row.filled]
    made, alike = {}, {}
    for _, _, before, after, rule, _ in repairs(survey):
        made.setdefault(rule, []).append((before, after))
    for problem in survey.problems:
        alike.setdefault((problem.column, problem.value, problem.problem), []).append(problem)
    return environment.from_string(template).render(
        survey=survey,
        mapping=survey.mapping,
        columns=lambda table: _columns(survey.mapping, table),
        questions=[_counts(question, cells) for question in survey.mapping.questions],
        name=NAME,
        lost=[(row, column) for row, column, answer in cells if answer.lost],
        repairs=sorted(made.items(), key=lambda item: -len(item[1])),
        problems=list(alike.values()),
        most=MOST_SHOWN,
        said=lambda value: repr(shown(value)[:60]),
    )


def _columns(mapping: Mapping, table: Table) -> list[tuple[str, str, str]]:
    """Return letters, title and variable of the columns of each question, and of unknown ones."""
    spans: dict = {}
    for column in table.columns:
        one = mapping.question_of.get(column.target)
        # Columns of one question stand on one line.
        spans.setdefault(one.variable if one else column, (one, []))[1].append(column)
    found = []
    for one, columns in spans.values():
        first, last = (column_letter(columns[place].position) for place in (0, -1))
        title, what = columns[0].title, "UNKNOWN" if columns[0].unknown else "left out"
        if one:
            count = len(one.columns)
            shape = f", {len(columns)} of {count} columns" if count > 1 else ""
            title, what = one.label, f"{one.variable} ({one.type}{shape})"
        found.append((first if first == last else f"{first}-{last}", title, what))
    return found


def _counts(question: Question, cells) -> tuple:
    """Return how the cells of a question were read, and how often each code was answered."""
    outcomes, codes = Counter(), Counter()
    for row, column, answer in cells:
        if column.target in question.columns:
            said = "answered" if answer.value else "silent"
            said = "blank" if blank(row.cell(column)) else said
            outcomes["unknown" if answer.refusal else said] += 1
            codes.update(answer.parts or [answer.value])
    counts = (outcomes[said] for said in ("answered", "silent", "blank", "unknown"))
    known = [code for code in question.answers if codes[code] and question.type in CODED]
    return question.variable, *counts, ", ".join(f"{code} {codes[code]}" for code in known)
