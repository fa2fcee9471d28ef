"""Every value that a report states, against the one that reviewers accepted."""

from __future__ import annotations

import pytest

from helpers.claims import accepted_data, compare, data_changes, read_baseline, render_text
from helpers.paths import project_root
from helpers.pipeline.layout import PER_OPERATOR
from helpers.sources import DEFAULT_EDITION

# The notebook that runs once per operator is held by test_sheets.py.
NOTEBOOKS = sorted(p.stem for p in (project_root() / "notebooks").glob("*.ipynb") if p.stem != PER_OPERATOR)
BASELINE = project_root() / "tests" / "baseline" / DEFAULT_EDITION
ACCEPTED = [(name, claim) for name in NOTEBOOKS for claim in read_baseline(BASELINE, name)]


@pytest.mark.parametrize(("name", "accepted"), ACCEPTED, ids=[f"{name}/{claim['id']}" for name, claim in ACCEPTED])
def test_the_accepted_value_comes_back(claims, name, accepted):
    found = claims[name].get(accepted["id"])
    comparison = compare([accepted], [found] if found else [])
    assert comparison.accepted, f"\n{render_text(comparison)}If the change is meant, run 'make baseline' and commit it."


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_value_stated_was_accepted(claims, name):
    known = {claim["id"] for n, claim in ACCEPTED if n == name}
    fresh = [claim["sentence"] for claim_id, claim in claims[name].items() if claim_id not in known]
    assert not fresh, "values that nobody accepted yet (run 'make baseline'):\n" + "\n".join(fresh)


def test_the_number_of_claims_is_told(claims, capsys):
    total = sum(len(found) for found in claims.values())
    with capsys.disabled():
        print(f"\n{total} claims in {len(claims)} notebooks")
    assert total == len(ACCEPTED)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_tolerance_would_accept_zero(name):
    for notebook, claim in ACCEPTED:
        values = claim["value"] if isinstance(claim["value"], list) else [claim["value"]]
        for value in values:
            if notebook == name and isinstance(value, int | float) and not isinstance(value, bool) and value != 0:
                assert claim["tolerance"] < abs(value), claim["id"]


FIGURES = [(name, figure) for name in NOTEBOOKS for figure in accepted_data(BASELINE, name)]


@pytest.mark.parametrize(("name", "figure"), FIGURES, ids=[f"{name}/{figure}" for name, figure in FIGURES])
def test_what_a_figure_or_table_shows_comes_back(shown, name, figure):
    assert figure in shown[name], f"{name} no longer shows '{figure}'. If this is meant, run 'make baseline'."
    changes = data_changes(figure, accepted_data(BASELINE, name)[figure], shown[name][figure])
    assert not changes, "\n" + "\n".join(changes) + "\nIf the change is meant, run 'make baseline' and commit it."


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_figure_and_table_was_accepted(shown, name):
    assert set(shown[name]) == {figure for n, figure in FIGURES if n == name}
