"""A tiny edition with every kind of operator that a sheet must read well for, hostile names included."""

from __future__ import annotations

import pandas as pd

HOSTILE = '=HYPER<b>LINK</b>("x")'


def frame(columns: str, rows: list[tuple], **types: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split()).astype(types)


def make_tables() -> dict[str, pd.DataFrame]:
    operators = frame(
        "operator full_name former_names legal_form legal_family departements outside_departements n_departements "
        "scope region website n_pages only_rollout",
        [
            (
                "Alpha",
                "Syndicat Alpha (ex Aleph, ex Ex-Alpha)",
                "Aleph | Ex-Alpha",
                "x",
                "syndicat",
                "22|29",
                "",
                2,
                "several",
                "53",
                "a.fr",
                4,
                0,
            ),
            ("Bêta", "Agence Bêta", "", "x", "agence", "35", "", 1, "departement", "53", "", 2, 0),
            (HOSTILE, "", "", "", "inconnue", "", "", 0, "unknown", "", "", 1, 0),
            ("Nulle part", "", "", "", "inconnue", "", "", 0, "unknown", "", "", 0, 0),
            (
                "Outre-mer",
                "Société O",
                "",
                "x",
                "spl",
                "971",
                "977",
                1,
                "departement",
                "01",
                "o.gp",
                1,
                0,
            ),
            (
                "Partout",
                "Association P",
                "",
                "x",
                "association",
                "",
                "",
                0,
                "national",
                "",
                "p.fr",
                3,
                0,
            ),
        ],
    )
    places = [("Alpha", "22"), ("Alpha", "29"), ("Bêta", "35"), ("Outre-mer", "971")]
    statements = [
        (
            "E1",
            "Alpha",
            "sig",
            "offered",
            "a.fr/1",
            2020,
            False,
            "",
            "https://a.fr/1",
            "carte en ligne",
        ),
        ("E2", "Alpha", "sig", "offered", "a.fr/2", 2022, True, "pilot", "https://a.fr/2", "essai"),
        (
            "E3",
            "Alpha",
            "formation",
            "planned",
            "b.fr/3",
            None,
            False,
            "",
            "https://www.b.fr/3",
            "projet",
        ),
        (
            "E4",
            "Alpha",
            "formation",
            "offered",
            "b.fr/4",
            2001,
            True,
            "indirect",
            "https://b.fr/4",
            "ancien",
        ),
        ("E5", "Bêta", "sig", "offered", "c.fr/5", None, False, "", "https://c.fr/5", "cartes"),
        (
            "E6",
            "Bêta",
            "formation",
            "offered",
            "c.fr/6",
            2019,
            False,
            "",
            "https://c.fr/6",
            "cours",
        ),
        (
            "E7",
            "Outre-mer",
            "formation",
            "discontinued",
            "o.gp/7",
            2018,
            False,
            "",
            "https://o.gp/7",
            "fini",
        ),
        (
            "E8",
            "Partout",
            "achats",
            "offered",
            "p.fr/8",
            2024,
            False,
            "",
            "https://p.fr/8",
            "<i>achats</i>",
        ),
        (
            "E9",
            HOSTILE,
            "achats",
            "offered",
            "h.fr/9",
            2024,
            False,
            "",
            "javascript:alert(1)",
            "=1+1",
        ),
    ]
    states = [
        ("Alpha", "formation", "planned"),
        ("Alpha", "sig", "offered"),
        ("Bêta", "formation", "offered"),
        ("Bêta", "sig", "offered"),
        ("Outre-mer", "formation", "discontinued"),
        ("Partout", "achats", "offered"),
        (HOSTILE, "achats", "offered"),
    ]
    cooperation = [
        ("Alpha", "Bêta", "provides_to", "sig", 2020, "active", True, True, "https://a.fr/coop"),
        (
            "Alpha",
            "Bêta",
            "provides_to",
            "formation",
            2022,
            "ended",
            True,
            True,
            "https://a.fr/coop2",
        ),
        ("Bêta", "Vieux Bêta", "merger", "governance", 2004, "active", True, False, "https://v.fr"),
        ("Réseau", "Alpha", "membership", "general", None, "unknown", False, True, "https://r.fr/"),
    ]
    services = [
        ("formation", "Formation des agents et des élus", "accompagnement", "Accompagnement"),
        ("achats", "Achat groupé", "infrastructure", "Infrastructures"),
        ("sig", "Information géographique", "donnees", "Données"),
    ]
    unseen = [
        ("Alpha", "formation", 0.512345, 0.2, 0.9, True),
        ("Alpha", "achats", 0.7, 0.123456, 0.9, False),
        ("Bêta", "achats", 0.3, 0.1, 0.6, True),
        *[
            (name, code, 0.6, 0.2, 0.9, True)
            for name in ("Outre-mer", "Partout")
            for code in ("formation", "sig")
        ],
        ("Outre-mer", "achats", 0.4, 0.1, 0.8, True),
        *[(HOSTILE, code, 0.55, 0.2, 0.9, True) for code in ("formation", "sig")],
    ]
    peers = [
        ("Alpha", 1, "Bêta", 0.61234, 0.4, 0.5, 0.3, 0.7),
        ("Alpha", 2, "Partout", 0.5, 0.4, 0.4, 0.1, 0.6),
        ("Bêta", 1, "Alpha", 0.9, 0.4, 0.5, 0.3, 0.7),
        ("Partout", 1, HOSTILE, 0.3, 0.4, 0.5, 0.3, 0.7),
    ]
    classes = [
        (
            "Alpha",
            "+sig",
            "Information géographique",
            0.876,
            "Autres",
            0.12,
            True,
            True,
            4,
            "undecided",
        ),
        (
            "Bêta",
            "+sig",
            "Information géographique",
            0.5,
            "Autres",
            0.5,
            False,
            False,
            2,
            "undecided",
        ),
        (
            "Outre-mer",
            "-sig",
            "Autres",
            0.9,
            "Information géographique",
            0.1,
            True,
            False,
            1,
            "undecided",
        ),
        (
            "Partout",
            "-sig",
            "Autres",
            0.7,
            "Information géographique",
            0.3,
            False,
            True,
            3,
            "undecided",
        ),
        (
            HOSTILE,
            "-sig",
            "Autres",
            0.6,
            "Information géographique",
            0.4,
            False,
            False,
            1,
            "undecided",
        ),
    ]
    attributes = [
        ("Alpha", "members", "546", 2017, 300.0, 546.0, 2, "https://a.fr/m"),
        ("Alpha", "budget_eur", "4000000", None, 4e6, 4e6, 1, "https://a.fr/b"),
        ("Alpha", "siret", "123", 2026, None, None, 1, "https://a.fr/s"),
    ]
    class_columns = (
        "operator class_code class_name membership second_class_name second_membership placed in_main_analysis n_pages "
        "verdict"
    )
    return {
        "operators": operators,
        "operator_departements": frame("operator departement", places),
        "statements": frame(
            "evidence_id operator service_code status page year weak weak_reason source_url note",
            statements,
            year="Int64",
        ),
        "states": frame("operator service_code state", states),
        "cooperation": frame(
            "source target kind topic year status source_is_operator target_is_operator source_url",
            cooperation,
            year="Int64",
        ).assign(page="p"),
        "links": frame(
            "operator predecessor kind year source_url",
            [
                ("Bêta", "Vieux Bêta", "merger", 2004, "https://v.fr"),
                ("Bêta", "Alpha", "possible", None, ""),
            ],
            year="Int64",
        ),
        "services": frame("service_code label_fr family_code family_fr", services),
        "second_reading": frame("found supports", [("yes", "yes"), ("yes", "partly"), ("no", "")]),
        "unseen_offers": frame("operator service_code chance low high identified", unseen),
        "peers": frame("operator rank peer among by_chance resemblance low high", peers),
        "classes": frame(class_columns, classes),
        "attributes": frame(
            "operator attribute value year minimum maximum n_values source_url",
            attributes,
            year="Int64",
        ),
    }
