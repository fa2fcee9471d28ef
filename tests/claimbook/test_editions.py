import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.edition import Declaration, read_declaration
from claimbook.errors import DataError
from tests.loading import cases


def declared(folder, text):
    (folder / "edition.yml").write_text(text, encoding="utf-8")
    return read_declaration(folder)


def test_a_declaration_is_read_entry_by_entry_and_none_means_open_real_evidence(tmp_path):
    assert read_declaration(tmp_path) == Declaration("evidence", "", False, False, 3)
    found = declared(tmp_path, "kind: survey\nsimulated: true\nconfidential: true\nthreshold: 5\n")
    assert found == Declaration("survey", "", True, True, 5)
    assert found.survey and not Declaration().survey


@pytest.mark.parametrize(("text", "told"), cases(__file__)["declarations"])
def test_a_declaration_that_cannot_be_meant_is_refused_by_name(tmp_path, text, told):
    with pytest.raises(DataError) as caught:
        declared(tmp_path, text)
    assert told in str(caught.value)
    assert str(caught.value).startswith("data/raw/")


@given(st.binary(max_size=60))
def test_any_bytes_are_a_declaration_or_a_clear_refusal(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("edition")
    (folder / "edition.yml").write_bytes(content)
    try:
        assert isinstance(read_declaration(folder), Declaration)
    except DataError as error:
        assert "Remedy" in str(error)
