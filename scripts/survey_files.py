"""The files of the simulated survey: workbook, text file, and the tables of the truth."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass, field

from openpyxl import Workbook
from survey_mess import Cell
from survey_questionnaire import SHEETS, Field

from claimbook import tables

SHIFTED_FROM = "siret"
# Two neighbours in the export whose legal form stands in one merged cell.
MERGED = ("R040", "R041", "legal_form")
_DAY = dt.date(2026, 4, 1)


@dataclass
class Line:
    """One line of the export: its cells by (variable, item)."""

    key: str
    cells: dict[tuple[str, str], Cell]
    shifted: bool = False


@dataclass
class Simulation:
    """The export before it is written, and its truth."""

    fields: list[Field]
    lines: list[Line] = field(default_factory=list)
    truth: list[dict] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    unrecoverable: list[tuple] = field(default_factory=list)


def workbook_bytes(simulation: Simulation, *, notes=True) -> bytes:
    """Return the workbook: a sheet to read first, and four of answers under two rows of header."""
    book = Workbook()
    book.remove(book.active)
    if notes:
        sheet = book.create_sheet("Lisez-moi")
        for row, text in enumerate(_README, start=1):
            sheet.cell(row, 1, text)
    for number, title in SHEETS.items():
        own = [c for c in simulation.fields if c.sheet == number]
        if own:
            identity = [c for c in simulation.fields if c.variable in ("response", "operator")]
            columns = own if number == 1 else [*identity, *own]
            _write_sheet(
                book.create_sheet(title), columns, simulation.lines, notes=notes and number != 3
            )
            if notes and number == 1:
                _write_footer(book[title], columns)
    # The library stamps the time of saving; a fixed one, and no compression, give the same bytes
    # everywhere.
    book.properties.creator = "Enquête simulée"
    return tables.workbook_bytes(book, _DAY, zipfile.ZIP_STORED)


_README = (
    "DONNÉES SIMULÉES : opérateurs et réponses sont inventés.",
    "Une ligne par réponse ; le numéro de réponse relie les feuilles.",
    "Cochez par Oui, O, X ou 1 ; NSP si vous ne savez pas.",
)


def _write_sheet(sheet, columns: list[Field], lines: list[Line], *, notes: bool) -> None:
    top = 1
    if notes:
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=min(8, len(columns)))
        sheet.cell(
            1, 1, f"Enquête auprès des opérateurs fictifs – DONNÉES SIMULÉES – {sheet.title}"
        )
        sheet.cell(
            2, 1, "Réponses reçues du 12 janvier au 30 mars 2026. ETP : équivalent temps plein (1)."
        )
        top = 4
    start = 1
    for place, column in enumerate(columns, start=1):
        if column.variable in ("response", "operator") or not column.group:
            sheet.cell(top, place, column.title)
            sheet.merge_cells(start_row=top, start_column=place, end_row=top + 1, end_column=place)
            start = place + 1
            continue
        sheet.cell(top + 1, place, column.title)
        following = columns[place] if place < len(columns) else None
        if following is None or following.group != column.group or following.variable == "operator":
            sheet.cell(top, start, column.group)
            if place > start:
                sheet.merge_cells(start_row=top, start_column=start, end_row=top, end_column=place)
            start = place + 1
    for row, line in enumerate(lines, start=top + 2):
        _write_line(sheet, row, line, columns)
    _merge_down(sheet, top + 2, columns, lines)


def _write_line(sheet, row: int, line: Line, columns: list[Field]) -> None:
    place = 0
    for column in columns:
        place += 1
        if line.shifted and column.variable == SHIFTED_FROM:
            place += 1
        cell = line.cells[column.key]
        if cell.workbook is not None:
            written = sheet.cell(row, place, cell.workbook)
            if cell.number_format:
                written.number_format = cell.number_format


def _merge_down(sheet, top: int, columns: list[Field], lines: list[Line]) -> None:
    first, second, variable = MERGED
    keys = [line.key for line in lines]
    place = next(
        (i for i, column in enumerate(columns, start=1) if column.variable == variable), None
    )
    if place and first in keys and second in keys:
        row = top + keys.index(first)
        sheet.merge_cells(start_row=row, start_column=place, end_row=row + 1, end_column=place)


def _write_footer(sheet, columns: list[Field]) -> None:
    last = sheet.max_row
    sheet.cell(last + 1, 1, "Total")
    for place, column in enumerate(columns, start=1):
        if column.kind in ("count", "staff", "money"):
            letter = sheet.cell(1, place).column_letter if place > 8 else "ABCDEFGH"[place - 1]
            sheet.cell(last + 1, place, f"=SUM({letter}6:{letter}{last})")
    sheet.cell(last + 3, 1, "(1) Au 31 décembre de l’année précédente.")


def csv_bytes(simulation: Simulation) -> bytes:
    """Return the text file of a survey tool: one header, semicolons, cp1252, one extra column."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.csv for column in simulation.fields] + ["Durée de saisie (s)"])
    for place, line in enumerate(simulation.lines):
        row = [line.cells[column.key].text for column in simulation.fields]
        if line.shifted:
            at = next(
                i for i, column in enumerate(simulation.fields) if column.variable == SHIFTED_FROM
            )
            row.insert(at, "")
        writer.writerow([*row, str(600 + 37 * place % 900)])
    return text.getvalue().encode("cp1252")


def truth_tables(simulation: Simulation) -> dict[str, str]:
    """Return the truth as CSV text by name: answers (what was answered), classes, unrecoverable."""
    order = {column.variable: place for place, column in enumerate(simulation.fields)}
    answers = [
        (operator["operator", ""], variable, item, value)
        for operator in sorted(simulation.truth, key=lambda o: o["operator", ""])
        for (variable, item), value in sorted(operator.items(), key=lambda pair: order[pair[0][0]])
        if value and variable != "operator"
    ]
    names = [operator["operator", ""] for operator in simulation.truth]
    classes = sorted(zip(names, simulation.classes, strict=True))
    return {
        "answers": _table(("operator", "variable", "item", "value"), answers),
        "classes": _table(("operator", "class"), classes),
        "unrecoverable": _table(
            ("operator", "variable", "item", "written", "reason"), simulation.unrecoverable
        ),
    }


def _table(header: tuple, rows: list) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    return text.getvalue()
