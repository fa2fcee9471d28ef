"""Operators of two editions: sure pairs are one to one; doubtful ones are listed, never made."""

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claimbook.errors import DataError
from helpers.survey.matching import (
    canonical,
    decisions_path,
    entities,
    entity,
    match_editions,
    matched_table,
    panel,
    read_decisions,
    with_undecided,
)
from survey_reader import UserError
from survey_reader.answers import luhn_valid
from survey_reader.matching import Entity, Pair, match
from tests.loading import cases

CASES = cases(__file__)
WORDS = ["megara", "soluna", "numeria", "numeris", "cdg", "22", "29", "syndicat", "agence"]


def siret(siren: int, office: int = 1) -> str:
    """Return a valid SIRET number."""
    start = f"{siren:09d}{office:04d}"
    return next(start + str(d) for d in range(10) if luhn_valid(start + str(d)))


def body(name: str, number: int = 0, *places: str) -> Entity:
    return entity(name, siret=siret(130025264 + number) if number else "", departements=places)


ENTITIES = st.lists(
    st.builds(
        lambda words, number, places: body(" ".join(words).title(), number, *places),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
        st.sampled_from([0, 0, 0, 1, 2, 3]),
        st.sampled_from([[], ["22"], ["29"], ["35"]]),
    ),
    max_size=8,
    unique_by=lambda one: one.name,
)


def turned(pair: Pair) -> Pair:
    return Pair(pair.new, pair.old, pair.how, pair.score)


def pairs(found):
    return [(p.old, p.new, p.how) for p in found.pairs]


def doubts(found):
    return [(p.old, p.new, p.how) for p in found.doubtful]


@settings(max_examples=150)
@given(ENTITIES, ENTITIES)
@example([body("Numeria", 0, "22")], [body("Numeria"), body("Syndicat Numeria", 0, "22")])
def test_matching_is_symmetric_one_to_one_and_blind_to_order(old, new):
    found, back = match(old, new), match(new, old)
    assert match(old[::-1], new[::-1]) == found
    assert sorted(map(turned, back.pairs)) == found.pairs
    assert sorted(map(turned, back.doubtful)) == found.doubtful
    for end, only, all_ in (("old", found.only_old, old), ("new", found.only_new, new)):
        ends = [getattr(pair, end) for pair in found.pairs]
        assert len(ends) == len(set(ends))
        assert set(ends).isdisjoint(getattr(pair, end) for pair in found.doubtful)
        assert set(only) == {one.name for one in all_} - set(ends)


@settings(max_examples=80)
@given(ENTITIES, ENTITIES, st.data())
def test_a_decision_overrides_whatever_the_rules_say(old, new, data):
    if not old or not new:
        return
    chosen = data.draw(st.sampled_from([(a.name, b.name) for a in old for b in new]))
    assert (*chosen, "decision") in pairs(match(old, new, {chosen: "same"}))
    for decision in ("different", "successor"):
        kept = match(old, new, {chosen: decision})
        assert chosen not in {(p.old, p.new) for p in [*kept.pairs, *kept.doubtful]}
        assert (chosen in {(p.old, p.new) for p in kept.successors}) == (decision == "successor")


LONG, SLIP = "Territoires numériques de Mégara", "Territoire numériques de Mégara"


@pytest.mark.parametrize(("old", "new", "which", "how"), CASES["made"])
def test_a_pair_is_made_where_number_or_name_leaves_no_choice(old, new, which, how):
    found = match([body(*one) for one in old], [body(*one) for one in new])
    assert pairs(found) == [(old[0][0], new[which][0], how)]


def test_another_office_of_one_body_is_that_body():
    found = match([body("Soluna", 1)], [entity("Le Soluna", siret=siret(130025265, 2))])
    assert pairs(found) == [("Soluna", "Le Soluna", "siren")]


@pytest.mark.parametrize(("one", "other", "why"), CASES["doubtful"])
def test_a_doubtful_pair_says_why_and_is_never_made(one, other, why):
    found = match([body(*one)], [body(*other)])
    assert pairs(found) == [] and doubts(found) == [(one[0], other[0], why)]


def test_two_candidates_leave_the_choice_to_a_person():
    found = match([body("Mégara")], [body("Syndicat Mégara"), body("Agence Mégara")])
    assert pairs(found) == [] and {how for *_, how in doubts(found)} == {"not alone, name"}
    slips = [body(SLIP, 0, "22"), body("Territoires numérique de Mégara", 0, "22")]
    found = match([body(LONG, 0, "22")], slips)
    assert found.pairs == [] and len(found.doubtful) == 2


def test_names_that_differ_by_their_number_are_no_pair_and_a_wrong_number_counts_as_none():
    assert match([body("CDG 22")], [body("CDG 29")]).doubtful == []
    assert entity("x", siret="12345678901234").siret == ""


def test_a_successor_is_named_and_is_not_the_same_operator():
    links = [("Mégara", "Valmor"), ("Mégara", "Numeria"), ("Mégara", "inconnu")]
    found = match([body("Valmor"), body("Numeria")], [body("Mégara")], links=links)
    assert [(p.old, p.how) for p in found.successors] == [("Numeria", "link"), ("Valmor", "link")]
    assert found.pairs == [] and found.only_new == ["Mégara"]


@pytest.mark.parametrize(("decisions", "message"), CASES["contradictions"])
def test_decisions_that_cannot_be_are_refused(decisions, message):
    decided = {(old, new): decision for old, new, decision in decisions}
    with pytest.raises(UserError, match=message):
        match([Entity("a"), Entity("b")], [Entity("x"), Entity("y")], decided)


@pytest.mark.parametrize(("name", "compared"), CASES["names"])
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


@pytest.mark.parametrize(("text", "message"), CASES["decisions"])
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
