"""English terms in French prose are marked with their language (WCAG 2.2, criterion 3.1.2)."""

from __future__ import annotations

import html
import re

#: Terms that the exporter marks by itself; an author marks others with ``<span lang="en">``.
ENGLISH_TERMS = (
    "big data",
    "bootstrap",
    "chatbot",
    "cloud",
    "clustering",
    "clusters",
    "cluster",
    "data",
    "dashboard",
    "Fuzzy C-means",
    "hash",
    "heatmap",
    "k-means",
    "k-medoids",
    "latent class analysis",
    "legacy",
    "machine learning",
    "notebooks",
    "notebook",
    "open data",
    "open source",
    "outliers",
    "outlier",
    "random forest",
    "reporting",
    "silhouette score",
    "smart city",
    "survey",
    "web scraping",
)
_TERMS = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(re.escape(t) for t in sorted(ENGLISH_TERMS, key=len, reverse=True))
    + r")(?![\w-])",
    re.IGNORECASE,
)


_GRAMMAR = re.compile(r"\b(?:the|of|and|with|is|are|this|that|from|which|by|for)\b", re.IGNORECASE)


def looks_english(text: str) -> bool:
    """Tell whether a text reads as an English sentence: it holds two words that only English grammar uses."""
    return len(_GRAMMAR.findall(text)) > 1


def unmarked_terms(text: str) -> list[str]:
    """Return the declared English terms that a text states, in order."""
    return _TERMS.findall(text)


def mark_english(text: str) -> str | None:
    """Return a text as HTML with its English terms marked, or None when it holds none.

    Parameters
    ----------
    text : str
        Plain text.

    Returns
    -------
    str or None
    """
    if not _TERMS.search(text):
        return None
    parts, end = [], 0
    for match in _TERMS.finditer(text):
        parts += [
            html.escape(text[end : match.start()]),
            f'<span lang="en">{html.escape(match[0])}</span>',
        ]
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])
