"""The invariants on the real edition; what they check is in tests/invariants.py."""

from __future__ import annotations

import pytest

from helpers.sources import open_edition, read_raw
from helpers.tidy import CLEAN_TABLES
from tests.invariants import INVARIANTS


@pytest.fixture(scope="session")
def tables(load):
    return {name: load(name) for name in CLEAN_TABLES}


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda f: f.__name__)
def test_it_holds_that(tables, invariant):
    invariant(tables)


def test_the_balance_counts_the_rows_of_the_raw_files(tables, built):
    raw = read_raw(open_edition(built.layout.edition, built.root))
    assert tables["balance"].set_index("table")["raw"].to_dict() == {
        name: len(frame) for name, frame in raw.items()
    }


def test_shares_are_shares_and_intervals_are_in_order(claims):
    for name, found in claims.items():
        for claim in found.values():
            if claim["kind"] == "share":
                assert -1 <= claim["value"] <= 1, f"{name}/{claim['id']}"
            if claim["kind"] == "interval":
                low, high = claim["value"]
                assert low <= high, f"{name}/{claim['id']}"
