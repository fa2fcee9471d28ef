"""Charts of the mesh of services: corrected beside naive, observed against random, before and after."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from claimbook.figures import LINESTYLES, MARKERS, PALETTE, format_axis
from helpers.charts import ROW, _axes


def twins(
    frame: pd.DataFrame,
    label: str,
    seen: tuple[str, str, str],
    corrected: tuple[str, str, str],
    *,
    xlabel: str,
    legend: tuple[str, str] = ("vu dans les pages", "estimé (corrigé)"),
):
    """Draw for each row what was seen and, below it, what is estimated once the reading is allowed for.

    Parameters
    ----------
    frame : DataFrame, one row per estimate, drawn from top to bottom
    label : str
        Column of the names.
    seen, corrected : tuple of (str, str, str)
        Columns of the share and of its bounds, in [0, 1].
    xlabel : str
    legend : tuple of (str, str)
        Names of the two in the legend.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 1.5 + 0.42 * len(frame))
    for place, columns, shift, name in (
        (0, seen, -0.14, legend[0]),
        (1, corrected, 0.16, legend[1]),
    ):
        rows = np.arange(len(frame)) + shift
        value, low, high = columns
        axes.hlines(rows, frame[low], frame[high], color=PALETTE[place], linewidth=1.8, alpha=0.8)
        axes.plot(
            frame[value], rows, MARKERS[place], color=PALETTE[place], markersize=6, fillstyle=("full", "none")[place],
            linestyle="none", label=name,
        )  # fmt: skip
    _names(axes, frame[label])
    axes.set_xlim(0, 1)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    format_axis(axes.xaxis, "percent", digits=0)
    figure.legend(loc="outside lower left", ncols=2, frameon=False)
    return figure


def _names(axes, names, width: int = 44) -> None:
    axes.set_yticks(range(len(names)), [textwrap.fill(str(name), width) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)


def quotients(frame: pd.DataFrame, label: str, *, xlabel: str, discovery: str):
    """Draw location quotients with their intervals, and the interval that random tables give.

    Parameters
    ----------
    frame : DataFrame
        Columns of :func:`helpers.indicators.location_quotients` with random tables, and `label`, `discovery`.
    label : str
        Column of the names.
    xlabel : str
    discovery : str
        Column of bool: drawn full where true.

    Returns
    -------
    matplotlib.figure.Figure
        The scale is that of square roots, which has a place for 0.
    """
    figure, axes = _axes(7.2, 1.6 + 0.4 * len(frame))
    places = np.arange(len(frame))
    axes.hlines(
        places,
        frame["null_low"],
        frame["null_high"],
        color="#c9ced6",
        linewidth=9,
        label="tables au hasard",
    )
    axes.hlines(places, frame["low"], frame["high"], color=PALETTE[0], linewidth=1.6)
    for told, style, name in ((True, "full", "écart retenu"), (False, "none", "écart non retenu")):
        rows = frame[discovery].to_numpy() == told
        if rows.any():
            axes.plot(
                frame["quotient"][rows], places[rows], "o", color=PALETTE[0], markersize=7, fillstyle=style, label=name,
                clip_on=False,
            )  # fmt: skip
    axes.axvline(1, color="#59626e", linewidth=1, linestyle="--")
    axes.set_xscale("function", functions=(lambda x: np.sqrt(np.maximum(x, 0)), np.square))
    axes.set_xlim(0, float(frame[["high", "null_high"]].max().max()) * 1.05)
    axes.set_xticks([t for t in (0, 1, 3, 6, 10, 15, 20, 30) if t <= axes.get_xlim()[1]])
    _names(axes, frame[label])
    axes.set_xlabel(xlabel)
    format_axis(axes.xaxis, "count")
    figure.legend(loc="outside lower left", ncols=3, frameon=False)
    return figure


def random_tables(null, observed: float, *, xlabel: str):
    """Draw the distribution of a statistic over random tables, and the value observed.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 3.0)
    counts, _, _ = axes.hist(
        null, bins=30, color="#86aed3", edgecolor="white", label="tables tirées au hasard"
    )
    axes.axvline(observed, color=PALETTE[1], linewidth=2.4, label="valeur observée")
    axes.set_ylim(0, counts.max() * 1.1)
    axes.set_xlabel(xlabel)
    axes.set_ylabel("Nombre de tables")
    format_axis(axes.xaxis, "decimal", digits=1)
    format_axis(axes.yaxis, "count")
    figure.legend(loc="outside lower left", ncols=2, frameon=False)
    return figure


def against_chance(frame: pd.DataFrame, label: str, *, xlabel: str, discovery: str):
    """Draw counts beside the interval and the mean that random tables give.

    Parameters
    ----------
    frame : DataFrame
        together, expected, null_low, null_high as from :func:`helpers.indicators.cooccurrence`, `label`, `discovery`.
    label : str
    xlabel : str
    discovery : str
        Column of bool: drawn full where true.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 1.5 + 0.4 * len(frame))
    places = range(len(frame))
    axes.hlines(
        places,
        frame["null_low"],
        frame["null_high"],
        color="#86aed3",
        linewidth=8,
        label="tables au hasard",
    )
    axes.plot(
        frame["expected"],
        places,
        "|",
        color=PALETTE[0],
        markersize=11,
        markeredgewidth=2,
        label="leur moyenne",
    )
    for told, style, name in (
        (True, "full", "observé, écart retenu"),
        (False, "none", "observé, écart non retenu"),
    ):
        rows = np.flatnonzero(frame[discovery].to_numpy() == told)
        if len(rows):
            axes.plot(
                frame["together"].to_numpy()[rows],
                rows,
                "D",
                color=PALETTE[1],
                markersize=7,
                fillstyle=style,
                label=name,
            )
    _names(axes, frame[label])
    axes.set_xlim(-0.4, float(frame[["together", "null_high"]].max().max()) + 1)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    format_axis(axes.xaxis, "count")
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside lower left", ncols=3, frameon=False)
    return figure


