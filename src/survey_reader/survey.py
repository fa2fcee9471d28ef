"""Read an export by a mapping: responses, repairs, tidy answers, problems, and an inspection."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, groupby
from pathlib import Path

import pandas as pd
from jinja2 import Environment
from rapidfuzz import fuzz

from survey_reader import responses as r
from survey_reader.answers import Answer, CellReader
from survey_reader.ledger import Ledger
from survey_reader.mapping import NO, ROW_NUMBER, YES, Mapping, Question, Target
from survey_reader.responses import NAME, Response
from survey_reader.sheets import Row, Sheet, column_letter, read_export, shown
from survey_reader.tables import find_header, find_tables
from survey_reader.text import DataError, folded

# Names at least this much alike (0 to 100) are shown to whoever inspects an export.
ALIKE = 93


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
    tables : list of Sheet
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
    tables: list[Sheet] = field(default_factory=list)
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
        if self.problems:
            first, *others = self.problems
            more = f" ({len(others)} further faults: 'inspect' lists them)" if others else ""
            raise DataError(**vars(first) | {"remedy": first.remedy + more})


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
    problems, key = survey.problems, Target(mapping.survey.key)
    survey.form, sheets = read_export(path, survey.name, lambda s: find_header(s, mapping))
    survey.tables, survey.ignored = find_tables(sheets, mapping, survey.name, problems)
    _check_scales(survey, set(scales))
    unlinked, why = [table for table in survey.tables if key not in table.targets], "no_key"
    if key.variable == ROW_NUMBER:
        unlinked, why = survey.tables[1:], "two_tables"
    for table in unlinked:
        table.header[-1].refuse(None, why, question=mapping.question_of.get(key))
    # Unknown columns do not keep the known ones from being read: all faults are seen at once.
    if unlinked:
        return survey
    survey.rows = r.read_rows(survey.tables, CellReader(mapping, departements))
    _check_dates(survey)
    survey.responses = r.gather(survey.rows, mapping)
    if not problems:
        r.merge_duplicates(survey.responses, mapping)
        r.name_partners(survey.responses, mapping)
        present = {(row.key, *target) for row in survey.rows for target in row.answers}
        for one in mapping.corrections:
            if (one.response, one.variable, one.item) not in present:
                problems.append(DataError.of(survey.name, "unused_correction", correction=one))
    if not survey.responses and not problems:
        problems.append(DataError.of(survey.name, "no_response"))
    return survey


def _check_dates(survey: Survey) -> None:
    """Refuse columns where a spreadsheet took days for months and left as text what has none."""
    dates = {t for t, question in survey.mapping.question_of.items() if question.type == "date"}
    for table in survey.tables:
        for target in sorted(dates & table.targets.keys()):
            cells = [row.cell(target) for row in table.rows if not row.rule]
            days = [cell.day for cell in cells if isinstance(cell, dt.date)]
            texts = [cell for cell in cells if isinstance(cell, str)]
            left = [re.match(r"[\s'’]*(\d\d?)[-/.]\d", text) for text in texts]
            first = [int(found[1]) for found in left if found]
            if days and first and max(days) <= 12 < min(first):
                table.header[-1].refuse(target, "days_as_months")


def _check_scales(survey: Survey, scales: set[str]) -> None:
    """Refuse the choices that should have numbers as codes and have other ones, all or some."""
    for one in survey.mapping.questions:
        words = [code for code in one.answers if not code.isdecimal()]
        mixed = one.type == "choice" and len(one.answers) - len(words) > 1
        if words and (one.variable in scales or mixed):
            told = {"variable": one.variable, "code": words[0], "label": one.answers[words[0]][0]}
            survey.problems.append(DataError.of(survey.mapping.name, "no_scale", **told))


def enter(survey: Survey, ledger: Ledger) -> None:
    """Enter the fate of each row and each repair in a ledger."""
    into = {response.key: response.into for response in survey.responses}
    for table in survey.tables:
        ledger.open_table(table.table, [row.identifier for row in table.rows])
    for row in survey.rows:
        fate, table = ("set_aside", row.rule) if row.rule else ("kept",), row.sheet.table
        if later := into.get(row.key):
            there = [one.identifier for one in row.sheet.rows if one.key == later]
            fate = ("merged", "duplicate_response", *(there or [later]))
        ledger.settle(table, row.identifier, *fate)
        for change in row.changes:
            ledger.change(table, row.identifier, *change)


def answer_tables(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return the tidy answers, and what they answer.

    Returns
    -------
    dict of DataFrame
        ``answers``: operator, variable, item, value, number. ``questions``: one row per variable
        and item. ``options``: the codes of each question with rank and label.
    """
    asked = survey.mapping.question_of.items()
    answers = [
        (response.value(NAME), target.variable, *value)
        for response in survey.standing
        for target, question in asked
        if target != NAME and response.value(target)
        for value in _values(response.answers[target], target, question)
    ]
    found = pd.DataFrame(answers, columns=["operator", "variable", "item", "value"])
    numeric = {target.variable for target, question in asked if question.numeric}
    found["number"] = found["value"].where(found["variable"].isin(numeric)).astype(float)
    rows = [
        (*target, one.theme, one.type, one.label, *one.columns[target].labels)
        for target, one in asked
    ]
    columns = ["variable", "item", "theme", "type", "question", "item_label", "option_label"]
    questions = pd.DataFrame(rows, columns=columns)
    rows = [
        (one.variable, rank, *label)
        for one in survey.mapping.questions
        for rank, label in enumerate(one.labels.items(), start=1)
    ]
    options = pd.DataFrame(rows, columns=["variable", "rank", "code", "label"])
    return {"answers": found, "questions": questions, "options": options.astype({"rank": int})}


