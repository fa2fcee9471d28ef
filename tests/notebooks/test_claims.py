"""Every value that a report states, against the one that reviewers accepted, in each edition."""

from __future__ import annotations

import pytest

from claimbook.claims import accepted_data, compare, data_changes, read_baseline, render_text
from helpers.layout import TEMPLATE
from helpers.paths import project_root

EDITIONS = ("public-2026", "survey-simulated")
# The notebook that runs once per operator is held by test_sheets.py.
NOTEBOOKS = sorted(
    p.stem for p in (project_root() / "notebooks").glob("*.ipynb") if p.stem != TEMPLATE
)
BASELINE = {edition: project_root() / "tests" / "baseline" / edition for edition in EDITIONS}
ACCEPTED = [
    (e, name, claim)
    for e in EDITIONS
    for name in NOTEBOOKS
    for claim in read_baseline(BASELINE[e], name)
]
IN_EACH = [(edition, name) for edition in EDITIONS for name in NOTEBOOKS]


@pytest.mark.parametrize(
    ("edition", "name", "accepted"),
    ACCEPTED,
    ids=[f"{e}/{name}/{claim['id']}" for e, name, claim in ACCEPTED],
)
def test_the_accepted_value_comes_back(stated, edition, name, accepted):
    found = stated(edition).claims[name].get(accepted["id"])
    comparison = compare([accepted], [found] if found else [])
    remedy = f"If the change is meant, run 'make baseline EDITION={edition}' and commit it."
    assert comparison.accepted, f"\n{render_text(comparison)}{remedy}"


@pytest.mark.parametrize(("edition", "name"), IN_EACH)
def test_every_value_stated_was_accepted(stated, edition, name):
    known = {claim["id"] for e, n, claim in ACCEPTED if (e, n) == (edition, name)}
    fresh = [
        c["sentence"]
        for claim_id, c in stated(edition).claims[name].items()
        if claim_id not in known
    ]
    assert not fresh, (
        f"values that nobody accepted yet (run 'make baseline EDITION={edition}'):\n"
        + "\n".join(fresh)
    )


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_number_of_claims_is_told(stated, edition, capsys):
    claims = stated(edition).claims
    total = sum(len(found) for found in claims.values())
    with capsys.disabled():
        print(f"\n{edition}: {total} claims in {len(claims)} notebooks")
    assert total == sum(e == edition for e, _, _ in ACCEPTED)


@pytest.mark.parametrize(("edition", "name"), IN_EACH)
def test_no_tolerance_would_accept_zero(edition, name):
    for e, notebook, claim in ACCEPTED:
        values = claim["value"] if isinstance(claim["value"], list) else [claim["value"]]
        for value in values:
            number = isinstance(value, int | float) and not isinstance(value, bool) and value != 0
            if (e, notebook) == (edition, name) and number:
                assert claim["tolerance"] < abs(value), claim["id"]


FIGURES = [(e, name, figure) for e, name in IN_EACH for figure in accepted_data(BASELINE[e], name)]


@pytest.mark.parametrize(
    ("edition", "name", "figure"), FIGURES, ids=["/".join(parts) for parts in FIGURES]
)
def test_what_a_figure_or_table_shows_comes_back(stated, edition, name, figure):
    shown = stated(edition).shown[name]
    assert figure in shown, (
        f"{name} no longer shows '{figure}'. If this is meant, run 'make baseline'."
    )
    changes = data_changes(figure, accepted_data(BASELINE[edition], name)[figure], shown[figure])
    assert not changes, (
        "\n" + "\n".join(changes) + "\nIf the change is meant, run 'make baseline' and commit it."
    )


@pytest.mark.parametrize(("edition", "name"), IN_EACH)
def test_every_figure_and_table_was_accepted(stated, edition, name):
    accepted = {figure for e, n, figure in FIGURES if (e, n) == (edition, name)}
    assert set(stated(edition).shown[name]) == accepted
