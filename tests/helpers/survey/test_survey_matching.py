"""Names in their compared form, the file of decisions, and the tables that come out."""

from __future__ import annotations

import pandas as pd
import pytest

from claimbook.errors import DataError
from helpers.survey.matching import (
    canonical,
    decisions_path,
    entities,
    match_editions,
    matched_table,
    panel,
    read_decisions,
    with_undecided,
)
from survey_reader.matching import Pair


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("Syndicat mixte Mégara", "megara"),
        ("A.GE.D.I.", "agedi"),
        ("CDG22", "cdg 22"),
        ("Centre de gestion 22", "centre de gestion 22"),
        ("e-Collectivités", "e collectivites"),
        ("Mégara (ex Valmor)", "megara"),
        ("Syndicat mixte", "syndicat mixte"),
        ("", ""),
    ],
)
def test_names_are_compared_without_form_case_and_accents(name, compared):
    assert canonical(name) == compared


def test_doubtful_pairs_are_added_once_and_decisions_are_kept(tmp_path):
    path = decisions_path(tmp_path, "avant")
    assert path.name == "matches-avant.yml" and read_decisions(path) == {}
    pairs = [Pair("Mégara", "Megara: 22", "near name", 81.0), Pair("b", "y", "number", 90.0)]
    text, added = with_undecided(path, pairs)
    text = text.replace("decision: ''", "decision: same", 1)
    path.write_text(text, encoding="utf-8")
    assert added == 2 and read_decisions(path) == {("Mégara", "Megara: 22"): "same"}
    longer, added = with_undecided(path, [*pairs, Pair("c", "z", "near name", 76.0)])
    assert added == 1 and longer.startswith(text.rstrip("\n"))


SAME = "- {old: a, new: b, decision: same}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "cannot be read"),
        ("old: a", "no list"),
        ("- {old: a, new: b, decision: peut-être}", "none of the known ones"),
        ("- {old: a, decision: same}", "no text for old or new"),
        ("- {old: a, new: b, verdict: same}", "unknown entry 'verdict'"),
        (f"{SAME}\n{SAME.replace('same', 'different')}", "decided twice"),
    ],
)
def test_a_file_of_decisions_that_cannot_be_is_refused(tmp_path, text, message):
    path = decisions_path(tmp_path, "avant")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_decisions(path)


def edition(name, siret, state):
    about = {"full_name": f"Syndicat {name}", "departements": "22|29"}
    rows = {
        "operators": about,
        "attributes": {"attribute": "siret", "value": siret},
        "states": {"service_code": "paie", "state": state},
    }
    return {table: pd.DataFrame([{"operator": name, **row}]) for table, row in rows.items()}


def test_operators_are_read_with_numbers_names_and_territory():
    (one,) = entities(edition("Mégara", "13002526500013", "offered"))
    assert (one.siret, one.departements, one.names) == ("13002526500013", {"22", "29"}, {"megara"})


def test_the_longitudinal_table_gives_each_service_of_each_matched_operator():
    old = edition("Mégara", "13002526500013", "planned")
    new = edition("Megara 2", "13002526500013", "offered")
    more = pd.DataFrame({"operator": ["Megara 2"], "service_code": ["web"], "state": ["offered"]})
    new["states"] = pd.concat([new["states"], more], ignore_index=True)
    found = match_editions(old, new, {})
    assert panel(found, old, new).to_dict("split")["data"] == [
        ["Mégara", "Megara 2", "siret", "paie", "planned", "offered"],
        ["Mégara", "Megara 2", "siret", "web", "unseen", "offered"],
    ]
    (row,) = matched_table(found)[["old", "new", "how"]].to_numpy().tolist()
    assert row == ["Mégara", "Megara 2", "siret"]


def test_operators_of_one_edition_alone_are_in_the_table():
    old, new = edition("Mégara", "", "planned"), edition("Valmor", "", "offered")
    table = matched_table(match_editions(old, new, {}))
    assert list(table["how"]) == ["old edition only", "new edition only"]
    assert panel(match_editions(old, new, {}), old, new).empty
