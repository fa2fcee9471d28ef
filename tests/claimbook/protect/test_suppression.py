"""After suppression no reader can bound an unsafe cell: checked by a program of the test's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import LinearConstraint, milp

from claimbook.protect.suppression import (
    MOST_CELLS,
    feasible_interval,
    protect_pairs,
    protect_table,
    unsafe,
    with_margins,
)

TABLES = st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(
    lambda shape: arrays(int, shape, elements=st.sampled_from([0, 0, 1, 1, 2, 3, 4, 7, 15, 40]))
)


def attack(table, hidden, cell, sign):
    """Return an end of what a reader finds possible, in whole operators."""
    rows, columns = table.shape
    unknown = [tuple(place) for place in np.argwhere(hidden)]
    seen = np.where(hidden, 0, table)
    lines, rests = [], []
    for row in range(rows):
        lines.append([(r == row) * (1 if c < columns - 1 else -1) for r, c in unknown])
        rests.append(seen[row, -1] - seen[row, :-1].sum())
    for column in range(columns):
        lines.append([(c == column) * (1 if r < rows - 1 else -1) for r, c in unknown])
        rests.append(seen[-1, column] - seen[:-1, column].sum())
    cost = np.zeros(len(unknown))
    cost[unknown.index(cell)] = sign
    sums = LinearConstraint(np.array(lines), rests, rests)
    found = milp(cost, constraints=sums, integrality=np.ones(len(unknown)))
    return float("inf") if found.status == 3 else round(sign * found.fun)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.integers(2, 5))
@example(np.array([[1, 0], [0, 65]]), 3)
@example(np.array([[1], [2], [40]]), 3)
@example(np.array([[2, 2, 2], [2, 2, 2], [2, 2, 2]]), 3)
def test_no_unsafe_cell_can_be_bounded_more_closely_than_declared(counts, threshold):
    hidden, table = protect_table(counts, threshold), with_margins(counts)
    everyone, bad = table[-1, -1], unsafe(table, threshold)
    assert hidden[bad].all()
    if everyone < threshold:
        assert hidden.all() or everyone == 0
        return
    assert not hidden[-1, -1]
    for row, column in np.argwhere(bad):
        totals = [table[row, -1], table[-1, column], everyone]
        most = min(total for total in totals if total >= threshold)
        assert attack(table, hidden, (row, column), 1) <= 0
        assert attack(table, hidden, (row, column), -1) >= min(threshold + 1, most)


@settings(max_examples=30, deadline=None)
@given(TABLES)
def test_nothing_is_hidden_where_nothing_is_unsafe(counts):
    safe = np.where(unsafe(counts, 3), 3, counts)
    assert not protect_table(safe, 3).any()
    assert np.array_equal(protect_table(counts, 3), protect_table(counts.copy(), 3))


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([1, 5, 30, 31], [True, True, False, False]),
        # With 1 and 2 alone hidden, the operator of the first group would know the second.
        ([1, 2, 30, 33], [True, True, True, False]),
        ([1, 1], [True, True]),
        ([0, 0], [False, False]),
    ],
)
def test_the_smallest_companions_are_chosen(counts, hidden):
    assert list(protect_table(np.array(counts)[:, None], 3)[:-1, 0]) == hidden


def test_a_group_under_the_threshold_is_hidden_whole():
    hidden = protect_table(np.array([[0, 2], [10, 20], [12, 9]]), 3)
    assert hidden[0].all() and not hidden[-1, -1]


@pytest.mark.parametrize("counts", [[[1.5, 2]], [[-1, 2]], [[np.nan, 2]]])
def test_what_counts_no_operators_is_refused(counts):
    with pytest.raises(ValueError, match="whole numbers from 0"):
        protect_table(np.array(counts), 3)


def test_a_table_that_no_reader_can_take_in_is_refused():
    side = int(MOST_CELLS**0.5) + 1
    with pytest.raises(ValueError, match="too large"):
        protect_table(np.ones((side, side)), 3)


@pytest.mark.parametrize(
    ("k", "n", "hidden"),
    [
        *((k, 66, (True, False)) for k in (2, 65, np.nan)),
        *((k, 66, (False, False)) for k in (0, 30, 66)),
        (1, 2, (True, True)),
    ],
)
def test_a_pair_is_hidden_from_both_sides(k, n, hidden):
    assert tuple(map(bool, protect_pairs(k, n, 3))) == hidden


def test_a_reader_bounds_a_cell_as_we_say():
    table, hidden = with_margins(np.array([[1, 5], [4, 7]])), np.zeros((3, 3), dtype=bool)
    hidden[:2, :2] = True
    assert feasible_interval(table, hidden, (0, 0)) == pytest.approx((0, 5))
    hidden[1, 1] = False
    assert feasible_interval(table, hidden, (0, 0)) == pytest.approx((1, 1))
    table[-1, -1] = 99
    assert feasible_interval(table, hidden, (0, 0)) == (0, np.inf)
