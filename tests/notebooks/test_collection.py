"""The collection against what reviewers accepted, one test per notebook, and what always holds."""

import io
import re

import pandas as pd
import pytest

from claimbook.claims import read_baseline
from helpers import texts
from helpers.__main__ import main
from helpers.layout import open_edition
from helpers.sources import read_raw
from tests.invariants import INVARIANTS, check_possible, numbers_of
from tests.notebooks.conftest import BASELINE, FIXTURES, check_accepted, check_clean, check_tables

NOTEBOOKS = [(e, path.stem) for e in FIXTURES for path in sorted(BASELINE[e].glob("*.json"))]
each_notebook = pytest.mark.parametrize(("edition", "name"), NOTEBOOKS)


@pytest.mark.parametrize("edition", FIXTURES)
def test_the_edition_is_built(request, edition):
    built = request.getfixturevalue(FIXTURES[edition])
    assert built.code == 0, "the build failed: see its messages above"
    executed = {path.stem for path in built.layout.executed.glob("*.ipynb")}
    assert executed == {name for e, name in NOTEBOOKS if e == edition}


@each_notebook
def test_a_notebook_states_and_shows_what_was_accepted(stated, edition, name):
    found = stated(edition)
    check_accepted(edition, name, found.claims[name], found.shown[name], found.text[name])


@each_notebook
def test_a_notebook_ran_in_order_without_a_warning_and_answers_with_claims(stated, edition, name):
    notebook = stated(edition).executed[name]
    counts = [c.execution_count for c in notebook.cells if c.cell_type == "code" and c.source]
    assert counts == list(range(1, len(counts) + 1))
    check_clean(notebook, name)
    (answer,) = (c.id for c in notebook.cells if "answer" in c.metadata.get("tags", []))
    cells = [{s["cell"] for s in claim["statements"]} for claim in stated(edition).claims[name]]
    assert sum(answer in places for places in cells) >= 2


@each_notebook
def test_no_claim_is_impossible_and_no_tolerance_would_accept_zero(edition, name):
    for claim in read_baseline(BASELINE[edition], name):
        check_possible(claim)
        numbers = [abs(number) for number in numbers_of(claim) if number]
        assert all(claim["tolerance"] < number for number in numbers), claim["id"]


def test_no_notebook_breaks_a_rule_or_gets_advice(capsys):
    assert main(["lint"]) == 0
    assert not capsys.readouterr().out.strip()


def test_the_tidy_tables_are_those_that_were_accepted(public):
    check_tables(public.layout)


@pytest.fixture(scope="module")
def tables(public):
    names = {path.stem for path in public.layout.processed.glob("*.csv")}
    return {name: public.load(name) for name in names}


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda f: f.__name__)
def test_it_holds_that(public, tables, invariant):
    invariant(tables)


def test_the_balance_counts_the_rows_of_the_raw_files(public, tables):
    raw = read_raw(open_edition(public.layout.edition, public.built.root))
    counted = tables["balance"].set_index("table")["raw"].to_dict()
    assert counted == {name: len(frame) for name, frame in raw.items()}


def test_the_english_essentials_state_the_values_of_the_french_reports(public):
    french = {"fr": "00_synthesis", "speeds": "06_uneven_mutualisation", "pathways": "08_pathways"}
    english, compared = public.claims["00_synthesis_en"], 0
    for claim in english:
        if found := re.fullmatch(r'(\w+)\["(.+)"\]', claim["expression"]):
            stated = [c for c in public.claims[french[found[1]]] if c["expression"] == found[2]]
            values = [(c["value"], c["unit"]) for c in stated]
            assert (claim["value"], claim["unit"]) in values, claim["expression"]
            compared += 1
    assert compared == 15
    taken, chosen = (
        {c["expression"]: c["value"] for c in claims if c["kind"] == "grade"}
        for claims in (public.claims["00_synthesis"], english)
    )
    both = taken.keys() & chosen.keys()
    assert len(both) == 2 and all(taken[choice] == chosen[choice] for choice in both)


def test_the_english_essentials_give_the_names_and_grades_of_the_french_ones(public):
    french = {c["expression"]: c["value"] for c in public.claims["00_synthesis"]}
    english = {c["expression"]: c["value"] for c in public.claims["00_synthesis_en"]}
    names = texts.read("typology")["english"]
    assert english["told"] == [names[name] for name in french["told"]]
    words = {grade["label"]: grade["english"] for grade in texts.read("grades")["support"].values()}
    tables = (io.StringIO(public.shown["00_synthesis"][name]) for name in ("constats", "chemins"))
    french = [words[word] for table in tables for word in pd.read_csv(table)["Appui"]]
    assert [english[e] for e in english if e.startswith(("support", "grades"))] == french
