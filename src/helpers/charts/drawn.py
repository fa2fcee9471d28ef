"""What a chart draws, read back from Matplotlib and compared with the table that it offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from claimbook import french
from helpers.charts.forms import Chart


def check_drawn(chart: Chart) -> None:
    """Refuse a chart that draws something else than its table: lengths, places, names, numbers.

    Raises
    ------
    ValueError
        Naming a mark that is drawn and not in the table, or the reverse.
    """
    if chart.form not in _FORMS:
        return
    drawn, told = (Counter(map(_plain, marks)) for marks in _FORMS[chart.form](chart))
    for more, less, problem in ((drawn, told, "drawn"), (told, drawn, "in the table")):
        for mark in sorted((more - less).elements(), key=str)[:1]:
            shown = ", ".join(map(str, mark))
            raise ValueError(f"the chart does not draw its table: {shown} is {problem} alone")


def _plain(mark: tuple) -> tuple:
    """Return a mark with names as they read whatever their line breaks, and no float noise."""
    texts = ("".join(french.apostrophes(str(part)).split()) for part in mark)
    return tuple(
        float(f"{part:.9g}") if isinstance(part, float) else text
        for part, text in zip(mark, texts, strict=True)
    )


def _names(axis) -> dict[int, str]:
    """Return the name that stands at each place of an axis."""
    texts = (label.get_text() for label in axis.get_ticklabels())
    return dict(zip(np.floor(axis.get_ticklocs()).astype(int).tolist(), texts, strict=True))


def _known(marks) -> Iterator[tuple]:
    """Yield the marks that are not hidden: a missing value is neither drawn nor written."""
    return (mark for mark in marks if not any(pd.isna(part) for part in mark))


def _rows(chart: Chart):
    (axes,), numbers = chart.drawing.axes, [c for c in ("value", "low", "high") if c in chart.data]
    table, names, drawn = chart.data[numbers].astype(float), _names(axes.yaxis), []
    for collection in axes.collections:
        if hasattr(collection, "get_segments"):
            # A hidden one has no ends.
            spans = [span.tolist() for span in collection.get_segments() if len(span)]
            drawn += [("interval", names.get(round(y)), low, high) for (low, y), (high, _) in spans]
        else:
            dots = np.ma.filled(collection.get_offsets(), np.nan).tolist()
            drawn += [("dot", names.get(round(y)), x) for x, y in dots]
    told = [("dot", *mark) for mark in table["value"].items()]
    if "low" in table:
        told += [("interval", *row) for row in table[["low", "high"]].itertuples(name=None)]
    if axes.texts:
        write = french.style(chart.formats["value"])
        drawn += [("number", names.get(round(text.xy[1])), text.get_text()) for text in axes.texts]
        told += [("number", n, write(v)) for n, v in table["value"].dropna().items()]
    return _known(drawn), _known(told)


def _bars(chart: Chart):
    (axes,), table = chart.drawing.axes, chart.data.fillna(0).astype(float)
    names, drawn, told = _names(axes.yaxis), [], []
    starts = table.cumsum(axis=1) - table
    for bars, column in zip(axes.containers, table, strict=True):
        for bar in bars:
            name = names.get(round(bar.get_y() + bar.get_height() / 2))
            drawn.append((column, name, float(bar.get_x()), float(bar.get_width())))
        told += zip([column] * len(table), table.index, starts[column], table[column], strict=True)
    return drawn, told


def _cells(chart: Chart):
    (axes,), table = chart.drawing.axes, chart.data
    rows, columns = _names(axes.yaxis), _names(axes.xaxis)
    (mesh,) = axes.collections
    values = np.ma.filled(mesh.get_array(), np.nan).tolist()
    if "value" in table:  # a row for each cell, with more than the cell shows
        told = zip(table["value"].astype(float), strict=True)
        return _known((value,) for line in values for value in line), _known(told)
    table = table.astype(float)
    drawn = [
        (rows.get(y), columns.get(x), value)
        for y, line in enumerate(values)
        for x, value in enumerate(line)
    ]
    told = [(name, str(column), row[column]) for name, row in table.iterrows() for column in table]
    return _known(drawn), _known(told)


def _lines(chart: Chart):
    (axes,) = chart.drawing.axes
    names = {text.get_color(): text.get_text() for text in axes.texts}
    drawn = [
        (names.get(line.get_color()), float(x), float(y))
        for line in axes.lines
        for x, y in line.get_xydata()
    ]
    told = [
        (str(column), float(year), float(value))
        for column, series in chart.data.items()
        for year, value in series.items()
    ]
    return _known(drawn), _known(told)


_FORMS = {
    "Points avec intervalles": _rows,
    "Points": _rows,
    "Barres horizontales": _bars,
    "Tableau de cases": _cells,
    "Courbes": _lines,
}
