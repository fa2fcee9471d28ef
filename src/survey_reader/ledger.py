"""Ledger: every change that cleaning makes, and what became of every raw row."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd

CHANGE_COLUMNS = ["table", "row_id", "column", "before", "after", "rule", "reason"]
FATE_COLUMNS = ["table", "row_id", "fate", "into", "rule"]
FATES = ("kept", "merged", "set_aside")


class Ledger:
    """Record of changes and of the fate of each raw row.

    Every raw row gets exactly one fate, so that for each table
    raw rows = kept + merged + set aside; `close` refuses anything else.

    Parameters
    ----------
    rules : mapping of str to object
        The rules that may be named; each has a text `reason`.
    """

    def __init__(self, rules: Mapping[str, object]):
        self._rules = rules
        self._tables: list[str] = []
        self._rows: list[tuple[str, str]] = []
        self._fates: dict[tuple[str, str], tuple[str, str, str]] = {}
        self._changes: list[tuple[str, ...]] = []

    def open_table(self, table: str, row_ids) -> None:
        """Declare a raw table by the identifiers of its rows."""
        self._tables.append(table)
        self._rows += [(table, str(row_id)) for row_id in row_ids]

    def change(self, table, row_id, column, before, after, rule, reason=None) -> None:
        """Record that `rule` turned `before` into `after`, unless they are equal."""
        if before != after:
            texts = ("" if value is None else str(value) for value in (before, after))
            why = reason or self._rules[rule].reason
            self._changes.append((table, str(row_id), column, *texts, rule, why))

    def settle(self, table: str, row_id, fate: str, rule: str = "", into: str = "") -> None:
        """Say what becomes of a raw row, by which rule, and into which row it is merged."""
        key = (table, str(row_id))
        if key in self._fates or fate not in FATES or (rule and rule not in self._rules):
            raise ValueError(f"row {key} is settled, or {fate!r} or {rule!r} is unknown")
        self._fates[key] = (fate, str(into), rule)

    def close(self) -> None:
        """Check that each raw row stands once and has a fate; raise ValueError otherwise."""
        rows = Counter(self._rows)
        wrong = {key for key in rows.keys() | self._fates if rows[key] != (key in self._fates)}
        if wrong:
            raise ValueError(f"{len(wrong)} rows or fates stand alone, such as {min(wrong)}")

    def changes(self) -> pd.DataFrame:
        """Return the changes in the order in which they were made."""
        return pd.DataFrame(self._changes, columns=CHANGE_COLUMNS, dtype=str)

    def fates(self) -> pd.DataFrame:
        """Return one row per raw row, in the order of the raw tables."""
        rows = [(*key, *self._fates[key]) for key in self._rows if key in self._fates]
        return pd.DataFrame(rows, columns=FATE_COLUMNS, dtype=str)

    def balance(self) -> pd.DataFrame:
        """Return per table the counts raw, kept, merged and set_aside (raw = the others' sum)."""
        count = Counter((table, fate) for (table, _), (fate, *_) in self._fates.items())
        raw = Counter(table for table, _ in self._rows)
        rows = [(name, raw[name], *(count[name, fate] for fate in FATES)) for name in self._tables]
        return pd.DataFrame(rows, columns=["table", "raw", *FATES])
