"""`inspect` shows what is recognised in an export; small exports of real kinds are not misread."""

from pathlib import Path

import pytest

from survey_reader import DataError, inspect, read_mapping, read_survey
from tests.survey_reader.small import (
    DEPARTEMENTS,
    FIRST,
    HEADER,
    SECOND,
    faults,
    read,
    read_rows,
    values,
    workbook,
)

CASES = Path(__file__).parent / "cases"


def test_what_is_recognised_is_shown_sheet_by_sheet_and_question_by_question(tmp_path):
    rows = [*FIRST[:5], "environ 12"], ["R9", "05/02/2026", *FIRST[2:5], "NSP"], ["TEST"]
    shown = inspect(read(tmp_path, workbook({"A": [HEADER, *rows], "Lisez-moi": [["x"]]})))
    for part in (
        "workbook (.xlsx)",
        "Sheets left out: 'Lisez-moi'",
        "Sheet 'A': header in row 1, 6 of 6 columns recognised",
        "-> staff (number)",
        "sheet 'A', line 4: test_row ('TEST')",
        "R1 goes into R9 ('Fictif Un')",
        "sm 2",
        "approximate_number",
        "Nothing stops the build: 1 operators.",
    ):
        assert part in shown, part


def test_what_stops_the_build_is_listed_once_with_remedies(tmp_path):
    header = [*HEADER[:4], "Statut juridique", "Effectif", "Durée"]
    rows = [[*FIRST[:5], "beaucoup", "60"], [*SECOND[:5], "beaucoup", "70"]]
    shown = inspect(read_rows(tmp_path, *rows, header=header))
    assert "UNKNOWN" in shown and "left out" in shown
    assert "'beaucoup'" in shown and "(2 times)" in shown and shown.count("Remedy: ") == 3
    assert "What stops the build: 4" in shown


def test_a_long_list_of_faults_is_cut(tmp_path):
    rows = [[f"R{i}", "", f"Fictif {i}", "", f"forme {i}", ""] for i in range(90)]
    shown = inspect(read_rows(tmp_path, *rows))
    assert "What stops the build: 90" in shown and "... and 50 others" in shown


def case(name):
    (path,) = (path for path in (CASES / name).iterdir() if path.name != "mapping.yml")
    return read_survey(path, read_mapping(CASES / name / "mapping.yml"), DEPARTEMENTS)


def test_numbers_are_read_in_the_unit_that_their_format_shows():
    survey = case("kfmt")
    assert survey.problems == []
    budgets = [answers["budget"] for answers in values(survey).values()]
    assert budgets == ["350000", "350000", "2500000", "1200000"]
    assert [answers["share"] for answers in values(survey).values()][:2] == ["45", "45"]


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("siret_rounded", ["a spreadsheet rounded it"]),
        ("generic_name", ["has this name but another département"]),
        ("unquoted", ["the row reaches beyond the last question"]),
        ("strike", ["struck out", "raised or lowered"]),
        ("errvals", ["an error value of the spreadsheet"]),
    ],
)
def test_an_export_that_leaves_a_value_open_is_refused(name, problems):
    found = faults(case(name))
    assert all(any(problem in fault for fault in found) for problem in problems)


def test_an_export_in_another_encoding_is_refused_with_the_likely_one():
    with pytest.raises(DataError, match="nor Windows cp1252 but probably Mac Roman"):
        case("enc_mac_roman")
