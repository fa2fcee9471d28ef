"""What is wrong with a raw table, as the one error that a person reads."""

from __future__ import annotations

import csv
import difflib
from pathlib import Path

from claimbook.errors import DataError
from helpers import texts

_WORDS = texts.read("validation")
_ERRORS = _WORDS["table"] | _WORDS["cells"]
_FIRST = list(_WORDS["table"])
_FINGERPRINT = ("hash-count", "byte-count", "row-count", "field-count")


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


def as_data_error(file: str, schema, errors) -> DataError:
    """Return the first of the errors that a validation found in a file as a `DataError`.

    Those of the header come before those of cells; the remedy counts the others.
    """
    # A changed file has a changed hash as well: that says something only if nothing else is wrong.
    errors = [e for e in errors if e.type not in _FINGERPRINT] or errors[:1]
    found = min(errors, key=lambda e: _FIRST.index(e.type) if e.type in _FIRST else len(_FIRST))
    details = found.to_descriptor()
    kind, note = found.type, details.get("note", "")
    column = details.get("fieldName")
    field = schema.get_field(column) if column and schema.has_field(column) else None
    problem, remedy = _ERRORS.get(kind, _ERRORS["other"])
    if kind == "constraint-error":
        # The note quotes the constraint that the value breaks.
        kind = note.split('"')[1]
        problem, remedy = _ERRORS.get(kind, _ERRORS["limit"])
    elif kind in _FINGERPRINT:
        problem, remedy = _WORDS["changed"]
    value = _value(found.type, details, schema)
    words = {
        "kind": kind,
        "note": note or found.title,
        "names": ", ".join(schema.field_names),
        "keys": ", ".join(schema.primary_key),
        "reference": details.get("referenceName") or "this table",
    }
    if field:
        limit = field.constraints.get(kind)
        words |= {
            "limit": limit,
            "type": field.type,
            "example": _WORDS["examples"].get(field.type, f"write a value of type {field.type}"),
            "form": (field.description or f"the pattern {limit}").rstrip("."),
            "allowed": _allowed(limit, value) if kind == "enum" else "",
        }
    more = len(errors) - 1
    counted = f" ({more} further error{'s' if more > 1 else ''} in this file)" if more else ""
    labels = details.get("fieldNames", [details.get("label")])
    return DataError(
        file,
        problem.format(**words),
        remedy.format(**words) + counted,
        row=details.get("rowNumber") or next(iter(details.get("rowNumbers", [])), None),
        column=column or ", ".join(filter(None, labels)) or None,
        value=None if kind in _WORDS["without_value"] else value,
    )


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
    return ", ".join(allowed) + "".join(f"; did you mean '{word}'?" for word in near)
