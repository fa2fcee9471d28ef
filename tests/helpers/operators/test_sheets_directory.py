"""The list of sheets: every operator by name, by place and by group, with anchors, captions and no script."""

import bs4
import pytest

from claimbook.page import render_page
from tests.claimbook.page.checks import check
from helpers.operators.directory import fragment
from tests.helpers.operators.tiny import HOSTILE


@pytest.fixture(scope="module")
def page(slices):
    return render_page(
        "Les fiches des opérateurs",
        fragment(list(slices.values())),
        {"index_href": "../index.html"},
    )


@pytest.fixture(scope="module")
def tree(page):
    return bs4.BeautifulSoup(page, "html.parser")


def table(tree, caption):
    return next(t for t in tree.find_all("table") if caption in t.caption.text)


def test_the_page_breaks_none_of_our_rules(page):
    assert [str(finding) for finding in check(page)] == []


def test_every_operator_is_named_once_in_the_alphabet_and_leads_to_its_sheet(tree, slices):
    links = table(tree, "ordre alphabétique").select("tbody th a")
    assert {link.text: link["href"] for link in links} == {
        c["operator"]: f"{c['slug']}.html" for c in slices.values()
    }
    assert len(links) == len(slices)


def test_each_initial_leads_to_its_rows(tree):
    for link in tree.select(".jumps a"):
        body = tree.find(id=link["href"][1:])
        assert body.name == "tbody"
        assert body.find("tr")


def test_every_departement_names_its_operators_and_the_others_have_a_row_too(tree):
    rows = {row.th.text: row for row in table(tree, "chaque département").select("tbody tr")}
    assert [a.text for a in rows["Finistère (29)"].find_all("a")] == ["Alpha"]
    assert [a.text for a in rows["Saint-Barthélemy"].find_all("a")] == ["Outre-mer"]
    assert [a.text for a in rows["Toute la France"].find_all("a")] == ["Partout"]
    assert {a.text for a in rows["Périmètre non documenté"].find_all("a")} == {
        HOSTILE,
        "Nulle part",
    }


def test_every_operator_is_in_one_group_with_its_probability_or_in_none(tree, slices):
    items = tree.select(".names li")
    assert len(items) == len(slices)
    told = {item.a.text: item.get_text() for item in items}
    assert told["Alpha"].replace("\u00a0", " ") == "Alpha (88 %)"
    assert "pas nettement classé" in told["Bêta"]
    assert told["Nulle part"] == "Nulle part"
    assert "laisse ouverte" in tree.get_text()


def test_hostile_names_are_text(page):
    assert "<b>LINK" not in page
    assert "&lt;b&gt;LINK" in page


def test_data_and_columns_are_there(tree):
    hrefs = {a["href"] for a in tree.main.find_all("a")}
    assert {
        "operators.csv",
        "operators.json",
        "operators.schema.json",
        "../04_typology.html",
    } <= hrefs
    assert table(tree, "Colonnes").find("code").text == "operator"
