"""The styles by their names, and the interval that is written in any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from claimbook.french._numbers import (
    _digits,
    _fixed,
    _number,
    count,
    decimal,
    euros,
    evolution,
    percent,
    points,
    year,
)
from claimbook.french._words import date, enumeration, text


def interval(pair, style: str = "percent", digits: int = 1) -> str:
    """Write an interval by its two bounds: ``"35,1 % à 41,9 %"``.

    Parameters
    ----------
    pair : sequence of two numbers
        Lower and upper bound.
    style : {"percent", "points", "count", "decimal", "euros", "year", "evolution"}
        How each bound is written.
    digits : int
        Decimals to write, where the style has any.

    Returns
    -------
    str
        Both bounds, to be read after "de" or after a colon.

    Raises
    ------
    ValueError
        If there are not exactly two finite bounds in increasing order, or the style is unknown.
    """
    bounds = (
        []
        if pair is None or isinstance(pair, str) or not isinstance(pair, Iterable)
        else list(pair)
    )
    if len(bounds) != 2:
        raise ValueError(f"interval needs a lower and an upper bound, not {pair!r}")
    low, high = (_number(bound, "interval") for bound in bounds)
    if low > high:
        raise ValueError(f"interval needs its lower bound first, not {pair!r}")
    if style == "points":
        return f"{_fixed(low * 100, _digits(digits))} à {points(bounds[1], digits)}"
    writers = {"percent": percent, "decimal": decimal, "euros": euros, "evolution": evolution}
    if style in writers:
        return " à ".join(writers[style](bound, digits) for bound in bounds)
    if style in ("count", "year"):
        return " à ".join(_STYLES[style](bound) for bound in bounds)
    raise ValueError(f"interval knows no style {style!r}")


_STYLES: dict[str, Callable[..., str]] = {
    "percent": percent,
    "evolution": evolution,
    "points": points,
    "count": count,
    "decimal": decimal,
    "euros": euros,
    "interval": interval,
    "date": date,
    "enumeration": enumeration,
    "year": year,
    "text": text,
}


def style(name: str) -> Callable[..., str]:
    """Return the function that writes one style, by its name (``"percent"``, ``"count"``, ...).

    Parameters
    ----------
    name : str
        Name of the style.

    Returns
    -------
    callable
        From a value to a string.

    Raises
    ------
    ValueError
        If there is no such style.
    """
    try:
        return _STYLES[name]
    except KeyError:
        raise ValueError(f"no style {name!r}; there are: {', '.join(sorted(_STYLES))}") from None
