"""The cleaning rules by name, and what several of them share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from helpers import texts
from helpers.cleaning.addresses import canonical_page

_TEXTS = texts.read("cleaning")


class Rule(NamedTuple):
    """One named cleaning rule: what it does and why, in French."""

    name: str
    title: str
    reason: str


def rules_of(kind: str) -> dict[str, Rule]:
    """Return the rules by which an edition of a kind, ``evidence`` or ``survey``, is cleaned."""
    rules = {name: Rule(name, **words) for name, words in _TEXTS[kind].items()}
    if kind == "survey":
        rules |= {name: RULES[name] for name in _TEXTS["shared"]}
    return rules


RULES = rules_of("evidence")
FAMILIES: dict[str, str] = _TEXTS["families"]


def pages_of(frame: pd.DataFrame, table: str, identifier: str, ledger) -> pd.Series:
    """Return the canonical page of the address of each row, and record those that change."""
    pages = frame["source_url"].map(canonical_page)
    for row in zip(frame[identifier], frame["source_url"], pages, strict=True):
        ledger.change(table, row[0], "source_url", *row[1:], "canonical_page")
    return pages


def keep_one(table: str, row_ids: Iterable[str], kept: str, rule: str, ledger) -> None:
    """Record that of several rows one is kept, which stands for the others from now on."""
    for row_id in row_ids:
        if row_id == kept:
            ledger.keep(table, row_id)
        else:
            ledger.merge(table, row_id, kept, rule)


def as_years(column: pd.Series) -> pd.Series:
    """Return years written as text as whole numbers, missing where the text is empty."""
    return pd.to_numeric(column.replace("", None)).astype("Int64")
