"""The map of France: values by class, or where an operator works.

No class is told by its colour alone: lightness falls from class to class (grey print keeps the
order) and each has a hatch of its own; missing values are the only white, with level lines.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from claimbook import french
from helpers.territory import Outline, checked_codes, outlines

# Lightest to darkest, with the hatch of each.
_FILLS = (
    ("#d9e5f1", ""),
    ("#b0cae4", "\\\\\\"),
    ("#7ca7d1", "////"),
    ("#3f76ae", "xxxx"),
    ("#123a68", ""),
)
_PICK = {1: (4,), 2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 2, 4), 5: (0, 1, 2, 3, 4)}
_MISSING, _PLAIN, _CHOSEN = ("white", "----"), "#e4e8ed", "#123a68"
_INK, _MUTED, _RULE = "#1b2128", "#59626e", "#aab2bd"
# Paris and its three neighbours, drawn again in a box (xmin, ymin, xmax, ymax) at the top left.
_CAPITAL, _ZOOM, _CAPITAL_BOX = ("75", "92", "93", "94"), 4.0, (0.0, 466.0, 128.0, 584.0)
_TOO_SMALL = 32.0
_EXTENT = (-3.0, -3.0, 617.0, 588.0)


def _drawn(rings: Iterable[np.ndarray], **look):
    """Return closed rings as one patch."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rings = [ring for ring in rings if len(ring) > 3]
    codes = [
        np.r_[Path.MOVETO, np.full(len(ring) - 2, Path.LINETO), Path.CLOSEPOLY] for ring in rings
    ]
    return PathPatch(Path(np.concatenate(rings), np.concatenate(codes)), **look)


def _coarse(rings: Iterable[np.ndarray], step: float) -> list[np.ndarray]:
    """Round rings to a grid, the same on both sides of a border, and drop repeated vertices."""
    result = []
    for ring in rings:
        points = np.round(ring / step) * step
        keep = np.r_[True, np.any(points[1:] != points[:-1], axis=1)]
        result.append(np.round(points[keep], 2))
    return result


def _zoomed(shapes: Mapping[str, Outline]) -> dict[str, list[np.ndarray]]:
    """Return the outlines of Paris and its neighbours, enlarged into their box."""
    points = np.concatenate([ring for code in _CAPITAL for ring in shapes[code].rings])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    x0, y0, x1, y1 = _CAPITAL_BOX
    target = np.array([(x0 + x1) / 2, (y0 + y1) / 2 + 13.0])
    return {
        c: [np.round((r - middle) * _ZOOM + target, 1) for r in shapes[c].rings] for c in _CAPITAL
    }


def _axes(scale: float, foot: float):
    """Return a figure and its map axes: points per map unit, and points below the map."""
    from matplotlib.figure import Figure

    x0, y0, x1, y1 = _EXTENT
    width, height = (x1 - x0) * scale, (y1 - y0) * scale
    figure = Figure(figsize=(width / 72, (height + foot) / 72), layout="constrained")
    # Turned off rather than never on: Matplotlib would take the engine of rcParams when it draws
    # a second time.
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, foot / (height + foot), 1, height / (height + foot)))
    axes.set(xlim=(x0, x1), ylim=(y0, y1))
    axes.set_axis_off()
    return figure, axes


def _frame(axes, box, text: str | None = None, above=3.5, size=8.0, color=_INK) -> None:
    from matplotlib.patches import Rectangle

    x0, y0, x1, y1 = box
    look = {"fill": False, "edgecolor": _RULE, "linewidth": 0.6}
    axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, **look))
    if text:
        look = {"ha": "center", "va": "bottom", "fontsize": size, "color": color}
        axes.text((x0 + x1) / 2, y0 + above, text, **look)


