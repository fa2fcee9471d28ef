import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers.indicators.nestedness import (
    against_nulls,
    cooccurrence,
    nestedness_test,
    nodf,
    null_tables,
)

# Almeida-Neto et al. 2008, Oikos 117, figure 1 and the worked example of p. 1230-1231.
PUBLISHED = np.array(
    [[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]
)


def test_nodf_gives_the_worked_example_of_its_authors():
    found = nodf(PUBLISHED)
    assert (round(found.total, 2), round(found.columns, 2), round(found.rows, 2)) == (
        58.33,
        63.33,
        53.33,
    )


def test_a_perfectly_nested_table_of_unequal_totals_reaches_100():
    assert nodf(np.tril(np.ones((4, 4)))).total == 100


def test_a_chequerboard_and_equal_totals_reach_nothing():
    assert nodf(np.eye(4)).total == 0
    assert nodf(np.ones((3, 3))).total == 0


def test_an_empty_row_counts_as_pairs_of_nothing():
    # Columns: 3 pairs, of which 2 are nested; rows: 1 pair of 3 holds something.
    found = nodf([[1, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert found.rows == pytest.approx(100 / 3)
    assert found.columns == pytest.approx(100 / 3)


@given(
    arrays(np.int8, st.tuples(st.integers(2, 6), st.integers(2, 6)), elements=st.integers(0, 1)),
    st.randoms(),
)
def test_nodf_depends_on_no_order_and_turns_with_the_table(table, random):
    rows, columns = list(range(table.shape[0])), list(range(table.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    found, moved, turned = nodf(table), nodf(table[np.ix_(rows, columns)]), nodf(table.T)
    assert 0 <= found.total <= 100
    assert moved.total == pytest.approx(found.total)
    assert (turned.rows, turned.columns) == pytest.approx((found.columns, found.rows))


@pytest.mark.parametrize(
    ("table", "told"), [(np.ones((1, 3)), "two rows"), ([[0, 2], [1, 1]], "binary")]
)
def test_nodf_refuses_what_is_no_binary_table(table, told):
    with pytest.raises(ValueError, match=told):
        nodf(table)


def test_random_tables_keep_both_margins_and_come_back_with_the_seed():
    drawn = null_tables(PUBLISHED, 20, np.random.default_rng(3))
    assert (drawn.sum(axis=1) == PUBLISHED.sum(axis=0)).all()
    assert (drawn.sum(axis=2) == PUBLISHED.sum(axis=1)).all()
    assert (drawn == null_tables(PUBLISHED, 20, np.random.default_rng(3))).all()
    assert len({table.tobytes() for table in drawn}) > 1


def test_p_values_count_the_observed_table_in():
    found = against_nulls(10, np.arange(1, 20))
    assert (found.p_greater, found.p_less, found.p_value) == (0.55, 0.55, 1.0)
    assert against_nulls(30, np.arange(1, 20)).p_greater == pytest.approx(0.05)
    assert against_nulls(30, np.arange(1, 20)).p_value == pytest.approx(0.1)
    assert found.mean == 10
    assert found.effect == 0


def test_a_statistic_that_never_varies_has_no_effect():
    assert against_nulls(3, [3, 3, 3]).effect == 0
    with pytest.raises(ValueError, match="draws"):
        against_nulls(3, [])


def test_a_perfectly_nested_table_has_a_single_table_with_its_margins():
    nested = np.tril(np.ones((5, 5), dtype=int))
    found = nestedness_test(nested, null_tables(nested, 30, np.random.default_rng(0)))
    assert (found.observed, found.mean, found.p_value) == (100, 100, 1)


def test_services_that_go_together_are_told_from_chance():
    # Two blocks: operators offer a and b together, or c and d together, never across.
    table = np.repeat([[1, 1, 0, 0], [0, 0, 1, 1]], 12, axis=0)
    offered = pd.DataFrame(table.astype(bool), columns=list("abcd"))
    found = cooccurrence(offered, null_tables(table, 199, np.random.default_rng(1))).set_index(
        ["first", "second"]
    )
    assert len(found) == 6
    assert found.loc[("a", "b"), "together"] == 12
    assert found.loc[("a", "c"), "together"] == 0
    assert found["p"].max() == pytest.approx(0.01)
    assert found.loc[("a", "b"), "expected"] < 8 < found.loc[("a", "b"), "together"]


def test_nothing_goes_together_where_chance_drew_the_table():
    rng = np.random.default_rng(7)
    offered = pd.DataFrame(rng.random((60, 8)) < 0.3, columns=list("abcdefgh"))
    found = cooccurrence(offered, null_tables(offered, 299, rng))
    assert not (found["q"] <= 0.05).any()
    assert (found["null_low"] <= found["expected"]).all()
    assert (found["expected"] <= found["null_high"]).all()
