"""Rules on the prose of a notebook: no typed number, one sentence per line, French spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimbook import french
from claimbook.lint._finding import (
    Problem,
    cells,
    code,
    identity,
    is_narrative,
    prose,
    said_templates,
    template,
)
from claimbook.prose import FILTERS, NarrativeError, parse
from claimbook.prose.sentences import goes_on, stops_inside
from claimbook.prose.template import Choice, Hole

_FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
# What may hold digits: code, links, addresses, tags, entities, years (also cited), numbers of sections and of lists.
_ALLOWED = re.compile(
    r"""
    (?<!`)(`+)(?!`).+?(?<!`)\1(?!`)
    | !?\[[^\]\n]*\]\([^)\n]*\)
    | <[^<>\n]+> | \b(?:https?|mailto):\S+ | &\#?\w+;
    | ^\s*\#{1,6}\s+\d+(?:\.\d+)*\.?\s
    | ^\s*\d+[.)]\s
    | (?:\bsections?|\bparties?|\bchapitres?|\bcahiers?|\bannexes?|§)[\s\u00a0\u202f]+\d+(?:\.\d+)*
    | \bCC[\s-]BY(?:-\w+)*[\s-]\d\.\d | \bLicence\ Ouverte\ \d\.\d
    | (?<![\d.,])(?:19|20)\d\d[a-z]?(?:,?[\s\u00a0]p\.[\s\u00a0]?\d+(?:[-–]\d+)?)?(?![\d%]|[\s\u00a0\u202f]?[%€]|[.,]\d)
    """,
    re.VERBOSE | re.MULTILINE,
)


# A label in bold, such as "**Question.**", may stand before the sentence.
_LABEL = re.compile(r"^\s*(?:[-*+]\s+)?\*\*[^*]+\*\*\s*")


def _blank(match: re.Match) -> str:
    return "\n" * match.group().count("\n")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, line) of prose, code blocks blanked."""
    yield from enumerate(_FENCED.sub(_blank, text).splitlines())


def typed_numbers(notebook) -> Iterator[Problem]:
    """Refuse a number typed into prose; years, section numbers, citations, links and inline code are none."""
    for piece in prose(notebook):
        for offset, line in _lines(piece.text):
            found = re.search(r"\d[\d.,\s\u00a0\u202f]*", _ALLOWED.sub("", line))
            if found:
                yield Problem(
                    piece.cell,
                    piece.line + offset,
                    f"the number {found.group().strip()!r} is typed into prose",
                    "compute it and write {{ value | filter }} in a %%narrative cell or say()",
                )


def one_sentence_per_line(notebook) -> Iterator[Problem]:
    """Require one sentence per line, so that a difference between versions reads well."""
    for piece in prose(notebook):
        if piece.origin not in ("markdown", "narrative"):
            continue
        lines = list(_lines(piece.text))
        for (offset, line), (_, following) in zip(lines, [*lines[1:], (0, "")], strict=True):
            if stops_inside(_LABEL.sub("", line)):
                yield Problem(
                    piece.cell,
                    piece.line + offset,
                    "two sentences in one line",
                    "break the line between them",
                )
            elif goes_on(line, following) and not line.startswith("<"):
                yield Problem(
                    piece.cell, piece.line + offset, "a sentence over two lines", "join the lines"
                )


def typography(notebook) -> Iterator[Problem]:
    """Require the no-break spaces of French in Markdown; narrative cells get theirs when rendered."""
    for piece in prose(notebook):
        if piece.origin != "markdown":
            continue
        typeset = french.typeset(piece.text).splitlines()
        for offset, (line, wanted) in enumerate(
            zip(piece.text.splitlines(), typeset, strict=False)
        ):
            if line != wanted:
                yield Problem(
                    piece.cell,
                    piece.line + offset,
                    "a no-break space is missing",
                    "put U+202F before ; ! ? and U+00A0 before : » % and after «",
                )


def _pieces(pieces: list) -> Iterator[Hole]:
    for piece in pieces:
        if isinstance(piece, Hole):
            yield piece
        elif isinstance(piece, Choice):
            for branch in piece.branches:
                yield from _pieces(branch.body)


def templates(notebook) -> Iterator[Problem]:
    """Require that every template can be read and every filter exists."""
    found = [
        (identity(cell), 2, template(cell.source))
        for cell in cells(notebook, "code")
        if is_narrative(cell.source)
    ]
    found += [
        (name, line, text) for name, tree in code(notebook) for line, text in said_templates(tree)
    ]
    for name, first_line, text in found:
        try:
            holes = list(_pieces(parse(text, "template", first_line)))
        except NarrativeError as error:
            yield Problem(name, error.line, "its template cannot be read", str(error))
            continue
        for hole in holes:
            if hole.filter is not None and hole.filter not in FILTERS:
                yield Problem(
                    name,
                    hole.line,
                    f"no filter {hole.filter!r} writes a value",
                    f"use {', '.join(FILTERS)}",
                )


RULES = (typed_numbers, one_sentence_per_line, typography, templates)
