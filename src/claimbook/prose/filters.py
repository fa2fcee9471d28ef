"""The filters: how each kind of value is written, and how exactly it must come back on a re-run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from claimbook import french
from claimbook.errors import UserError
from claimbook.protect.masks import Public

SHARE_TOLERANCE = 0.0005
RELATIVE_TOLERANCE = 1e-6


class Threshold(NamedTuple):
    """A limit between two wordings and what it means to a reader, in French."""

    value: float
    meaning: str


_THRESHOLDS = yaml.safe_load(Path(__file__).with_name("thresholds.yml").read_text("utf-8"))
thresholds = {name: Threshold(*pair) for name, pair in _THRESHOLDS.items()}


def seuil(name: str) -> float:
    """Return the value of a threshold of `thresholds`.

    Parameters
    ----------
    name : str
        Such as ``"majorité"``.

    Raises
    ------
    UserError
        If there is no such threshold.
    """
    if name not in thresholds:
        known = ", ".join(map(repr, thresholds))
        raise UserError(f"no threshold {name!r}. Remedy: use one of {known}, or add it")
    return Public(thresholds[name].value)


class Written(NamedTuple):
    """A value as text for the reader and as plain data for the ledger."""

    text: str
    value: Any
    tolerance: float = 0.0


class Filter(NamedTuple):
    """One way to write a value: kind and unit of the claim, the function that writes it, a hole."""

    kind: str
    unit: str
    write: Callable[..., Written]
    example: str


def as_shown(written: Written, write: Callable[..., Written]) -> Written:
    """Return what was written without the digits that its text does not show."""
    values = written.value if isinstance(written.value, list) else [written.value]
    for digits in range(12) if all(type(value) is float for value in values) else ():
        short = [french.half_up(value, digits) for value in values]
        value = short if isinstance(written.value, list) else short[0]
        if write(value).text == written.text:
            return written._replace(value=value)
    return written


def default_tolerance(values: list[float], absolute: float | None) -> float:
    """Return the absolute tolerance of a kind, too narrow to take zero for one of the values."""
    sizes = [abs(value) for value in values if value != 0]
    if absolute is not None and all(absolute < size for size in sizes):
        return absolute
    return RELATIVE_TOLERANCE * min(sizes, default=0.0)


def _is_estimate(value) -> bool:
    """Tell whether a value has its interval and its base: `k` of `n` units have the property."""
    return all(hasattr(value, name) for name in ("value", "low", "high", "k", "n"))


def _plain(value) -> float | int:
    value = value.value if _is_estimate(value) else value
    return value.item() if hasattr(value, "item") else value


def _number(writer: Callable[..., str], absolute: float | None) -> Callable[..., Written]:
    def write(value, *arguments, **options) -> Written:
        number = _plain(value)
        text, number = writer(number, *arguments, **options), float(number)
        return Written(text, number, default_tolerance([number], absolute))

    return write


def _whole(writer: Callable[[Any], str]) -> Callable[..., Written]:
    def write(value) -> Written:
        number = value.k if _is_estimate(value) else _plain(value)
        return Written(writer(number), int(number))

    return write


def _interval(value, style="percent", digits=None) -> Written:
    value = (value.low, value.high) if _is_estimate(value) else value
    text = french.interval(value, style, digits)
    if style in ("count", "year"):
        return Written(text, [int(bound) for bound in value])
    bounds = [float(bound) for bound in value]
    absolute = SHARE_TOLERANCE if style in ("percent", "points") else None
    return Written(text, bounds, default_tolerance(bounds, absolute))


def _with_interval(value, style="percent", digits=None) -> Written:
    """Write an estimate and, in brackets, its interval; also as another notebook states it."""
    if _is_estimate(value):
        value = [value.value, value.low, value.high]
    if not (isinstance(value, list) and len(value) == 3):
        raise TypeError(f"with_interval needs an estimate, not {type(value).__name__}")
    options = () if digits is None else (digits,)
    text, bounds, tolerance = _interval(value[1:], style, digits)
    written = f"{french.style(style)(value[0], *options)} ({text})"
    return Written(written, [float(value[0]), *bounds], tolerance)


def _text(value) -> Written:
    text = french.text(value)
    return Written(french.typeset(french.apostrophes(text)), text)


def _enumeration(names) -> Written:
    names = names if isinstance(names, str) else list(names)
    text = french.typeset(french.apostrophes(french.enumeration(names)))
    return Written(text, [str(name) for name in names])


def _names(names) -> Written:
    if not isinstance(names, str):
        names = {french.text(name) for name in names}
        names = sorted(names, key=lambda name: (french.unaccented(name).casefold(), name))
    text, found = _enumeration(names)[:2]
    return Written(text, sorted(found))


def _plural(value, singular, plural) -> Written:
    word = french.plural(value, singular, plural)
    return Written(word, word)


def _decision(value, rejected, kept, level=None) -> Written:
    p, level = float(_plain(value)), seuil("signification") if level is None else level
    if not 0 <= p <= 1:
        raise ValueError(f"decision needs a p-value between 0 and 1, not {p!r}")
    return Written(french.text(rejected if p < level else kept), p < level)


_PART, _GAP = "proportion", "difference of proportions"
FILTERS: dict[str, Filter] = {
    "percent": Filter("share", _PART, _number(french.percent, SHARE_TOLERANCE), "dpo | percent"),
    "points": Filter("share", _GAP, _number(french.points, SHARE_TOLERANCE), "-0.032 | points(1)"),
    "count": Filter("count", "", _whole(french.count), "dpo.n | count"),
    "decimal": Filter("ratio", "", _number(french.decimal, None), "2.675 | decimal(1)"),
    "euros": Filter("amount", "EUR", _number(french.euros, None), "1234.5 | euros"),
    "interval": Filter("interval", "", _interval, "dpo | interval"),
    "with_interval": Filter("interval", "", _with_interval, "dpo | with_interval"),
    "year": Filter("year", "", _whole(french.year), "2026 | year"),
    "name": Filter("name", "", _text, "'Mégalis' | name"),
    "text": Filter("text", "", _text, "'un syndicat' | text"),
    "enumeration": Filter("list of names", "", _enumeration, "['z', 'a', 'b'] | enumeration"),
    "names": Filter("set of names", "", _names, "['z', 'a', 'b'] | names"),
    "decision": Filter("decision", "", _decision, "0.03 | decision('un écart', 'aucun écart')"),
    "plural": Filter("plural", "", _plural, "2 | plural('service', 'services')"),
}
