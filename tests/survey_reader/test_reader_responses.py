"""Rows are repaired where one reading makes sense; responses of one operator are made one."""

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

PARTNERS = MAPPING + "  - {variable: alliance, type: operators, question: Partenaires}\n"
PLACES = MAPPING + "  - {variable: deps, type: departements, question: Départements}\n"
BOXES = """\
  - {variable: need, type: box, question: "Besoin [{item}]", items: {a: [A], b: [B], c: [C]}}
"""
LATER = ["R9", "05/02/2026", "FICTIF UN", FIRST[3], "", "14"]


def test_sheets_are_linked_by_the_identifier_whatever_the_order_of_rows(tmp_path):
    header = ["Effectif", "N°", "Nom de l’opérateur"]
    sheets = {
        "A": [HEADER[:5], FIRST[:5], SECOND[:5]],
        "B": [header, ["22,5", "R2", "FICTIF DEUX "], [12, "R1", None]],
    }
    survey = read(tmp_path, workbook(sheets))
    assert survey.problems == []
    assert values(survey)["R1"]["staff"] == "12"
    assert values(survey)["R2"]["operator"] == "Fictif Deux"


def test_two_sheets_that_disagree_stop_the_build(tmp_path):
    sheets = {"A": [HEADER, FIRST], "B": [["N°", "Nom de l’opérateur"], ["R1", "Fictif Trois"]]}
    (fault,) = faults(read(tmp_path, workbook(sheets)))
    assert "sheet 'B'" in fault and "has another answer for this response ('Fictif Un')" in fault


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (["R1", *SECOND[1:]], "stands on line 2 as well"),
        ([*SECOND[:2], "", *SECOND[3:]], "does not say of which operator it is"),
        ([*LATER[:3], "00000000200014", *LATER[4:]], "but another SIRET number"),
        ([*SECOND[:3], FIRST[3], *SECOND[4:]], "has this SIRET number but another name"),
        (["R9", "", "Fictif Un", "", "", "14"], "answered more than once (also R9)"),
        (["R9", FIRST[1], "Fictif Un", "", "", "14"], "answered more than once (also R9)"),
    ],
)
def test_responses_that_contradict_one_another_stop_the_build(tmp_path, second, problem):
    (fault,) = faults(read_rows(tmp_path, FIRST, second))
    assert problem in fault


def test_the_later_response_stands_and_keeps_what_it_alone_left_blank(tmp_path):
    survey = read_rows(tmp_path, LATER, FIRST, SECOND)
    assert survey.problems == [] and "duplicate_response" in rules(survey)
    assert set(values(survey)) == {"R9", "R2"}
    assert values(survey)["R9"]["staff"] == "14" and values(survey)["R9"]["form"] == "sm"


def test_the_same_name_is_the_same_operator_if_one_number_is_missing(tmp_path):
    survey = read_rows(tmp_path, FIRST, [*LATER[:3], "", *LATER[4:]])
    assert set(values(survey)) == {"R9"} and values(survey)["R9"]["siret"] == FIRST[3]


def test_one_name_in_two_departements_is_two_operators_and_refused(tmp_path):
    rows = [[*FIRST[:3], "", *FIRST[4:], "01"], [*LATER[:3], "", *LATER[4:], "38"]]
    (fault,) = faults(read_rows(tmp_path, *rows, header=[*HEADER, "Départements"], text=PLACES))
    assert "the response R1 has this name but another département" in fault


def test_three_responses_of_one_operator_are_read_from_the_latest_back(tmp_path):
    rows = [
        ["R1", "01/02/2026", "Un", "", "SM", "1"],
        ["R2", "02/02/2026", "Un", "", "", "2"],
        ["R3", "03/02/2026", "Un", "", "", ""],
    ]
    (found,) = values(read_rows(tmp_path, *rows)).values()
    assert (found["response"], found["staff"], found["form"]) == ("R3", "2", "sm")


def with_partners(folder, first, second, text=PARTNERS):
    rows = [[*FIRST, first], [*SECOND, second]]
    return read_rows(folder, *rows, header=[*HEADER, "Partenaires"], text=text)


def test_operators_are_named_as_they_answered(tmp_path):
    survey = with_partners(tmp_path, " FICTIF  DEUX", "fictif un")
    assert survey.problems == [] and "operator_named" in rules(survey)
    assert values(survey)["R1"]["alliance"] == "Fictif Deux"


def test_a_partner_that_did_not_answer_stops_the_build_with_the_nearest_name(tmp_path):
    (fault,) = faults(with_partners(tmp_path, "Fictif Dexu", ""))
    assert "'Fictif Dexu' is no operator of the survey" in fault
    assert "did you mean 'Fictif Deux'?" in fault


def test_a_partner_that_did_not_answer_can_be_declared(tmp_path):
    text = PARTNERS + "other_operators: [Fictif Muet, Fictif Deux]\n"
    rows = [[*HEADER, "Partenaires"], [*FIRST, "fictif  muet ; FICTIF DEUX"], [*SECOND, None]]
    survey = read(tmp_path, workbook({"Réponses": rows}), text)
    assert survey.problems == []
    assert values(survey)["R1"]["alliance"] == "Fictif Deux ; Fictif Muet"


def test_a_blank_box_is_a_no_only_beside_an_answered_one(tmp_path):
    header = [*HEADER, "Besoin [A]", "Besoin [B]", "Besoin [C]"]
    rows = [[*FIRST, "O", "\u200b", "NSP"], [*SECOND, "", "\u200b", "\u00a0"]]
    first, second = values(read_rows(tmp_path, *rows, header=header, text=MAPPING + BOXES)).values()
    assert (first["need[a]"], first["need[b]"]) == ("yes", "no") and "need[c]" not in first
    assert not any(name.startswith("need") for name in second)


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
        [*FIRST, "Agence", "services", "", "x"],
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
