import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.protect.masks import Masked
from claimbook.results import NotebookResults
from helpers import findings, labels
from helpers.indicators.grades import Evidence, Measure, grade, measure_from
from tests.loading import cases

CASES = cases(__file__)
ORDER = ["silent", "contradicted", "weak", "moderate", "strong"]


def measure(low=0.6, high=0.8, **more):
    return Measure((low + high) / 2, low, high, **{"limit": 0.5} | more)


def evidence(own=None, said="vu chez {own}, puis {other}", **more):
    return Evidence("Énoncé", "03_service_map", said, own, **{"direct": True} | more)


def evidence_of(**told):
    """Return the evidence that a case tells."""
    measures = {name: measure(**told.pop(name)) for name in ("own", "other") if name in told}
    return evidence(**measures, **told)


PASSES = measure()


@pytest.mark.parametrize(("told", "expected"), CASES["grades"])
def test_the_grade_follows_the_written_rule(told, expected):
    assert grade(evidence_of(**told)) == expected


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans(), st.booleans())
def test_a_wider_interval_never_earns_a_better_grade(a, b, widening, direct, below):
    low, high = sorted((a, b))
    narrow = grade(evidence(measure(low, high, below=below), direct=direct))
    wide = measure(low - widening, high + widening, below=below)
    for item in (evidence(wide, direct=direct), evidence(PASSES, other=wide, direct=direct)):
        best = narrow if item.other is None else grade(evidence(PASSES, direct=direct))
        # Doubt may lift a contradiction, but supports nothing.
        assert grade(item) == "weak" or ORDER.index(grade(item)) <= ORDER.index(best)


def test_the_bounds_of_an_estimate_are_in_order():
    with pytest.raises(ValueError, match="in order"):
        grade(evidence(measure(0.9, 0.1)))


@pytest.mark.parametrize(("told", "said", "word"), CASES["words"])
def test_a_statement_is_shown_with_what_the_evidence_says_and_its_grade(told, said, word):
    item = evidence_of(**told)
    row = findings.findings_table([item]).iloc[0].str.replace("\N{NO-BREAK SPACE}", " ")
    assert (row["said"].replace("60 % à", "60 à"), row["word"]) == (said, word)


def test_every_grade_has_its_label_and_its_condition():
    rule = findings.rule()
    assert rule["word"].tolist()[:4] == ["fort", "moyen", "non établi", "contredit"]
    assert rule["rule"].str.len().min() > 20


VALUES = {"x": [0.7, 0.6, 0.8], "hidden": Masked(), "open": [0.1, None, None]}
RESULTS = NotebookResults("05_demand", "Titre", "Réponse", VALUES)


def test_a_measure_is_read_from_the_results_of_a_notebook():
    found = measure_from(RESULTS, "x", limit=0.5)
    assert found == Measure(0.7, 0.6, 0.8, limit=0.5)


@pytest.mark.parametrize("name", ["missing", "hidden", "open"])
def test_what_an_edition_lacks_or_holds_back_is_no_measure(name):
    item = evidence(measure_from(RESULTS, name))
    assert grade(item) == "silent"
    assert "aucune mesure" in findings.findings_table([item])["said"].iloc[0]


def test_a_figure_is_linked_to_its_page():
    published = pd.DataFrame({"figure_id": ["F032"], "source_url": ["https://a.fr/page"]})
    (link,) = labels.figure_links(["effectif de F032"], published)
    assert link.items == (("effectif de F032", "https://a.fr/page"),)
