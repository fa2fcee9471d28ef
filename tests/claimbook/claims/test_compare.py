import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.claims import (
    compare,
    compare_with_baseline,
    ledger_text,
    read_baseline,
    write_baseline,
)
from tests.claimbook.claims.books import claim, stated
from tests.loading import cases

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = FLOATS | st.integers() | st.booleans() | st.text() | st.lists(st.text())
VALUES |= st.lists(FLOATS, min_size=2, max_size=2)


@given(VALUES, VALUES)
def test_a_value_equals_itself_and_a_change_is_seen_in_both_directions(old, new):
    one, two = [claim(value=old, tolerance=0.0)], [claim(value=new, tolerance=0.0)]
    assert compare(one, one).empty
    assert len(compare(one, two).changed) == len(compare(two, one).changed)


@pytest.mark.parametrize(("old", "new", "tolerance", "expected"), cases(__file__)["compared"])
def test_values_are_compared_by_the_accepted_tolerance(old, new, tolerance, expected):
    found = compare([claim(value=old, tolerance=tolerance)], [claim(value=new)])
    told = "changed" if found.changed else "within" if found.within else "same"
    assert told == expected
    assert found.accepted == (expected != "changed")


def test_another_kind_or_unit_is_a_change():
    assert compare([claim()], [claim(unit="EUR")]).changed
    assert compare([claim()], [claim(kind="ratio")]).changed


def test_new_and_gone_claims_are_told_apart_by_notebook_and_id():
    comparison = compare([claim("a"), claim("b")], [claim("b"), claim("a", notebook="05")])
    assert [found["notebook"] for found in comparison.new] == ["05"]
    assert [found["id"] for found in comparison.gone] == ["a"]
    assert not comparison.accepted


def test_a_changed_sentence_is_paired_with_its_new_form_beside_an_added_one():
    before = stated(0.5, "La part vaut 50 %.", "Voilà tout.")
    after = stated(0.6, "Une figure de plus.", "La part vaut 60 %.", "Voilà tout.")
    (change,) = compare([before], [after]).changed
    assert change.sentences == [("La part vaut 50 %.", "La part vaut 60 %.")]


def test_a_value_that_differs_by_float_noise_is_not_accepted_anew(tmp_path):
    for value, accepted in ((0.1, 0.1), (0.1 * (1 + 1e-12), 0.1), (0.1001, 0.1001)):
        write_baseline(tmp_path, "n", [claim(value=value)])
        (found,) = read_baseline(tmp_path, "n")
        assert found["value"] == accepted


def test_a_build_is_compared_with_every_ledger_of_its_baseline(tmp_path):
    write_baseline(tmp_path / "baseline", "04_typology", [claim()])
    write_baseline(tmp_path / "baseline", "05_demand", [claim(notebook="05_demand")])
    (tmp_path / "claims.json").write_text(ledger_text([claim(), claim(notebook="06_more")]))
    comparison = compare_with_baseline(tmp_path / "claims.json", tmp_path / "baseline")
    assert [found["notebook"] for found in comparison.new] == ["06_more"]
    assert [found["notebook"] for found in comparison.gone] == ["05_demand"]
