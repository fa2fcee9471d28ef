"""All sheets as a table, as a list, and compared with those that were accepted."""

import csv
import io

import bs4
import pytest

from claimbook.page import render_page
from helpers.operators.lists import changes_fragment, list_fragment, sheet_changes, sheet_table
from tests.claimbook.page.checks import check
from tests.helpers.operators.tiny import HOSTILE


@pytest.fixture(scope="module")
def table(facts):
    return sheet_table(facts.values())


@pytest.fixture(scope="module")
def page(facts):
    body = list_fragment(sorted(facts.values(), key=lambda own: own.slug))
    return render_page("Les fiches des opérateurs", body, {"index_href": "../index.html"})


@pytest.fixture(scope="module")
def tree(page):
    return bs4.BeautifulSoup(page, "html.parser")


def test_the_table_has_one_row_per_operator_and_no_formula(table, facts):
    rows = list(csv.DictReader(io.StringIO(table.lstrip("\ufeff")), delimiter=";"))
    by_name = {row["operator"].lstrip("'"): row for row in rows}
    assert set(by_name) == set(facts)
    expected = {"page": "alpha.html", "departements": "22|29", "firm": "sig", "weak": "achats"}
    expected |= {"planned": "formation", "peers": "Bêta", "profile": "Généraliste"}
    expected |= {"cooperates_with": "Bêta|Partout|Réseau", "designations": "1755"}
    assert expected.items() <= by_name["Alpha"].items()
    unread = {"pages_read": "0", "firm": "", "profile": "", "stratum": "unread"}
    assert unread.items() <= by_name["Nulle part"].items()
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_changes_are_told_by_operator_in_words_and_hostile_names_stay_text(table):
    assert sheet_changes(table, table) == [] and changes_fragment([]) == ""
    other = table.replace("Syndicat Alpha", "Syndicat mixte Alpha")
    (change,) = sheet_changes(table, other)
    assert change == ("Alpha", "Nom complet", "Syndicat Alpha", "Syndicat mixte Alpha")
    # Of a list, what only one side has; a code by its name.
    other = table.replace("22|29", "22|35")
    (change,) = sheet_changes(table, other, {"35": "Ille-et-Vilaine"})
    assert change == ("Alpha", "Départements", "29", "Ille-et-Vilaine")
    lines = table.splitlines(keepends=True)
    without = {n: "".join(row for row in lines if n not in row[:20]) for n in ("Alpha", "HYPER")}
    (gone,) = sheet_changes(table, without["Alpha"])
    assert gone == ("Alpha", "Fiche", "publiée", "disparue")
    (new,) = sheet_changes(without["HYPER"], table)
    assert new[1:] == ("Fiche", "absente", "nouvelle")
    told = changes_fragment([new, gone])
    assert "2 fiches ont changé." in told.replace("\u00a0", " ")
    assert "<b>LINK" not in told and "&lt;b&gt;LINK" in told


def test_the_list_breaks_no_rule_of_pages_and_leads_to_every_sheet(page, tree, facts):
    assert [str(finding) for finding in check(page)] == []
    assert "<b>LINK" not in page
    links = {link.text: link["href"] for link in tree.select("tbody[id] th a")}
    assert links == {own.operator: f"{own.slug}.html" for own in facts.values()}
    for link in tree.select(".jumps a"):
        assert tree.find(id=link["href"][1:]).name == "tbody"


def test_every_place_names_its_operators_and_bodies_apart_are_marked(tree):
    rows = {row.th.text.strip(): row for row in tree.select("tbody tr")}
    places = {name: [a.text for a in row.td.find_all("a")] for name, row in rows.items()}
    assert places["Finistère (29)"] == ["Alpha"]
    assert places["Toute la France"] == ["Partout"]
    assert places["Territoire non documenté"] == [HOSTILE]
    assert rows["Fini"].find_all("td")[-1].text == "n’est plus actif"