def _present(values: Mapping[str, float], known: Iterable[str]) -> dict[str, float]:
    """Return the values that are there, by code in order; NaN and None count as missing."""
    series = values if isinstance(values, pd.Series) else pd.Series(dict(values), dtype=object)
    twice = series.index[series.index.duplicated()]
    if len(twice):
        raise ValueError(f"values: {twice[0]} stands twice; a map shows one value a département")
    checked_codes(series.index, known)
    numbers = series.astype(float).dropna().sort_index()
    if np.isinf(numbers).any():
        raise ValueError(f"values[{numbers[np.isinf(numbers)].index[0]!r}] is infinite")
    if numbers.empty:
        raise ValueError("values: every value is missing, so there is nothing to map")
    return numbers.to_dict()


def _check_breaks(breaks: Sequence[float] | None, classes: int) -> None:
    if breaks is not None:
        limits = [float(b) for b in breaks]
        if not limits or not all(map(math.isfinite, limits)) or limits != sorted(set(limits)):
            raise ValueError(f"breaks must be finite and ascending, not {list(breaks)!r}")
        classes = len(limits) + 1
    if not 2 <= classes <= len(_FILLS):
        raise ValueError(f"a map shows 2 to {len(_FILLS)} classes, not {classes}")


def classify(
    values: Mapping[str, float],
    *,
    classes: int,
    breaks: Sequence[float] | None,
    write: Callable[[float], str],
) -> list[tuple[str, tuple[str, ...]]]:
    """Sort values into classes, lowest first: the text of the legend and the codes of each class.

    Without `breaks`: one class per value if the values are at most `classes`, else classes of
    about equal numbers of départements that never part values written alike. With `breaks`, each
    limit is the lowest value of the class above it, and empty classes are kept; where every limit
    and value is a whole number, the legend names the numbers themselves: "aucun", "de 3 à 4".
    """
    if breaks is not None:
        limits = list(breaks)
        whole = all(float(number).is_integer() for number in (*limits, *values.values()))
        none = whole and limits[0] == 1 and min(values.values()) >= 0
        texts = ["aucun" if none else f"moins de {write(limits[0])}"]
        texts += [
            _range([a, b - 1], write) if whole else f"de {write(a)} à moins de {write(b)}"
            for a, b in pairwise(limits)
        ]
        texts.append(f"{write(limits[-1])} et plus")
    else:
        # Values written alike count as equal: two lines of the legend never share a bound.
        firsts: dict[str, float] = {}
        for value in sorted(values.values()):
            firsts.setdefault(write(value), value)
        lowest, *limits = firsts.values()
        if len(limits) >= classes:
            at = np.arange(1, classes) / classes
            cuts = np.quantile(list(values.values()), at, method="higher")
            limits = sorted({firsts[write(float(cut))] for cut in cuts} - {lowest})
        texts = [None] * (len(limits) + 1)
    members: list[list[str]] = [[] for _ in texts]
    for code, value in values.items():
        members[int(np.searchsorted(limits, value, side="right"))].append(code)
    return [
        (text or _range([values[code] for code in codes], write), tuple(codes))
        for text, codes in zip(texts, members, strict=True)
    ]


def _range(values: list[float], write: Callable[[float], str]) -> str:
    low, high = write(min(values)), write(max(values))
    return low if low == high else f"de {low} à {high}"


