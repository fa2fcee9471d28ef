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
        self._rows: dict[str, list[str]] = {}
        self._fates: dict[tuple[str, str], tuple[str, str, str]] = {}
        self._changes: list[tuple[str, ...]] = []

    def open_table(self, table: str, row_ids) -> None:
        """Declare a raw table by the identifiers of its rows."""
        ids = [str(row_id) for row_id in row_ids]
        if table in self._rows:
            raise ValueError(f"table {table!r} is already in the ledger")
        if len(set(ids)) != len(ids):
            twice = next(row_id for row_id in ids if ids.count(row_id) > 1)
            raise ValueError(f"row {twice!r} stands twice in table {table!r}")
        self._rows[table] = ids

    def change(self, table, row_id, column, before, after, rule, reason=None) -> None:
        """Record that `rule` turned `before` into `after`, unless they are equal."""
        if before != after:
            texts = ("" if value is None else str(value) for value in (before, after))
            why = reason or self._rules[rule].reason
            self._changes.append((table, str(row_id), column, *texts, rule, why))

    def keep(self, table: str, row_id) -> None:
        """Say that a raw row has a row of its own in the clean table."""
        self._settle(table, row_id, "kept", "", "")

    def merge(self, table: str, row_id, into, rule: str) -> None:
        """Say that a raw row's content now stands in the row `into`."""
        self._settle(table, row_id, "merged", str(into), rule)

    def set_aside(self, table: str, row_id, rule: str) -> None:
        """Say that a raw row is not used, by which rule."""
        self._settle(table, row_id, "set_aside", "", rule)

    def _settle(self, table, row_id, fate, into, rule) -> None:
        key = (table, str(row_id))
        if key in self._fates:
            known = self._fates[key][0]
            raise ValueError(f"row {row_id!r} of table {table!r} already has the fate {known!r}")
        if rule and rule not in self._rules:
            raise KeyError(f"unknown cleaning rule {rule!r}")
        self._fates[key] = (fate, into, rule)

    def close(self) -> None:
        """Check that each raw row has exactly one fate; raise ValueError otherwise."""
        declared = {(table, row_id) for table, ids in self._rows.items() for row_id in ids}
        missing = sorted(declared - self._fates.keys())
        unknown = sorted(self._fates.keys() - declared)
        if missing:
            raise ValueError(f"{len(missing)} raw rows have no fate, the first is {missing[0]}")
        if unknown:
            raise ValueError(f"{len(unknown)} fates have no raw row, the first is {unknown[0]}")

    def changes(self) -> pd.DataFrame:
        """Return the changes in the order in which they were made."""
        return pd.DataFrame(self._changes, columns=CHANGE_COLUMNS, dtype=str)

    def fates(self) -> pd.DataFrame:
        """Return one row per raw row, in the order of the raw tables."""
        keys = [(table, row_id) for table, ids in self._rows.items() for row_id in ids]
        rows = [(*key, *self._fates[key]) for key in keys if key in self._fates]
        return pd.DataFrame(rows, columns=FATE_COLUMNS, dtype=str)

    def balance(self) -> pd.DataFrame:
        """Return per table the counts raw, kept, merged and set_aside (raw = the others' sum)."""
        count = Counter((table, fate) for (table, _), (fate, *_) in self._fates.items())
        rows = [
            (table, len(ids), *(count[table, fate] for fate in FATES))
            for table, ids in self._rows.items()
        ]
        return pd.DataFrame(rows, columns=["table", "raw", *FATES])
