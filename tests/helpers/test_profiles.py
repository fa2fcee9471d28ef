import pandas as pd
import pytest

from helpers.profiles import build_profiles

OPERATORS = pd.DataFrame({"operator": ["B", "A", "C"], "n_pages": [3, 2, 0]})
SERVICES = pd.DataFrame({"service_code": ["sig", "formation"]})
STATES = pd.DataFrame(
    {
        "operator": ["A", "A", "B"],
        "service_code": ["sig", "formation", "sig"],
        "state": ["offered", "planned", "offered"],
        "n_pages": [2, 0, 1],
        "n_firm_pages": [1, 0, 0],
    }
)


def test_what_no_page_speaks_of_is_unseen_and_not_a_no():
    profiles = build_profiles(OPERATORS, SERVICES, STATES)
    assert profiles.operators == ["A", "B", "C"]
    assert profiles.services == ["sig", "formation"], "the order of the taxonomy"
    assert profiles.state.loc["B", "formation"] == "unseen"
    assert (profiles.state.loc["C"] == "unseen").all()


def test_mentions_count_pages_of_offered_services_only():
    profiles = build_profiles(OPERATORS, SERVICES, STATES)
    assert profiles.mentions.to_numpy().tolist() == [[2, 0], [1, 0], [0, 0]]
    assert profiles.visits.tolist() == [2, 3, 0]
    assert profiles.offered.to_numpy().sum() == 2


def test_operators_read_too_little_can_be_left_out():
    profiles = build_profiles(OPERATORS, SERVICES, STATES)
    assert profiles.read(3).operators == ["B"]
    assert profiles.without(["sig"]).mentions.columns.tolist() == ["formation"]


def test_a_state_of_an_unknown_operator_is_refused():
    with pytest.raises(ValueError, match="operator 'Z'"):
        build_profiles(OPERATORS, SERVICES, STATES.assign(operator="Z"))


def test_a_self_declared_silence_says_nothing_and_an_answer_says_all():
    states = STATES.assign(state=["offered", "not_offered", "planned"])
    detection = build_profiles(OPERATORS, SERVICES, states).self_declared
    assert detection.loc["A"].tolist() == [1, 1]
    assert detection.loc["B", "sig"] == 1
    assert 0 < detection.loc["B", "formation"] == detection.loc["C", "sig"] < 1e-6
