"""What a cell says, type by type; what it leaves open is refused, not guessed."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_reader import read_mapping
from survey_reader.answers import CellReader, number_text
from survey_reader.sheets import Unreadable
from survey_reader.text import (
    comparable,
    folded,
    repair_mojibake,
    tidy_spaces,
    unreadable,
)
from tests.survey_reader.small import CELLS, DEPARTEMENTS

MEANT = read_mapping(Path(__file__).with_name("mapping.yml"))
READER = CellReader(MEANT, DEPARTEMENTS)
QUESTIONS = {question.variable: question for question in MEANT.questions}
# What YAML cannot write.
TYPED_REFUSED = [
    ("number", 10**400, "not a number"),
    ("number", dt.timedelta(hours=30), "not a number"),
    ("number", "9" * 5000, "not a number"),
    ("text", Unreadable("=A1", "formula"), "a formula"),
    ("text", "\ud800", "control character"),
]


def cases(part):
    return [(kind, *pair) for kind, cells in CELLS[part].items() for pair in cells.items()]


def read(kind, value):
    return READER.read(value, QUESTIONS[kind])


@pytest.mark.parametrize(("kind", "value", "meant"), [*cases("read"), *CELLS["typed"]])
def test_a_cell_is_read(kind, value, meant):
    answer = read(kind, value)
    assert (answer.value, answer.refusal) == (meant, None)


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [*cases("refused"), *CELLS["typed_refused"], *TYPED_REFUSED],
)
def test_a_cell_that_leaves_its_answer_open_is_refused_with_a_remedy(kind, value, problem):
    answer = read(kind, value)
    told, remedy = answer.refusal.args
    assert problem in told and remedy and not answer.value


def test_an_unknown_answer_is_refused_with_the_nearest_one():
    assert "did you mean 'Données'?" in read("several", "Logiciels ; Donées").refusal.args[1]


def test_repairs_are_listed_in_the_order_in_which_they_were_made():
    steps = read("number", " environ 1\u00a0200,5 ETP ").steps
    assert steps[0][1:3] == ("environ 1 200,5 ETP", "stray_spaces")
    assert [rule for _, _, rule, _ in steps[1:]] == ["approximate_number", "number_written"]
    assert steps[-1][:2] == ("1 200,5 etp", "1200.5")


def test_an_answer_in_its_plain_form_needs_no_repair():
    for kind, value in (("yes_no", "Oui"), ("number", 12), ("date", "2026-03-14"), ("text", "x")):
        assert read(kind, value).steps == []


def test_an_answer_without_a_value_is_counted_as_lost_and_says_why():
    unusable, wrong_key = read("integer", "12 À 15 "), read("siret", "00000000100015")
    assert unusable.lost and unusable.steps[-1][1:3] == ("", "unusable_answer")
    assert wrong_key.lost and wrong_key.steps[0][1:] == ("", "siret_key", "the Luhn key is wrong")


@given(st.integers(0, 10**9), st.sampled_from(" \u00a0\u202f"), st.sampled_from(["", " ETP"]))
def test_a_whole_number_is_read_whatever_space_parts_its_thousands(number, space, unit):
    assert read("integer", f"{number:,}".replace(",", space) + unit).value == str(number)


@given(st.floats(0, 1e7).map(lambda x: round(x, 2)))
def test_a_decimal_number_is_read_with_its_comma_and_with_its_point(number):
    for written in (f"{number:.2f}", f"{number:.2f}".replace(".", ",")):
        assert read("number", written).value == number_text(number)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_the_forms_of_one_date_mean_one_day(day):
    for form in (f"{day.day}/{day.month}/{day.year}", day.isoformat(), day.strftime("%d.%m.%Y")):
        assert read("date", form).value == day.isoformat()


@given(st.text(max_size=30), st.sampled_from(sorted(QUESTIONS.keys() - {"operator"})))
def test_any_text_is_answered_or_refused_and_an_answer_is_stable(text, kind):
    answer = read(kind, text)
    assert not (answer.value and answer.refusal)
    if answer.value and kind not in ("yes_no", "several", "departements", "percent"):
        assert read(kind, answer.value).value == answer.value


LETTERS = "aàâbcçdeéèêëiîïoôœuùûüyzÀÂÇÉÈÊÎÔŒÙÛ €’‘“”«»–—…°09.,;:!?()'\u00a0\u202f"
FRENCH = st.text(alphabet=LETTERS, max_size=60)


def misread(text):
    """Return text as it shows when its UTF-8 is read as cp1252."""
    return "".join(
        bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in text.encode("utf-8")
    )


@given(FRENCH)
def test_a_text_that_was_misread_once_or_twice_is_read_as_it_was_written(text):
    assert repair_mojibake(misread(text)) == repair_mojibake(text)
    assert repair_mojibake(misread(misread(text))) == repair_mojibake(text)


@pytest.mark.parametrize("text", CELLS["right"])
def test_text_that_was_read_rightly_stays(text):
    assert repair_mojibake(text) == text and not unreadable(text)


@pytest.mark.parametrize("text", ["S\ufffdminaire", "D?partement", "Ã ", "â€"])
def test_what_lost_a_byte_is_left_alone(text):
    assert repair_mojibake(text) == text


def test_spaces_case_accents_and_apostrophes_do_not_count():
    assert folded("\u00a0L’ Été\u202f ") == folded("l' ete") == "l' ete"
    assert folded("Œuvre") == "oeuvre"


def test_punctuation_at_the_end_counts_in_an_answer_and_not_in_a_title():
    assert comparable("Avez-vous un RSSI ? :") == comparable("avez-vous un rssi")
    assert folded("Oui ?") != folded("Oui") and comparable("?") == "?"


@given(st.text(max_size=40))
def test_tidying_twice_changes_nothing_more(text):
    assert tidy_spaces(tidy_spaces(text)) == tidy_spaces(text)
    assert folded(folded(text)) == folded(text)
