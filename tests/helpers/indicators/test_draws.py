import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import family_mentions, nearest_peers, offer_draws
from helpers.occupancy import fit_occupancy
from helpers.profiles import SILENT

MENTIONS = np.array([[2, 0], [1, 0], [0, 1], [0, 0], [3, 0], [0, 0], [1, 1], [0, 0]])
VISITS = np.array([4, 2, 3, 1, 6, 8, 2, 3])


def rng(seed=0):
    return np.random.default_rng(seed)


def test_draws_keep_what_was_seen_and_agree_with_the_occupancy_model():
    drawn = offer_draws(MENTIONS, VISITS, 2000, rng())
    assert drawn.shape == (2000, 8, 2)
    assert drawn[:, MENTIONS > 0].all()
    assert np.abs(drawn.mean(axis=0) - fit_occupancy(MENTIONS, VISITS).offered).max() < 0.04


def test_draws_share_their_rates_between_operators():
    # With rates of their own for each operator, totals would vary as independent draws do.
    mentions = np.r_[np.ones(4), np.zeros(36)].astype(int)[:, None]
    drawn = offer_draws(mentions, np.ones(40, dtype=int), 1000, rng())[:, 4:, 0]
    share = drawn.mean()
    assert drawn.sum(axis=1).var() > 4 * 36 * share * (1 - share)


def test_an_answer_stays_and_a_silence_is_drawn_from_the_share_of_those_who_answered():
    yes = np.repeat([1, 0, 0], [90, 10, 40])[:, None]
    detection = np.repeat([1.0, SILENT], [100, 40])[:, None]
    drawn = offer_draws(yes, np.ones(140, dtype=int), 500, rng(2), detection=detection)
    assert (drawn[:, :100] == yes[:100].astype(bool)).all()
    assert drawn[:, 100:].mean() == pytest.approx(0.9, abs=0.04)


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
