"""Shares of those who answered, and the protection that follows from their base."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from claimbook.protect.policy import Policy
from helpers.estimates import share, shares
from helpers.study import Study
from helpers.survey import rates
from tests.helpers.tables import profiles_of, tables

STATES = {
    "A": {"sig": "offered", "dpo": "not_offered", "web": "offered"},
    "B": {"sig": "not_offered", "dpo": "offered"},
    "C": {"sig": "offered", "dpo": "planned", "web": "not_offered"},
    "D": {},
}
FAMILY = {"sig": "donnees", "web": "donnees", "dpo": "securite"}


TABLES = tables("rates")
PROFILES = profiles_of(STATES, FAMILY)


def counts(frame: pd.DataFrame) -> dict:
    return {name: (row["k"], row["n"]) for name, row in frame.iterrows()}


def test_a_share_is_of_those_who_answered_and_the_largest_comes_first():
    found = rates.services(PROFILES)
    assert counts(found) == {"sig": (2, 3), "web": (1, 2), "dpo": (1, 3)}
    assert list(found.index) == ["sig", "web", "dpo"]
    assert rates.Leading(["sig"], share(2, 3)) == rates.leading(found)


def test_a_family_leaves_out_those_of_whom_it_is_not_known():
    # B said no to one of the two services and nothing of the other.
    assert counts(rates.families(PROFILES, FAMILY)) == {"donnees": (2, 2), "securite": (1, 3)}


def test_nothing_is_estimated_where_nobody_answered():
    with pytest.raises(ValueError, match="nobody answered the questions about services"):
        rates.services(PROFILES.of(["D"]))
    with pytest.raises(ValueError, match="needs two values"):
        rates.mean(pd.Series([1.0]))


def test_the_services_that_differ_most_between_groups_are_kept():
    groups = pd.Series({"A": "x", "C": "x", "B": "y"}, name="type")
    every = rates.services_by(PROFILES, groups)
    found = rates.widest(every, 1)
    assert set(found.index) == {"dpo"} and list(found["type"]) == ["x", "y"]
    hidden = every.copy()
    hidden.loc["dpo", ["value", "k"]] = np.nan
    assert list(rates.widest(hidden, 1).index) == ["sig", "sig"]


def test_themes_and_choices_count_each_answer_once():
    assert counts(rates.themes(TABLES["demand"], 4)) == {"sig": (2, 3), "web": (0, 1)}
    assert counts(rates.choices(TABLES["answers"], "need")) == {"pairs": (1, 1), "aide": (1, 2)}


def test_cooperation_counts_both_ends_and_only_those_who_answered():
    found = counts(rates.cooperation(TABLES["ties"], list("ABC")))
    assert found == {"alliance": (2, 3), "membership": (1, 3)}
    assert rates.partners(TABLES["ties"], list("ABC"), 2).to_dict() == {"0": 1, "1": 2, "2": 0}


def test_a_neighbour_works_in_the_same_departement_and_brings_what_is_lacking():
    near = rates.neighbours(TABLES["perimeters"], PROFILES.operators)
    assert near.loc["A"].to_dict() == {"A": False, "B": True, "C": False, "D": False}
    # A lacks the dpo that B has; B lacks the sig that A has; C has no neighbour.
    found = rates.within_reach(PROFILES, near, pd.Index(PROFILES.services))
    assert counts(found) == {"dpo": (1, 2), "sig": (1, 1), "web": (0, 1)}
    assert "dpo" not in rates.within_reach(PROFILES, near, pd.Index(["sig", "web"])).index
    strata, options = pd.Series("one", PROFILES.operators), {"rng": np.random.default_rng(1)}
    alone = rates.complete_each_other(PROFILES, near & False, strata, n_permutations=1, **options)
    assert alone is None


def test_small_numbers_of_a_departement_are_not_told_apart():
    perimeters = pd.DataFrame(
        {"operator": list("ABCDEFAX"), "departement": ["01"] * 6 + ["02", "02"]}
    )
    codes, names = pd.Series(["01", "02", "03"]), ["few", "some", "many"]
    found = rates.by_departement(perimeters, list("ABCDEF"), codes, 3, names)
    assert found.to_dict() == {"01": "many", "02": "few", "03": "few"}


def test_chance_is_beaten_where_neighbours_complete_each_other():
    n, states = 24, ["not_offered", "offered"]
    names = [f"O{i:02}" for i in range(n)]
    said = {o: {"sig": states[i % 2], "dpo": states[1 - i % 2]} for i, o in enumerate(names)}
    profiles = profiles_of(said, ["sig", "dpo"])
    perimeters = pd.DataFrame({"operator": names, "departement": [i // 2 for i in range(n)]})
    near, strata = rates.neighbours(perimeters, names), pd.Series("one", names)
    options = {"n_permutations": 199, "rng": np.random.default_rng(2)}
    assert rates.complete_each_other(profiles, near, strata, **options) == 1 / 200


def test_a_leading_row_may_be_shared_or_missing():
    frame = shares(pd.Series({"a": 4, "b": 4, "c": 1}), 9)
    assert rates.leading(frame).labels == ["a", "b"]
    assert rates.leading(frame.where(frame["k"] < 4)).labels == ["c"]
    assert rates.leading(frame.where(frame["k"] < 0)) is None
    assert rates.leading(shares(pd.Series({"a": 0}), 9)) is None
    assert not rates.clearly_unequal(frame)
    assert rates.clearly_unequal(shares(pd.Series({"a": 40, "b": 4}), 50))


def test_the_widest_gap_needs_intervals_that_do_not_overlap():
    said = {"x": {"sig": 45, "dpo": 20}, "y": {"sig": 5, "dpo": 22}}
    frame = pd.concat([shares(pd.Series(k), 50).assign(type=name) for name, k in said.items()])
    gap = rates.widest_gap(frame, "type")
    assert (gap.item, gap.more, gap.less, gap.high.k, gap.low.k) == ("sig", "x", "y", 45, 5)
    assert rates.widest_gap(frame.loc[["dpo"]], "type") is None


def test_small_groups_are_merged_until_none_is_small():
    groups = pd.Series(["a"] * 9 + ["b"] * 3 + ["c"] * 2)
    merged = rates.merge_small_groups(groups, 5, "autres")
    assert rates.sizes(merged).to_dict() == {"a": 9, "autres": 5}
    assert rates.merge_small_groups(groups[:9], 5, "autres").eq("a").all()
    two = rates.merge_small_groups(groups, 1, "autres", most=2)
    assert rates.sizes(two).to_dict() == {"a": 9, "autres": 5}
    assert rates.merge_small_groups(groups, 1, "autres", most=3).eq(groups).all()


def test_equal_names_of_groups_are_told_apart_without_a_member():
    names = ["Sig (Opérateur A07)", "Sig (Opérateur B01)", "Formation"]
    assert rates.apart(names) == ["Sig (a)", "Sig (b)", "Formation"]


def test_a_mean_has_the_interval_of_student():
    found = rates.mean(pd.Series([1.0, 2.0, 3.0, np.nan]))
    assert (found.value, found.n) == (2.0, 3)
    assert found.high - found.value == pytest.approx(4.302653 / np.sqrt(3))


def test_partitions_are_compared_only_where_something_was_planted():
    found = pd.Series(list("xxxyyy"), list("ABCDEF"))
    options = {"n_resamples": 50, "rng": np.random.default_rng(0)}
    assert rates.agreement(found, found[:0], **options) is None
    same = rates.agreement(found, found.map({"x": "1", "y": "2"}), **options)
    assert (same.value, same.n) == (1.0, 6)


@pytest.fixture
def confidential(monkeypatch):
    """A study whose edition is confidential, with a threshold of three operators."""
    shell = SimpleNamespace(user_ns={}, claimbook_policy=Policy("essai", True, 3))
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    study = Study.__new__(Study)
    study.operators = range(20)
    return study


def test_what_too_few_operators_said_is_missing_and_its_place_tells_nothing(confidential):
    frame = shares(pd.Series({"nearly all": 19, "many": 15, "some": 9, "few": 2}), 20)
    safe = confidential.protected(frame.rename_axis("item"))
    assert list(safe.index) == ["many", "few", "nearly all", "some"]
    assert safe["k"].dropna().to_dict() == {"many": 15} and safe["value"].isna().sum() == 3
    assert safe["n"].eq(20).all()


def test_a_part_that_a_total_would_give_away_is_missing_too(confidential):
    k = pd.Series({"x": 10, "y": 9, "z": 1}).rename("k").rename_axis("form")
    safe = confidential.protected(k)
    assert safe.isna().sum() == 2 and np.isnan(safe["z"])
    long = pd.concat([shares(pd.Series({"sig": v}), 10).assign(type=f"t{v}") for v in (5, 6, 1)])
    assert confidential.protected(long.rename_axis("code"))["k"].isna().sum() >= 2
