"""Read an xlsx workbook, once its archive was checked."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile

from survey_reader.errors import DataError
from survey_reader.sheets import MAX_BYTES, MAX_CELLS, Export, Sheet, Unreadable, blank, too_large

_RANGE = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"']([^\"']*)[\"']")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# Parts of a number format that show text: quoted, escaped, or a currency with its locale.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]')
# Parts that show nothing: widths of other characters, fill characters, colours, conditions.
_UNSHOWN = re.compile(r"[_*].|\[(?!\$)[^\]]*\]")
_THOUSANDS = re.compile(r"[0#?](,+)(?![0#?])")
_CURRENCY = ("", "€", "EUR", "-")
_PASTE = "copy the table and paste it as values"
_PLAIN = "write the value alone, without characters struck out or raised"


def read_workbook(content: bytes, name: str) -> Export:
    """Return the visible and hidden worksheets of a workbook.

    Raises
    ------
    DataError
        If the file is no workbook, is protected, damaged or too large.
    """
    try:
        _check_archive(content, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from openpyxl import load_workbook

            whole = load_workbook(io.BytesIO(content), keep_links=False, rich_text=True)
            # Loaded whole, a blank cell with a link takes the link as its value.
            stream = load_workbook(io.BytesIO(content), keep_links=False, read_only=True)
            pairs = zip(whole.worksheets, stream.worksheets, strict=True)
            sheets = [_sheet(sheet, streamed, name) for sheet, streamed in pairs]
    except DataError:
        raise
    except Exception as error:
        # A library that parses a damaged file may raise anything.
        told = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        problem = f"the workbook is damaged ({told})"
        raise DataError(name, problem, "save it again as .xlsx") from None
    return Export(name, "Excel workbook (.xlsx)", sheets)


def _check_archive(content: bytes, name: str) -> None:
    """Refuse what is no workbook, or would take too long or too much memory to read."""
    from openpyxl.utils.cell import range_boundaries

    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "mimetype" in names or "[Content_Types].xml" not in names:
        problem = "the file is not an .xlsx workbook"
        raise DataError(name, problem, "save it as .xlsx (Excel workbook)")
    if any(part.flag_bits & 0x1 for part in parts):
        raise DataError(name, "the workbook is protected by a password", "save it without one")
    size = sum(part.file_size for part in parts)
    if size > MAX_BYTES:
        problem = f"the workbook unpacks to {size:,} bytes, more than {MAX_BYTES:,}"
        raise DataError(name, problem, "keep the sheets of the survey alone, without images")
    marks = cells = 0
    for part in parts:
        xml = archive.read(part).replace(b"\x00", b"")
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            problem = f"the part '{part.filename[:80]}' declares entities"
            raise DataError(name, problem, "save it again as .xlsx")
        marks += xml.count(b"<")
        for area in _RANGE.findall(xml):
            left, top, right, bottom = range_boundaries(area.decode())
            cells += (right - left + 1) * (bottom - top + 1)
        # A cell with a value takes about four marks.
        if marks > 4 * MAX_CELLS or cells > MAX_CELLS:
            raise too_large(name)


def _sheet(sheet, streamed, name: str) -> Sheet:
    found = Sheet(sheet.title, name)
    streamed.reset_dimensions()
    for line, cells in enumerate(streamed.iter_rows(), start=1):
        found.add(line, [_value(cell, sheet) for cell in cells])
    place = {line: position for position, line in enumerate(found.lines)}
    for area in sheet.merged_cells.ranges:
        left, width = area.min_col - 1, area.max_col
        value = sheet.cell(area.min_row, area.min_col).value
        for row in (p for line, p in place.items() if area.min_row <= line <= area.max_row):
            found.rows[row] += [None] * (0 if value is None else width - len(found.rows[row]))
            for column in range(left, min(width, len(found.rows[row]))):
                if blank(found.rows[row][column]):
                    found.rows[row][column] = found.rows[place[area.min_row]][left]
                    found.merged.setdefault(row, {})[column] = width - left > 1
    return found


def _value(cell, sheet):
    value = cell.value
    if value is None or isinstance(value, bool | dt.datetime | dt.date | dt.time):
        return value
    if cell.data_type == "f":
        return Unreadable(
            getattr(value, "text", None) or str(value), "the cell holds a formula", _PASTE
        )
    if isinstance(value, str):
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        if problem := _marked(sheet.cell(cell.row, cell.column).value):
            return Unreadable(text, problem, _PLAIN)
        return text
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    return str(value)


def _marked(runs) -> str:
    """Return what characters that are struck out, or raised after a number, leave open."""
    before = ""
    for run in runs if isinstance(runs, list) else ():
        font, text = getattr(run, "font", None), str(run)
        if font and font.strike:
            return "a part of the cell is struck out"
        if font and font.vertAlign and before[-1:].isdigit() and not any(map(str.isalpha, text)):
            return "a part of the cell is raised or lowered, as a note is"
        before += text
    return ""


def _number(value: int | float, number_format: str):
    """Return a number with the unit and scale that its format shows, such as ``350 k€``."""
    section = _UNSHOWN.sub("", number_format.partition(";")[0])
    unit = "".join("".join(found) for found in _LITERAL.findall(section)).strip()
    code = _LITERAL.sub("", section)
    if "%" in code:
        return f"{value * 100:.12g} %".replace(".", ",")
    if unit in _CURRENCY:
        return value
    if scale := _THOUSANDS.search(code):
        value = value / 1000 ** len(scale[1])
    return f"{value:.15g} {unit}"
