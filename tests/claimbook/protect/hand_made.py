"""A small confidential edition, made up by hand: no operator of it exists."""

from __future__ import annotations

import pandas as pd

from claimbook.protect.leaks import knowledge_of
from claimbook.protect.pseudonyms import PSEUDONYM, hide_operators, operator_labels
from claimbook.protect.roles import Roles

KEY = b"a key that is long enough for tests"
REGIONS = {"53": "Bretagne", "28": "Normandie", "94": "Corse"}
FORMS = {
    "syndicat": "Syndicats",
    "agence": "Agences et régies",
    "gip": "Groupements d’intérêt public",
}
SERVICES = {
    "paie": "Gestion de la paie",
    "archives": "Archivage électronique",
    "web": "Sites internet",
}
TERRITORIES = [*REGIONS.values(), "Finistère", "Calvados", "Haute-Corse"]

# operator, full name, région, forme, SIRET, site, agents, membres, budget, paie, archives, web
_ROWS = [
    ("Vérantis", "Syndicat mixte Vérantis", "53", "syndicat", "13002526500013", "https://www.verantis.example",
     12, 214, 1234567, 1, 0, 1),
    ("Nuaclic", "Agence Nuaclic", "53", "agence", "13002526500021", "https://nuaclic.example/accueil",
     7, 98, 512300, 1, 0, 1),
    ("Breizhor", "Syndicat mixte Breizhor", "53", "syndicat", "13002526500039", "", 22, 301, 2345100, 1, 0, 0),
    ("Kernodis", "Syndicat Kernodis", "53", "syndicat", "13002526500047", "", 18, 187, 1876500, 1, 0, 1),
    ("M.O.R.V.A.", "Mutualisation et organisation des ressources de la vallée",
     "53", "agence", "", "", 5, 45, 301250, 0, 0, 1),
    ("Armenios", "Agence Armenios", "53", "agence", "", "", 9, 120, 655400, 1, 0, 0),
    ("Normanciel", "Syndicat mixte Normanciel", "28", "syndicat", "", "", 31, 402, 4120800, 1, 1, 1),
    ("Caldenum", "Agence Caldenum", "28", "agence", "", "", 14, 150, 988700, 1, 0, 1),
    ("Seinalys", "Syndicat Seinalys", "28", "syndicat", "", "", 26, 333, 3010400, 0, 0, 1),
    ("Ornélia", "Syndicat Ornélia", "28", "syndicat", "", "", 11, 142, 1102300, 1, 0, 0),
    ("Cotenvia", "Agence Cotenvia", "28", "agence", "", "", 8, 88, 540100, 1, 0, 1),
    ("Eurélune", "Agence Eurélune", "28", "agence", "", "", 6, 61, 410700, 1, 0, 1),
    ("Corsinum", "GIP Corsinum", "94", "gip", "", "", 40, 360, 98765432, 1, 1, 1),
    ("Isulana", "Agence Isulana", "94", "agence", "", "", 4, 30, 250900, 1, 0, 0),
    ("Balagnou", "Syndicat Balagnou", "94", "syndicat", "", "", 10, 77, 701200, 0, 0, 1),
]  # fmt: skip
COLUMNS = [
    "operator",
    "full_name",
    "region",
    "legal_family",
    "siret",
    "website",
    "staff",
    "members",
    "budget",
]


def tables() -> dict[str, pd.DataFrame]:
    """Return the tidy tables, under the operators' own names."""
    operators = pd.DataFrame([row[:9] for row in _ROWS], columns=COLUMNS)
    states = pd.DataFrame(
        [
            (row[0], code, "offered" if said else "not_offered")
            for row in _ROWS
            for code, said in zip(SERVICES, row[9:], strict=True)
        ],
        columns=["operator", "service_code", "state"],
    )
    services = pd.DataFrame({"service_code": list(SERVICES), "label_fr": list(SERVICES.values())})
    links = pd.DataFrame(
        [
            ("Vérantis", "Nuaclic", "L2", "convention avec Breizhor"),
            ("Vérantis", "Mairie d’Ailleurs", "L3", ""),
        ],
        columns=["source", "target", "row_id", "note"],
    )
    return {"operators": operators, "states": states, "services": services, "links": links}


def known(threshold: int = 3):
    """Return what a checker knows of the edition."""
    shown = operator_labels(tables(), Roles(), KEY)
    labels = {**FORMS, **SERVICES, **{f"region:{code}": name for code, name in REGIONS.items()}}
    return knowledge_of(
        tables(),
        Roles(),
        threshold=threshold,
        dominance=0.8,
        pseudonyms={name: PSEUDONYM.search(label)[1] for name, label in shown.items()},
        labels=labels,
        territories=TERRITORIES,
    )


def public() -> dict[str, pd.DataFrame]:
    """Return the tables that a notebook of the edition reads."""
    return hide_operators(tables(), Roles(), KEY)


def code_of(operator: str) -> str:
    """Return the code of an operator's pseudonym."""
    return PSEUDONYM.search(operator_labels(tables(), Roles(), KEY)[operator])[1]
