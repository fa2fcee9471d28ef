"""Sheets of an export as grids of plain values, from a text file or a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from survey_reader.mapping import Target
from survey_reader.text import DataError, RefusedError, blank, likely_encoding, table

# Far beyond any survey of operators; below them, reading takes seconds and little memory.
MAX_BYTES = 100_000_000
MAX_ROWS = 100_000
DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
_FILES = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}


def _holds(content: bytes, *patterns: str) -> bool:
    """Tell whether bytes hold what one of the patterns of kinds.yml describes."""
    return any(re.search(p.encode("latin-1"), content, re.I | re.S) for p in patterns)


class Unreadable(NamedTuple):
    """A cell that states no value: its text, and the reason as a key of messages.yml."""

    text: str
    key: str

    def __str__(self) -> str:
        return self.text


class Column(NamedTuple):
    """One titled column: its title, and what it fills, None if it is left out.

    Each of its names, which are comparable, may name it in the mapping; else it is unknown.
    """

    title: str
    target: Target | None
    unknown: bool
    names: tuple[str, ...]


@dataclass(eq=False)
class Sheet:
    """One sheet: its header, its columns by position from 0, and the rows below.

    Errors name its place; its table in the ledger has its name or, if it has none, the file's.
    `problems` are those of the survey; whatever cannot be read is entered there.
    """

    name: str
    place: str
    table: str
    delimiter: str = ""
    hidden: bool = False
    rows: list[Row] = field(default_factory=list)
    header: list[Row] = field(default_factory=list)
    columns: dict[int, Column] = field(default_factory=dict)
    problems: list[DataError] = field(default_factory=list)

    def add(self, line: int, values: list, **known) -> None:
        """Add a row, unless it is blank."""
        cells = [None if blank(value) else value for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        self.rows += [Row(self, line, cells, **known)] if cells else []
        if len(self.rows) > MAX_ROWS:
            raise DataError.of(self.place, "too_large")

    @property
    def width(self) -> int:
        """Columns up to the last one that has a title."""
        return max(self.columns, default=-1) + 1

    @cached_property
    def full(self) -> int:
        """Cells of a whole line: every row may end with a separator that the header lacks."""
        above, widths = self.header[-1].width, [row.width for row in self.rows]
        return max(above, min(widths)) if len(widths) > 2 else above

    @cached_property
    def misfits(self) -> int:
        """How many rows reach beyond the last title."""
        return sum(len(row.cells) > self.width for row in self.rows)

    @cached_property
    def targets(self) -> dict[Target, int]:
        """Position of the first column that fills a variable, by what it fills."""
        found = {}
        for place, column in self.columns.items():
            found.setdefault(column.target, place)
        return {target: place for target, place in found.items() if target}

    def where(self, position: int) -> str:
        """Return the title of a column with its letters."""
        letters, column = column_letter(position), self.columns.get(position)
        return f"{column.title[:120]} ({letters})" if column else letters


@dataclass(eq=False)
class Row:
    """One row of a sheet, and what is read of it.

    `cells` end with the last one that holds something, and blank ones are None; in a text file
    `width` counts them all. `merged` tells which cells took the value of the merged cell over them,
    and whether that spans columns. `rule` sets the row aside. `repairs` are those that are not of
    one cell: column, text before and after, rule.
    """

    sheet: Sheet
    line: int
    cells: list
    width: int = 0
    merged: dict[int, bool] = field(default_factory=dict)
    key: str = ""
    rule: str = ""
    answers: dict[Target, Any] = field(default_factory=dict)
    repairs: list[tuple] = field(default_factory=list)

    @property
    def identifier(self) -> str:
        """The row as the ledger names it."""
        return f"L{self.line}"

    def cell(self, place: Target | int | None):
        """Return the cell at a position or of a target; None if there is none."""
        place = self.sheet.targets.get(place) if isinstance(place, Target) else place
        return None if place is None or place >= len(self.cells) else self.cells[place]

    @property
    def changes(self) -> list[tuple]:
        """Its own repairs, then those of its cells: column, text before and after, rule, reason."""
        cells = ((target, one) for target, one in self.answers.items() if not one.refusal)
        return self.repairs + [(str(target), *step) for target, one in cells for step in one.steps]

    def refuse(self, place: Target | int | None, why: str | RefusedError, /, **fields) -> None:
        """Enter a refusal, or an entry of messages.yml, of a cell or, without one, of the row."""
        position = self.sheet.targets.get(place) if isinstance(place, Target) else place
        fields |= {"column": None if position is None else self.sheet.where(position)}
        fields |= {"row": self.line, "value": shown(self.cell(position))}
        self.sheet.problems.append(DataError.of(self.sheet.place, why, **fields))


def shown(value) -> str:
    """Return a cell as a reader of the spreadsheet would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Vrai" if value else "Faux"
    if isinstance(value, dt.date | dt.time):
        return str(value).removesuffix(" 00:00:00")
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def column_letter(position: int) -> str:
    """Return the letters of a column, counted from 0, as spreadsheets show them."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(position + 1)


def read_export(path: Path, name: str, recognised) -> tuple[str, list[Sheet]]:
    """Return kind of file, encoding and delimiter in words, and the sheets, told by the content.

    Parameters
    ----------
    path : Path
    name : str
        Its name in errors.
    recognised : callable
        How many questions a sheet shows: the delimiter that shows most of them is the right one.

    Raises
    ------
    DataError
        If the file is missing, too large, of another kind, or damaged.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    except OSError as error:
        raise DataError.of(name, "no_file", reason=error.strerror) from None
    if not content.strip():
        raise DataError.of(name, "empty")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(content, name)
    head = content[:4000].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    for kind, start in table("kinds")["other"].items():
        if _holds(head, rf"\A(?:{start})"):
            raise DataError.of(name, "other_kind", kind=kind)
    text, encoding = _decoded(content, name)
    head = "".join(text.splitlines(keepends=True)[:60])
    present = [delimiter for delimiter in DELIMITERS if delimiter in head] or [";"]
    best = max(present, key=lambda d: recognised(_split(head, d, name, strict=False)))
    form = f"text split by {DELIMITERS[best]}, {encoding}"
    return form, [_split(text, best, name, strict=True)]


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    """Return text and encoding: what a byte order mark says, else UTF-8, else cp1252."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\x00" in text:
                raise DataError.of(name, "nul", row=text[: text.index("\x00")].count("\n") + 1)
            if encoding != "cp1252" or not likely_encoding(text, content):
                return text, encoding.removesuffix("-sig")
    likely = likely_encoding(content.decode("cp1252", errors="replace"), content)
    raise DataError.of(name, "no_encoding", likely=f" but probably {likely}" if likely else "")


def _split(text: str, delimiter: str, name: str, *, strict: bool) -> Sheet:
    sheet, line = Sheet("", name, PurePath(name).stem, delimiter), 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    try:
        for values in reader:
            sheet.add(line, values, width=len(values))
            line = reader.line_num + 1
    except csv.Error as error:
        if strict:
            raise DataError.of(name, "no_cells", row=line, error=error) from None
    return sheet


def _workbook(content: bytes, name: str) -> tuple[str, list[Sheet]]:
    """Return the visible and hidden worksheets of an xlsx, xls, xlsb or ods workbook."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        kind, parts = _parts(content, name)
        beside = table("kinds")["beside_values"].get(kind, ())
        if any(_holds(part, *beside) for part in parts):
            raise DataError.of(name, "only_values", kind=kind)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        named = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        pages = [book.get_sheet_by_name(one.name) for one in named]
        grids = {page.name: page.to_python(skip_empty_area=False) for page in pages}
        if kind == "xlsx":
            _complete(grids, content)
        hidden = {one.name for one in named if one.visible != SheetVisibleEnum.Visible}
        sheets = [_sheet(page, grids[page.name], name, page.name in hidden) for page in pages]
        return f"workbook (.{kind})", sheets
    except (DataError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # A library that parses a damaged file may raise anything.
        told = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        why = "password" if isinstance(error, PasswordError) else "damaged"
        raise DataError.of(name, why, error=told) from None


def _parts(content: bytes, name: str) -> tuple[str, list[bytes]]:
    """Return the kind of a workbook and its parts; refuse what would take too long to read."""
    if not content.startswith(b"PK"):
        return "xls", [content]
    archive = zipfile.ZipFile(io.BytesIO(content))
    if sum(part.file_size for part in archive.infolist()) > MAX_BYTES:
        raise DataError.of(name, "too_large")
    parts = {part: archive.read(part) for part in archive.namelist()}
    plain = {part: content.replace(b"\x00", b"") for part, content in parts.items()}
    kind = next((kind for file, kind in _FILES.items() if file in parts), "")
    if not kind or (kind == "ods" and b"spreadsheet" not in parts.get("mimetype", b"")):
        raise DataError.of(name, "no_workbook")
    if b"purl.oclc.org/ooxml" in plain.get("xl/workbook.xml", b""):
        raise DataError.of(name, "other_kind", kind="a Strict Open XML workbook")
    if any(_holds(part, table("kinds")["far"]) for part in plain.values()):
        raise DataError.of(name, "too_large")
    return kind, list((parts if kind == "xlsb" else plain).values())


def _complete(grids: dict[str, list[list]], content: bytes) -> None:
    """Write into the cells what their values do not tell: a formula, an error, a unit, a note."""
    from openpyxl import load_workbook

    with warnings.catch_warnings(action="ignore"):
        book = load_workbook(io.BytesIO(content), keep_links=False, rich_text=True)
    for page in book.worksheets:
        grid = grids[page.title]
        for cell in (cell for row in page.iter_rows() for cell in row if cell.value is not None):
            if (value := _told(cell)) is not None:
                grid += [[] for _ in range(cell.row - len(grid))]
                row = grid[cell.row - 1]
                row += [""] * (cell.column - len(row))
                row[cell.column - 1] = value


def _told(cell) -> str | float | None:
    """Return what a cell of openpyxl tells beyond its value, or None."""
    value, text, before = cell.value, str(cell.value), ""
    if cell.data_type == "f":
        return Unreadable(getattr(value, "text", None) or text, "formula")
    if cell.data_type == "e":
        return text
    for run in value if isinstance(value, list) else [cell]:
        font, part = getattr(run, "font", None), text if run is cell else str(run)
        raised = font and font.vertAlign and (run is cell or before[-1:].isdigit())
        if font and (font.strike or (raised and not any(map(str.isalpha, part)))):
            return Unreadable(text, "struck")
        before += part
    return number_shown(value, cell.number_format or "") if type(value) in (int, float) else None


# Parts of a number format that show text: quoted, escaped, or a currency with its locale.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]')
# Parts that show nothing: widths of other characters, fill characters, colours.
_UNSHOWN = re.compile(r"[_*].|\[(?![$<>=])[^\]]*\]")


def number_shown(value: int | float, number_format: str) -> int | float | str:
    """Return a number with the unit and scale that its format shows, such as ``350 k€``."""
    sections = _UNSHOWN.sub("", number_format).split(";")
    place = 1 if value < 0 else 2 if value == 0 else 0
    section = sections[place] if place < len(sections) else sections[0]
    # Accounts write a dash for nothing, and before what is negative.
    unit = "".join("".join(found) for found in _LITERAL.findall(section)).strip()
    unit = re.sub(r"^-\s*(?=\D|$)", "", unit)
    code = _LITERAL.sub("", section)
    plain = code.strip().casefold() in ("general", "standard", "@")
    # A letter that stands in the format without quotes is shown as well.
    unit += "" if plain else re.sub(r"E[+-]|[^\w€%]|[0-9]", "", code)
    usual = unit in ("", "€", "EUR")
    # Zeros before a number are shown, such as those of an identifier.
    if re.fullmatch("00+", code) and not unit and value >= 0 and value == int(value):
        return f"{value:0{len(code)}.0f}"
    if value == 0 and section and usual:
        return value
    thousands = len("".join(re.findall("(?<=[0#?]),+(?![0#?,])", code)))
    # Text or a sign before the digits, a scale that nothing tells, a condition, or no digits.
    sign = "-" if value > 0 else ""
    ahead = re.search(rf'^[^0#?€$]*["\\{sign}][^0#?€$]*[0#?]', section.replace("\\-", "-"))
    untold = thousands and (usual or unit == "%")
    shows = plain or re.search("[0#?]", code)
    if ahead or untold or not shows or re.search(r"\[[<>=]", number_format):
        return Unreadable(f"{value:.15g}", "number_format")
    if usual:
        return value
    scaled = f"{value * 100 if '%' in code else value / 1000**thousands:.12g}"
    # Three digits behind the point could be thousands to whoever reads text.
    return f"{scaled}{'0' * (scaled[-4:-3] == '.')} {unit}"


def _sheet(page, grid: list[list], name: str, hidden: bool) -> Sheet:
    place, merged = f"{name}, sheet '{page.name}'", defaultdict(dict)
    found = Sheet(page.name, place, page.name, hidden=hidden)
    for (top, left), (bottom, right) in page.merged_cell_ranges or ():
        for line in range(top, min(bottom + 1, len(grid))):
            for column in range(left, min(right + 1, len(grid[line]))):
                value = grid[line][column]
                if (line, column) != (top, left) and not (blank(value) and blank(grid[top][left])):
                    grid[line][column] = grid[top][left]
                    # What stands under a merged cell was meant for one that nobody sees.
                    merged[line][column] = right > left or not blank(value)
    for line, values in enumerate(grid):
        found.add(line + 1, values, merged=merged[line])
    return found
