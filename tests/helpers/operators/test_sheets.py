"""A sheet: how it is opened, what it says in words, and its tables."""

import pytest

from claimbook import figures
from claimbook.errors import UserError
from helpers.operators import sheets as tables
from helpers.operators.slices import slice_text
from tests.helpers.operators.tiny import HOSTILE

WORDS = {"name": "t", "caption": "Une table", "scope": "Tout.", "source": "Essai."}
MAKERS = {
    "facts": tables.facts_table,
    "services": tables.services_table,
    "likely": lambda sheet: tables.likely_table(sheet, 0.25, 6),
    "lacked": lambda sheet: tables.lacked_table(sheet, 1, 6),
    "peers": tables.peers_table,
    "partners": tables.partners_table,
    "cooperation": tables.cooperation_table,
    "perimeter": tables.perimeter_table,
}


def test_a_sheet_is_opened_by_the_name_of_its_operator(slices, tmp_path):
    with pytest.raises(UserError, match="Run 'make reports' first"):
        tables.open_sheet("tiny", "Alpha", tmp_path)
    folder = tmp_path / "data" / "processed" / "tiny" / "sheets"
    folder.mkdir(parents=True)
    for slug, content in slices.items():
        (folder / f"{slug}.json").write_text(slice_text(content), encoding="utf-8")
    for content in slices.values():
        assert tables.open_sheet("tiny", content["operator"], tmp_path) == content
    for stranger in ("Gamma", "alpha", "../Alpha", ""):
        with pytest.raises(UserError, match=r"There is no operator .* Use the name"):
            tables.open_sheet("tiny", stranger, tmp_path)


def test_likely_services_are_identified_and_above_the_limit_most_probable_first(sheets):
    def likely(operator, above):
        return [service["code"] for service in sheets[operator].likely(above)]

    assert likely("Alpha", 0.5) == ["formation"]
    assert likely("Alpha", 0.51) == likely("Nulle part", 0) == []
    assert likely("Outre-mer", 0.3) == ["formation", "sig", "achats"]
    assert sheets["Alpha"].undecidable() == ["Achat groupé"]


def test_what_peers_show_is_counted(sheets):
    assert [service["code"] for service in sheets["Alpha"].lacked(1)] == ["formation"]
    assert sheets["Alpha"].lacked(2) == []


def test_what_is_missing_is_told_in_words(sheets):
    assert sheets["Alpha"].missing() == ["son année de création", "le nombre de ses agents"]
    words = {"sa forme juridique", "son périmètre", "l’adresse de son site"}
    assert words < set(sheets["Nulle part"].missing())


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
    members, budget, site = tables.facts_table(sheets["Alpha"]).to_dict("records")
    assert (members["Valeur"], members["Publié aussi"]) == ("546", "de 300 à 546")
    assert (budget["Valeur"], budget["Année"]) == ("4\u202f000\u202f000\u00a0€", "")
    assert site["Valeur"].items == (("a.fr", "https://a.fr"),)


def test_evidence_is_told_by_site_and_year(sheets):
    formation, sig = tables.services_table(sheets["Alpha"]).to_dict("records")
    assert (formation["Ce qui a été lu"], sig["Ce qui a été lu"]) == ("projet", "carte en ligne")
    assert formation["Preuves"].items == (("b.fr, s. d.", "https://www.b.fr/3"),)
    pages = ("https://a.fr/1", "https://a.fr/2")
    assert sig["Preuves"].items == tuple(zip(("a.fr, 2020", "a.fr, 2022"), pages, strict=True))


def test_two_pages_of_one_site_and_year_and_odd_addresses_can_be_told_apart(sheets):
    cases = [("https://www.a.fr/x", "a.fr"), ("a.fr?x", "a.fr"), ("http://[bad", "[bad")]
    cases += [("", "page"), ("texte", "texte")]
    link = sheets["Alpha"]["cooperation"][0]
    for url, site in cases:
        again = link | {"sources": [{"url": url, "year": 2020}] * 2}
        sheet = tables.Sheet({"cooperation": [again], "addresses": {}})
        (row,) = tables.cooperation_table(sheet).to_dict("records")
        assert [text for text, _ in row["Source"].items] == [f"{site}, 2020", f"{site}, 2020 (2)"]


def test_a_service_that_is_not_identified_has_no_probability_but_its_peers(sheets):
    (row,) = tables.likely_table(sheets["Alpha"], 0.25, 6).to_dict("records")
    assert row["Service"] == "Formation des agents et des élus"
    assert (row["Une page en dit"], row["Intervalle"]) == ("en projet", "20\u00a0% à 90\u00a0%")
    assert len(tables.likely_table(sheets["Outre-mer"], 0, 2)) == 2


def test_peers_and_partners_lead_to_their_sheets_and_others_nowhere(sheets):
    assert tables.peers_table(sheets["Alpha"])["Pair"][0].items == (("Bêta", "beta.html"),)
    partner = tables.partners_table(sheets["Alpha"]).iloc[0]
    assert (partner["Où"], partner["Services"], partner["Coopération lue"]) == ("à côté", 1, "oui")
    assert partner["Lesquels"] == "Formation des agents"
    assert sheets["Alpha"].links(["Réseau"]).items == (("Réseau", ""),)
    assert tables.peers_table(sheets["Partout"])["Pair"][0].items[0][0] == HOSTILE
