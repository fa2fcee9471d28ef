"""The text that readers see, line by line: reviewers accept it as they accept values."""

from __future__ import annotations

import difflib
import html
import re
from pathlib import Path

from claimbook.tables import replace_text

_BLOCKS = ("h1", "h2", "h3", "h4", "p", "li", "caption", "tr", "pre", "summary", "title", "svg")
_ANCHOR = re.compile(r"</?a\b[^>]*>")
# Rows after the first are data; the rest says the same in every figure.
_REPEATED = "style, summary, details caption, .get, tbody tr ~ tr"
AT_MOST = 20


def lines_of(page: str, without: str = "style") -> list[str]:
    """Return the visible text of some HTML: a line for each paragraph, heading, row and drawing."""
    import bs4

    tree = bs4.BeautifulSoup(page, "html.parser")
    for element in tree.select(without):
        element.decompose()
    lines = []
    for element in tree.find_all(_BLOCKS):
        if element.find_parent(_BLOCKS) is None:
            apart = " | " if element.name in ("tr", "svg") else ""
            text = element.get_text(apart, strip=bool(apart))
            lines.append(" ".join(f"{element.get('aria-label', '')} {text}".split()))
    return list(filter(None, lines))


def visible_text(notebook) -> str:
    """Return what an executed notebook tells: prose, and the texts of its figures and tables.

    Of a table it holds the headings and the first row, which shows how numbers are written.
    """
    from claimbook.figures.display import from_jupyter

    lines: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            lines += cell.source.splitlines()
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            lines += html.unescape(_ANCHOR.sub("", data.get("text/markdown", ""))).splitlines()
            lines += lines_of(from_jupyter(data.get("text/html", "")), _REPEATED)
    return "\n".join(filter(str.strip, lines)) + "\n"


def _path(edition_dir: Path, notebook: str) -> Path:
    return edition_dir / "text" / f"{notebook}.txt"


def accepted_text(edition_dir: Path, notebook: str) -> str:
    """Return the accepted text of a notebook, empty if none was accepted yet."""
    path = _path(edition_dir, notebook)
    return path.read_text(encoding="utf-8") if path.exists() else ""


def accept_text(edition_dir: Path, notebook: str, text: str) -> None:
    """Accept the text of a notebook."""
    replace_text(_path(edition_dir, notebook), text)


def text_changes(old: list[str], new: list[str]) -> list[str]:
    """Return the lines that differ, the accepted ones after "-" and the new ones after "+"."""
    found = difflib.unified_diff(old, new, n=0, lineterm="")
    lines = [line for line in list(found)[2:] if not line.startswith("@@")]
    more = len(lines) - AT_MOST
    return [*lines[:AT_MOST], f"{more} further lines"] if more > 0 else lines
