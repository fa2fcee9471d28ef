"""Sheets of an export as grids of plain values, from a text file or an xlsx workbook."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from survey_reader.text import DataError, likely_encoding, shows_nothing

# Far beyond any survey of operators; below them, reading takes seconds and little memory.
MAX_BYTES = 100_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 5_000
MAX_CELLS = 1_000_000
MAX_TEXT = 32_767
DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Unreadable(str):
    """Text of a cell that states no value, with the reason and a remedy."""

    def __new__(cls, text: str, key: str):
        """Return the text with its reason, from messages.yml."""
        cell = super().__new__(cls, text)
        cell.key = key
        return cell


@dataclass
class Sheet:
    """One sheet: rows of values, each cut after its last one, and the line of each.

    `merged` tells by row and column which cells took the value of the merged cell over them, and
    whether that spans columns.
    """

    name: str
    file: str
    rows: list[list] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    merged: dict[int, dict[int, bool]] = field(default_factory=dict)
    delimiter: str = ""

    @property
    def table(self) -> str:
        """Name of its rows in the ledger: its own or, if it has none, that of the file."""
        return self.name or PurePath(self.file).stem

    @property
    def place(self) -> str:
        """File and sheet, as errors name them."""
        return f"{self.file}, sheet '{self.name}'" if self.name else self.file

    def add(self, line: int, values: list) -> None:
        """Add a row without the cells after its last one that holds something."""
        end = len(values)
        while end and blank(values[end - 1]):
            end -= 1
        if end:
            self.rows.append(values[:end])
            self.lines.append(line)
        if line > MAX_CELLS or len(self.rows) > MAX_ROWS or end > MAX_COLUMNS:
            raise too_large(self.place)


@dataclass
class Export:
    """An export as read: its sheets, and its form (kind of file, encoding, delimiter) in words."""

    name: str
    form: str
    sheets: list[Sheet]

    def __post_init__(self):
        if sum(len(row) for sheet in self.sheets for row in sheet.rows) > MAX_CELLS:
            raise too_large(self.name)


def too_large(name: str) -> DataError:
    """Return the error of a file with too many cells."""
    return DataError.of(name, "too_large", rows=MAX_ROWS, cells=MAX_CELLS)


def blank(value) -> bool:
    """Tell whether a cell holds nothing that could be read."""
    if isinstance(value, str):
        return not isinstance(value, Unreadable) and shows_nothing(value)
    return value is None


def shown(value) -> str:
    """Return a cell as a reader of the spreadsheet would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Vrai" if value else "Faux"
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def column_letter(position: int) -> str:
    """Return the letters of a column, counted from 0, as spreadsheets show them."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(position + 1)


def read_export(path: Path, name: str, recognised: Callable[[Sheet], int]) -> Export:
    """Return the sheets of an xlsx workbook or of a delimited text file, told by their content.

    Parameters
    ----------
    path : Path
    name : str
        Its name in errors.
    recognised : callable
        Number of questions that a sheet shows: the delimiter that shows most is the right one.

    Raises
    ------
    DataError
        If the file is missing, too large, of another kind, or damaged.
    """
    try:
        too_long = path.stat().st_size > MAX_BYTES
        content = b"" if too_long else path.read_bytes()
    except OSError as error:
        raise DataError.of(name, "no_file", reason=error.strerror) from None
    if too_long:
        raise DataError.of(name, "file_too_large", most=MAX_BYTES)
    if content.startswith(b"PK\x03\x04"):
        return read_workbook(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError.of(name, "old_workbook")
    text, encoding = _decoded(content, name)
    if not text.strip():
        raise DataError.of(name, "empty")
    head = "".join(text.splitlines(keepends=True)[:60])
    scores = {}
    for delimiter in [d for d in DELIMITERS if d in head] or [";"]:
        try:
            scores[delimiter] = recognised(_split(head, delimiter, name, strict=False))
        except DataError:
            scores[delimiter] = -1
    best = max(scores, key=scores.__getitem__)
    form = f"text split by {DELIMITERS[best]}, {encoding}"
    return Export(name, form, [_split(text, best, name, strict=True)])


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    """Return text and encoding: what a byte order mark says, else UTF-8, else cp1252."""
    mark = next((mark for mark in _MARKS if content.startswith(mark)), None)
    for encoding in [_MARKS[mark]] if mark else ["utf-8", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            continue
        if "\x00" in text:
            line = text[: text.index("\x00")].count("\n") + 1
            raise DataError.of(name, "nul", row=line)
        if encoding == "cp1252" and (likely := likely_encoding(text, content)):
            raise DataError.of(name, "not_cp1252", likely=likely)
        return text, encoding.removesuffix("-sig")
    likely = likely_encoding(content.decode("cp1252", errors="replace"), content)
    likely = f" but probably {likely}" if likely else ""
    raise DataError.of(name, "no_encoding", row=line, likely=likely)


def _split(text: str, delimiter: str, name: str, *, strict: bool) -> Sheet:
    sheet, line = Sheet("", name, delimiter=delimiter), 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    try:
        for values in reader:
            # The reader's own limit is one of the whole process: other libraries lift it.
            if any(len(value) > MAX_TEXT for value in values):
                raise csv.Error("a cell is too long")
            sheet.add(line, values)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError.of(name, "no_cells", row=line, error=error, most=MAX_TEXT) from None
    return sheet


_RANGE = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"']([^\"']*)[\"']")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# Parts of a number format that show text: quoted, escaped, or a currency with its locale.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]')
# Parts that show nothing: widths of other characters, fill characters, colours, conditions.
_UNSHOWN = re.compile(r"[_*].|\[(?!\$)[^\]]*\]")
_THOUSANDS = re.compile(r"[0#?](,+)(?![0#?])")
_CURRENCY = ("", "€", "EUR", "-")


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
        raise DataError.of(name, "damaged", error=told) from None
    return Export(name, "Excel workbook (.xlsx)", sheets)


def _check_archive(content: bytes, name: str) -> None:
    """Refuse what is no workbook, or would take too long or too much memory to read."""
    from openpyxl.utils.cell import range_boundaries

    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "mimetype" in names or "[Content_Types].xml" not in names:
        raise DataError.of(name, "no_workbook")
    if any(part.flag_bits & 0x1 for part in parts):
        raise DataError.of(name, "password")
    size = sum(part.file_size for part in parts)
    if size > MAX_BYTES:
        raise DataError.of(name, "unpacks", size=size, most=MAX_BYTES)
    marks = cells = 0
    for part in parts:
        xml = archive.read(part).replace(b"\x00", b"")
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            raise DataError.of(name, "entities", part=part.filename[:80])
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
        return Unreadable(getattr(value, "text", None) or str(value), "cell_formula")
    if isinstance(value, str):
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        if problem := _marked(sheet.cell(cell.row, cell.column).value):
            return Unreadable(text, problem)
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
            return "struck"
        if font and font.vertAlign and before[-1:].isdigit() and not any(map(str.isalpha, text)):
            return "raised"
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
