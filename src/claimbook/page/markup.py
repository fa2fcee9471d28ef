"""Markdown to HTML, and the changes that every text of a page goes through."""

from __future__ import annotations

import functools
import re
from html import escape, unescape
from pathlib import Path

import bs4
from babel.messages.pofile import read_po
from bs4.element import NavigableString
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from claimbook.errors import UserError
from claimbook.french import apostrophes, language, reserve, slug, typeset

#: What holds code, data or drawings: its text is shown as it is.
_VERBATIM = ("code", "pre", "kbd", "samp", "svg", "style", "td", "tbody", "script", "template")
_ACTIVE = ("script", "style", "iframe", "object", "embed", "form", "base", "link", "meta")
#: English terms that pages mark with their language (WCAG 2.2, 3.1.2), longer before shorter.
_TERMS = """latent class analysis|machine learning|silhouette score|random forest|Fuzzy C-means
|web scraping|open source|clustering|smart city|dashboard|bootstrap|k-medoids|notebooks|open data
|reporting|big data|clusters|notebook|outliers|chatbot|cluster|heatmap|k-means|outlier|legacy|survey
|cloud|data|hash"""
ENGLISH = re.compile(rf"(?<![\w-])(?:{_TERMS})(?![\w-])".replace("\n", ""), re.IGNORECASE)
_HARMFUL = re.compile("javascript:|vbscript:|data:text/html", re.IGNORECASE)
_GRAMMAR = re.compile(r"\b(?:the|of|and|with|is|are|this|that|from|which|by|for)\b", re.IGNORECASE)
_CONTROLS = re.compile("\x1b\\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class NotShowableError(UserError):
    """Something that a page cannot show; whoever renders the cell adds its name."""


def _refuse_formula(_renderer, formula: str = "", body: str = "", **_) -> str:
    formula = " ".join((formula or body).split())
    raise NotShowableError(
        f"the formula {formula[:60]!r} would be shown as source. Remedy: write it in words or "
        "as `code`; a dollar sign is written \\$"
    )


class _Renderer(IPythonRenderer):
    """The renderer of nbconvert, with plain code blocks, and no formulas: they need a script."""

    inline_math = block_math = multiline_math = latex_environment = _refuse_formula

    def block_code(self, code, info=None):
        return f"<pre><code>{self.escape_html(code)}</code></pre>\n"

    def image(self, text, url, title=None):
        return f'<img src="{escape(url)}">'


def markdown(source: str) -> str:
    """Return Markdown as HTML, by the parser that nbconvert uses."""
    renderer = _Renderer(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


def parse(html: str) -> bs4.BeautifulSoup:
    """Return a fragment of HTML as a tree; a bare text is not taken for a file name."""
    if "<" in html:
        return bs4.BeautifulSoup(html, "html.parser")
    tree = bs4.BeautifulSoup("", "html.parser")
    tree.append(unescape(html))
    return tree


@functools.cache
def _catalogue(language: str) -> dict[str, str]:
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file)}


def translated(text: str) -> str:
    """Return a French text of the frame of pages in the language that is written in."""
    return text if language() == "fr" else _catalogue(language())[text]


def serialise(tree) -> str:
    """Return a tree as HTML."""
    return tree.decode(formatter="minimal")


def plain_text(tree) -> str:
    """Return the text of a tree on one line."""
    return tree.get_text().replace("\n", " ").strip()


def without_controls(text: str) -> str:
    """Return a text without colours of a terminal and characters that HTML forbids."""
    return _CONTROLS.sub("", text)


def looks_english(text: str) -> bool:
    """Tell whether a text reads as an English sentence: it holds two words of English grammar."""
    return len(_GRAMMAR.findall(text)) > 1


def _mark_english(text: str) -> str:
    """Return plain text as HTML with its English terms marked."""
    return ENGLISH.sub(r'<span lang="en">\g<0></span>', escape(text, quote=False))


def plain_to_html(text: str) -> Markup:
    """Return plain text as HTML with French spaces and what is English marked."""
    if looks_english(text):
        return Markup('<span lang="en">{}</span>').format(text)
    return Markup(_mark_english(typeset(apostrophes(text))))


def typeset_tree(tree: bs4.BeautifulSoup) -> None:
    """Set French spaces and mark English terms in the texts of a tree, in place."""
    if language() != "fr":
        return
    for node in list(tree.find_all(string=True)):
        if type(node) is not NavigableString or not node.strip():
            continue
        if node.find_parent(_VERBATIM) or node.find_parent(attrs={"data-claim": True}):
            continue
        text = _typeset_in_place(node)
        if ENGLISH.search(text) and not node.find_parent(attrs={"lang": True}):
            node.replace_with(*list(parse(_mark_english(text)).contents))
        elif text != node:
            node.replace_with(text)


def _typeset_in_place(node) -> str:
    """Return the text of a node with its spaces, seen beside its neighbours, such as a link."""
    before = "x" if node.previous_sibling is not None and node[:1] in " :;!?»%" else ""
    after = "x" if node.next_sibling is not None and str(node).endswith(("« ", "«")) else ""
    return typeset(apostrophes(f"{before}{node}{after}"))[len(before) :].removesuffix(after)


def remove_active_content(tree: bs4.BeautifulSoup) -> None:
    """Remove from an author's HTML whatever would run, load or submit something, in place."""
    for element in tree.find_all(_ACTIVE):
        element.decompose()
    for element in tree.find_all(True):
        for name, value in list(element.attrs.items()):
            harmful = name in ("href", "src", "action") and _HARMFUL.match(
                re.sub(r"[\s\x00-\x1f]", "", value)
            )
            if name.startswith("on") or name == "srcdoc" or harmful:
                del element.attrs[name]


def refuse_images(tree: bs4.BeautifulSoup) -> None:
    """Raise `NotShowableError` if an author's text holds an image, which has no data and notes."""
    if image := tree.find("img"):
        raise NotShowableError(
            f"the image {image.get('src', '')[:60]!r} cannot be shown. Remedy: draw it with "
            "figures.figure"
        )


def make_tables_scroll(tree: bs4.BeautifulSoup, ids: set[str]) -> None:
    """Put each table into a region that takes the focus and scrolls, in place.

    Its cells carry their heading, which they show on a narrow screen.
    """
    for table in tree.find_all("table"):
        if table.find_parent(class_="scroll"):
            continue
        headings = [plain_text(cell) for cell in table.thead.find_all("th")] if table.thead else []
        for row in table.select("tbody tr"):
            for heading, cell in zip(headings, row.find_all(["th", "td"]), strict=False):
                if cell.name == "td" and heading:
                    cell["data-label"] = heading
        region = tree.new_tag("div", attrs={"class": "scroll", "role": "region", "tabindex": "0"})
        if table.caption:
            wanted = f"tableau-{slug(plain_text(table.caption)) or 'section'}"
            table.caption["id"] = table.caption.get("id") or reserve(wanted, ids)
            region["aria-labelledby"] = table.caption["id"]
        else:
            region["aria-label"] = "Tableau"
        table.wrap(region)
