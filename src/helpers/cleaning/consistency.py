"""What the raw evidence must be beyond the schema of each table.

The rules are a table, ``rules`` in ``texts/validation.yml``: a column, a kind, and where it holds.
Each kind is a function here that says which rows are wrong.
"""

from __future__ import annotations

import datetime

import pandas as pd

from claimbook.errors import DataError
from helpers import texts
from helpers.cleaning.operators import TABLE
from helpers.cleaning.rules import canonical_page
from helpers.validation_errors import refuse, without_thousands

NEEDED = ("services", "service_evidence", TABLE)
_WORDS = texts.read("validation")
MAY_BE_EMPTY: list[str] = _WORDS["may_be_empty"]
_WHOLE, _AMOUNT = r"[0-9]+", r"[0-9]+(?:\.[0-9]{1,2})?"
# A share is written with three decimals.
_ROUNDING = 0.00051


def check_evidence(raw: dict[str, pd.DataFrame]) -> None:
    """Refuse raw tables that no rule can clean, or that contradict one another.

    Raises
    ------
    DataError
        All faults at once, each with file, line, column, value and remedy.
    """
    for name in (*NEEDED, *MAY_BE_EMPTY):
        if name not in raw:
            remedy = "restore the table; it may have no rows"
            if name in NEEDED:
                remedy = "restore it, or write 'kind: survey' in edition.yml if it is a survey"
            raise DataError(f"{name}.csv", "the edition has no such table", remedy)
        if raw[name].empty and name in NEEDED:
            raise DataError(f"{name}.csv", "the table has no rows", "restore them")
    found = [error for rule in _WORDS["rules"] for error in _broken(rule, raw)]
    # A cell that breaks two rules is told of the first.
    cells = {(e.file, e.row, e.column): e for e in reversed(found)}
    refuse([cells[place] for place in sorted(cells)])


def _broken(rule: dict, raw: dict[str, pd.DataFrame]):
    """Yield the error of every cell that breaks a rule; a row of the frame is a line."""
    column, kind = rule["column"], rule["must"]
    for name in [rule["table"]] if "table" in rule else list(raw):
        rows = raw.get(name, pd.DataFrame())
        if column not in rows:
            continue
        for other, value in rule.get("where", {}).items():
            rows = rows[rows[other] == value]
        for index in rows.index[KINDS[kind](rows, rule, raw).to_numpy(dtype=bool)]:
            problem, remedy = (
                text.format(**_told(rule, rows.loc[index])) for text in _WORDS["kinds"][kind]
            )
            place = {"row": index + 2, "column": column, "value": rows.loc[index, column]}
            yield DataError(raw[name].attrs.get("file", f"{name}.csv"), problem, remedy, **place)


def _told(rule: dict, row: pd.Series) -> dict:
    """Return what the texts of a rule may name."""
    plain = without_thousands(row[rule["column"]])
    return rule | {
        "of": "".join(f" of '{value}'" for value in rule.get("where", {}).values()),
        "write": f"write {plain}" if plain else "write digits only, such as 1250",
        "today": _this_year(),
        "key": row.iloc[0],
    }


def _this_year() -> int:
    return datetime.date.today().year


def _cells(wrong):
    """Return the kind of rule that looks at one cell at a time."""
    return lambda rows, rule, raw: rows[rule["column"]].map(lambda text: wrong(text, rule))


def _no_address(text: str, rule: dict) -> bool:
    try:
        return bool(text) and not canonical_page(text)
    except ValueError:
        return True


def _other_digits(text: str, rule: dict) -> bool:
    # A schema takes the digits of every script for numbers; what computes with them does not.
    return any(char.isdigit() and not char.isascii() for char in text)


def _outside(pattern: str):
    """Return the kind of rule that a number breaks by its form, or by its size."""

    def wrong(rows: pd.DataFrame, rule: dict, raw: dict) -> pd.Series:
        cells = rows[rule["column"]].astype(str)
        number = pd.to_numeric(cells.where(cells.str.fullmatch(pattern)), errors="coerce")
        return ~number.between(rule["low"], rule.get("high", _this_year()))

    return wrong


def _numbers(rows: pd.DataFrame, column: str) -> pd.Series:
    return pd.to_numeric(rows[column].replace("", None), errors="coerce")


def _not_the_share(rows: pd.DataFrame, rule: dict, raw: dict) -> pd.Series:
    part, whole = _numbers(rows, rule["part"]), _numbers(rows, rule["whole"])
    share = _numbers(rows, rule["column"])
    return (share * whole - part).abs() > _ROUNDING * whole


def _unidentified(rows: pd.DataFrame, rule: dict, raw: dict) -> pd.Series:
    known = rows.loc[rows["attribute"] == "identity", rule["column"]]
    return ~rows[rule["column"]].isin(set(known))


def _no_service(rows: pd.DataFrame, rule: dict, raw: dict) -> pd.Series:
    known = {*rule["also"], *raw["services"]["service_code"]}
    return rows[rule["column"]].map(lambda text: not known.issuperset(text.split("|")))


def _not_as_evidence(rows: pd.DataFrame, rule: dict, raw: dict) -> pd.Series:
    evidence = raw["service_evidence"].drop_duplicates("evidence_id").set_index("evidence_id")
    return rows[rule["column"]] != rows["evidence_id"].map(evidence[rule["column"]])


KINDS = {
    "address": _cells(_no_address),
    "digits": _cells(_other_digits),
    "past": lambda rows, rule, raw: _numbers(rows, rule["column"]) > _this_year(),
    "whole": _outside(_WHOLE),
    "amount": _outside(_AMOUNT),
    "year": _outside(_WHOLE),
    # The last five digits of a SIRET number its establishment, from 00001.
    "establishment": _cells(lambda text, rule: len(text) == 14 and text.endswith("00000")),
    "at_most": lambda rows, rule, raw: (
        _numbers(rows, rule["column"]) > _numbers(rows, rule["other"])
    ),
    "share_of": _not_the_share,
    "identified": _unidentified,
    "services": _no_service,
    "as_evidence": _not_as_evidence,
    "unless_lost": lambda rows, rule, raw: (rows["supports"] == "na") != (rows["found"] == "no"),
}
