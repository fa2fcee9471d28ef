"""All sheets at once: as data, as a page, and what changed since the accepted ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

import jinja2
import pandas as pd

from claimbook import french
from claimbook.figures import csv_text
from helpers import texts
from helpers.operators.sheets import Sheet

_WORDS = texts.read("operators")
#: Name of each column of ``operators.csv``, with its type of Table Schema and what it holds.
COLUMNS: dict[str, list[str]] = _WORDS["columns"]
#: From this probability on, a service that was not seen is listed as probable.
PROBABLE = 0.5
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "string": "object"}
_FORMATS = {
    "number": {"decimalChar": ","},
    "boolean": {"trueValues": ["oui"], "falseValues": ["non"]},
}
_UNPLACED = "Sans page lue : aucun groupe"


def data_files(slices: list[dict], edition: str) -> tuple[str, str, str]:
    """Return the sheets as JSON, as CSV, and the Table Schema of the latter, as texts.

    The JSON has one operator a line. The CSV is for French spreadsheets: UTF-8 with a byte order
    mark, semicolons, decimal commas, and no cell that one would run as a formula.
    """
    own = (
        {key: value for key, value in content.items() if key not in ("labels", "addresses")}
        for content in slices
    )
    lines = ",\n".join(json.dumps(content, ensure_ascii=False, allow_nan=False) for content in own)
    services = slices[0]["labels"] if slices else {}
    head = {"about": _WORDS["about"], "edition": edition, "services": services}
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    rows = pd.DataFrame(map(_row, slices), columns=list(COLUMNS), dtype="object")
    frame = rows.astype({name: _DTYPES[kind] for name, (kind, *_) in COLUMNS.items()})
    fields = [
        {"name": name, "type": kind, "description": text, **_FORMATS.get(kind, {})}
        for name, (kind, text, *_) in COLUMNS.items()
    ]
    schema = {"fields": fields, "primaryKey": "operator", "missingValues": [""]}
    return (
        f'{opening},\n "operators": [\n{lines}\n]}}\n',
        BYTE_ORDER_MARK + csv_text(frame),
        json.dumps(schema, ensure_ascii=False, indent=1) + "\n",
    )


def _row(content: dict) -> dict:
    """Return the main values of a slice by column: entries of the slice, counts and sums."""
    sheet, places = Sheet(content), content["perimeter"]["departements"]
    entries = content | {
        f"{part}.{name}": value
        for part in ("perimeter", "reading", "class")
        for name, value in (sheet[part] or {}).items()
    }
    entries |= {f"facts.{fact['code']}": fact["value"] for fact in sheet["facts"]}
    peer, partner = next(iter(sheet["peers"]), {}), next(iter(sheet["partners"]), {})
    sums = pd.DataFrame(places).sum(numeric_only=True)
    return {name: entries.get(entry[0]) for name, (_, _, *entry) in COLUMNS.items() if entry} | {
        "page": f"{sheet['slug']}.html",
        "departements": "|".join(place["code"] for place in places),
        "outside": "|".join(sheet["perimeter"]["outside"]),
        "population": sums.get("population"),
        "communes": sums.get("communes"),
        "small_communes": sums.get("small"),
        "n_seen": len(sheet.in_state("offered")),
        "seen": _codes(sheet.in_state("offered")),
        "planned": _codes(sheet.in_state("planned")),
        "stopped": _codes(sheet.in_state("discontinued", "not_offered")),
        "likely": _codes(sheet.likely(PROBABLE)),
        "peer": peer.get("operator"),
        "peer_among": peer.get("among"),
        "neighbours": len(sheet["neighbours"]),
        "partner": partner.get("operator"),
        "partner_brings": len(partner["brings"]) if partner else None,
        "cooperates_with": "|".join(sorted({link["partner"] for link in sheet["cooperation"]})),
    }


def _codes(services: list[dict]) -> str:
    return "|".join(service["code"] for service in services)


def list_fragment(slices: list[dict]) -> str:
    """Return the list of slices by name, département and group as HTML, headings from level 2."""
    verdicts = (sheet["class"]["verdict"] for sheet in slices if sheet["class"])
    warnings = _WORDS["verdicts"]
    return _render(
        "directory.html.j2",
        slices=slices,
        initials=_grouped(slices, lambda sheet: [_initial(sheet)]),
        places=_places(slices),
        groups=_groups(slices),
        warning=warnings.get(next(verdicts, ""), warnings["undecided"]),
        columns=COLUMNS,
        kinds=_WORDS["types"],
    )


def _render(template: str, **context) -> str:
    """Fill a template of this folder in; every text is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("helpers", "operators"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    for write in (french.count, french.percent, french.plural, french.typeset):
        environment.filters[write.__name__] = write
    environment.filters["where"] = _where
    return environment.get_template(template).render(context)


def _grouped(slices: Iterable[dict], keys: Callable[[dict], Iterable]) -> dict:
    found: dict = {}
    for sheet in slices:
        for key in keys(sheet):
            found.setdefault(key, []).append(sheet)
    return found


def _initial(sheet: dict) -> str:
    first = sheet["slug"][0]
    return first.upper() if first.isalpha() else "0-9"


def _where(sheet: dict) -> str:
    perimeter = sheet["perimeter"]
    names = [place["name"] for place in perimeter["departements"]] + perimeter["outside"]
    if perimeter["scope"] == "region":
        return f"{perimeter['regions'][0]} ({', '.join(names)})"
    return ", ".join(names) or _WORDS["scopes"][perimeter["scope"]]


def _places(slices: list[dict]) -> list[tuple[str, str, list[dict]]]:
    """Return name, region and sheets: of départements, of other territories, of other scopes."""
    inside = _grouped(
        slices,
        lambda sheet: [
            (place["code"], place["name"], place["region"])
            for place in sheet["perimeter"]["departements"]
        ],
    )
    outside = _grouped(slices, lambda sheet: sheet["perimeter"]["outside"])
    scopes = _grouped(slices, lambda sheet: [sheet["perimeter"]["scope"]])
    rows = [
        (f"{name} ({code})", region, sheets)
        for (code, name, region), sheets in sorted(inside.items(), key=lambda item: item[0])
    ]
    rows += [(name, "hors des départements", outside[name]) for name in sorted(outside)]
    for scope in ("national", "unknown"):
        if scope in scopes:
            words = _WORDS["scopes"][scope]
            rows.append((words[:1].upper() + words[1:], "–", scopes[scope]))
    return rows


def _groups(slices: list[dict]) -> dict[str, list[dict]]:
    """Return the sheets of each class, those placed clearly first; the unplaced come last."""
    clearly_first = sorted(slices, key=lambda sheet: not (sheet["class"] or {}).get("placed"))
    groups = _grouped(clearly_first, lambda sheet: [(sheet["class"] or {}).get("name", _UNPLACED)])
    return dict(sorted(groups.items(), key=lambda item: (item[0] == _UNPLACED, item[0])))


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
                Change(operator, COLUMNS.get(name, ["", name])[1], before or "–", value or "–")
                for name, value in new[operator].items()
                if (before := old[operator].get(name, value)) != value
            ]
    return found


def _rows(text: str) -> dict[str, dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.lstrip(BYTE_ORDER_MARK)), delimiter=";")
    return {row["operator"]: row for row in reader}


def changes_fragment(changes: list[Change]) -> str:
    """Return changes of sheets as HTML with one table, or an empty text if there are none."""
    n = len({change.operator for change in changes})
    return _render("changes.html.j2", n=n, changes=changes) if changes else ""


def changes_text(changes: list[Change], at_most: int = 40) -> str:
    """Return changes of sheets as plain text, one line each, or an empty text if there are none."""
    if not changes:
        return ""
    lines = [f"- {c.operator}, {c.what} : {c.before} → {c.after}" for c in changes[:at_most]]
    more = len(changes) - at_most
    lines += [f"- et {more} de plus, dans changes.html"] if more > 0 else []
    return french.typeset("\n".join(["", "Fiches des opérateurs", *lines])) + "\n"
