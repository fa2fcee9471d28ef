"""What a cell says, type by type; and what it leaves open is refused, not guessed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_reader.answers import Reading
from survey_reader.mapping import Mapping, Question
from survey_reader.reading import department_codes
from survey_reader.sheets import Formula, Percent
from survey_reader.written import number_text
from tests.survey_reader.reading.small import DEPARTEMENTS

YES_NO = {"yes": ("Oui", "O", "X", "1", "Vrai"), "no": ("Non", "N", "0", "Faux")}
RESOURCES = {"a": ("Logiciels",), "b": ("Matériel, outils",), "c": ("Données",)}
MAPPING = Mapping(
    name="mapping.yml",
    year=2026,
    file="x",
    key="response",
    date="",
    services=[],
    questions=(),
    no_answer=frozenset({"nsp", "-"}),
    approximately=("environ", "~"),
)
READING = Reading(MAPPING, department_codes(DEPARTEMENTS))
QUESTIONS = {
    "text": Question("v", "text", ("Q",)),
    "yes_no": Question("v", "yes_no", ("Q",), answers=YES_NO),
    "several": Question("v", "several", ("Q",), answers=RESOURCES),
    "number": Question(
        "v", "number", ("Q",), units={"ETP": 1, "k€": 1000, "M€": 1e6}, minimum=0, maximum=1e8
    ),
    "integer": Question("v", "integer", ("Q",), unusable=("12 à 15",)),
    "percent": Question("v", "percent", ("Q",)),
    "date": Question("v", "date", ("Q",)),
    "siret": Question("v", "siret", ("Q",)),
    "departements": Question("v", "departements", ("Q",)),
}


def read(kind, value):
    return READING.read(value, QUESTIONS[kind])


READ = [
    ("yes_no", "Oui", "yes"),
    ("yes_no", " oui\u00a0", "yes"),
    ("yes_no", "x", "yes"),
    ("yes_no", 1, "yes"),
    ("yes_no", 1.0, "yes"),
    ("yes_no", True, "yes"),
    ("yes_no", False, "no"),
    ("yes_no", "O\u200bui", "yes"),
    ("yes_no", "NSP", ""),
    ("yes_no", "–", ""),
    ("yes_no", None, ""),
    ("number", "1 200", "1200"),
    ("number", "1\u202f234\u00a0567,5", "1234567.5"),
    ("number", "22,5 ETP", "22.5"),
    ("number", "22.5etp", "22.5"),
    ("number", "350 k€", "350000"),
    ("number", "1,25 M€", "1250000"),
    ("number", "environ 30", "30"),
    ("number", "~1 200,50", "1200.5"),
    ("number", "0,125", "0.125"),
    ("number", "1234,567", "1234.567"),
    ("number", 22.5, "22.5"),
    ("number", 0, "0"),
    ("percent", "45 %", "45"),
    ("percent", "45,5%", "45.5"),
    ("percent", Percent(0.45), "45"),
    ("percent", 45, "45"),
    ("percent", "0", "0"),
    ("date", "14/03/2026", "2026-03-14"),
    ("date", "14-3-2026", "2026-03-14"),
    ("date", "2026-03-14 10:22:33", "2026-03-14"),
    ("date", "14 mars 2026", "2026-03-14"),
    ("date", "1er FÉVRIER 2026", "2026-02-01"),
    ("date", "1 aoÃ»t 2026", "2026-08-01"),
    ("date", dt.datetime(2026, 3, 14, 9, 30), "2026-03-14"),
    ("siret", "000 000 001 00016", "00000000100016"),
    ("departements", "1", "01"),
    ("departements", 38, "38"),
    ("departements", "38 - Isère, 01", "01|38"),
    ("departements", "Isère (38) et Ain", "01|38"),
    ("departements", "2a/971", "2A|971"),
    ("departements", "Indre et Loire", "37"),
    ("departements", "indre-et-loire et 38", "37|38"),
    ("departements", "Indre et Ain", "01|36"),
    ("text", "  L’Ã©cole  ", "L’école"),
    ("text", 12.0, "12"),
]
REFUSED = [
    ("yes_no", "Oui ?", "not one of the answers"),
    ("yes_no", "peut-être", "not one of the answers"),
    ("yes_no", 2, "not one of the answers"),
    ("number", "12 à 15", "not a number"),
    ("number", "12 ?", "not a number"),
    ("number", "1 20", "not a number"),
    ("number", "1.234", "thousands or of decimals"),
    ("number", "1,234", "thousands or of decimals"),
    ("number", "22,5 kg", "not a number"),
    ("number", "١٢", "not a number"),
    ("number", "1e5", "not a number"),
    ("number", float("nan"), "no finite number"),
    ("number", float("inf"), "no finite number"),
    ("number", 10**400, "no finite number"),
    ("number", "-5", "out of range"),
    ("number", dt.datetime(2026, 3, 14), "a date, not a number"),
    ("number", True, "a truth value"),
    ("number", Percent(0.45), "a percentage"),
    ("number", "9" * 5000, "not a number"),
    ("integer", "22,5", "not whole"),
    ("percent", "0,45", "a share or a percentage"),
    ("percent", 0.45, "a share or a percentage"),
    ("percent", 1, "a share or a percentage"),
    ("percent", "150 %", "out of range"),
    ("date", 46022, "not a date"),
    ("date", "31/02/2026", "not a date"),
    ("date", "14/03/26", "not a date"),
    ("date", "14/03/1026", "out of range"),
    ("departements", "99", "no département"),
    ("departements", "38 - Ain", "no département"),
    ("siret", "à venir", "not a SIRET number"),
    ("text", "=1+1", "a formula"),
    ("text", Formula("=A1"), "a formula"),
    ("text", "12\u202e34", "direction of reading"),
    ("text", "a\x00b", "control character"),
    ("text", "x" * 40_000, "40,000 characters"),
]


@pytest.mark.parametrize(("kind", "value", "meant"), READ)
def test_a_cell_is_read(kind, value, meant):
    answer = read(kind, value)
    assert (answer.value, answer.problem) == (meant, "")


@pytest.mark.parametrize(("kind", "value", "problem"), REFUSED)
def test_a_cell_that_leaves_its_answer_open_is_refused_with_a_remedy(kind, value, problem):
    answer = read(kind, value)
    assert problem in answer.problem and answer.remedy and not answer.value


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Logiciels", ("a",)),
        ("données ; LOGICIELS", ("a", "c")),
        ("Logiciels, Données", ("a", "c")),
        ("Matériel, outils", ("b",)),
        ("Matériel, outils;Données;", ("b", "c")),
        ("Logiciels\nDonnées", ("a", "c")),
    ],
)
def test_several_answers_are_parted_by_semicolons_lines_or_commas_where_no_label_holds_one(
    text, codes
):
    assert read("several", text).parts == codes


def test_one_unknown_answer_among_several_is_named_with_the_nearest_one():
    answer = read("several", "Logiciels ; Donées")
    assert "'Donées'" in answer.problem and "did you mean 'Données'?" in answer.remedy


def test_repairs_are_told_in_the_order_in_which_they_were_made():
    steps = [step[:2] for step in read("number", " environ 1\u00a0200,5 ETP ").steps]
    assert steps[0] == ("stray_spaces", "environ 1 200,5 ETP")
    assert [rule for rule, _ in steps[1:]] == ["approximate_number", "number_written"]
    assert steps[-1][1] == "1200.5"


@pytest.mark.parametrize(
    ("kind", "value"), [("yes_no", "Oui"), ("number", 12), ("date", "2026-03-14"), ("text", "x")]
)
def test_an_answer_in_its_plain_form_needs_no_repair(kind, value):
    steps = read(kind, value).steps
    assert steps == []


def test_an_answer_that_the_mapping_calls_unusable_has_no_value_and_is_counted_as_lost():
    answer = read("integer", "12 À 15 ")
    assert answer.value == "" and answer.lost and answer.steps[-1][0] == "unusable_answer"


def test_a_number_of_establishment_with_a_wrong_key_is_lost_and_says_why():
    answer = read("siret", "00000000100015")
    assert answer.lost and answer.steps[-1] == ("siret_key", "", "the Luhn key is wrong")


@given(
    st.integers(0, 10**9),
    st.sampled_from([" ", "\u00a0", "\u202f"]),
    st.sampled_from(["", " ETP", "ETP"]),
)
def test_a_whole_number_is_read_whatever_space_parts_its_thousands(number, space, unit):
    written = f"{number:,}".replace(",", space) + unit
    question = Question("v", "integer", ("Q",), units={"ETP": 1})
    assert READING.read(written, question).value == str(number)


@given(st.floats(0, 1e7).map(lambda x: round(x, 2)))
def test_a_decimal_number_is_read_with_its_comma_and_with_its_point(number):
    written = f"{number:.2f}"
    question = Question("v", "number", ("Q",))
    assert READING.read(written.replace(".", ","), question).value == number_text(number)
    assert READING.read(written, question).value == number_text(number)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_the_forms_of_one_date_mean_one_day(day):
    for form in (f"{day.day}/{day.month}/{day.year}", day.isoformat(), day.strftime("%d.%m.%Y")):
        assert read("date", form).value == day.isoformat()


@given(st.text(max_size=30), st.sampled_from(sorted(QUESTIONS)))
def test_any_text_is_answered_or_refused_and_an_answer_is_stable(text, kind):
    answer = read(kind, text)
    assert not (answer.value and answer.problem)
    if answer.value and kind not in ("yes_no", "several", "departements", "percent"):
        assert read(kind, answer.value).value == answer.value
