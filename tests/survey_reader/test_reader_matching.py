"""Operators of two editions: sure pairs are one to one, doubtful ones are listed and never made."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.survey.matching import entity
from survey_reader import UserError, luhn_valid
from survey_reader.matching import Entity, Pair, match


def siret(siren_seed: int, office: int = 1) -> str:
    """Return a valid SIRET number."""
    start = f"{siren_seed:09d}{office:04d}"
    return next(start + str(d) for d in range(10) if luhn_valid(start + str(d)))


WORDS = [
    "megara",
    "soluna",
    "numeria",
    "numeris",
    "valmor",
    "cdg",
    "22",
    "29",
    "syndicat",
    "agence",
    "mixte",
]
ENTITIES = st.lists(
    st.builds(
        lambda words, seed, place: entity(
            " ".join(words).title(),
            siret=siret(seed) if seed else "",
            departements=[place] if place else [],
        ),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
        st.sampled_from([0, 0, 0, 130025265, 130025266, 130025267]),
        st.sampled_from(["", "22", "29", "35"]),
    ),
    max_size=8,
    unique_by=lambda one: one.name,
)


def turned(pair: Pair) -> Pair:
    return Pair(pair.new, pair.old, pair.how, pair.score)


@settings(max_examples=150, deadline=None)
@given(ENTITIES, ENTITIES)
@example(
    [entity("Numeria", departements=["22"])],
    [entity("Numeria"), entity("Syndicat Numeria", departements=["22"])],
)
def test_matching_is_symmetric_one_to_one_and_blind_to_order(old, new):
    found = match(old, new)
    assert match(old[::-1], new[::-1]) == found
    back = match(new, old)
    assert sorted(map(turned, back.pairs)) == found.pairs
    assert sorted(map(turned, back.doubtful)) == found.doubtful
    for end in ("old", "new"):
        ends = [getattr(pair, end) for pair in found.pairs]
        assert len(ends) == len(set(ends))
        assert set(ends).isdisjoint(getattr(pair, end) for pair in found.doubtful)
    assert set(found.only_old) == {e.name for e in old} - {p.old for p in found.pairs}
    assert set(found.only_new) == {e.name for e in new} - {p.new for p in found.pairs}


@settings(max_examples=80, deadline=None)
@given(ENTITIES)
def test_an_edition_matches_itself_without_a_wrong_pair(entities):
    found = match(entities, entities)
    numbers = [e.siret for e in entities if e.siret]
    if len(set(numbers)) == len(numbers):
        assert all(
            pair.old == pair.new or pair.how in ("name", "close name") for pair in found.pairs
        )
    unknown = {e.name for e in entities} - {p.old for p in found.pairs}
    assert unknown <= {p.old for p in found.doubtful}


@settings(max_examples=80, deadline=None)
@given(ENTITIES, ENTITIES, st.data())
def test_a_decision_overrides_whatever_the_rules_say(old, new, data):
    if not old or not new:
        return
    chosen = data.draw(st.sampled_from([(a.name, b.name) for a in old for b in new]))
    made = match(old, new, {chosen: "same"})
    assert any((p.old, p.new, p.how) == (*chosen, "decision") for p in made.pairs)
    for decision in ("different", "successor"):
        kept = match(old, new, {chosen: decision})
        assert chosen not in {(p.old, p.new) for p in [*kept.pairs, *kept.doubtful]}
        assert (chosen in {(p.old, p.new) for p in kept.successors}) == (decision == "successor")


def pairs(found):
    return [(p.old, p.new, p.how) for p in found.pairs]


def doubts(found):
    return [(p.old, p.new, p.how) for p in found.doubtful]


def test_a_number_comes_before_a_name():
    old = [entity("Soluna", siret=siret(130025265))]
    new = [entity("Soluna"), entity("Mégara Numérique", siret=siret(130025265))]
    assert pairs(match(old, new)) == [("Soluna", "Mégara Numérique", "siret")]


def test_another_office_of_the_same_body_is_the_same_body():
    old, new = (
        [entity("Soluna", siret=siret(130025265))],
        [entity("Le Soluna", siret=siret(130025265, 2))],
    )
    assert pairs(match(old, new)) == [("Soluna", "Le Soluna", "siren")]


def test_a_wrong_number_counts_as_none():
    assert entity("x", siret="12345678901234").siret == ""


def test_legal_form_accents_and_points_do_not_matter():
    old = [
        entity("Syndicat mixte Mégara", departements=["22"]),
        entity("A.B.C.D.", departements=["29"]),
    ]
    new = [
        entity("MEGARA", departements=["22", "35"]),
        entity("ABCD (ex Valmor)", departements=["29"]),
    ]
    assert pairs(match(old, new)) == [
        ("A.B.C.D.", "ABCD (ex Valmor)", "name"),
        ("Syndicat mixte Mégara", "MEGARA", "name"),
    ]


def test_a_slip_is_taken_where_the_territory_agrees_and_nothing_else_is_near():
    long, slip = "Territoires numériques de Mégara", "Territoire numériques de Mégara"
    assert pairs(
        match([entity(long, departements=["22"])], [entity(slip, departements=["22"])])
    ) == [(long, slip, "close name")]
    assert doubts(match([entity(long)], [entity(slip)])) == [(long, slip, "near name")]
    twice = [
        entity(slip, departements=["22"]),
        entity("Territoires numérique de Mégara", departements=["22"]),
    ]
    found = match([entity(long, departements=["22"])], twice)
    assert found.pairs == [] and len(found.doubtful) == 2


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            entity("Mégara", siret=siret(130025265)),
            entity("Mégara", siret=siret(130025266)),
            "another number",
        ),
        (
            entity("Mégara", departements=["22"]),
            entity("Mégara", departements=["35"]),
            "another territory",
        ),
        (
            entity("Agence du Finistère"),
            entity("Centre de gestion du Finistère"),
            "another legal form",
        ),
        (entity("Mégara Numérique"), entity("Mégalis Numérique"), "near name"),
    ],
)
def test_a_doubtful_pair_says_why_and_is_never_made(one, other, why):
    found = match([one], [other])
    assert pairs(found) == [] and doubts(found) == [(one.name, other.name, why)]


def test_two_candidates_leave_the_choice_to_a_person():
    old = [entity("Mégara")]
    new = [entity("Syndicat Mégara"), entity("Agence Mégara")]
    found = match(old, new)
    assert pairs(found) == [] and {how for *_, how in doubts(found)} == {"not alone, name"}


def test_names_that_differ_by_their_number_alone_are_no_pair():
    assert match([entity("CDG 22")], [entity("CDG 29")]).doubtful == []
    assert pairs(match([entity("CDG22")], [entity("CDG 22")])) == [("CDG22", "CDG 22", "name")]


def test_a_successor_is_told_and_is_not_the_same_operator():
    old, new = [entity("Valmor"), entity("Numeria")], [entity("Mégara")]
    found = match(
        old, new, links=[("Mégara", "Valmor"), ("Mégara", "Numeria"), ("Mégara", "inconnu")]
    )
    assert [(p.old, p.new, p.how) for p in found.successors] == [
        ("Numeria", "Mégara", "link"),
        ("Valmor", "Mégara", "link"),
    ]
    assert found.pairs == [] and found.only_new == ["Mégara"]


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ({("a", "x"): "same", ("a", "y"): "same"}, "'a' is both 'x' and 'y'"),
        ({("a", "x"): "same", ("b", "x"): "same"}, "'x' is both 'a' and 'b'"),
        ({("c", "x"): "same"}, "'c', which is not in the old edition"),
        ({("a", "z"): "different"}, "'z', which is not in the new edition"),
    ],
)
def test_decisions_that_cannot_be_are_refused(decisions, message):
    with pytest.raises(UserError, match=message):
        match([Entity("a"), Entity("b")], [Entity("x"), Entity("y")], decisions)


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(UserError, match="names 'a' twice"):
        match([Entity("a"), Entity("a")], [])
