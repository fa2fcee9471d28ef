"""What the raw evidence must be beyond the schema of each table."""

from __future__ import annotations

import math

import pandas as pd

from claimbook.errors import DataError
from helpers.cleaning.operators import NUMERIC, TABLE
from helpers.cleaning.rules import canonical_page

NUMBERS = ("value", "n", "year", "page_year", "value_year")
ADDRESSES = ("source_url", "website")
NEEDED = ("services", "service_evidence", TABLE)


def check_evidence(raw: dict[str, pd.DataFrame]) -> None:
    """Refuse raw tables that no rule can clean, with a `DataError`.

    A table that everything rests on has no row, a page has no address that can be read, an operator
    has no ``identity`` row, or an attribute that is a number has another value.
    """
    for name in NEEDED:
        if name not in raw or raw[name].empty:
            problem = "the table has no rows" if name in raw else "the edition has no such table"
            raise DataError(f"{name}.csv", problem, "restore the table")
    for name, frame in raw.items():
        for column in ADDRESSES:
            remedy = "write it as https://example.org/page"
            _refuse(name, frame, column, _no_address, "the value is no page address", remedy)
        for column in NUMBERS:
            problem = "the number is not written in the digits 0 to 9"
            _refuse(name, frame, column, _other_digits, problem, "write it in digits")
    rows = raw[TABLE]
    known = set(rows.loc[rows["attribute"] == "identity", "opsn_name"])
    remedy = "add a row whose attribute is 'identity' for it, or correct the name"
    problem = "the operator has no row of identity"
    _refuse(TABLE, rows, "opsn_name", lambda name: name not in known, problem, remedy)
    for attribute in NUMERIC:
        problem = f"the value of '{attribute}' is not a number"
        mine = rows[rows["attribute"] == attribute]
        _refuse(TABLE, mine, "value", _no_number, problem, "write digits only")


def _refuse(table: str, frame: pd.DataFrame, column: str, wrong, problem: str, remedy: str) -> None:
    """Raise the error of the first cell of a column that is wrong; a row of the frame is a line."""
    for index, value in frame.get(column, pd.Series(dtype=str)).items():
        if wrong(value):
            place = {"row": index + 2, "column": column, "value": value}
            raise DataError(f"{table}.csv", problem, remedy, **place)


def _no_address(text: str) -> bool:
    try:
        return bool(text) and not canonical_page(text)
    except ValueError:
        return True


def _other_digits(text: str) -> bool:
    # A schema takes the digits of every script for numbers; what computes with them does not.
    return any(char.isdigit() and not char.isascii() for char in text)


def _no_number(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return True
