"""The map of France: values by class, or where an operator works.

No class is told by its colour alone: lightness falls from class to class (so grey print keeps the order) and each has a
hatch of its own; missing values are the only white, with level lines.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from claimbook import french
from helpers.territory.borders import Outline, outlines
from helpers.territory.classes import check_breaks, check_values, classify, number_of
from helpers.territory.tables import checked_codes

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


def _path(rings: Iterable[np.ndarray]):
    from matplotlib.path import Path as Drawn

    rings = [ring for ring in rings if len(ring) > 3]
    vertices = np.concatenate(rings)
    codes = np.concatenate(
        [
            np.r_[Drawn.MOVETO, np.full(len(ring) - 2, Drawn.LINETO), Drawn.CLOSEPOLY]
            for ring in rings
        ]
    )
    return Drawn(vertices, codes)


def _coarse(rings: Iterable[np.ndarray], step: float) -> list[np.ndarray]:
    """Round rings to a grid, the same way on both sides of a border, and drop the vertices that fall together."""
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
    """Return an empty figure and its map axes; `scale` is points per map unit, `foot` points below the map."""
    from matplotlib.figure import Figure

    x0, y0, x1, y1 = _EXTENT
    width, height = (x1 - x0) * scale, (y1 - y0) * scale
    figure = Figure(figsize=(width / 72, (height + foot) / 72), layout="constrained")
    # Turned off rather than never on: Matplotlib would otherwise take the engine of rcParams at the second drawing.
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, foot / (height + foot), 1, height / (height + foot)))
    axes.set(xlim=(x0, x1), ylim=(y0, y1))
    axes.set_axis_off()
    return figure, axes


def _frame(axes, box, text: str | None, size: float = 8.0) -> None:
    from matplotlib.patches import Rectangle

    x0, y0, x1, y1 = box
    axes.add_patch(
        Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=_RULE, linewidth=0.6)
    )
    if text:
        axes.text(
            (x0 + x1) / 2, y0 + 3.5, text, ha="center", va="bottom", fontsize=size, color=_INK
        )


def choropleth(
    values: Mapping[str, float],
    *,
    label: str,
    style: str | Callable[[float], str] = "percent",
    classes: int = 5,
    breaks: Sequence[float] | None = None,
    missing: str = "aucune donnée",
    root: Path | None = None,
):
    """Draw one value per département on the map of France.

    Parameters
    ----------
    values : mapping of str to float
        By official code (a Series indexed by code will do). Codes left out, NaN and None are missing.
    label : str
        What the values are, in French: title of the legend.
    style : str or callable
        How the legend writes a value: name of a :mod:`claimbook.french` style, or a function to text.
    classes : int
        Largest number of classes, 2 to 5, when ``breaks`` is not given. Values that are that few get a class each,
        others classes of about equal numbers of départements.
    breaks : sequence of float, optional
        Limits between classes, ascending, at most 4; each limit belongs to the class above it.
    missing : str
        What the legend says of départements without a value.
    root : Path, optional
        Root of the study.

    Returns
    -------
    matplotlib.figure.Figure
        The 96 metropolitan départements, the five overseas ones in boxes with their names (each at its own scale),
        Paris and its neighbours enlarged in a box. Nothing is shown or saved.

    Raises
    ------
    ValueError
        If a code is unknown, a value infinite, all are missing, or the classes cannot be made.
    """
    from matplotlib.patches import Patch, PathPatch

    check_breaks(breaks, classes, len(_FILLS))
    write = french.style(style) if isinstance(style, str) else style
    shapes = outlines(root)
    present = check_values(values, shapes)
    groups = classify(present, classes=classes, breaks=breaks, write=write)
    absent = tuple(code for code in shapes if code not in present)
    fills = [_FILLS[i] for i in _PICK[len(groups)]]
    layers = [
        (*fill, "white", group.text, group.codes) for fill, group in zip(fills, groups, strict=True)
    ]
    if absent:
        layers.append((*_MISSING, _RULE, missing, absent))

    texts = [f"{text} ({number_of(codes)})" for *_, text, codes in layers]
    # Two columns where both hold their longest line at the width of the map, else one.
    half = (len(texts) + 1) // 2
    columns = 2 if max(map(len, texts[:half])) + max(map(len, texts[half:]), default=0) < 74 else 1
    title = textwrap.fill(label, 66)
    rows = half if columns == 2 else len(texts)
    figure, axes = _axes(0.7, 16.0 + 13.5 * (title.count("\n") + 1) + 16.0 * rows)
    enlarged = _zoomed(shapes)
    handles = []
    for (colour, hatch, edge, _, codes), text in zip(layers, texts, strict=True):
        look = {"facecolor": colour, "hatch": hatch, "edgecolor": edge, "linewidth": 0.6}
        rings = [ring for code in codes for ring in _coarse(shapes[code].rings, 0.1)]
        rings += [ring for code in codes for ring in enlarged.get(code, ())]
        if rings:
            axes.add_artist(PathPatch(_path(rings), **look))
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


def locator_map(codes: Iterable[str], *, root: Path | None = None):
    """Draw a small map of France with some départements in dark, overseas ones in their boxes.

    Parameters
    ----------
    codes : iterable of str
        Official codes of the départements to show.
    root : Path, optional
        Root of the study.

    Returns
    -------
    matplotlib.figure.Figure
        About 6.5 cm wide, without legend: the text beside it says what is dark.

    Raises
    ------
    ValueError
        If a code is unknown or there is none.
    """
    from matplotlib.patches import Circle, PathPatch

    shapes = outlines(root)
    chosen = checked_codes(codes, shapes)
    if not chosen:
        raise ValueError("codes: there is no département in the list, so there is nothing to show")
    figure, axes = _axes(0.3, 0.0)
    # As artists, not as patches: the limits of the axes are set, and finding those of every curve takes longer than
    # drawing it.
    rest = [code for code in shapes if code not in chosen]
    for colour, edge, group in ((_PLAIN, "white", rest), (_CHOSEN, "white", chosen)):
        rings = [
            r
            for code in group
            for r in _coarse(shapes[code].rings, 1.0 if shapes[code].frame else 3.0)
        ]
        if rings:
            axes.add_artist(
                PathPatch(_path(rings), facecolor=colour, edgecolor=edge, linewidth=0.4)
            )
    ashore = [ring for code in chosen if not shapes[code].frame for ring in shapes[code].rings]
    if ashore:
        points = np.concatenate(ashore)
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        # Paris is half a millimetre wide at this scale: a ring points it out.
        if np.ptp(points, axis=0).max() < _TOO_SMALL:
            axes.add_patch(
                Circle(np.round(middle), 20.0, fill=False, edgecolor=_CHOSEN, linewidth=0.8)
            )
    for code, shape in shapes.items():
        if shape.frame:
            _frame(axes, shape.frame, None)
            if code in chosen:
                x0, y0, x1, _ = shape.frame
                axes.text(
                    (x0 + x1) / 2,
                    y0 + 2.0,
                    shape.name,
                    ha="center",
                    va="bottom",
                    fontsize=4.5,
                    color=_MUTED,
                )
    return figure
