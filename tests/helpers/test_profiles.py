import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.profiles import build_profiles, correspondence_plane, seriation

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


@given(hnp.arrays(bool, st.tuples(st.integers(1, 7), st.integers(1, 7))), st.randoms())
def test_seriation_keeps_every_row_and_column_once_with_empty_ones_last(values, random):
    frame = pd.DataFrame(
        values,
        index=[f"r{i}" for i in range(values.shape[0])],
        columns=[f"c{j}" for j in range(values.shape[1])],
    )
    rows, columns = seriation(frame)
    assert sorted(rows) == sorted(frame.index)
    assert sorted(columns) == sorted(frame.columns)
    empty = [not frame.loc[r].any() for r in rows]
    assert empty == sorted(empty)


def test_a_self_declared_silence_says_nothing_and_an_answer_says_all():
    states = STATES.assign(state=["offered", "not_offered", "planned"])
    detection = build_profiles(OPERATORS, SERVICES, states).self_declared
    assert detection.loc["A"].tolist() == [1, 1]
    assert detection.loc["B", "sig"] == 1
    assert 0 < detection.loc["B", "formation"] == detection.loc["C", "sig"] < 1e-6


def test_the_plane_is_that_of_standardised_columns_whatever_the_row_order():
    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        rng.random((30, 8)) < 0.4, index=[f"o{i:02d}" for i in range(30)], columns=list("abcdefgh")
    )
    plane = correspondence_plane(table)
    values = table.to_numpy(dtype=float)
    scores = (values - values.mean(axis=0)) / values.std(axis=0)
    left, singular, _ = np.linalg.svd(scores / np.sqrt(8), full_matrices=False)
    assert np.allclose(np.abs(plane.rows.to_numpy()), np.abs((left * singular)[:, :2]), atol=1e-6)
    excess = np.maximum(singular**2 / 30 - 1 / 8, 0) ** 2
    assert plane.inertia == pytest.approx(tuple((excess / excess.sum())[:2]), abs=1e-6)
    shuffled = correspondence_plane(table.iloc[rng.permutation(30)])
    pd.testing.assert_frame_equal(shuffled.rows.sort_index(), plane.rows)


def test_the_plane_needs_two_services_that_vary():
    with pytest.raises(ValueError, match="1 service"):
        correspondence_plane(pd.DataFrame({"a": [0, 1, 0], "b": [1, 1, 1]}))
