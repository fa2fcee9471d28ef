import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers.indicators.inequality import gini, inequality, inequality_by, lorenz

AMOUNTS = arrays(np.float64, st.integers(2, 12), elements=st.integers(0, 50).map(float)).filter(
    lambda a: a.sum() > 0
)


def test_one_to_five_is_the_textbook_value():
    # Mean difference 1.6 (over all 25 ordered pairs), mean 3: G = 1.6 / 6 = 4/15.
    assert gini([1, 2, 3, 4, 5], corrected=False) == pytest.approx(4 / 15)


def test_four_households_by_hand():
    # Differences 10, 20, 30, 10, 20, 10 = 100 over 6 pairs, mean 25: G = 200 / (2 * 16 * 25) = 0.25.
    assert gini([40, 10, 30, 20], corrected=False) == pytest.approx(0.25)
    assert gini([40, 10, 30, 20]) == pytest.approx(0.25 * 4 / 3)


def test_equal_amounts_give_nothing_and_one_owner_gives_all():
    assert gini([7, 7, 7]) == 0
    assert gini([0, 0, 0, 9]) == pytest.approx(1)
    assert gini([0, 0, 0, 9], corrected=False) == pytest.approx(3 / 4)


def test_the_exponential_distribution_has_an_index_of_one_half():
    # Its Lorenz curve is p + (1 - p) log(1 - p) and its index 1/2 (Gastwirth 1972, Review of Economics and Statistics).
    quantiles = -np.log1p(-(np.arange(20_000) + 0.5) / 20_000)
    assert gini(quantiles) == pytest.approx(0.5, abs=1e-3)
    assert lorenz(quantiles)[10_000] == pytest.approx(0.5 + 0.5 * np.log(0.5), abs=1e-3)


def test_the_lorenz_curve_by_hand():
    assert lorenz([40, 10, 30, 20]).tolist() == pytest.approx([0, 0.1, 0.3, 0.6, 1])


@given(AMOUNTS, st.floats(0.1, 100))
def test_the_index_is_between_none_and_all_and_has_no_unit(amounts, factor):
    found = gini(amounts)
    assert -1e-12 <= found <= 1 + 1e-12
    assert gini(amounts * factor) == pytest.approx(found, abs=1e-9)
    assert gini(np.sort(amounts)[::-1]) == pytest.approx(found, abs=1e-12)


@given(AMOUNTS)
def test_the_index_is_twice_the_area_between_equality_and_the_lorenz_curve(amounts):
    curve = lorenz(amounts)
    area = np.trapezoid(np.linspace(0, 1, len(curve)) - curve, dx=1 / (len(curve) - 1))
    assert gini(amounts, corrected=False) == pytest.approx(2 * area, abs=1e-9)
    assert (np.diff(curve) >= -1e-12).all()


def test_rows_are_taken_one_by_one():
    table = np.array([[1.0, 2, 3], [5, 5, 5]])
    assert gini(table).tolist() == pytest.approx([gini(table[0]), 0])


@pytest.mark.parametrize("amounts", [[1], [0, 0], [1, -1], [1, np.nan]])
def test_amounts_without_meaning_are_refused(amounts):
    with pytest.raises(ValueError, match="inequality"):
        gini(amounts)


def test_the_interval_stands_around_the_estimate_and_narrows_with_members():
    rng = np.random.default_rng(3)
    small, large = rng.exponential(size=25), rng.exponential(size=2500)
    few = inequality(small, n_resamples=800, rng=np.random.default_rng(1))
    many = inequality(large, n_resamples=800, rng=np.random.default_rng(1))
    for found in (few, many):
        assert found.low < found.gini < found.high
    assert many.high - many.low < (few.high - few.low) / 4


def test_the_interval_covers_the_known_index_nine_times_in_ten_or_more():
    rng, hits = np.random.default_rng(11), 0
    for _ in range(120):
        found = inequality(rng.exponential(size=60), n_resamples=300, rng=rng)
        hits += found.low <= 0.5 <= found.high
    assert hits >= 0.88 * 120


def test_uncertain_amounts_widen_the_interval():
    rng = np.random.default_rng(5)
    base = rng.uniform(5, 15, size=40)
    draws = np.clip(
        base + rng.normal(scale=6, size=(400, 1)) + rng.normal(scale=4, size=(400, 40)), 0, None
    )
    sure = inequality(base, n_resamples=500, rng=np.random.default_rng(2))
    unsure = inequality(draws, n_resamples=500, rng=np.random.default_rng(2))
    assert unsure.high - unsure.low > sure.high - sure.low


def test_the_same_generator_gives_the_same_bytes():
    runs = [
        inequality([1, 2, 3, 9], n_resamples=50, rng=np.random.default_rng(4)) for _ in range(2)
    ]
    assert runs[0].low == runs[1].low
    pd.testing.assert_frame_equal(runs[0].curve, runs[1].curve)


def test_groups_too_small_are_left_out_and_an_operator_may_stand_in_two():
    draws = np.tile([1.0, 2, 3, 10, 10], (20, 1))
    groups = pd.Series(["x", "x", "x", "y", "y", "y"], index=["a", "b", "c", "c", "d", "e"])
    found = inequality_by(
        draws,
        draws[0],
        groups,
        list("abcde"),
        at_least=3,
        n_resamples=200,
        rng=np.random.default_rng(0),
    )
    assert found["group"].tolist() == ["y", "x"]
    assert found["mean"].tolist() == pytest.approx([23 / 3, 2])
    assert found["n"].tolist() == [3, 3]
    assert (found["low"] <= found["mean"]).all()
    none_left = groups[groups == "x"].iloc[:2]
    with pytest.raises(ValueError, match="3 operators or more"):
        inequality_by(
            draws,
            draws[0],
            none_left,
            list("abcde"),
            at_least=3,
            n_resamples=9,
            rng=np.random.default_rng(0),
        )
