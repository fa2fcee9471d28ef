"""Days, names and lists in French."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from babel.dates import format_date

from claimbook.french._numbers import LOCALE, NO_BREAK


def date(d) -> str:
    """Write a day in full: ``"1er mars 2026"``.

    Parameters
    ----------
    d : datetime.date or str
        The day; a string must be an ISO 8601 date.

    Returns
    -------
    str
        Day, month in letters, year, joined by no-break spaces.

    Raises
    ------
    ValueError
        If ``d`` is not a day.
    """
    if isinstance(d, str):
        d = datetime.date.fromisoformat(d)
    if not isinstance(d, datetime.date) or d != d:
        raise ValueError(f"date needs a day, not {d!r}")
    day = "1er" if d.day == 1 else str(d.day)
    return NO_BREAK.join([day, format_date(d, "MMMM y", locale=LOCALE).replace(" ", NO_BREAK)])


def enumeration(names: Iterable[str]) -> str:
    """Write names as a list: ``"a, b et c"``.

    Parameters
    ----------
    names : iterable of str
        At least one name, in the order wanted.

    Returns
    -------
    str
        The names, the last one after "et".

    Raises
    ------
    ValueError
        If there is no name, or one of them is not a non-empty string.
    """
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise ValueError(f"enumeration needs a list of names, not {names!r}")
    written = [text(name) for name in names]
    if not written:
        raise ValueError(
            "enumeration needs at least one name: say in another sentence that there is none"
        )
    if len(written) == 1:
        return written[0]
    return f"{', '.join(written[:-1])} et {written[-1]}"


def text(value) -> str:
    """Return a string as it is, and refuse what is not one or is blank.

    Parameters
    ----------
    value : str
        A name or a label.

    Returns
    -------
    str
        The same.

    Raises
    ------
    ValueError
        If ``value`` is not a string, or holds only white space.
    """
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"a text needs a non-empty string, not {value!r}")
    return str(value)
