"""Data frames as accessible HTML tables and as CSV that a French spreadsheet opens well."""

from __future__ import annotations

import base64
import csv
import io

import pandas as pd
from markupsafe import Markup, escape

from claimbook.figures.formats import cell_formatter, csv_value, default_style, is_numeric
from claimbook.figures.links import Links

#: From this number of rows on, a table scrolls inside its own region.
LONG = 25
#: Beyond this number of columns, headings are turned on paper.
WIDE = 12


def as_columns(frame, name: str, row_header: str | None) -> tuple[pd.DataFrame, str]:
    """Return a frame whose every column has a heading, with the column that names its rows.

    Parameters
    ----------
    frame : pandas.DataFrame or pandas.Series, shape (n_rows, n_columns)
        A meaningful index becomes the first column.
    name : str
        Name of the figure or table, for messages.
    row_header : str or None
        Column that names the rows; the first one when None.

    Returns
    -------
    frame : pandas.DataFrame
    row_header : str

    Raises
    ------
    ValueError
        If the data are empty, a heading is empty or stated twice, headings have several levels, or `row_header` is no
        column.
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame(name=frame.name or "Valeur")
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"{name}: data must be a pandas DataFrame, not {type(frame).__name__}")
    if frame.empty:
        raise ValueError(f"{name}: the data are empty")
    if frame.columns.nlevels > 1:
        raise ValueError(
            f"{name}: headings have {frame.columns.nlevels} levels; flatten them into one"
        )
    if not (isinstance(frame.index, pd.RangeIndex) and frame.index.name is None):
        if any(not label for label in frame.index.names):
            raise ValueError(
                f"{name}: name the index of the data (rename_axis), or drop it (reset_index(drop=True))"
            )
        frame = frame.reset_index()
    headings = [str(column).strip() for column in frame.columns]
    for position, heading in enumerate(headings):
        if not heading:
            raise ValueError(f"{name}: column {position + 1} has an empty heading")
        if heading in headings[:position]:
            raise ValueError(f"{name}: two columns are named {heading!r}")
    frame = frame.set_axis(headings, axis=1)
    row_header = headings[0] if row_header is None else str(row_header)
    if row_header not in headings:
        raise ValueError(
            f"{name}: row_header {row_header!r} is not a column; columns are {', '.join(headings)}"
        )
    return frame, row_header


def column_styles(frame: pd.DataFrame, name: str, formats) -> dict:
    """Return the style of every column, refusing formats of columns that do not exist."""
    formats = {str(column): style for column, style in (formats or {}).items()}
    unknown = sorted(set(formats) - set(frame.columns))
    if unknown:
        raise ValueError(
            f"{name}: formats names no column: {', '.join(unknown)}; columns are {', '.join(frame.columns)}"
        )
    return {column: formats.get(column, default_style(frame[column])) for column in frame.columns}


def table_html(
    frame: pd.DataFrame, *, caption, caption_id: str, row_header: str, styles: dict
) -> Markup:
    """Return the table inside a region that takes the focus, so that the keyboard can scroll it.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (n_rows, n_columns)
        As :func:`as_columns` returns it.
    caption : markupsafe.Markup or str
        Caption; a plain string is escaped.
    caption_id : str
        Id of the caption in the page: it names the region.
    row_header : str
        Column whose cells are headers of their rows.
    styles : dict of str to (str or callable)
        As :func:`column_styles` returns it.

    Returns
    -------
    markupsafe.Markup
    """
    numeric = {c: is_numeric(frame[c], styles[c]) for c in frame.columns}
    number = {c: ' class="n"' if numeric[c] else "" for c in frame.columns}
    wide = len(frame.columns) > WIDE
    # on paper the headings of a wide table are turned, and need a box to wrap in
    words = {c: Markup("<span>{}</span>").format(c) if wide else escape(c) for c in frame.columns}
    head = "".join(f'<th scope="col"{number[c]}>{words[c]}</th>' for c in frame.columns)
    written = {c: _written(frame[c], styles[c]) for c in frame.columns}
    rows = []
    for i in range(len(frame)):
        cells = (
            f'<th scope="row"{number[c]}>{written[c][i]}</th>'
            if c == row_header
            else f"<td{number[c]}>{written[c][i]}</td>"
            for c in frame.columns
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    size = " long" * (len(frame) > LONG) + " wide" * wide
    return Markup(
        f'<div class="scroll{size}" role="region" aria-labelledby="{caption_id}" tabindex="0">\n'
        f'<table>\n<caption id="{caption_id}">{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody>\n</table>\n</div>"
    )


def _written(column: pd.Series, style) -> list[Markup]:
    write = cell_formatter(style)
    return [escape(value if isinstance(value, Links) else write(value)) for value in column]


def csv_text(frame: pd.DataFrame) -> str:
    """Return the frame as CSV: semicolons, decimal commas, CRLF, formulae neutralised, values at full precision."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([csv_value(c) for c in frame.columns])
    writer.writerows(
        [csv_value(v) for v in row] for row in zip(*(frame[c] for c in frame.columns), strict=True)
    )
    return buffer.getvalue()


def download_link(frame: pd.DataFrame, name: str) -> Markup:
    """Return the link that saves the frame as ``name.csv``; the file is in the page (data URI), in UTF-8 with a BOM."""
    payload = csv_text(frame).encode("utf-8-sig")
    size = f"{max(1, round(len(payload) / 1024))}\N{NO-BREAK SPACE}ko"
    data = base64.b64encode(payload).decode("ascii")
    return Markup(
        f'<p class="get"><a download="{name}.csv" href="data:text/csv;charset=utf-8;base64,{data}">'
        f"Télécharger «\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}» (CSV, {size})</a></p>"
    )
