"""What is wrong with raw tables, as the one error that a person reads."""

from __future__ import annotations

import csv
import difflib
import re
from pathlib import Path

from claimbook.errors import DataError, UserError
from helpers import texts

_WORDS = texts.read("validation")
_ERRORS = _WORDS["table"] | _WORDS["cells"]
_FIRST = list(_WORDS["table"])
FINGERPRINT = ("hash-count", "byte-count", "row-count", "field-count")
_UNEVEN = ("extra-cell", "missing-cell", "blank-row")
#: Faults that are told at once.
MOST_TOLD = 20
# A number of many digits as a spreadsheet shortens it.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)


def check_text(path: Path, file: str) -> None:
    """Check what a schema cannot say: that the file is UTF-8 text, split by commas."""

    def error(kind: str, note="", **place) -> DataError:
        problem, remedy = _WORDS["text"][kind]
        return DataError(file, problem.format(note=note), remedy, **place)

    def line_at(position: int) -> int:
        return content[:position].count(b"\n") + 1

    try:
        content = path.read_bytes()
    except OSError as failure:
        raise error("missing", failure.strerror) from None
    if b"\0" in content:
        raise error("nul", row=line_at(content.index(b"\0")))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as failure:
        near = content[max(0, failure.start - 15) : failure.start + 15]
        value = near.decode("cp1252", "replace").strip()
        raise error("encoding", row=line_at(failure.start), value=value) from None
    if not text.strip():
        raise error("empty")
    if text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}"):
        raise error("byte-order-mark", row=1)
    lines = text.splitlines(keepends=True)
    if "," not in lines[0]:
        separators = _WORDS["separators"]
        found = next(
            (separators[mark] for mark in separators if mark in lines[0]), "something else"
        )
        raise error("separator", found, row=1, value=lines[0].rstrip())
    try:
        list(csv.reader(lines, strict=True))
    except csv.Error as failure:
        raise error("quotes", failure) from None


def data_errors(file: str, schema, found) -> list[DataError]:
    """Return what a validation found in a file, each fault once.

    A wrong header makes every cell look wrong, and a wrong number of cells those of its row: then
    it is told alone.
    """
    # A changed file has a changed hash as well: that says something only if nothing else is wrong.
    found = [e for e in found if e.type not in FINGERPRINT] or found[:1]
    header = sorted((e for e in found if e.type in _FIRST), key=lambda e: _FIRST.index(e.type))
    uneven = {e.row_number for e in found if e.type in _UNEVEN}
    cells = [e for e in found if e.type in _UNEVEN or _row_number(e) not in uneven]
    told = [_data_error(file, schema, error) for error in header[:1] or cells]
    # A value that stands twice breaks a key as well: the first of the two is told.
    first = {(e.row, e.value or e.column): e for e in reversed(told)}
    return list(reversed(first.values()))


def refuse(errors: list[DataError]) -> None:
    """Raise the faults that were found, if any, as one error."""
    if errors:
        raise errors[0] if len(errors) == 1 else MultipleDataError(errors)


class MultipleDataError(UserError):
    """Several faults of raw tables, told line by line.

    Parameters
    ----------
    errors : list of DataError
        At least one.
    """

    def __init__(self, errors: list[DataError]):
        self.errors = errors
        lines = [f"- {error}" for error in errors[:MOST_TOLD]]
        if len(errors) > MOST_TOLD:
            lines.append(f"- and {len(errors) - MOST_TOLD} more, told once these are mended")
        super().__init__("\n".join([f"The raw tables have {len(errors)} faults.", *lines]))


def without_thousands(text: object) -> str | None:
    """Return a whole number whose thousands are marked, such as ``1.250``, in digits alone."""
    marked = re.fullmatch(r"[0-9]{1,3}(?:[.,’'\s][0-9]{3})+", str(text))
    return re.sub(r"[^0-9]", "", str(text)) if marked else None


def _data_error(file: str, schema, found) -> DataError:
    details = found.to_descriptor()
    kind, note = found.type, details.get("note", "")
    column = details.get("fieldName")
    field = schema.get_field(column) if column and schema.has_field(column) else None
    problem, remedy = _ERRORS.get(kind, _ERRORS["other"])
    value = _value(found.type, details, schema)
    if kind == "constraint-error":
        # The note quotes the constraint that the value breaks.
        kind = note.split('"')[1]
        problem, remedy = _ERRORS.get(kind, _ERRORS["limit"])
    elif kind in FINGERPRINT:
        problem, remedy = _WORDS["changed"]
    plain = without_thousands(value)
    if kind in ("pattern", "type-error") and _SHORTENED.fullmatch(str(value)):
        problem, remedy = _WORDS["shortened"]
    elif kind == "pattern" and plain:
        remedy = f"write {plain}"
    words = {
        "kind": kind,
        "note": note or found.title,
        "names": ", ".join(schema.field_names),
        "keys": ", ".join(schema.primary_key),
        "reference": details.get("referenceName") or "this table",
    }
    if field:
        limit = field.constraints.get(kind)
        usual = _WORDS["examples"].get(field.type, f"write a value of type {field.type}")
        words |= {
            "limit": limit,
            "type": field.type,
            "example": f"write {plain}" if plain and field.type == "integer" else usual,
            "form": (field.description or f"the pattern {limit}").rstrip("."),
            "allowed": _allowed(limit, value) if kind == "enum" else "",
        }
    labels = details.get("fieldNames", [details.get("label")])
    return DataError(
        file,
        problem.format(**words),
        remedy.format(**words),
        row=_row_number(found),
        column=column or ", ".join(filter(None, labels)) or None,
        value=None if kind in _WORDS["without_value"] else value,
    )


def _row_number(found) -> int | None:
    details = found.to_descriptor()
    return details.get("rowNumber") or next(iter(details.get("rowNumbers", [])), None)


def _value(kind: str, details: dict, schema):
    if kind == "foreign-key":
        return ", ".join(map(str, details.get("fieldCells", [])))
    if kind == "primary-key":
        cells = dict(zip(schema.field_names, map(str, details.get("cells", [])), strict=False))
        return ", ".join(cells.get(name, "") for name in schema.primary_key)
    return details.get("cell", details.get("label"))


def _allowed(values, value) -> str:
    allowed = [str(v) for v in values]
    near = difflib.get_close_matches(str(value), allowed, n=1)
    return ", ".join(allowed) + "".join(f"; the nearest is '{word}'" for word in near)
