"""What a Frictionless validation found, as the one error that a person reads."""

from __future__ import annotations

import difflib

from claimbook.errors import DataError

_FINGERPRINT = ("hash-count", "byte-count", "row-count", "field-count")
# Errors of the whole table come before those of cells.
_FIRST = ("source-error", "encoding-error", "missing-label", "extra-label", "incorrect-label")
_HEADER = ("the header does not name this column", "name the columns in order: {names}")
_CHANGED = (
    "the file is not the one that data/datapackage.json describes (its content changed)",
    "put the described file back or, if the change is meant, run 'python scripts/describe_data.py'",
)
#: Kind of error, or constraint that a value breaks, to problem and remedy.
_WORDS = {
    **dict.fromkeys(_FINGERPRINT, _CHANGED),
    **dict.fromkeys(("incorrect-label", "duplicate-label", "blank-label"), _HEADER),
    "missing-label": ("the column is missing", "add it; the columns are {names}"),
    "extra-label": (
        "the column is not in the data package",
        "remove it; the columns are {names}",
    ),
    "type-error": ("the value is not of type {type}", "{example}"),
    "primary-key": ("the key ({keys}) stands twice: {note}", "give each row a key of its own"),
    "unique-error": ("the value stands twice: {note}", "give each row a value of its own"),
    "unique": ("the value stands twice", "give each row a value of its own"),
    "foreign-key": (
        "the value is not in the table '{reference}'",
        "correct it, or add it to '{reference}' first",
    ),
    "missing-cell": (
        "the row has too few cells",
        "add the missing commas; quote cells that hold a line break",
    ),
    "extra-cell": ("the row has too many cells", "put quotes around a cell that holds a comma"),
    "blank-row": ("the row is blank", "delete it"),
    "source-error": (
        "the table cannot be read ({note})",
        "restore the table, its header line included",
    ),
    "required": ("the cell is empty", "fill it, or take the row out"),
    "enum": ("the value is not one of the allowed ones", "use one of {allowed}"),
    "pattern": (
        "the value does not have the form that this column needs",
        "write it as {form}",
    ),
}
_OTHER = ("{note}", "compare the row with data/datapackage.json")
_LIMIT = ("the value breaks the limit {kind} = {limit}", "correct the value")
_WITHOUT_VALUE = ("missing-label", "missing-cell", "blank-row", "required")
_EXAMPLES = {
    "integer": "write digits only, such as 1200",
    "number": "write digits with a decimal point and no spaces, such as 1200.5",
    "year": "write a year of four digits",
}


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
    if kind == "constraint-error":
        # The note quotes the constraint that the value breaks.
        kind = note.split('"')[1]
    problem, remedy = _WORDS.get(kind, _OTHER if kind == found.type else _LIMIT)
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
            "example": _EXAMPLES.get(field.type, f"write a value of type {field.type}"),
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
        value=None if kind in _WITHOUT_VALUE else value,
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
