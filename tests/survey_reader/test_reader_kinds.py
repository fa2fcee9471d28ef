"""Whole kinds of exports that could be read wrong in silence: each is read rightly or refused."""

from pathlib import Path

import pytest

from survey_reader import DataError, read_survey
from survey_reader.sheets import number_shown
from survey_reader.text import parsed_moment, unreadable
from tests.survey_reader.small import (
    CELLS,
    DEPARTEMENTS,
    FIRST,
    HEADER,
    MAPPING,
    faults,
    mapping,
    read,
    text_file,
    values,
    workbook,
)

WORKBOOKS = Path(__file__).parent / "cases" / "workbooks"
TOOLS = MAPPING + (
    "  - {variable: tools, type: several, question: Outils, separator: ',', "
    "answers: {a: [SIG], b: ['SIG, web'], c: [Achats], d: ['Achats, tri']}}\n"
)
SCORES = "answers: {low: [Faible], high: [Forte]}"
DEMAND = MAPPING + f"  - {{variable: demand, type: choice, question: Demande, {SCORES}}}\n"


@pytest.mark.parametrize("path", sorted(WORKBOOKS.iterdir()), ids=lambda path: path.name)
def test_other_workbooks_are_read_unless_a_value_could_tell_less_than_its_cell(tmp_path, path):
    if path.stem in ("plain", "euro"):
        survey = read_survey(path, mapping(tmp_path), DEPARTEMENTS)
        assert survey.problems == [] and values(survey)["R2"]["staff"] == "22.5"
        assert values(survey)["R2"]["day"] == "2026-02-03"
    else:
        with pytest.raises(DataError, match=r"only .xlsx tells.*Remedy: save it as .xlsx"):
            read_survey(path, mapping(tmp_path), DEPARTEMENTS)


@pytest.mark.parametrize(("number", "number_format", "told"), CELLS["formats"])
def test_a_number_is_what_its_format_shows(number, number_format, told):
    assert number_shown(number, number_format) == told


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#PROPAGATION!", "#DIV/0 !", "Err:502"])
def test_an_error_value_is_refused_in_text_and_in_a_workbook(tmp_path, error):
    row = [*FIRST[:2], error, *FIRST[3:]]
    for content in (text_file([HEADER, row]), workbook({"A": [HEADER, row]})):
        assert "an error value" in faults(read(tmp_path, content))[0]


@pytest.mark.parametrize("text", CELLS["wrong_table"])
def test_text_decoded_by_another_table_is_refused_wherever_it_comes_from(text):
    assert "wrong table" in unreadable(text)


def test_codes_that_are_no_numbers_are_refused_where_numbers_are_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(text_file([[*HEADER, "Demande"], [*FIRST, "Forte"]]))
    path, declared = tmp_path / "a.csv", mapping(tmp_path, DEMAND)
    assert faults(read_survey(path, declared, DEPARTEMENTS)) == []
    (fault,) = faults(read_survey(path, declared, DEPARTEMENTS, scales=["demand"]))
    assert "'low' (Faible) is an answer to 'demand' that is no number" in fault
    mixed = mapping(tmp_path, DEMAND.replace("{low", "{1: [Nulle], 2: [Basse], low"))
    assert "nothing would be read" in faults(read_survey(path, mixed, DEPARTEMENTS))[0]


@pytest.mark.parametrize(("text", "meant"), CELLS["moments"].items())
def test_a_timestamp_tells_day_and_time(text, meant):
    found = parsed_moment(text)
    assert (found.isoformat() if found else None) == meant


def test_the_month_may_come_first_where_it_is_declared():
    assert parsed_moment("03/02/2026 04:58:40 pm", True).isoformat() == "2026-03-02T16:58:40"


@pytest.mark.parametrize(("text", "meant"), CELLS["lists"].items())
def test_an_option_may_hold_the_separator(tmp_path, text, meant):
    rows = [[*HEADER, "Outils"], [*FIRST, text]]
    survey = read(tmp_path, workbook({"A": rows}), TOOLS)
    assert survey.problems == [] and values(survey)["R1"]["tools"] == meant
