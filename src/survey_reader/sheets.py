"""Sheets of an export as grids of plain values, from a text file or a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePath

import yaml

from survey_reader.text import DataError, likely_encoding, shows_nothing

# Far beyond any survey of operators; below them, reading takes seconds and little memory.
MAX_BYTES = 100_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 5_000
MAX_CELLS = 1_000_000
MAX_TEXT = 32_767
DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}


@cache
def _kinds() -> dict:
    return yaml.safe_load(Path(__file__).with_name("kinds.yml").read_text(encoding="utf-8"))


def _holds(content: bytes, *patterns: str) -> bool:
    """Tell whether bytes hold what one of the patterns of kinds.yml describes."""
    return any(re.search(p.encode("latin-1"), content, re.I | re.S) for p in patterns)


class Unreadable(str):
    """Text of a cell that states no value, with the reason and a remedy."""

    def __new__(cls, text: str, key: str):
        """Return the text with its reason, from messages.yml."""
        cell = super().__new__(cls, text)
        cell.key = key
        return cell


@dataclass
class Sheet:
    """One sheet: rows of values, each cut after its last one, with the line and width of each.

    `merged` tells by line and column which cells took the value of the merged cell over them, and
    whether that spans columns. A width counts the blank cells at the end too.
    """

    name: str
    file: str
    rows: list[list] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
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
            self.widths.append(len(values))
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
    """Return the sheets of a workbook or of a delimited text file, told by their content.

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
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return read_workbook(content, name)
    head = content[:4000].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    for kind, start in _kinds()["other"].items():
        if _holds(head, rf"\A(?:{start})"):
            raise DataError.of(name, "other_kind", kind=kind)
    text, encoding = _decoded(content, name)
    if not text.strip():
        raise DataError.of(name, "empty")
    head = "".join(text.splitlines(keepends=True)[:60])

    def score(delimiter: str) -> int:
        try:
            return recognised(_split(head, delimiter, name, strict=False))
        except DataError:
            return -1

    best = max([d for d in DELIMITERS if d in head] or [";"], key=score)
    form = f"text split by {DELIMITERS[best]}, {encoding}"
    return Export(name, form, [_split(text, best, name, strict=True)])


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    """Return text and encoding: what a byte order mark says, else UTF-8, else cp1252."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            continue
        if "\x00" in text:
            raise DataError.of(name, "nul", row=text[: text.index("\x00")].count("\n") + 1)
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


_PLACE = re.compile(
    rb"<(?:\w+:)?(?:c|mergeCell|hyperlink)\s[^>]*?\br(?:ef)?\s*=\s*[\"']"
    rb"(?:([A-Z]+)([0-9]+):)?([A-Z]+)([0-9]+)[\"']"
)


def read_workbook(content: bytes, name: str) -> Export:
    """Return the visible and hidden worksheets of an xlsx, xls, xlsb or ods workbook.

    Raises
    ------
    DataError
        If the file is no workbook, is protected, damaged or too large, or if a cell of another
        kind of file than xlsx may hold more than its value tells.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

    try:
        kind, parts = _parts(content, name)
        more = any(_holds(part, *_kinds()["beside_values"][kind]) for part in parts)
        if more and kind != "xlsx":
            raise DataError.of(name, "only_values", kind=kind)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        named = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        pages = [book.get_sheet_by_name(page) for page in named]
        grids = {page.name: page.to_python(skip_empty_area=False) for page in pages}
        if more:
            _complete(grids, content)
        sheets = [_sheet(page, grids[page.name], name) for page in pages]
    except (DataError, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError:
        raise DataError.of(name, "password") from None
    except BaseException as error:
        # A library that parses a damaged file may raise anything.
        told = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        raise DataError.of(name, "damaged", error=told) from None
    return Export(name, f"workbook (.{kind})", sheets)


def _parts(content: bytes, name: str) -> tuple[str, list[bytes]]:
    """Return the kind of a workbook and its parts; refuse what would take too long to read."""
    if not content.startswith(b"PK"):
        return "xls", [content]
    archive = zipfile.ZipFile(io.BytesIO(content))
    size = sum(part.file_size for part in archive.infolist())
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        raise DataError.of(name, "password")
    if size > MAX_BYTES:
        raise DataError.of(name, "unpacks", size=size, most=MAX_BYTES)
    parts = {part: archive.read(part).replace(b"\x00", b"") for part in archive.namelist()}
    files = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
    kind = next((kind for file, kind in files.items() if file in parts), "")
    if not kind or (kind == "ods" and b"spreadsheet" not in parts.get("mimetype", b"")):
        raise DataError.of(name, "no_workbook")
    if b"purl.oclc.org/ooxml" in parts.get("xl/workbook.xml", b""):
        raise DataError.of(name, "other_kind", kind="a Strict Open XML workbook")
    for part, xml in parts.items():
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            raise DataError.of(name, "entities", part=part[:80])
        right = bottom = cells = 0
        for left, top, column, row in _PLACE.findall(xml) if kind == "xlsx" else ():
            right, bottom = max(right, _number_of(column)), max(bottom, int(row))
            if left:
                cells += (_number_of(column) - _number_of(left) + 1) * (int(row) - int(top) + 1)
        if max(right * bottom, cells) > MAX_CELLS * 10 or _holds(xml, _kinds()["repeated"]):
            raise too_large(name)
    texts = {part: archive.read(part) for part in parts} if kind == "xlsb" else parts
    return kind, list(texts.values())


def _number_of(letters: bytes) -> int:
    from openpyxl.utils import column_index_from_string

    return column_index_from_string(letters.decode())


def _complete(grids: dict[str, list[list]], content: bytes) -> None:
    """Write into the cells what their values do not tell: a formula, an error, a unit, a note."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), keep_links=False, rich_text=True)
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            if (value := _told(cell)) is not None:
                grid, line, column = grids[sheet.title], cell.row, cell.column
                grid += [[] for _ in range(line - len(grid))]
                grid[line - 1] += [""] * (column - len(grid[line - 1]))
                grid[line - 1][column - 1] = value


def _told(cell) -> str | float | None:
    """Return what a cell of openpyxl tells beyond its value, or None."""
    value, text = cell.value, str(cell.value)
    if cell.data_type == "f":
        return Unreadable(getattr(value, "text", None) or text, "cell_formula")
    if cell.data_type == "e":
        return text
    before = ""
    for run in value if isinstance(value, list) else [cell]:
        font, part = getattr(run, "font", None), text if run is cell else str(run)
        raised = font and font.vertAlign and (run is cell or before[-1:].isdigit())
        if font and font.strike:
            return Unreadable(text, "struck")
        if raised and not any(map(str.isalpha, part)):
            return Unreadable(text, "raised")
        before += part
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number_shown(value, cell.number_format or "") if number else None


# Parts of a number format that show text: quoted, escaped, or a currency with its locale.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]')
# Parts that show nothing: widths of other characters, fill characters, colours.
_UNSHOWN = re.compile(r"[_*].|\[(?![$<>=])[^\]]*\]")
_THOUSANDS = re.compile(r"[0#?](,+)(?![0#?])")
_CURRENCY = ("", "€", "EUR", "-")


def number_shown(value: int | float, number_format: str) -> int | float | str:
    """Return a number with the unit and scale that its format shows, such as ``350 k€``."""
    sections = _UNSHOWN.sub("", number_format).split(";")
    place = 1 if value < 0 else 2 if value == 0 else 0
    section = sections[place] if place < len(sections) else sections[0]
    unit = "".join("".join(found) for found in _LITERAL.findall(section)).strip()
    code = _LITERAL.sub("", section)
    plain = code.strip().casefold() in ("general", "standard", "@")
    if re.search(r"\[[<>=]", number_format) or not (plain or re.search("[0#?]", code)):
        return Unreadable(f"{value:.15g}", "number_format")
    if "%" in code:
        return f"{value * 100:.12g} %".replace(".", ",")
    # A letter that stands in the format without quotes is shown as well.
    unit += "" if plain else re.sub(r"E[+-]|[^\w€]|[0-9]", "", code)
    if unit in _CURRENCY:
        return value
    if scale := _THOUSANDS.search(code):
        value = value / 1000 ** len(scale[1])
    return f"{value:.15g} {unit}"


def _sheet(page, grid: list[list], name: str) -> Sheet:
    found = Sheet(page.name, name)
    for (top, left), (bottom, right) in page.merged_cell_ranges or ():
        for line in range(top, min(bottom + 1, len(grid))):
            for column in range(left, min(right + 1, len(grid[line]))):
                if blank(grid[line][column]) and not blank(grid[top][left]):
                    grid[line][column] = grid[top][left]
                    found.merged.setdefault(line + 1, {})[column] = right > left
    for line, values in enumerate(grid, start=1):
        found.add(line, values)
    return found
