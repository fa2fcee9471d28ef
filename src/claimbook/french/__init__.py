"""Numbers, dates, lists and punctuation as a French reader expects them.

Every function is pure: a value in, a string out; what cannot be written raises `ValueError`.
"""

from claimbook.french._numbers import (
    MINUS,
    NO_BREAK,
    THIN_NO_BREAK,
    count,
    decimal,
    euros,
    evolution,
    p_value,
    percent,
    plural,
    points,
    year,
)
from claimbook.french._styles import interval, style
from claimbook.french._typography import apostrophes, typeset
from claimbook.french._words import date, enumeration, text

__all__ = [
    "MINUS",
    "NO_BREAK",
    "THIN_NO_BREAK",
    "apostrophes",
    "count",
    "date",
    "decimal",
    "enumeration",
    "euros",
    "evolution",
    "interval",
    "p_value",
    "percent",
    "plural",
    "points",
    "style",
    "text",
    "typeset",
    "year",
]
