"""The network of cooperation: one mark a body, one line a pair."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import networkx as nx
import pandas as pd

from claimbook import french
from claimbook.figures import LINESTYLES, PALETTE
from helpers.charts.forms import INK, MUTED, WIDTH, Chart
from helpers.network import positions


def network(graph: nx.Graph, axes: str, *, kinds: Mapping[str, str]) -> Chart:
    """Draw who cooperates with whom, each link with its kind and its year.

    Parameters
    ----------
    graph : networkx.Graph
        From :func:`helpers.network.cooperation_graph`: links have ``kind`` and ``year``.
    axes : str
        What is drawn: subtitle of the figure.
    kinds : mapping of str to str
        French name of each kind of link, in the order of the legend.

    Returns
    -------
    Chart
        Its data: one row per link.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    places = positions(graph)
    xs, ys = zip(*places.values(), strict=True)
    width, height = max(xs) - min(xs) + 1.1, max(ys) - min(ys) + 0.9
    figure = Figure(figsize=(WIDTH, 0.5 + WIDTH * height / width), layout="constrained")
    drawing = figure.add_subplot()
    look = {
        kind: {"color": PALETTE[number], "linestyle": LINESTYLES[number], "linewidth": 1.8}
        for number, kind in enumerate(kinds)
    }
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.5}
    for first, second, link in graph.edges(data=True):
        # The higher end first: names stand above bodies, years below them.
        (x0, y0), (x1, y1) = sorted((places[first], places[second]), key=lambda at: (-at[1], at))
        drawing.plot([x0, x1], [y0, y1], zorder=1, **look[link["kind"]])
        if link["year"] is not None:
            style = {"ha": "center", "va": "center", "fontsize": 7, "color": MUTED, "bbox": box}
            # Not in the middle, where two links may cross.
            at = (2 * x0 + x1) / 3, (2 * y0 + y1) / 3
            drawing.text(*at, french.year(link["year"]), **style)
    style = {"ha": "center", "va": "bottom", "fontsize": 8, "color": INK, "bbox": box, "zorder": 3}
    for name, at in places.items():
        drawing.plot(*at, "o", zorder=2, color=PALETTE[0], markersize=7)
        text = textwrap.fill(name.split(" (")[0], 15)
        drawing.annotate(text, at, (0, 6), textcoords="offset points", **style)
    drawing.set_xlim(min(xs) - 0.55, max(xs) + 0.55)
    drawing.set_ylim(min(ys) - 0.2, max(ys) + 0.6)
    drawing.set_aspect("equal")
    drawing.set_axis_off()
    used = {link["kind"] for *_, link in graph.edges(data=True)}
    key = [Line2D([], [], label=kinds[kind], **look[kind]) for kind in kinds if kind in used]
    figure.legend(handles=key, loc="outside upper left", ncols=1, frameon=False)
    rows = [(a, b, kinds[link["kind"]], link["year"]) for a, b, link in graph.edges(data=True)]
    data = pd.DataFrame(rows, columns=["Opérateur", "Autre opérateur", "Lien", "Année"])
    data = data.astype({"Année": "Int64"})
    return Chart(figure, data, "Réseau", axes, {"Année": "year"})
