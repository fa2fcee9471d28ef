"""References of a collection: one BibTeX file, whose keys prose cites as ``[@key]``."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from claimbook.errors import UserError
from claimbook.french import enumeration

CITATION = re.compile(r"\[@([\w-]+)\]")
_ENTRY = re.compile(r"^@\w+\{([\w-]+),\n((?:  \w+ = \{[^{}\n]*\},\n)+)\}$", re.MULTILINE)
_FIELD = re.compile(r"^  (\w+) = \{([^{}\n]*)\},$", re.MULTILINE)
_NEEDED = ("author", "title", "year")
_SOURCE = Markup('<span lang="{}">{}</span>')
_FULL = Markup('{authors} ({year}). <cite lang="{lang}">{title}</cite>{where}.{link}')
_LINK = Markup(' <a href="https://doi.org/{0}" rel="noreferrer">doi:{1}</a>')


def read_references(path: Path) -> dict[str, dict]:
    """Return the entries of a BibTeX file by key; `UserError` if one cannot be read.

    Read is what tools write: one field a line, ``name = {value},``, and no braces in values.
    """
    text = path.read_text(encoding="utf-8")
    found = {key: dict(_FIELD.findall(fields)) for key, fields in _ENTRY.findall(text)}
    left = [line for line in _ENTRY.sub("", text).splitlines() if line.strip()]
    if left:
        remedy = "write one field a line, as 'name = {value},', without braces in the value"
        raise UserError(f"{path.name} cannot be read from '{left[0][:60]}' on. Remedy: {remedy}.")
    for key, entry in found.items():
        missing = ", ".join(name for name in _NEEDED if not entry.get(name))
        if missing:
            raise UserError(f"{path.name}, entry '{key}', has no {missing}. Remedy: add it.")
    return found


def cited(key: str, entry: dict) -> Markup:
    """Return what stands in the sentence that cites an entry: a link to the list."""
    families = [name.partition(",")[0] for name in entry["author"].split(" and ")]
    called = enumeration(families) if len(families) < 3 else f"{families[0]} et coll."
    return Markup('(<a href="#ref-{}">{}, {}</a>)').format(key, called, entry["year"])


def listed(entry: dict) -> Markup:
    """Return an entry as the list of references shows it."""
    authors = [" ".join(name.split(", ")) for name in entry["author"].split(" and ")]
    number = f"({entry['number']})" if entry.get("number") else ""
    volume = entry.get("volume", "") + number
    lang, source = entry.get("langid", "en"), entry.get("journal") or entry.get("publisher")
    where = [_SOURCE.format(lang, source) if source else "", volume, entry.get("pages")]
    return _FULL.format(
        authors=enumeration(authors),
        year=entry["year"],
        lang=lang,
        title=entry["title"],
        where=Markup("").join(Markup(", {}").format(part) for part in where if part),
        link=_LINK.format(quote(entry["doi"]), entry["doi"]) if entry.get("doi") else "",
    )
