"""Tables are found wherever they start; what the mapping does not know stops the build."""

import pytest

from survey_reader import DataError
from survey_reader.sheets import column_letter
from tests.survey_reader.small import (
    FIRST,
    HEADER,
    MAPPING,
    SECOND,
    faults,
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


@pytest.mark.parametrize("above", [0, 1, 30])
def test_a_header_is_found_below_any_number_of_notes(tmp_path, above):
    survey = read(tmp_path, text_file([*[["Enquête", "lire"]] * above, HEADER, FIRST, SECOND]))
    assert survey.problems == [] and survey.tables[0].first == above
    assert values(survey)["R2"]["staff"] == "22.5"


def test_columns_may_stand_in_any_order_and_titles_in_any_spelling(tmp_path):
    header = ["EFFECTIF :", "forme  juridique", "Siret", "Nom de lâ€™opÃ©rateur", " date ", "n°"]
    survey = read_rows(tmp_path, FIRST[::-1], header=header)
    assert survey.problems == []
    assert values(survey) == values(read_rows(tmp_path, FIRST))


def test_a_header_of_two_rows_with_merged_cells_is_read_by_group_and_title(tmp_path):
    top = [*HEADER, "Besoins", None, "Autre"]
    rows = [top, [None] * 6 + ["Argent", "Agents", "Argent"], [*FIRST, "Oui", "", "x"]]
    merged = {"A": ["G1:H1", *(f"{column_letter(i)}1:{column_letter(i)}2" for i in range(6))]}
    (fault,) = faults(read(tmp_path, workbook({"A": rows}, merged), MAPPING + GRID))
    assert "column 'Autre | Argent (I)'" in fault and "the mapping has no such question" in fault


def test_without_merged_cells_a_group_reaches_to_the_next(tmp_path):
    rows = [[""] * 6 + ["Besoins", ""], [*HEADER, "Argent", "Agents"], [*FIRST, "Oui", ""]]
    survey = read(tmp_path, text_file(rows), MAPPING + GRID)
    assert survey.problems == []
    first = values(survey)["R1"]
    assert (first["need[money]"], first["need[staff]"]) == ("yes", "no")


def test_an_unknown_question_stops_the_build_and_the_nearest_free_one_is_proposed(tmp_path):
    header = [*HEADER[:-1], "Effectifs (ETP)"]
    unknown, missing = faults(read_rows(tmp_path, FIRST, header=header))
    assert "column 'Effectifs (ETP) (F)'" in unknown and "if it is 'Effectif' (staff)" in unknown
    assert "the question 'Effectif' (staff) is not in the export" in missing
    assert "if the column 'Effectifs (ETP)' is the question" in missing


def test_a_question_that_stands_twice_stops_the_build(tmp_path):
    problems = faults(read_rows(tmp_path, [*FIRST, "13"], header=[*HEADER, "effectif"]))
    assert "the question already stands in the column 'Effectif (F)'" in problems[0]


def test_an_optional_question_may_be_missing_and_a_declared_column_is_left_out(tmp_path):
    declared = MAPPING.replace("maximum: 5000", "optional: yes")
    header = [*HEADER[:-1], "Durée"]
    survey = read_rows(tmp_path, [*FIRST[:-1], "600"], header=header, text=declared)
    assert survey.problems == [] and "staff" not in values(survey)["R1"]


def test_a_sheet_that_names_no_question_stops_the_build_unless_it_is_left_out(tmp_path):
    sheets = {"Lisez-moi": [["Bonjour"]], "Réponses": [HEADER, FIRST], "Vide": []}
    survey = read(tmp_path, workbook(sheets))
    assert survey.problems == [] and survey.ignored == ["Lisez-moi", "Vide"]
    (fault,) = faults(read(tmp_path, workbook(sheets | {"Brouillon": [["rien"]]})))
    assert "sheet 'Brouillon'" in fault and "ignore_sheets" in fault


def test_a_sheet_without_the_identifier_of_the_response_stops_the_build(tmp_path):
    sheets = {"A": [HEADER[:5], FIRST[:5]], "B": [["Effectif"], ["12"]]}
    problems = faults(read(tmp_path, workbook(sheets)))
    assert any("no column identifies the response" in fault for fault in problems)


def test_a_file_without_any_question_or_response_stops_the_build(tmp_path):
    (fault,) = faults(read(tmp_path, b"a;b\n1;2\n"))
    assert "no row names a question" in fault
    (fault,) = faults(read_rows(tmp_path))
    assert "the export holds no response" in fault


def test_the_first_fault_is_raised_with_its_place_value_and_remedy(tmp_path):
    survey = read(tmp_path, workbook({"Réponses": [HEADER, [*FIRST[:4], "SARL", "beaucoup"]]}))
    place = r"answers\.xlsx, sheet 'Réponses', line 2, column 'Forme juridique \(E\)'"
    with pytest.raises(DataError, match=f"{place}.*'SARL'.*Remedy: .*1 further fault"):
        survey.check()


def test_of_two_headers_that_name_as_many_questions_the_upper_one_is_taken(tmp_path):
    assert read_rows(tmp_path, HEADER, FIRST).tables[0].first == 0


@pytest.mark.parametrize(("position", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_name_them(position, letters):
    assert column_letter(position) == letters
