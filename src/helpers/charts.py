"""The charts that several notebooks draw, each in one form, so that readers learn it once.

Every function returns a Matplotlib figure that `claimbook.figures.figure` shows with its text and its data.
"""

from __future__ import annotations

import pandas as pd

from claimbook.figures import PALETTE, format_axis

ROW = 0.235
_SYMBOLS = (
    # state, legend, marker, size, filled
    ("offered", "service proposé", "s", 30, True),
    ("planned", "en projet", "o", 22, False),
    ("discontinued", "arrêté", "x", 22, True),
    ("not_offered", "dit non proposé", "_", 30, True),
)


def _axes(width: float, height: float):
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(width, height), layout="constrained")
    return figure, axes


def dots(
    frame: pd.DataFrame, label: str, value: str, low: str, high: str, *, xlabel: str, reference=None
):
    """Draw one estimate a row with its interval.

    Parameters
    ----------
    frame : DataFrame, one row per estimate, drawn from top to bottom
        Holds the columns named by the next four parameters.
    label, value, low, high : str
        Columns: name of the row, estimate and bounds (shares in [0, 1]).
    xlabel : str
        Title of the horizontal axis.
    reference : tuple of (str, str), optional
        Column of a second estimate and its name in the legend, drawn as an empty diamond.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 1.1 + ROW * len(frame) + (0.3 if reference else 0))
    places = range(len(frame))
    axes.hlines(places, frame[low], frame[high], color=PALETTE[0], linewidth=1.6, alpha=0.75)
    axes.plot(frame[value], places, "o", color=PALETTE[0], markersize=5, label="part observée")
    if reference:
        column, name = reference
        axes.plot(
            frame[column], places, "D", color=PALETTE[1], markersize=6, fillstyle="none", label=name
        )
        axes.legend(loc="lower right", frameon=False)
    axes.set_yticks(list(places), list(frame[label]))
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlim(0, max(0.02, min(1, float(frame[high].max()) * 1.05)) if reference is None else 1)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    format_axis(axes.xaxis, "percent", digits=0)
    return figure


def bars(frame: pd.DataFrame, label: str, value: str, *, xlabel: str):
    """Draw counts as horizontal bars with their values, from top to bottom.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from claimbook import french

    figure, axes = _axes(7.2, 1.0 + 0.27 * len(frame))
    drawn = axes.barh(range(len(frame)), frame[value], color=PALETTE[0], height=0.7)
    axes.bar_label(drawn, [french.count(v) for v in frame[value]], padding=4)
    axes.set_yticks(range(len(frame)), list(frame[label]))
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlim(0, float(frame[value].max()) * 1.12)
    axes.set_xlabel(xlabel)
    axes.xaxis.get_major_locator().set_params(integer=True)
    format_axis(axes.xaxis, "count")
    return figure


def columns(
    frame: pd.DataFrame, label: str, value: str, *, xlabel: str, ylabel: str, style: str = "count"
):
    """Draw counts as vertical bars in the order of a numeric label (pages, years).

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 3.2)
    axes.bar(frame[label].astype(float), frame[value], color=PALETTE[0], width=0.8)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.grid(axis="y")
    for axis, written in ((axes.xaxis, style), (axes.yaxis, "count")):
        axis.get_major_locator().set_params(integer=True)
        format_axis(axis, written)
    return figure


def ranges(frame: pd.DataFrame, label: str, value: str, low: str, high: str, *, xlabel: str):
    """Draw a retained value and the spread of those published, on a logarithmic axis.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 1.2 + 0.3 * len(frame))
    places = range(len(frame))
    axes.hlines(
        places,
        frame[low],
        frame[high],
        color=PALETTE[0],
        linewidth=3,
        alpha=0.45,
        label="valeurs publiées",
    )
    axes.plot(frame[value], places, "D", color=PALETTE[1], markersize=7, label="valeur retenue")
    axes.set_yticks(list(places), list(frame[label]))
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    axes.legend(loc="lower right", frameon=False)
    format_axis(axes.xaxis, "count")
    axes.xaxis.set_minor_formatter("")
    return figure


def state_grid(state: pd.DataFrame, labels: dict[str, str]):
    """Draw operators x services with one symbol per state; an empty place is unseen, not absent.

    Parameters
    ----------
    state : DataFrame, shape (n, m)
        States of `helpers.profiles.STATES`, rows and columns in the order to draw.
    labels : dict of str to str
        Service code -> name shown.

    Returns
    -------
    matplotlib.figure.Figure
    """
    n, m = state.shape
    figure, axes = _axes(8.4, 2.6 + 0.165 * n)
    for index, (name, legend, marker, size, filled) in enumerate(_SYMBOLS):
        rows, cols = (state == name).to_numpy().nonzero()
        if len(rows):
            colour = PALETTE[index]
            face = {"color": colour} if filled else {"facecolors": "none", "edgecolors": colour}
            axes.scatter(cols, rows, marker=marker, s=size, linewidths=1.2, label=legend, **face)
    axes.set_xticks(range(m), [labels[code] for code in state.columns], rotation=90, fontsize=8)
    axes.set_yticks(range(n), list(state.index), fontsize=7)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.7, m - 0.3)
    axes.set_ylim(n - 0.3, -0.7)
    axes.grid(True, linewidth=0.3)
    axes.set_axisbelow(True)
    figure.legend(loc="outside lower left", ncols=4, frameon=False)
    return figure
