"""Data frames as accessible HTML tables and as CSV that a French spreadsheet opens well."""

from __future__ import annotations

import base64
import csv
import io
import numbers
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import partial

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from claimbook import french
from claimbook.protect.frames import Secret

#: From this number of rows on, a table scrolls inside its own region.
LONG = 25
MISSING = "n. d."
# Digits behind the point of a number as each style writes it.
_DIGITS = {"percent": 2, "points": 2, "count": 0, "decimal": 2, "euros": 0, "year": 0}
#: First characters that make a spreadsheet run a cell (OWASP, "CSV Injection").
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
# A page of the collection, from the page that links to it: no scheme, no host, nothing that runs.
_LOCAL = re.compile(r"(?:\.\./)*[\w-]+(?:/[\w-]+)*\.(?:html|json|csv)(?:#[\w-]+)?")
_WEB = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
# What servers put in addresses and the standard of addresses does not allow there.
_ENCODED = {ord(character): f"%{ord(character):02X}" for character in "[]{}|\\^`"}


class Links:
    """One or several links in one cell of a table.

    Parameters
    ----------
    items : iterable of (str, str)
        Text and address of each. An address that is neither of the web nor of a page of the
        collection is not linked: its text alone is shown.

    Raises
    ------
    ValueError
        If there is no link, or a text is empty.
    """

    # Not a sequence: pandas would take its items for cells.
    __slots__ = ("items",)

    def __init__(self, items: Iterable[tuple[str, str]]):
        self.items = tuple((str(text), str(address)) for text, address in items)
        if not self.items or not all(text.strip() for text, _ in self.items):
            raise ValueError("Links needs one link at least, and a text for each")

    def __str__(self):
        return ", ".join(f"{text} <{address}>" if address else text for text, address in self.items)

    __repr__ = __str__

    def __html__(self) -> Markup:
        return Markup(", ").join(_anchor(text, address) for text, address in self.items)


def _anchor(text: str, address: str) -> Markup:
    if _WEB.fullmatch(address):
        link = Markup('<a href="{}" rel="noreferrer">{}</a>')
        return link.format(address.translate(_ENCODED), text)
    if _LOCAL.fullmatch(address):
        return Markup('<a href="{}">{}</a>').format(address, text)
    return escape(text)


def _is_missing(value) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _day(value: date) -> date:
    """Return a moment at midnight as its day."""
    midnight = isinstance(value, datetime) and value.time() == time.min
    return value.date() if midnight else value


def _text(value) -> str:
    if isinstance(value, bool | np.bool_):
        return "oui" if value else "non"
    value = _day(value) if isinstance(value, date) else value
    if isinstance(value, date) and not isinstance(value, datetime):
        return french.date(value)
    return french.apostrophes(french.typeset(str(value)))


# A year is cut to a whole number: an axis has ticks between two years.
_WRITERS = {"text": _text, "year": lambda value: str(int(value))}


def _writer(style):
    return style if callable(style) else _WRITERS.get(style) or french.style(style)


def cell_formatter(style):
    """Return the function that writes one value of a table.

    Parameters
    ----------
    style : str or callable
        "percent", "points", "count", "decimal", "euros", "year", "p_value", "text", another name
        of ``claimbook.french.STYLES``, or a function of the value.

    Returns
    -------
    callable
        Takes a value and returns `str`. A missing value is written "n. d.", a hidden one "s".

    Raises
    ------
    ValueError
        If no style has this name.
    """
    write = _writer(style)
    return lambda value: (
        value if isinstance(value, Secret) else MISSING if _is_missing(value) else str(write(value))
    )


def format_axis(axis, style, **options) -> None:
    """Write the ticks of a Matplotlib axis as the prose writes numbers.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        ``ax.xaxis`` or ``ax.yaxis``.
    style : str or callable
        As for :func:`cell_formatter`.
    **options
        Passed to the function of ``claimbook.french``, such as ``digits=0``.
    """
    from matplotlib.ticker import FuncFormatter

    write = _writer(style)
    axis.set_major_formatter(FuncFormatter(lambda value, _: str(write(value, **options))))


