"""Charts of other forms: bars, lines over a number or over time, matrices, a plane."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from claimbook import french
from claimbook.figures import (
    HATCHES,
    LINESTYLES,
    MARKERS,
    PALETTE,
    SEQUENTIAL,
    format_axis,
    ink_on,
)
from helpers.charts.old_rows import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    _axes,
    _percent,
    _rows,
    _shares,
    _whole,
    _with_legend,
    _wrapped,
)

_STATES = (
    # state, legend, marker, size, filled
    ("offered", "service proposé", "s", 30, True),
    ("planned", "en projet", "o", 22, False),
    ("discontinued", "arrêté", "x", 22, True),
    ("not_offered", "dit non proposé", "_", 30, True),
)


def bars(frame: pd.DataFrame, label: str, value: str, *, xlabel: str):
    """Draw counts as horizontal bars with their values, from top to bottom."""
    figure, axes, places = _rows(frame[label], 1.0 + 0.27 * len(frame), xlabel, grid=False)
    drawn = axes.barh(places, frame[value], color=BLUE, height=0.7)
    axes.bar_label(drawn, [french.count(v) for v in frame[value]], padding=4)
    axes.set_xlim(0, float(frame[value].max()) * 1.12)
    _whole(axes.xaxis)
    return figure


def columns(
    frame: pd.DataFrame, label: str, value: str, *, xlabel: str, ylabel: str, style: str = "count"
):
    """Draw counts as vertical bars in the order of a numeric label (pages, years)."""
    figure, axes = _axes(7.2, 3.2, xlabel, ylabel)
    axes.bar(frame[label].astype(float), frame[value], color=BLUE, width=0.8)
    axes.grid(axis="y")
    _whole(axes.xaxis)
    _whole(axes.yaxis)
    format_axis(axes.xaxis, style)
    return figure


def random_tables(null, observed: float, *, xlabel: str):
    """Draw the distribution of a statistic over random tables, and the value observed."""
    figure, axes = _axes(7.2, 3.0, xlabel, "Nombre de tables")
    look = {"color": PALE, "edgecolor": "white", "label": "tables tirées au hasard"}
    counts, _, _ = axes.hist(null, bins=30, **look)
    axes.axvline(observed, color=ORANGE, linewidth=2.4, label="valeur observée")
    axes.set_ylim(0, counts.max() * 1.1)
    format_axis(axes.xaxis, "decimal", digits=1)
    format_axis(axes.yaxis, "count")
    return _with_legend(figure, 2)


def choices(frame: pd.DataFrame, x: str, curves: dict[str, str], *, xlabel: str, ylabel: str):
    """Draw shares over a small whole number, one line per entry of `curves` (column -> name)."""
    figure, axes = _axes(7.2, 3.6, xlabel, ylabel)
    for i, (column, name) in enumerate(curves.items()):
        look = {"marker": MARKERS[i], "linestyle": LINESTYLES[i], "color": PALETTE[i]}
        axes.plot(frame[x], frame[column], markersize=7, fillstyle="none", label=name, **look)
    axes.set_ylim(0, 1)
    axes.set_xticks(list(frame[x]))
    axes.grid(axis="y")
    format_axis(axes.xaxis, "count")
    _percent(axes.yaxis)
    return _with_legend(figure, 2)


def lorenz_curves(curves: Mapping[str, pd.DataFrame], *, xlabel: str, ylabel: str):
    """Draw Lorenz curves (name -> members, held, low, high) with their bands, and equality."""
    figure, axes = _axes(6.4, 5.6, xlabel, ylabel)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":", label="égalité parfaite")
    for (name, curve), colour, line in zip(curves.items(), PALETTE, LINESTYLES, strict=False):
        ends = curve["low"], curve["high"]
        axes.fill_between(curve["members"], *ends, color=colour, alpha=0.18, linewidth=0)
        axes.plot(curve["members"], curve["held"], color=colour, linestyle=line, label=name)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.legend(loc="upper left", frameon=False)
    _percent(axes.xaxis)
    _percent(axes.yaxis)
    return figure


def panels(points: pd.DataFrame, steps: pd.DataFrame):
    """Draw one panel per series of shares: waves with intervals, joined where comparable.

    `points` are as from :func:`helpers.indicators.waves`, undated ones left out; `steps` as from
    :func:`helpers.indicators.steps`.
    """
    from matplotlib import pyplot

    names = list(dict.fromkeys(points["series"]))
    rows = -(-len(names) // 3)
    look = {"figsize": (8.4, 2.25 * rows), "squeeze": False, "layout": "constrained"}
    figure, grid = pyplot.subplots(rows, 3, **look)
    for axes in grid.flat[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(grid.flat, names, strict=False):
        joined = steps.loc[steps["series"] == name, "comparable"].tolist()
        _panel(axes, points[points["series"] == name], joined)
    return figure


def _panel(axes, own: pd.DataFrame, joined: list[bool]) -> None:
    when, value = own["when"].to_numpy(), own["value"].to_numpy()
    for i in np.flatnonzero(joined):
        axes.plot(when[i : i + 2], value[i : i + 2], "-", color=BLUE)
    known = own["low"].notna() & own["high"].notna()
    sure, unsure = own[known], own[~known]
    if len(sure):
        axes.vlines(sure["when"], sure["low"], sure["high"], color=BLUE, linewidth=3, alpha=0.45)
    for part, marker, face in ((sure, "o", BLUE), (unsure, "D", "white")):
        look = {"color": BLUE, "markerfacecolor": face, "markersize": 5, "linestyle": ""}
        axes.plot(part["when"], part["value"], marker, **look)
    years = sorted({int(when.min()), int(when.max())})
    axes.set_xlim(years[0] - 0.5, years[-1] + 1.5)
    axes.set_xticks([year + 0.5 for year in years], [str(year) for year in years])
    axes.set_ylim(0, 1.25 * float(own[["value", "high"]].max().max()))
    axes.yaxis.get_major_locator().set_params(nbins=4)
    _percent(axes.yaxis)
    title = textwrap.fill(own["title"].iloc[0], 34)
    axes.set_title(title, fontsize=8.5, fontweight="normal")
    axes.grid(axis="y")


def null_band(tables: Mapping[str, pd.DataFrame], *, xlabel: str, ylabel: str):
    """Draw an index for each number of clusters over the band that data without types give.

    `tables` maps the title of a panel to a table of `helpers.typology.NullStability.table`.
    """
    from matplotlib import pyplot

    look = {"figsize": (7.2, 3.6), "layout": "constrained", "sharey": True, "squeeze": False}
    figure, grid = pyplot.subplots(1, len(tables), **look)
    for axes, (title, table) in zip(grid[0], tables.items(), strict=True):
        k, ends = table.index.to_numpy(dtype=float), (table["null_low"], table["null_high"])
        axes.fill_between(k, *ends, color=ORANGE, alpha=0.25, label="tirages au hasard")
        axes.plot(k, table["null_mean"], linestyle="--", color=ORANGE, label="leur moyenne")
        axes.plot(k, table["observed"], marker="o", color=BLUE, label="opérateurs")
        axes.set_title(textwrap.fill(title, 34), loc="left", fontsize=9)
        axes.set(xlabel=xlabel, ylim=(0, 1.02))
        axes.grid(axis="y")
        _whole(axes.xaxis)
        format_axis(axes.yaxis, "decimal")
    grid[0, 0].set_ylabel(ylabel)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    return _with_legend(figure, 3, handles=handles, labels=labels)


def state_grid(state: pd.DataFrame, labels: dict[str, str]):
    """Draw operators x services with one symbol per state; an empty place is unseen, not absent.

    `state` holds states of `helpers.profiles.STATES`, rows and columns in the order to draw;
    `labels` names the services.
    """
    n, m = state.shape
    figure, axes = _axes(8.4, 2.6 + 0.165 * n)
    for colour, (name, legend, marker, size, filled) in zip(PALETTE, _STATES, strict=False):
        rows, cols = (state == name).to_numpy().nonzero()
        if len(rows):
            face = {"color": colour} if filled else {"facecolors": "none", "edgecolors": colour}
            axes.scatter(cols, rows, marker=marker, s=size, linewidths=1.2, label=legend, **face)
    axes.set_xticks(range(m), [labels[code] for code in state.columns], rotation=90, fontsize=8)
    axes.set_yticks(range(n), list(state.index), fontsize=7)
    axes.xaxis.tick_top()
    axes.set(xlim=(-0.7, m - 0.3), ylim=(n - 0.3, -0.7))
    axes.grid(True, linewidth=0.3)
    axes.set_axisbelow(True)
    return _with_legend(figure, 4)


def membership_bars(memberships: pd.DataFrame, *, xlabel: str, limit: float):
    """Draw the class probabilities of every operator as a stacked bar, from top to bottom.

    Columns of `memberships` are the names of the classes; from the probability `limit` on, drawn
    as a line, an operator counts as placed.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    n, height = len(memberships), 1.5 + 0.17 * len(memberships) + 0.2 * memberships.shape[1]
    figure, axes, _ = _rows(memberships.index, height, xlabel, grid=False, size=7)
    start = np.zeros(n)
    for c, name in enumerate(memberships.columns):
        end = start + memberships[name].to_numpy(dtype=float)
        spans = [(row, a, b) for row, (a, b) in enumerate(zip(start, end, strict=True)) if b > a]
        bars = [
            Path.unit_rectangle().transformed(Affine2D().scale(b - a, 0.8).translate(a, row - 0.4))
            for row, a, b in spans
        ]
        # One shape a class: a printed page repeats the hatch for every shape.
        look = {"facecolor": PALETTE[c % len(PALETTE)], "hatch": HATCHES[c % len(HATCHES)]}
        shape = Path.make_compound_path(*bars)
        axes.add_patch(PathPatch(shape, label=name, edgecolor="white", linewidth=0, **look))
        start = end
    axes.axvline(limit, color="black", linewidth=1, linestyle=":")
    _shares(axes)
    return _with_legend(figure, 1)


