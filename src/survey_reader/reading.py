"""Read an export by a mapping: everything that was recognised, and everything that stops the build."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from claimbook.errors import DataError
from survey_reader.answers import Reading
from survey_reader.delimited import read_delimited
from survey_reader.headers import find_table
from survey_reader.mapping import Mapping, Target
from survey_reader.responses import Response, gather, merge_duplicates, name_partners
from survey_reader.rows import MOST_PROBLEMS, Row, read_rows
from survey_reader.sheets import MAX_BYTES, Export
from survey_reader.spelling import folded
from survey_reader.structure import Problem, Structure, find_structure
from survey_reader.workbook import read_workbook

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass
class Survey:
    """An export as a mapping reads it.

    Attributes
    ----------
    name : str
        Path of the export, for errors.
    mapping : Mapping
    structure : Structure
    rows : list of Row
        All rows below the headers, sheet by sheet.
    responses : list of Response
    problems : list of Problem
        What stops the build; the tidy tables can be made if there are none.
    """

    name: str
    mapping: Mapping
    structure: Structure
    rows: list[Row] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def check(self) -> None:
        """Raise the first problem.

        Raises
        ------
        DataError
            Naming file, sheet, row, column, value and remedy, and how many further faults there are.
        """
        if self.problems:
            raise self.problems[0].as_error(self.name, len(self.problems) - 1)


def read_export(path: Path, mapping: Mapping, name: str) -> Export:
    """Return the sheets of an xlsx workbook or of a delimited text file, told apart by their content.

    Raises
    ------
    DataError
        If the file is missing, too large, of another kind, or damaged.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(
                name, f"the file is larger than {MAX_BYTES:,} bytes", "keep the answers alone"
            )
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            name, f"the file cannot be read ({error.strerror})", "put the export there"
        ) from None
    if content.startswith(_ZIP):
        return read_workbook(content, name)
    if content.startswith(_OLE):
        problem = "the file is an old .xls workbook, or one protected by a password"
        raise DataError(name, problem, "save it as .xlsx, without a password")

    def questions_named(sheet) -> int:
        table = find_table(sheet, mapping)
        return table.recognised if table else 0

    return read_delimited(content, name, questions_named)


def department_codes(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return official codes by folded code, code without leading zero, and name.

    Parameters
    ----------
    rows : iterable of (str, str)
        Code and name of each département.
    """
    found = {}
    for code, name in rows:
        plain = folded(name)
        found |= {
            folded(code): code,
            folded(code.lstrip("0")): code,
            plain: code,
            plain.replace("-", " "): code,
        }
    return found


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
        Code and name of each département.
    name : str, optional
        Path of the export in errors.

    Raises
    ------
    DataError
        If the file cannot be read at all; anything that can be told cell by cell is in `Survey.problems`.
    """
    name = name or path.name
    structure = find_structure(read_export(path, mapping, name), mapping)
    survey = Survey(name, mapping, structure, problems=list(structure.problems))
    # Unknown columns do not keep the known ones from being read: whoever mends the mapping sees all faults at once.
    if any(table.column_of(Target(mapping.key)) is None for table in structure.tables):
        return survey
    reading = Reading(mapping, department_codes(departements))
    for table in structure.tables:
        rows, problems = read_rows(table, mapping, reading)
        survey.rows += rows
        survey.problems += problems
    if len(survey.problems) > MOST_PROBLEMS:
        return survey
    survey.responses, problems = gather(survey.rows, mapping)
    aside = {(row.table.sheet.name, row.line) for row in survey.rows if row.rule}
    survey.problems = [p for p in survey.problems if (p.sheet, p.line) not in aside] + problems
    if not survey.problems:
        survey.problems += [*merge_duplicates(survey.responses, mapping), *_corrections(survey)]
    if not survey.problems:
        survey.problems += name_partners(survey.responses, mapping)
    if not survey.responses and not survey.problems:
        problem, remedy = "the export holds no response", "export it again with its rows"
        survey.problems.append(Problem("", None, "", "", problem, remedy))
    return survey


def _corrections(survey: Survey) -> list[Problem]:
    present = {response.key for response in survey.responses}
    problems = []
    for correction in survey.mapping.corrections:
        if correction.response not in present:
            problem = f"line {correction.line} of the mapping corrects a response that the export does not hold"
            remedy = "delete the correction, or correct the identifier"
            problems.append(Problem("", None, "", correction.response, problem, remedy))
    return problems
