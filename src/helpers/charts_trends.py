"""Charts of published figures over time: one small panel per series, and the changes under one another."""

from __future__ import annotations

import textwrap

import pandas as pd

from claimbook.figures import PALETTE, format_axis

ROW = 0.42


def panels(points: pd.DataFrame, steps: pd.DataFrame, *, columns: int = 3, style: str = "percent"):
    """Draw one panel per series: a point per wave with its interval, a line between waves that may be compared.

    Parameters
    ----------
    points : DataFrame
        Waves as :func:`helpers.indicators.waves` returns them, those of the series to draw; undated ones are left out.
    steps : DataFrame
        Consecutive pairs as :func:`helpers.indicators.steps` returns them.
    columns : int
    style : str
        How values are written: "percent" or "count".

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import pyplot

    names = list(dict.fromkeys(points["series"]))
    rows = -(-len(names) // columns)
    figure, grid = pyplot.subplots(
        rows, columns, figsize=(8.4, 2.25 * rows), squeeze=False, layout="constrained"
    )
    for axes in grid.flat[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(grid.flat, names, strict=False):
        own = points[points["series"] == name]
        joined = steps.loc[steps["series"] == name, "comparable"].tolist()
        _panel(axes, own, joined, style)
    return figure


def _panel(axes, own: pd.DataFrame, joined: list[bool], style: str) -> None:
    waves = own.to_dict("records")
    for first, second, comparable in zip(waves, waves[1:], joined, strict=False):
        if comparable:
            axes.plot(
                [first["when"], second["when"]],
                [first["value"], second["value"]],
                "-",
                color=PALETTE[0],
            )
    known = own["low"].notna() & own["high"].notna()
    for sure, marker in ((True, "o"), (False, "D")):
        part = own[known == sure]
        if sure and len(part):
            axes.vlines(
                part["when"], part["low"], part["high"], color=PALETTE[0], linewidth=3, alpha=0.45
            )
        face = PALETTE[0] if sure else "white"
        axes.plot(
            part["when"],
            part["value"],
            marker,
            color=PALETTE[0],
            markerfacecolor=face,
            markersize=5,
            linestyle="",
        )
    dated = own["when"].dropna()
    first, last = int(dated.min()), int(dated.max())
    axes.set_xlim(first - 0.5, last + 1.5)
    axes.set_xticks(
        [first + 0.5, last + 0.5] if last > first else [first + 0.5],
        sorted({str(first), str(last)}),
    )
    axes.set_ylim(0, 1.25 * float(own[["value", "high"]].max().max()))
    axes.yaxis.get_major_locator().set_params(nbins=4)
    format_axis(axes.yaxis, style, **({} if style == "count" else {"digits": 0}))
    axes.set_title(
        "\n".join(textwrap.wrap(own["title"].iloc[0], 34)), fontsize=8.5, fontweight="normal"
    )
    axes.grid(axis="y")


def changes(frame: pd.DataFrame, *, xlabel: str):
    """Draw changes of shares with their intervals on both sides of zero; where there is none, the point is hollow.

    Parameters
    ----------
    frame : DataFrame, one row per change, drawn from top to bottom
        label, difference, low, high (differences of shares, NaN where there is no interval).
    xlabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8.0, 1.1 + ROW * len(frame)), layout="constrained")
    known = frame["low"].notna()
    places = pd.Series(range(len(frame)), index=frame.index)
    axes.axvline(0, color=PALETTE[1], linewidth=1.2, linestyle="--")
    axes.hlines(
        places[known],
        frame.loc[known, "low"],
        frame.loc[known, "high"],
        color=PALETTE[0],
        linewidth=2.2,
        alpha=0.6,
    )
    for sure, marker, text in (
        (True, "o", "avec intervalle"),
        (False, "D", "sans intervalle : effectif non publié"),
    ):
        part = known == sure
        if part.any():
            face = PALETTE[0] if sure else "white"
            style = {
                "color": PALETTE[0],
                "markerfacecolor": face,
                "markersize": 6,
                "linestyle": "",
                "label": text,
            }
            axes.plot(frame.loc[part, "difference"], places[part], marker, **style)
    axes.set_yticks(places, ["\n".join(textwrap.wrap(label, 52)) for label in frame["label"]])
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    axes.legend(loc="lower right", frameon=False)
    format_axis(axes.xaxis, "points", digits=0)
    return figure


def pairs(
    frame: pd.DataFrame, label: str, first: tuple[str, str], second: tuple[str, str], *, xlabel: str
):
    """Draw two shares a row, joined by a line.

    Parameters
    ----------
    frame : DataFrame, one row per comparison, drawn from top to bottom
    label : str
        Column that names the rows.
    first, second : tuple of (str, str)
        Column of shares in [0, 1], and its name in the legend.
    xlabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.2, 1.5 + 0.4 * len(frame)), layout="constrained")
    places = range(len(frame))
    axes.hlines(
        places, frame[first[0]], frame[second[0]], color=PALETTE[0], linewidth=1.4, alpha=0.6
    )
    axes.plot(frame[first[0]], places, "o", color=PALETTE[0], markersize=7, label=first[1])
    axes.plot(
        frame[second[0]],
        places,
        "D",
        color=PALETTE[1],
        markersize=6,
        fillstyle="none",
        label=second[1],
    )
    axes.set_yticks(list(places), list(frame[label]))
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    format_axis(axes.xaxis, "percent", digits=0)
    return figure
