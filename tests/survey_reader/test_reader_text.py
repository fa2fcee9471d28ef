"""Text is repaired where it can be read one way only, and never where it cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_reader.text import (
    comparable,
    folded,
    repair_mojibake,
    tidy_spaces,
    unreadable,
)

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


@pytest.mark.parametrize(
    "text", ["Œuvre", "café\u00a0»", "THÉÂTRE", "Ångström", "âme", "500\u00a0€"]
)
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


def test_ordinary_text_with_line_breaks_and_tabs_is_readable():
    assert unreadable("Ligne 1\nLigne 2\t« été »") == ""
