"""Drawn paths in fewer characters: the same points, written relative to each other.

A map of France holds thousands of points; Matplotlib writes each with its command, from the corner of the drawing.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# Hundredths of a point: a third of what the finest printer can place.
_UNIT = 100


def compact(path: str) -> str:
    """Rewrite the data of an SVG path with relative lines, to a hundredth of a unit.

    Points are rounded before their differences are taken, so that errors do not add up; a point that lies between its
    neighbours on a straight line is left out.

    Parameters
    ----------
    path : str
        Value of ``d``.

    Returns
    -------
    str
        The same drawing. A path with anything but ``M``, ``L`` and ``z`` (curves) is returned as it is.
    """
    tokens = _TOKEN.findall(path)
    if {t for t in tokens if t.isalpha()} - {"M", "L", "z", "Z"}:
        return path
    parts, points, closed = [], [], False

    def draw():
        if points:
            parts.append(_subpath(points, closed))

    numbers: list[int] = []
    for token in [*tokens, "M"]:
        if token in "zZ":
            closed = True
        elif token == "M":
            draw()
            points, closed = [], False
        elif token != "L":
            numbers.append(round(float(token) * _UNIT))
            if len(numbers) == 2:
                points.append(tuple(numbers))
                numbers = []
    return "".join(parts)


def _subpath(points: list[tuple[int, int]], closed: bool) -> str:
    kept = [points[0]]
    for point, after in zip(points[1:], [*points[2:], None], strict=False):
        if after is None or not _between(kept[-1], point, after):
            kept.append(point)
    (x, y), *others = kept
    text = f"M{_number(x)} {_number(y)}"
    steps = []
    for to_x, to_y in others:
        steps.append(f"{_number(to_x - x)} {_number(to_y - y)}")
        x, y = to_x, to_y
    lines = "l" + " ".join(steps) if steps else ""
    return (text + lines).replace(" -", "-") + ("z" if closed else "")


def _between(before, point, after) -> bool:
    """Tell whether a point lies on the straight way from one to another."""
    ax, ay = point[0] - before[0], point[1] - before[1]
    bx, by = after[0] - point[0], after[1] - point[1]
    return ax * by == ay * bx and ax * bx + ay * by > 0


# Steps of a drawing on a grid are few.
@lru_cache(maxsize=4096)
def _number(hundredths: int) -> str:
    text = f"{hundredths / _UNIT:.2f}".rstrip("0").rstrip(".")
    text = re.sub(r"^(-?)0\.", r"\1.", text)
    return "0" if text in ("", "-", "-0") else text
