"""Charts of rows: one name a row from top to bottom, with points and intervals on one axis."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from claimbook.figures import MARKERS, PALETTE, format_axis

ROW = 0.235
BLUE, ORANGE = PALETTE[:2]
GREY, PALE = "#59626e", "#86aed3"


def _axes(width: float, height: float, xlabel: str | None = None, ylabel: str | None = None):
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(width, height), layout="constrained")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    return figure, axes


def _rows(names, height: float, xlabel: str, *, width=7.2, edges=(0.6, 0.4), grid=True, size=None):
    """Return a figure and its axes with the rows named, and the places of the rows."""
    figure, axes = _axes(width, height, xlabel)
    axes.set_yticks(range(len(names)), list(names), **({"fontsize": size} if size else {}))
    axes.set_ylim(len(names) - edges[1], -edges[0])
    if grid:
        axes.grid(axis="x")
    return figure, axes, np.arange(len(names))


def _wrapped(names, width: int = 44) -> list[str]:
    return [textwrap.fill(str(name), width) for name in names]


def _dots(axes, values, places, size: float, **look) -> None:
    axes.plot(values, places, "o", color=BLUE, markersize=size, **look)


def _diamonds(axes, values, places, size: float, fill: str = "none", **look) -> None:
    axes.plot(values, places, "D", color=ORANGE, markersize=size, fillstyle=fill, **look)


def _spans(axes, places, low, high, width: float, alpha: float | None = None, **look) -> None:
    look = {"color": BLUE, "linewidth": width, "alpha": alpha} | look
    axes.hlines(places, low, high, **look)


def _percent(axis) -> None:
    format_axis(axis, "percent", digits=0)


def _whole(axis) -> None:
    axis.get_major_locator().set_params(integer=True)
    format_axis(axis, "count")


def _shares(axes) -> None:
    axes.set_xlim(0, 1)
    _percent(axes.xaxis)


def _with_legend(figure, columns: int, side: str = "left", **options):
    """Return a figure after it got a legend below its axes."""
    figure.legend(loc=f"outside lower {side}", ncols=columns, frameon=False, **options)
    return figure


def dots(frame: pd.DataFrame, label: str, value: str, low: str, high: str, *, xlabel: str):
    """Draw one share a row with its interval.

    Parameters
    ----------
    label, value, low, high : str
        Columns: name of the row, estimate and bounds (shares in [0, 1]).
    xlabel : str
        Title of the horizontal axis.
    """
    figure, axes, places = _rows(frame[label], 1.1 + ROW * len(frame), xlabel)
    _spans(axes, places, frame[low], frame[high], 1.6, 0.75)
    _dots(axes, frame[value], places, 5)
    axes.set_xlim(0, max(0.02, min(1, float(frame[high].max()) * 1.05)))
    _percent(axes.xaxis)
    return figure


def twins(
    frame: pd.DataFrame,
    label: str,
    seen: tuple[str, str, str],
    corrected: tuple[str, str, str],
    *,
    xlabel: str,
):
    """Draw in each row a share as seen and, below it, as estimated once the reading is allowed for.

    `seen` and `corrected` name the columns of the share and of its bounds.
    """
    names = _wrapped(frame[label])
    figure, axes, places = _rows(names, 1.5 + 0.42 * len(frame), xlabel)
    drawn = (
        (seen, -0.14, "full", "vu dans les pages"),
        (corrected, 0.16, "none", "estimé (corrigé)"),
    )
    for i, ((value, low, high), shift, fill, name) in enumerate(drawn):
        rows = places + shift
        look = {"color": PALETTE[i], "markersize": 6, "fillstyle": fill, "label": name}
        _spans(axes, rows, frame[low], frame[high], 1.8, 0.8, color=PALETTE[i])
        axes.plot(frame[value], rows, MARKERS[i], linestyle="none", **look)
    _shares(axes)
    return _with_legend(figure, 2)


def naive_and_corrected(frame: pd.DataFrame, label: str, *, xlabel: str):
    """Draw a share as seen and its correction for what was not read, with the latter's interval.

    `frame` has naive, corrected, low, high and identified: where the last is false the interval is
    dashed and has no corrected point.
    """
    figure, axes, places = _rows(frame[label], 1.7 + ROW * len(frame), xlabel)
    sure = frame["identified"].to_numpy(dtype=bool)
    for mask, style, name in (
        (sure, "-", "intervalle"),
        (~sure, (0, (2, 2)), "intervalle, part non identifiée"),
    ):
        if mask.any():
            ends = frame.loc[mask, "low"], frame.loc[mask, "high"]
            _spans(axes, places[mask], *ends, 1.7, linestyle=style, label=name)
    known = frame.loc[sure, "corrected"]
    _dots(axes, known, places[sure], 6, clip_on=False, label="part corrigée")
    _diamonds(axes, frame["naive"], places, 5, label="part vue")
    _shares(axes)
    return _with_legend(figure, 2)


def breadth_rows(frame: pd.DataFrame, *, xlabel: str, most: float, legend: tuple[str, str]):
    """Draw the services seen of each operator, and the number expected with its interval.

    `frame` has operator, seen, expected, low, high; the axis ends at `most`, the services of the
    taxonomy; `legend` names `seen` and `expected`.
    """
    look = {"width": 7.6, "edges": (0.7, 0.3), "size": 7}
    figure, axes, places = _rows(frame["operator"], 1.4 + 0.155 * len(frame), xlabel, **look)
    _spans(axes, places, frame["low"], frame["high"], 2.2, 0.4)
    _dots(axes, frame["expected"], places, 3.6, label=legend[1])
    _diamonds(axes, frame["seen"], places, 3.6, label=legend[0])
    axes.set_xlim(-0.5, most)
    axes.legend(loc="lower right", frameon=True, framealpha=1, edgecolor="none")
    format_axis(axes.xaxis, "count")
    return figure


def group_means(frame: pd.DataFrame, *, xlabel: str, legend: tuple[str, str]):
    """Draw the mean of each group as seen and as expected: label, naive, mean, low, high."""
    figure, axes, places = _rows(frame["label"], 1.5 + 0.3 * len(frame), xlabel, width=7.4)
    _spans(axes, places, frame["low"], frame["high"], 2.4, 0.45)
    _dots(axes, frame["mean"], places, 6, label=legend[1])
    _diamonds(axes, frame["naive"], places, 6, label=legend[0])
    axes.set_xlim(0, None)
    format_axis(axes.xaxis, "count")
    return _with_legend(figure, 2, "center")


def pairs(
    frame: pd.DataFrame, label: str, first: tuple[str, str], second: tuple[str, str], *, xlabel: str
):
    """Draw two shares a row, joined by a line; `first` and `second` are a column and its name."""
    figure, axes, places = _rows(frame[label], 1.5 + 0.4 * len(frame), xlabel)
    _spans(axes, places, frame[first[0]], frame[second[0]], 1.4, 0.6)
    _dots(axes, frame[first[0]], places, 7, label=first[1])
    _diamonds(axes, frame[second[0]], places, 6, label=second[1])
    _shares(axes)
    return _with_legend(figure, 2, "center")


def steps(frame: pd.DataFrame, label: str, stages: dict[str, str], *, xlabel: str):
    """Draw shares that grow from stage to stage (column -> name, in order), joined by a line."""
    # One line each: rows are close.
    names = _wrapped(frame[label], 52)
    figure, axes, places = _rows(names, 1.4 + ROW * len(frame), xlabel)
    ends = frame[list(stages)]
    _spans(axes, places, ends.min(axis=1), ends.max(axis=1), 1.4, color="#aab2bd")
    for i, (column, name) in enumerate(stages.items()):
        look = {"color": PALETTE[i], "markersize": 6, "fillstyle": "none" if i else "full"}
        axes.plot(frame[column], places, MARKERS[i], linestyle="none", label=name, **look)
    _shares(axes)
    return _with_legend(figure, 3)


def changes(frame: pd.DataFrame, *, xlabel: str):
    """Draw changes of shares on both sides of zero: label, difference, low, high.

    Where there is no interval (NaN) the point is hollow.
    """
    names = _wrapped(frame["label"], 52)
    figure, axes, places = _rows(names, 1.1 + 0.42 * len(frame), xlabel, width=8.0)
    known = frame["low"].notna().to_numpy()
    axes.axvline(0, color=ORANGE, linewidth=1.2, linestyle="--")
    _spans(axes, places[known], frame.loc[known, "low"], frame.loc[known, "high"], 2.2, 0.6)
    for rows, marker, face, text in (
        (known, "o", BLUE, "avec intervalle"),
        (~known, "D", "white", "sans intervalle : effectif non publié"),
    ):
        if rows.any():
            look = {"color": BLUE, "markerfacecolor": face, "markersize": 6, "linestyle": ""}
            axes.plot(frame.loc[rows, "difference"], places[rows], marker, label=text, **look)
    axes.legend(loc="lower right", frameon=False)
    format_axis(axes.xaxis, "points", digits=0)
    return figure


def _discoveries(frame: pd.DataFrame):
    """Yield the rows that are kept and those that are not, with fill and name of their points."""
    kept = frame["kept"].to_numpy(dtype=bool)
    for rows, fill, name in ((kept, "full", "retenu"), (~kept, "none", "non retenu")):
        if rows.any():
            yield rows, fill, name


def quotients(frame: pd.DataFrame, label: str, *, xlabel: str):
    """Draw location quotients with their intervals, and the interval that random tables give.

    `frame` is as from :func:`helpers.indicators.location_quotients` with random tables; the column
    `kept` tells which points are full. The scale of square roots has a place for 0.
    """
    names = _wrapped(frame[label])
    figure, axes, places = _rows(names, 1.6 + 0.4 * len(frame), xlabel, grid=False)
    band = {"color": "#c9ced6", "label": "tables au hasard"}
    _spans(axes, places, frame["null_low"], frame["null_high"], 9, **band)
    _spans(axes, places, frame["low"], frame["high"], 1.6)
    for rows, fill, name in _discoveries(frame):
        look = {"fillstyle": fill, "label": f"écart {name}", "clip_on": False}
        _dots(axes, frame["quotient"][rows], places[rows], 7, **look)
    axes.axvline(1, color=GREY, linewidth=1, linestyle="--")
    axes.set_xscale("function", functions=(lambda x: np.sqrt(np.maximum(x, 0)), np.square))
    axes.set_xlim(0, float(frame[["high", "null_high"]].max().max()) * 1.05)
    axes.set_xticks([t for t in (0, 1, 3, 6, 10, 15, 20, 30) if t <= axes.get_xlim()[1]])
    format_axis(axes.xaxis, "count")
    return _with_legend(figure, 3)


def against_chance(frame: pd.DataFrame, label: str, *, xlabel: str):
    """Draw counts beside the interval and the mean that random tables give.

    `frame` holds together, expected, null_low and null_high as from
    :func:`helpers.indicators.cooccurrence`; the column `kept` tells which points are full.
    """
    names = _wrapped(frame[label])
    figure, axes, places = _rows(names, 1.5 + 0.4 * len(frame), xlabel)
    band = {"color": PALE, "label": "tables au hasard"}
    _spans(axes, places, frame["null_low"], frame["null_high"], 8, **band)
    look = {"color": BLUE, "markersize": 11, "markeredgewidth": 2, "label": "leur moyenne"}
    axes.plot(frame["expected"], places, "|", **look)
    for rows, fill, name in _discoveries(frame):
        look = {"fill": fill, "label": f"observé, écart {name}"}
        _diamonds(axes, frame["together"][rows], places[rows], 7, **look)
    axes.set_xlim(-0.4, float(frame[["together", "null_high"]].max().max()) + 1)
    _whole(axes.xaxis)
    return _with_legend(figure, 3)


def ranges(
    frame: pd.DataFrame, label: str, value: str, low: str, high: str, *, xlabel: str, band=None
):
    """Draw a retained value and the spread of those published, on a logarithmic axis.

    With `band`, the bounds of the interval of a median are shown behind all rows.
    """
    extra = 1.2 if band is None else 1.5
    names = frame[label] if band is None else _wrapped(frame[label])
    figure, axes, places = _rows(names, extra + 0.3 * len(frame), xlabel, grid=band is None)
    if band is not None:
        axes.axvspan(*band, color="#e4e8ed", label="intervalle de la médiane")
    _spans(axes, places, frame[low], frame[high], 3, 0.45, label="valeurs publiées")
    _diamonds(axes, frame[value], places, 7, "full", label="valeur retenue")
    axes.set_xscale("log")
    if band is None:
        axes.legend(loc="lower right", frameon=False)
        format_axis(axes.xaxis, "count")
    else:
        format_axis(axes.xaxis, "decimal", digits=1)
        _with_legend(figure, 3)
    axes.xaxis.set_minor_formatter("")
    return figure
