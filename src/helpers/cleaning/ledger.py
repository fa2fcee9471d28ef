"""The ledger: every change that cleaning makes, and what became of every raw row."""

from __future__ import annotations

import pandas as pd

from helpers.cleaning.rules import RULES, Rule

CHANGE_COLUMNS = ["table", "row_id", "column", "before", "after", "rule", "reason"]
FATE_COLUMNS = ["table", "row_id", "fate", "into", "rule"]
FATES = ("kept", "merged", "set_aside")


class Ledger:
    """Record of changes and of the fate of each raw row.

    Every raw row gets exactly one fate, so that for each table
    raw rows = kept + merged + set aside; `close` refuses anything else.

    Parameters
    ----------
    rules : dict of str to Rule
        The rules that may be named.
    """

    def __init__(self, rules: dict[str, Rule] = RULES):
        self._rules = rules
        self._rows: dict[str, list[str]] = {}
        self._fates: dict[tuple[str, str], tuple[str, str, str]] = {}
        self._changes: list[tuple[str, ...]] = []

    def open_table(self, table: str, row_ids) -> None:
        """Declare a raw table by the identifiers of its rows.

        Raises
        ------
        ValueError
            If the table is already open or an identifier stands twice.
        """
        ids = [str(row_id) for row_id in row_ids]
        if table in self._rows:
            raise ValueError(f"table {table!r} is already in the ledger")
        if len(set(ids)) != len(ids):
            twice = next(row_id for row_id in ids if ids.count(row_id) > 1)
            raise ValueError(f"row {twice!r} stands twice in table {table!r}")
        self._rows[table] = ids

    def change(
        self,
        table: str,
        row_id: str,
        column: str,
        before,
        after,
        rule: str,
        reason: str | None = None,
    ) -> None:
        """Record that `rule` turned `before` into `after` (nothing is recorded when they are equal)."""
        if before == after:
            return
        known = self._rules[rule]
        self._changes.append(
            (table, str(row_id), column, _text(before), _text(after), rule, reason or known.reason)
        )

    def keep(self, table: str, row_id: str) -> None:
        """Say that a raw row has a row of its own in the clean table."""
        self._settle(table, row_id, "kept", "", "")

    def merge(self, table: str, row_id: str, into: str, rule: str) -> None:
        """Say that a raw row's content now stands in the row `into`."""
        self._settle(table, row_id, "merged", str(into), rule)

    def set_aside(self, table: str, row_id: str, rule: str) -> None:
        """Say that a raw row is not used, by which rule."""
        self._settle(table, row_id, "set_aside", "", rule)

    def _settle(self, table, row_id, fate, into, rule) -> None:
        key = (table, str(row_id))
        if key in self._fates:
            raise ValueError(
                f"row {row_id!r} of table {table!r} already has the fate {self._fates[key][0]!r}"
            )
        if rule and rule not in self._rules:
            raise KeyError(f"unknown cleaning rule {rule!r}")
        self._fates[key] = (fate, into, rule)

    def close(self) -> None:
        """Check that each raw row has exactly one fate.

        Raises
        ------
        ValueError
            If a row has none, or a fate was given to a row that no table declared.
        """
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
        rows = [
            (table, row_id, *self._fates[table, row_id])
            for table, ids in self._rows.items()
            for row_id in ids
            if (table, row_id) in self._fates
        ]
        return pd.DataFrame(rows, columns=FATE_COLUMNS, dtype=str)

    def balance(self) -> pd.DataFrame:
        """Return per table the counts raw, kept, merged and set_aside (raw = the sum of the others)."""
        fates = self.fates()
        rows = []
        for table, ids in self._rows.items():
            counts = fates.loc[fates["table"] == table, "fate"].value_counts()
            rows.append((table, len(ids), *(int(counts.get(fate, 0)) for fate in FATES)))
        return pd.DataFrame(rows, columns=["table", "raw", *FATES])


def _text(value) -> str:
    return "" if value is None else str(value)
