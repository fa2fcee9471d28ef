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
_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‑": "-", "−": "-"}
)
# What cp1252 shows for each byte that continues a character in UTF-8; five bytes have no character there.
_CONTINUED = {bytes([b]).decode("cp1252", errors="ignore") or chr(b): b for b in range(0x80, 0xC0)}
_LEADS = {"Â": 0xC2, "Ã": 0xC3, "Å": 0xC5, "Æ": 0xC6, "Ë": 0xCB, "â": 0xE2}
_NEXT = "".join(map(re.escape, _CONTINUED))
# Three pairs that a second misreading makes; their first letters do end French words.
_MOJIBAKE = re.compile(f"[ÂÃÅ][{_NEXT}]|â[{_NEXT}]{{2}}|Ëœ|Ë†|Æ’")
_TIMES = 3

# Longer texts are no answers that come again and again.
_CACHED = 200


def tidy_spaces(text: str) -> str:
    """Return text with every run of spaces and line breaks as one space, and none at the ends."""
    return _SPACES.sub(" ", text).strip(" ")


def shows_nothing(text: str) -> bool:
    """Tell whether a text holds spaces and invisible characters alone."""
    stripped = text.strip()
    return not stripped or (not stripped.isascii() and not tidy_spaces(without_invisible(stripped)))


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
    """Return text whose UTF-8 was once read as cp1252 as it was written; any other text unchanged.

    Each pair such as ``Ã©``, or triple such as ``â€™``, stands for the bytes of one character: the misreading is
    reversed, nothing is guessed. French writes none of these pairs and triples.
    """
    for _ in range(_TIMES):
        after = _MOJIBAKE.sub(_as_written, text)
        if after == text:
            break
        text = after
    return text


def _as_written(found: re.Match) -> str:
    shown = found[0]
    try:
        return bytes([_LEADS[shown[0]], *(_CONTINUED[char] for char in shown[1:])]).decode("utf-8")
    except UnicodeDecodeError:
        return shown


def folded(text: str) -> str:
    """Return what two writings of one answer share: case, accents, spaces and kinds of apostrophe do not count."""
    return _folded(text) if len(text) < _CACHED else _folded.__wrapped__(text)


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    flat = unicodedata.normalize(
        "NFD", tidy_spaces(without_invisible(text)).translate(_APOSTROPHES).casefold()
    )
    return (
        "".join(char for char in flat if not unicodedata.combining(char))
        .replace("œ", "oe")
        .replace("æ", "ae")
    )


def comparable(text: str) -> str:
    """Return what two writings of one title share: as `folded`, and without punctuation at the end."""
    flat = folded(text)
    return flat.rstrip(" :.?*") or flat
