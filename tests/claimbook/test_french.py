import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook import french
from tests.loading import cases

CASES = cases(__file__, "french.yml")
FLOATS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


def read_back(written):
    """Read a French number as a person would."""
    bare = written.replace(french.THIN_NO_BREAK, "").replace(french.NO_BREAK, "").rstrip("%€")
    return float(bare.replace("\u2212", "-").replace(",", "."))


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        *CASES["written"],
        ("count", [np.int64(12)], "12"),
        ("interval", [np.array([3, 1200]), "count"], "3 à 1\u202f200"),
        ("date", [pd.Timestamp("2026-02-02")], "2\u00a0février\u00a02026"),
    ],
)
def test_values_and_prose_are_written_as_a_french_reader_expects(name, arguments, expected):
    assert getattr(french, name)(*arguments) == expected


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES["english"])
def test_values_are_written_as_an_english_reader_expects(name, arguments, expected):
    write = getattr(french, name)
    with french.written_in("en"):
        assert write(*arguments) == expected
    assert french.language() == "fr" and write(*arguments) != expected


@pytest.mark.parametrize("bad", [math.nan, -math.inf, None, "3", True, pd.NA, np.array([1.0])])
@pytest.mark.parametrize(
    "name", ["percent", "points", "count", "decimal", "euros", "year", "p_value"]
)
def test_what_is_not_a_finite_number_is_refused(name, bad):
    with pytest.raises(ValueError, match=f"{name} needs"):
        french.style(name)(bad)


@pytest.mark.parametrize(("name", "arguments"), [*CASES["refused"], ("date", [pd.NaT])])
def test_a_value_that_the_style_cannot_write_is_refused(name, arguments):
    with pytest.raises(ValueError):
        getattr(french, name)(*arguments)


@given(FLOATS, st.integers(0, 6))
def test_a_decimal_reads_back_within_half_a_unit_of_its_last_digit(x, digits):
    error = abs(read_back(french.decimal(x, digits)) - x)
    assert error <= 0.5 * 10**-digits * (1 + 1e-9) + abs(x) * 1e-15


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_holds_a_breakable_space_an_ascii_minus_or_a_negative_zero(x):
    for written in [french.decimal(x), french.euros(x)]:
        assert " " not in written and "-" not in written
        assert read_back(written) != 0 or "\u2212" not in written


PROSE = "ab é :;!?%€«»1`<>&#[](){}*_\n\u00a0\u202f\ue001\U000f0000/.ht"


@given(st.text(alphabet=st.sampled_from(PROSE)))
def test_typesetting_changes_spaces_alone_and_nothing_the_second_time(prose):
    def bare(text):
        return "".join(character for character in text if character not in " \u00a0\u202f")

    once = french.typeset(prose)
    assert french.typeset(once) == once and bare(once) == bare(prose)
