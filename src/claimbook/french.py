"""Numbers, dates, lists and punctuation as a French reader expects them, or an English one.

French is the language unless `written_in` says another. Each function takes a value and returns a
string; what cannot be written raises `ValueError`. Numbers are rounded half away from zero on the
shortest decimal writing of the float.
"""

from __future__ import annotations

import contextlib
import datetime
import math
import numbers
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Context, Decimal

from babel.dates import format_date
from babel.lists import format_list

NO_BREAK = "\u00a0"
THIN_NO_BREAK = "\u202f"
MINUS = "\u2212"
#: The languages that pages are written in.
LANGUAGES = ("fr", "en")
_SIGNS = {
    "fr": str.maketrans({",": THIN_NO_BREAK, ".": ",", "-": MINUS}),
    "en": str.maketrans({"-": MINUS}),
}
_TO = {"fr": " à ", "en": " to "}
_LANGUAGE = ContextVar("language", default="fr")
# Wide enough to quantise every finite float exactly.
_CONTEXT = Context(prec=700, rounding=ROUND_HALF_UP)


@contextlib.contextmanager
def written_in(language: str) -> Iterator[None]:
    """Write in a language within a ``with`` block."""
    token = _LANGUAGE.set(LANGUAGES[LANGUAGES.index(language)])
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def language() -> str:
    """Return the language that is written in: ``"fr"`` or ``"en"``."""
    return _LANGUAGE.get()


def _number(x, what: str) -> Decimal:
    """Return ``x`` as the shortest decimal that reads back as the same float, or refuse it."""
    if getattr(x, "ndim", None) == 0:
        x = x.item()  # a NumPy scalar
    if isinstance(x, bool) or not isinstance(x, numbers.Real | Decimal):
        raise ValueError(f"{what} needs a number, not {type(x).__name__} ({x!r})")
    if not math.isfinite(x):
        raise ValueError(f"{what} needs a finite number, not {x!r}")
    if isinstance(x, Decimal):
        return x
    return Decimal(int(x)) if isinstance(x, numbers.Integral) else Decimal(repr(float(x)))


def _share(x, what: str, low: int) -> Decimal:
    """Return a number from ``low`` to 1; float noise beyond a bound, as of a sum, is cut."""
    number = _number(x, what)
    bounded = min(max(number, Decimal(low)), Decimal(1))
    if abs(number - bounded) >= Decimal("1e-9"):
        raise ValueError(f"{what} needs a value between {low} and 1, not {x!r}")
    return bounded


def _rounded(x: Decimal, digits) -> Decimal:
    whole = isinstance(digits, numbers.Integral) and not isinstance(digits, bool)
    if not whole or not 0 <= digits <= 15:
        raise ValueError(f"digits must be a whole number from 0 to 15, not {digits!r}")
    # Adding zero turns a rounded "-0" into "0".
    return x.quantize(Decimal(1).scaleb(-int(digits)), context=_CONTEXT) + 0


def half_up(x, digits: int) -> float:
    """Return a number as `decimal` writes it; a missing one stays."""
    return float(_rounded(Decimal(repr(float(x))), digits)) if math.isfinite(x) else x


def _fixed(x: Decimal, digits) -> str:
    return f"{_rounded(x, digits):,f}".translate(_SIGNS[language()])


def _whole(x, what: str) -> Decimal:
    number = _number(x, what)
    if number != number.to_integral_value():
        raise ValueError(f"{what} needs a whole number, not {x!r}")
    return number


def percent(x, digits: int = 0) -> str:
    """Write a share in [0, 1] as a percentage: 0.385 is ``"39 %"``, ``"38,5 %"`` with a digit."""
    share = _share(x, "percent", 0)
    return f"{_fixed(share * 100, digits)}{NO_BREAK if language() == 'fr' else ''}%"


def points(x, digits: int = 0) -> str:
    """Write a difference of shares in [-1, 1] in percentage points: 0.032 is ``"3 points"``."""
    difference = _share(x, "points", -1) * 100
    word = plural(_rounded(difference, digits), "point", "points")
    return f"{_fixed(difference, digits)}{NO_BREAK}{word}"


def count(n) -> str:
    """Write a whole number with a thin space between thousands: ``"1 234"``."""
    return _fixed(_whole(n, "count"), 0)


def decimal(x, digits: int = 2) -> str:
    """Write a number with a fixed number of decimals: ``"0,75"``."""
    return _fixed(_number(x, "decimal"), digits)


def p_value(x) -> str:
    """Write a p-value with three decimals, and never as zero: ``"< 0,001"``."""
    p = _number(x, "p_value")
    if not 0 <= p <= 1:
        raise ValueError(f"p_value needs a probability between 0 and 1, not {x!r}")
    least = f"<{NO_BREAK}{_fixed(Decimal('0.001'), 3)}"
    return _fixed(p, 3) if _rounded(p, 3) else least


def euros(x, digits: int = 0) -> str:
    """Write an amount in euros: ``"1 234 €"``."""
    amount = _fixed(_number(x, "euros"), digits)
    return f"{amount}{NO_BREAK}€" if language() == "fr" else f"€{amount}"


def year(y) -> str:
    """Write a year from 1000 to 9999, without spaces."""
    whole = _whole(y, "year")
    if not 1000 <= whole <= 9999:
        raise ValueError(f"year needs a whole number from 1000 to 9999, not {y!r}")
    return str(int(whole))


def plural(n, singular: str, plural: str) -> str:
    """Choose between two words by a number: in French the plural begins at two."""
    number = abs(_number(n, "plural"))
    return singular if (number < 2 if language() == "fr" else number == 1) else plural


