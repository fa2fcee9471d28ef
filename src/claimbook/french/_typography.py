"""The no-break spaces and apostrophes of French typography."""

from __future__ import annotations

import re

from claimbook.french._numbers import NO_BREAK, THIN_NO_BREAK

# Fenced and inline code, links' targets, bare addresses, HTML tags and entities are not prose.
_NOT_PROSE = re.compile(
    r"(\U000f0000|^(?:```|~~~).*?^(?:```|~~~)[^\n]*$|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)|(?<=\])\([^()\n]*\)|<[^<>\n]+>"
    r"|\b(?:https?|mailto|ftp):[^\s<>\u00a0\u202f]*|&\#?\w+;)",
    re.MULTILINE | re.DOTALL,
)
# Private-use characters stand for computed values while a template is typeset.
_WORD_END = r"(?<=[\w)\]»*\u2019'\ue001\U000f0000])"
_FOLLOWED = r"(?=$|[\s*_)»\]\"',.])"
_RULES = [
    (re.compile(rf"(?<=\S) +([;!?]+){_FOLLOWED}", re.MULTILINE), rf"{THIN_NO_BREAK}\1"),
    (re.compile(rf"{_WORD_END}([;!?]+){_FOLLOWED}", re.MULTILINE), rf"{THIN_NO_BREAK}\1"),
    (re.compile(rf"(?<=\S) +([:»]){_FOLLOWED}", re.MULTILINE), rf"{NO_BREAK}\1"),
    (re.compile(rf"{_WORD_END}:{_FOLLOWED}", re.MULTILINE), f"{NO_BREAK}:"),
    (re.compile(r"(?<=[^\s«])»"), f"{NO_BREAK}»"),
    (re.compile(r"« *(?=[^\s\u00a0\u202f])"), f"«{NO_BREAK}"),
    (re.compile(r"(?<=[\d\ue001]) *([%€])"), rf"{NO_BREAK}\1"),
]


_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=\w)")


def apostrophes(text: str) -> str:
    """Write the apostrophes inside words as printers do: ``"d'ouvrage"`` becomes ``"d’ouvrage"``.

    Parameters
    ----------
    text : str
        Any text; a straight mark that no letter precedes, such as a quotation mark, is left alone.

    Returns
    -------
    str
    """
    return _APOSTROPHE.sub("\N{RIGHT SINGLE QUOTATION MARK}", text)


def typeset(prose: str) -> str:
    """Give French prose its no-break spaces.

    A thin one (U+202F) before ``; ! ?``, a full one (U+00A0) before ``: »`` and ``% €`` and after ``«``. A plain space
    there is replaced and a missing one is added; a no-break space is left as it is, so that applying the function
    twice changes nothing. Code, link targets, addresses, HTML tags and entities are left alone.

    Parameters
    ----------
    prose : str
        French prose, plain or Markdown.

    Returns
    -------
    str
        The same prose with its spaces.
    """
    pieces, end = [], 0
    # Each protected piece is held by one character of the supplementary private area, so that the rules see its place.
    held: list[str] = []
    for match in _NOT_PROSE.finditer(prose):
        pieces += [prose[end : match.start()], "\U000f0000"]
        held.append(match.group())
        end = match.end()
    pieces.append(prose[end:])
    whole = "".join(pieces)
    for pattern, replacement in _RULES:
        whole = pattern.sub(replacement, whole)
    parts = whole.split("\U000f0000")
    return parts[0] + "".join(keep + part for keep, part in zip(held, parts[1:], strict=True))
