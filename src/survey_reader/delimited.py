"""Read the text file of a survey tool: its encoding and its delimiter are found, not typed."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import PurePath

from claimbook.errors import DataError
from survey_reader.sheets import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Export, Sheet, cut

DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def decoded(content: bytes, name: str) -> tuple[str, str]:
    """Return the text of a file and its encoding: what a byte order mark says, else UTF-8, else cp1252.

    Valid UTF-8 that is not plain ASCII is never cp1252 that a person wrote; what is not valid UTF-8 must be cp1252,
    the only other encoding in which French spreadsheets write text.

    Raises
    ------
    DataError
        If the bytes are neither, or a NUL byte tells that the file is no text.
    """
    mark = next((mark for mark in _MARKS if content.startswith(mark)), None)
    for encoding in [_MARKS[mark]] if mark else ["utf-8", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            continue
        if "\x00" in text:
            line = text[: text.index("\x00")].count("\n") + 1
            raise DataError(
                name,
                "the file holds a NUL byte, so it is not plain text",
                "export it again",
                row=line,
            )
        return text, encoding.removesuffix("-sig")
    remedy = "export it again as UTF-8 or Windows cp1252"
    raise DataError(name, "the text is neither UTF-8 nor Windows cp1252", remedy, row=line)


def read_delimited(content: bytes, name: str, score) -> Export:
    """Return the single sheet of a delimited file.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name in errors.
    score : callable
        Number of questions that a sheet shows: the delimiter that shows most is the right one.

    Raises
    ------
    DataError
        If the file is empty, is not text, cannot be split into cells, or is too large.
    """
    text, encoding = decoded(content, name)
    if not text.strip():
        raise DataError(name, "the file is empty", "export it again")
    head = "".join(text.splitlines(keepends=True)[:60])
    found = [d for d in DELIMITERS if d in head] or [";"]
    scores = {}
    for delimiter in found:
        try:
            scores[delimiter] = score(_sheet(head, delimiter, name, strict=False))
        except DataError:
            scores[delimiter] = -1
    best = max(found, key=scores.__getitem__)
    form = f"text split by {DELIMITERS[best]}, {encoding}"
    return Export(name, form, [_sheet(text, best, name, strict=True)])


def _sheet(text: str, delimiter: str, name: str, *, strict: bool) -> Sheet:
    rows, lines, cells, line = [], [], 0, 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    try:
        for values in reader:
            values = cut(values)
            cells += len(values)
            # The reader's own limit is one of the whole process: other libraries lift it.
            if any(len(value) > MAX_TEXT for value in values):
                raise csv.Error("a cell is too long")
            if len(rows) > MAX_ROWS or cells > MAX_CELLS or len(values) > MAX_COLUMNS:
                problem = f"the file has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells"
                raise DataError(name, problem, "keep the answers alone")
            if values:
                rows.append(values)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        remedy = f"close every quote; a cell has at most {MAX_TEXT:,} characters"
        raise DataError(
            name, f"the text cannot be split into cells ({error})", remedy, row=line
        ) from None
    return Sheet("", rows, lines, file=PurePath(name).stem)
