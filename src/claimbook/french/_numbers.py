"""Numbers as a French reader expects them, from the Unicode locale data (CLDR, through Babel).

Rounding is half away from zero on the shortest decimal writing of the float, as a reader rounds by hand.
"""

from __future__ import annotations

import math
import numbers
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from babel.numbers import format_currency, format_decimal, format_percent

NO_BREAK = "\u00a0"
THIN_NO_BREAK = "\u202f"
MINUS = "\u2212"
LOCALE = "fr"

# Wide enough to quantise every finite float exactly.
_CONTEXT = Context(prec=700, rounding=ROUND_HALF_UP)


def _number(x, what: str) -> Decimal:
    """Return ``x`` as the shortest decimal that reads back as the same float, or refuse it."""
    if isinstance(x, bool) or not isinstance(x, (numbers.Real, Decimal)):
        scalar = getattr(x, "item", None)
        value = scalar() if scalar is not None and getattr(x, "ndim", None) == 0 else None
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise ValueError(f"{what} needs a number, not {type(x).__name__} ({x!r})")
        x = value
    if not math.isfinite(x):
        raise ValueError(f"{what} needs a finite number, not {x!r}")
    if isinstance(x, Decimal):
        return x
    if isinstance(x, numbers.Integral):
        return Decimal(int(x))
    return Decimal(repr(float(x)))


def _within(x: Decimal, low: int, high: int) -> Decimal:
    """Bring back to its bound a number that passes it by float noise, as a sum of shares may."""
    bounded = min(max(x, Decimal(low)), Decimal(high))
    return bounded if abs(x - bounded) < Decimal("1e-9") else x


def _digits(digits) -> int:
    if (
        isinstance(digits, bool)
        or not isinstance(digits, numbers.Integral)
        or not 0 <= digits <= 15
    ):
        raise ValueError(f"digits must be a whole number from 0 to 15, not {digits!r}")
    return int(digits)


def _rounded(x: Decimal, digits: int) -> Decimal:
    # Adding zero turns a rounded "-0" into "0".
    return x.quantize(Decimal(1).scaleb(-digits), context=_CONTEXT) + 0


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _minus(written: str) -> str:
    return written.replace("-", MINUS)


def _fixed(x: Decimal, digits: int) -> str:
    rounded = _rounded(x, digits)
    with localcontext(_CONTEXT):
        return _minus(format_decimal(rounded, format=_pattern(digits), locale=LOCALE))


def percent(x, digits: int = 1) -> str:
    """Write a share as a percentage.

    Parameters
    ----------
    x : float
        A share, between 0 and 1.
    digits : int
        Decimals to write.

    Returns
    -------
    str
        Such as ``"38,5 %"``, with a no-break space.

    Raises
    ------
    ValueError
        If ``x`` is not a finite number from 0 to 1 (a change over time is written with `evolution`).
    """
    share = _within(_number(x, "percent"), 0, 1)
    if not 0 <= share <= 1:
        raise ValueError(
            f"percent needs a share between 0 and 1, not {x!r}; a relative change is written by evolution"
        )
    return _percentage(share, _digits(digits))


def _percentage(share: Decimal, digits: int) -> str:
    rounded = _rounded(share, digits + 2)
    with localcontext(_CONTEXT):
        return _minus(
            format_percent(rounded, format=f"{_pattern(digits)}{NO_BREAK}%", locale=LOCALE)
        )


def evolution(x, digits: int = 1) -> str:
    """Write a relative change with its sign: 0.125 is ``"+12,5 %"``, -0.03 is ``"−3,0 %"``.

    Parameters
    ----------
    x : float
        Relative change; 1 is a doubling.
    digits : int
        Decimals to write.

    Returns
    -------
    str
        The signed percentage.

    Raises
    ------
    ValueError
        If ``x`` is not a finite number.
    """
    change, digits = _number(x, "evolution"), _digits(digits)
    sign = "+" if _rounded(change, digits + 2) > 0 else ""
    return sign + _percentage(change, digits)


