"""Text is repaired where it can be read one way only, and never where it cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_reader.spelling import (
    comparable,
    folded,
    forbidden_character,
    repair_mojibake,
    shows_nothing,
    tidy_spaces,
    without_invisible,
)

LETTERS = (
    "aàâbcçdeéèêëfghiîïjklmnoôœpqrstuùûüvwxyzÀÂÇÉÈÊÎÔŒÙÛ €’‘“”«»–—…°0123456789.,;:!?()'\u00a0\u202f"
)
FRENCH = st.text(alphabet=LETTERS, max_size=60)


def misread(text):
    """Return text as it shows when its UTF-8 is read as cp1252, undefined bytes as control characters."""
    return "".join(
        bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in text.encode("utf-8")
    )


@given(FRENCH)
def test_a_misread_text_is_read_again_as_it_was_written(text):
    assert repair_mojibake(misread(text)) == repair_mojibake(text)


@given(FRENCH)
def test_a_text_that_was_misread_twice_is_mended_twice(text):
    assert repair_mojibake(misread(misread(text))) == repair_mojibake(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Œuvre",
        "café\u00a0»",
        "« privilégié »",
        "THÉÂTRE",
        "Ångström",
        "Âge",
        "âme",
        "500\u00a0€",
        "L’été à Nîmes",
    ],
)
def test_text_that_was_read_rightly_stays(text):
    assert repair_mojibake(text) == text


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("DÃ©partement", "Département"),
        ("lâ€™Ã©cole", "l’école"),
        ("Ã€ voir", "À voir"),
        ("cÅ“ur", "cœur"),
        ("500Â\u00a0â‚¬", "500\u00a0€"),
        ("Marchés et MarchÃ©s", "Marchés et Marchés"),
    ],
)
def test_known_misreadings_are_mended(shown, meant):
    assert repair_mojibake(shown) == meant


@pytest.mark.parametrize("text", ["S�minaire", "D?partement", "Ã ", "â€"])
def test_what_lost_a_byte_is_left_alone(text):
    assert repair_mojibake(text) == text


def test_kinds_of_space_case_accents_and_apostrophes_do_not_count():
    assert folded("\u00a0L’ Été\u202f ") == folded("l' ete") == "l' ete"
    assert folded("Œuvre") == "oeuvre"


def test_punctuation_at_the_end_counts_in_an_answer_and_not_in_a_title():
    assert comparable("Avez-vous un RSSI ? :") == comparable("avez-vous un rssi")
    assert folded("Oui ?") != folded("Oui")
    assert comparable("?") == "?"


@given(st.text(max_size=40))
def test_tidying_twice_changes_nothing_more(text):
    assert tidy_spaces(tidy_spaces(text)) == tidy_spaces(text)
    assert folded(folded(text)) == folded(text)
    assert without_invisible(without_invisible(text)) == without_invisible(text)


@pytest.mark.parametrize("text", ["", " ", "\u00a0\u202f", "\u200b", "\ufeff \u00ad"])
def test_a_cell_of_spaces_and_invisible_characters_shows_nothing(text):
    assert shows_nothing(text)


@pytest.mark.parametrize("text", ["12\u202e34", "a\x00", "a\x07", "\u2066x", "\ud800"])
def test_characters_that_hide_what_is_stored_are_named(text):
    assert forbidden_character(text)


def test_ordinary_text_with_line_breaks_and_tabs_is_not_forbidden():
    assert forbidden_character("Ligne 1\nLigne 2\t« été »") is None
