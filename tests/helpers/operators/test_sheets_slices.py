"""A slice holds all that its sheet shows, and changes only when that changes."""

import json

import pandas as pd
import pytest

from helpers.operators.slices import build_slices, slice_text
from tests.helpers.operators.tiny import HOSTILE, make_tables


def by_operator(slices):
    return {content["operator"]: content for content in slices.values()}


def changed(tables):
    """Return the operators whose slice is not the same, byte for byte, as that of the tiny edition."""
    before, after = by_operator(build_slices(make_tables())), by_operator(build_slices(tables))
    names = {*before, *after}
    return {
        name
        for name in names
        if slice_text(before.get(name, {})) != slice_text(after.get(name, {}))
    }


def test_every_operator_has_exactly_one_slice_named_by_its_slug(slices, tables):
    assert sorted(c["operator"] for c in slices.values()) == sorted(tables["operators"]["operator"])
    assert all(slug == content["slug"] for slug, content in slices.items())


def test_the_order_of_rows_changes_nothing(slices):
    tables = {
        name: table.iloc[::-1].reset_index(drop=True) for name, table in make_tables().items()
    }
    tables["services"] = make_tables()["services"]
    again = build_slices(tables)
    assert {slug: slice_text(c) for slug, c in again.items()} == {
        slug: slice_text(c) for slug, c in slices.items()
    }


def test_services_stand_in_the_order_of_the_taxonomy_with_the_pages_of_their_state(sheets):
    formation, sig = sheets["Alpha"]["services"]
    assert (formation["state"], formation["told"], formation["pages"]) == (
        "planned",
        "en projet",
        1,
    )
    assert [page["url"] for page in formation["evidence"]] == ["https://www.b.fr/3"]
    assert (sig["pages"], sig["first_year"], sig["last_year"]) == (2, 2020, 2022)
    # the firm page comes before the doubtful one, although it is older
    assert [page["doubt"] for page in sig["evidence"]] == ["", "expérimentation"]


def test_what_is_unseen_is_whatever_is_not_seen_offered_and_keeps_what_a_page_says(sheets):
    formation, achats = sheets["Alpha"]["unseen"]
    assert (formation["code"], formation["told"], formation["chance"]) == (
        "formation",
        "en projet",
        0.51,
    )
    assert (achats["identified"], achats["low"]) == (False, 0.12)
    assert formation["peers"] == ["Bêta"]
    assert formation["neighbours"] == ["Bêta"]


def test_an_operator_that_was_not_read_has_no_probability_no_class_and_no_peer(sheets):
    nowhere = sheets["Nulle part"]
    assert {service["chance"] for service in nowhere["unseen"]} == {None}
    assert (
        nowhere["class"],
        nowhere["peers"],
        nowhere["services"],
        nowhere["reading"]["pages"],
    ) == (None, [], [], 0)
    assert nowhere["neighbours"] == []


def test_a_peer_needs_a_service_seen_at_both(sheets):
    (peer,) = sheets["Alpha"]["peers"]
    assert (peer["operator"], peer["shared"], peer["more"]) == ("Bêta", ["sig"], ["formation"])
    assert (peer["among"], peer["same_form"]) == (0.61, False)
    assert [p["operator"] for p in sheets["Partout"]["peers"]] == [HOSTILE]


def test_a_perimeter_adds_up_its_departements_and_names_what_is_outside(sheets):
    overseas = sheets["Outre-mer"]["perimeter"]
    assert overseas["outside"] == ["Saint-Barthélemy"]
    (guadeloupe,) = overseas["departements"]
    assert (guadeloupe["name"], guadeloupe["population"], guadeloupe["communes"]) == (
        "Guadeloupe",
        383559,
        32,
    )
    assert [place["code"] for place in sheets["Alpha"]["perimeter"]["departements"]] == ["22", "29"]
    assert 0.5 < overseas["country_small"] < 0.55


def test_neighbours_share_or_touch_and_partners_bring_something(sheets):
    assert sheets["Alpha"]["neighbours"] == ["Bêta"]
    (partner,) = sheets["Alpha"]["partners"]
    assert partner == {"operator": "Bêta", "shares": False, "brings": ["formation"], "works": True}
    assert sheets["Bêta"]["partners"] == []
    assert sheets["Outre-mer"]["neighbours"] == []


def test_cooperation_is_told_from_the_side_of_the_operator(sheets):
    rendered, network = sheets["Alpha"]["cooperation"]
    assert rendered["kind"] == "service rendu à ce partenaire"
    assert (rendered["first_year"], rendered["last_year"], rendered["status"]) == (
        2020,
        2022,
        "terminée",
    )
    assert rendered["topics"] == ["Formation des agents et des élus", "Information géographique"]
    assert [source["year"] for source in rendered["sources"]] == [2022, 2020]
    assert (network["partner"], network["is_operator"], network["last_year"]) == (
        "Réseau",
        False,
        None,
    )
    # what became of Vieux Bêta is history, not cooperation
    assert [link["kind"] for link in sheets["Bêta"]["cooperation"]] == [
        "service rendu par ce partenaire"
    ]


def test_history_former_names_and_facts_are_told(sheets):
    alpha, beta = sheets["Alpha"], sheets["Bêta"]
    assert (alpha["full_name"], alpha["former_names"]) == ("Syndicat Alpha", ["Aleph", "Ex-Alpha"])
    assert [(step["name"], step["kind"]) for step in beta["history"]] == [
        ("Alpha", "possible"),
        ("Vieux Bêta", "merger"),
    ]
    assert [(fact["code"], fact["value"], fact["n_values"]) for fact in alpha["facts"]] == [
        ("members", 546, 2),
        ("budget_eur", 4000000, 1),
    ]
    assert alpha["reading"] == {
        "pages": 4,
        "statements": 4,
        "weak": 2,
        "first_year": 2001,
        "last_year": 2022,
        "reread": 2,
        "reread_partly": 1,
    }


def test_a_slice_is_json_that_comes_back(slices):
    for content in slices.values():
        assert json.loads(slice_text(content)) == content


def test_a_note_of_one_page_changes_one_slice():
    tables = make_tables()
    tables["statements"].loc[tables["statements"]["evidence_id"] == "E5", "note"] = "autres cartes"
    assert changed(tables) == {"Bêta"}


def test_a_probability_that_moves_by_less_than_a_reader_sees_changes_none():
    tables = make_tables()
    tables["unseen_offers"]["chance"] += 0.0004
    tables["peers"]["resemblance"] -= 0.0004
    assert changed(tables) == set()


def test_a_new_service_of_a_neighbour_changes_its_own_slice_and_those_that_name_it():
    tables = make_tables()
    more = ("Bêta", "achats", "offered")
    tables["states"] = pd.concat(
        [tables["states"], pd.DataFrame([more], columns=tables["states"].columns)]
    )
    assert changed(tables) == {"Bêta", "Alpha"}


@pytest.mark.parametrize(("table", "column"), [("states", "operator"), ("peers", "peer")])
def test_a_table_that_names_a_stranger_is_refused(table, column):
    tables = make_tables()
    tables[table].loc[0, column] = "Inconnu"
    with pytest.raises(ValueError, match="'Inconnu', which is no operator"):
        build_slices(tables)
