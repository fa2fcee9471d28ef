"""The charts of the typology: what chance gives, who belongs where, what each class offers, what was missed.

Every function returns a Matplotlib figure that `claimbook.figures.figure` shows with its text and its data.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path as MplPath
from matplotlib.transforms import Affine2D

from claimbook.figures import HATCHES, MARKERS, PALETTE, SEQUENTIAL, format_axis, ink_on

_LEFT_OUT = "#59626e"


def _axes(width: float, height: float, columns: int = 1):
    from matplotlib import pyplot

    return pyplot.subplots(
        1, columns, figsize=(width, height), layout="constrained", squeeze=False, sharey=True
    )


def naive_and_corrected(frame: pd.DataFrame, label: str, *, naive: str, corrected: str, low: str, high: str,
                        identified: str, xlabel: str):  # fmt: skip
    """Draw a share as seen beside its correction for what was not read, with the interval of the latter.

    Parameters
    ----------
    frame : DataFrame, one row per service, drawn from top to bottom
        Holds the columns named by the other parameters; shares in [0, 1].
    label, naive, corrected, low, high : str
    identified : str
        Column of booleans; where it is false the interval is dashed and no corrected point is drawn.
    xlabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, grid = _axes(7.2, 1.7 + 0.235 * len(frame))
    axes = grid[0, 0]
    places = np.arange(len(frame))
    sure = frame[identified].to_numpy(dtype=bool)
    for mask, style, name in (
        (sure, "-", "intervalle"),
        (~sure, (0, (2, 2)), "intervalle, part non identifiée"),
    ):
        if mask.any():
            axes.hlines(places[mask], frame.loc[mask, low], frame.loc[mask, high], color=PALETTE[0], linewidth=1.7,
                        linestyle=style, label=name)  # fmt: skip
    axes.plot(
        frame.loc[sure, corrected],
        places[sure],
        "o",
        color=PALETTE[0],
        markersize=6,
        clip_on=False,
        label="part corrigée",
    )
    axes.plot(
        frame[naive],
        places,
        "D",
        color=PALETTE[1],
        markersize=5,
        fillstyle="none",
        label="part vue",
    )
    axes.set_yticks(places, list(frame[label]))
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    format_axis(axes.xaxis, "percent", digits=0)
    figure.legend(loc="outside lower left", ncols=2, frameon=False)
    return figure


