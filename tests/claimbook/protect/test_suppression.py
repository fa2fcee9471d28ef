"""After suppression no reader can bound an unsafe cell: checked by a linear programme of the test's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import LinearConstraint, milp

from claimbook.protect.suppression import MOST_CELLS, feasible_interval, suppress, with_margins
from claimbook.protect.thresholds import protect_column, protect_pair, protect_table, unsafe

TABLES = st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(
    lambda shape: arrays(int, shape, elements=st.sampled_from([0, 0, 1, 1, 2, 3, 4, 7, 15, 40]))
)


def attack(table, hidden, cell, sign):
    """Return an end of what a reader finds possible, in whole operators; written apart from the code under test."""
    rows, columns = table.shape
    unknown = [tuple(place) for place in np.argwhere(hidden)]
    lines, rests = [], []
    for row in range(rows):
        lines.append([(r == row) * (1 if c < columns - 1 else -1) for r, c in unknown])
        seen = np.where(hidden[row], 0, table[row])
        rests.append(seen[-1] - seen[:-1].sum())
    for column in range(columns):
        lines.append([(c == column) * (1 if r < rows - 1 else -1) for r, c in unknown])
        seen = np.where(hidden[:, column], 0, table[:, column])
        rests.append(seen[-1] - seen[:-1].sum())
    cost = np.zeros(len(unknown))
    cost[unknown.index(cell)] = sign
    found = milp(
        cost,
        constraints=LinearConstraint(np.array(lines), rests, rests),
        integrality=np.ones(len(unknown)),
    )
    return float("inf") if found.status == 3 else round(sign * found.fun)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.integers(2, 5))
@example(np.array([[1, 0], [0, 65]]), 3)
@example(np.array([[1], [2], [40]]), 3)
@example(np.array([[2, 2, 2], [2, 2, 2], [2, 2, 2]]), 3)
def test_no_unsafe_cell_can_be_bounded_more_closely_than_declared(counts, threshold):
    hidden = protect_table(counts, threshold)
    table = with_margins(counts)
    bad = unsafe(table, threshold)
    assert hidden[bad].all()
    if table[-1, -1] < threshold:
        assert hidden.all() or table[-1, -1] == 0
        return
    assert not hidden[-1, -1]
    for cell in map(tuple, np.argwhere(bad)):
        most = table[-1, -1]
        for total in (table[cell[0], -1], table[-1, cell[1]]):
            most = min(most, total if total >= threshold else most)
        assert attack(table, hidden, cell, 1) <= 0
        assert attack(table, hidden, cell, -1) >= min(threshold + 1, most)


@settings(max_examples=30, deadline=None)
@given(TABLES)
def test_nothing_is_hidden_where_nothing_is_unsafe(counts):
    safe = np.where(unsafe(counts, 3), 3, counts)
    assert not protect_table(safe, 3).any() or with_margins(safe)[-1, -1] < 3


@settings(max_examples=20, deadline=None)
@given(TABLES)
def test_the_same_table_always_hides_the_same_cells(counts):
    assert np.array_equal(protect_table(counts, 3), protect_table(counts.copy(), 3))


def test_one_unsafe_cell_takes_three_others_with_it():
    counts = np.array([[1, 20, 30], [20, 25, 30], [40, 20, 10]])
    hidden = protect_table(counts, 3)
    assert hidden.sum() == 4 and hidden[0, 0]
    assert sorted(hidden.sum(axis=0)) == sorted(hidden.sum(axis=1)) == [0, 0, 2, 2]


def test_the_smallest_companions_are_chosen():
    assert list(protect_column(np.array([1, 5, 30, 31]), 3)) == [True, True, False, False]


def test_an_operator_of_a_hidden_cell_cannot_work_out_the_other_one():
    # with 1 and 2 alone hidden, the one operator of the first group would know the sum of the two others
    assert list(protect_column(np.array([1, 2, 30, 33]), 3)) == [True, True, True, False]


def test_a_group_under_the_threshold_is_hidden_whole():
    hidden = protect_table(np.array([[0, 2], [10, 20], [12, 9]]), 3)
    assert hidden[0].all() and not hidden[-1, -1]


def test_fewer_operators_than_the_threshold_in_all_leave_nothing():
    assert protect_table(np.array([[1, 1]]), 3).all()
    assert not protect_table(np.array([[0, 0]]), 3).any()


def test_what_counts_no_operators_is_refused():
    for counts in ([[1.5, 2]], [[-1, 2]]):
        with pytest.raises(ValueError, match="whole numbers from 0"):
            protect_table(np.array(counts), 3)


def test_a_table_that_no_reader_can_take_in_is_refused():
    side = int(MOST_CELLS**0.5) + 1
    with pytest.raises(ValueError, match="too large"):
        protect_table(np.ones((side, side)), 3)


def test_a_table_whose_totals_tell_everything_cannot_be_protected():
    table = with_margins(np.array([[1, 5], [5, 5]]))
    known = np.ones(table.shape, dtype=bool)
    forced = unsafe(table, 3)
    with pytest.raises(ValueError, match="no choice of cells"):
        suppress(table, forced, np.where(forced, 4.0, np.nan), visible=known)


def test_a_pair_is_hidden_from_both_sides():
    assert protect_pair(2, 66, 3) == (True, False)
    assert protect_pair(65, 66, 3) == (True, False)
    assert protect_pair(1, 2, 3) == (True, True)
    assert (
        protect_pair(0, 66, 3)
        == protect_pair(66, 66, 3)
        == protect_pair(30, 66, 3)
        == (False, False)
    )


def test_a_reader_bounds_a_cell_as_we_say():
    table = with_margins(np.array([[1, 5], [4, 7]]))
    hidden = np.zeros(table.shape, dtype=bool)
    hidden[:2, :2] = True
    assert feasible_interval(table, hidden, (0, 0)) == pytest.approx((0, 5))
    hidden[1, 1] = False
    assert feasible_interval(table, hidden, (0, 0)) == pytest.approx((1, 1))
