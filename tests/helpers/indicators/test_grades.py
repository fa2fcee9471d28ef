import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.protect.masks import Masked
from claimbook.results import NotebookResults
from helpers.indicators.grades import (
    MODERATE,
    RULE,
    SILENT,
    STRONG,
    UNTOLD,
    WEAK,
    WORDS,
    Evidence,
    evidence_told,
    grade,
    graded,
)


def evidence(low=0.6, high=0.8, **more):
    more = {"limit": 0.5, "direct": True, "estimate": (low + high) / 2, **more}
    return Evidence("Énoncé", "mesure", "03_service_map", low=low, high=high, **more)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (evidence(), STRONG),
        (evidence(other=(0.55, 0.9)), STRONG),
        (evidence(other=(0.4, 0.9)), MODERATE),
        (evidence(direct=False), MODERATE),
        (evidence(0.4, 0.8), WEAK),
        (evidence(0.1, 0.2), WEAK),
        (evidence(0.1, 0.2, below=True), STRONG),
        (evidence(0.5, 0.8), WEAK),
        (Evidence("Énoncé", "mesure", "05_demand"), SILENT),
    ],
)
def test_the_grade_follows_the_written_rule(item, expected):
    assert grade(item) == expected


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans(), st.booleans())
def test_a_wider_interval_never_earns_a_better_grade(a, b, widening, direct, below):
    low, high = sorted((a, b))
    order = [SILENT, WEAK, MODERATE, STRONG]
    narrow = grade(evidence(low, high, direct=direct, below=below))
    wide = grade(evidence(low - widening, high + widening, direct=direct, below=below))
    assert order.index(wide) <= order.index(narrow)


def test_an_estimate_without_an_interval_is_refused():
    with pytest.raises(ValueError, match="without an interval"):
        grade(Evidence("Énoncé", "mesure", "03_service_map", estimate=0.5))


def test_bounds_out_of_order_are_refused():
    with pytest.raises(ValueError, match="in order"):
        grade(evidence(0.9, 0.1, estimate=0.5))


def test_every_grade_has_its_word_and_its_rule():
    assert WORDS.keys() == RULE.keys() == {STRONG, MODERATE, WEAK, SILENT}
    frame = graded([evidence(), Evidence("Autre", "rien", "05_demand")])
    assert frame["word"].tolist() == ["fort", "sans réponse ici"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (evidence(style="percent"), "plus de 50,0\xa0%"),
        (evidence(0.1, 0.2, below=True, style="percent"), "moins de 50,0\xa0%"),
        (evidence(limit=1), "plus de 1,00"),
        (Evidence("Énoncé", "mesure", "05_demand"), "—"),
    ],
)
def test_the_limit_is_shown_with_the_side_that_the_statement_claims(item, expected):
    assert graded([item])["limit"].tolist() == [expected]


def test_a_measure_is_shown_in_its_own_unit():
    assert (
        evidence(0.1, 0.2, style="points").shown.replace("\N{NO-BREAK SPACE}", " ")
        == "15,0 points (10,0 à 20,0 points)"
    )
    assert Evidence("Énoncé", "rien", "05_demand").shown == "—"


def test_what_an_edition_does_not_tell_or_holds_back_is_a_measure_that_it_lacks():
    values = {
        "x": 0.7,
        "ends": [0.6, 0.8],
        "hidden": Masked("non publié", 0, 1),
        "open": [0.1, None],
    }
    told = NotebookResults("05_demand", "Titre", "Réponse", values)
    found = evidence_told("Énoncé", "mesure", told, "x", "ends", limit=0.5, direct=True)
    assert (found.estimate, found.low, found.high, grade(found)) == (0.7, 0.6, 0.8, STRONG)
    for value, interval in (
        ("missing", "ends"),
        ("x", "missing"),
        ("hidden", "ends"),
        ("x", "open"),
    ):
        item = evidence_told("Énoncé", "mesure", told, value, interval)
        assert grade(item) == SILENT
        assert item.measure == UNTOLD
