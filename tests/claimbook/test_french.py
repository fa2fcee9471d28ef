import datetime
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbook import french

FLOATS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


def read_back(written):
    """Read a French number as a person would."""
    bare = written.replace(french.THIN_NO_BREAK, "").replace(french.NO_BREAK, "").rstrip("%€")
    return float(bare.replace("\u2212", "-").replace(",", "."))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (french.percent(0.385, 1), "38,5\u00a0%"),
        (french.percent(1 + 2e-16), "100\u00a0%"),
        (french.percent(-1e-17), "0\u00a0%"),
        (french.percent(0.385), "39\u00a0%"),
        (french.points(0.032), "3\u00a0points"),
        (french.points(-0.0196, digits=1), "\u22122,0\u00a0points"),
        (french.points(0.01), "1\u00a0point"),
        (french.count(np.int64(12)), "12"),
        (french.count(1234567.0), "1\u202f234\u202f567"),
        (french.decimal(2.675), "2,68"),
        (french.decimal(-0.001), "0,00"),
        (french.p_value(0.0001), "<\u00a00,001"),
        (french.euros(1234.5), "1\u202f235\u00a0€"),
        (french.euros(-3.5, digits=2), "\u22123,50\u00a0€"),
        (french.year(2026), "2026"),
        (french.interval((0.351, 0.419)), "35 à 42\u00a0%"),
        (french.interval([0.01, 0.03], style="points"), "1 à 3\u00a0points"),
        (french.interval((0.351, 0.419), digits=1), "35,1 à 41,9\u00a0%"),
        (french.interval(np.array([3, 1200]), style="count"), "3 à 1\u202f200"),
        (french.date(datetime.date(2026, 3, 1)), "1er\u00a0mars\u00a02026"),
        (french.date(pd.Timestamp("2026-02-02")), "2\u00a0février\u00a02026"),
        (french.enumeration(["a"]), "a"),
        (french.enumeration(["a", "{0}"]), "a et {0}"),
        (french.enumeration(("a", "b", "c")), "a, b et c"),
        (french.plural(2, "classe", "classes"), "classes"),
        (french.slug(" L'Été, en 2026 ! "), "l-ete-en-2026"),
    ],
)
def test_values_are_written_as_a_french_reader_expects(written, expected):
    assert written == expected


@pytest.mark.parametrize("bad", [math.nan, -math.inf, None, "3", True, pd.NA, np.array([1.0])])
@pytest.mark.parametrize(
    "name", ["percent", "points", "count", "decimal", "euros", "year", "p_value"]
)
def test_what_is_not_a_finite_number_is_refused(name, bad):
    with pytest.raises(ValueError, match=f"{name} needs"):
        french.style(name)(bad)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("percent", [38.5]),
        ("percent", [-0.1]),
        ("count", [1.5]),
        ("year", [26]),
        ("decimal", [1.0, 1.5]),
        ("p_value", [1.5]),
        ("interval", [(0.5, 0.4)]),
        ("interval", [None]),
        ("interval", [(0.1, 0.2), "odd"]),
        ("date", [pd.NaT]),
        ("enumeration", [[]]),
        ("enumeration", [["a", None]]),
        ("text", [" "]),
        ("odd", []),
    ],
)
def test_a_value_that_the_style_cannot_write_is_refused(name, arguments):
    with pytest.raises(ValueError):
        french.style(name)(*arguments)


@settings(deadline=None)
@given(FLOATS, st.integers(0, 6))
def test_a_decimal_reads_back_within_half_a_unit_of_its_last_digit(x, digits):
    error = abs(read_back(french.decimal(x, digits)) - x)
    assert error <= 0.5 * 10**-digits * (1 + 1e-9) + abs(x) * 1e-15


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_holds_a_breakable_space_an_ascii_minus_or_a_negative_zero(x):
    for written in [french.decimal(x), french.euros(x)]:
        assert " " not in written and "-" not in written
        assert read_back(written) != 0 or "\u2212" not in written


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Qui mutualise ?", "Qui mutualise\u202f?"),
        ("Trois classes: a; b !", "Trois classes\u00a0: a\u202f; b\u202f!"),
        ("**Lecture :** la part", "**Lecture\u00a0:** la part"),
        ("dit «noyau» ici", "dit «\u00a0noyau\u00a0» ici"),
        ("à 95 % ou 95%", "à 95\u00a0% ou 95\u00a0%"),
        ("voir `a ; b : c` ici", "voir `a ; b : c` ici"),
        ("voir https://a.org/x?b=c;d ici", "voir https://a.org/x?b=c;d ici"),
        ("voir [ici](https://a.org/?a=1) !", "voir [ici](https://a.org/?a=1)\u202f!"),
        ("caf&eacute; à 12:30", "caf&eacute; à 12:30"),
        ('<a style="color: red">x</a>', '<a style="color: red">x</a>'),
        ("```\na : b\n```\nc : d", "```\na : b\n```\nc\u00a0: d"),
    ],
)
def test_prose_gets_the_no_break_spaces_that_french_asks_for(typed, expected):
    assert french.typeset(typed) == expected


def test_an_apostrophe_inside_a_word_is_set_as_printers_do():
    typed = "Conseil d'ouvrage 'entre guillemets' 1'000"
    assert french.apostrophes(typed) == "Conseil d’ouvrage 'entre guillemets' 1'000"


PROSE = "ab é :;!?%€«»1`<>&#[](){}*_\n\u00a0\u202f\ue001\U000f0000/.ht"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from(PROSE)))
def test_typesetting_changes_spaces_alone_and_nothing_the_second_time(prose):
    def bare(text):
        return "".join(character for character in text if character not in " \u00a0\u202f")

    once = french.typeset(prose)
    assert french.typeset(once) == once and bare(once) == bare(prose)
