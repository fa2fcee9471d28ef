"""What a Frictionless validation found, as the one error that a person reads."""

from __future__ import annotations

import difflib

from claimbook.errors import DataError

_TYPE_REMEDY = {
    "integer": "write digits only, such as 1200",
    "number": "write digits with a decimal point and no spaces, such as 1200.5",
    "year": "write a year of four digits",
    "boolean": "write true or false",
    "date": "write a date as 2026-11-30",
}
_FINGERPRINT = ("hash-count", "byte-count", "row-count", "field-count")
_SEVERITY = (
    "source-error",
    "encoding-error",
    "missing-label",
    "extra-label",
    "incorrect-label",
    "duplicate-label",
)


def as_data_error(file: str, schema, errors) -> DataError:
    """Return the first fault of a table as a `DataError`.

    Parameters
    ----------
    file : str
        Path as the person knows it.
    schema : frictionless.Schema
        Table Schema of the table.
    errors : list of frictionless.Error
        What the validation found; faults of the header come before those of cells.
    """
    # A changed file has a changed hash as well: that tells something only where nothing else is wrong.
    errors = [e for e in errors if e.type not in _FINGERPRINT] or errors[:1]
    first = min(enumerate(errors), key=lambda pair: (_rank(pair[1].type), pair[0]))[1]
    found = first.to_descriptor()
    column = (
        found.get("fieldName")
        or ", ".join(found.get("fieldNames", []))
        or found.get("label")
        or None
    )
    row = found.get("rowNumber") or (found.get("rowNumbers") or [None])[0]
    problem, remedy, value = _tell(first.type, found, schema)
    more = len(errors) - 1
    if more:
        remedy += f" ({more} further fault{'s' if more > 1 else ''} in this file)"
    return DataError(file, problem, remedy, row=row, column=column, value=value)


def _rank(kind: str) -> int:
    return _SEVERITY.index(kind) if kind in _SEVERITY else len(_SEVERITY)


def _tell(kind: str, found: dict, schema) -> tuple[str, str, object]:
    names = ", ".join(schema.field_names)
    cell = found.get("cell")
    if kind == "missing-label":
        return "the column is missing", f"add it; the columns are {names}", None
    if kind == "extra-label":
        return (
            "the column is not in the data package",
            f"remove it; the columns are {names}",
            found.get("label"),
        )
    if kind in ("incorrect-label", "duplicate-label", "blank-label"):
        return (
            "the header does not name this column",
            f"name the columns in order: {names}",
            found.get("label"),
        )
    if kind == "type-error":
        wanted = schema.get_field(found["fieldName"]).type
        return (
            f"the value is not of type {wanted}",
            _TYPE_REMEDY.get(wanted, f"write a value of type {wanted}"),
            cell,
        )
    if kind == "constraint-error":
        return _constraint(found, schema)
    if kind == "primary-key":
        keys = ", ".join(schema.primary_key)
        return (
            f"the key ({keys}) stands twice: {found['note']}",
            "give each row a key of its own",
            _key(found, schema),
        )
    if kind == "unique-error":
        return f"the value stands twice: {found['note']}", "give each row a value of its own", cell
    if kind == "foreign-key":
        reference = found.get("referenceName") or "this table"
        value = ", ".join(map(str, found.get("fieldCells", [])))
        return (
            f"the value is not in the table '{reference}'",
            f"correct it, or add it to '{reference}' first",
            value,
        )
    if kind == "missing-cell":
        return (
            "the row has too few cells",
            "add the missing commas; quote cells that hold a line break",
            None,
        )
    if kind == "extra-cell":
        return "the row has too many cells", "put quotes around a cell that holds a comma", cell
    if kind == "blank-row":
        return "the row is blank", "delete it", None
    if kind in _FINGERPRINT:
        remedy = "put the described file back or, if the change is meant, run 'python scripts/describe_data.py'"
        return (
            "the file is not the one that data/datapackage.json describes (its content changed)",
            remedy,
            None,
        )
    if kind == "source-error":
        return (
            f"the table cannot be read ({found['note']})",
            "restore the table, its header line included",
            None,
        )
    return found.get("note") or found["title"], "compare the row with data/datapackage.json", cell


def _constraint(found: dict, schema) -> tuple[str, str, object]:
    field = schema.get_field(found["fieldName"])
    cell = found.get("cell")
    broken = found["note"].split('"')[1] if '"' in found["note"] else ""
    limit = field.constraints.get(broken)
    if broken == "required":
        return "the cell is empty", "fill it, or take the row out", None
    if broken == "enum":
        allowed = [str(v) for v in limit]
        near = difflib.get_close_matches(str(cell), allowed, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return (
            "the value is not one of the allowed ones",
            f"use one of {', '.join(allowed)}{hint}",
            cell,
        )
    if broken == "unique":
        return "the value stands twice", "give each row a value of its own", cell
    if broken == "pattern":
        return (
            "the value does not have the form that this column needs",
            f"write it as {_form(field, limit)}",
            cell,
        )
    return f"the value breaks the limit {broken} = {limit}", "correct the value", cell


def _form(field, pattern) -> str:
    return field.description.rstrip(".") if field.description else f"the pattern {pattern}"


def _key(found: dict, schema) -> str:
    cells = dict(zip(schema.field_names, found.get("cells", []), strict=False))
    return ", ".join(str(cells.get(name, "")) for name in schema.primary_key)
