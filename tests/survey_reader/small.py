"""A survey of four questions, and exports of it in a few lines."""

import io
from pathlib import Path

from openpyxl import Workbook

from survey_reader import Survey, read_mapping, read_survey
from tests.loading import cases

HERE = Path(__file__).parent
MAPPING = (HERE / "small.yml").read_text(encoding="utf-8")
CELLS = cases(__file__, "cells.yml")
DEPARTEMENTS = list(CELLS["names"].items())
HEADER = ["N°", "Date", "Nom de l’opérateur", "SIRET", "Forme juridique", "Effectif"]
FIRST = ["R1", "01/02/2026", "Fictif Un", "00000000100016", "Syndicat mixte", "12"]
SECOND = ["R2", "2026-02-03", "Fictif Deux", "", "SM", "22,5 ETP"]


def mapping(folder: Path, text: str = MAPPING):
    """Return a mapping that is written to a folder."""
    path = folder / "mapping.yml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def text_file(rows, delimiter: str = ";") -> bytes:
    """Return rows as a text file; cells hold no quotes here."""
    return "\r\n".join(delimiter.join(map(str, row)) for row in rows).encode("utf-8")


def workbook(sheets: dict[str, list[list]], merged=None, styles=None, hidden=()) -> bytes:
    """Return sheets of rows as a workbook."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, start=1):
            for c, value in enumerate(row, start=1):
                if value is not None and value != "":
                    sheet.cell(r, c, value)
        for area in (merged or {}).get(name, []):
            sheet.merge_cells(area)
        for place, style in (styles or {}).get(name, {}).items():
            for part, value in style.items():
                setattr(sheet[place], part, value)
    for name in hidden:
        book[name].sheet_state = hidden[name]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(folder: Path, content: bytes, text: str = MAPPING) -> Survey:
    """Return an export as the mapping reads it."""
    path = folder / ("answers.xlsx" if content.startswith(b"PK") else "answers.csv")
    path.write_bytes(content)
    return read_survey(path, mapping(folder, text), DEPARTEMENTS)


def read_rows(folder: Path, *rows, header=HEADER, text: str = MAPPING) -> Survey:
    """Return rows below a header, read from a text file."""
    return read(folder, text_file([header, *rows]), text)


def values(survey: Survey) -> dict[str, dict[str, str]]:
    """Return the answers of each response that stands, by variable and item."""
    return {
        response.key: {
            str(target): answer.value for target, answer in response.answers.items() if answer.value
        }
        for response in survey.responses
        if not response.into
    }


def faults(survey: Survey) -> list[str]:
    """Return what stops the build, as a person reads it."""
    return list(map(str, survey.problems))


def rules(survey: Survey) -> list[str]:
    """Return the rules of the repairs, each once, in order."""
    return list(dict.fromkeys(change[3] for row in survey.rows for change in row.changes))
