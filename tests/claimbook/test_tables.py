import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.errors import UserError
from claimbook.tables import read_table, replace_text, write_table

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
    assert back["name"].tolist() == FRAME["name"].tolist(), (
        "an empty text and the text NA stay text"
    )
    assert str(back["year"].dtype) == "Int64"
    assert back["flag"].dtype == bool


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")), min_size=1, max_size=5
    )
)
def test_any_text_survives(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("tables")
    write_table(folder, "t", pd.DataFrame({"text": texts, "n": range(len(texts))}))
    assert read_table(folder, "t")["text"].tolist() == texts


def test_an_unchanged_table_is_not_written_again(tmp_path):
    assert replace_text(tmp_path / "t.csv", "a\n")
    assert not replace_text(tmp_path / "t.csv", "a\n")
    assert replace_text(tmp_path / "t.csv", "b\n")


def test_a_missing_table_says_how_to_make_it(tmp_path):
    with pytest.raises(UserError, match="make reports"):
        read_table(tmp_path, "operators")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    replace_text(path, "old\n")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(UserError, match="No space left on device"):
        replace_text(path, "new\n")
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_a_column_that_csv_cannot_carry_is_refused(tmp_path):
    with pytest.raises(ValueError, match="column 'x'"):
        write_table(tmp_path, "t", pd.DataFrame({"x": [[1], [2]]}))
