"""Rows are repaired where one reading alone makes sense, set aside if declared, else refused."""

import pytest

from tests.survey_reader.small import (
    FIRST,
    HEADER,
    MAPPING,
    SECOND,
    faults,
    read,
    read_rows,
    rules,
    values,
    workbook,
)

TOO_LONG = "the row reaches beyond the last question"
NOTES = ("note", "more", "end")
WITH_NOTES = MAPPING + "".join(
    f"  - {{variable: {name}, type: text, question: {name}}}\n" for name in NOTES
)


def test_a_row_that_slipped_by_one_column_is_put_back(tmp_path):
    survey = read_rows(tmp_path, FIRST, [*SECOND[:3], "", "00000000200014", "SM", "22,5"])
    assert survey.problems == [] and "shifted_row" in rules(survey)
    assert values(survey)["R2"]["form"] == "sm" and values(survey)["R2"]["staff"] == "22.5"


@pytest.mark.parametrize(
    "row",
    [
        [*FIRST, "", "a", "", "b"],
        [*FIRST[:3], "", "", *FIRST[3:], "a", "b", "c"],
        # A separator that was not quoted: the blank SIRET explains the row no better.
        [*FIRST[:2], "Agence", " services", "", *FIRST[4:], "", "", "x"],
        [*FIRST, "Agence", " services", "", "x"],
    ],
)
def test_a_row_too_long_is_refused_unless_one_reading_explains_it(tmp_path, row):
    (fault,) = faults(read_rows(tmp_path, row, header=[*HEADER, *NOTES], text=WITH_NOTES))
    assert TOO_LONG in fault and "put its cells back" in fault


def test_blanks_that_lead_to_one_reading_are_no_ambiguity(tmp_path):
    survey = read_rows(tmp_path, ["R1", "", "", "Fictif Un", "", "SM", "3"])
    found = {"response": "R1", "operator": "Fictif Un", "form": "sm", "staff": "3"}
    assert values(survey)["R1"] == found


def test_rows_that_start_as_declared_are_set_aside_and_others_are_not(tmp_path):
    rows = [
        FIRST,
        ["R8", "", "Test – ignorer", "", "?", "?"],
        ["Total", "", "", "", "", "9"],
        ["R9", "", "Testament fictif", "", "", ""],
    ]
    survey = read_rows(tmp_path, *rows)
    assert survey.problems == []
    assert [row.rule for row in survey.rows] == ["", "test_row", "total_row", ""]


def test_a_response_set_aside_on_one_sheet_is_set_aside_on_all(tmp_path):
    sheets = {
        "A": [HEADER[:5], FIRST[:5], ["R8", "", "TEST", "", "?"]],
        "B": [["N°", "Effectif"], ["R1", 12], ["R8", "n’importe quoi"]],
    }
    survey = read(tmp_path, workbook(sheets))
    assert survey.problems == [] and set(values(survey)) == {"R1"}


def test_a_merged_cell_of_answers_holds_for_each_of_its_rows(tmp_path):
    rows = [HEADER, FIRST, [*SECOND[:4], None, SECOND[5]]]
    survey = read(tmp_path, workbook({"A": rows}, {"A": ["E2:E3"]}))
    assert values(survey)["R2"]["form"] == "sm" and "merged_cells" in rules(survey)


@pytest.mark.parametrize("area", ["C2:C3", "D2:D3", "E2:F2", "A2:A3"])
def test_cells_merged_across_questions_or_identities_are_refused(tmp_path, area):
    problems = faults(read(tmp_path, workbook({"A": [HEADER, FIRST, SECOND]}, {"A": [area]})))
    assert any("merged with that of another" in fault for fault in problems)


def test_a_row_that_does_not_say_whose_it_is_is_refused(tmp_path):
    (fault,) = faults(read_rows(tmp_path, FIRST, ["", *SECOND[1:]]))
    assert "line 3" in fault and "does not say whose it is" in fault


def test_a_cell_under_no_title_is_refused(tmp_path):
    header = [*HEADER[:5], "", HEADER[5]]
    (fault,) = faults(read_rows(tmp_path, [*FIRST[:5], "note", FIRST[5]], header=header))
    assert "the cell stands under no title" in fault and "column 'F'" in fault


def test_blank_rows_are_skipped_and_lines_counted_as_in_the_file(tmp_path):
    survey = read_rows(tmp_path, FIRST, [""] * 6, ["\u00a0"], [*SECOND[:5], "?"])
    (fault,) = faults(survey)
    assert "line 5" in fault


CORRECTED = f"""{MAPPING}
corrections:
  - {{response: R2, variable: staff, value: "1.250", becomes: "%s", reason: Confirmé}}
"""


def test_a_correction_replaces_the_answer_that_it_names(tmp_path):
    survey = read_rows(tmp_path, FIRST, [*SECOND[:5], "1.250"], text=CORRECTED % "1250")
    assert values(survey)["R2"]["staff"] == "1250" and "declared_correction" in rules(survey)
    assert faults(read_rows(tmp_path, FIRST, [*SECOND[:5], "1.250"]))


def test_a_correction_may_say_that_nothing_can_be_known(tmp_path):
    survey = read_rows(tmp_path, FIRST, [*SECOND[:5], "1.250"], text=CORRECTED % "")
    assert survey.problems == [] and "staff" not in values(survey)["R2"]


def test_a_correction_that_no_longer_fits_stops_the_build(tmp_path):
    (fault,) = faults(read_rows(tmp_path, FIRST, SECOND, text=CORRECTED % "1250"))
    assert "corrects '1.250', which the cell does not hold" in fault
    (fault,) = faults(read_rows(tmp_path, FIRST, text=CORRECTED % "1250"))
    assert "corrects a response that is not in the export" in fault
