"""The chart forms of the reports: rows, bars, a matrix and lines, drawn with seaborn.

Each returns a `Chart`: the drawing, the table that it draws, and the words from which its
alternative text is made. Drawings are as wide as a phone shows them without shrinking the letters.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from claimbook import french
from claimbook.figures import LINESTYLES, MARKERS, PALETTE, SEQUENTIAL, format_axis, ink_on

WIDTH = 5.0
ROW = 0.34
INK, MUTED, RULE = "#1b2128", "#59626e", "#c9ced6"


@dataclass(frozen=True)
class Chart:
    """A drawing with what it draws.

    Attributes
    ----------
    drawing : matplotlib.figure.Figure
        The drawing; it carries no title.
    data : DataFrame
        What is drawn, in the order in which it is drawn.
    form : str
        Kind of chart, in French: ``"Points avec intervalles"``.
    axes : str
        What its axes are, in French; the subtitle of the figure, if no other is given.
    formats : dict of str to str
        Format of the columns of `data` that the study does not know.
    """

    drawing: object
    data: pd.DataFrame
    form: str
    axes: str
    formats: dict[str, str] = field(default_factory=dict)


def rows(frame: pd.DataFrame, axes: str, *, style: str = "percent", group: str | None = None):
    """Draw one value a row, as a dot with its interval and its number.

    Parameters
    ----------
    frame : DataFrame
        Index: name of each row, top to bottom. Columns ``value``, and ``low`` and ``high`` where
        there is an interval; others are kept for the table.
    axes : str
        What is drawn: subtitle of the figure.
    style : str
        How numbers are written: ``"percent"``, ``"points"``, ``"count"``, ``"decimal"``.
    group : str, optional
        Column whose values are drawn as dots of different forms in the same row: a row of the
        frame for each.

    Returns
    -------
    Chart
    """
    import seaborn as sns

    names = list(dict.fromkeys(frame.index))
    groups = [None] if group is None else list(dict.fromkeys(frame[group]))
    lines_of_name = max(text.count("\n") + 1 for text in _wrapped(names))
    row = max(ROW * (1 if len(groups) < 3 else 1.3), 0.16 * lines_of_name + 0.06)
    figure, ax = _blank(len(names) * row + 0.7)
    shifts = np.linspace(-0.18, 0.18, len(groups)) if len(groups) > 1 else [0.0]
    place = {name: position for position, name in enumerate(names)}
    for number, (one, shift) in enumerate(zip(groups, shifts, strict=True)):
        part = frame if one is None else frame[frame[group] == one]
        at = np.array([place[name] for name in part.index]) + shift
        colour = PALETTE[number]
        if "low" in part:
            ax.hlines(at, part["low"], part["high"], color=colour, linewidth=2, alpha=0.55)
        look = {"color": colour, "marker": MARKERS[number], "s": 46, "label": one, "zorder": 3}
        sns.scatterplot(x=part["value"].to_numpy(dtype=float), y=at, ax=ax, legend=False, **look)
        if len(groups) == 1:
            _numbers(ax, part, at, style)
    _row_axis(ax, names)
    _value_axis(ax, frame, style)
    if group is not None:
        _key(figure, ax)
    form = "Points avec intervalles" if "low" in frame else "Points"
    formats = dict.fromkeys(("value", "low", "high"), style)
    return Chart(figure, frame.rename_axis(frame.index.name or "Ligne"), form, axes, formats)


def bars(frame: pd.Series | pd.DataFrame, axes: str, *, style: str = "count"):
    """Draw horizontal bars from zero; the columns of a frame follow one another in a bar.

    Parameters
    ----------
    frame : Series or DataFrame
        Index: name of each bar, top to bottom. Values of 0 or more.
    axes : str
        What is drawn: subtitle of the figure.
    style : str
        How numbers are written.

    Returns
    -------
    Chart
    """
    import seaborn as sns

    table = frame.to_frame(frame.name or "Valeur") if isinstance(frame, pd.Series) else frame
    names, left = [str(name) for name in table.index], np.zeros(len(table))
    figure, ax = _blank(len(table) * ROW + (0.7 if table.shape[1] == 1 else 1.0))
    write = french.style(style)
    total = float(table.sum(axis=1).max()) or 1.0
    for number, column in enumerate(table):
        lengths = table[column].fillna(0).to_numpy(dtype=float)
        look = {"color": PALETTE[number], "label": str(column), "width": 0.66, "linewidth": 0.8}
        sns.barplot(
            x=lengths, y=names, left=left, ax=ax, orient="h", saturation=1, legend=False, **look
        )
        for place, (start, length) in enumerate(zip(left, lengths, strict=True)):
            inside = table.shape[1] > 1
            missing = pd.isna(table[column].iloc[place])
            text, wide = "" if missing else write(length), length > total * 0.09
            if inside and wide:
                ink = {"color": ink_on(PALETTE[number]), "ha": "center"}
                ax.text(start + length / 2, place, text, va="center", fontsize=9, **ink)
            elif not inside:
                ax.text(length + total * 0.015, place, text, va="center", fontsize=9, color=INK)
        left += lengths
    _row_axis(ax, names)
    ax.set_xlim(0, total * (1.12 if table.shape[1] == 1 else 1.0))
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    if table.shape[1] > 1:
        _key(figure, ax)
    formats = {str(column): style for column in table}
    data = table.rename_axis(table.index.name or "Ligne")
    return Chart(figure, data, "Barres horizontales", axes, formats)


def matrix(
    frame: pd.DataFrame, axes: str, *, style: str = "percent", data: pd.DataFrame | None = None
):
    """Draw a two-way table of numbers as cells that are darker where the number is higher.

    Parameters
    ----------
    frame : DataFrame
        Index and columns: names of rows and columns. Missing cells stay white.
    axes : str
        What is drawn: subtitle of the figure.
    style : str
        How numbers are written in the cells.
    data : DataFrame, optional
        Rows behind the cells, with more than they show, such as intervals.

    Returns
    -------
    Chart
    """
    import seaborn as sns

    write = french.style(style)
    texts = frame.map(lambda value: "" if pd.isna(value) else write(value).replace("\xa0%", ""))
    # Names over many narrow columns would overlap: they are tilted.
    many = frame.shape[1] > 5
    names = _wrapped(frame.columns, 40 if many else max(10, 36 // frame.shape[1]))
    longest = max(len(name) for name in names)
    above = 0.06 * longest if many else 0.19 * max(name.count("\n") + 1 for name in names)
    figure, ax = _blank(len(frame) * ROW + 0.5 + above)
    look = {"cmap": SEQUENTIAL, "cbar": False, "linewidths": 1.5, "annot_kws": {"fontsize": 9}}
    look |= {"vmin": 0, "vmax": 1 if style == "percent" else None}
    look |= {"xticklabels": False, "yticklabels": False}
    sns.heatmap(frame.astype(float), annot=texts, fmt="", ax=ax, **look)
    ax.set(xlabel=None, ylabel=None)
    ax.set_yticks(np.arange(len(frame)) + 0.5, _wrapped(frame.index), rotation=0)
    look = {"rotation": 50, "ha": "left", "rotation_mode": "anchor"} if many else {"rotation": 0}
    ax.set_xticks(np.arange(frame.shape[1]) + 0.5, names, **look)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    formats = {str(column): style for column in frame}
    behind = frame.rename_axis(frame.index.name or "Ligne") if data is None else data
    return Chart(figure, behind, "Tableau de cases", axes, formats)


def lines(frame: pd.DataFrame, axes: str, *, style: str = "percent"):
    """Draw one line a column over the years of the index, each named at its end.

    Parameters
    ----------
    frame : DataFrame
        Index: years, ascending. Columns: names of the series; missing values leave gaps.
    axes : str
        What is drawn: subtitle of the figure.
    style : str
        How numbers are written.

    Returns
    -------
    Chart
    """
    import seaborn as sns

    figure, ax = _blank(3.2)
    ends = []
    for number, column in enumerate(frame):
        series = frame[column].dropna()
        if series.empty:
            continue
        colour = PALETTE[number % len(PALETTE)]
        look = {"color": colour, "marker": MARKERS[number % len(MARKERS)], "markersize": 6}
        look["linestyle"] = LINESTYLES[number % len(LINESTYLES)]
        sns.lineplot(x=series.index.astype(int), y=series.to_numpy(float), ax=ax, **look)
        ends.append([float(series.iloc[-1]), int(series.index[-1]), str(column), colour])
    values = frame.to_numpy(dtype=float)
    low, high = min(0.0, np.nanmin(values)), np.nanmax(values) or 1.0
    ax.set_ylim(low, high * 1.08)
    _name_ends(ax, ends, (high - low) * 0.075)
    ax.set(xlabel=None, ylabel=None)
    ax.grid(axis="y")
    years = sorted({int(year) for year in frame.index})
    ax.set_xticks(years if len(years) <= 6 else years[:: -(-len(years) // 6)])
    format_axis(ax.xaxis, "year")
    format_axis(ax.yaxis, style)
    formats = {str(column): style for column in frame}
    return Chart(figure, frame.rename_axis(frame.index.name or "Année"), "Courbes", axes, formats)


def _blank(height: float):
    """Return a figure of the usual width, and its axes, in the look of the reports."""
    import seaborn as sns
    from matplotlib import pyplot

    sns.set_theme(style="white", rc=dict(pyplot.rcParams))
    return pyplot.subplots(figsize=(WIDTH, height), layout="constrained")


def _wrapped(names, width: int = 30) -> list[str]:
    texts = (french.apostrophes(str(name)) for name in names)
    return [textwrap.fill(text, width, break_long_words=False) for text in texts]


def _row_axis(ax, names) -> None:
    ax.set_yticks(range(len(names)), _wrapped(names))
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.set(ylabel=None, xlabel=None)
    ax.spines["left"].set_visible(False)


def _value_axis(ax, frame: pd.DataFrame, style: str) -> None:
    high = float(frame[[c for c in ("value", "high") if c in frame]].max().max())
    low = float(frame[[c for c in ("value", "low") if c in frame]].min().min())
    # Where every value is hidden, the axis is one of zeros.
    high, low = (0.0 if pd.isna(end) else end for end in (high, low))
    # The axis holds zero; room is left at its ends for the numbers of the dots.
    left = 0.0 if low >= 0 else low - 0.06 * (high - low)
    ax.set_xlim(left, max(high * 1.06, 1e-9))
    format_axis(ax.xaxis, style)
    ax.xaxis.get_major_locator().set_params(nbins=5)
    if style == "percent":
        # The room beyond the last dot may lie above the whole, where no share is.
        ax.set_xticks(
            [tick for tick in ax.get_xticks() if left <= tick <= min(ax.get_xlim()[1], 1)]
        )
    ax.grid(axis="x")


def _numbers(ax, frame: pd.DataFrame, at, style: str) -> None:
    """Write the number of each row above its dot."""
    write = french.style(style)
    for value, place in zip(frame["value"], at, strict=True):
        if not pd.isna(value):
            look = {"textcoords": "offset points", "ha": "center", "fontsize": 8, "color": INK}
            ax.annotate(write(value), (value, place), (0, 5), **look)


def _key(figure, ax) -> None:
    """Put the legend above the drawing, one entry below the other if they are long."""
    handles, texts = ax.get_legend_handles_labels()
    columns = 1 if sum(map(len, texts)) > 56 else len(texts)
    texts = [textwrap.fill(text, 60) for text in texts]
    figure.legend(handles, texts, loc="outside upper left", ncols=columns, frameon=False)


def _name_ends(ax, ends: list, room: float) -> None:
    """Name each line behind its last point; names that would overlap move apart."""
    last = None
    for end in sorted(ends):
        height = end[0] if last is None else max(end[0], last + room)
        look = {"textcoords": "offset points", "va": "center", "fontsize": 9, "color": end[3]}
        text = textwrap.fill(end[2], 22)
        ax.annotate(text, (end[1], height), (8, 0), annotation_clip=False, **look)
        last = height + room * text.count("\n")
