"""How the values of a table, a download or an axis are written for a French reader."""

from __future__ import annotations

import numbers
from datetime import date, datetime

import numpy as np
import pandas as pd

from claimbook.protect.frames import Secret

MISSING = "n. d."
_NUMERIC = {"percent", "points", "count", "decimal", "euros", "year", "p_value"}
#: First characters that make a spreadsheet run a cell (OWASP, "CSV Injection"), with their full-width forms.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def _french(style: str):
    from claimbook import french

    return getattr(french, style)


def _text(value) -> str:
    if isinstance(value, bool | np.bool_):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, date) and not isinstance(value, datetime):
        return _french("date")(value)
    return _french("apostrophes")(_french("typeset")(str(value)))


def is_missing(value) -> bool:
    """Tell whether a cell holds nothing (None, NaN, NaT or pandas' NA)."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def default_style(series: pd.Series) -> str:
    """Return the name of the style that the type of a column calls for."""
    if pd.api.types.is_bool_dtype(series):
        return "text"
    if pd.api.types.is_integer_dtype(series):
        return "count"
    if pd.api.types.is_float_dtype(series):
        return "decimal"
    return "text"


def cell_formatter(style):
    """Return the function that writes one value.

    Parameters
    ----------
    style : str or callable
        "percent", "points", "count", "decimal", "euros", "year", "p_value", "text", the name of another function of
        ``claimbook.french``, or a function of the value.

    Returns
    -------
    callable
        Takes a value and returns `str`. A missing value is written "n. d.", a hidden one "s".

    Raises
    ------
    ValueError
        If no style has this name.
    """
    if callable(style):
        write = style
    elif style == "text":
        write = _text
    elif style == "year":
        write = lambda value: str(int(value))  # noqa: E731
    else:
        try:
            write = _french(style)
        except AttributeError:
            raise ValueError(
                f"no format is named {style!r}: use one of {', '.join(sorted(_NUMERIC))}, text"
            ) from None
    return lambda value: (
        value if isinstance(value, Secret) else MISSING if is_missing(value) else str(write(value))
    )


def is_numeric(series: pd.Series, style) -> bool:
    """Tell whether a column is to be aligned on the right."""
    if isinstance(style, str) and style in _NUMERIC:
        return True
    if style == "text":
        return False
    return pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)


def csv_value(value) -> str:
    """Write one value for a spreadsheet set to French.

    Numbers keep every digit and take a decimal comma; dates are ISO 8601; a text that a spreadsheet would take for a
    formula is preceded by an apostrophe, which spreadsheets show as text.

    Parameters
    ----------
    value : object
        Number, date, text, or a missing value.

    Returns
    -------
    str
    """
    if is_missing(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "oui" if value else "non"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return repr(float(value)).replace(".", ",")
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return (
        f"'{text}"
        if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)
        else text
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

    write = (
        style
        if callable(style)
        else cell_formatter(style)
        if style in ("text", "year")
        else _french(style)
    )
    axis.set_major_formatter(FuncFormatter(lambda value, _: str(write(value, **options))))
