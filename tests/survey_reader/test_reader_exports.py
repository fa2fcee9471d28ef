"""Small exports, each read as exports.yml tells, or refused."""

from pathlib import Path

import pytest
import yaml

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
    rules,
    text_file,
    values,
    workbook,
)

TOLD = yaml.safe_load(Path(__file__).with_name("exports.yml").read_text(encoding="utf-8"))
CASES = TOLD["cases"]


def survey_of(folder, case):
    text = MAPPING.replace(case.get("drop", "\0"), "") + case.get("mapping", "")
    text = text.replace(*case.get("swap", ("\0", "")), 1)
    if "sheets" in case:
        content = workbook(case["sheets"], case.get("merged"))
    else:
        header = case.get("header", HEADER) + case.get("columns", [])
        content = text_file([header, *case["rows"]])
    return read(folder, content, text)


@pytest.mark.parametrize("name", CASES)
def test_an_export_is_read_or_refused_as_told(tmp_path, name):
    case = CASES[name]
    survey = survey_of(tmp_path, case)
    found, told, refused = values(survey), faults(survey), case.get("refused", [])
    assert len(told) == len(refused), told
    assert all(part in fault for part, fault in zip(refused, told, strict=True)), told
    assert case.keys() & {"refused", "read", "keys", "aside"}
    for key, answers in case.get("read", {}).items():
        for variable, value in answers.items():
            assert found[key].get(variable, "none") == value
    assert set(case.get("keys", found)) == set(found)
    assert set(case.get("rules", [])) <= set(rules(survey))
    assert case.get("aside", [row.rule for row in survey.rows]) == [r.rule for r in survey.rows]


@pytest.mark.parametrize("above", [0, 1, 30])
def test_a_header_is_found_below_any_number_of_notes(tmp_path, above):
    survey = read(tmp_path, text_file([*[["Enquête", "lire"]] * above, HEADER, FIRST, SECOND]))
    assert survey.problems == [] and values(survey)["R2"]["staff"] == "22.5"


def test_the_first_fault_is_raised_with_its_place_value_and_remedy(tmp_path):
    survey = read(tmp_path, workbook({"Réponses": [HEADER, [*FIRST[:4], "SARL", "beaucoup"]]}))
    place = r"answers\.xlsx, sheet 'Réponses', line 2, column 'Forme juridique \(E\)'"
    with pytest.raises(DataError, match=f"{place}.*'SARL'.*Remedy: .*1 further fault"):
        survey.check()
    assert read_rows(tmp_path, FIRST).check() is None


@pytest.mark.parametrize(("position", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_name_them(position, letters):
    assert column_letter(position) == letters
