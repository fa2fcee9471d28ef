"""From the bytes of an exported file to its texts and tables, through every layer in which they are wrapped."""

from __future__ import annotations

import base64
import binascii
import csv
import html
import io
import json
import re
import zipfile
import zlib
from urllib.parse import unquote, unquote_to_bytes

from claimbook.protect.leaks.finding import Content, Leak, Piece, Table
from claimbook.protect.leaks.markup import read_page

TEXTS = (".html", ".htm", ".svg", ".xml", ".css", ".md", ".txt", ".js", ".yml", ".log")
ZIPPED = (".docx", ".xlsx", ".odt", ".ods", ".zip", ".epub")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_PRINTABLE = re.compile(rb"[\x20-\x7e\x80-\xff]{4,}")
_DEEPEST = 4
_UNREAD = "the file cannot be read, so nothing vouches for it"


def read(file: str, data: bytes) -> Content:
    """Return what a file holds.

    Parameters
    ----------
    file : str
        Its name: the ending says how to read it.
    data : bytes
        Its content.

    Returns
    -------
    Content
        A file that cannot be read is a finding of its own: nobody can say that it tells nothing.
    """
    content = Content()
    content.pieces.append(Piece(file, 1, "file name", file))
    _read(file, data, content, file, 1, "", 0)
    return content


def _read(
    name: str, data: bytes, content: Content, file: str, line: int, place: str, depth: int
) -> None:
    """Read one layer; ``line`` is that of the outermost file, where the layer is wrapped in another one."""
    kind = "." + name.lower().rpartition(".")[2]
    if kind == ".csv":
        _read_csv(_text(data), content, file, line, place, depth)
    elif kind == ".json":
        _read_json(_text(data), content, file, line, place, depth)
    elif kind in (".html", ".htm", ".svg", ".xml"):
        _read_page(_text(data), content, file, line, place, depth)
    elif kind in ZIPPED:
        _read_zip(data, content, file, line, place, depth)
    elif kind == ".pdf":
        _read_pdf(data, content, file, line)
    elif kind in TEXTS:
        _add(_text(data), content, file, line, place or "text", depth, by_line=not place)
    else:
        for runs in (data, data.replace(b"\x00", b"")):
            text = "\n".join(run.decode("utf-8", "ignore") for run in _PRINTABLE.findall(runs))
            content.pieces.append(Piece(file, line, place or "bytes", text, loose=True))


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _add(
    text: str,
    content: Content,
    file: str,
    line: int,
    place: str,
    depth: int,
    *,
    by_line: bool = False,
) -> None:
    """Keep a text, and what is encoded in it."""
    if by_line:
        for number, part in enumerate(text.splitlines(), start=line):
            _add(part, content, file, number, place, depth)
        return
    if not text.strip():
        return
    content.pieces.append(Piece(file, line, place, text))
    if "%" in text and re.search(r"%[0-9A-Fa-f]{2}", text):
        content.pieces.append(Piece(file, line, f"{place}, percent-encoded", unquote(text)))
    if "&" in text and html.unescape(text) != text:
        content.pieces.append(Piece(file, line, f"{place}, entities", html.unescape(text)))
    if "\\u" in text:
        unescaped = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        content.pieces.append(Piece(file, line, f"{place}, escaped", unescaped))
    if depth < _DEEPEST:
        for found in _BASE64.findall(text):
            inner = _from_base64(found)
            if inner is not None:
                _add(inner, content, file, line, f"{place}, base64", depth + 1)


def _from_base64(text: str) -> str | None:
    try:
        data = base64.b64decode(
            text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True
        )
        found = data.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return found if sum(c.isprintable() or c.isspace() for c in found) > 0.9 * len(found) else None


