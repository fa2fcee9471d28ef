"""What changed on the sheets since the accepted ones, read from ``operators.csv``."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from markupsafe import Markup

from claimbook import french
from helpers.operators.catalogue import BYTE_ORDER_MARK, COLUMNS

_NONE = "–"
_TABLE = Markup(
    "<section>\n<h2>Fiches des opérateurs</h2>\n<p>{}</p>\n"
    "<table><caption>Ce qui a changé sur les fiches</caption><thead><tr>"
    '<th scope="col">Opérateur</th><th scope="col">Quoi</th><th scope="col">Avant</th>'
    '<th scope="col">Après</th></tr></thead><tbody>\n{}\n</tbody></table>\n</section>\n'
)
_ROW = Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>')


class Change(NamedTuple):
    """One value of one operator that is not what was accepted, in words."""

    operator: str
    what: str
    before: str
    after: str


def sheet_changes(accepted: str, present: str) -> list[Change]:
    """Compare two texts of ``operators.csv``: by operator, then in the order of the columns.

    A sheet that is new or gone is one change; columns that only one side has are left out.
    """
    old, new = _rows(accepted), _rows(present)
    found = []
    for operator in sorted({*old, *new}, key=lambda name: (name.casefold(), name)):
        if operator not in old:
            found.append(Change(operator, "Fiche", "absente", "nouvelle"))
        elif operator not in new:
            found.append(Change(operator, "Fiche", "publiée", "disparue"))
        else:
            found += [
                Change(operator, _label(name), old[operator][name] or _NONE, value or _NONE)
                for name, value in new[operator].items()
                if old[operator].get(name, value) != value
            ]
    return found


def _label(column: str) -> str:
    return COLUMNS[column][1] if column in COLUMNS else column


def _rows(text: str) -> dict[str, dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.lstrip(BYTE_ORDER_MARK)), delimiter=";")
    return {row["operator"]: row for row in reader}


def changes_fragment(changes: list[Change]) -> str:
    """Return changes of sheets as HTML with one table, or an empty text if there are none."""
    if not changes:
        return ""
    n = len({change.operator for change in changes})
    words = french.plural(n, "fiche a changé", "fiches ont changé")
    rows = Markup("\n").join(_ROW.format(*change) for change in changes)
    return str(_TABLE.format(french.typeset(f"{french.count(n)} {words}."), rows))


def changes_text(changes: list[Change], at_most: int = 40) -> str:
    """Return changes of sheets as plain text, one line each, or an empty text if there are none."""
    if not changes:
        return ""
    lines = [f"- {c.operator}, {c.what} : {c.before} → {c.after}" for c in changes[:at_most]]
    more = len(changes) - at_most
    lines += [f"- et {more} de plus, dans changes.html"] if more > 0 else []
    return french.typeset("\n".join(["", "Fiches des opérateurs", *lines])) + "\n"
