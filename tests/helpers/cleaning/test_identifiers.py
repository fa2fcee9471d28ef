import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_reader import siret_problem
from survey_reader.answers import luhn_valid
from tests.loading import cases


def test_the_published_example_of_the_luhn_check_passes():
    assert luhn_valid("79927398713")


@pytest.mark.parametrize("number", ["20004506000015", "732 829 320 00074", "35600000049837"])
def test_right_siret_numbers_pass(number):
    assert siret_problem(number) is None


@pytest.mark.parametrize(("number", "problem"), cases(__file__)["sirets"])
def test_wrong_siret_numbers_are_told_why(number, problem):
    assert problem in siret_problem(number)


@given(st.from_regex(r"[0-9]{14}", fullmatch=True), st.integers(0, 13), st.integers(1, 9))
def test_changing_one_digit_of_a_right_number_makes_it_wrong(number, place, shift):
    if number.startswith("356000000") or not luhn_valid(number):
        return
    changed = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    if not changed.startswith("356000000"):
        assert siret_problem(changed)
