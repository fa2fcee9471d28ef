"""A workbook that places an operator by its own answers: formulas alone, no macro."""

from __future__ import annotations

from datetime import date

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import absolute_coordinate, get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from claimbook import french
from helpers import labels, texts
from helpers.typology.bayes import placing_draws

_WORDS = texts.read("typology")["workbook"]
_WIDTHS = {"form": (54, 38, 46), "draws": (42, 36)}


def profile_workbook(found, study, questions: pd.DataFrame, accuracy: float, verdict: str):
    """Return the workbook that gives the profile of an operator from its answers.

    It computes what `helpers.typology.place_operators` does where detection is 1 for each service
    that is answered by yes or no, and next to 0 for the others.

    Parameters
    ----------
    found : FoundClasses
    study : Study
    questions : DataFrame
        Result of `typology_tables.questions_table`.
    accuracy : float
        Share of operators of which the questions find the profile.
    verdict : str
        What the rule concludes on the classes.

    Returns
    -------
    openpyxl.Workbook
    """
    book, cited = Workbook(), study.citation
    book.properties.creator, book.properties.title = cited.authors[0], _WORDS["title"]
    services = study.services.set_index("service_code").loc[found.profiles.services]
    services = services.assign(answer=_WORDS["answers"][-1]).map(french.apostrophes)
    asked = [f"{number}. {service}" for number, service in questions["asked"].items()]
    tables = {
        "services": services[["label_fr", "answer", "family_fr"]].to_numpy(),
        "profiles": [(name, _WORDS["chance"]) for name in found.names],
        "questions": questions.assign(asked=asked).map(french.apostrophes).to_numpy(),
    }
    said = {
        "n": len(services),
        "k": len(found.names),
        "verdict": _WORDS["verdict"].get(verdict, _WORDS["verdict"]["other"]),
        "limit": french.percent(found.clear_from),
        "accuracy": french.percent(accuracy),
        "source": labels.source(study.edition.declaration),
        "date": french.date(date.fromisoformat(cited.date)),
        "citation": cited.text,
    }
    _write_form(book, tables, said)
    _write_draws(book, found, services["label_fr"].tolist())
    for sheet, widths in zip(book, _WIDTHS.values(), strict=True):
        for column, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = sheet.PAPERSIZE_A4, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = sheet.protection.sheet = True
        sheet.protection.formatColumns = False
    return book


def _write_form(book, tables: dict[str, list], said: dict) -> None:
    """Write the sheet that is filled in: texts, headings of tables (lists), named rows (dicts)."""
    sheet = book.active
    sheet.title = _WORDS["sheet"]
    for part in _WORDS["form"]:
        if isinstance(part, dict):
            ((name, given),) = part.items()
            rows = [
                _add(sheet, cells, {**said, "number": number})
                for number, cells in enumerate(tables.get(name, [given]), start=1)
            ]
            for column, own in (given if name in tables else {"B": name}).items():
                _call(book, own, sheet, f"{column}{rows[0]}:{column}{rows[-1]}")
        elif isinstance(part, list):
            _show_headings(sheet, _add(sheet, part, said))
        else:
            cell = sheet.cell(_add(sheet, [part.lstrip("# ")], said), 1)
            cell.font = Font("Calibri", 16 if part.startswith("# ") else 11, part.startswith("#"))
    choice = DataValidation("list", formula1=f'"{",".join(_WORDS["answers"])}"', allow_blank=True)
    choice.showErrorMessage = choice.showInputMessage = True
    choice.prompt = choice.error = _WORDS["prompt"]
    sheet.add_data_validation(choice)
    thin = Side(style="thin")
    for (cell,) in _cells(book, "reponses"):
        choice.add(cell)
        cell.protection, cell.border = Protection(locked=False), Border(thin, thin, thin, thin)
    for name, number_format in (("repondu", "0"), ("fautes", "0"), ("probabilites", "0 %")):
        for (cell,) in _cells(book, name):
            cell.number_format, cell.alignment = number_format, Alignment(horizontal="left")


def _write_draws(book, found, services: list[str]) -> None:
    """Write the parameters, a row per draw and class.

    The score of a class is a logarithm, and the greatest of its draw is taken away before it is
    raised: no product of small chances gets lost.
    """
    sheet, words = book.create_sheet(_WORDS["draws"]), _WORDS["parameters"]
    posterior = found.mixture.posterior_
    draws = list(placing_draws(posterior))
    for text in words["texts"]:
        _add(sheet, [text])
    for name, value in (("seuil", found.clear_from), ("tirages", len(draws))):
        _call(book, name, sheet, f"B{_add(sheet, [words[name], value])}")
    start, end, score, weight = (
        get_column_letter(4 + place)
        for place in (0, len(services) - 1, len(services), len(services) + 1)
    )
    for name, word in zip(("est_oui", "est_non"), _WORDS["answers"], strict=False):
        answered = [f'=IF(INDEX(reponses,{j})="{word}",1,0)' for j in range(1, len(services) + 1)]
        row = _add(sheet, [words[name], "", "", *answered])
        _call(book, name, sheet, f"{start}{row}:{end}{row}")
    heads = words["heads"]
    head = _add(sheet, [*heads[:3], *services, *heads[3:]])
    _show_headings(sheet, head)
    for number, (draw, classes, rates) in enumerate(draws, start=1):
        top = sheet.max_row + 1
        scores = f"{score}{top}:{score}{top + len(classes) - 1}"
        for row, (c, chances) in enumerate(zip(classes, rates, strict=True), start=top):
            own, share = f"{start}{row}:{end}{row}", float(posterior.shares[draw, c])
            sums = f"SUMPRODUCT(est_oui,LN({own}))+SUMPRODUCT(est_non,LN(1-{own}))"
            raised = f"EXP({score}{row}-MAX({scores}))/SUMPRODUCT(EXP({scores}-MAX({scores})))"
            cells = [number, found.names[c], share, *chances.tolist(), f"=LN(C{row})+{sums}"]
            sheet.append([*cells, f"={raised}"])
    _call(book, "profil_tire", sheet, f"B{head + 1}:B{sheet.max_row}")
    _call(book, "poids", sheet, f"{weight}{head + 1}:{weight}{sheet.max_row}")
    sheet.freeze_panes = f"{start}{head + 1}"


def _add(sheet, cells, said: dict | None = None) -> int:
    """Add a row, its texts with their values and French spaces, and return its number."""
    written = [cell.format(**said) if said else cell for cell in cells]
    sheet.append(
        [french.typeset(c) if isinstance(c, str) and not c.startswith("=") else c for c in written]
    )
    return sheet.max_row


def _call(book, name: str, sheet, cells: str) -> None:
    """Give cells the name by which formulas know them."""
    place = f"{quote_sheetname(sheet.title)}!{absolute_coordinate(cells)}"
    book.defined_names[name] = DefinedName(name, attr_text=place)


def _cells(book, name: str):
    """Return the cells of a name."""
    ((sheet, place),) = book.defined_names[name].destinations
    return book[sheet][place]


def _show_headings(sheet, row: int) -> None:
    """Show a row as the headings of a table."""
    for cell in sheet[row]:
        cell.font, cell.fill = Font("Calibri", 11, True), PatternFill("solid", fgColor="DDE3EA")
