"""Pseudonyms are stable, follow no order, and leave no name in any table."""

from __future__ import annotations

import re

import hand_made
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.errors import DataError
from claimbook.protect.leaks import check_files
from claimbook.protect.pseudonyms import PSEUDONYM, codes, hide_operators, pseudonym_key, token
from claimbook.protect.roles import Roles, read_roles

NAMES = st.lists(
    st.text("abcdefghijkl é-", min_size=1, max_size=8), min_size=1, max_size=60, unique=True
)
KEY = hand_made.KEY


@given(NAMES, st.randoms(use_true_random=False))
def test_codes_are_distinct_and_do_not_depend_on_the_order_of_names(names, random):
    found = codes(names, KEY)
    mixed = names[:]
    random.shuffle(mixed)
    assert codes(mixed, KEY) == found
    assert len(set(found.values())) == len(names)
    assert all(PSEUDONYM.fullmatch(f"Opérateur {code}") for code in found.values())


def test_codes_follow_neither_names_nor_another_key():
    names = [f"Opérateur numéro {n:02d}" for n in range(66)]
    found = codes(names, KEY)
    assert sorted(names, key=found.get) != names
    assert sum(found[n] == codes(names, b"another key that is as long as it")[n] for n in names) < 5


def test_one_more_operator_changes_few_codes():
    names = [f"Syndicat {n}" for n in range(66)]
    before, after = codes(names, KEY), codes([*names, "Un nouveau"], KEY)
    assert sum(before[n] != after[n] for n in names) <= 2


def test_many_names_get_longer_codes():
    found = codes([f"n{n}" for n in range(1500)], KEY)
    assert len(set(found.values())) == 1500 and all(len(code) == 4 for code in found.values())


def test_no_name_and_no_identifier_is_left_in_any_table():
    files = {
        f"{name}.csv": frame.to_csv(index=False).encode()
        for name, frame in hand_made.public().items()
    }
    kinds = {leak.kind for leak in check_files(files, hand_made.known())}
    assert kinds.isdisjoint({"name", "identifier"})


def test_rows_follow_the_pseudonyms_and_not_the_names():
    operators = hand_made.public()["operators"]["operator"]
    assert list(operators) == sorted(operators)
    real = {label: name for name, label in _labels().items()}
    assert [real[o] for o in operators] != sorted(real[o] for o in operators)


def _labels():
    from claimbook.protect.pseudonyms import operator_labels

    return operator_labels(hand_made.tables(), Roles(), KEY)


def test_other_bodies_and_lines_of_the_file_are_hidden_too():
    links = hand_made.public()["links"]
    assert links["target"].str.startswith(("Opérateur ", "Organisme ")).all()
    assert not links["row_id"].isin(["L2", "L3"]).any() and links["row_id"].is_unique
    assert not links["note"].str.contains("Breizhor").any()


def test_the_internal_view_names_operators_in_the_same_order():
    inside = hide_operators(hand_made.tables(), Roles(), KEY, internal=True)
    outside = hand_made.public()
    for name in outside:
        assert len(inside[name]) == len(outside[name])
    codes_in = [PSEUDONYM.search(o)[1] for o in inside["operators"]["operator"]]
    assert codes_in == [PSEUDONYM.search(o)[1] for o in outside["operators"]["operator"]]
    assert inside["operators"]["operator"].str.contains("Vérantis").sum() == 1
    assert list(inside["operators"]["budget"]) == list(outside["operators"]["budget"])


def test_long_tables_of_attributes_lose_their_identifiers():
    import pandas as pd

    rows = [
        ("Vérantis", "siret", "13002526500013"),
        ("Vérantis", "staff", "12"),
        ("Nuaclic", "website", "x.fr"),
    ]
    tables = {
        **hand_made.tables(),
        "attributes": pd.DataFrame(rows, columns=["operator", "attribute", "value"]),
    }
    shown = hide_operators(tables, Roles(), KEY)["attributes"]
    assert sorted(shown["value"]) == ["", "", "12"]


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


def test_the_key_is_not_the_hash_that_reports_show(tmp_path):
    import hashlib

    (tmp_path / "answers.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert (
        pseudonym_key(tmp_path) != hashlib.sha256((tmp_path / "answers.csv").read_bytes()).digest()
    )


def test_tokens_keep_rows_apart():
    assert token("L2", KEY) == token("L2", KEY) != token("L3", KEY)
    assert token("", KEY) == "" and token(None, KEY) is None


def test_an_edition_may_declare_its_own_roles(tmp_path):
    assert read_roles(tmp_path) == Roles()
    file = tmp_path / "disclosure.yml"
    file.write_text("quasi_identifiers: [taille]\n", encoding="utf-8")
    assert read_roles(tmp_path).quasi_identifiers == ("taille",)
    for text, message in [
        ("names: [x]", "unknown entry"),
        ("tokens: x", "no list"),
        ("- x", "no entries"),
        ("a: [", "read"),
    ]:
        file.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=message):
            read_roles(tmp_path)


def test_no_table_of_a_survey_keeps_a_name_however_it_was_written_or_a_number_that_leads_to_one():
    from helpers.paths import project_root
    from helpers.survey import clean_survey

    root = project_root()
    tables = clean_survey(root, "survey-simulated")
    sirets = set(tables["answers"].query("variable == 'siret'")["value"])
    names = set(tables["operators"]["operator"])
    # « Potentille » of « Centre fictif Potentille »: no other word of the export is like it.
    telling = {name.split(" fictif ")[-1].split(" fictive ")[-1].casefold() for name in names}
    hidden = hide_operators(tables, Roles(), KEY)
    for name, frame in hidden.items():
        text = frame.to_csv(index=False).casefold()
        assert not [word for word in telling if word in text], name
        assert not [number for number in sirets if number in text], name
        assert not re.search(r"\br001\b", text), name
    assert len(hidden["answers"]) == len(tables["answers"]) and len(sirets) > 50


def test_a_partner_that_did_not_answer_has_a_code_whatever_the_question_that_names_it():
    operators = pd.DataFrame({"operator": ["Fictif Un", "Fictif Deux"]})
    questions = pd.DataFrame({"variable": ["buys_with", "staff"], "type": ["operators", "number"]})
    answers = pd.DataFrame(
        {
            "operator": ["Fictif Un"] * 2,
            "variable": ["buys_with", "staff"],
            "item": ["Syndicat Muet", ""],
            "value": ["yes", "3"],
        }
    )
    hidden = hide_operators(
        {"operators": operators, "questions": questions, "answers": answers}, Roles(), KEY
    )
    assert hidden["answers"]["item"].str.startswith("Organisme ").tolist() == [True, False]
    assert hidden["answers"]["value"].tolist() == ["yes", "3"]
