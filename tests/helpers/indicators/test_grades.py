import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbook.protect.masks import Masked
from claimbook.results import NotebookResults
from helpers import labels
from helpers.indicators.grades import Evidence, evidence_from, grade

ORDER = ["silent", "weak", "moderate", "strong"]
NOTHING = Evidence("Énoncé", "mesure", "05_demand")


def evidence(low=0.6, high=0.8, **more):
    more = {"limit": 0.5, "direct": True, "estimate": (low + high) / 2} | more
    return Evidence("Énoncé", "mesure", "03_service_map", low=low, high=high, **more)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (evidence(), "strong"),
        (evidence(other=(0.55, 0.9)), "strong"),
        (evidence(other=(0.4, 0.9)), "moderate"),
        (evidence(direct=False), "moderate"),
        (evidence(0.4, 0.8), "weak"),
        (evidence(0.1, 0.2), "weak"),
        (evidence(0.1, 0.2, below=True), "strong"),
        (evidence(0.5, 0.8), "weak"),
        (NOTHING, "silent"),
    ],
)
def test_the_grade_follows_the_written_rule(item, expected):
    assert grade(item) == expected


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans(), st.booleans())
@settings(deadline=None)
def test_a_wider_interval_never_earns_a_better_grade(a, b, widening, direct, below):
    low, high = sorted((a, b))
    narrow = grade(evidence(low, high, direct=direct, below=below))
    wide = grade(evidence(low - widening, high + widening, direct=direct, below=below))
    assert ORDER.index(wide) <= ORDER.index(narrow)


def test_the_bounds_of_an_estimate_are_in_order():
    with pytest.raises(ValueError, match="in order"):
        grade(evidence(0.9, 0.1, estimate=0.5))


@pytest.mark.parametrize(
    ("item", "shown", "limit", "word"),
    [
        (evidence(style="percent"), "70,0 % (60,0 % à 80,0 %)", "plus de 50,0 %", "fort"),
        (evidence(0.1, 0.2, style="points"), "15,0 points (10,0 à 20,0 points)", None, "faible"),
        (evidence(0.1, 0.2, below=True), "0,15 (0,10 à 0,20)", "moins de 0,50", "fort"),
        (NOTHING, "—", "—", "sans réponse ici"),
    ],
)
def test_a_statement_is_shown_with_its_measure_limit_and_grade(item, shown, limit, word):
    row = labels.findings_table([item]).iloc[0].str.replace("\N{NO-BREAK SPACE}", " ")
    assert (row["shown"], row["word"]) == (shown, word)
    assert limit in (None, row["limit"])


def test_every_grade_has_its_label_and_its_condition():
    rule = labels.support_rule()
    assert rule["label"].tolist() == ["fort", "moyen", "faible", "sans réponse ici"]
    assert rule["rule"].str.len().min() > 20


VALUES = {"x": 0.7, "ends": [0.6, 0.8], "hidden": Masked("non publié", 0, 1), "open": [0.1, None]}
RESULTS = NotebookResults("05_demand", "Titre", "Réponse", VALUES)


def test_evidence_is_read_from_the_results_of_a_notebook():
    found = evidence_from("Énoncé", "mesure", RESULTS, "x", "ends", limit=0.5, direct=True)
    assert (found.estimate, found.low, found.high, grade(found)) == (0.7, 0.6, 0.8, "strong")


@pytest.mark.parametrize(
    "names", [("missing", "ends"), ("x", "missing"), ("hidden", "ends"), ("x", "open")]
)
def test_what_an_edition_lacks_or_holds_back_is_no_measure(names):
    item = evidence_from("Énoncé", "mesure", RESULTS, *names)
    assert grade(item) == "silent"
    assert "pas de mesure" in labels.findings_table([item])["measure"].iloc[0]
