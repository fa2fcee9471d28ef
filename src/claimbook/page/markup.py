"""Markdown to HTML, and the small changes that every text of a page goes through."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import bs4
from bs4.element import NavigableString
from markupsafe import Markup, escape

from claimbook.page.language import looks_english, mark_english

#: What holds code, data or drawings: its text is shown as it is.
_VERBATIM = ("code", "pre", "kbd", "samp", "svg", "style", "td", "tbody", "script", "template")


def markdown(source: str) -> str:
    """Return Markdown as HTML, by the parser that nbconvert uses.

    Parameters
    ----------
    source : str
        Markdown of a cell or of an output.

    Returns
    -------
    str
    """
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def block_code(self, code, info=None):
            return f"<pre><code>{self.escape_html(code)}</code></pre>\n"

    renderer = Renderer(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


def slug(text: str) -> str:
    """Return a text as an id: ASCII letters, digits and hyphens."""
    ascii_text = (
        unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    )
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-") or "section"


@dataclass
class Names:
    """Ids already given in a page."""

    taken: set = field(default_factory=set)

    def give(self, wanted: str) -> str:
        """Return `wanted`, or `wanted` with the first free number, and reserve it."""
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}-{number}"
        self.taken.add(name)
        return name


@dataclass
class Stash:
    """Parts of a page that no later step may touch, kept aside and put back at the end."""

    parts: list = field(default_factory=list)

    def keep(self, html: str) -> str:
        """Keep a part and return the mark that stands for it."""
        self.parts.append(html)
        return f'<template data-part="{len(self.parts) - 1}"></template>'

    def put_back(self, html: str) -> str:
        """Return `html` with every mark replaced by its part."""
        return re.sub(
            r'<template data-part="(\d+)"></template>', lambda m: self.parts[int(m[1])], html
        )


def parse(html: str) -> bs4.BeautifulSoup:
    """Return a fragment of HTML as a tree."""
    return bs4.BeautifulSoup(html, "html.parser")


def serialise(tree) -> str:
    """Return a tree as HTML."""
    return tree.decode(formatter="minimal")


def polish(tree: bs4.BeautifulSoup) -> None:
    """Set French spaces and mark English terms in the texts of a tree, in place."""
    from claimbook.french import apostrophes, typeset

    for node in list(tree.find_all(string=True)):
        if type(node) is not NavigableString or not node.strip():
            continue
        if node.find_parent(_VERBATIM) or node.find_parent(attrs={"data-claim": True}):
            continue
        text = _typeset_in_place(node, typeset, apostrophes)
        marked = None if node.find_parent(attrs={"lang": True}) else mark_english(text)
        if marked is not None:
            node.replace_with(*list(parse(marked).contents))
        elif text != node:
            node.replace_with(text)


def _typeset_in_place(node, typeset, apostrophes) -> str:
    """Return the text of a node with its spaces, seen beside its neighbours: a mark may follow a link's end."""
    before = "x" if node.previous_sibling is not None and node[:1] in " :;!?»%" else ""
    after = "x" if node.next_sibling is not None and str(node).endswith(("« ", "«")) else ""
    return typeset(apostrophes(f"{before}{node}{after}"))[len(before) :].removesuffix(after)


def plain_to_html(text: str) -> Markup:
    """Return plain text as HTML with French spaces and English terms, or an English sentence, marked."""
    if looks_english(text):
        return Markup(f'<span lang="en">{escape(text)}</span>')
    tree = parse(str(escape(text)))
    polish(tree)
    return Markup(serialise(tree))


def harden(tree: bs4.BeautifulSoup) -> None:
    """Remove from an author's HTML whatever would run, load or submit something, in place."""
    for element in tree.find_all(
        ("script", "style", "iframe", "object", "embed", "form", "base", "link", "meta")
    ):
        element.decompose()
    for element in tree.find_all(True):
        for name in list(element.attrs):
            value = element.attrs[name]
            compact = re.sub(r"[\s\x00-\x1f]", "", value).lower() if isinstance(value, str) else ""
            harmful = name in ("href", "src", "action") and compact.startswith(
                ("javascript:", "vbscript:", "data:text/html")
            )
            if name.startswith("on") or name == "srcdoc" or harmful:
                del element.attrs[name]


def frame_tables(tree: bs4.BeautifulSoup, names: Names) -> None:
    """Put each table that has no region of its own in one that takes the focus and scrolls, in place."""
    for table in tree.find_all("table"):
        if table.find_parent(class_="scroll"):
            continue
        region = tree.new_tag("div", attrs={"class": "scroll", "role": "region", "tabindex": "0"})
        if table.caption:
            table.caption["id"] = table.caption.get("id") or names.give(
                "tableau-" + slug(plain_text(table.caption))
            )
            region["aria-labelledby"] = table.caption["id"]
        else:
            region["aria-label"] = "Tableau"
        table.wrap(region)


def plain_text(tree) -> str:
    """Return the text of a tree on one line."""
    return " ".join(tree.get_text().split(" ")).replace("\n", " ").strip()
