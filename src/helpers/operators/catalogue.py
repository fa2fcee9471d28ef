"""All sheets as data for re-use: a JSON with everything, a CSV with a row per operator, and its columns described."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd

from claimbook.figures import csv_text
from helpers.operators.reading import Sheet

#: From this probability on, a service that was not seen is listed as probable.
PROBABLE = 0.5
ABOUT = (
    "Ce que des pages publiques disent des opérateurs publics de services numériques, et ce qu’un modèle en déduit. "
    "Un service non vu n’est pas un service absent. Licence Ouverte 2.0."
)


def _joined(values) -> str:
    return "|".join(str(value) for value in values)


def _fact(code: str) -> Callable[[Sheet], float | None]:
    return lambda sheet: next(
        (fact["value"] for fact in sheet["facts"] if fact["code"] == code), None
    )


def _places(key: str) -> Callable[[Sheet], int | None]:
    def total(sheet: Sheet) -> int | None:
        places = sheet["perimeter"]["departements"]
        return sum(place[key] for place in places) if places else None

    return total


def _of_class(key: str):
    return lambda sheet: (sheet["class"] or {}).get(key)


def _first(entry: str, value: Callable[[dict], object]):
    return lambda sheet: value(sheet[entry][0]) if sheet[entry] else None


def _states(*states: str):
    return lambda sheet: _joined(s["code"] for s in sheet["services"] if s["state"] in states)


#: Name, type of Table Schema, what it holds, and how it is taken from a sheet.
COLUMNS: tuple[tuple[str, str, str, Callable], ...] = (
    ("operator", "string", "Nom de l’opérateur", lambda s: s["operator"]),
    ("page", "string", "Fichier de sa fiche", lambda s: f"{s['slug']}.html"),
    ("full_name", "string", "Nom complet", lambda s: s["full_name"]),
    ("form", "string", "Forme juridique", lambda s: s["form"]),
    (
        "scope",
        "string",
        "Étendue : departement, several, region, national, unknown",
        lambda s: s["perimeter"]["scope"],
    ),
    (
        "departements",
        "string",
        "Codes des départements, séparés par |",
        lambda s: _joined(place["code"] for place in s["perimeter"]["departements"]),
    ),
    (
        "outside",
        "string",
        "Territoires hors des départements",
        lambda s: _joined(s["perimeter"]["outside"]),
    ),
    (
        "population",
        "integer",
        "Population municipale 2020 de ces départements",
        _places("population"),
    ),
    ("communes", "integer", "Communes de ces départements", _places("communes")),
    ("small_communes", "integer", "Communes de moins de 500 habitants", _places("small")),
    ("pages_read", "integer", "Pages publiques lues", lambda s: s["reading"]["pages"]),
    ("statements", "integer", "Énoncés lus sur ces pages", lambda s: s["reading"]["statements"]),
    ("weak_statements", "integer", "Énoncés fragiles", lambda s: s["reading"]["weak"]),
    (
        "first_year",
        "integer",
        "Année du plus ancien énoncé daté",
        lambda s: s["reading"]["first_year"],
    ),
    (
        "last_year",
        "integer",
        "Année du plus récent énoncé daté",
        lambda s: s["reading"]["last_year"],
    ),
    ("n_seen", "integer", "Nombre de services vus proposés", lambda s: len(s.offered())),
    ("seen", "string", "Codes de ces services, séparés par |", _states("offered")),
    ("planned", "string", "Codes des services en projet", _states("planned")),
    (
        "stopped",
        "string",
        "Codes des services arrêtés ou dits non proposés",
        _states("discontinued", "not_offered"),
    ),
    (
        "likely",
        "string",
        "Codes des services non vus mais plus probables qu’absents",
        lambda s: _joined(service["code"] for service in s.likely(PROBABLE)),
    ),
    ("class", "string", "Groupe le plus probable de la typologie", _of_class("name")),
    ("membership", "number", "Probabilité d’appartenance à ce groupe", _of_class("membership")),
    ("placed", "boolean", "Nettement classé", _of_class("placed")),
    (
        "verdict",
        "string",
        "Ce que conclut la typologie : undecided, no classes, k classes",
        _of_class("verdict"),
    ),
    ("peer", "string", "Pair le plus proche", _first("peers", lambda peer: peer["operator"])),
    (
        "peer_among",
        "number",
        "Probabilité que ce pair soit parmi les plus proches",
        _first("peers", lambda peer: peer["among"]),
    ),
    (
        "neighbours",
        "integer",
        "Opérateurs documentés du même département ou d’à côté",
        lambda s: len(s["neighbours"]),
    ),
    (
        "partner",
        "string",
        "Voisin qui montre le plus de services non vus ici",
        _first("partners", lambda partner: partner["operator"]),
    ),
    (
        "partner_brings",
        "integer",
        "Nombre de ces services",
        _first("partners", lambda partner: len(partner["brings"])),
    ),
    (
        "cooperates_with",
        "string",
        "Partenaires que disent les pages, séparés par |",
        lambda s: _joined(sorted({link["partner"] for link in s["cooperation"]})),
    ),
    ("founded_year", "integer", "Année de création publiée", _fact("founded_year")),
    ("members", "number", "Adhérents publiés", _fact("members")),
    ("communes_members", "number", "Communes adhérentes publiées", _fact("communes_members")),
    ("staff", "number", "Agents publiés, le plus souvent des personnes", _fact("staff_fte")),
    ("budget_eur", "number", "Budget annuel publié, en euros", _fact("budget_eur")),
)
_TYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "string": "object"}


def operators_frame(slices: list[dict]) -> pd.DataFrame:
    """Return one row per operator, with the columns that `COLUMNS` describes."""
    sheets = [Sheet(content) for content in slices]
    frame = pd.DataFrame(
        {name: pd.Series([take(s) for s in sheets], dtype="object") for name, _, _, take in COLUMNS}
    )
    return frame.astype({name: _TYPES[kind] for name, kind, _, _ in COLUMNS})


def data_files(slices: list[dict], edition: str) -> tuple[str, str, str]:
    """Return the sheets as JSON, as CSV, and the Table Schema of the latter, as texts.

    Parameters
    ----------
    slices : list of dict
        Slices in alphabetical order.
    edition : str
        Name of the edition.

    Returns
    -------
    json_text, csv, schema : str
        The JSON has one operator a line. The CSV is for French spreadsheets: UTF-8 with a byte order mark, semicolons,
        decimal commas, and no cell that one would run as a formula.
    """
    services = slices[0]["labels"] if slices else {}
    own = (
        {key: value for key, value in content.items() if key not in ("labels", "addresses")}
        for content in slices
    )
    lines = ",\n".join(json.dumps(content, ensure_ascii=False, allow_nan=False) for content in own)
    head = {"about": ABOUT, "edition": edition, "services": services}
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    fields = [{"name": name, "type": kind, "description": text} for name, kind, text, _ in COLUMNS]
    for field in fields:
        field |= {
            "number": {"decimalChar": ","},
            "boolean": {"trueValues": ["oui"], "falseValues": ["non"]},
        }.get(field["type"], {})
    schema = {"fields": fields, "primaryKey": "operator", "missingValues": [""]}
    return (
        f'{opening},\n "operators": [\n{lines}\n]}}\n',
        "\N{ZERO WIDTH NO-BREAK SPACE}" + csv_text(operators_frame(slices)),
        json.dumps(schema, ensure_ascii=False, indent=1) + "\n",
    )
