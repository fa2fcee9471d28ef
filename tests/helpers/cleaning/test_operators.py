import pandas as pd
import pytest

from helpers.cleaning import RULES, Ledger, legal_family, perimeter
from helpers.cleaning.operators import clean_operators, operator_departements, possible_predecessors

OFFICIAL = {"01": "84", "07": "84", "26": "84", "2A": "94", "2B": "94", "971": "01", "40": "75"}
DEPARTEMENTS = pd.DataFrame({"code": list(OFFICIAL), "region": list(OFFICIAL.values())})


@pytest.mark.parametrize(
    ("text", "codes", "outside", "scope"),
    [
        ("40", ["40"], [], "departement"),
        ("1", ["01"], [], "departement"),
        ("26|07", ["07", "26"], [], "several"),
        ("01|07|26", ["01", "07", "26"], [], "region"),
        ("2a|2B", ["2A", "2B"], [], "region"),
        ("971|977", ["971"], ["977"], "departement"),
        ("national", [], [], "national"),
        ("", [], [], "unknown"),
    ],
)
def test_perimeters_are_read_as_official_codes(text, codes, outside, scope):
    assert perimeter(text, OFFICIAL) == (codes, outside, scope)


@pytest.mark.parametrize("text", ["20", "99", "2C", "abc", "40|"])
def test_a_code_that_is_no_departement_is_refused(text):
    with pytest.raises(ValueError, match="is not the code of a département"):
        perimeter(text, OFFICIAL)


@pytest.mark.parametrize(
    ("form", "name", "family"),
    [
        ("syndicat_mixte", "Agence publique de gestion locale", "syndicat"),
        ("autre", "SIVU de l'Altu di Casacconi", "syndicat"),
        ("autre", "Syndicat intercommunal d'énergie des Deux-Sèvres", "syndicat"),
        ("autre", "Régie de gestion des données Savoie-Mont-Blanc", "agence"),
        ("autre", "Collectivité de Corse", "autre"),
        ("", "Centre départemental de gestion", "centre_de_gestion"),
        ("", "AT86", "inconnue"),
        ("spl", "Société publique locale X", "spl"),
    ],
)
def test_the_legal_family_comes_from_the_form_then_from_the_name(form, name, family):
    assert legal_family(form, name) == family


def identity(name, departements="40", form="gip", full="", website=""):
    return {
        "opsn_name": name,
        "full_name": full,
        "legal_form": form,
        "departements": departements,
        "website": website,
        "attribute": "identity",
    }


def test_operators_get_territory_region_and_former_names():
    frame = pd.DataFrame(
        [
            identity(
                "A",
                "07|26",
                full="Syndicat A (ex SIVU A, ex Inforoutes)",
                website="https://www.a.fr/",
            ),
            identity("B", "07|40"),
        ]
    )
    frame.insert(0, "row_id", ["L2", "L3"])
    ledger = Ledger(RULES)
    ledger.open_table("operator_attributes", frame["row_id"])
    out = clean_operators(frame, DEPARTEMENTS, ledger).set_index("operator")
    assert out.loc["A", ["departements", "region", "website"]].tolist() == ["07|26", "84", "a.fr"]
    assert out.loc["A", "former_names"] == "SIVU A | Inforoutes"
    assert out.loc["B", "region"] == "", "two régions: none is the operator's"
    ledger.close()
    pairs = operator_departements(out.reset_index(), DEPARTEMENTS)
    assert pairs.to_numpy().tolist() == [
        ["A", "07", "84"],
        ["A", "26", "84"],
        ["B", "07", "84"],
        ["B", "40", "75"],
    ]


def test_a_predecessor_named_only_in_a_note_is_reported_and_not_merged():
    statements = pd.DataFrame(
        {
            "operator": ["Soluris", "Soluris"],
            "evidence_id": ["E1", "E2"],
            "note": ["alors SMIC17 (vers 2004)", "alors syndicat"],
            "weak_reason": ["predecessor", "predecessor"],
        }
    )
    operators = pd.DataFrame({"operator": ["Soluris", "SMIC17", "SIB"]})
    pairs = possible_predecessors(statements, operators, Ledger(RULES))
    assert pairs.to_numpy().tolist() == [["Soluris", "SMIC17", "E1"]]
