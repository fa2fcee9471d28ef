"""Downloads open well in a French spreadsheet, and never run."""

import base64
import csv
import io
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.figures import cell_formatter
from claimbook.figures.formats import csv_value
from claimbook.figures.tabular import csv_text, download_link


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-5, "-5"),
        (-0.25, "-0,25"),
        (np.int64(12), "12"),
        (1e-9, "1e-09"),
        (np.nan, ""),
        (None, ""),
        (pd.NA, ""),
        (True, "oui"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 12, 5), "2026-03-01T12:05:00"),
        ("Paie", "Paie"),
        ("=1+1", "'=1+1"),
        ("+33", "'+33"),
        ("-5,2", "'-5,2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
    ],
)
def test_numbers_stay_numbers_and_formulae_become_text(value, written):
    assert csv_value(value) == written


@given(st.text(max_size=30))
def test_no_text_cell_starts_a_formula(text):
    assert not csv_value(text).lstrip().startswith(("=", "+", "-", "@"))


@given(
    st.lists(
        st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12),
        min_size=1,
    )
)
def test_texts_come_back_from_the_csv_but_for_the_apostrophe(values):
    frame = pd.DataFrame({"A": values, "B": "z"})
    rows = list(csv.reader(io.StringIO(csv_text(frame), newline=""), delimiter=";"))
    assert [r[0].removeprefix("'") for r in rows[1:]] == [v.removeprefix("'") for v in values]


def test_a_download_is_utf8_with_bom_and_semicolons():
    frame = pd.DataFrame({"=Opérateur": ["é;è", "=2"], "Part": [0.385, -1.0]})
    link = str(download_link(frame, "essai"))
    payload = base64.b64decode(link.split("base64,")[1].split('"')[0])
    assert payload.startswith(b"\xef\xbb\xbf")
    assert payload.decode("utf-8-sig") == "'=Opérateur;Part\r\n\"é;è\";0,385\r\n'=2;-1,0\r\n"


def test_values_are_written_in_french_and_missing_ones_are_named():
    assert cell_formatter("percent")(0.385) == "38,5\xa0%"
    assert cell_formatter("count")(1234) == "1\u202f234"
    assert cell_formatter("year")(2026) == "2026"
    assert cell_formatter("text")(True) == "oui"
    assert (
        cell_formatter("text")("64 % d'entre eux ; « oui »")
        == "64\xa0% d’entre eux\u202f; «\xa0oui\xa0»"
    )
    assert cell_formatter("p_value")(0.0001) == "<\xa00,001"
    assert cell_formatter("percent")(float("nan")) == "n. d."
    assert cell_formatter(lambda v: f"n° {v}")(3) == "n° 3"
    with pytest.raises(ValueError, match="no format is named"):
        cell_formatter("pourcent")
