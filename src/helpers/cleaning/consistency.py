"""What the raw evidence must be beyond the schema of each table: rules that reach from one row or column to another."""

from __future__ import annotations

import math

import pandas as pd

from claimbook.errors import DataError
from helpers.cleaning.addresses import canonical_page
from helpers.cleaning.attributes import NUMERIC, TABLE

NUMBERS = ("value", "n", "year", "page_year", "value_year")
ADDRESSES = ("source_url", "website")
NEEDED = ("services", "service_evidence", TABLE)


def check_evidence(raw: dict[str, pd.DataFrame]) -> None:
    """Refuse raw tables that no rule can clean.

    Parameters
    ----------
    raw : dict of DataFrame
        The raw tables as text, by name; ``operator_attributes`` with a column ``row_id``.

    Raises
    ------
    DataError
        If a table that everything rests on is missing or has no row, a page has no address that can be read, an
        operator has no ``identity`` row, or an attribute that is a number has another value.
    """
    for name in NEEDED:
        if name not in raw or raw[name].empty:
            problem = "the table has no rows" if name in raw else "the edition has no such table"
            raise DataError(f"{name}.csv", problem, "restore the table")
    for name, frame in raw.items():
        _check_addresses(name, frame)
        _check_digits(name, frame)
    rows = raw[TABLE]
    known = set(rows.loc[rows["attribute"] == "identity", "opsn_name"])
    for row in rows.itertuples():
        line = int(row.row_id[1:])
        if row.opsn_name not in known:
            remedy = "add a row whose attribute is 'identity' for it, or correct the name"
            problem = "the operator has no row of identity"
            raise DataError(
                f"{TABLE}.csv", problem, remedy, row=line, column="opsn_name", value=row.opsn_name
            )
        if row.attribute in NUMERIC and not _number(row.value):
            problem = f"the value of '{row.attribute}' is not a number"
            raise DataError(
                f"{TABLE}.csv",
                problem,
                "write digits only",
                row=line,
                column="value",
                value=row.value,
            )


def _check_addresses(name: str, frame: pd.DataFrame) -> None:
    for column in ADDRESSES:
        for line, address in enumerate(frame.get(column, ()), start=2):
            if not address:
                continue
            try:
                canonical_page(address)
            except ValueError:
                problem, remedy = (
                    "the value is no page address",
                    "write it as https://example.org/page",
                )
                raise DataError(
                    f"{name}.csv", problem, remedy, row=line, column=column, value=address
                ) from None


def _check_digits(name: str, frame: pd.DataFrame) -> None:
    # A schema takes the digits of every script for numbers; what computes with them does not.
    for column in NUMBERS:
        for line, text in enumerate(frame.get(column, ()), start=2):
            if any(char.isdigit() and not char.isascii() for char in text):
                problem, remedy = (
                    "the number is not written in the digits 0 to 9",
                    "write it in digits",
                )
                raise DataError(f"{name}.csv", problem, remedy, row=line, column=column, value=text)


def _number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
