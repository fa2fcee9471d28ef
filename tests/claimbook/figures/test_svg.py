"""Paths in fewer characters draw the same."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.figures.svg import compact

COORDINATE = st.floats(-500, 500).map(lambda value: round(value, 3))
SUBPATH = st.tuples(
    st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=8), st.booleans()
)


def written(subpaths):
    parts = []
    for points, closed in subpaths:
        (x, y), *others = points
        parts.append(
            f"M {x} {y} " + " ".join(f"L {a} {b}" for a, b in others) + (" z" if closed else "")
        )
    return " ".join(parts)


def points_of(path):
    """Read a compact path back: one (array of points, closed) per subpath."""
    found = []
    for text in re.findall(r"M[^M]*", path):
        start, _, steps = text.rstrip("z")[1:].partition("l")
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", start + " " + steps)]
        found.append((np.cumsum(np.array(numbers).reshape(-1, 2), axis=0), text.endswith("z")))
    return found


def far_from(point, line):
    """Return how far a point is from a broken line."""
    best = min(np.hypot(*(point - end)) for end in line)
    for a, b in itertools.pairwise(line):
        along = b - a
        if along @ along:
            t = np.clip((point - a) @ along / (along @ along), 0, 1)
            best = min(best, np.hypot(*(point - a - t * along)))
    return best


@given(subpaths=st.lists(SUBPATH, min_size=1, max_size=3))
def test_every_point_stays_on_the_line_to_a_hundredth(subpaths):
    again = points_of(compact(written(subpaths)))
    assert len(again) == len(subpaths)
    for (points, closed), (line, still_closed) in zip(subpaths, again, strict=True):
        assert closed == still_closed
        assert max(far_from(np.array(point), line) for point in points) < 0.02
        assert np.allclose(line[0], points[0], atol=0.0051)
        assert np.allclose(line[-1], points[-1], atol=0.0051)


def test_a_point_on_the_straight_way_is_left_out_and_a_way_back_is_kept():
    assert compact("M 0 0 L 1 0 L 2 0 L 2 2 z") == "M0 0l2 0 0 2z"
    assert compact("M 0 0 L 2 0 L 1 0") == "M0 0l2 0-1 0"


@pytest.mark.parametrize("path", ["M 0 0 C 1 1 2 2 3 3", "M 0 0 Q 1 1 2 2 z", ""])
def test_curves_and_nothing_are_left_alone(path):
    assert compact(path) == path


def test_errors_of_rounding_do_not_add_up():
    far = compact("M 0 0 " + " ".join(f"L {n * 0.004:.3f} {n % 2}" for n in range(1, 1001)))
    assert np.allclose(points_of(far)[0][0][-1], [4, 0], atol=0.006)


def test_it_is_shorter():
    path = "M 124.2 97.2 L 126 98.1 L 126.9 99.9 L 128.7 99.9 L 129.6 99.9 z"
    assert len(compact(path)) < len(path) * 0.6
