"""Cells of a table that lead somewhere: to the public page that says so, or to another page of the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

# A page of the collection, from the page that links to it: no scheme, no host, nothing that could run.
_LOCAL = re.compile(r"(?:\.\./)*[\w-]+(?:/[\w-]+)*\.(?:html|json|csv)(?:#[\w-]+)?")
# What servers put in addresses and the standard of addresses does not allow there.
_ENCODED = {ord(character): f"%{ord(character):02X}" for character in "[]{}|\\^`"}
_WEB = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


class Links:
    """One or several links in one cell.

    Parameters
    ----------
    items : iterable of (str, str)
        Text and address of each. An address that is neither of the web nor of a page of the collection is not linked:
        its text alone is shown.

    Raises
    ------
    ValueError
        If there is no link, or a text is empty.
    """

    # Not a sequence: pandas would take its items for cells.
    __slots__ = ("items",)

    def __init__(self, items: Iterable[tuple[str, str]]):
        self.items = tuple((str(text), str(address)) for text, address in items)
        if not self.items or not all(text.strip() for text, _ in self.items):
            raise ValueError("Links needs one link at least, and a text for each")

    def __eq__(self, other):
        return isinstance(other, Links) and self.items == other.items

    def __hash__(self):
        return hash(self.items)

    def __str__(self):
        return ", ".join(f"{text} <{address}>" if address else text for text, address in self.items)

    __repr__ = __str__

    def __html__(self) -> Markup:
        return Markup(", ").join(_anchor(text, address) for text, address in self.items)


def _anchor(text: str, address: str) -> Markup:
    if _WEB.fullmatch(address):
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(
            address.translate(_ENCODED), text
        )
    if _LOCAL.fullmatch(address):
        return Markup('<a href="{}">{}</a>').format(address, text)
    return escape(text)
