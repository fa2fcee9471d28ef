"""The sheets of the public edition: one per operator, facts of the tables alone, whole, linked."""

import re

import bs4
import pytest

from claimbook.build.steps import execute
from claimbook.claims import accepted_text, text_changes, visible_text
from claimbook.figures.tables import Links
from claimbook.french import apostrophes
from claimbook.run.kernel import Kernel
from helpers.operators import slugs
from helpers.operators.lists import sheet_changes
from tests.claimbook.page.checks import check
from tests.notebooks.conftest import BASELINE, check_clean

#: Words of chance, which no sheet says of a body.
CHANCE = re.compile(r"%|probab|\bchance|vraisembl|ressembl|plus probable|au hasard", re.IGNORECASE)
KINDS = {"en projet": "planned", "dit arrêté": "discontinued", "dit non proposé": "not_offered"}
CAPTIONS = ("Services que montrent", "À ne pas retenir", "Services en projet")


@pytest.fixture(scope="module")
def folder(public):
    """The folder of the sheets as they are read."""
    return public.layout.reports / "operators"


@pytest.fixture(scope="module")
def trees(folder):
    """Every page of the folder, parsed once, by its path."""
    return {
        path: bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(folder.glob("*.html"))
    }


@pytest.fixture(scope="module")
def sheets(public, trees):
    """The parsed sheet of each operator by its name."""
    names = {slug: name for name, slug in slugs(public.load("operators")["operator"]).items()}
    return {names[path.stem]: tree for path, tree in trees.items() if path.stem != "index"}


def service_rows(tree):
    """Return place of the table, label, other cells and links of each row about a service."""
    for place, caption in enumerate(CAPTIONS):
        for table in tree.find_all("table"):
            if table.caption and table.caption.text.startswith(caption):
                for row in table.select("tbody tr"):
                    cells = [" ".join(cell.text.split()) for cell in row.find_all("td")]
                    yield place, row.th.text, cells, [a["href"] for a in row.find_all("a")]


def address(url):
    """Return an address as pages write it."""
    link = bs4.BeautifulSoup(Links([("page", url)]).__html__(), "html.parser").a
    return link["href"]


def test_every_operator_has_exactly_one_sheet(public, sheets):
    assert set(sheets) == set(public.load("operators")["operator"])
    assert all(tree.h1.text == apostrophes(name) for name, tree in sheets.items())


def test_every_service_row_is_a_statement_of_that_operator_with_its_page(public, sheets):
    labels = public.load("services").set_index("service_code")["label_fr"].map(apostrophes)
    statements = public.load("statements")
    states = public.load("states").set_index(["operator", "service_code"])
    statements["label"] = statements["service_code"].map(labels)
    statements["href"] = statements["source_url"].map(address)
    told = {
        (row.operator, row.label, row.status, bool(row.weak), row.href)
        for row in statements.itertuples()
    }
    shown = set()
    for name, tree in sheets.items():
        for place, label, cells, links in service_rows(tree):
            status = KINDS[cells[0]] if place == 2 else "offered"
            for href in links:
                flags = (True, False) if place == 2 else (place == 1,)
                assert any((name, label, status, weak, href) in told for weak in flags), name
            assert links, (name, label)
            shown.add((name, label, status))
    expected = {
        (name, labels[code], row["state"])
        for (name, code), row in states.iterrows()
        if name in sheets
    }
    assert shown == expected


def test_no_sheet_speaks_of_chance_or_of_a_share(sheets):
    for name, tree in sheets.items():
        # What a page says, in a cell, may hold any word.
        prose = " ".join(p.get_text(" ") for p in tree.main.find_all(["p", "li", "caption"]))
        assert not CHANCE.search(prose), name


def test_a_notice_says_where_the_table_of_all_sheets_comes_from(folder):
    lines = (folder / "operators.txt").read_text(encoding="utf-8").splitlines()
    labels = [line.partition("\N{NO-BREAK SPACE}: ")[0] for line in lines]
    assert labels == ["Titre", "Source", "Licence", "Date", "Citation"] and all(lines)


def test_the_table_of_all_sheets_comes_back(public, folder):
    places = (BASELINE["public-2026"], folder)
    changes = sheet_changes(*((p / "operators.csv").read_text(encoding="utf-8") for p in places))
    told = "\n".join(map(str, changes[:20]))
    assert not changes, f"{told}\nIf the change is meant, run 'make baseline'."


def test_our_own_rules_hold_on_every_page_and_sheets_stay_small(public, trees):
    for path in [*public.built.reports, *trees]:
        text = path.read_text(encoding="utf-8")
        assert [str(finding) for finding in check(text)] == [], path.name
        assert path not in trees or len(text.encode()) < 130_000, path.name


def test_each_sheet_leads_to_its_list_and_to_the_sheets_around_it(trees):
    sheets = [path for path in trees if path.name != "index.html"]
    for place, path in enumerate(sheets):
        for address in ("../index.html", "index.html"):
            assert trees[path].find("a", href=address), path.name
        around = {"prev": sheets[:place][-1:], "next": sheets[place + 1 :][:1]}
        for relation, expected in around.items():
            found = [link["href"] for link in trees[path].find_all("a", rel=relation)]
            assert found == [other.name for other in expected], path.name


def test_the_notebook_shows_the_sheet_that_is_published_and_tells_what_was_accepted(public, sheets):
    layout, operator = public.layout, "Mégalis Bretagne"
    executed = execute(layout, layout.template, Kernel(layout.notebooks, layout.roots))
    check_clean(executed, operator)
    (cell,) = (cell for cell in executed.cells if cell.id == "page")
    shown = bs4.BeautifulSoup(cell.outputs[0]["data"]["text/html"], "html.parser")
    published = {link["href"] for link in sheets[operator].main.find_all("a")}
    assert {link["href"] for link in shown.find_all("a")} <= published
    assert CAPTIONS[0] in shown.text
    old, new = accepted_text(BASELINE[layout.edition], layout.template.name), visible_text(executed)
    assert text_changes(old.splitlines(), new.splitlines()) == [], "accept with 'make baseline'"
