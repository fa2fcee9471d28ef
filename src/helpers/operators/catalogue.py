"""All sheets as data: a JSON with everything, a CSV with a row per operator, and its schema."""

from __future__ import annotations

import json

import pandas as pd

from claimbook.figures import csv_text
from helpers import texts
from helpers.operators.sheets import Sheet

_WORDS = texts.read("operators")
#: Name of each column of ``operators.csv``, with its type of Table Schema and what it holds.
COLUMNS: dict[str, tuple[str, str]] = {name: tuple(c) for name, c in _WORDS["columns"].items()}
#: From this probability on, a service that was not seen is listed as probable.
PROBABLE = 0.5
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "string": "object"}
_FORMATS = {
    "number": {"decimalChar": ","},
    "boolean": {"trueValues": ["oui"], "falseValues": ["non"]},
}


def data_files(slices: list[dict], edition: str) -> tuple[str, str, str]:
    """Return the sheets as JSON, as CSV, and the Table Schema of the latter, as texts.

    The JSON has one operator a line. The CSV is for French spreadsheets: UTF-8 with a byte order
    mark, semicolons, decimal commas, and no cell that one would run as a formula.
    """
    services = slices[0]["labels"] if slices else {}
    own = (
        {key: value for key, value in content.items() if key not in ("labels", "addresses")}
        for content in slices
    )
    lines = ",\n".join(json.dumps(content, ensure_ascii=False, allow_nan=False) for content in own)
    head = {"about": _WORDS["about"], "edition": edition, "services": services}
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    rows = pd.DataFrame([_row(Sheet(content)) for content in slices], columns=list(COLUMNS))
    frame = rows.astype("object").astype(
        {name: _DTYPES[kind] for name, (kind, _) in COLUMNS.items()}
    )
    fields = [
        {"name": name, "type": kind, "description": text, **_FORMATS.get(kind, {})}
        for name, (kind, text) in COLUMNS.items()
    ]
    schema = {"fields": fields, "primaryKey": "operator", "missingValues": [""]}
    return (
        f'{opening},\n "operators": [\n{lines}\n]}}\n',
        BYTE_ORDER_MARK + csv_text(frame),
        json.dumps(schema, ensure_ascii=False, indent=1) + "\n",
    )


def _row(sheet: Sheet) -> dict:
    """Return the main values of a sheet by column."""
    facts = {fact["code"]: fact["value"] for fact in sheet["facts"]}
    reading, group = sheet["reading"], sheet["class"] or {}
    perimeter, places = sheet["perimeter"], sheet["perimeter"]["departements"]
    peer, partner = next(iter(sheet["peers"]), {}), next(iter(sheet["partners"]), {})
    sums = pd.DataFrame(places).sum(numeric_only=True)
    return {
        "operator": sheet["operator"],
        "page": f"{sheet['slug']}.html",
        "full_name": sheet["full_name"],
        "form": sheet["form"],
        "scope": perimeter["scope"],
        "departements": "|".join(place["code"] for place in places),
        "outside": "|".join(perimeter["outside"]),
        "population": sums.get("population"),
        "communes": sums.get("communes"),
        "small_communes": sums.get("small"),
        "pages_read": reading["pages"],
        "statements": reading["statements"],
        "weak_statements": reading["weak"],
        "first_year": reading["first_year"],
        "last_year": reading["last_year"],
        "n_seen": len(sheet.in_state("offered")),
        "seen": _codes(sheet.in_state("offered")),
        "planned": _codes(sheet.in_state("planned")),
        "stopped": _codes(sheet.in_state("discontinued", "not_offered")),
        "likely": _codes(sheet.likely(PROBABLE)),
        "class": group.get("name"),
        "membership": group.get("membership"),
        "placed": group.get("placed"),
        "verdict": group.get("verdict"),
        "peer": peer.get("operator"),
        "peer_among": peer.get("among"),
        "neighbours": len(sheet["neighbours"]),
        "partner": partner.get("operator"),
        "partner_brings": len(partner["brings"]) if partner else None,
        "cooperates_with": "|".join(sorted({link["partner"] for link in sheet["cooperation"]})),
        "founded_year": facts.get("founded_year"),
        "members": facts.get("members"),
        "communes_members": facts.get("communes_members"),
        "staff": facts.get("staff_fte"),
        "budget_eur": facts.get("budget_eur"),
    }


def _codes(services: list[dict]) -> str:
    return "|".join(service["code"] for service in services)