def null_band(tables: Mapping[str, pd.DataFrame], *, xlabel: str, ylabel: str):
    """Draw an index for each number of clusters over the band that data without types give.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Title of a panel -> table of `helpers.typology.NullStability.table`.
    xlabel, ylabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, grid = _axes(7.2, 3.6, len(tables))
    for axes, (title, table) in zip(grid[0], tables.items(), strict=True):
        k = table.index.to_numpy(dtype=float)
        axes.fill_between(
            k,
            table["null_low"],
            table["null_high"],
            color=PALETTE[1],
            alpha=0.25,
            label="tirages au hasard",
        )
        axes.plot(k, table["null_mean"], linestyle="--", color=PALETTE[1], label="leur moyenne")
        axes.plot(k, table["observed"], marker="o", color=PALETTE[0], label="opérateurs")
        axes.set_title(textwrap.fill(title, 34), loc="left", fontsize=9)
        axes.set_xlabel(xlabel)
        axes.set_ylim(0, 1.02)
        axes.grid(axis="y")
        axes.xaxis.get_major_locator().set_params(integer=True)
        format_axis(axes.xaxis, "count")
        format_axis(axes.yaxis, "decimal")
    grid[0, 0].set_ylabel(ylabel)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=3, frameon=False)
    return figure


def membership_bars(memberships: pd.DataFrame, *, xlabel: str, limit: float | None = None):
    """Draw the class probabilities of every operator as a stacked bar, from top to bottom.

    Parameters
    ----------
    memberships : DataFrame, shape (n, k)
        Operators in the order to draw; columns are the names of the classes; rows sum to 1.
    xlabel : str
    limit : float, optional
        Probability from which an operator counts as placed, drawn as a line.

    Returns
    -------
    matplotlib.figure.Figure
    """
    n = len(memberships)
    figure, grid = _axes(7.2, 1.5 + 0.17 * n + 0.2 * memberships.shape[1])
    axes, start = grid[0, 0], np.zeros(n)
    for c, name in enumerate(memberships.columns):
        end = start + memberships[name].to_numpy(dtype=float)
        bars = [MplPath.unit_rectangle().transformed(Affine2D().scale(right - left, 0.8).translate(left, row - 0.4))
                for row, (left, right) in enumerate(zip(start, end, strict=True)) if right > left]  # fmt: skip
        # One shape a class: a printed page repeats the hatch for every shape, which made it twenty times as heavy.
        shape = PathPatch(MplPath.make_compound_path(*bars), facecolor=PALETTE[c % len(PALETTE)], label=name,
                          hatch=HATCHES[c % len(HATCHES)], edgecolor="white", linewidth=0)  # fmt: skip
        axes.add_patch(shape)
        start = end
    if limit is not None:
        axes.axvline(limit, color="black", linewidth=1, linestyle=":")
    axes.set_yticks(range(n), list(memberships.index), fontsize=7)
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xlabel(xlabel)
    format_axis(axes.xaxis, "percent", digits=0)
    figure.legend(loc="outside lower left", ncols=1, frameon=False)
    return figure


def profile_heat(rates: pd.DataFrame, seen: pd.DataFrame, side: pd.DataFrame):
    """Draw what each class offers, estimated and seen, service by service.

    Parameters
    ----------
    rates : DataFrame, shape (m, k)
        Estimated share of each class (columns) that offers each service (rows), in the order to draw.
    seen : DataFrame, shape (m, k)
        Share seen to offer it.
    side : DataFrame, shape (m, k)
        1 where the class clearly offers it more often than the rest, -1 less often, 0 else.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import colormaps

    from claimbook import french

    m, k = rates.shape
    figure, grid = _axes(2.6 + 1.9 * k, 1.3 + 0.27 * m)
    axes = grid[0, 0]
    axes.pcolormesh(np.arange(k + 1) - 0.5, np.arange(m + 1) - 0.5, rates.to_numpy(dtype=float), cmap=SEQUENTIAL,
                    vmin=0, vmax=1, edgecolors="white", linewidth=1)  # fmt: skip
    symbol = {1: "▲ ", -1: "▼ ", 0: ""}
    for j, service in enumerate(rates.index):
        for c, name in enumerate(rates.columns):
            rate, found = float(rates.loc[service, name]), float(seen.loc[service, name])
            text = f"{symbol[int(side.loc[service, name])]}{french.percent(rate, 0)} (vu {french.percent(found, 0)})"
            ink = ink_on(colormaps[SEQUENTIAL](rate))
            axes.text(c, j, text, ha="center", va="center", fontsize=7.5, color=ink)
    axes.set_xticks(range(k), [textwrap.fill(str(name), 26) for name in rates.columns], fontsize=8)
    axes.xaxis.tick_top()
    axes.set_yticks(range(m), list(rates.index), fontsize=8)
    axes.set_ylim(m - 0.5, -0.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def plane(
    points: pd.DataFrame, services: pd.DataFrame, *, names: Sequence[str], xlabel: str, ylabel: str
):
    """Draw operators and services on the first two axes of a multiple correspondence analysis.

    Parameters
    ----------
    points : DataFrame, one row per operator
        Columns x, y, group (name of a class).
    services : DataFrame, indexed by the name to write
        Columns x, y: where the category "seen" of each service stands.
    names : sequence of str
        Operators to write by name.
    xlabel, ylabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, grid = _axes(7.2, 6.4)
    axes = grid[0, 0]
    axes.axhline(0, color="#c9ced6", linewidth=0.8, zorder=0)
    axes.axvline(0, color="#c9ced6", linewidth=0.8, zorder=0)
    for c, (group, rows) in enumerate(points.groupby("group", sort=True)):
        axes.scatter(rows["x"], rows["y"], marker=MARKERS[c % len(MARKERS)], s=34, color=PALETTE[c % len(PALETTE)],
                     alpha=0.8, label=group)  # fmt: skip
    axes.scatter(
        services["x"],
        services["y"],
        marker="+",
        s=24,
        color=_LEFT_OUT,
        linewidths=0.9,
        label="service vu",
    )
    for name, corner in zip(services.index, _corners(points, services), strict=True):
        across, upright, shift = corner
        axes.annotate(str(name), services.loc[name, ["x", "y"]], xytext=(3 if across == "left" else -3, shift),
                      ha=across, va=upright, textcoords="offset points", fontsize=6.5, color=_LEFT_OUT)  # fmt: skip
    for name in names:
        x, y = points.loc[name, ["x", "y"]]
        axes.annotate(
            name, (x, y), xytext=(4, -9), textcoords="offset points", fontsize=8, weight="bold"
        )
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    for axis in (axes.xaxis, axes.yaxis):
        format_axis(axis, "decimal")
    figure.legend(loc="outside lower left", ncols=1, frameon=False)
    return figure


def _corners(points: pd.DataFrame, services: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Choose on which side of its cross each name stands, so that no two names meet where that can be helped."""
    both = pd.concat([points[["x", "y"]], services[["x", "y"]]])
    # in points: about six inches by five for the axes, and letters of 6.5 points, 3.7 wide: near enough
    across, up = (
        430 / (both["x"].max() - both["x"].min()),
        350 / (both["y"].max() - both["y"].min()),
    )
    sides = [
        ("left", "bottom", 3),
        ("left", "top", -3),
        ("right", "bottom", 3),
        ("right", "top", -3),
    ]
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


def pair_matrix(matrix: pd.DataFrame, *, bounds: Sequence[int], label: str):
    """Draw how often each pair of operators falls together.

    Parameters
    ----------
    matrix : DataFrame, shape (n, n)
        Shares in [0, 1], operators in the order to draw.
    bounds : sequence of int
        Positions where a group ends, drawn as lines.
    label : str
        Title of the scale.

    Returns
    -------
    matplotlib.figure.Figure
    """
    n = len(matrix)
    figure, grid = _axes(7.4, 1.0 + 0.125 * n)
    axes = grid[0, 0]
    image = axes.imshow(
        matrix.to_numpy(dtype=float),
        cmap=SEQUENTIAL,
        vmin=0,
        vmax=1,
        interpolation="nearest",
        aspect="auto",
    )
    for end in bounds:
        axes.axhline(end - 0.5, color=PALETTE[1], linewidth=1)
        axes.axvline(end - 0.5, color=PALETTE[1], linewidth=1)
    axes.set_yticks(range(n), list(matrix.index), fontsize=5.5)
    axes.set_xticks([])
    axes.grid(False)
    bar = figure.colorbar(image, ax=axes, shrink=0.5, label=label)
    format_axis(bar.ax.yaxis, "percent", digits=0)
    return figure