def choropleth(
    values: Mapping[str, float],
    *,
    label: str,
    style: str | Callable[[float], str] = "percent",
    classes: int = 5,
    breaks: Sequence[float] | None = None,
    missing: str = "aucune donnée",
):
    """Draw one value per département on the map of France.

    Parameters
    ----------
    values : mapping of str to float
        By official code (a Series will do). Codes left out, NaN and None are missing.
    label : str
        What the values are, in French: title of the legend.
    style : str or callable
        How the legend writes a value: a style of :mod:`claimbook.french`, or a function to text.
    classes : int
        Largest number of classes, 2 to 5, when `breaks` is not given.
    breaks : sequence of float, optional
        Limits between classes, ascending, at most 4; each belongs to the class above it.
    missing : str
        What the legend says of départements without a value.

    Returns
    -------
    matplotlib.figure.Figure
        The 96 metropolitan départements, the five overseas ones in boxes at their own scales,
        Paris and its neighbours enlarged in a box.

    Raises
    ------
    ValueError
        If a code is unknown or given twice, a value infinite, all are missing, or the classes
        cannot be made.
    """
    from matplotlib.patches import Patch

    _check_breaks(breaks, classes)
    write = french.style(style) if isinstance(style, str) else style
    shapes = outlines()
    present = _present(values, shapes)
    groups = classify(present, classes=classes, breaks=breaks, write=write)
    fills = [(*_FILLS[i], "white") for i in _PICK[len(groups)]]
    absent = tuple(code for code in shapes if code not in present)
    if absent:
        groups, fills = [*groups, (missing, absent)], [*fills, (*_MISSING, _RULE)]

    unit = ("département", "départements")
    numbers = [f"{french.count(len(c))} {french.plural(len(c), *unit)}" for _, c in groups]
    texts = [f"{text} ({number})" for (text, _), number in zip(groups, numbers, strict=True)]
    # Two columns where both hold their longest line at the width of the map, else one.
    half = (len(texts) + 1) // 2
    wide = max(map(len, texts[:half])) + max(map(len, texts[half:]), default=0)
    columns, rows = (2, half) if wide < 74 else (1, len(texts))
    title = textwrap.fill(label, 66)
    figure, axes = _axes(0.7, 16.0 + 13.5 * (title.count("\n") + 1) + 16.0 * rows)
    enlarged, handles = _zoomed(shapes), []
    for (colour, hatch, edge), text, (_, codes) in zip(fills, texts, groups, strict=True):
        look = {"facecolor": colour, "hatch": hatch, "edgecolor": edge, "linewidth": 0.6}
        rings = [ring for code in codes for ring in _coarse(shapes[code].rings, 0.1)]
        rings += [ring for code in codes for ring in enlarged.get(code, ())]
        if rings:
            axes.add_artist(_drawn(rings, **look))
        handles.append(Patch(label=text, **look))
    for shape in shapes.values():
        if shape.frame:
            _frame(axes, shape.frame, shape.name)
    _frame(axes, _CAPITAL_BOX, "Paris et\npetite couronne")
    legend = figure.legend(
        handles=handles,
        title=title,
        loc="lower left",
        ncols=columns,
        alignment="left",
        frameon=False,
        fontsize=8.5,
        title_fontproperties={"size": 9.5, "weight": "bold"},
        handlelength=2.4,
        handleheight=1.3,
        columnspacing=1.6,
        borderaxespad=0.4,
    )
    for handle in legend.get_patches():
        handle.set_linewidth(0.6)
    return figure


def locator_map(codes: Iterable[str]):
    """Draw a small map of France, about 6.5 cm wide, with some départements in dark.

    Raises
    ------
    ValueError
        If a code is unknown or there is none.
    """
    from matplotlib.patches import Circle

    shapes = outlines()
    chosen = checked_codes(codes, shapes)
    if not chosen:
        raise ValueError("codes: there is no département in the list, so there is nothing to show")
    figure, axes = _axes(0.3, 0.0)
    # As artists, not as patches: the limits of the axes are set, and finding those of every curve
    # takes longer than drawing it.
    rest = [code for code in shapes if code not in chosen]
    for colour, group in ((_PLAIN, rest), (_CHOSEN, chosen)):
        steps = [(shapes[code].rings, 1.0 if shapes[code].frame else 3.0) for code in group]
        rings = [ring for own, step in steps for ring in _coarse(own, step)]
        if rings:
            axes.add_artist(_drawn(rings, facecolor=colour, edgecolor="white", linewidth=0.4))
    ashore = [ring for code in chosen if not shapes[code].frame for ring in shapes[code].rings]
    if ashore:
        points = np.concatenate(ashore)
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        # Paris is half a millimetre wide at this scale: a ring points it out.
        if np.ptp(points, axis=0).max() < _TOO_SMALL:
            look = {"fill": False, "edgecolor": _CHOSEN, "linewidth": 0.8}
            axes.add_patch(Circle(np.round(middle), 20.0, **look))
    for code, shape in shapes.items():
        if shape.frame:
            name = shape.name if code in chosen else None
            _frame(axes, shape.frame, name, above=2.0, size=4.5, color=_MUTED)
    return figure