def _read_csv(text: str, content: Content, file: str, line: int, place: str, depth: int) -> None:
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(";,\t|", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        content.unread.append(Leak(file, line, "unread", str(error), _UNREAD))
        return
    if rows:
        filled = [
            (row, line if place else line + n) for n, row in enumerate(rows[1:], start=1) if row
        ]
        lines = [n for _, n in filled]
        content.tables.append(
            Table(file, place or "rows", rows[0], [row for row, _ in filled], lines)
        )
    for number, row in enumerate(rows):
        for cell in row:
            _add(cell, content, file, line if place else line + number, place or "cell", depth)


def _read_json(text: str, content: Content, file: str, line: int, place: str, depth: int) -> None:
    try:
        found = json.loads(text)
    except ValueError:
        _add(text, content, file, line, place or "text", depth, by_line=not place)
        return
    # keys and numbers stand in the text itself; strings are unescaped one by one, with the line that holds them
    _add(text, content, file, line, place or "text", depth, by_line=not place)
    _walk(found, text, content, file, line, place, depth)


def _walk(value, text: str, content: Content, file: str, line: int, place: str, depth: int) -> None:
    if isinstance(value, dict):
        scalars = {
            k: v
            for k, v in value.items()
            if isinstance(v, (str, int, float)) and not isinstance(v, bool)
        }
        here = (
            line
            if place
            else _line_of(next((v for v in scalars.values() if isinstance(v, str)), ""), text, line)
        )
        if len(scalars) > 1:
            cells = [str(v) for v in scalars.values()]
            content.tables.append(
                Table(file, place or "record", list(map(str, scalars)), [cells], [here])
            )
        for key, item in value.items():
            _add(str(key), content, file, here, place or "key", depth)
            _walk(item, text, content, file, line, place, depth)
    elif isinstance(value, list):
        for item in value:
            _walk(item, text, content, file, line, place, depth)
    elif isinstance(value, str):
        _add(
            value,
            content,
            file,
            line if place else _line_of(value, text, line),
            place or "string",
            depth,
        )


def _line_of(value: str, text: str, line: int) -> int:
    at = text.find(json.dumps(value, ensure_ascii=False)) if value else -1
    return line + text[: max(at, 0)].count("\n")


def _read_page(text: str, content: Content, file: str, line: int, place: str, depth: int) -> None:
    page = read_page(text)
    for where, number, part in page.texts:
        _add(
            part,
            content,
            file,
            line if place else number,
            f"{place}, {where}" if place else where,
            depth,
        )
    for table in page.tables:
        lines = [line] * len(table.rows) if place else table.lines
        content.tables.append(Table(file, place or "table", table.headings, table.rows, lines))
    for number, address in page.data:
        if depth >= _DEEPEST:
            continue
        head, _, body = address.partition(",")
        media = head[5:].partition(";")[0].strip().lower()
        inner = _payload(head, body)
        name = "data" + _ENDINGS.get(media, ".bin")
        _read(
            name,
            inner,
            content,
            file,
            line if place else number,
            f"data URI ({media or 'no type'})",
            depth + 1,
        )


_ENDINGS = {"text/csv": ".csv", "application/json": ".json", "text/html": ".html", "image/svg+xml": ".svg",
            "text/plain": ".txt", "text/css": ".css", "application/pdf": ".pdf", "application/zip": ".zip"}  # fmt: skip


def _payload(head: str, body: str) -> bytes:
    if "base64" in head.lower():
        try:
            return base64.b64decode(re.sub(r"\s", "", unquote(body)) + "===")
        except (binascii.Error, ValueError):
            return body.encode("utf-8", "replace")
    return unquote_to_bytes(body)


def _read_zip(data: bytes, content: Content, file: str, line: int, place: str, depth: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            for member in whole.namelist():
                inside = f"{place}, {member}" if place else member
                content.pieces.append(Piece(file, line, "name in archive", member))
                if depth < _DEEPEST:
                    _read(member, whole.read(member), content, file, line, inside, depth + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        content.unread.append(Leak(file, line, "unread", str(error), _UNREAD))


def _read_pdf(data: bytes, content: Content, file: str, line: int) -> None:
    from claimbook.protect.leaks.pdf import pdf_texts

    try:
        for page, text in pdf_texts(data):
            _add(text, content, file, page, f"page {page}" if page else "metadata", 1)
    except ValueError as error:
        content.unread.append(Leak(file, line, "unread", str(error), _UNREAD))
