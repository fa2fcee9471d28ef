"""Numbers and dates as people write them in French."""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet")
_MONTHS = (*_MONTHS, "aout", "septembre", "octobre", "novembre", "decembre")
_TIME = re.compile(r"[ t][0-9]{1,2}[:h][0-9]{2}(:[0-9]{2})?$")
_DATES = (
    (re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"), int),
    (re.compile(r"(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"), int),
    (
        re.compile(r"(?P<d>[0-9]{1,2})(er)? (?P<m>[a-z]+) (?P<y>[0-9]{4})"),
        lambda name: _MONTHS.index(name) + 1,
    ),
)
AMOUNT = re.compile(
    r"(?P<sign>-?) ?(?P<whole>[0-9]{1,3}( [0-9]{3})+|[0-9]{1,15})([.,](?P<part>[0-9]{1,10}))?(?P<unit>.*)"
)


def number_text(number: float) -> str:
    """Return a number as the tidy tables write it: digits, a point, no more than needed."""
    return str(int(number)) if number == int(number) else repr(number)


def parsed_date(text: str) -> dt.date | None:
    """Return the day that folded text names, or None: year first with dashes, or day first with numbers or a month."""
    text = _TIME.sub("", text)
    for pattern, month in _DATES:
        found = pattern.fullmatch(text)
        if found:
            try:
                return dt.date(int(found["y"]), month(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None
