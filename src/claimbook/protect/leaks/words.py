"""Texts as words without case, accents and tricks, and numbers as numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# A cell stands in a page and again in its download: what was read once is remembered.
_KEPT = 20_000
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_WORD = re.compile(r"[^\W_]+")
_CAPITALS = re.compile(r"(?<![^\W_])[A-Z](?:[.\-]?[A-Z0-9])+\.?(?![^\W_])")
_NUMBER = re.compile(
    r"(?<![\w.,])\d{1,3}(?:[ \u00a0\u202f.,']\d{3})+(?:[.,]\d+)?(?![\w])|(?<![\w.,])\d+(?:[.,]\d+)?(?!\w)"
)
_DIGITS = re.compile(r"(?<!\d)\d(?:[\s\u00a0\u202f.\-]?\d){8,13}(?!\d)")


def visible(text: str) -> str:
    """Return a text without characters that nobody sees, in its compatible form."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))


@lru_cache(maxsize=_KEPT)
def plain(text: str) -> str:
    """Return a text without case and accents."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", visible(text).casefold())
    return (
        "".join(c for c in decomposed if not unicodedata.combining(c))
        .replace("œ", "oe")
        .replace("æ", "ae")
    )


@lru_cache(maxsize=_KEPT)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, without case and accents."""
    return tuple(_WORD.findall(plain(text)))


def compact(text: str) -> str:
    """Return the words of a text without anything between them."""
    return "".join(words(text))


@lru_cache(maxsize=_KEPT)
def stems(text: str) -> tuple[str, ...]:
    """Return the words of a text without the mark of the plural."""
    return tuple(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words(text))


def capitals(text: str) -> set[str]:
    """Return the words in capitals of a text, without the points between letters."""
    return {re.sub(r"[.\-]", "", found) for found in _CAPITALS.findall(visible(text))}


def numbers(text: str) -> Iterator[tuple[str, float]]:
    """Yield every number of a text as written and as a value, in both readings where commas and points leave two."""
    for match in _NUMBER.finditer(visible(text)):
        written = match[0]
        whole = re.sub(r"[ \u00a0\u202f']", "", written)
        readings = {
            re.sub(r"[.,](?=\d{3}(?:[.,]|$))", "", whole).replace(",", "."),
            whole.replace(",", "."),
        }
        for reading in readings:
            try:
                yield written, float(reading)
            except ValueError:
                continue


def long_digits(text: str) -> set[str]:
    """Return the runs of nine to fourteen digits of a text, whatever is set between them."""
    return {re.sub(r"\D", "", found) for found in _DIGITS.findall(visible(text))}
