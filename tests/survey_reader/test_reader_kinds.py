"""Whole kinds of exports that could be read wrong in silence: each is read rightly or refused."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from survey_reader import DataError, read_survey
from survey_reader.sheets import number_shown
from survey_reader.text import parsed_moment, unreadable
from tests.survey_reader.small import (
    CELLS,
    DEPARTEMENTS,
    FIRST,
    HEADER,
    MAPPING,
    SECOND,
    faults,
    mapping,
    read,
    read_rows,
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


@pytest.mark.parametrize("number_format", ['[>=1000]0.0,"k";0', '"n.c."', ";;;"])
def test_a_format_that_hides_a_number_or_changes_its_unit_by_size_is_refused(
    tmp_path, number_format
):
    formats = {"A": {"F2": number_format}}
    survey = read(tmp_path, workbook({"A": [HEADER, [*FIRST[:5], 1500]]}, formats=formats))
    assert "the format of the cell" in faults(survey)[0]


@pytest.mark.parametrize("font", [Font(strike=True), Font(vertAlign="superscript")])
def test_a_cell_that_is_struck_out_or_raised_as_a_whole_is_refused(tmp_path, font):
    (tmp_path / "answers.xlsx").write_bytes(workbook({"A": [HEADER, [*FIRST[:5], 12]]}))
    book = openpyxl.load_workbook(tmp_path / "answers.xlsx")
    book["A"]["F2"].font = font
    book.save(tmp_path / "answers.xlsx")
    survey = read_survey(tmp_path / "answers.xlsx", mapping(tmp_path), DEPARTEMENTS)
    assert "a part of the cell is" in faults(survey)[0]


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#PROPAGATION!", "#DIV/0 !", "Err:502"])
def test_an_error_value_is_refused_in_text_and_in_a_workbook(tmp_path, error):
    row = [*FIRST[:2], error, *FIRST[3:]]
    for content in (text_file([HEADER, row]), workbook({"A": [HEADER, row]})):
        assert "an error value" in faults(read(tmp_path, content))[0]


def test_an_identifier_in_powers_of_ten_is_refused(tmp_path):
    (fault,) = faults(read_rows(tmp_path, ["1,02E+12", *FIRST[1:]]))
    assert "rounded the number" in fault
    (fault,) = faults(read_rows(tmp_path, [*FIRST[:3], "22040012340000", *FIRST[4:]]))
    assert "a spreadsheet rounded it" in fault


@pytest.mark.parametrize("text", CELLS["wrong_table"])
def test_text_decoded_by_another_table_is_refused_wherever_it_comes_from(text):
    assert "wrong table" in unreadable(text)


def test_a_separator_that_was_not_quoted_is_found_though_the_last_cell_is_blank(tmp_path):
    rows = [FIRST, ["R2", "03/02/2026", "Agence", " services", "", "SM", ""]]
    (fault,) = faults(read_rows(tmp_path, *rows))
    assert "line 3" in fault


def test_a_row_that_a_line_break_parts_is_found(tmp_path):
    rows = [FIRST, ["R2", "03/02/2026", "Agence"], ["du Jura", "", "SM", "3"], ["R3", "", "Trois"]]
    survey = read_rows(tmp_path, *rows)
    assert "line 3" in faults(survey)[0] and "broken by a line break" in faults(survey)[0]
    assert read_rows(tmp_path, FIRST, ["R3", "", "Trois"]).problems == []


def test_rows_that_all_end_with_a_separator_are_read(tmp_path):
    rows = [[*row, ""] for row in (FIRST, SECOND, ["R3", "", "Fictif Trois", "", "", "2"])]
    survey = read_rows(tmp_path, *rows)
    assert survey.problems == [] and len(values(survey)) == 3


def test_codes_that_are_no_numbers_are_refused_where_numbers_are_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(text_file([[*HEADER, "Demande"], [*FIRST, "Forte"]]))
    path, declared = tmp_path / "a.csv", mapping(tmp_path, DEMAND)
    assert faults(read_survey(path, declared, DEPARTEMENTS)) == []
    (fault,) = faults(read_survey(path, declared, DEPARTEMENTS, scales=["demand"]))
    assert "'low' (Faible) is an answer to 'demand' that is no number" in fault
    mixed = mapping(tmp_path, DEMAND.replace("{low", "{1: [Nulle], 2: [Basse], low"))
    assert "nothing would be read" in faults(read_survey(path, mixed, DEPARTEMENTS))[0]


@pytest.mark.parametrize("name", ["Source numérique du Jura", "Test-Lab 38", "@ctif", "'s Lab"])
def test_a_name_is_no_rule_and_no_formula(tmp_path, name):
    text = MAPPING.replace("[Total]", "[Total, Source]")
    survey = read_rows(tmp_path, [*FIRST[:2], name, *FIRST[3:]], text=text)
    assert survey.problems == [] and values(survey)["R1"]["operator"] == name


def test_an_apostrophe_before_digits_marks_text_in_a_spreadsheet(tmp_path):
    survey = read_rows(tmp_path, [*FIRST[:3], f"'{FIRST[3]}", FIRST[4], "'12"])
    assert (values(survey)["R1"]["siret"], values(survey)["R1"]["staff"]) == (FIRST[3], "12")


@pytest.mark.parametrize(("text", "meant"), CELLS["moments"].items())
def test_a_timestamp_tells_day_and_time(text, meant):
    found = parsed_moment(text)
    assert (found.isoformat() if found else None) == meant


def test_the_month_may_come_first_where_it_is_declared():
    assert parsed_moment("03/02/2026 04:58:40 pm", True).isoformat() == "2026-03-02T16:58:40"


@pytest.mark.parametrize(("one", "other", "latest"), CELLS["pairs"])
def test_of_two_responses_on_one_day_the_time_tells_the_latest(tmp_path, one, other, latest):
    rows = [["R1", one, "Un", "", "", "1"], ["R2", other, "Un", "", "", "2"]]
    survey = read_rows(tmp_path, *rows)
    assert (set(values(survey)) == {latest}) if latest else "no date tells" in faults(survey)[0]


@pytest.mark.parametrize(("text", "meant"), CELLS["lists"].items())
def test_an_option_may_hold_the_separator(tmp_path, text, meant):
    rows = [[*HEADER, "Outils"], [*FIRST, text]]
    survey = read(tmp_path, workbook({"A": rows}), TOOLS)
    assert survey.problems == [] and values(survey)["R1"]["tools"] == meant


def test_a_list_with_two_readings_is_refused(tmp_path):
    rows = [[*HEADER, "Outils"], [*FIRST, "SIG, web"]]
    text = TOOLS.replace("c: [Achats]", "c: [Achats, Web]")
    (fault,) = faults(read(tmp_path, workbook({"A": rows}), text))
    assert "can be parted into answers in two ways" in fault


def test_rows_are_set_aside_by_any_column(tmp_path):
    text = MAPPING.replace(
        "set_aside:\n",
        "set_aside:\n  - {rule: unfinished_row, column: Date, empty: yes}\n"
        "  - {rule: test_row, column: Durée, is: [essai]}\n",
    )
    rows = [[*FIRST, "3"], ["R8", "", "?", "", "?", "?"], ["R9", "x", "?", "", "?", "?", "Essai"]]
    survey = read_rows(tmp_path, *rows, header=[*HEADER, "Durée"], text=text)
    assert [row.rule for row in survey.rows] == ["", "unfinished_row", "test_row"]
    (fault,) = faults(read_rows(tmp_path, FIRST, text=text))
    assert "no column is called 'Durée'" in fault


def test_a_truth_value_of_a_workbook_sets_a_row_aside_in_either_language(tmp_path):
    rule = "set_aside:\n  - {rule: unfinished_row, column: Durée, is: ['False']}\n"
    rows = [[*HEADER, "Durée"], [*FIRST, True], [*SECOND, False]]
    text = MAPPING.replace("set_aside:\n", rule)
    assert list(values(read(tmp_path, workbook({"A": rows}), text))) == ["R1"]


def test_a_box_holds_yes_or_its_own_label_and_a_label_that_means_no_is_refused(tmp_path):
    items = "items: {a: [Argent], b: [Non]}"
    text = MAPPING + f"  - {{variable: need, type: box, question: 'Besoin [{{item}}]', {items}}}\n"
    header = [*HEADER, "Besoin [Argent]", "Besoin [Non]"]
    survey = read_rows(tmp_path, [*FIRST, "argent", ""], header=header, text=text)
    assert values(survey)["R1"]["need[a]"] == "yes" and values(survey)["R1"]["need[b]"] == "no"
    (fault,) = faults(read_rows(tmp_path, [*FIRST, "Argent", "Non"], header=header, text=text))
    assert "in two ways" in fault


def test_a_line_may_be_the_identifier_of_a_response_but_not_across_sheets(tmp_path):
    text = MAPPING.replace("key: response", "key: row number")
    text = text.replace("  - {variable: response, type: text, question: N°}\n", "")
    rows = [HEADER[1:], FIRST[1:], SECOND[1:]]
    assert set(values(read(tmp_path, workbook({"A": rows}), text))) == {"L2", "L3"}
    survey = read(tmp_path, workbook({"A": rows, "B": rows}), text)
    assert "cannot be put together by their number" in faults(survey)[0]