def as_columns(frame, name: str) -> pd.DataFrame:
    """Return a frame whose every column has a heading; the first one names the rows.

    A meaningful index becomes the first column. `ValueError` if the data are empty, a heading is
    empty or stated twice, or headings have several levels.
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame(name=frame.name or "Valeur")
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"{name}: data must be a pandas DataFrame, not {type(frame).__name__}")
    if frame.empty:
        raise ValueError(f"{name}: the data are empty")
    levels = frame.columns.nlevels
    if levels > 1:
        raise ValueError(f"{name}: headings have {levels} levels; flatten them into one")
    if not (isinstance(frame.index, pd.RangeIndex) and frame.index.name is None):
        if not all(frame.index.names):
            remedy = "(rename_axis), or drop it (reset_index(drop=True))"
            raise ValueError(f"{name}: name the index of the data {remedy}")
        frame = frame.reset_index()
    headings = [str(column).strip() for column in frame.columns]
    for position, heading in enumerate(headings):
        if not heading:
            raise ValueError(f"{name}: column {position + 1} has an empty heading")
        if heading in headings[:position]:
            raise ValueError(f"{name}: two columns are named {heading!r}")
    return frame.set_axis(headings, axis=1)


def column_styles(frame: pd.DataFrame, name: str, formats) -> dict:
    """Return the style of every column, refusing formats of columns that do not exist."""
    formats = {str(column): style for column, style in (formats or {}).items()}
    unknown = ", ".join(sorted(set(formats) - set(frame.columns)))
    if unknown:
        columns = ", ".join(frame.columns)
        raise ValueError(f"{name}: formats names no column: {unknown}; columns are {columns}")
    return {column: formats.get(column, _default_style(frame[column])) for column in frame.columns}


def _default_style(series: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(series):
        return "text"
    if pd.api.types.is_integer_dtype(series):
        return "count"
    return "decimal" if pd.api.types.is_float_dtype(series) else "text"


def _is_numeric(series: pd.Series, style) -> bool:
    if isinstance(style, str) and style in (*_DIGITS, "p_value", "text"):
        return style != "text"
    return pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)


def table_html(frame: pd.DataFrame, caption, caption_id: str, styles) -> Markup:
    """Return a table in a region that takes the focus, so that the keyboard can scroll it.

    `caption_id` names the region, the cells of the first column are headers of their rows, `styles`
    are those of `column_styles`; a caption that is a plain string is escaped.
    """
    numeric = {c: _is_numeric(frame[c], styles[c]) for c in frame.columns}
    number = {c: ' class="n"' if numeric[c] else "" for c in frame.columns}
    head = "".join(f'<th scope="col"{number[c]}>{escape(c)}</th>' for c in frame.columns)
    columns = [
        [_cell(text, number[c], c, c == frame.columns[0]) for text in _written(frame[c], styles[c])]
        for c in frame.columns
    ]
    rows = "\n".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True))
    size = " long" * (len(frame) > LONG)
    return Markup(
        f'<div class="scroll{size}" role="region" aria-labelledby="{caption_id}" tabindex="0">\n'
        f'<table>\n<caption id="{caption_id}">{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )


def _cell(text: Markup, number: str, heading: str, is_header: bool) -> str:
    """Return a cell; on a narrow screen its row is a card, and it shows its heading itself."""
    if is_header:
        return f'<th scope="row"{number}>{text}</th>'
    return f'<td{number} data-label="{escape(heading)}">{text}</td>'


def _written(column: pd.Series, style) -> list[Markup]:
    write = cell_formatter(style)
    return [escape(value if isinstance(value, Links) else write(value)) for value in column]


def rounded(frame: pd.DataFrame, styles) -> pd.DataFrame:
    """Return a frame whose numbers have the digits that a table shows, 3 of unknown styles."""
    out = frame.copy()
    for column in out.columns[[pd.api.types.is_float_dtype(kind) for kind in out.dtypes]]:
        shown = partial(french.half_up, digits=_DIGITS.get(styles[column], 3))
        out[column] = out[column].map(shown, na_action="ignore")
    return out


def csv_value(value) -> str:
    """Write one value for a spreadsheet set to French.

    Numbers keep every digit and take a decimal comma; dates are ISO 8601; a text that a spreadsheet
    would take for a formula is preceded by an apostrophe, which spreadsheets show as text.
    """
    if _is_missing(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "oui" if value else "non"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return repr(float(value)).replace(".", ",")
    if isinstance(value, date):
        return _day(value).isoformat()
    text = str(value)
    runs = text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if runs else text


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV: semicolons, decimal commas, CRLF, no formula, full precision."""
    rows = zip(*(frame[column] for column in frame.columns), strict=True)
    return _csv(map(csv_value, row) for row in (frame.columns, *rows))


def _csv(rows: Iterable[Iterable[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def _encoded(text: str) -> str:
    """Return a text as an address of data holds it: in UTF-8 with a BOM, which spreadsheets ask."""
    return base64.b64encode(text.encode("utf-8-sig")).decode("ascii")


def add_notice(link, notice: dict[str, str]) -> None:
    """Put before the rows of a download what they are, from whom, and how to cite them, in place.

    Each line begins with ``#`` and stands in the first column: a spreadsheet shows them, pandas
    leaves them out with ``skiprows``.
    """
    shown = link.find_parent(class_="opsn")
    title = shown.find(class_="caption") or shown.caption
    notes = (note.get_text().partition(":") for note in shown.select(".notes p"))
    source = next(text for label, _, text in notes if label.strip() == "Source")
    lines = {"Titre": title.get_text(), "Source": source, **notice}
    texts = (" ".join(f"# {label} : {text}".split()) for label, text in lines.items())
    head = _csv([french.typeset(text)] for text in texts)
    start, _, payload = link["href"].partition("base64,")
    rows = base64.b64decode(payload).decode("utf-8-sig")
    link["href"] = f"{start}base64,{_encoded(head + rows)}"


def download_link(frame: pd.DataFrame, name: str) -> Markup:
    """Return the link that saves a frame as ``name.csv``, held in the page, in UTF-8 with a BOM."""
    text = csv_text(frame)
    size = f"{max(1, round(len(text.encode('utf-8-sig')) / 1024))}\N{NO-BREAK SPACE}ko"
    return Markup(
        f'<p class="get"><a download="{name}.csv" '
        f'href="data:text/csv;charset=utf-8;base64,{_encoded(text)}">'
        f"Télécharger «\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}» (CSV, {size})</a></p>"
    )
