import numpy as np
import pandas as pd
import pytest

from helpers.indicators.widening import (
    class_prediction,
    hidden_services,
    next_services,
    popularity,
    sign_test,
)


def test_the_next_service_is_what_operators_of_the_profile_offer():
    offered = pd.DataFrame(
        [[True, False, False], [False, False, False]], index=["A", "B"], columns=["x", "y", "z"]
    )
    rates = np.array([[[0.9, 0.8, 0.1], [0.1, 0.2, 0.7]], [[0.9, 0.6, 0.1], [0.1, 0.2, 0.9]]])
    found = next_services(
        offered, np.array([[1.0, 0.0], [0.5, 0.5]]), rates, np.full((2, 3), 0.25), top=2, level=0.95
    )
    first = found[found["operator"] == "A"]
    assert first["service_code"].tolist() == ["y", "z"]
    assert first["chance"].tolist() == pytest.approx([0.7, 0.1])
    assert (first["low"].iloc[0], first["high"].iloc[0]) == pytest.approx((0.605, 0.795))
    second = found[found["operator"] == "B"]
    assert second["service_code"].tolist() == ["x", "y"]
    assert second["chance"].tolist() == pytest.approx([0.5, 0.45])
    assert (found["own"] == 0.25).all()


def test_a_service_that_may_not_be_suggested_leaves_its_place():
    offered = pd.DataFrame([[False, False, False]], index=["A"], columns=["x", "y", "z"])
    rates = np.array([[[0.9, 0.8, 0.1]]])
    found = next_services(
        offered,
        np.ones((1, 1)),
        rates,
        np.zeros((1, 3)),
        eligible=np.array([False, True, True]),
        top=2,
        level=0.95,
    )
    assert found["service_code"].tolist() == ["y", "z"]


def test_a_draw_without_a_class_leaves_its_weight_to_the_others():
    offered = pd.DataFrame([[False, False]], index=["A"], columns=["x", "y"])
    rates = np.array([[[0.4, 0.2], [np.nan, np.nan]]])
    found = next_services(
        offered, np.array([[0.5, 0.5]]), rates, np.zeros((1, 2)), top=1, level=0.95
    )
    assert found["chance"].iloc[0] == pytest.approx(0.4)


def test_hidden_services_are_found_by_who_knows_them_and_not_by_who_ranks_them_last():
    mentions = pd.DataFrame(np.eye(6, dtype=int) * 2, index=list("ABCDEF"))
    truth = mentions.to_numpy().astype(float)
    rules = {"knows": lambda kept, visits, rng: truth, "errs": lambda kept, visits, rng: -truth}
    found = hidden_services(
        mentions, np.full(6, 3), rules, n_folds=3, top=1, rng=np.random.default_rng(0)
    )
    assert len(found) == 6
    assert found["knows"].all()
    assert not found["errs"].any()


def test_predictions_never_see_what_they_are_asked_for():
    mentions = pd.DataFrame(np.arange(1, 13).reshape(3, 4))
    seen = []

    def remember(kept, visits, rng):
        seen.append(kept.copy())
        return np.zeros(kept.shape)

    hidden_services(
        mentions, [20, 20, 20], {"r": remember}, n_folds=4, top=1, rng=np.random.default_rng(1)
    )
    assert sum((table == 0).sum() for table in seen) == 12
    assert all(((table == 0) | (table == mentions.to_numpy())).all() for table in seen)
    with pytest.raises(ValueError, match="n_folds is 13"):
        hidden_services(mentions, [20] * 3, {}, n_folds=13, top=1, rng=np.random.default_rng(1))


def test_popularity_is_the_same_for_all_and_classes_follow_the_profile():
    # Two planted classes: the first four services, or the last four.
    rng = np.random.default_rng(0)
    profile = np.repeat([[1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1]], 15, axis=0)
    mentions, visits = rng.binomial(6, 0.6, profile.shape) * profile, np.full(30, 6)
    common = popularity(mentions, visits, rng)
    assert (common == common[0]).all()
    scores = class_prediction(2, n_init=5)(mentions, visits, rng)
    assert (scores[:15, :4].min() > 0.8) and (scores[:15, 4:].max() < 0.2)
    assert (scores[15:, 4:].min() > 0.8) and (scores[15:, :4].max() < 0.2)


def test_two_rules_are_compared_by_the_cases_on_which_they_differ():
    # Binomial(10, 1/2): twice the chance of 9 or 10 is 22 / 1024.
    assert sign_test(9, 1) == pytest.approx(22 / 1024)
    assert sign_test(0, 0) == 1
    assert sign_test(4, 4) == 1
