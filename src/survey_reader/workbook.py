"""Read an xlsx workbook, after making sure that unpacking it can do no harm."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile

from claimbook.errors import DataError
from survey_reader.sheets import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Export,
    Formula,
    Percent,
    Sheet,
    cut,
)

MAX_PARTS = 2_000
_DOCUMENTS = (".xml", ".rels", ".vml")
# Each cell takes at least two marks ("<"), most take four.
MAX_MARKS = 4 * MAX_CELLS
_ENCODING = re.compile(
    rb"^[\s\xef\xbb\xbf]*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']"
)
# Ranges whose cells the library makes one by one, however many there are.
_RANGE = re.compile(
    rb"<(?:[A-Za-z0-9_]+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"']([^\"']*)[\"']"
)
_AREA = re.compile(rb"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def read_workbook(content: bytes, name: str) -> Export:
    """Return the visible and hidden worksheets of a workbook.

    Sizes come from the directory of the archive, before anything is unpacked; the archive is refused where a part
    unpacks to more than it says. Documents that declare entities are refused: no spreadsheet writes them.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name in errors.

    Raises
    ------
    DataError
        If the file is no workbook, is protected, damaged or too large.
    """
    _check_archive(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from openpyxl import load_workbook

            book = load_workbook(io.BytesIO(content), keep_links=False)
            # Loaded whole, a blank cell with a link takes the link as its value: values are read from the stream.
            stream = load_workbook(io.BytesIO(content), keep_links=False, read_only=True)
            pairs = zip(book.worksheets, stream.worksheets, strict=True)
            sheets = [_sheet(sheet, streamed, name) for sheet, streamed in pairs]
    except DataError:
        raise
    except Exception as error:
        # A library that parses a damaged file may stumble anywhere; whatever it stumbles over, the file is at fault.
        raise DataError(
            name, f"the workbook is damaged ({_told(error)})", "save it again as .xlsx"
        ) from None
    return Export(name, "Excel workbook (.xlsx)", sheets)


def _told(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:120]


def _check_archive(content: bytes, name: str) -> None:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except Exception as error:
        raise DataError(
            name, f"the workbook is damaged ({_told(error)})", "save it again as .xlsx"
        ) from None
    names = {part.filename for part in parts}
    if "mimetype" in names or "[Content_Types].xml" not in names:
        raise DataError(
            name, "the file is not an .xlsx workbook", "save it as .xlsx (Excel workbook)"
        )
    if len(names) != len(parts) or len(parts) > MAX_PARTS:
        raise DataError(
            name, "the workbook has parts that stand twice, or too many", "save it again as .xlsx"
        )
    if any(part.flag_bits & 0x1 for part in parts):
        raise DataError(name, "the workbook is protected by a password", "save it without one")
    size = sum(part.file_size for part in parts)
    if size > MAX_BYTES:
        remedy = "keep the sheets of the survey alone, without images"
        raise DataError(
            name, f"the workbook unpacks to {size:,} bytes, more than {MAX_BYTES:,}", remedy
        )
    marks = cells = 0
    for part in parts:
        try:
            xml = _as_utf8(archive.read(part))
        except Exception as error:
            raise DataError(
                name, f"the workbook is damaged ({_told(error)})", "save it again as .xlsx"
            ) from None
        # Whatever its name says, a part that starts like a document may be read as one.
        if not (
            part.filename.casefold().endswith(_DOCUMENTS)
            or xml.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        ):
            continue
        _check_xml(xml, part.filename, name)
        marks += xml.count(b"<")
        cells += sum(_area(found, name) for found in _RANGE.findall(xml))
        if marks > MAX_MARKS or cells > MAX_CELLS:
            raise _too_large(name, "the workbook")


def _as_utf8(xml: bytes) -> bytes:
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        return xml.decode("utf-16", errors="replace").encode("utf-8")
    if xml.startswith((b"<\x00", b"\x00<")):
        return xml.decode("utf-16-le" if xml[0] else "utf-16-be", errors="replace").encode("utf-8")
    return xml


def _area(reference: bytes, name: str) -> int:
    """Return how many cells a range has."""
    found = _AREA.fullmatch(reference.strip())
    if not found:
        raise DataError(
            name, "the workbook has a range that cannot be read", "save it again as .xlsx"
        )
    left, top, right, bottom = found.groups()
    width = abs(_number(right or left) - _number(left)) + 1
    return width * (abs(int(bottom or top) - int(top)) + 1)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_xml(xml: bytes, part: str, name: str) -> None:
    """Refuse entities, and any encoding in which they could hide."""
    problem = None
    declared = _ENCODING.match(xml)
    if declared and declared[1].lower() not in (b"utf-8", b"utf-16", b"us-ascii", b"ascii"):
        problem = "is written in an encoding that workbooks do not have"
    elif b"\x00" in xml:
        problem = "holds a NUL byte"
    elif b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        problem = "declares entities, which workbooks do not have"
    if problem:
        raise DataError(
            name, f"the part '{part[:80]}' of the workbook {problem}", "save it again as .xlsx"
        )


def _too_large(name: str, what: str) -> DataError:
    remedy = "delete the rows and columns after the table, and sheets that hold no answers"
    return DataError(name, f"{what} has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells", remedy)


def _sheet(sheet, streamed, name: str) -> Sheet:
    height, width = sheet.max_row or 0, sheet.max_column or 0
    if height > MAX_ROWS or width > MAX_COLUMNS or height * width > MAX_CELLS:
        raise _too_large(f"{name}, sheet '{sheet.title}'", "the sheet")
    rows, lines, place = [], [], {}
    streamed.reset_dimensions()
    for line, cells in enumerate(streamed.iter_rows(), start=1):
        values = cut([_value(cell) for cell in cells])
        if values:
            place[line] = len(rows)
            rows.append(values)
            lines.append(line)
    merged = []
    for area in sheet.merged_cells.ranges:
        covered = [
            place[line]
            for line in range(area.min_row, min(area.max_row, height) + 1)
            if line in place
        ]
        if covered:
            merged.append((covered[0], area.min_col - 1, covered[-1], min(area.max_col, width) - 1))
    return Sheet(sheet.title, rows, lines, sorted(merged))


def _value(cell):
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if cell.data_type == "f":
        return Formula(getattr(value, "text", None) or str(value))
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    if isinstance(value, int | float):
        return Percent(value) if "%" in (cell.number_format or "") else value
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value
    return str(value)
