"""Paths in fewer characters draw the same, to a tenth of a point."""

import pytest

from claimbook.figures.svg import compact


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("M 0 0 L 1.04 0\nL 2.96 0 z", "M0 0L1 0L3 0z"),
        ("M 0 0.55 C 1 1 -2.25 2 3 3", "M0 0.6C1 1 -2.2 2 3 3"),
        ("", ""),
    ],
)
def test_numbers_of_a_path_are_rounded_and_its_blanks_removed(path, expected):
    assert compact(path) == expected
