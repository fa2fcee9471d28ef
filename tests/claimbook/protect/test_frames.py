"""Frames hide unsafe cells and those that would give them away; an open edition shows everything."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbook import protect as disclosure
from claimbook.protect import Policy, counted
from claimbook.protect.frames import Secret, protected

POLICY = Policy("secrete", confidential=True)


def hidden_rows(frame, respondents, column):
    return list(protected(frame, respondents, POLICY).hidden[column])


def test_groups_under_the_threshold_take_another_one_with_them():
    frame = pd.DataFrame(
        {"Forme": list("abcd"), "Opérateurs": [1, 30, 9, 26], "Part": [0.1, 0.2, 0.3, 0.4]}
    )
    safe = protected(frame, counted("Opérateurs"), POLICY)
    assert (
        list(safe.hidden["Opérateurs"]) == list(safe.hidden["Part"]) == [True, False, True, False]
    )
    assert not safe.hidden["Forme"].any()
    assert list(safe.marked()["Part"]) == ["s", 0.2, "s", 0.4]
    assert safe.blanked()["Part"].isna().tolist() == [True, False, True, False]


def test_rows_that_overlap_stand_alone():
    frame = pd.DataFrame(
        {"Service": list("abcd"), "Vus": [2, 64, 30, 0], "Lus": 66, "Part": [0.03, 0.97, 0.45, 0.0]}
    )
    safe = protected(frame, counted("Vus", among="Lus", additive=False), POLICY)
    assert list(safe.hidden["Vus"]) == list(safe.hidden["Part"]) == [True, True, False, False]
    assert not safe.hidden["Lus"].any()


def test_rows_within_a_service_share_out_its_operators():
    frame = pd.DataFrame(
        {
            "Service": list("aaabbb"),
            "Forme": list("xyzxyz"),
            "k": [1, 9, 8, 9, 9, 4],
            "n": [10, 20, 15, 10, 20, 15],
        }
    )
    hidden = hidden_rows(frame, counted("k", among="n", within="Service"), "k")
    assert hidden[0] and sum(hidden[:3]) == 2
    assert sum(hidden[3:]) == 2 and hidden[3]  # nine of ten say yes: one does not


def test_a_wide_table_is_protected_with_its_totals():
    frame = pd.DataFrame(
        {
            "Forme": ["x", "y", "z", "Ensemble"],
            "A": [1, 4, 5, 10],
            "B": [7, 8, 9, 24],
            "Ensemble": [8, 12, 14, 34],
        }
    )
    safe = protected(frame, counted(["A", "B"], total="Ensemble"), POLICY)
    assert safe.hidden["A"].sum() == safe.hidden["B"].sum() == 2 and safe.hidden.loc[0, "A"]
    assert not safe.hidden.loc[3].any() and not safe.hidden["Ensemble"].any()


def test_intervals_that_are_written_out_are_hidden_too():
    frame = pd.DataFrame(
        {"Forme": ["a", "b"], "n": [2, 40], "Intervalle": ["1,0 % à 9,0 %", "3,0 % à 8,0 %"]}
    )
    assert hidden_rows(frame, counted("n"), "Intervalle") == [True, True]


def test_dominated_amounts_are_rounded_in_their_whole_column():
    frame = pd.DataFrame(
        {"Région": list("ab"), "n": [5, 9], "Budget": [11_234_567.0, 1_000_000.0], "g": [0.9, 0.3]},
    )
    safe = protected(frame, counted("n", largest="g", amounts="Budget"), POLICY)
    assert safe.bases == {"Budget": 5_000_000} and "g" not in safe.frame
    shown = list(safe.frame["Budget"])
    assert (
        shown[0] == 10_000_000
        and shown[1] == "< 2\u202f500\u202f000"
        and isinstance(shown[1], Secret)
    )


def test_rows_that_were_hidden_before_drawing_stay_hidden():
    frame = pd.DataFrame(
        {"Service": list("abc"), "Vus": [2, 30, 31], "Lus": 66, "Part": [0.03, 0.45, 0.47]}
    )
    respondents = counted("Vus", among="Lus", additive=False)
    disclosure.activate(POLICY)
    drawn = disclosure.protect(frame, respondents)
    assert drawn["Part"].isna().tolist() == [True, False, False]
    assert hidden_rows(drawn, respondents, "Part") == [True, False, False]


def test_an_open_edition_gets_its_own_frame_back():
    frame = pd.DataFrame({"Forme": ["a"], "n": [1]})
    assert disclosure.protect(frame, counted("n")) is frame


def test_the_index_of_a_frame_is_kept(confidential):
    frame = pd.DataFrame({"n": [1, 30, 9]}, index=[7, 3, 5])
    assert list(disclosure.protect(frame, counted("n")).index) == [7, 3, 5]


@pytest.mark.parametrize("values", [[0.5, 4], [-1, 4]])
def test_what_counts_no_operators_is_refused(values):
    with pytest.raises(ValueError, match="does not count operators"):
        protected(pd.DataFrame({"f": list("ab"), "n": values}), counted("n"), POLICY)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": ["a", "b"], "among": "n"}, "two-way table"),
        ({"columns": "a", "within": "s", "additive": False}, "share out"),
        ({"columns": "a", "amounts": "b"}, "go together"),
        ({"columns": []}, "needs a column"),
    ],
)
def test_declarations_that_contradict_themselves_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        counted(**arguments)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=7))
def test_no_visible_row_is_under_the_threshold(counts):
    frame = pd.DataFrame({"f": range(len(counts)), "n": counts}).astype({"f": str})
    safe = protected(frame, counted("n"), POLICY)
    for count, hide in zip(counts, safe.hidden["n"], strict=True):
        assert hide or not 0 < count < 3
