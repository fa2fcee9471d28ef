"""Rules of a finished page that neither axe-core, the Nu checker nor the exporter holds."""

import itertools
import re
from collections import Counter

import bs4

from claimbook.page.markup import ENGLISH, looks_english, plain_text

VAGUE = "|ici|cliquez ici|lien|ce lien|lire la suite|en savoir plus|plus|suite|voir|télécharger"
NOT_PROSE = ("code", "pre", "samp", "svg", "style", "tbody")


def check(html):
    """Return what is wrong with a page as it is exported; nothing, if all is well."""
    tree = bs4.BeautifulSoup(html, "html.parser")
    return [problem for rule in RULES for problem in rule(tree)]


def heads(tree):
    if plain_text(tree.h1) not in plain_text(tree.title):
        yield f"the title {tree.title.text!r} does not contain the first heading"
    if len(tree.find("meta", attrs={"name": "description"})["content"].split()) < 4:
        yield "the description says nothing"
    levels = [int(heading.name[1]) for heading in tree.find_all(re.compile("^h[1-6]$"))]
    if levels.count(1) != 1 or any(b > a + 1 for a, b in itertools.pairwise(levels)):
        yield f"headings have the levels {levels}"


def links(tree):
    known = Counter(element["id"] for element in tree.find_all(id=True))
    yield from (f"the id {name!r} is given twice" for name, n in known.items() if n > 1)
    named = [link["href"][1:] for link in tree.find_all("a", href=re.compile("^#"))]
    for attribute in ("aria-labelledby", "aria-describedby"):
        for element in tree.find_all(attrs={attribute: True}):
            named += element[attribute].split()
    yield from (f"{name!r} is named and does not exist" for name in {*named} - {*known})
    for link in tree.find_all("a", href=True):
        text = plain_text(link).strip(" .…»«\N{NO-BREAK SPACE}").casefold()
        if text in VAGUE.split("|") or text.startswith(("http:", "https:")):
            yield f"a link reads {text!r}, which does not say where it leads"


def figures(tree):
    for drawing in tree.find_all("svg", attrs={"aria-hidden": False}):
        text = drawing.get("aria-label", "")
        figure = drawing.find_parent("figure")
        if figure is None or not figure.figcaption or figure.parent.table is None:
            yield f"the figure {text!r} comes without its caption or its data"
    for table in tree.find_all("table"):
        if table.caption is None or not plain_text(table.caption):
            yield f"a table has no caption: {plain_text(table)[:60]!r}"
        for cell in table.find_all("th"):
            if cell.get("scope") not in ("col", "row") or not plain_text(cell):
                yield f"the header {plain_text(cell)!r} is empty or has no scope"


def english(tree):
    for node in tree.body.find_all(string=True):
        marked = node.find_parent(
            lambda e: e.name in NOT_PROSE or e.get("lang") == "en" or e.get("data-claim")
        )
        # the link back to a value repeats it
        if marked or type(node) is not bs4.NavigableString or node.find_parent(class_="back"):
            continue
        if ENGLISH.search(node) or looks_english(node):
            yield f"English is not marked: {' '.join(node.split())[:80]!r}"


def outside(tree):
    for element in tree.find_all(True):
        loads = element.get("src") or (element.name == "link" and element["href"]) or "data:"
        if element.name in ("script", "iframe", "object", "embed", "form", "base"):
            yield f"the page holds a <{element.name}>"
        if not loads.startswith("data:") or any(name.startswith("on") for name in element.attrs):
            yield f"<{element.name}> loads or runs something"
    if tree.find("meta", attrs={"http-equiv": "Content-Security-Policy"}) is None:
        yield "the page has no Content-Security-Policy"


RULES = (heads, links, figures, english, outside)
