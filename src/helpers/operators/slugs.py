"""Addresses of sheets: from the name of an operator to a file name that holds on every system, and stays."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

# Pages of the folder that are no sheet, and names that Windows keeps for its devices.
_RESERVED = re.compile(r"index|operators|con|prn|aux|nul|com\d|lpt\d")
# Letters and signs that no decomposition turns into ASCII, and that French names have.
_SPELT = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "‐": "-", "–": "-", "—": "-"}
)
# Longer names would not fit in the paths that some systems and archives allow.
_LONGEST = 60


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Return the slug of each operator.

    A slug is made of the name alone, so that it stays when other operators come and go. Only where two names would give
    the same slug, both end with a hash of the name; so does a name that gives none, a reserved one or one cut short.

    Parameters
    ----------
    names : iterable of str
        Names of operators; a name given twice counts once.

    Returns
    -------
    dict of str to str
        From name to slug, in the order of the names: ``a-z``, digits and single hyphens, all different.

    Examples
    --------
    >>> slugs(["Mégalis Bretagne", "CDG59 (Cre@tic)"])
    {'Mégalis Bretagne': 'megalis-bretagne', 'CDG59 (Cre@tic)': 'cdg59-cre-tic'}
    """
    plain = {name: _folded(name) for name in names}
    shared = Counter(plain.values())
    return {
        name: slug if _stands(slug, shared) else _hashed(name, slug) for name, slug in plain.items()
    }


def possible_slugs(name: str) -> tuple[str, str]:
    """Return the slugs that an operator may have: of its name alone, and with a hash, if another name folds alike."""
    slug = _folded(name)
    return slug, _hashed(name, slug)


def _folded(name: str) -> str:
    spelt = unicodedata.normalize("NFKD", name).translate(_SPELT)
    ascii_name = spelt.encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")


def _stands(slug: str, shared: Counter) -> bool:
    return (
        bool(slug) and shared[slug] == 1 and not _RESERVED.fullmatch(slug) and len(slug) <= _LONGEST
    )


def _hashed(name: str, slug: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug[:_LONGEST].strip('-') or 'operateur'}-{digest}"
