"""Spelling: what two writings of one answer share, and the repairs of text that can only be read one way."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Spaces of typography and of copy-and-paste, all read as one ordinary space.
_SPACES = re.compile("[\\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Characters that show nothing and join or part nothing that matters here.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# Characters that change the order in which the others are shown: what was read is not what is stored.
_REORDERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‑": "-", "−": "-"})
# The first letters that UTF-8 text shows when it was read as cp1252.
_MOJIBAKE = re.compile("[ÂÃÅâ][\u0080-\u00bf\u0152-\u2122]")


# Longer texts are no answers that come again and again.
_CACHED = 200


def tidy_spaces(text: str) -> str:
    """Return text with every run of spaces and line breaks as one space, and none at the ends."""
    return _SPACES.sub(" ", text).strip(" ")


def without_invisible(text: str) -> str:
    """Return text without zero-width characters and soft hyphens."""
    return _INVISIBLE.sub("", text)


def forbidden_character(text: str) -> str | None:
    """Return what makes a text unreadable with certainty, or None.

    Characters that reorder what is shown (Unicode Standard Annex 9) and control characters have no place in an answer.
    """
    if _REORDERING.search(text):
        return "the cell holds a character that changes the direction of reading"
    if _CONTROL.search(text):
        return "the cell holds a control character"
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "the cell holds half of a character"
    return None


def repair_mojibake(text: str) -> str:
    """Return text that was UTF-8 and was once read as cp1252 as it was written; any other text unchanged.

    The repair reverses the misreading of the whole cell and is made only if that gives valid UTF-8, so that
    nothing is guessed: French text with an accent of its own is never valid UTF-8 when written as cp1252.
    """
    if not _MOJIBAKE.search(text):
        return text
    try:
        return b"".join(_as_cp1252(char) for char in text).decode("utf-8")
    except UnicodeError:
        return text


def _as_cp1252(char: str) -> bytes:
    # Five bytes have no character in cp1252 and are read as control characters.
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")


def folded(text: str) -> str:
    """Return what two writings of one answer share: case, accents, spaces and kinds of apostrophe do not count."""
    return _folded(text) if len(text) < _CACHED else _folded.__wrapped__(text)


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    flat = unicodedata.normalize("NFD", tidy_spaces(without_invisible(text)).translate(_APOSTROPHES).casefold())
    return "".join(char for char in flat if not unicodedata.combining(char)).replace("œ", "oe").replace("æ", "ae")


def comparable(text: str) -> str:
    """Return what two writings of one title share: as `folded`, and without punctuation at the end."""
    flat = folded(text)
    return flat.rstrip(" :.?*") or flat
