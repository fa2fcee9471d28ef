"""What the indicators do where operators answered for themselves, so that only silence leaves anything open."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators import (
    banded,
    beyond_reading,
    class_prediction,
    curve_at,
    gathered,
    hidden_services,
    inequality,
    offer_draws,
    popularity,
    share_of_answers,
    smallest_cell,
    wilson,
)
from helpers.profiles import SILENT

YES = np.array([[1, 0], [1, 1], [0, 0], [1, 0], [0, 0], [1, 0]])
ANSWERED = np.array([[1, 1], [1, 1], [1, 0], [1, 1], [1, 0], [1, 1]], dtype=bool)
DETECTION = np.where(ANSWERED, 1.0, SILENT)
ONCE = np.ones(6, dtype=int)


def test_only_what_was_not_answered_is_drawn():
    draws = offer_draws(YES, ONCE, 400, np.random.default_rng(1), detection=DETECTION)
    assert (draws[:, ANSWERED] == YES[ANSWERED].astype(bool)).all()
    assert 0 < draws[:, ~ANSWERED].mean() < 1


def test_a_silence_is_drawn_from_the_share_of_those_who_answered():
    many = np.tile([[1]], (90, 1)), np.tile([[0]], (10, 1)), np.tile([[0]], (40, 1))
    detection = np.concatenate([np.ones((100, 1)), np.full((40, 1), SILENT)])
    draws = offer_draws(
        np.concatenate(many), np.ones(140, int), 500, np.random.default_rng(2), detection=detection
    )
    assert draws[:, 100:].mean() == pytest.approx(0.9, abs=0.04)


def test_without_known_detection_draws_are_those_of_before():
    plain, same = (
        offer_draws(YES, ONCE * 3, 50, np.random.default_rng(3), **k)
        for k in ({}, {"detection": None})
    )
    assert (plain == same).all()
    assert plain[:, 4].any()


def test_alike_operators_who_answered_are_not_called_unequal():
    rng = np.random.default_rng(4)
    yes = (rng.random((60, 20)) < 0.5).astype(int)
    found = beyond_reading(
        yes, np.ones(60, int), n_simulations=199, rng=rng, detection=np.ones(yes.shape)
    )
    assert found.low <= found.observed <= found.high
    unequal = (rng.random((60, 20)) < np.linspace(0.1, 0.9, 60)[:, None]).astype(int)
    found = beyond_reading(
        unequal, np.ones(60, int), n_simulations=199, rng=rng, detection=np.ones(yes.shape)
    )
    assert found.p == pytest.approx(1 / 200)


def test_a_hidden_answer_is_one_not_given():
    mentions = pd.DataFrame(YES, index=list("ABCDEF"), columns=["x", "y"])
    given_to = []

    def rule(kept, depth, rng, detection):
        given_to.append((kept.copy(), detection.copy()))
        return popularity(kept, depth, rng, detection)

    hidden_services(
        mentions,
        ONCE,
        {"rule": rule},
        n_folds=5,
        top=1,
        rng=np.random.default_rng(5),
        detection=DETECTION,
    )
    lost = [(kept == 0) & (YES == 1) for kept, _ in given_to]
    assert sum(mask.sum() for mask in lost) == YES.sum()
    for mask, (_, detection) in zip(lost, given_to, strict=True):
        assert (detection[mask] == SILENT).all()
        assert (detection[~mask] == DETECTION[~mask]).all()


def test_classes_of_answers_predict_what_the_class_offers():
    rng = np.random.default_rng(6)
    first = np.arange(40) < 20
    rates = np.where(first[:, None], [0.9] * 6 + [0.1] * 6, [0.1] * 6 + [0.9] * 6)
    yes = (rng.random(rates.shape) < rates).astype(int)
    scores = class_prediction(2)(yes, np.ones(40, int), rng, np.ones(yes.shape))
    assert scores[first][:, :6].mean() > 0.75 > 0.3 > scores[first][:, 6:].mean()


def test_shares_are_of_those_who_answered():
    columns = ["x", "y", "z"]
    yes = pd.DataFrame([[True, False, False], [False, True, False]], columns=columns)
    answered = pd.DataFrame([[True, True, False], [True, False, False]], columns=columns)
    found = share_of_answers(yes, answered)
    assert found.index.tolist() == ["x", "y"]
    assert found[["k", "n"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    assert tuple(found.loc["x", ["low", "high"]]) == pytest.approx(wilson(1, 2))


def test_the_smallest_cell_is_what_two_totals_would_tell():
    offered = pd.DataFrame({"x": [1] * 6 + [0] * 4, "y": [1] * 5 + [0] * 5}).astype(bool)
    pairs = pd.DataFrame({"first": ["x", "x"], "second": ["y", "x"]})
    # 5 offer both, 1 offers x alone, nobody y alone, 4 neither; x with itself: 6 and 4.
    assert smallest_cell(offered, pairs["first"], pairs["second"]).tolist() == [1, 4]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=80), st.integers(1, 9))
def test_bands_hold_every_operator_once(numbers, width):
    bands = banded(numbers, width)
    assert bands["n"].sum() == len(numbers)
    assert (bands["high"] - bands["low"] == width - 1).all()
    for band in bands.itertuples():
        assert band.n == sum(band.low <= number <= band.high for number in numbers)


def test_bands_refuse_what_they_cannot_hold():
    with pytest.raises(ValueError, match="0 or more"):
        banded([3, -1], 2)


def test_a_curve_at_few_steps_lies_on_the_curve():
    curve = inequality(np.arange(1.0, 21), n_resamples=50, rng=np.random.default_rng(7)).curve
    found = curve_at(curve, 4)
    assert found["members"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found["held"].tolist() == pytest.approx(curve["held"].iloc[[0, 5, 10, 15, 20]].tolist())


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60), st.integers(1, 8))
def test_no_gathered_group_is_small_unless_there_is_only_one(names, at_least):
    groups = pd.Series(names)
    found = gathered(groups, at_least, "others")
    sizes = found.value_counts()
    assert sizes.sum() == len(groups)
    assert (sizes >= at_least).all() or len(sizes) == 1
    kept = found != "others"
    assert (found[kept] == groups[kept]).all()
