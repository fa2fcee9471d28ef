"""Names without what changes from one list to the next: case, accents, marks, legal form."""

from __future__ import annotations

import re
import unicodedata

# Longest first: "syndicat mixte ouvert" before "syndicat". They say what a body is, not which one.
_FORMS = re.compile(
    r"\b(?:syndicat (?:mixte|intercommunal|departemental)(?: (?:ouvert|ferme))?(?: a vocation (?:unique|multiple))?|"
    r"syndicat|agence technique(?: departementale)?|agence departementale|agence|"
    r"centre (?:inter)?departemental de gestion|centre de gestion|groupement d interet public|"
    r"societe publique locale|association|regie|etablissement public|"
    r"smo|smf|sm|spl|gip|atd|cdg|sivu|sivom|epl|asso)\b"
)
_SLIGHT = frozenset(
    {"de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "pour", "a", "au", "aux"}
)


_KINDS = {
    "syndicat": re.compile(r"\b(?:syndicat|smo|smf|sm|sivu|sivom)\b"),
    "agence": re.compile(r"\b(?:agence|atd|regie)\b"),
    "centre de gestion": re.compile(r"\b(?:centre (?:inter)?(?:departemental )?de gestion|cdg)\b"),
    "gip": re.compile(r"\b(?:gip|groupement d interet public)\b"),
    "spl": re.compile(r"\b(?:spl|epl|societe publique locale)\b"),
    "association": re.compile(r"\b(?:asso|association)\b"),
}
_INITIALS = re.compile(r"\b\w{1,3}(?:\.\w{1,3})+\b\.?")


def _words(name: str) -> str:
    """Return the words of a name, lower-case and without accents; initials lose their points."""
    name = _INITIALS.sub(lambda match: match[0].replace(".", ""), re.sub(r"\([^)]*\)", " ", name))
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    # "CDG22" and "CDG 22" are one name
    return re.sub(
        r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", re.sub(r"[^a-z0-9]+", " ", plain)
    ).strip()


def canonical(name: str) -> str:
    """Return a name in the form in which it is compared.

    Parameters
    ----------
    name : str
        As an edition writes it, such as ``"Syndicat mixte A.B.C. (ex D)"``.

    Returns
    -------
    str
        Lower-case words without accents, without what stands in brackets, without legal form and small words. Where
        nothing but a number would be left, the legal form stays.
    """
    words = _words(name)
    bare = [word for word in _FORMS.sub(" ", words).split() if word not in _SLIGHT]
    # a number alone is that of a département: without its form it could be any body there
    return " ".join(bare) if any(not word.isdigit() for word in bare) else words


def legal_kinds(name: str) -> frozenset[str]:
    """Return the kinds of legal form that a name states, such as ``{"syndicat"}``."""
    words = _words(name)
    return frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(words))
