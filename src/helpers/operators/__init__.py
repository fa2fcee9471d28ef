"""The sheet of each operator: its slice of the tables, its own tables, and the lists of all."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from claimbook import french

#: Tables that the slices are cut from: clean ones, then what the notebooks 03 and 04 write.
TABLES = (
    *("operators", "attributes", "statements", "states", "cooperation", "links", "services"),
    *("operator_departements", "second_reading", "unseen_offers", "peers", "classes"),
)
# Longer names would not fit in the paths that some systems allow; the words are other pages of
# the folder, and names that Windows keeps for its devices.
_USABLE = re.compile(r"(?!(?:index|operators|con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9-]{1,60}")
# Letters and signs of French names that no decomposition turns into ASCII.
_SPELT = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", **dict.fromkeys("’‐–—", "-")})


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Return the slug of each operator: the name of its files and the address of its page.

    A slug is made of the name alone, so that it stays when other operators come and go. Only where
    two names would give the same slug, both end with a hash of the name; so does a name that gives
    none, a reserved one or one longer than 60 characters.

    >>> slugs(["Mégalis Bretagne", "CDG59 (Cre@tic)"])
    {'Mégalis Bretagne': 'megalis-bretagne', 'CDG59 (Cre@tic)': 'cdg59-cre-tic'}
    """
    possible = {name: possible_slugs(name) for name in names}
    shared = Counter(plain for plain, _ in possible.values())
    return {
        name: plain if shared[plain] == 1 and _USABLE.fullmatch(plain) else hashed
        for name, (plain, hashed) in possible.items()
    }


def possible_slugs(name: str) -> tuple[str, str]:
    """Return the slug of a name, and the one with a hash for where that cannot be used."""
    plain = french.slug(name.translate(_SPELT))
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return plain, f"{plain[:60].strip('-') or 'operateur'}-{digest}"