def _values(answer: Answer, target: Target, question: Question) -> list[tuple[str, str]]:
    """Return item and value of each thing that an answer says."""
    if question.type == "several":
        return [(code, YES if code in answer.parts else NO) for code in question.answers]
    if question.type == "operators":
        return [(name, YES) for name in answer.parts]
    return [(target.item, answer.value)]


def _alike(names: list[str]) -> list[tuple[str, str]]:
    """Return the names that are counted apart and may be one with a slip; numbers must be equal."""
    plain = {name: re.sub(r"\W+", " ", folded(name)) for name in names}
    number = {name: re.findall(r"\d+", text) for name, text in plain.items()}
    pairs = [pair for pair in combinations(names, 2) if number[pair[0]] == number[pair[1]]]
    return [(a, b) for a, b in pairs if fuzz.token_sort_ratio(plain[a], plain[b]) >= ALIKE]


def inspect(survey: Survey) -> str:
    """Return what was recognised in an export, with or without problems, as plain text."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    template = Path(__file__).with_name("inspection.txt").read_text(encoding="utf-8")
    question_of = survey.mapping.question_of
    cells = [cell for row in survey.rows for cell in row.answers.items()]

    def asked(place):
        return question_of.get(place[1].target, place)

    counts, codes, alike = (defaultdict(kind) for kind in (Counter, Counter, list))
    for target, answer in cells:
        variable = question_of[target].variable
        counts[variable][answer.outcome] += 1
        codes[variable].update(answer.parts or [answer.value])
    for problem in survey.problems:
        alike[problem.column, problem.value, problem.problem].append(problem)
    return environment.from_string(template).render(
        survey=survey,
        # Columns of one question stand on one line.
        columns=lambda table: [list(group) for _, group in groupby(table.columns.items(), asked)],
        letter=column_letter,
        counts=counts,
        codes=codes,
        lost=[cell for cell in cells if cell[1].lost],
        alike=_alike(sorted({response.value(NAME) for response in survey.standing} - {""})),
        problems=list(alike.values()),
        said=lambda value: repr(shown(value)[:60]),
    )
