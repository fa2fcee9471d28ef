"""Addresses of sheets: stable, unique, and good on every system."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.operators import slugs
from tests.loading import cases

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NAMES = st.lists(st.text(min_size=1, max_size=80), unique=True, max_size=12)
RESERVED = {"index", "operators", "con", "nul", "com1", "lpt9"}


@pytest.mark.parametrize(("name", "slug"), cases(__file__)["slugs"].items())
def test_a_name_is_folded_as_a_french_reader_would(name, slug):
    assert slugs([name]) == {name: slug}


@given(NAMES, st.text(min_size=1, max_size=80))
@example(["Index", "CON", "北京", "…", "x" * 300, "../../etc/passwd"], "a")
def test_slugs_are_unique_safe_file_names_that_stay_when_others_come(names, newcomer):
    found = slugs(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert slugs(reversed(names)) == found
    for name, slug in found.items():
        assert SLUG.fullmatch(slug) and slug not in RESERVED and len(slug) < 75
        if slugs([name])[name] != slugs([newcomer])[newcomer]:
            assert slugs([*names, newcomer])[name] == slug


def test_two_names_that_fold_alike_both_end_with_a_hash():
    found = slugs(["SDE 07", "SDE-07", "SDE 26"])
    assert found["SDE 26"] == "sde-26"
    assert found["SDE 07"] != found["SDE-07"]
    assert all(re.fullmatch(r"sde-07-[0-9a-f]{8}", found[name]) for name in ("SDE 07", "SDE-07"))