def choices(frame: pd.DataFrame, x: str, curves: dict[str, str], *, xlabel: str, ylabel: str):
    """Draw several ways to choose, as shares over a small whole number.

    Parameters
    ----------
    frame : DataFrame
    x : str
        Column of the whole number.
    curves : dict of str to str
        Column -> name in the legend.
    xlabel, ylabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 3.6)
    for place, (column, name) in enumerate(curves.items()):
        axes.plot(
            frame[x], frame[column], marker=MARKERS[place], linestyle=LINESTYLES[place], color=PALETTE[place],
            markersize=7, fillstyle="none", label=name,
        )  # fmt: skip
    axes.set_ylim(0, 1)
    axes.set_xticks(list(frame[x]))
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.grid(axis="y")
    format_axis(axes.xaxis, "count")
    format_axis(axes.yaxis, "percent", digits=0)
    figure.legend(loc="outside lower left", ncols=2, frameon=False)
    return figure


def steps(frame: pd.DataFrame, label: str, stages: dict[str, str], *, xlabel: str):
    """Draw shares that grow from stage to stage, one row each, joined by a line.

    Parameters
    ----------
    frame : DataFrame
    label : str
        Column of the names.
    stages : dict of str to str
        Column (share in [0, 1]) -> name in the legend, in order.
    xlabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 1.4 + ROW * len(frame))
    places = range(len(frame))
    ends = frame[list(stages)]
    axes.hlines(places, ends.min(axis=1), ends.max(axis=1), color="#aab2bd", linewidth=1.4)
    for place, (column, name) in enumerate(stages.items()):
        axes.plot(
            frame[column], places, MARKERS[place], color=PALETTE[place], markersize=6,
            fillstyle="full" if place == 0 else "none", linestyle="none", label=name,
        )  # fmt: skip
    _names(axes, frame[label], 52)  # one line each: rows are close
    axes.set_xlim(0, 1)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    format_axis(axes.xaxis, "percent", digits=0)
    figure.legend(loc="outside lower left", ncols=3, frameon=False)
    return figure


def spans(
    frame: pd.DataFrame,
    label: str,
    value: str,
    low: str,
    high: str,
    *,
    xlabel: str,
    band: tuple[float, float],
):
    """Draw values with the span that published figures allow on a logarithmic axis, and an interval behind them all.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _axes(7.2, 1.5 + 0.3 * len(frame))
    places = range(len(frame))
    axes.axvspan(*band, color="#e4e8ed", label="intervalle de la médiane")
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
    _names(axes, frame[label])
    axes.set_xscale("log")
    axes.set_xlabel(xlabel)
    format_axis(axes.xaxis, "decimal", digits=1)
    axes.xaxis.set_minor_formatter("")
    figure.legend(loc="outside lower left", ncols=3, frameon=False)
    return figure
