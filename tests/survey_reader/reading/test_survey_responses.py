"""Sheets of one respondent are put together, and responses of one operator made one, or refused where unclear."""

from survey_reader.evidence import cooperation_table
from tests.survey_reader.reading.small import (
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


def test_sheets_are_linked_by_the_identifier_whatever_the_order_of_rows(tmp_path):
    sheets = {
        "A": [HEADER[:5], FIRST[:5], SECOND[:5]],
        "B": [
            ["Effectif", "N°", "Nom de l’opérateur"],
            ["22,5", "R2", "FICTIF DEUX "],
            [12, "R1", None],
        ],
    }
    survey = read(tmp_path, workbook(sheets))
    assert survey.problems == []
    assert values(survey)["R1"]["staff"] == "12"
    assert values(survey)["R2"]["operator"] == "Fictif Deux"


def test_two_sheets_that_disagree_stop_the_build(tmp_path):
    sheets = {"A": [HEADER, FIRST], "B": [["N°", "Nom de l’opérateur"], ["R1", "Fictif Trois"]]}
    (fault,) = faults(read(tmp_path, workbook(sheets)))
    assert "sheet 'B'" in fault and "has another answer for this response ('Fictif Un')" in fault


def test_an_identifier_that_stands_twice_stops_the_build(tmp_path):
    (fault,) = faults(read_rows(tmp_path, FIRST, ["R1", *SECOND[1:]]))
    assert "line 3" in fault and "stands on line 2 as well" in fault


def test_a_response_without_a_name_stops_the_build(tmp_path):
    (fault,) = faults(read_rows(tmp_path, [*FIRST[:2], "", *FIRST[3:]]))
    assert "does not say of which operator it is" in fault


def test_the_later_response_stands_and_keeps_what_it_alone_left_blank(tmp_path):
    later = ["R9", "05/02/2026", "FICTIF UN", FIRST[3], "", "14"]
    survey = read_rows(tmp_path, later, FIRST, SECOND)
    assert survey.problems == [] and "duplicate_response" in rules(survey)
    assert set(values(survey)) == {"R9", "R2"}
    assert values(survey)["R9"]["staff"] == "14" and values(survey)["R9"]["form"] == "sm"


def test_the_same_name_is_the_same_operator_if_one_number_is_missing(tmp_path):
    survey = read_rows(tmp_path, FIRST, ["R9", "05/02/2026", "fictif un", "", "", "14"])
    assert set(values(survey)) == {"R9"} and values(survey)["R9"]["siret"] == FIRST[3]


def test_the_same_name_with_two_numbers_is_two_operators_and_refused(tmp_path):
    (fault,) = faults(
        read_rows(tmp_path, FIRST, ["R9", "05/02/2026", "fictif un", "00000000200014", "", "14"])
    )
    assert "another operator has this name (response R1)" in fault


def test_two_responses_without_a_date_to_tell_them_apart_stop_the_build(tmp_path):
    for day in ("", FIRST[1]):
        (fault,) = faults(read_rows(tmp_path, FIRST, ["R9", day, "Fictif Un", "", "", "14"]))
        assert "answered more than once (also R9)" in fault


def test_three_responses_of_one_operator_are_read_from_the_latest_back(tmp_path):
    rows = [
        ["R1", "01/02/2026", "Un", "", "SM", "1"],
        ["R2", "02/02/2026", "Un", "", "", "2"],
        ["R3", "03/02/2026", "Un", "", "", ""],
    ]
    (found,) = values(read_rows(tmp_path, *rows)).values()
    assert (found["response"], found["staff"], found["form"]) == ("R3", "2", "sm")


PARTNERS = MAPPING + "  - {variable: alliance, type: operators, question: Partenaires}\n"


def test_operators_are_named_as_they_answered(tmp_path):
    header = [*HEADER, "Partenaires"]
    survey = read_rows(
        tmp_path, [*FIRST, " FICTIF  DEUX"], [*SECOND, "fictif un"], header=header, text=PARTNERS
    )
    assert survey.problems == [] and "operator_named" in rules(survey)
    assert values(survey)["R1"]["alliance"] == "Fictif Deux"


def test_a_partner_that_did_not_answer_stops_the_build_with_the_nearest_name(tmp_path):
    header = [*HEADER, "Partenaires"]
    (fault,) = faults(
        read_rows(tmp_path, [*FIRST, "Fictif Dexu"], [*SECOND, ""], header=header, text=PARTNERS)
    )
    assert (
        "'Fictif Dexu' is no operator of the survey" in fault
        and "did you mean 'Fictif Deux'?" in fault
    )


def test_a_partner_that_did_not_answer_can_be_declared(tmp_path):
    header, text = (
        [*HEADER, "Partenaires"],
        PARTNERS + "other_operators: [Fictif Muet, Fictif Deux]\n",
    )
    rows = [header, [*FIRST, "fictif  muet ; FICTIF DEUX"], [*SECOND, None]]
    survey = read(tmp_path, workbook({"Réponses": rows}), text)
    assert survey.problems == []
    assert values(survey)["R1"]["alliance"] == "Fictif Deux ; Fictif Muet"
    ties = cooperation_table([r for r in survey.responses if not r.into], survey.mapping)
    found = ties.set_index("target")[["source", "source_is_operator", "target_is_operator"]]
    assert found.loc["Fictif Muet"].tolist() == ["Fictif Un", True, False]
    # Of two that answered, the first by name stands first.
    assert found.loc["Fictif Un"].tolist() == ["Fictif Deux", True, True]


BOXES = (
    MAPPING
    + '  - {variable: need, type: box, question: "Besoin [{item}]", items: {a: [A], b: [B], c: [C]}}\n'
)


def test_a_blank_box_is_a_no_only_beside_an_answered_one(tmp_path):
    header = [*HEADER, "Besoin [A]", "Besoin [B]", "Besoin [C]"]
    survey = read_rows(
        tmp_path, [*FIRST, "O", "", "NSP"], [*SECOND, "", "\u200b", " "], header=header, text=BOXES
    )
    first, second = values(survey).values()
    assert (first["need[a]"], first["need[b]"]) == ("yes", "no") and "need[c]" not in first
    assert not any(name.startswith("need") for name in second)


def test_a_blank_that_only_looks_so_is_a_blank(tmp_path):
    header = [*HEADER, "Besoin [A]", "Besoin [B]", "Besoin [C]"]
    survey = read_rows(tmp_path, [*FIRST, "O", "\u200b", "\u00a0"], header=header, text=BOXES)
    assert values(survey)["R1"]["need[b]"] == values(survey)["R1"]["need[c]"] == "no"