def date(d) -> str:
    """Write a day (a date, or ISO 8601 text) in full: ``"1er mars 2026"``."""
    if isinstance(d, str):
        d = datetime.date.fromisoformat(d)
    if not isinstance(d, datetime.date) or d != d:
        raise ValueError(f"date needs a day, not {d!r}")
    day = "1er" if d.day == 1 and language() == "fr" else str(d.day)
    return NO_BREAK.join([day, format_date(d, "MMMM y", locale=language()).replace(" ", NO_BREAK)])


def text(value) -> str:
    """Return a string as it is, and refuse what is not one or is blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"a text needs a non-empty string, not {value!r}")
    return str(value)


def enumeration(names: Iterable[str]) -> str:
    """Write at least one name as a list: ``"a, b et c"``."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise ValueError(f"enumeration needs a list of names, not {names!r}")
    written = [text(name) for name in names]
    if not written:
        raise ValueError("enumeration needs at least one name; write another sentence for none")
    return format_list(written, locale=language())


def interval(pair, style: str = "percent", digits: int | None = None) -> str:
    """Write an interval by its two bounds in a numeric style: ``"35 à 42 %"``.

    `digits` is that of the style where it is not given.
    """
    try:
        low, high = pair
    except (TypeError, ValueError):
        raise ValueError(f"interval needs a lower and an upper bound, not {pair!r}") from None
    lowest = _number(low, "interval")
    if lowest > _number(high, "interval"):
        raise ValueError(f"interval needs its lower bound first, not {pair!r}")
    if style not in STYLES:
        raise ValueError(f"interval knows no style {style!r}")
    if style in ("percent", "points"):
        # The unit stands once, behind the upper bound.
        low = _fixed(lowest * 100, digits or 0)
        return f"{low}{_TO[language()]}{STYLES[style](high, digits or 0)}"
    options = () if style in ("count", "year") or digits is None else (digits,)
    return _TO[language()].join(STYLES[style](bound, *options) for bound in (low, high))


_STYLES = (percent, points, count, decimal, euros, p_value, interval, year, date, text)
STYLES: dict[str, Callable[..., str]] = {write.__name__: write for write in _STYLES}


def style(name: str) -> Callable[..., str]:
    """Return the function that writes one style, by its name (``"percent"``, ``"count"``, ...)."""
    if name not in STYLES:
        raise ValueError(f"no style {name!r}; there are: {', '.join(sorted(STYLES))}")
    return STYLES[name]


def unaccented(text: str) -> str:
    """Return the ASCII letters of a text: accents are dropped, as is what has no ASCII form."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def slug(text: str, length: int | None = None) -> str:
    """Return a text as an id of lower-case ASCII letters, digits and hyphens; it may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", unaccented(text).lower())[:length].strip("-")


def reserve(wanted: str, taken: set[str]) -> str:
    """Return an id, or the id with the first free number, and add it to those that are taken."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken.add(name)
    return name


# Fenced and inline code, links' targets, bare addresses, HTML tags and entities are not prose.
_NOT_PROSE = re.compile(
    r"(\U000f0000|^(?:```|~~~).*?^(?:```|~~~)[^\n]*$|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)"
    r"|(?<=\])\([^()\n]*\)|<[^<>\n]+>|\b(?:https?|mailto|ftp):[^\s<>\u00a0\u202f]*|&\#?\w+;)",
    re.MULTILINE | re.DOTALL,
)
# Private-use characters stand for computed values while a template is typeset.
_WORD_END = r"(?<=[\w)\]»*\u2019'\ue001\U000f0000])"
_FOLLOWED = r"(?=$|[\s*_)»\]\"',.])"
_RULES = [
    (re.compile(rf"(?<=\S) +([;!?]+){_FOLLOWED}", re.MULTILINE), rf"{THIN_NO_BREAK}\1"),
    (re.compile(rf"{_WORD_END}([;!?]+){_FOLLOWED}", re.MULTILINE), rf"{THIN_NO_BREAK}\1"),
    (re.compile(rf"(?<=\S) +([:»]){_FOLLOWED}", re.MULTILINE), rf"{NO_BREAK}\1"),
    (re.compile(rf"{_WORD_END}:{_FOLLOWED}", re.MULTILINE), f"{NO_BREAK}:"),
    (re.compile(r"(?<=[^\s«])»"), f"{NO_BREAK}»"),
    (re.compile(r"« *(?=[^\s\u00a0\u202f])"), f"«{NO_BREAK}"),
    (re.compile(r"(?<=[\d\ue001]) *([%€])"), rf"{NO_BREAK}\1"),
]
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=\w)")


def apostrophes(text: str) -> str:
    """Write the apostrophes inside words as printers do: ``"d'eau"`` becomes ``"d’eau"``."""
    return _APOSTROPHE.sub("\N{RIGHT SINGLE QUOTATION MARK}", text)


def typeset(prose: str) -> str:
    """Give French prose, plain or Markdown, its no-break spaces; applying it twice changes nothing.

    A thin one (U+202F) stands before ``; ! ?``, a full one (U+00A0) before ``: »`` and ``% €`` and
    after ``«``. Code, link targets, addresses, HTML tags and entities are left alone. English prose
    has no such spaces.
    """
    if language() != "fr":
        return prose
    # A private-use character holds the place of each protected piece, so that the rules see it.
    held = [match.group() for match in _NOT_PROSE.finditer(prose)]
    whole = _NOT_PROSE.sub("\U000f0000", prose)
    for pattern, replacement in _RULES:
        whole = pattern.sub(replacement, whole)
    first, *parts = whole.split("\U000f0000")
    return first + "".join(keep + part for keep, part in zip(held, parts, strict=True))
