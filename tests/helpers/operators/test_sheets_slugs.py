"""Addresses of sheets: stable, unique, and good on every system."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.operators.slugs import possible_slugs, slugs

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NAMES = st.lists(st.text(min_size=1, max_size=80), unique=True, max_size=12)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Mégalis Bretagne", "megalis-bretagne"),
        ("CDG59 (Cre@tic)", "cdg59-cre-tic"),
        ("Territoire d’énergie 90", "territoire-d-energie-90"),
        ("Val d'Oise Numérique", "val-d-oise-numerique"),
        ("A.GE.D.I.", "a-ge-d-i"),
        ("Œuvre & Cie", "oeuvre-cie"),
    ],
)
def test_a_name_is_folded_as_a_french_reader_would(name, slug):
    assert slugs([name]) == {name: slug}


@given(NAMES)
def test_slugs_are_ascii_unique_and_no_reserved_name(names):
    found = slugs(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    for slug in found.values():
        assert SLUG.fullmatch(slug)
        assert slug not in {"index", "operators", "con", "nul", "com1", "lpt9"}
        assert len(slug) < 75


@given(NAMES, st.text(min_size=1, max_size=80))
def test_a_slug_stays_when_another_operator_comes_unless_both_fold_alike(names, newcomer):
    before, after = slugs(names), slugs([*names, newcomer])
    plain, _ = possible_slugs(newcomer)
    for name in names:
        if possible_slugs(name)[0] != plain:
            assert after[name] == before[name]


@given(NAMES)
def test_a_sheet_is_found_from_its_name_alone(names):
    for name, slug in slugs(names).items():
        assert slug in possible_slugs(name)


@given(NAMES)
def test_the_order_of_names_changes_no_slug(names):
    assert slugs(reversed(names)) == slugs(names)


def test_two_names_that_fold_alike_both_end_with_a_hash():
    found = slugs(["SDE 07", "SDE-07", "SDE 26"])
    assert found["SDE 26"] == "sde-26"
    assert found["SDE 07"] != found["SDE-07"]
    assert all(re.fullmatch(r"sde-07-[0-9a-f]{8}", found[name]) for name in ("SDE 07", "SDE-07"))


@pytest.mark.parametrize(
    "name", ["Index", "CON", "北京", "…", "x" * 300, "../../etc/passwd", "<script>"]
)
def test_names_that_no_file_may_have_get_a_safe_one(name):
    slug = slugs([name])[name]
    assert SLUG.fullmatch(slug)
    assert slug not in {"index", "con"}
    assert len(slug) < 75
