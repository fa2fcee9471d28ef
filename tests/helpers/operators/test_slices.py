"""A slice holds all that its sheet shows, and changes only when that changes."""

import json

from helpers.operators import TABLES
from helpers.operators.slices import build_slices, slice_text
from tests.helpers.operators.tiny import HOSTILE, make_tables


def changed(slices, tables):
    """Return the operators whose slice has other bytes than that of the tiny edition."""
    return {
        content["operator"]
        for slug, content in build_slices(tables).items()
        if slice_text(content) != slice_text(slices[slug])
    }


def test_every_operator_has_a_slice_that_comes_back_from_its_text(slices):
    tables = make_tables()
    assert set(tables) == set(TABLES)
    assert [c["operator"] for c in slices.values()] == sorted(tables["operators"]["operator"])
    for slug, content in slices.items():
        assert json.loads(slice_text(content)) == content and content["slug"] == slug


def test_services_are_in_the_order_of_the_taxonomy_with_the_surest_pages_first(sheets):
    formation, sig = sheets["Alpha"]["services"]
    assert (formation["state"], formation["told"]) == ("planned", "en projet")
    assert [page["url"] for page in formation["evidence"]] == ["https://www.b.fr/3"]
    assert (sig["pages"], sig["first_year"], sig["last_year"]) == (2, 2020, 2022)
    assert [page["doubt"] for page in sig["evidence"]] == ["", "expérimentation"]


def test_what_is_not_seen_offered_keeps_its_probability_and_what_a_page_says(sheets):
    formation, achats = sheets["Alpha"]["unseen"]
    assert (formation["told"], formation["chance"]) == ("en projet", 0.51)
    assert (achats["identified"], achats["low"]) == (False, 0.12)
    assert formation["peers"] == formation["neighbours"] == ["Bêta"]


def test_an_operator_that_was_not_read_has_no_probability_no_class_and_no_peer(sheets):
    nowhere = sheets["Nulle part"]
    assert {service["chance"] for service in nowhere["unseen"]} == {None}
    assert nowhere["class"] is None
    assert nowhere["peers"] == nowhere["services"] == nowhere["neighbours"] == []


def test_a_peer_needs_a_service_seen_at_both(sheets):
    (peer,) = sheets["Alpha"]["peers"]
    assert (peer["operator"], peer["shared"], peer["more"]) == ("Bêta", ["sig"], ["formation"])
    assert (peer["among"], peer["same_form"]) == (0.61, False)
    assert [p["operator"] for p in sheets["Partout"]["peers"]] == [HOSTILE]


def test_a_perimeter_describes_its_departements_and_names_what_is_outside(sheets):
    overseas = sheets["Outre-mer"]["perimeter"]
    assert overseas["outside"] == ["Saint-Barthélemy"]
    (guadeloupe,) = overseas["departements"]
    assert (guadeloupe["name"], guadeloupe["population"]) == ("Guadeloupe", 383559)
    assert [place["code"] for place in sheets["Alpha"]["perimeter"]["departements"]] == ["22", "29"]
    assert 0.5 < overseas["country_small"] < 0.55


def test_neighbours_share_or_touch_and_partners_bring_something(sheets):
    assert sheets["Alpha"]["neighbours"] == ["Bêta"]
    (partner,) = sheets["Alpha"]["partners"]
    assert partner == {"operator": "Bêta", "shares": False, "brings": ["formation"], "works": True}
    assert sheets["Bêta"]["partners"] == sheets["Outre-mer"]["neighbours"] == []


def test_cooperation_is_told_from_the_side_of_the_operator_and_mergers_are_history(sheets):
    rendered, network = sheets["Alpha"]["cooperation"]
    assert rendered["kind"] == "service rendu à ce partenaire"
    assert (rendered["first_year"], rendered["status"]) == (2020, "terminée")
    assert rendered["topics"] == ["Formation des agents et des élus", "Information géographique"]
    assert [source["year"] for source in rendered["sources"]] == [2022, 2020]
    assert (network["is_operator"], network["last_year"]) == (False, None)
    (received,) = sheets["Bêta"]["cooperation"]
    assert received["kind"] == "service rendu par ce partenaire"
    history = [(step["name"], step["kind"]) for step in sheets["Bêta"]["history"]]
    assert history == [("Alpha", "possible"), ("Vieux Bêta", "merger")]


def test_names_facts_and_depth_are_told(sheets):
    alpha = sheets["Alpha"]
    assert (alpha["full_name"], alpha["former_names"]) == ("Syndicat Alpha", ["Aleph", "Ex-Alpha"])
    facts = [(fact["code"], fact["value"], fact["n_values"]) for fact in alpha["facts"]]
    assert facts == [("members", 546, 2), ("budget_eur", 4000000, 1)]
    assert alpha["reading"] == {
        **{"pages": 4, "statements": 4, "weak": 2, "first_year": 2001, "last_year": 2022},
        **{"reread": 2, "reread_partly": 1},
    }


def test_a_slice_changes_only_with_what_its_sheet_shows(slices):
    tables = {name: table[::-1].reset_index(drop=True) for name, table in make_tables().items()}
    assert changed(slices, {**tables, "services": make_tables()["services"]}) == set()
    tables = make_tables()
    tables["unseen_offers"]["chance"] += 0.0004
    assert changed(slices, tables) == set()
    tables["statements"].loc[4, "note"] = "autres cartes"
    assert changed(slices, tables) == {"Bêta"}
    tables = make_tables()
    tables["states"].loc[len(tables["states"])] = ["Bêta", "achats", "offered"]
    assert changed(slices, tables) == {"Bêta", "Alpha"}
