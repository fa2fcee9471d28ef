"""What no accessibility tool can judge: rules of this collection, checked on the finished page.

Each rule takes the tree of a page and yields findings; :func:`check` applies them all.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import bs4

from claimbook.figures import filler_reason
from claimbook.page.language import looks_english, unmarked_terms
from claimbook.page.markup import plain_text

_FILE_NAME = re.compile(r"^\W*[\w.-]+\.(?:ipynb|html?|py)\b|^\d{2}_\w+$|^untitled", re.IGNORECASE)
_VAGUE_LINKS = {
    "", "ici", "cliquez ici", "cliquer ici", "lien", "ce lien", "lire la suite", "en savoir plus", "plus", "suite",
    "voir", "voir plus", "détails", "télécharger", "here", "click here", "link", "more", "read more",
}  # fmt: skip
_WARNING = re.compile(
    r"\b\w*Warning\b|Traceback \(most recent call last\)|<[\w.]+ (?:object )?at 0x[0-9a-f]+>"
)
_TEX = re.compile(r"\$[^$\n]*\\[a-zA-Z]+[^$\n]*\$|\\\(|\\\[|\$\$")
_NOT_PROSE = ("code", "pre", "samp", "svg", "style", "tbody")


@dataclass(frozen=True)
class Finding:
    """A rule that a page breaks: the rule's name, and what is wrong, with its place."""

    rule: str
    problem: str

    def __str__(self):
        return f"{self.rule}: {self.problem}"


def check(html: str) -> list[Finding]:
    """Return what is wrong with a page, in the order of the rules.

    Parameters
    ----------
    html : str
        A whole page, as this package exports it.

    Returns
    -------
    list of Finding
        Empty when every rule holds.
    """
    tree = bs4.BeautifulSoup(html, "html.parser")
    return [
        Finding(rule.__name__.removeprefix("_").replace("_", "-"), p)
        for rule in RULES
        for p in rule(tree)
    ]


def _language(tree):
    if not tree.html or tree.html.get("lang") != "fr":
        yield "the page does not say that it is in French"


def _title(tree):
    title = plain_text(tree.title) if tree.title else ""
    heading = plain_text(tree.h1) if tree.h1 else ""
    if not title:
        yield "the page has no title"
    elif _FILE_NAME.match(title):
        yield f"the title {title!r} is a file name"
    elif heading and heading not in title:
        yield f"the title {title!r} does not contain the first heading {heading!r}"
    description = tree.find("meta", attrs={"name": "description"})
    if description is None or len(description.get("content", "").split()) < 4:
        yield "the description is missing or says nothing"


def _headings(tree):
    found = tree.find_all(re.compile("^h[1-6]$"))
    first = [h for h in found if h.name == "h1"]
    if len(first) != 1:
        yield f"the page has {len(first)} first-level headings"
    previous = 0
    for heading in found:
        level, text = int(heading.name[1]), plain_text(heading)
        if level > previous + 1:
            yield f"heading {text!r} jumps from level {previous} to level {level}"
        if not text:
            yield f"a heading of level {level} is empty"
        previous = level


def _identifiers(tree):
    known = Counter(e["id"] for e in tree.find_all(id=True))
    for identifier, times in known.items():
        if times > 1:
            yield f"id {identifier!r} stands {times} times"
    for link in tree.find_all("a", href=re.compile("^#")):
        if link["href"][1:] not in known:
            yield f"link {plain_text(link)!r} leads to {link['href']!r}, which does not exist"
    for attribute in ("aria-labelledby", "aria-describedby"):
        for element in tree.find_all(attrs={attribute: True}):
            for identifier in element[attribute].split():
                if identifier not in known:
                    yield f"{attribute} names {identifier!r}, which does not exist"


