"""The map of France: the class of each département, or where an operator works.

Classes differ in lightness too, so that grey print and every vision tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from claimbook import french
from helpers.charts.forms import INK, MUTED, Chart
from helpers.territory import Outline, outlines

# Fills of two classes, and of three or four, lightest first.
_TWO = ("#9fc0df", "#14477d")
_MORE = ("#c3d6ea", "#4780b8", "#0a2646", "#d2521c")
_UNKNOWN = "#e4e4e4"
_PLAIN, _CHOSEN = "#e4e8ed", "#123a68"
_RULE = "#aab2bd"
# Paris and its three neighbours, drawn again in a box (xmin, ymin, xmax, ymax) at the top left.
_CAPITAL, _ZOOM, _CAPITAL_BOX = ("75", "92", "93", "94"), 4.0, (0.0, 466.0, 128.0, 584.0)
_TOO_SMALL = 32.0
_EXTENT = (-3.0, -3.0, 617.0, 588.0)


def _drawn(rings: Iterable[np.ndarray], **look):
    """Return closed rings as one patch."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    closed = (Path(ring, closed=True) for ring in rings if len(ring) > 3)
    return PathPatch(Path.make_compound_path(*closed), **look)


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


def _frame(axes, box, text: str | None = None, above=3.5, size=8.0, color=INK) -> None:
    from matplotlib.patches import Rectangle

    x0, y0, x1, y1 = box
    look = {"fill": False, "edgecolor": _RULE, "linewidth": 0.6}
    axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, **look))
    if text:
        look = {"ha": "center", "va": "bottom", "fontsize": size, "color": color}
        axes.text((x0 + x1) / 2, y0 + above, text, **look)


def territories(classes: pd.Series, axes: str, *, order: Sequence[str], missing: str = "inconnu"):
    """Draw the class of each département on the map of France.

    Parameters
    ----------
    classes : Series of str, shape (101,)
        Class of each département; index: official codes. Missing where nothing is known.
    axes : str
        What is drawn: subtitle of the figure.
    order : sequence of str
        Two to four classes, lightest first.
    missing : str, optional
        What a missing class is called in the legend; drawn in grey.

    Returns
    -------
    Chart
        The map, with overseas départements in boxes and Paris and its neighbours enlarged.

    Raises
    ------
    ValueError
        If a code is unknown, given twice or missing, or a class is not in `order`.
    """
    from matplotlib.patches import Patch

    shapes = outlines()
    if sorted(classes.index) != sorted(shapes):
        raise ValueError("classes: give one for each of the 101 départements, once")
    known = classes.dropna().astype(str)
    if not set(known) <= set(order):
        raise ValueError(f"classes: {sorted(set(known) - set(order))[0]!r} is not in the order")
    fills = dict(zip(order, _TWO if len(order) == 2 else _MORE, strict=False))
    texts = [*order, missing] if classes.isna().any() else list(order)
    fills[missing] = _UNKNOWN
    figure, axes_of_map = _axes(0.58, 16.0 * len(texts) + 8.0)
    enlarged, handles, filled = _zoomed(shapes), [], classes.astype(object).fillna(missing)
    for text in texts:
        codes = sorted(filled.index[filled == text])
        rings = [ring for code in codes for ring in _coarse(shapes[code].rings, 0.1)]
        rings += [ring for code in codes for ring in enlarged.get(code, ())]
        look = {"facecolor": fills[text], "edgecolor": "white", "linewidth": 0.6}
        if rings:
            axes_of_map.add_artist(_drawn(rings, **look))
        n = f"{french.count(len(codes))} {french.plural(len(codes), 'département', 'départements')}"
        handles.append(Patch(label=f"{text} ({n})", **look))
    for shape in shapes.values():
        if shape.frame:
            _frame(axes_of_map, shape.frame, shape.name)
    _frame(axes_of_map, _CAPITAL_BOX, "Paris et\npetite couronne")
    figure.legend(handles=handles, loc="lower left", frameon=False, fontsize=9, borderaxespad=0.2)
    data = filled.rename("Classe").rename_axis("Département").sort_index().to_frame()
    return Chart(figure, data, "Carte de France par département", axes)


def locator_map(places: pd.DataFrame) -> Chart:
    """Draw a small map of France, about 6.5 cm wide, with some départements in dark.

    Parameters
    ----------
    places : DataFrame
        Index: official codes. Its columns are kept for the table.
    """
    from matplotlib.patches import Circle

    shapes = outlines()
    chosen = sorted(set(places.index))
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
            _frame(axes, shape.frame, name, above=2.0, size=4.5, color=MUTED)
    data = places.rename_axis("Département")
    return Chart(figure, data, "Carte de France", "Départements de son périmètre")
