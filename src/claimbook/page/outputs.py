"""Outputs of cells: which ones a page shows, and how."""

from __future__ import annotations

import re

from markupsafe import escape

from claimbook.figures.display import LAB_STYLE
from claimbook.page.markup import Stash, markdown

_OURS = re.compile(r'<div class="opsn (?:plotted|tabular)" ')
_BULKY = re.compile(
    r'<svg class="plot[^"]*".*?</svg>|<tbody>.*?</tbody>|<a download="[^"]*" href="data:[^"]*"',
    re.DOTALL,
)
_NAME = re.compile(r'<div class="opsn (plotted|tabular)" id="([^"]+)"')
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
IMAGES = ("image/png", "image/jpeg")


def joined(value) -> str:
    """Return a text that nbformat may hold as a list of lines."""
    return "".join(value) if isinstance(value, list) else str(value)


def own_html(output) -> str | None:
    """Return the HTML of a figure or table of this collection, or None for anything else."""
    html = joined(output.get("data", {}).get("text/html", "")).removeprefix(LAB_STYLE)
    return html if _OURS.match(html) else None


def display_name(html: str) -> tuple[str, str]:
    """Return the id of the caption of the data, and the name, of a figure or table."""
    kind, name = _NAME.match(html).groups()
    return (f"{name}-donnees" if kind == "plotted" else f"{name}-titre"), name


def is_narrative(cell) -> bool:
    """Tell whether a cell is prose with computed values."""
    return cell.cell_type == "code" and cell.source.lstrip().startswith("%%narrative")


def output_html(output, stash: Stash) -> str:
    """Return one output as HTML.

    HTML is taken as it is from figures and tables of this collection only; of anything else the page shows the plain
    text, so that no library and no data can put markup in a report.

    Parameters
    ----------
    output : nbformat.NotebookNode
        Output of a code cell.
    stash : Stash
        Keeps drawings, rows of tables and downloads aside.

    Returns
    -------
    str
    """
    kind = output.output_type
    if kind == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        return _pre(joined(output.text), name)
    if kind == "error":
        return _pre("\n".join(output.traceback) or f"{output.ename}: {output.evalue}", "error")
    data = output.get("data", {})
    html = own_html(output)
    if html is not None:
        return _BULKY.sub(lambda m: _keep(m[0], stash), html)
    if "text/markdown" in data:
        return markdown(joined(data["text/markdown"]))
    for image in IMAGES:
        if image in data:
            meta = output.get("metadata", {})
            alternative = meta.get("alt") or meta.get(image, {}).get("alt") or ""
            source = f"data:{image};base64,{escape(joined(data[image]).strip())}"
            return f'<p><img alt="{escape(alternative)}" src="{source}"></p>'
    plain = joined(data.get("text/plain", ""))
    return _pre(plain, "stdout") if plain.strip() else ""


def _keep(html: str, stash: Stash) -> str:
    if html.startswith("<a "):
        # the opening tag only: its text goes through the same steps as the rest
        stash.parts.append(re.search(r'href="([^"]*)"', html)[1])
        return html[: html.index("href=")] + f'href="#part-{len(stash.parts) - 1}"'
    return stash.keep(html)


def _pre(text: str, kind: str) -> str:
    return f'<pre class="{kind}"><samp>{escape(_ANSI.sub("", text).strip())}</samp></pre>'
