"""Numbers, dates, lists and punctuation as a French reader expects them.

Every function is pure: a value in, a string out; what cannot be written raises `ValueError`.
"""

from helpers.french._numbers import (
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
from helpers.french._styles import interval, style
from helpers.french._typography import apostrophes, typeset
from helpers.french._words import date, enumeration, text

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
