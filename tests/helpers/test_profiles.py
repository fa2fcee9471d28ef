import pytest

from helpers.profiles import build_profiles
from tests.helpers.tables import tables

TABLES = tables("profiles")
PROFILES = build_profiles(**TABLES)


def test_what_no_page_speaks_of_is_unseen_and_not_a_no():
    assert PROFILES.operators == ["A", "B", "C"]
    assert PROFILES.services == ["sig", "formation"], "the order of the taxonomy"
    assert PROFILES.state.loc["B", "formation"] == "unseen"
    assert (PROFILES.state.loc["C"] == "unseen").all()


def test_mentions_count_pages_of_offered_services_only():
    assert PROFILES.mentions.to_numpy().tolist() == [[2, 0], [1, 0], [0, 0]]
    assert PROFILES.visits.tolist() == [2, 3, 0]
    assert PROFILES.offered.to_numpy().sum() == 2


def test_operators_read_too_little_can_be_left_out():
    assert PROFILES.read(3).operators == ["B"]
    assert PROFILES.without(["sig"]).mentions.columns.tolist() == ["formation"]


def test_a_state_of_an_unknown_operator_is_refused():
    with pytest.raises(ValueError, match="operator 'Z'"):
        build_profiles(**TABLES | {"states": TABLES["states"].assign(operator="Z")})


def test_a_self_declared_silence_says_nothing_and_an_answer_says_all():
    states = TABLES["states"].assign(state=["offered", "not_offered", "planned"])
    detection = build_profiles(**TABLES | {"states": states}).self_declared
    assert detection.loc["A"].tolist() == [1, 1]
    assert detection.loc["B", "sig"] == 1
    assert 0 < detection.loc["B", "formation"] == detection.loc["C", "sig"] < 1e-6