def points(x, digits: int = 1) -> str:
    """Write a difference between two shares in percentage points: 0.032 is ``"3,2 points"``.

    Parameters
    ----------
    x : float
        Difference of two shares, between -1 and 1.
    digits : int
        Decimals to write.

    Returns
    -------
    str
        The number of points and the word, in the singular below two.

    Raises
    ------
    ValueError
        If ``x`` is not a finite number from -1 to 1.
    """
    difference, digits = _within(_number(x, "points"), -1, 1), _digits(digits)
    if not -1 <= difference <= 1:
        raise ValueError(f"points needs a difference of shares between -1 and 1, not {x!r}")
    hundredfold = difference * 100
    return f"{_fixed(hundredfold, digits)}{NO_BREAK}{plural(_rounded(hundredfold, digits), 'point', 'points')}"


def count(n) -> str:
    """Write a whole number, thousands apart: ``"1 234"``.

    Parameters
    ----------
    n : int
        A whole number; a float is accepted if it has no fractional part.

    Returns
    -------
    str
        The number, with U+202F between thousands.

    Raises
    ------
    ValueError
        If ``n`` is not a whole finite number.
    """
    whole = _number(n, "count")
    if whole != whole.to_integral_value():
        raise ValueError(f"count needs a whole number, not {n!r}")
    return _fixed(whole, 0)


def decimal(x, digits: int = 2) -> str:
    """Write a number with a fixed number of decimals: ``"0,75"``.

    Parameters
    ----------
    x : float
        Any finite number.
    digits : int
        Decimals to write.

    Returns
    -------
    str
        The number, with a decimal comma.

    Raises
    ------
    ValueError
        If ``x`` is not a finite number.
    """
    return _fixed(_number(x, "decimal"), _digits(digits))


def p_value(x) -> str:
    """Write a p-value with three decimals, and never as nought: ``"< 0,001"``.

    Parameters
    ----------
    x : float
        Probability, in [0, 1].

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If ``x`` is not a number between 0 and 1.
    """
    p = _number(x, "p_value")
    if not 0 <= p <= 1:
        raise ValueError(f"p_value needs a probability between 0 and 1, not {x!r}")
    written = _fixed(p, 3)
    return f"<{NO_BREAK}0,001" if written == "0,000" else written


def euros(x, digits: int = 0) -> str:
    """Write an amount in euros: ``"1 234 €"``.

    Parameters
    ----------
    x : float
        Amount, in euros.
    digits : int
        Decimals to write: 0, or 2 for cents.

    Returns
    -------
    str
        The amount, the sign after it.

    Raises
    ------
    ValueError
        If ``x`` is not a finite number.
    """
    amount, digits = _number(x, "euros"), _digits(digits)
    rounded = _rounded(amount, digits)
    with localcontext(_CONTEXT):
        written = format_currency(
            rounded,
            "EUR",
            format=f"{_pattern(digits)}{NO_BREAK}¤",
            locale=LOCALE,
            currency_digits=False,
        )
    return _minus(written)


def year(y) -> str:
    """Write a year: four digits and no space.

    Parameters
    ----------
    y : int
        A year from 1000 to 9999.

    Returns
    -------
    str
        The year.

    Raises
    ------
    ValueError
        If ``y`` is not such a year.
    """
    whole = _number(y, "year")
    if whole != whole.to_integral_value() or not 1000 <= whole <= 9999:
        raise ValueError(f"year needs a whole number from 1000 to 9999, not {y!r}")
    return str(int(whole))


def plural(n, singular: str, plural: str) -> str:
    """Choose between two words by a number: in French the plural begins at two.

    Parameters
    ----------
    n : float
        The number that the word follows.
    singular, plural : str
        The two words or groups of words.

    Returns
    -------
    str
        The word alone, without the number.

    Raises
    ------
    ValueError
        If ``n`` is not a finite number.
    """
    return singular if abs(_number(n, "plural")) < 2 else plural
