"""Charts of uneven mutualisation: Lorenz curves, seen against expected breadth, and the network of cooperation."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import networkx as nx
import pandas as pd

from claimbook.figures import LINESTYLES, PALETTE, format_axis

MUTED = "#59626e"
#: Kinds of links by rung: colour, line, width.
_LINES = {1: (3, ":", 1.3), 2: (2, "-.", 1.2), 3: (1, "--", 1.6), 4: (0, "-", 2.4)}


def lorenz_curves(curves: Mapping[str, pd.DataFrame], *, xlabel: str, ylabel: str):
    """Draw Lorenz curves with their bands, and the line of equality.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        Name in the legend -> members, held, low, high (shares in [0, 1]).
    xlabel, ylabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 5.6), layout="constrained")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=":", label="égalité parfaite")
    for (name, curve), colour, line in zip(curves.items(), PALETTE, LINESTYLES, strict=False):
        axes.fill_between(
            curve["members"], curve["low"], curve["high"], color=colour, alpha=0.18, linewidth=0
        )
        axes.plot(curve["members"], curve["held"], color=colour, linestyle=line, label=name)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.legend(loc="upper left", frameon=False)
    for axis in (axes.xaxis, axes.yaxis):
        format_axis(axis, "percent", digits=0)
    return figure


def breadth_rows(
    frame: pd.DataFrame,
    *,
    xlabel: str,
    most: float,
    legend: tuple[str, str] = ("vus", "nombre attendu"),
):
    """Draw, for each operator, the services seen and the number expected with its interval.

    Parameters
    ----------
    frame : DataFrame, one row per operator, drawn from top to bottom
        operator, seen, expected, low, high (numbers of services).
    xlabel : str
    most : float
        Number of services of the taxonomy, where the axis ends.
    legend : tuple of (str, str)
        Names of `seen` and `expected`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.6, 1.4 + 0.155 * len(frame)), layout="constrained")
    places = range(len(frame))
    axes.hlines(places, frame["low"], frame["high"], color=PALETTE[0], linewidth=2.2, alpha=0.4)
    axes.plot(frame["expected"], places, "o", color=PALETTE[0], markersize=3.6, label=legend[1])
    axes.plot(
        frame["seen"],
        places,
        "D",
        color=PALETTE[1],
        markersize=3.6,
        fillstyle="none",
        label=legend[0],
    )
    axes.set_yticks(list(places), list(frame["operator"]), fontsize=7)
    axes.set_ylim(len(frame) - 0.3, -0.7)
    axes.set_xlim(-0.5, most)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    axes.legend(loc="lower right", frameon=True, framealpha=1, edgecolor="none")
    format_axis(axes.xaxis, "count")
    return figure


def group_means(
    frame: pd.DataFrame, *, xlabel: str, legend: tuple[str, str] = ("vus", "nombre attendu")
):
    """Draw the mean of each group as seen and as expected, the latter with its interval.

    Parameters
    ----------
    frame : DataFrame, one row per group, drawn from top to bottom
        label, naive, mean, low, high.
    xlabel : str
    legend : tuple of (str, str)
        Names of `naive` and `mean`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.4, 1.5 + 0.3 * len(frame)), layout="constrained")
    places = range(len(frame))
    axes.hlines(places, frame["low"], frame["high"], color=PALETTE[0], linewidth=2.4, alpha=0.45)
    axes.plot(frame["mean"], places, "o", color=PALETTE[0], markersize=6, label=legend[1])
    axes.plot(
        frame["naive"],
        places,
        "D",
        color=PALETTE[1],
        markersize=6,
        fillstyle="none",
        label=legend[0],
    )
    axes.set_yticks(list(places), list(frame["label"]))
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlim(0, None)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    format_axis(axes.xaxis, "count")
    return figure


def network_map(
    graph: nx.Graph, places: Mapping[str, tuple[float, float]], rungs: Mapping[int, str]
):
    """Draw a network of cooperation: one mark a body, one line a pair, by how far the cooperation goes.

    Parameters
    ----------
    graph : networkx.Graph
        As :func:`helpers.network.cooperation_graph` returns it.
    places : mapping of str to (float, float)
        As :func:`helpers.network.positions` returns it.
    rungs : mapping of int to str
        Name of each rung in the legend.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import pyplot
    from matplotlib.lines import Line2D

    xs, ys = zip(*places.values(), strict=True)
    width, height = max(xs) - min(xs) + 1.4, max(ys) - min(ys) + 0.9
    figure, axes = pyplot.subplots(figsize=(7.6, 0.8 + 7.6 * height / width), layout="constrained")
    for first, second, about in graph.edges(data=True):
        colour, line, thick = _LINES[about["rung"]]
        (x0, y0), (x1, y1) = places[first], places[second]
        axes.plot(
            [x0, x1], [y0, y1], color=PALETTE[colour], linestyle=line, linewidth=thick, zorder=1
        )
    for name, (x, y) in places.items():
        operator = graph.nodes[name]["operator"]
        face = PALETTE[0] if operator else "white"
        axes.plot(
            x,
            y,
            "o" if operator else "s",
            color=PALETTE[0],
            markerfacecolor=face,
            markersize=7,
            zorder=2,
        )
        text = "\n".join(textwrap.wrap(name.split(" (")[0], 15))
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6}
        axes.annotate(
            text,
            (x, y),
            (0, 6),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=7.5,
            bbox=box,
            zorder=3,
        )
    axes.set_xlim(min(xs) - 0.7, max(xs) + 0.7)
    axes.set_ylim(min(ys) - 0.3, max(ys) + 0.6)
    axes.set_aspect("equal")
    axes.set_axis_off()
    shown = sorted({about["rung"] for *_, about in graph.edges(data=True)}, reverse=True)
    key = [
        Line2D(
            [],
            [],
            color=PALETTE[_LINES[r][0]],
            linestyle=_LINES[r][1],
            linewidth=_LINES[r][2],
            label=rungs[r],
        )
        for r in shown
    ]
    for operator, text in ((True, "opérateur documenté"), (False, "autre organisme")):
        face = PALETTE[0] if operator else "white"
        marker = {"marker": "o" if operator else "s", "markerfacecolor": face}
        key.append(
            Line2D([], [], color=PALETTE[0], linestyle="", markersize=7, label=text, **marker)
        )
    figure.legend(handles=key, loc="outside lower center", ncols=2, frameon=False)
    return figure
