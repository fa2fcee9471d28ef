import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.errors import UserError
from claimbook.tables import read_table, write_table

FRAME = pd.DataFrame(
    {
        "name": ["A", "", 'with "quotes", commas\nand lines', "NA"],
        "year": pd.array([2020, None, 1999, 2001], dtype="Int64"),
        "value": [1.5, float("nan"), 0.1 + 0.2, -3.0],
        "flag": [True, False, True, False],
    }
)


def test_a_table_comes_back_with_its_types_and_values(tmp_path):
    write_table(tmp_path, "t", FRAME)
    back = read_table(tmp_path, "t")
    pd.testing.assert_frame_equal(back, FRAME, check_dtype=False)
    assert back["name"].tolist() == FRAME["name"].tolist(), "an empty text and NA stay text"
    assert [str(back[name].dtype) for name in ("year", "flag")] == ["Int64", "bool"]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"))


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_any_text_survives(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("tables")
    write_table(folder, "t", pd.DataFrame({"text": texts, "n": range(len(texts))}))
    assert read_table(folder, "t")["text"].tolist() == texts


def test_a_missing_table_says_how_to_make_it(tmp_path):
    with pytest.raises(UserError, match="make reports"):
        read_table(tmp_path, "operators")


def test_a_column_that_csv_cannot_carry_is_refused(tmp_path):
    with pytest.raises(ValueError, match="column 'x'"):
        write_table(tmp_path, "t", pd.DataFrame({"x": [[1], [2]]}))
