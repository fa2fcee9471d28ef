import numpy as np
import pandas as pd
import pytest

from helpers.indicators.staff import agents_needed, median_interval, members_per_agent


def attributes(rows):
    names = ["operator", "attribute", "value", "year", "minimum", "maximum"]
    return pd.DataFrame(rows, columns=names)


def test_members_are_divided_by_agents_where_both_are_known():
    found = members_per_agent(
        attributes(
            [
                ("A", "members", "1700", 2019, 800.0, 2200.0),
                ("A", "staff_fte", "18", 2011, 18.0, 57.0),
                ("B", "members", "40", 2020, 40.0, 40.0),
                ("B", "staff_fte", "10", 2020, 10.0, 10.0),
                ("C", "members", "9", 2020, 9.0, 9.0),
            ]
        )
    )
    assert found["operator"].tolist() == ["B", "A"]
    last = found.iloc[1]
    assert (last["ratio"], last["low"], last["high"]) == pytest.approx(
        (1700 / 18, 800 / 57, 2200 / 18)
    )
    assert (last["members_year"], last["staff_year"]) == (2019, 2011)


def test_the_interval_of_a_median_takes_the_tabled_order_statistics():
    # Conover 1999, table A3: for n = 10 the 2nd and 9th values enclose the median with probability 0.9785.
    found = median_interval(np.arange(1.0, 11.0))
    assert (found.median, found.low, found.high) == (5.5, 2, 9)
    assert found.level == pytest.approx(0.9785, abs=1e-4)
    assert found.reached


def test_too_few_values_are_told_so():
    found = median_interval([1.0, 2.0, 3.0])
    assert (found.low, found.high, found.reached) == (1, 3, False)
    assert found.level == pytest.approx(0.75)


@pytest.mark.parametrize("values", [[], [1.0, np.nan]])
def test_a_median_of_nothing_is_refused(values):
    with pytest.raises(ValueError, match="finite values"):
        median_interval(values)


def test_more_members_ask_fewer_agents_where_each_serves_more():
    ratio = median_interval(np.arange(1.0, 11.0))
    assert agents_needed(90, ratio) == pytest.approx((90 / 5.5, 10, 45))
    assert agents_needed(0, ratio) == (0, 0, 0)
    with pytest.raises(ValueError, match="positive ratios"):
        agents_needed(-1, ratio)
