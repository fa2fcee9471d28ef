"""What changed on the sheets since the accepted ones, read from their table: one row per operator."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from markupsafe import Markup

from claimbook import french
from helpers.operators.catalogue import COLUMNS

_NONE = "–"


class Change(NamedTuple):
    """One value of one operator that is not what was accepted; None stands for a sheet that is not there."""

    operator: str
    what: str
    before: str | None
    after: str | None


def sheet_changes(accepted: str, present: str) -> list[Change]:
    """Compare two texts of ``operators.csv``.

    Parameters
    ----------
    accepted, present : str
        As :func:`helpers.operators.catalogue.data_files` writes them.

    Returns
    -------
    list of Change
        By operator, then in the order of the columns; a sheet that is new or gone is one change. Columns that only one
        side has are left out: they are no change of an operator.
    """
    old, new = _rows(accepted), _rows(present)
    labels = {name: text for name, _, text, _ in COLUMNS}
    found = []
    for operator in sorted({*old, *new}, key=lambda name: (name.casefold(), name)):
        if operator not in old or operator not in new:
            sides = (None, _NONE) if operator in new else (_NONE, None)
            found.append(Change(operator, "Fiche", *sides))
            continue
        shared = [name for name in new[operator] if name in old[operator]]
        found += [
            Change(
                operator,
                labels.get(name, name),
                old[operator][name] or _NONE,
                new[operator][name] or _NONE,
            )
            for name in shared
            if old[operator][name] != new[operator][name]
        ]
    return found


def _rows(text: str) -> dict[str, dict[str, str]]:
    reader = csv.DictReader(
        io.StringIO(text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}")), delimiter=";"
    )
    return {row["operator"]: row for row in reader}


def changes_fragment(changes: list[Change]) -> str:
    """Tell changes of sheets as an HTML fragment with one table, or as an empty text if there are none."""
    if not changes:
        return ""
    rows = Markup("\n").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>').format(
            change.operator,
            change.what,
            _told(change.before, change.after, 0),
            _told(change.after, change.before, 1),
        )
        for change in changes
    )
    n = len({change.operator for change in changes})
    text = french.typeset(
        f"{french.count(n)} {french.plural(n, 'fiche a changé', 'fiches ont changé')}."
    )
    return str(
        Markup(
            "<section>\n<h2>Fiches des opérateurs</h2>\n<p>{}</p>\n"
            "<table><caption>Ce qui a changé sur les fiches</caption><thead><tr>"
            '<th scope="col">Opérateur</th><th scope="col">Quoi</th><th scope="col">Avant</th>'
            '<th scope="col">Après</th></tr></thead><tbody>\n{}\n</tbody></table>\n</section>\n'
        ).format(text, rows)
    )


def changes_text(changes: list[Change], at_most: int = 40) -> str:
    """Tell changes of sheets as plain text, one line each and at most so many; an empty text if there are none."""
    if not changes:
        return ""
    lines = [
        f"- {change.operator}, {change.what} : {_told(change.before, change.after, 0)} → "
        f"{_told(change.after, change.before, 1)}"
        for change in changes[:at_most]
    ]
    more = len(changes) - at_most
    lines += [f"- et {more} de plus, dans changes.html"] if more > 0 else []
    return french.typeset("\n".join(["", "Fiches des opérateurs", *lines])) + "\n"


def _told(value: str | None, other: str | None, after: int) -> str:
    if value is not None and other is not None:
        return value
    if value is None:
        return "disparue" if after else "absente"
    return "nouvelle" if after else "publiée"
