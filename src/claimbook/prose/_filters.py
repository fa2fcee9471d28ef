"""The filters: how each kind of value is written, and how exactly it must come back on a re-run."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claimbook import french
from claimbook.prose._thresholds import seuil

SHARE_TOLERANCE = 0.0005
RELATIVE_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Written:
    """A value as text for the reader and as plain data for the ledger."""

    text: str
    value: Any
    tolerance: float


@dataclass(frozen=True)
class Filter:
    """One way to write a value.

    Attributes
    ----------
    kind : str
        Kind of claim.
    unit : str
        Unit of the recorded value.
    write : callable
        From the value and the filter's own options to `Written`.
    linked : bool
        Whether the text is an element of its own that leads to its computation.
    """

    kind: str
    unit: str
    write: Callable[..., Written]
    linked: bool = True


def default_tolerance(values: list[float], absolute: float | None) -> float:
    """Return the absolute tolerance of a kind, never so wide that it would take zero for one of the values."""
    sizes = [abs(value) for value in values if value != 0]
    if absolute is not None and all(absolute < size for size in sizes):
        return absolute
    return RELATIVE_TOLERANCE * min(sizes, default=0.0)


def _scalar(value) -> float | int:
    plain = value.item() if hasattr(value, "item") else value
    return plain if isinstance(plain, int) else float(plain)


def _number(writer: Callable[..., str], absolute: float | None) -> Callable[..., Written]:
    def write(value, *arguments, **options) -> Written:
        text = writer(value, *arguments, **options)
        plain = float(_scalar(value))
        return Written(text, plain, default_tolerance([plain], absolute))

    return write


def _whole(writer: Callable[..., str]) -> Callable[..., Written]:
    def write(value) -> Written:
        return Written(writer(value), int(_scalar(value)), 0.0)

    return write


def _interval(value, style="percent", digits=1) -> Written:
    text = french.interval(value, style, digits)
    bounds = [_scalar(bound) for bound in value]
    if style in ("count", "year"):
        return Written(text, [int(bound) for bound in bounds], 0.0)
    absolute = SHARE_TOLERANCE if style in ("percent", "points", "evolution") else None
    bounds = [float(bound) for bound in bounds]
    return Written(text, bounds, default_tolerance(bounds, absolute))


def _date(value) -> Written:
    text = french.date(value)
    return Written(text, value if isinstance(value, str) else value.isoformat()[:10], 0.0)


def _text(value) -> Written:
    text = french.text(value)
    return Written(french.apostrophes(text), text, 0.0)


def _enumeration(value) -> Written:
    names = value if isinstance(value, str) else list(value)
    return Written(
        french.apostrophes(french.enumeration(names)), [str(name) for name in names], 0.0
    )


def _alphabetical(name: str) -> tuple[str, str]:
    unaccented = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return unaccented.casefold(), name


def _names(value) -> Written:
    names = value if isinstance(value, str) else {french.text(name) for name in value}
    ordered = names if isinstance(names, str) else sorted(names, key=_alphabetical)
    return Written(
        french.apostrophes(french.enumeration(ordered)), sorted(str(name) for name in ordered), 0.0
    )


def _plural(value, singular, plural) -> Written:
    word = french.plural(value, singular, plural)
    return Written(word, word, 0.0)


def _decision(value, rejected, kept, level=None) -> Written:
    p, level = float(_scalar(value)), seuil("signification") if level is None else level
    if not 0 <= p <= 1:
        raise ValueError(f"decision needs a p-value between 0 and 1, not {p!r}")
    return Written(french.text(rejected if p < level else kept), p < level, 0.0)


FILTERS: dict[str, Filter] = {
    "percent": Filter("share", "proportion", _number(french.percent, SHARE_TOLERANCE)),
    "points": Filter("share", "difference of proportions", _number(french.points, SHARE_TOLERANCE)),
    "evolution": Filter("ratio", "relative change", _number(french.evolution, SHARE_TOLERANCE)),
    "count": Filter("count", "", _whole(french.count)),
    "decimal": Filter("ratio", "", _number(french.decimal, None)),
    "euros": Filter("amount", "EUR", _number(french.euros, None)),
    "interval": Filter("interval", "", _interval),
    "year": Filter("year", "", _whole(french.year)),
    "date": Filter("date", "", _date),
    "name": Filter("name", "", _text),
    "text": Filter("text", "", _text),
    "enumeration": Filter("list of names", "", _enumeration),
    "names": Filter("set of names", "", _names),
    "decision": Filter("decision", "", _decision),
    "plural": Filter("plural", "", _plural, linked=False),
}

EXACT_KINDS = frozenset(
    {
        "count",
        "year",
        "date",
        "name",
        "text",
        "list of names",
        "set of names",
        "decision",
        "plural",
        "grade",
    }
)


def fitting(value) -> str:
    """Say which filter an unformatted value asks for."""
    if isinstance(value, bool):
        return "decide the wording with {% if %}"
    if hasattr(value, "dtype") or isinstance(value, (int, float)):
        kind = getattr(
            getattr(value, "dtype", None), "kind", "i" if isinstance(value, int) else "f"
        )
        return (
            "add '| count' (or '| year')"
            if kind in "iu"
            else "add '| percent' for a share or '| decimal'"
        )
    if isinstance(value, (list, tuple, set, frozenset)):
        return "add '| enumeration' or '| names' (or '| interval' for two bounds)"
    return f"add one of {', '.join(FILTERS)}"
