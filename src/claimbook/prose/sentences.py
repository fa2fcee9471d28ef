"""Where sentences begin and end in rendered prose, and their plain text."""

from __future__ import annotations

import html
import itertools
import re
import string
from collections.abc import Iterator

_BLOCK = re.compile(r"\s*(?:#{1,6} |[-*+] |\d+[.)] |>|\||```|~~~|$)")
_ALONE = re.compile(r"\s*(?:#{1,6} |\||$)")
_CLOSED = re.compile(r"[.!?…:;][»\s)\"*_]*$")
# A sentence ends at its stop if a capital, a figure or a computed value comes next.
_ABBREVIATED = r"(?<!\bp)(?<!\bal)(?<!\bcf)(?<!\bart)(?<!\bex)(?<!\bvol)(?<!\bM)"
_STOP = re.compile(
    _ABBREVIATED
    + r"[.!?…][\u00a0\u202f]*[»)\"*_]*[ \t]+(?=[«\"(*_\u00a0]*[A-ZÀ-ÖØ-ÞŒ\d\ue000\ue002])"
)
_LEAD = re.compile(r"\s*(?:#{1,6}\s+)?(?:[-*+]\s+|\d+(?:\.\d+)*[.)]\s+)?")
_MARKUP = [
    (re.compile(r"^\s*(?:#{1,6}\s+|(?:[-*+]|\d+[.)])\s+|>\s?)+", re.MULTILINE), ""),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<[^<>]+>"), ""),
    (re.compile(r"(\*\*|__|`+)(.+?)\1"), r"\2"),
    (re.compile(r"(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"\\([" + re.escape(string.punctuation) + "])"), r"\1"),
]


def _stops(line: str) -> Iterator[re.Match]:
    """Yield the ends of sentences inside a line, after the mark of a heading or list item."""
    return _STOP.finditer(line, _LEAD.match(line).end())


def spans(prose: str) -> list[tuple[int, int]]:
    """Return where each sentence of Markdown begins and ends; white space is left out.

    A line that ends without a stop goes on in the next one, unless a heading, list item, table row
    or blank line begins there.
    """
    cuts, position = [0], 0
    lines = prose.splitlines(keepends=True)
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        cuts += [position + match.end() for match in _stops(line)]
        position += len(line)
        if _CLOSED.search(line.rstrip()) or _BLOCK.match(following) or _ALONE.match(line):
            cuts.append(position)
    edges = sorted({*cuts, len(prose)})
    return [(start, end) for start, end in itertools.pairwise(edges) if prose[start:end].strip()]


def plain(markdown: str) -> str:
    """Return the words of a Markdown sentence, on one line and without its markup."""
    for pattern, replacement in _MARKUP:
        markdown = pattern.sub(replacement, markdown)
    return re.sub(r"[ \t\r\n]+", " ", html.unescape(markdown)).strip()


def stops_inside(line: str) -> bool:
    """Tell whether a line holds the end of a sentence before its own end."""
    return any(_stops(line.rstrip()))


def goes_on(line: str, following: str) -> bool:
    """Tell whether a sentence goes on from a line of prose to the following one."""
    ends = _BLOCK.match(following) or _ALONE.match(line) or line.lstrip().startswith(">")
    return not (ends or _CLOSED.search(line.rstrip()))
