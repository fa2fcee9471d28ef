"""The sheets of the real edition: one per operator, held to the tables, whole and linked.

Their claims are not all in the baseline, which would hold eight thousand values that repeat the tables. Four sheets are
(``helpers.sheets.GOLDEN``), the table of all sheets is, and the rest is recomputed here from the tidy tables.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import bs4
import pytest

from claimbook.claims import (
    accepted_data,
    collect,
    compare,
    data_changes,
    read_baseline,
    render_text,
    shown_data,
)
from tests.claimbook.page.checks import check
from helpers.operators import TABLES
from helpers.operators.changes import sheet_changes
from helpers.paths import project_root
from helpers.sheets import GOLDEN, read_executed, sheets
from helpers.sources import DEFAULT_EDITION

BASELINE = project_root() / "tests" / "baseline" / DEFAULT_EDITION
GOLD = GOLDEN[DEFAULT_EDITION]


@pytest.fixture(scope="module")
def every(built):
    assert built.code == 0, "the build failed: see its messages above"
    return sheets(built.layout)


@pytest.fixture(scope="module")
def tables(load):
    return {name: load(name) for name in TABLES}


@pytest.fixture(scope="module")
def ran(every):
    """The executed notebook of each sheet, by operator."""
    return {sheet.operator: read_executed(sheet) for sheet in every}


@pytest.fixture(scope="module")
def values(every, ran):
    """The values that each sheet states, by expression, by operator."""
    return {
        sheet.operator: {
            c["expression"]: c["value"]
            for c in collect(ran[sheet.operator], name=sheet.name)
            if c["kind"] not in ("plural", "grade")
        }
        for sheet in every
    }


@pytest.fixture(scope="module")
def trees(every):
    """The page of each sheet, parsed once, by its path."""
    return {
        sheet.report: bs4.BeautifulSoup(sheet.report.read_text(encoding="utf-8"), "html.parser")
        for sheet in every
    }


def test_every_operator_has_exactly_one_sheet(every, tables, built):
    assert sorted(sheet.operator for sheet in every) == sorted(tables["operators"]["operator"])
    pages = {path.name for path in (built.layout.reports / "operators").glob("*.html")}
    assert pages == {f"{sheet.slug}.html" for sheet in every} | {"index.html"}
    kept = {path.stem for path in (built.layout.executed / "operators").glob("*.ipynb")}
    assert (
        kept
        == {sheet.slug for sheet in every}
        == {p.stem for p in every[0].content.parent.glob("*.json")}
    )


def test_the_services_seen_are_those_of_the_table_of_states(values, tables):
    states = tables["states"]
    for operator, stated in values.items():
        mine = states[states["operator"] == operator]
        offered, planned = (int((mine["state"] == state).sum()) for state in ("offered", "planned"))
        assert stated.get("n_seen", 1 if offered == 1 else 0) == offered, operator
        assert stated.get("n_planned", 0) == planned, operator


def test_the_table_of_services_shows_each_state_with_the_number_of_its_pages(ran, tables):
    label = tables["services"].set_index("service_code")["label_fr"]
    words = {
        "offered": "proposé",
        "planned": "en projet",
        "discontinued": "arrêté",
        "not_offered": "dit non proposé",
    }
    for operator, notebook in ran.items():
        mine = tables["states"][tables["states"]["operator"] == operator]
        shown = shown_data(notebook).get("services", "Service,État,Pages\n")
        rows = {
            tuple(line.split(",")[:3]) for line in re.sub(r'"[^"]*"', "…", shown).splitlines()[1:]
        }
        expected = {
            (
                label[row.service_code],
                words[row.state],
                str(row.n_pages) if row.state == "offered" else None,
            )
            for row in mine.itertuples()
        }
        assert {(service, state) for service, state, _ in rows} == {
            (s, t) for s, t, _ in expected
        }, operator
        counts = {service: pages for service, state, pages in rows if state == "proposé"}
        assert counts == {service: pages for service, _, pages in expected if pages is not None}, (
            operator
        )


def test_depth_perimeter_and_population_are_those_of_the_tables(values, tables):
    from helpers import territory

    people = territory.population_by_departement()
    sizes = territory.communes().groupby("departement").size()
    for row in tables["operators"].itertuples():
        codes = [code for code in row.departements.split("|") if code]
        stated = values[row.operator]
        if row.n_pages > 1:
            assert stated["n_pages"] == row.n_pages
        if codes:
            assert stated["population"] == people[codes].sum(), row.operator
            assert stated["n_communes"] == sizes[codes].sum(), row.operator
        else:
            assert "n_communes" not in stated


def test_probable_services_class_and_peer_are_those_that_the_notebooks_handed_on(values, tables):
    unseen, peers = tables["unseen_offers"], tables["peers"]
    classes = tables["classes"].set_index("operator")
    for operator, stated in values.items():
        mine = unseen[(unseen["operator"] == operator) & unseen["identified"]]
        likely = int((mine["chance"].round(2) > 0.5).sum())
        assert stated.get("n_likely", likely if likely <= 1 else None) == likely, operator
        if operator in classes.index:
            assert stated["group_name"] == classes.loc[operator, "class_name"]
            assert stated["membership"] == pytest.approx(
                classes.loc[operator, "membership"], abs=0.0051
            )
        else:
            assert "group_name" not in stated
        if "peer" in stated:
            row = peers[(peers["operator"] == operator) & (peers["peer"] == stated["peer"])].iloc[0]
            assert stated["among"] == pytest.approx(row["among"], abs=0.0051)
            assert stated["resemblance_interval"] == pytest.approx(
                [row["low"], row["high"]], abs=0.0051
            )


def test_neighbours_bring_what_the_notebook_on_complementarity_says(built, tables, load):
    complements = load("complements")
    for sheet in sheets(built.layout):
        content = json.loads(sheet.content.read_text(encoding="utf-8"))
        mine = complements[complements["operator"] == sheet.operator]
        for row in mine.itertuples():
            unseen = next(s for s in content["unseen"] if s["code"] == row.service_code)
            assert unseen["neighbours"] == [name for name in row.seen_at.split("|") if name], (
                sheet.operator
            )


def test_a_sheet_never_shows_the_name_of_another_cell_state(ran):
    for operator, notebook in ran.items():
        text = json.dumps(notebook, ensure_ascii=False)
        assert '"name": "stderr"' not in text, operator
        assert str(project_root()) not in text, operator
        assert " object at 0x" not in text, operator
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                prose = output.get("data", {}).get("text/plain", "")
                assert not re.search(
                    r"\b(nan|None|NaT)\b",
                    prose if "answer" in cell.metadata.get("tags", []) else "",
                )


def test_every_sheet_answers_in_two_sentences_first(trees):
    for path, tree in trees.items():
        answer = tree.find(class_="answer").get_text(" ", strip=True).removeprefix("Réponse")
        assert 1 <= len(re.findall(r"[.!?](?:\s|$)", answer.replace("A.GE.D.I.", "AGEDI"))) <= 2, (
            path.name
        )
        assert len(answer.split()) >= 10, path.name


def test_our_own_rules_hold_on_every_sheet_and_on_their_list(every):
    pages = [*(sheet.report for sheet in every), every[0].report.parent / "index.html"]
    found = [
        f"{path.name}: {finding}"
        for path in pages
        for finding in check(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_link_between_pages_leads_to_a_page_and_to_a_place_in_it(trees, built):
    listing = built.layout.reports / "operators" / "index.html"
    pages = {
        **trees,
        listing: bs4.BeautifulSoup(listing.read_text(encoding="utf-8"), "html.parser"),
    }
    main = built.layout.reports / "index.html"
    pages[main] = bs4.BeautifulSoup(main.read_text(encoding="utf-8"), "html.parser")
    for path, tree in pages.items():
        for link in tree.find_all("a", href=True):
            address, _, anchor = link["href"].partition("#")
            if re.match(r"[a-z]+:", address) or not address:
                continue
            target = (path.parent / unquote(address)).resolve()
            assert target.is_file(), f"{path.name} leads to {link['href']}"
            if anchor and target in pages:
                assert pages[target].find(id=anchor), f"{path.name} leads to {link['href']}"
    assert "operators/index.html" in {a["href"] for a in pages[main].find_all("a", href=True)}


def test_each_sheet_leads_to_its_list_its_neighbours_and_the_chapters(trees, every):
    ordered = [trees[sheet.report] for sheet in every]
    for place, tree in enumerate(ordered):
        hrefs = {a["href"] for a in tree.find_all("a", href=True)}
        assert {
            "../index.html",
            "index.html",
            "../03_service_map.html",
            "../01_sources.html",
        } <= hrefs
        previous, following = tree.find("a", rel="prev"), tree.find("a", rel="next")
        assert (previous["href"] if previous else None) == (
            f"{every[place - 1].slug}.html" if place else None
        )
        last = place + 1 == len(every)
        assert (following["href"] if following else None) == (
            None if last else f"{every[place + 1].slug}.html"
        )


def test_a_sheet_stays_small(every):
    sizes = {sheet.slug: sheet.report.stat().st_size for sheet in every}
    assert max(sizes.values()) < 160_000
    assert sum(sizes.values()) / len(sizes) < 140_000


def test_sheets_are_titled_by_their_operator(trees, every):
    assert [trees[sheet.report].h1.text for sheet in every] == [sheet.operator for sheet in every]


@pytest.mark.parametrize("slug", GOLD)
def test_the_claims_of_a_golden_sheet_come_back(every, ran, slug):
    sheet = next(sheet for sheet in every if sheet.slug == slug)
    accepted = read_baseline(BASELINE, sheet.name)
    assert accepted
    comparison = compare(accepted, collect(ran[sheet.operator], name=sheet.name))
    assert comparison.accepted, (
        f"\n{render_text(comparison)}If the change is meant, run 'make baseline' and commit it."
    )


@pytest.mark.parametrize("slug", GOLD)
def test_the_tables_of_a_golden_sheet_come_back(every, ran, slug):
    sheet = next(sheet for sheet in every if sheet.slug == slug)
    accepted, shown = accepted_data(BASELINE, sheet.name), shown_data(ran[sheet.operator])
    assert set(accepted) == set(shown)
    changes = [
        line for name in accepted for line in data_changes(name, accepted[name], shown[name])
    ]
    assert not changes, "\n".join(changes)


def test_the_table_of_all_sheets_comes_back(built):
    accepted = (BASELINE / "operators.csv").read_text(encoding="utf-8")
    present = (built.layout.reports / "operators" / "operators.csv").read_text(encoding="utf-8")
    changes = sheet_changes(accepted, present)
    assert not changes, (
        "\n".join(map(str, changes[:20])) + "\nIf the change is meant, run 'make baseline'."
    )


def test_golden_sheets_are_contrasting(built):
    content = {
        slug: json.loads(
            (Path(built.layout.processed) / "sheets" / f"{slug}.json").read_text(encoding="utf-8")
        )
        for slug in GOLD
    }
    pages = {slug: c["reading"]["pages"] for slug, c in content.items()}
    assert min(pages.values()) == 0 and 1 in pages.values() and max(pages.values()) > 15
    assert any(
        p["code"].startswith("97") for c in content.values() for p in c["perimeter"]["departements"]
    )
