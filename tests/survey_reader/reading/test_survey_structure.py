"""Tables are found wherever they start; what the mapping does not know stops the build and says what to do."""

import pytest

from survey_reader.headers import find_table
from survey_reader.sheets import Sheet, column_letter
from tests.survey_reader.reading.small import (
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

GRID = """  - variable: need
    type: box
    question: ["Besoins | {item}"]
    items: {money: [Argent], staff: [Agents]}
"""


@pytest.mark.parametrize("above", [0, 1, 5, 30])
def test_a_header_is_found_below_any_number_of_notes(tmp_path, above):
    notes = [["Enquête", "lire d’abord"]] * above
    survey = read(tmp_path, text_file([*notes, HEADER, FIRST, SECOND]))
    assert survey.problems == []
    assert survey.structure.tables[0].first == above
    assert values(survey)["R2"]["staff"] == "22.5"


def test_columns_may_stand_in_any_order_and_titles_in_any_writing(tmp_path):
    header = ["EFFECTIF :", "forme  juridique", "Siret", "Nom de lâ€™opÃ©rateur", " date ", "n°"]
    survey = read_rows(tmp_path, FIRST[::-1], header=header)
    assert survey.problems == []
    assert values(survey)["R1"] == {
        "response": "R1",
        "day": "2026-02-01",
        "operator": "Fictif Un",
        "siret": "00000000100016",
        "form": "sm",
        "staff": "12",
    }


def test_a_header_of_two_rows_with_merged_cells_is_read_by_group_and_title(tmp_path):
    top = [*HEADER, "Besoins", None, "Autre"]
    rows = [top, [None] * 6 + ["Argent", "Agents", "Argent"], [*FIRST, "Oui", "", "x"]]
    merged = {"A": ["G1:H1", *(f"{column_letter(i)}1:{column_letter(i)}2" for i in range(6))]}
    survey = read(tmp_path, workbook({"A": rows}, merged), MAPPING + GRID)
    (fault,) = faults(survey)
    assert "column 'Autre | Argent (I)'" in fault and "the mapping has no such question" in fault


def test_without_merged_cells_a_group_reaches_to_the_next(tmp_path):
    rows = [[""] * 6 + ["Besoins", ""], [*HEADER, "Argent", "Agents"], [*FIRST, "Oui", ""]]
    survey = read(tmp_path, text_file(rows), MAPPING + GRID)
    assert survey.problems == []
    assert (
        values(survey)["R1"]["need[money]"] == "yes" and values(survey)["R1"]["need[staff]"] == "no"
    )


def test_an_unknown_question_stops_the_build_and_the_nearest_free_one_is_proposed(tmp_path):
    header = [*HEADER[:-1], "Effectifs (ETP)"]
    problems = faults(read_rows(tmp_path, FIRST, header=header))
    assert (
        "column 'Effectifs (ETP) (F)'" in problems[0]
        and "if it is 'Effectif' (staff)" in problems[0]
    )
    assert "the question 'Effectif' (staff) is not in the export" in problems[1]
    assert "if the column 'Effectifs (ETP)' is the question" in problems[1]


def test_a_question_that_stands_twice_stops_the_build(tmp_path):
    problems = faults(read_rows(tmp_path, [*FIRST, "13"], header=[*HEADER, "effectif"]))
    assert "the question already stands in the column 'Effectif (F)'" in problems[0]


def test_an_optional_question_may_be_missing_and_a_declared_column_is_left_out(tmp_path):
    declared = MAPPING.replace("maximum: 5000, ", "maximum: 5000, optional: yes, ")
    survey = read_rows(
        tmp_path, [*FIRST[:-1], "600"], header=[*HEADER[:-1], "Durée"], text=declared
    )
    assert survey.problems == []
    assert "staff" not in values(survey)["R1"]


def test_a_sheet_that_names_no_question_stops_the_build_unless_the_mapping_leaves_it_out(tmp_path):
    sheets = {
        "Lisez-moi": [["Bonjour"]],
        "Réponses": [HEADER, FIRST],
        "Brouillon": [["rien"]],
        "Vide": [],
    }
    (fault,) = faults(read(tmp_path, workbook(sheets)))
    assert "sheet 'Brouillon'" in fault and "ignore_sheets" in fault
    del sheets["Brouillon"]
    survey = read(tmp_path, workbook(sheets))
    assert survey.problems == [] and survey.structure.ignored == ["Lisez-moi", "Vide"]


def test_a_sheet_without_the_identifier_of_the_response_stops_the_build(tmp_path):
    sheets = {"A": [HEADER[:5], FIRST[:5]], "B": [["Effectif"], ["12"]]}
    assert any(
        "no column identifies the response" in fault
        for fault in faults(read(tmp_path, workbook(sheets)))
    )


def test_a_file_without_any_question_stops_the_build(tmp_path):
    (fault,) = faults(read(tmp_path, b"a;b\n1;2\n"))
    assert "no row names a question" in fault


def test_the_first_fault_is_raised_with_file_sheet_line_column_value_and_remedy(tmp_path):
    rows = [HEADER, [*FIRST[:4], "SARL", "beaucoup"]]
    survey = read(tmp_path, workbook({"Réponses": rows}))
    with pytest.raises(Exception, match="Remedy") as caught:
        survey.check()
    message = str(caught.value)
    parts = (
        "answers.xlsx, sheet 'Réponses'",
        "line 2",
        "column 'Forme juridique (E)'",
        "'SARL'",
        "1 further fault",
    )
    assert [part for part in parts if part not in message] == []


def test_of_two_headers_that_name_as_many_questions_the_upper_one_is_taken(tmp_path):
    sheet = Sheet("A", [HEADER, HEADER, FIRST], [1, 2, 3])
    assert find_table(sheet, mapping(tmp_path)).first == 0


@pytest.mark.parametrize(
    ("position", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_named_as_spreadsheets_name_them(position, letters):
    assert column_letter(position) == letters
