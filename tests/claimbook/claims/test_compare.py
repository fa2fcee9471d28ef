import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbook.claims import (
    compare,
    compare_with_baseline,
    ledger_text,
    read_baseline,
    write_baseline,
)
from claimbook.errors import UserError


def claim(identifier="part", value=0.385, tolerance=0.0005, sentence=None, **more):
    fields = {
        "id": identifier,
        "notebook": "04_typology",
        "expression": identifier,
        "filter": "percent",
        "kind": "share",
        "value": value,
        "unit": "proportion",
        "tolerance": tolerance,
        "text": str(value),
        "sentence": f"La part est de {value}." if sentence is None else sentence,
    }
    return {**fields, **more}


VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.booleans(),
    st.text(),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2),
    st.lists(st.text()),
)


@settings(deadline=None)
@given(st.lists(VALUES))
def test_a_ledger_compared_with_itself_tells_nothing(values):
    ledger = [claim(f"c{n}", value) for n, value in enumerate(values)]
    comparison = compare(ledger, ledger)
    assert comparison.empty and comparison.accepted and comparison.unchanged == len(ledger)


@settings(deadline=None)
@given(VALUES, VALUES)
def test_a_change_is_seen_in_both_directions(old, new):
    forth = compare([claim(value=old, tolerance=0.0)], [claim(value=new, tolerance=0.0)])
    back = compare([claim(value=new, tolerance=0.0)], [claim(value=old, tolerance=0.0)])
    assert len(forth.changed) == len(back.changed)


@pytest.mark.parametrize(
    ("old", "new", "tolerance", "expected"),
    [
        (0.385, 0.385 + 1e-12, 0.0, "same"),
        (0.385, 0.3854, 0.0005, "within"),
        (0.385, 0.3856, 0.0005, "changed"),
        (1234, 1235, 0.0, "changed"),
        (10**12, 10**12 + 1, 0.0, "changed"),
        ([0.1, 0.2], [0.1, 0.2003], 0.0005, "within"),
        ([0.1, 0.2], [0.1, 0.3], 0.0005, "changed"),
        (["a", "b"], ["b", "a"], 0.0, "changed"),
        ("a", "b", 0.0, "changed"),
        (True, False, 0.0, "changed"),
        (0.5, "a", 0.0, "changed"),
        (0.5, 0.0, 0.0005, "changed"),
    ],
)
def test_values_are_compared_by_the_accepted_tolerance(old, new, tolerance, expected):
    comparison = compare(
        [claim(value=old, tolerance=tolerance, sentence="s")], [claim(value=new, sentence="s")]
    )
    counts = {
        "changed": len(comparison.changed),
        "within": len(comparison.within),
        "same": comparison.unchanged,
    }
    assert counts == {name: int(name == expected) for name in counts}
    assert comparison.accepted == (expected != "changed")


def test_another_kind_or_unit_is_a_change():
    assert compare([claim()], [claim(unit="EUR")]).changed
    assert compare([claim()], [claim(kind="ratio")]).changed


def test_new_and_gone_claims_are_told_apart():
    comparison = compare([claim("a"), claim("b")], [claim("b"), claim("c")])
    assert [found["id"] for found in comparison.new] == ["c"]
    assert [found["id"] for found in comparison.gone] == ["a"]
    assert not comparison.accepted


def test_the_same_id_in_two_notebooks_is_two_claims():
    assert compare([claim()], [claim(notebook="05_demand")]).new


def test_a_changed_wording_around_equal_values_is_told():
    comparison = compare([claim(sentence="La part vaut x.")], [claim(sentence="La part serait x.")])
    assert comparison.accepted and not comparison.empty
    assert comparison.reworded[0].sentences == [("La part vaut x.", "La part serait x.")]


def test_a_sentence_changed_by_one_of_its_values_is_told_once():
    old = [claim("a", 1.0, sentence="1 sur 2."), claim("b", 2.0, sentence="1 sur 2.")]
    new = [claim("a", 3.0, sentence="3 sur 2."), claim("b", 2.0, sentence="3 sur 2.")]
    comparison = compare(old, new)
    assert len(comparison.changed) == 1 and not comparison.reworded


def test_a_ledger_with_a_claim_twice_is_refused():
    with pytest.raises(UserError, match="04_typology/part is twice"):
        compare([claim(), claim()], [])


def test_accepting_claims_reads_back_the_same(tmp_path):
    write_baseline(tmp_path, "04_typology", [claim("b"), claim("a")])
    assert compare(read_baseline(tmp_path, "04_typology"), [claim("a"), claim("b")]).empty


def test_a_tolerance_that_would_hide_the_last_change_is_narrowed_and_stays_so(tmp_path):
    write_baseline(tmp_path, "04_typology", [claim(value=0.3850)])
    write_baseline(tmp_path, "04_typology", [claim(value=0.3852)])
    write_baseline(tmp_path, "04_typology", [claim(value=0.3852)])
    (accepted,) = read_baseline(tmp_path, "04_typology")
    assert accepted["tolerance"] == pytest.approx(0.0001)
    assert compare([accepted], [claim(value=0.3850)]).changed


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, claim(value=0.3, tolerance=0.3), "would accept 0"),
        (
            claim(value=0.380, tolerance=0.01),
            claim(value=0.385, tolerance=0.01),
            "value of before, 0.38",
        ),
        (None, claim(value=3, tolerance=1.0, kind="count"), "exactly"),
    ],
)
def test_a_stated_tolerance_that_is_too_wide_is_refused_and_nothing_is_written(
    tmp_path, before, after, words
):
    if before:
        write_baseline(tmp_path, "n", [before])
    kept = (tmp_path / "n.json").read_bytes() if before else None
    with pytest.raises(UserError, match=words):
        write_baseline(tmp_path, "n", [after])
    assert ((tmp_path / "n.json").read_bytes() if before else None) == kept


def test_a_stated_tolerance_narrower_than_the_change_is_accepted(tmp_path):
    write_baseline(tmp_path, "n", [claim(value=0.30, tolerance=0.01)])
    write_baseline(tmp_path, "n", [claim(value=0.385, tolerance=0.01)])
    assert read_baseline(tmp_path, "n")[0]["tolerance"] == 0.01


def test_a_build_is_compared_with_every_ledger_of_its_baseline(tmp_path):
    write_baseline(tmp_path / "baseline", "04_typology", [claim()])
    write_baseline(tmp_path / "baseline", "05_demand", [claim(notebook="05_demand")])
    (tmp_path / "claims.json").write_text(ledger_text([claim(), claim(notebook="06_more")]))
    comparison = compare_with_baseline(tmp_path / "claims.json", tmp_path / "baseline")
    assert [found["notebook"] for found in comparison.new] == ["06_more"]
    assert [found["notebook"] for found in comparison.gone] == ["05_demand"]
