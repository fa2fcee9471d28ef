import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import family_mentions, nearest_peers


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_page_about_two_services_of_a_family_counts_once():
    services = pd.DataFrame(
        {"service_code": ["sig", "open_data", "dpo"], "family_code": ["data", "data", "security"]}
    )
    statements = pd.DataFrame(
        [
            ("A", "sig", "offered", "p1"),
            ("A", "open_data", "offered", "p1"),
            ("A", "sig", "offered", "p2"),
            ("A", "dpo", "planned", "p3"),
            ("B", "dpo", "offered", "p4"),
        ],
        columns=["operator", "service_code", "status", "page"],
    )
    states = pd.DataFrame(
        [("A", "sig", "offered"), ("A", "open_data", "offered"), ("B", "dpo", "discontinued")],
        columns=["operator", "service_code", "state"],
    )
    found = family_mentions(statements, states, services, ["B", "A"])
    assert found.T.to_dict("list") == {"B": [0, 0], "A": [2, 0]}


NAMES = list("abcd")
SEEN = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]], dtype=bool)


def peers(draws, candidates=NAMES, **options):
    return nearest_peers(draws, NAMES, candidates=candidates, **options).set_index("operator")


def test_the_nearest_by_jaccard_come_first_and_ties_go_by_name():
    found = peers(SEEN[None], top=1)
    assert found["peer"].to_dict() == {"a": "b", "b": "a", "c": "a", "d": "b"}
    columns = ["among", "by_chance", "resemblance", "low", "high"]
    assert found.loc["a", columns].tolist() == pytest.approx([1, 1 / 3, 2 / 3, 2 / 3, 2 / 3])
    # c has nothing in common with anybody: all three others are equally far.
    assert found.loc["c", "among"] == pytest.approx(1 / 3)


def test_a_peer_is_as_certain_as_the_draws_in_which_it_is_near():
    other = SEEN.copy()
    other[1] = [False, False, False, True]
    assert peers(np.stack([SEEN, SEEN, SEEN, other]), top=1).loc["a", "among"] == 0.75


def test_only_candidates_are_peers_but_everybody_has_peers():
    found = peers(SEEN[None], candidates=["c", "d"], top=1)
    assert list(found.index) == NAMES and set(found["peer"]) == {"c", "d"}
    assert found["by_chance"].tolist() == [0.5, 0.5, 1, 1]


@given(st.integers(0, 2**16))
@settings(max_examples=20, deadline=None)
def test_the_order_of_operators_changes_nothing_and_nobody_is_its_own_peer(seed):
    random = rng(seed)
    draws, order = random.random((4, 5, 6)) < 0.4, random.permutation(5)
    names = np.array(list("abcde"))
    first = nearest_peers(draws, list(names), candidates=list(names), top=2)
    second = nearest_peers(draws[:, order], list(names[order]), candidates=list(names), top=2)
    again = second.sort_values(["operator", "rank"], ignore_index=True)
    assert list(first["peer"]) == list(again["peer"])
    assert np.allclose(first["among"], again["among"])
    assert (first["operator"] != first["peer"]).all()