def profile_heat(rates: pd.DataFrame, seen: pd.DataFrame, side: pd.DataFrame):
    """Draw what each class (columns) offers, estimated and seen, service by service (rows).

    `side` is 1 where the class clearly offers the service more often than the rest, -1 less often.
    """
    from matplotlib import colormaps

    m, k = rates.shape
    figure, axes = _axes(2.6 + 1.9 * k, 1.3 + 0.27 * m)
    edges, values = (np.arange(k + 1) - 0.5, np.arange(m + 1) - 0.5), rates.to_numpy(dtype=float)
    look = {"cmap": SEQUENTIAL, "vmin": 0, "vmax": 1, "edgecolors": "white", "linewidth": 1}
    axes.pcolormesh(*edges, values, **look)
    symbol = {1: "▲ ", -1: "▼ ", 0: ""}
    for (j, c), rate in np.ndenumerate(values):
        found = french.percent(float(seen.loc[rates.index[j], rates.columns[c]]), 0)
        sign = symbol[int(side.loc[rates.index[j], rates.columns[c]])]
        text = f"{sign}{french.percent(float(rate), 0)} (vu {found})"
        ink = ink_on(colormaps[SEQUENTIAL](float(rate)))
        axes.text(c, j, text, ha="center", va="center", fontsize=7.5, color=ink)
    axes.set_xticks(range(k), _wrapped(rates.columns, 26), fontsize=8)
    axes.xaxis.tick_top()
    axes.set_yticks(range(m), list(rates.index), fontsize=8)
    axes.set_ylim(m - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def pair_matrix(matrix: pd.DataFrame, *, bounds: Sequence[int], label: str):
    """Draw how often each pair of operators falls together (shares), with the limits of groups."""
    n = len(matrix)
    figure, axes = _axes(7.4, 1.0 + 0.125 * n)
    look = {"cmap": SEQUENTIAL, "vmin": 0, "vmax": 1, "interpolation": "nearest"}
    image = axes.imshow(matrix.to_numpy(dtype=float), aspect="auto", **look)
    for end in bounds:
        axes.axhline(end - 0.5, color=ORANGE, linewidth=1)
        axes.axvline(end - 0.5, color=ORANGE, linewidth=1)
    axes.set_yticks(range(n), list(matrix.index), fontsize=5.5)
    axes.set_xticks([])
    axes.grid(False)
    bar = figure.colorbar(image, ax=axes, shrink=0.5, label=label)
    _percent(bar.ax.yaxis)
    return figure


def plane(
    points: pd.DataFrame, services: pd.DataFrame, *, names: Sequence[str], xlabel: str, ylabel: str
):
    """Draw operators and services on the first two axes of a multiple correspondence analysis.

    `points` has x, y, group (name of a class) of each operator; `services` x, y of the category
    "seen", indexed by the name to write; `names` are the operators to write by name.
    """
    figure, axes = _axes(7.2, 6.4, xlabel, ylabel)
    axes.axhline(0, color="#c9ced6", linewidth=0.8, zorder=0)
    axes.axvline(0, color="#c9ced6", linewidth=0.8, zorder=0)
    for c, (group, rows) in enumerate(points.groupby("group", sort=True)):
        look = {"marker": MARKERS[c % len(MARKERS)], "color": PALETTE[c % len(PALETTE)]}
        axes.scatter(rows["x"], rows["y"], s=34, alpha=0.8, label=group, **look)
    look = {"marker": "+", "s": 24, "color": GREY, "linewidths": 0.9}
    axes.scatter(services["x"], services["y"], label="service vu", **look)
    offset = {"textcoords": "offset points"}
    for name, (across, upright, shift) in zip(
        services.index, _corners(points, services), strict=True
    ):
        place = {"xytext": (3 if across == "left" else -3, shift), "ha": across, "va": upright}
        at = services.loc[name, ["x", "y"]]
        axes.annotate(str(name), at, fontsize=6.5, color=GREY, **place, **offset)
    for name in names:
        at = tuple(points.loc[name, ["x", "y"]])
        axes.annotate(name, at, xytext=(4, -9), fontsize=8, weight="bold", **offset)
    for axis in (axes.xaxis, axes.yaxis):
        format_axis(axis, "decimal")
    return _with_legend(figure, 1)


def _corners(points: pd.DataFrame, services: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Choose the side of its cross for each name, so that names overlap as little as can be."""
    both = pd.concat([points[["x", "y"]], services[["x", "y"]]])
    # In points: about six inches by five for the axes, and letters of 6.5 points, 3.7 wide.
    across, up = np.array([430, 350]) / (both.max() - both.min()).to_numpy()
    sides = [(h, v, shift) for h in ("left", "right") for v, shift in (("bottom", 3), ("top", -3))]
    chosen, boxes = [], []
    for name, row in services.iterrows():
        x, y, long = row["x"] * across, row["y"] * up, 3.7 * len(str(name))
        places = [
            (x if h == "left" else x - long, y + 3 if v == "bottom" else y - 10.5)
            for h, v, _ in sides
        ]
        meets = [
            sum(abs(a - c) < max(long, wide) and abs(b - d) < 8 for c, d, wide in boxes)
            for a, b in places
        ]
        best = int(np.argmin(meets))
        boxes.append((*places[best], long))
        chosen.append(sides[best])
    return chosen
