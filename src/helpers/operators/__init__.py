"""Operator sheets: the facts of each operator, their page, and the list of all."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from claimbook import french

#: Tables that the sheets are made from; ``classes`` is read too where it is there.
TABLES = (
    *("operators", "attributes", "statements", "states", "cooperation", "links", "services"),
    *("operator_departements", "register_departements", "register_operators"),
)
# Longer names would not fit in the paths that some systems allow; the words are other pages of
# the folder, and names that Windows keeps for its devices.
_USABLE = re.compile(r"(?!(?:index|operators|con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9-]{1,60}")
# Letters and signs of French names that no decomposition turns into ASCII.
_SPELT = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", **dict.fromkeys("’‐–—", "-")})


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Return the slug of each operator: the name of its file and the address of its page.

    A slug is made of the name alone, so that it stays when other operators come and go. Only where
    two names would give the same slug, both end with a hash of the name; so does a name that gives
    none, a reserved one or one longer than 60 characters.

    >>> slugs(["Mégalis Bretagne", "CDG59 (Cre@tic)"])
    {'Mégalis Bretagne': 'megalis-bretagne', 'CDG59 (Cre@tic)': 'cdg59-cre-tic'}
    """
    plain = {name: french.slug(name.translate(_SPELT)) for name in names}
    shared = Counter(plain.values())
    return {
        name: slug if shared[slug] == 1 and _USABLE.fullmatch(slug) else _hashed(name, slug)
        for name, slug in plain.items()
    }


def _hashed(name: str, slug: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug[:60].strip('-') or 'operateur'}-{digest}"
