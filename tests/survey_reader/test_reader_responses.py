"""Sheets of one respondent are put together; responses of one operator made one, or refused."""

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
