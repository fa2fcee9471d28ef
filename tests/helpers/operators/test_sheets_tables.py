"""The tables of a sheet: what they say, in French, and where they lead."""

import pytest

from claimbook import figures
from helpers.operators import tables as shown
from tests.helpers.operators.tiny import HOSTILE

WORDS = {"name": "t", "caption": "Une table", "scope": "Tout.", "source": "Essai."}
MAKERS = {
    "facts": shown.facts_table,
    "services": shown.services_table,
    "likely": lambda sheet: shown.likely_table(sheet, 0.25, 6),
    "lacked": lambda sheet: shown.lacked_table(sheet, 1, 6),
    "peers": shown.peers_table,
    "partners": shown.partners_table,
    "cooperation": shown.cooperation_table,
    "perimeter": shown.perimeter_table,
}


@pytest.mark.parametrize("maker", MAKERS)
def test_every_table_of_every_operator_is_empty_or_can_be_shown(sheets, maker):
    sizes = set()
    for sheet in sheets.values():
        frame = MAKERS[maker](sheet)
        sizes.add(len(frame) > 0)
        if len(frame):
            html = figures.table(frame, **WORDS).html
            assert "<b>LINK" not in html and "<i>achats" not in html
            assert 'href="javascript' not in html
    assert sizes == {True, False}


def test_a_fact_tells_its_year_its_spread_and_its_source(sheets):
    rows = shown.facts_table(sheets["Alpha"]).to_dict("records")
    assert rows[0]["Valeur"] == "546"
    assert rows[0]["Publié aussi"] == "de 300 à 546"
    assert rows[1]["Valeur"] == "4\u202f000\u202f000\u00a0€"
    assert rows[1]["Année"] == ""
    assert rows[-1]["Valeur"].items == (("a.fr", "https://a.fr"),)


def test_evidence_is_told_by_site_and_year_and_each_text_is_another(sheets):
    sig = shown.services_table(sheets["Alpha"]).set_index("Service").loc["Information géographique"]
    assert sig["Pages"] == 2
    assert sig["Ce qui a été lu"] == "carte en ligne"
    assert sig["Preuves"].items == (
        ("a.fr, 2020", "https://a.fr/1"),
        ("a.fr, 2022", "https://a.fr/2"),
    )
    undated = (
        shown.services_table(sheets["Bêta"]).set_index("Service").loc["Information géographique"]
    )
    assert undated["Preuves"].items[0][0] == "c.fr, s. d."


def test_a_doubt_stands_in_brackets_after_what_was_read(sheets):
    frame = shown.services_table(sheets["Alpha"])
    assert list(frame["Ce qui a été lu"]) == ["projet", "carte en ligne"]


def test_two_pages_of_one_site_and_year_can_be_told_apart():
    pages = [{"url": f"https://www.a.fr/{n}", "year": 2020} for n in (1, 2)]
    assert [text for text, _ in shown._sources(pages)] == ["a.fr, 2020", "a.fr, 2020 (2)"]


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.a.fr/x", "a.fr"),
        ("a.fr?x", "a.fr"),
        ("http://[bad", "[bad"),
        ("", "page"),
        ("texte", "texte"),
    ],
)
def test_the_site_of_an_address(url, site):
    assert shown.site(url) == site


def test_a_service_that_is_not_identified_has_no_probability_but_its_peers(sheets):
    frame = shown.likely_table(sheets["Alpha"], 0.25, 6)
    assert list(frame["Service"]) == ["Formation des agents et des élus"]
    assert list(frame["Une page en dit"]) == ["en projet"]
    assert list(frame["Intervalle"]) == ["20\u00a0% à 90\u00a0%"]


def test_no_table_says_more_than_its_limit(sheets):
    assert len(shown.likely_table(sheets["Outre-mer"], 0, 2)) == 2


def test_peers_and_partners_lead_to_their_sheets(sheets):
    assert shown.peers_table(sheets["Alpha"])["Pair"][0].items == (("Bêta", "beta.html"),)
    partner = shown.partners_table(sheets["Alpha"]).iloc[0]
    assert (partner["Où"], partner["Services"], partner["Coopération lue"]) == ("à côté", 1, "oui")
    assert partner["Lesquels"] == "Formation des agents"
    hostile = shown.peers_table(sheets["Partout"])["Pair"][0]
    assert hostile.items[0][0] == HOSTILE


def test_whole_percentages():
    assert shown.whole(0.284) == "28\u00a0%"
