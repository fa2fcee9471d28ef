"""A mapping that cannot be meant is refused with the line to correct."""

import pytest

from survey_reader import DataError, read_mapping
from survey_reader.mapping import Target
from tests.survey_reader.small import CELLS, MAPPING, mapping


@pytest.mark.parametrize(("old", "new", "problem"), CELLS["swaps"])
def test_a_mapping_that_cannot_be_meant_is_refused(tmp_path, old, new, problem):
    with pytest.raises(DataError, match=r"mapping\.yml, line .*Remedy: ") as caught:
        mapping(tmp_path, MAPPING.replace(old, new, 1))
    assert problem in str(caught.value)


def test_the_line_named_is_the_one_to_correct(tmp_path):
    with pytest.raises(DataError) as caught:
        mapping(tmp_path, MAPPING.replace("type: number", "type: nombre"))
    assert MAPPING.splitlines()[caught.value.row - 1].strip() == "type: number"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe\x00",
        b"a: \x00",
        b"x" * 2_000_000,
        b"[" * 200_000,
        b"a: &a [1]\nb: *a",
    ],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    path = tmp_path / "mapping.yml"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_mapping(path)


def test_a_missing_mapping_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_mapping(tmp_path / "mapping.yml")


def test_words_that_other_readers_take_for_truth_values_stay_words(tmp_path):
    labels = "{yes: [on, 1, y, 1.0], no: [off, null, ~]}"
    declared = MAPPING.replace('{yes: [Oui, O, "1"], no: [Non, N]}', labels)
    found = mapping(tmp_path, declared.replace("choice, answers: forms", "yes_no")).questions[4]
    assert found.answers == {"yes": ("on", "1", "y", "1.0"), "no": ("off", "null", "~")}


def test_items_and_options_make_one_column_each_under_every_title(tmp_path):
    grid = """  - variable: service
    type: box
    question: ["{item} | {option}", "Services [{item}][{option}]"]
    items: {sig: [Cartes, SIG], web: [Sites]}
    options: {offered: [Proposé], wished: [Souhaité]}
"""
    found = mapping(tmp_path, MAPPING + grid)
    columns = [f"service_{box}[{item}]" for item in ("sig", "web") for box in ("offered", "wished")]
    assert list(map(str, found.questions[-1].columns)) == columns
    assert found.titles["services [sig][propose]"] == Target("service_offered", "sig")
    assert found.titles["cartes | propose"] == Target("service_offered", "sig")


def test_items_may_be_the_services_of_a_table_beside_the_mapping(tmp_path):
    grid = '  - {variable: service, type: yes_no, question: "{item}", items: services}\n'
    with pytest.raises(DataError, match="names no table of services"):
        mapping(tmp_path, MAPPING + grid)
    declared = MAPPING.replace("date: day}", "date: day, services: services.csv}") + grid
    with pytest.raises(DataError, match=r"services\.csv"):
        mapping(tmp_path, declared)
    header = "service_code,label_fr,label_en,family_code,family_fr,family_en\n"
    (tmp_path / "services.csv").write_text(header + "sig,Cartes,Maps,d,D,D\n", encoding="utf-8")
    assert list(mapping(tmp_path, declared).questions[-1].items) == ["sig"]
    for row in ("sig,Cartes,Maps,d,D,D\nsig,SIG,GIS,d,D,D\n", "sig,Cartes,Maps,,,\n"):
        (tmp_path / "services.csv").write_text(header + row, encoding="utf-8")
        with pytest.raises(DataError, match="has a code twice, or leaves one of"):
            mapping(tmp_path, declared)


def test_an_entry_that_was_emptied_is_one_that_is_not_there(tmp_path):
    found = mapping(tmp_path, MAPPING.replace('no_answer: [NSP, "-"]', "no_answer:\ncorrections:"))
    assert (found.no_answer, found.corrections) == (frozenset(), ())
