"""Outputs of cells: which ones a page shows, and how."""

from __future__ import annotations

import re
from html import escape

from claimbook.figures.display import from_jupyter
from claimbook.page.markup import NotShowableError, markdown, without_controls

_OURS = re.compile(r'<div class="opsn (plotted|tabular)" id="([^"]+)"')
_BULKY = re.compile(r'<svg class="plot[^"]*".*?</svg>|<tbody>.*?</tbody>', re.DOTALL)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{4,}(?:>|&gt;|&#62;)")
_OBJECT = re.compile(
    r"\A<[A-Za-z_][\w.]*[:(\s].*>\Z|<[A-Za-z_][\w.]*(?: object\b|: )[^<>\n]*>", re.DOTALL
)


class Stash(list):
    """Drawings and rows of tables that no later step may touch, put back at the end."""

    def keep(self, part: str) -> str:
        """Keep a part and return the mark that stands for it."""
        self.append(part)
        return f'<template data-part="{len(self) - 1}"></template>'

    def put_back(self, html: str) -> str:
        """Return `html` with every mark replaced by its part."""
        return re.sub(r'<template data-part="(\d+)"></template>', lambda m: self[int(m[1])], html)


def own_html(output) -> str | None:
    """Return the HTML of a figure or table of this collection, or None for anything else."""
    html = from_jupyter(output.get("data", {}).get("text/html", ""))
    return html if _OURS.match(html) else None


def drawing(output) -> str | None:
    """Return the SVG of a figure of this collection, or None for anything else."""
    found = re.search(r'<svg class="plot.*?</svg>', own_html(output) or "", re.DOTALL)
    return found and found[0]


def display_name(html: str) -> tuple[str, str]:
    """Return the id of the caption of the data, and the name, of a figure or table."""
    kind, name = _OURS.match(html).groups()
    return (f"{name}-donnees" if kind == "plotted" else f"{name}-titre"), name


def is_narrative(cell) -> bool:
    """Tell whether a cell is prose with computed values."""
    return cell.cell_type == "code" and cell.source.lstrip().startswith("%%narrative")


def output_html(output, stash: Stash, *, may_fail: bool = False) -> str:
    """Return one output as HTML, its drawings and rows in `stash`.

    HTML is taken as it is from figures and tables of this collection only; of anything else the
    page shows the plain text, so that no library and no data put markup in a report.

    Raises
    ------
    NotShowableError
        If the cell failed and may not, or if all that is left is the name of a Python object.
    """
    html = _html(output, may_fail)
    if _ADDRESS.search(html):
        raise _no_text(re.search(r"[^\n]*" + _ADDRESS.pattern, html)[0])
    return _BULKY.sub(lambda match: stash.keep(match[0]), html)


def _html(output, may_fail: bool) -> str:
    if output.output_type == "stream":
        return _pre(output.text, "stderr" if output.name == "stderr" else "stdout")
    if output.output_type == "error":
        error = f"{output.ename}: {output.evalue}"
        if may_fail:
            return _pre(error, "error")
        raise NotShowableError(
            f"it failed with {without_controls(error)}. Remedy: correct it, or tag the cell "
            "'raises-exception' if the error is what it shows"
        )
    data = output.get("data", {})
    html = own_html(output)
    if html is not None:
        return without_controls(html)
    if "text/markdown" in data:
        return markdown(without_controls(data["text/markdown"]))
    plain = data.get("text/plain", "")
    rich = any(kind.startswith(("text/html", "image/")) for kind in data)
    if _OBJECT.search(plain.strip()) or (rich and not plain.strip()):
        raise _no_text(plain.strip() or "HTML")
    return _pre(plain, "stdout") if plain.strip() else ""


def _pre(text: str, kind: str) -> str:
    text = escape(without_controls(text).strip("\n"), quote=False)
    return f'<pre class="{kind}"><samp>{text}</samp></pre>'


def _no_text(what: str) -> NotShowableError:
    shown = without_controls(what)[:80]
    return NotShowableError(
        f"its output is only the name of an object ({shown}). Remedy: show it by "
        "figures.figure or figures.table, print its text, or end the cell with an assignment"
    )
