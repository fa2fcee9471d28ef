"""What a text must be to stand beside a figure."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

MINIMUM_ALTERNATIVE_WORDS = 6

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_FILE = re.compile(r"^\S+\.(?:png|jpe?g|gif|svg|webp|pdf|csv|html?|ipynb|py)$", re.IGNORECASE)
_HASH = re.compile(r"^(?=.*\d)[0-9a-f]{8,}$", re.IGNORECASE)
_EMPTY_WORDS = {
    "", "alt", "alternative", "aucun", "axes", "barplot", "capture", "chart", "courbe", "description", "diagram",
    "diagramme", "données", "fig", "figure", "graph", "graphe", "graphique", "heatmap", "histogramme", "illustration",
    "image", "img", "map", "carte", "n/a", "no", "none", "photo", "picture", "plot", "schéma", "tableau", "tbd", "test",
    "texte", "todo", "x", "xxx",
}  # fmt: skip
_SLIGHT_WORDS = {
    "a", "au", "aux", "ce", "cette", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "of", "par", "pour",
    "qui", "sur", "the", "un", "une", "avec", "voir", "ci", "dessous", "dessus",
}  # fmt: skip


def filler_reason(text: str, *, minimum_words: int = MINIMUM_ALTERNATIVE_WORDS) -> str | None:
    """Say why an alternative text tells its reader nothing.

    Parameters
    ----------
    text : str
        Alternative text of an image.
    minimum_words : int
        Number of words below which no chart can be described.

    Returns
    -------
    str or None
        The reason, in English, or None when the text is worth reading.
    """
    plain = " ".join(str(text).split())
    if not plain:
        return "is empty"
    if _FILE.match(plain):
        return "is a file name"
    if _HASH.match(plain):
        return "is a hash"
    words = [w for w in re.findall(r"[^\W_]+(?:/[^\W_]+)?", plain.lower()) if not w.isdigit()]
    if all(word in _EMPTY_WORDS or word in _SLIGHT_WORDS for word in words):
        return "names the kind of object and says nothing of what it shows"
    if len(words) < minimum_words:
        return f"has {len(words)} words where at least {minimum_words} are needed (type of chart, axes, main reading)"
    return None


def check_name(name: str) -> str:
    """Return `name` if it is a slug (``a-z``, digits, single hyphens); raise ValueError otherwise."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"name {name!r} is not a slug: use lower-case letters, digits and hyphens, such as 'carte-2026'"
        )
    return name


def check_text(what: str, text, name: str, *, optional: bool = False):
    """Return a text of figure `name` unchanged, or raise ValueError that says which one is missing."""
    if text is None and optional:
        return None
    if not isinstance(text, str):
        raise ValueError(f"{name}: {what} must be text, not {type(text).__name__}")
    if not re.search(r"\w", text):
        raise ValueError(f"{name}: {what} is empty")
    return text


def as_html(text) -> Markup:
    """Return a text as HTML: plain text escaped, a text that knows its own HTML as it says."""
    return escape(text)


def claims_of(*texts) -> list[dict]:
    """Return the claims that texts carry, in order, each stated once."""
    found = {}
    for text in texts:
        for claim in getattr(text, "claims", None) or ():
            found.setdefault(claim.get("id"), dict(claim))
    return list(found.values())
