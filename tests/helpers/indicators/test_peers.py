"""Peers: who resembles whom, and how sure that is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators import nearest_peers

NAMES = ["a", "b", "c", "d"]
SEEN = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]], dtype=bool)


def test_without_uncertainty_the_nearest_by_jaccard_come_first_and_are_certain():
    peers = nearest_peers(SEEN[None], NAMES, top=1).set_index("operator")
    assert peers["peer"].to_dict() == {"a": "b", "b": "a", "c": "a", "d": "b"}
    assert peers.loc["a", "resemblance"] == pytest.approx(2 / 3)
    assert peers.loc["a", "among"] == 1
    assert peers.loc["a", "low"] == peers.loc["a", "high"] == pytest.approx(2 / 3)


def test_ties_are_shared_out_and_go_by_name():
    peers = nearest_peers(SEEN[None], NAMES, top=1).set_index("operator")
    # c has nothing in common with anybody: all three others are equally far
    assert peers.loc["c", "among"] == pytest.approx(1 / 3)
    assert peers.loc["c", "peer"] == "a"


def test_chance_is_what_it_would_be_if_all_were_equally_near():
    assert set(nearest_peers(SEEN[None], NAMES, top=2)["by_chance"]) == {2 / 3}


def test_a_peer_is_as_certain_as_the_draws_in_which_it_is_near():
    other = SEEN.copy()
    other[1] = [False, False, False, True]
    peers = nearest_peers(np.stack([SEEN, SEEN, SEEN, other]), NAMES, top=1).set_index("operator")
    assert peers.loc["a", "peer"] == "b"
    assert peers.loc["a", "among"] == 0.75


def test_only_candidates_are_peers_but_everybody_has_peers():
    peers = nearest_peers(SEEN[None], NAMES, candidates=["c", "d"], top=1)
    assert list(peers["operator"]) == NAMES
    assert set(peers["peer"]) == {"c", "d"}
    assert peers.set_index("operator").loc["c", "by_chance"] == 1
    assert peers.set_index("operator").loc["a", "by_chance"] == 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"draws": SEEN}, "shape"),
        ({"operators": NAMES[:3]}, "shape"),
        ({"candidates": ["a", "z"]}, "'z' is no operator"),
        ({"top": 4}, "from 1 to 3"),
        ({"top": 0}, "from 1 to 3"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, message):
    given_ = {"draws": SEEN[None], "operators": NAMES, "top": 1} | change
    with pytest.raises(ValueError, match=message):
        nearest_peers(given_.pop("draws"), given_.pop("operators"), **given_)


@given(seed=st.integers(0, 2**16), n=st.integers(3, 7), top=st.integers(1, 2))
def test_probabilities_of_being_among_the_nearest_add_up_and_nobody_is_its_own_peer(seed, n, top):
    draws = np.random.default_rng(seed).random((5, n, 4)) < 0.5
    names = [f"o{i}" for i in range(n)]
    peers = nearest_peers(draws, names, top=n - 1)
    assert (peers["operator"] != peers["peer"]).all()
    assert peers["resemblance"].between(0, 1).all()
    listed = nearest_peers(draws, names, top=top)
    assert (listed.groupby("operator").size() == top).all()
    # with as many places as others, everybody is among the nearest
    assert np.allclose(peers["among"], 1)


@given(seed=st.integers(0, 2**16))
def test_the_order_of_operators_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    draws, order = rng.random((4, 5, 6)) < 0.4, rng.permutation(5)
    names = np.array(["a", "b", "c", "d", "e"])
    first = nearest_peers(draws, list(names), top=2)
    second = nearest_peers(draws[:, order], list(names[order]), top=2)
    again = second.sort_values(["operator", "rank"], ignore_index=True)
    assert list(first["peer"]) == list(again["peer"])
    assert np.allclose(first["among"], again["among"])
