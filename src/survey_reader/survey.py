"""Read an export by a mapping: responses, repairs, tidy answers, and what stops the build."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from survey_reader.answers import CellReader
from survey_reader.errors import DataError
from survey_reader.ledger import Ledger
from survey_reader.mapping import NO, NUMERIC, YES, Mapping, Question, Target
from survey_reader.responses import Response, gather, merge_duplicates, name_partners
from survey_reader.rows import MOST_PROBLEMS, NAME, Row, read_rows
from survey_reader.sheets import Sheet, read_export, shown
from survey_reader.tables import Table, find_table, find_tables

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
    form: str
    tables: list[Table]
    ignored: list[str]
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
        if not self.problems:
            return
        first, more = self.problems[0], len(self.problems) - 1
        remedy = first.remedy
        if more:
            faults = f"{more} further fault{'s' if more > 1 else ''}"
            remedy += f" ({faults}: 'inspect' lists them)"
        place = {"row": first.row, "column": first.column, "value": first.value}
        raise DataError(first.file, first.problem, remedy, **place)


def read_survey(
    path: Path, mapping: Mapping, departements: Iterable[tuple[str, str]], name: str | None = None
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

    Raises
    ------
    DataError
        If the file cannot be read at all; what is wrong cell by cell is in `Survey.problems`.
    """
    name = name or path.name

    def recognised(sheet: Sheet) -> int:
        table = find_table(sheet, mapping)
        return table.recognised if table else 0

    export = read_export(path, name, recognised)
    tables, ignored, problems = find_tables(export, mapping)
    survey = Survey(name, mapping, export.form, tables, ignored, problems=problems)
    # Unknown columns do not keep the known ones from being read: all faults are seen at once.
    if any(table.column_of(Target(mapping.key)) is None for table in tables):
        return survey
    reader = CellReader(mapping, departements)
    for table in tables:
        rows, problems = read_rows(table, mapping, reader)
        survey.rows += rows
        survey.problems += problems
    if len(survey.problems) > MOST_PROBLEMS:
        return survey
    survey.responses, problems = gather(survey.rows, mapping)
    aside = {(row.table.sheet.place, row.line) for row in survey.rows if row.rule}
    survey.problems = [p for p in survey.problems if (p.file, p.row) not in aside] + problems
    if not survey.problems:
        survey.problems += merge_duplicates(survey.responses, mapping)
        survey.problems += _unused_corrections(survey)
    if not survey.problems:
        survey.problems += name_partners(survey.responses, mapping)
    if not survey.responses and not survey.problems:
        problem = DataError(name, "the export holds no response", "export it again with its rows")
        survey.problems.append(problem)
    return survey


def _unused_corrections(survey: Survey) -> Iterator[DataError]:
    present = {response.key for response in survey.responses}
    for one in survey.mapping.corrections:
        if one.response not in present:
            problem = (
                f"line {one.line} of the mapping corrects a response that is not in the export"
            )
            remedy = "delete the correction, or correct the identifier"
            yield DataError(survey.name, problem, remedy, value=one.response)


def repairs(survey: Survey) -> Iterator[Repair]:
    """Yield the repairs: row by row those of the row and its cells, then those of responses."""
    for row in survey.rows:
        if row.rule:
            continue
        yield from ((row, *repair, None) for repair in row.repairs)
        for column in row.table.columns:
            if column.target not in row.answers or row.answers[column.target].problem:
                continue
            before = shown(row.cell(column))
            for rule, after, *reason in row.answers[column.target].steps:
                if before != after:
                    why = reason[0] if reason else None
                    yield row, str(column.target), before, after, rule, why
                before = after
    for response in survey.responses:
        for variable, count in response.unticked.items():
            row = next(row for t, row in response.sources.items() if t.variable == variable)
            after = f"non ({count} case{'s' if count > 1 else ''})"
            yield row, variable, "", after, "unticked_box", None
        for target, before, after in response.replaced:
            yield response.sources[target], str(target), before, after, "duplicate_response", None


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
