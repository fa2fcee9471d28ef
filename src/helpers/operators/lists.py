"""All sheets at once: as a table, as a page, and what changed since the accepted ones."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from claimbook.figures import csv_text
from helpers.operators.facts import WORDS, Facts
from helpers.operators.sheet import called, capitalised, fill, places_told

#: Name of each column of ``operators.csv``, and what it holds.
COLUMNS: dict[str, str] = WORDS["columns"]
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def sheet_table(every: Iterable[Facts]) -> str:
    """Return the main facts of all sheets as CSV for French spreadsheets, one operator a row."""
    rows = pd.DataFrame([_row(facts) for facts in every], columns=list(COLUMNS), dtype="object")
    return BYTE_ORDER_MARK + csv_text(rows)


def _row(facts: Facts) -> dict:
    identity = facts.identity
    return {
        "operator": facts.operator,
        "page": f"{facts.slug}.html",
        "full_name": identity["full_name"],
        "form": called("forms", identity["legal_family"]),
        "stratum": facts.stratum,
        "profile": facts.profile,
        "departements": identity["departements"],
        "pages_read": identity["n_pages"],
        "firm": _joined(facts.of("firm")["service_code"]),
        "weak": _joined(facts.of("weak")["service_code"]),
        "planned": _joined(facts.of("planned")["service_code"]),
        "stopped": _joined(facts.of("discontinued", "not_offered")["service_code"]),
        "figures": _joined(_figure(code, fact) for code, fact in facts.attributes.items()),
        "neighbours": _joined([*facts.here, *facts.near]),
        "peers": _joined(facts.peers),
        "cooperates_with": _joined(sorted(facts.cooperation["partner"])),
        "designations": facts.register["designations"] if facts.register else None,
        "pages": _joined([identity["source_url"], *_pages(facts)]),
    }


def _figure(code: str, fact: dict) -> str:
    year = "" if pd.isna(fact["year"]) else f" ({int(fact['year'])})"
    return f"{code} {fact['value']}{year}"


def _pages(facts: Facts) -> list[str]:
    """Return the addresses of the pages that the sheet cites, sorted."""
    cited = [facts.services["source_url"], facts.cooperation["source_url"]]
    return sorted({fact["source_url"] for fact in facts.attributes.values()}.union(*cited))


def _joined(names: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(names))


def list_fragment(every: list[Facts]) -> str:
    """Return the list of all sheets by name and by département as HTML, headings from level 2."""
    initials, places = defaultdict(list), defaultdict(list)
    for facts in every:
        first = facts.slug[0]
        initials[first.upper() if first.isalpha() else "0-9"].append(facts)
        for place in facts.places.itertuples(index=False):
            places[place.code, f"{place.name} ({place.code})"].append(facts)
        if not len(facts.places):
            places["~", capitalised(places_told(facts))].append(facts)
    by_place = {name: members for (_, name), members in sorted(places.items())}
    shown = {"initials": initials, "places": by_place, "columns": COLUMNS, "words": WORDS}
    return fill("directory.html.j2", n=len(every), where=places_told, **shown)


class Change(NamedTuple):
    """One value of one operator that is not what was accepted, in words."""

    operator: str
    what: str
    before: str
    after: str


def sheet_changes(
    accepted: str, present: str, labels: Mapping[str, str] | None = None
) -> list[Change]:
    """Compare two texts of ``operators.csv``: by operator, then in the order of the columns.

    A sheet that is new or gone is one change; columns that only one side has are left out. Of a
    list, each side shows what the other lacks. `labels` names the codes of services.
    """
    old, new = _rows(accepted), _rows(present)
    found = [Change(name, "Fiche", "absente", "nouvelle") for name in new.keys() - old.keys()]
    found += [Change(name, "Fiche", "publiée", "disparue") for name in old.keys() - new.keys()]
    found += [
        Change(name, _heading(column), *_differences(old[name][column], value, labels or {}))
        for name in new.keys() & old.keys()
        for column, value in new[name].items()
        if old[name].get(column, value) != value
    ]
    return sorted(found, key=lambda change: change.operator)


def _heading(column: str) -> str:
    # What stands in brackets is for those who read the file.
    return COLUMNS.get(column, column).partition(" (")[0]


def _differences(before: str, after: str, labels: Mapping[str, str]) -> list[str]:
    """Return what each of two lists alone has; both lists, if only their order differs."""
    lists = before.split("|"), after.split("|")
    only = [[item for item in one if item not in other] for one, other in (lists, lists[::-1])]
    shown = only if any(only) else lists
    return [" ; ".join(labels.get(item, item) for item in one) or "–" for one in shown]


def _rows(text: str) -> dict[str, dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.lstrip(BYTE_ORDER_MARK)), delimiter=";")
    return {row["operator"]: row for row in reader}


def changes_fragment(changes: list[Change]) -> str:
    """Return changes of sheets as HTML with one table, or an empty text if there are none."""
    n = len({change.operator for change in changes})
    return fill("changes.html.j2", n=n, changes=changes) if changes else ""