def _alternatives(tree):
    for image in tree.find_all("img"):
        reason = filler_reason(image.get("alt", ""))
        if reason:
            yield f"the alternative text {image.get('alt', '')!r} {reason}"
    for drawing in tree.find_all("svg"):
        text = drawing.get("aria-label", "")
        reason = (
            "is not exposed as an image" if drawing.get("role") != "img" else filler_reason(text)
        )
        if reason:
            yield f"the alternative text {text!r} {reason}"
        figure = drawing.find_parent("figure")
        if figure is None or figure.find("figcaption") is None:
            yield f"the figure {text[:60]!r} has no caption"
        elif figure.parent.find("table") is None:
            yield f"the figure {text[:60]!r} comes without its data"


def _tables(tree):
    for table in tree.find_all("table"):
        caption = plain_text(table.caption) if table.caption else ""
        if not caption:
            yield f"a table has no caption: {plain_text(table)[:60]!r}"
        for cell in table.find_all("th"):
            if not plain_text(cell):
                yield f"table {caption!r} has an empty header"
            if cell.get("scope") not in ("col", "row"):
                yield f"table {caption!r}: header {plain_text(cell)!r} has no scope"


def _links(tree):
    for link in tree.find_all("a", href=True):
        text = plain_text(link).strip(" .…»«\N{NO-BREAK SPACE}").casefold()
        if text in _VAGUE_LINKS or text.startswith(("http:", "https:")):
            yield f"link to {link['href'][:60]!r} reads {text!r}, which does not say where it leads"


def _english(tree):
    for node in tree.body.find_all(string=True) if tree.body else ():
        if type(node) is not bs4.NavigableString or node.find_parent(_NOT_PROSE):
            continue
        if node.find_parent(lambda e: e.get("lang") == "en") or node.find_parent(
            attrs={"data-claim": True}
        ):
            continue
        if node.find_parent(class_="back"):  # the way back to a value repeats it
            continue
        terms = unmarked_terms(str(node))
        if terms:
            yield f"English terms are not marked: {', '.join(terms)}"
        elif looks_english(node):
            yield f"an English sentence is not marked: {' '.join(node.split())[:80]!r}"


def _noise(tree):
    for block in tree.find_all("pre", class_=["stderr", "error"]):
        yield f"an error or a warning is shown: {plain_text(block)[:100]!r}"
    for block in tree.find_all("pre", class_="stdout"):
        found = _WARNING.search(block.get_text())
        if found:
            yield f"an output shows {found[0]!r}"


def _formulas(tree):
    for node in tree.body.find_all(string=_TEX) if tree.body else ():
        if not node.find_parent(_NOT_PROSE) and not node.find_parent(attrs={"data-claim": True}):
            yield f"a TeX formula would be shown as source: {' '.join(node.split())[:80]!r}"


def _outside(tree):
    for element in tree.find_all(("script", "iframe", "object", "embed", "form", "base")):
        yield f"the page holds a <{element.name}>"
    for element in tree.find_all(src=True):
        if not element["src"].startswith("data:"):
            yield f"<{element.name}> loads {element['src'][:80]!r}"
    for element in tree.find_all("link", href=True):
        if not element["href"].startswith("data:"):
            yield f"<link> loads {element['href'][:80]!r}"
    for element in tree.find_all(True):
        for name, value in element.attrs.items():
            if name.startswith("on"):
                yield f"<{element.name}> would run {name}"
            elif name == "href" and re.sub(r"\s", "", value).lower().startswith(
                ("javascript:", "vbscript:")
            ):
                yield f"a link would run {value[:60]!r}"
            elif name == "style" and "url(" in value and "url(#" not in value:
                yield f"<{element.name}> loads something by its style"
    if tree.find("meta", attrs={"http-equiv": "Content-Security-Policy"}) is None:
        yield "the page has no Content-Security-Policy"


RULES = (
    _language,
    _title,
    _headings,
    _identifiers,
    _alternatives,
    _tables,
    _links,
    _english,
    _noise,
    _formulas,
    _outside,
)
