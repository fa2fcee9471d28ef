"""The sheets of the public edition: one per operator, held to the tables, whole and linked.

Four sheets are in the baseline, every claim and table of them; the table of all sheets is, and what
it says is recomputed here from the tidy tables.
"""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import unquote

import bs4
import pytest

from claimbook.claims import collect, shown_data
from helpers import territory
from helpers.operators.lists import sheet_changes
from tests.claimbook.page.checks import check
from tests.notebooks.conftest import BASELINE, check_accepted, check_clean, executed_in

ACCEPTED = BASELINE["public-2026"]
GOLDEN = sorted(path.stem for path in (ACCEPTED / "operators").glob("*.json"))


@pytest.fixture(scope="module")
def folder(public):
    """The folder of the sheets as they are read."""
    return public.layout.reports / "operators"


@pytest.fixture(scope="module")
def ran(public):
    """The executed notebook of each sheet, by slug."""
    return executed_in(public.layout.executed / "operators")


@pytest.fixture(scope="module")
def rows(folder):
    """The table of all sheets by operator."""
    text = (folder / "operators.csv").read_text(encoding="utf-8-sig")
    return {row["operator"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


@pytest.fixture(scope="module")
def trees(folder):
    """Every page of the folder, parsed once, by its path."""
    return {
        path: bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(folder.glob("*.html"))
    }


def test_every_operator_has_exactly_one_sheet(public, rows, ran, trees):
    assert set(rows) == set(public.load("operators")["operator"])
    assert {row["page"] for row in rows.values()} | {"index.html"} == {p.name for p in trees}
    assert {row["page"] for row in rows.values()} == {f"{slug}.html" for slug in ran}
    titles = {path.name: tree.h1.text for path, tree in trees.items()}
    assert all(titles[row["page"]] == name for name, row in rows.items())


def test_services_depth_class_and_population_are_those_of_the_tables(public, rows):
    states = public.load("states").groupby(["operator", "state"])["service_code"].agg(set)
    people = territory.population_by_departement()
    classes = public.load("classes").set_index("operator")["class_name"]
    for operator in public.load("operators").itertuples():
        row = rows[operator.operator]
        for column, state in (("seen", "offered"), ("planned", "planned")):
            codes = set(filter(None, row[column].split("|")))
            assert codes == states.get((operator.operator, state), set()), operator.operator
        assert int(row["pages_read"]) == operator.n_pages
        assert row["class"] == classes.get(operator.operator, "")
        codes = [code for code in operator.departements.split("|") if code]
        assert row["population"] == (str(people[codes].sum()) if codes else "")


@pytest.mark.parametrize("slug", GOLDEN)
def test_a_golden_sheet_states_and_shows_what_was_accepted(ran, slug):
    name = f"operators/{slug}"
    check_accepted("public-2026", name, collect(ran[slug], name=name), shown_data(ran[slug]))


def test_the_table_of_all_sheets_comes_back(folder):
    texts = [(place / "operators.csv").read_text(encoding="utf-8") for place in (ACCEPTED, folder)]
    changes = sheet_changes(*texts)
    told = "\n".join(map(str, changes[:20]))
    assert not changes, f"{told}\nIf the change is meant, run 'make baseline'."


def test_no_sheet_ran_with_a_warning(ran):
    for slug, notebook in ran.items():
        check_clean(notebook, slug)


def test_our_own_rules_hold_on_every_page_which_stays_small(trees):
    for path in trees:
        text = path.read_text(encoding="utf-8")
        assert [str(finding) for finding in check(text)] == [], path.name
        assert len(text.encode()) < 160_000, path.name


def test_every_sheet_answers_in_two_sentences_first(trees):
    for path, tree in trees.items():
        if path.name != "index.html":
            answer = tree.find(class_="answer").get_text(" ", strip=True).removeprefix("Réponse")
            sentences = re.findall(r"[.!?](?:\s|$)", answer.replace("A.GE.D.I.", "AGEDI"))
            assert 1 <= len(sentences) <= 2 and len(answer.split()) >= 10, path.name


def test_every_link_leads_to_a_page_and_to_a_place_in_it(trees, folder):
    main = folder.parent / "index.html"
    pages = {**trees, main: bs4.BeautifulSoup(main.read_text(encoding="utf-8"), "html.parser")}
    for path, tree in pages.items():
        for link in tree.find_all("a", href=True):
            address, _, anchor = link["href"].partition("#")
            if re.match(r"[a-z]+:", address) or not address:
                continue
            target = (path.parent / unquote(address)).resolve()
            assert target.is_file(), f"{path.name} leads to {link['href']}"
            if anchor and target in pages:
                assert pages[target].find(id=anchor), f"{path.name} leads to {link['href']}"
    assert pages[main].find("a", href="operators/index.html")


def test_each_sheet_leads_to_its_list_the_chapters_and_the_sheets_around_it(trees):
    sheets = [path for path in trees if path.name != "index.html"]
    for place, path in enumerate(sheets):
        for address in ("../index.html", "index.html", "../03_service_map.html"):
            assert trees[path].find("a", href=address), path.name
        around = {"prev": sheets[:place][-1:], "next": sheets[place + 1 :][:1]}
        for relation, expected in around.items():
            found = [link["href"] for link in trees[path].find_all("a", rel=relation)]
            assert found == [other.name for other in expected], path.name
