"""Pseudonyms are stable, follow no order, and leave no name in any table."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.errors import DataError
from claimbook.protect.leaks import check_files
from claimbook.protect.pseudonyms import (
    PSEUDONYM,
    codes,
    hide_operators,
    operator_labels,
    pseudonym_key,
)
from tests.claimbook.protect import hand_made
from tests.claimbook.protect.hand_made import KEY, ROLES

NAME = st.text("abcdefghijkl é-", min_size=1, max_size=8)
NAMES = st.lists(NAME, min_size=1, max_size=60, unique=True)


@given(NAMES, st.randoms(use_true_random=False))
def test_codes_are_distinct_and_do_not_depend_on_the_order_of_names(names, random):
    found = codes(names, KEY)
    assert codes(random.sample(names, len(names)), KEY) == found
    assert len(set(found.values())) == len(names)
    assert all(PSEUDONYM.fullmatch(f"Opérateur {code}") for code in found.values())


def test_codes_follow_neither_names_nor_another_key_and_hardly_change_with_one_more():
    names = [f"Opérateur numéro {n:02d}" for n in range(66)]
    found = codes(names, KEY)
    other, more = codes(names, b"another key that is as long as it"), codes([*names, "Un"], KEY)
    assert sorted(names, key=found.get) != names
    assert sum(found[n] == other[n] for n in names) < 5
    assert sum(found[n] != more[n] for n in names) <= 2


def test_no_name_and_no_identifier_is_left_in_any_table_and_rows_follow_the_codes():
    tables = hand_made.public()
    files = {f"{name}.csv": frame.to_csv(index=False).encode() for name, frame in tables.items()}
    kinds = {leak.kind for leak in check_files(files, hand_made.known())}
    assert kinds.isdisjoint({"name", "identifier"})
    operators = list(tables["operators"]["operator"])
    labels = operator_labels(hand_made.tables(), ROLES, KEY)
    real = {label: name for name, label in labels.items()}
    assert operators == sorted(operators)
    assert [real[o] for o in operators] != sorted(real[o] for o in operators)


def test_other_bodies_and_lines_of_the_file_are_hidden_too():
    links = hand_made.public()["links"]
    assert links["target"].str.startswith(("Opérateur ", "Organisme ")).all()
    assert not links["row_id"].isin(["L2", "L3"]).any() and links["row_id"].is_unique
    assert not links["note"].str.contains("Breizhor").any()


def test_the_internal_view_names_operators_in_the_same_order():
    inside = hide_operators(hand_made.tables(), ROLES, KEY, internal=True)["operators"]
    outside = hand_made.public()["operators"]
    first = [[PSEUDONYM.search(o)[1] for o in view["operator"]] for view in (inside, outside)]
    assert first[0] == first[1] and list(inside["budget"]) == list(outside["budget"])
    assert inside["operator"].str.contains("Vérantis").sum() == 1


def test_the_key_comes_from_its_file_or_from_the_raw_tables(tmp_path):
    (tmp_path / "answers.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    drawn = pseudonym_key(tmp_path)
    (tmp_path / "README.md").write_text("words", encoding="utf-8")
    assert pseudonym_key(tmp_path) == drawn
    (tmp_path / "answers.csv").write_text("a,b\n1,3\n", encoding="utf-8")
    assert pseudonym_key(tmp_path) != drawn
    (tmp_path / "pseudonyms.key").write_text("x" * 40, encoding="utf-8")
    assert pseudonym_key(tmp_path) == b"x" * 40
    (tmp_path / "pseudonyms.key").write_text("short", encoding="utf-8")
    with pytest.raises(DataError, match="too short to be secret"):
        pseudonym_key(tmp_path)


def test_no_table_of_a_survey_keeps_a_name_however_written_or_a_number_that_leads_to_one():
    from helpers.paths import project_root
    from helpers.survey import clean_survey

    tables = clean_survey(project_root(), "survey-simulated")
    sirets = set(tables["answers"].query("variable == 'siret'")["value"])
    # « Potentille » of « Centre fictif Potentille »: no other word of the export is like it.
    names = tables["operators"]["operator"]
    telling = {re.split(" ficti(?:f|ve) ", name)[-1].casefold() for name in names}
    hidden = hide_operators(tables, ROLES, KEY)
    for name, frame in hidden.items():
        text = frame.to_csv(index=False).casefold()
        assert not [word for word in telling | sirets if word in text], name
        assert not re.search(r"\br001\b", text), name
    assert len(hidden["answers"]) == len(tables["answers"]) and len(sirets) > 50


def test_a_partner_that_did_not_answer_has_a_code_whatever_the_question_that_names_it():
    rows = [("Un", "buys_with", "Syndicat Muet", "yes"), ("Un", "staff", "", "3")]
    tables = {
        "operators": pd.DataFrame({"operator": ["Un"]}),
        "questions": pd.DataFrame({"variable": ["buys_with"], "type": ["operators"]}),
        "answers": pd.DataFrame(rows, columns=["operator", "variable", "item", "value"]),
    }
    answers = hide_operators(tables, ROLES, KEY)["answers"]
    assert answers["item"].str.startswith("Organisme ").tolist() == [True, False]
    assert answers["value"].tolist() == ["yes", "3"]
