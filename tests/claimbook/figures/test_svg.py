"""Paths in fewer characters draw the same."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.figures.svg import compact

POINTS = st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=1, max_size=8)


def written(points):
    return "M " + " L ".join(f"{x:.3f} {y:.3f}" for x, y in points)


def points_of(path):
    """Read the points of a compact path of one piece."""
    numbers = re.findall(r"-?(?:\d+\.?\d*|\.\d+)", path)
    return np.cumsum(np.array(numbers, dtype=float).reshape(-1, 2), axis=0)


@given(POINTS)
def test_a_path_keeps_its_corners_to_a_hundredth_and_errors_do_not_add_up(points):
    kept = points_of(compact(written(points)))
    assert np.allclose(kept[[0, -1]], [points[0], points[-1]], atol=0.0061)
    assert all(np.abs(np.array(points) - corner).max(axis=1).min() < 0.0061 for corner in kept)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("M 0 0 L 1 0 L 2 0 L 2 2 z", "M0 0l2 0 0 2z"),
        ("M 0 0 L 2 0 L 1 0", "M0 0l2 0-1 0"),
        ("M 0 0.5 L 1 0 z M 3 3 L 4 4", "M0 .5l1-.5zM3 3l1 1"),
        ("M 0 0 C 1 1 2 2 3 3", "M 0 0 C 1 1 2 2 3 3"),
        ("", ""),
    ],
)
def test_points_on_a_straight_way_are_left_out_and_curves_left_alone(path, expected):
    assert compact(path) == expected
