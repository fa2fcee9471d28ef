"""The frame that all pages share, and the pages that come from no notebook."""

from __future__ import annotations

import functools
import json
import re
from operator import itemgetter
from pathlib import Path

import jinja2
from markupsafe import Markup

from claimbook import french
from claimbook.page import markup
from claimbook.page.outputs import drawing, is_narrative
from claimbook.prose.render import sentence_spans

FOLDER = Path(__file__).parent
TEMPLATE, STYLE = "page.html.j2", "page.css"
SIMULATED = "DONNÉES SIMULÉES"
INTERNAL = "INTERNE – NE PAS DIFFUSER"
#: Most numbers that the index shows.
KEY_FIGURES = 4
#: Fewest words of a finding, and how much higher than wide a picture may be.
MINIMUM_WORDS, TALLEST = 4, 1.3
#: Id of the note that says, to those who cannot see the dotted line, what the link of a value does.
HELP_ID = "aide-valeur"
#: Ids that the template gives.
RESERVED = ("contenu", "sommaire", "references", "citer", "provenance", "textes", "reponse")
RESERVED += (HELP_ID,)


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["words"] = markup.plain_to_html
    environment.globals["_"] = markup.translated
    return environment.get_template(TEMPLATE)


@functools.cache
def _style_sheet() -> Markup:
    """Return the style sheet without comments and indentation."""
    text = re.sub(r"/\*.*?\*/", "", (FOLDER / STYLE).read_text(encoding="utf-8"), flags=re.DOTALL)
    return Markup(re.sub(r"\s*\n\s*", "\n", text).strip())


def render(context: dict, *, title: str, description: str, **parts) -> str:
    """Return a page in the frame of the collection; the template names `context` and `parts`."""
    collection = context.get("home_title") or "Rapports"
    internal = INTERNAL if context.get("internal") else ""
    heads = [internal, SIMULATED if context.get("simulated") else "", title]
    # The collection has a French name.
    heads += [collection] if title != collection and french.language() == "fr" else []
    metas, stamp = context.get("metas"), context.get("stamp")
    written = {"citation_language": [french.language()]}
    page = {
        "kind": "report",
        **context,
        "internal": internal,
        "lang": french.language(),
        "title": title,
        "head_title": " – ".join(filter(None, heads)),
        "collection": collection,
        "description": description,
        "metas": {"citation_title": [title], **metas, **written} if metas else {},
        "references": (),
        "stamp": stamp and json.dumps(stamp, ensure_ascii=False, sort_keys=True),
        **parts,
    }
    return markup.without_controls(_template().render(page=page, css=_style_sheet()))


def render_page(title: str, fragment: str, context: dict | None = None, **parts) -> str:
    """Return a page, titled in plain text, that holds escaped HTML with headings from level 2.

    The context is what all pages of an edition share, and `parts` are those of this page, such as
    its ``kind``: see :class:`claimbook.page.ReportExporter`.
    """
    context = dict(context or {})
    tree, ids = markup.parse(fragment), set(RESERVED)
    headings = name_headings(tree, ids, ("h2", "h3"))
    markup.remove_active_content(tree)
    markup.typeset_tree(tree)
    markup.make_tables_scroll(tree, ids)
    return render(
        context,
        title=title,
        description=f"{title} : page de la collection « {context.get('home_title', '')} ».",
        body=Markup(markup.serialise(tree)),
        contents=headings,
        **parts,
    )


def name_headings(tree, ids: set[str], levels) -> list[dict]:
    """Give each heading of a tree an id, in place; return their ids, levels and texts."""
    headings = []
    for element in tree.find_all(levels):
        text = markup.plain_text(element)
        element["id"] = french.reserve(french.slug(text) or "section", ids)
        headings.append({"id": element["id"], "level": int(element.name[1]), "text": text})
    return headings


def tags(cell) -> set:
    """Return the tags of a cell."""
    return set(cell.get("metadata", {}).get("tags", []))


def is_answer(cell) -> bool:
    """Tell whether a cell holds the answer of its notebook."""
    return cell.cell_type == "code" and "answer" in tags(cell)


def answer_of(notebook) -> str:
    """Return the answer of an executed notebook as plain text."""
    texts = []
    for cell in filter(is_answer, notebook.cells):
        for output in cell.get("outputs", []):
            source = output.get("data", {}).get("text/markdown", "")
            texts.append(markup.plain_text(markup.parse(markup.markdown(source))))
    return " ".join(filter(None, texts))


def index_entry(notebook, href: str, **more) -> dict:
    """Return what the index says of a report: ``href``, its texts as plain text, and `more`.

    Its finding is the first sentence of its answer (the first two, after a mere yes or no), its
    picture a small copy of its first figure.
    """
    answer = answer_of(notebook)
    spans = sentence_spans(answer)
    said = [answer[slice(*span)].strip() for span in spans]
    enough = 2 if said and len(said[0].split()) < MINIMUM_WORDS else 1
    meta = notebook.get("metadata", {}).get("opsn", {})
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    tree = markup.parse(markup.markdown(first))
    heading = tree.h1.extract() if tree.h1 else None
    return {
        "href": href,
        "title": markup.plain_text(heading) if heading else meta.get("title", href),
        "question": meta.get("question") or markup.plain_text(tree),
        "finding": " ".join(said[:enough]),
        "picture": thumbnail(notebook, french.slug(href)),
        **more,
    }


def thumbnail(notebook, prefix: str) -> Markup:
    """Return the first figure of a notebook as a small drawing, its ids with a prefix; or nothing.

    Readers who do not see it miss nothing: the finding stands beside it. One that would be too
    small to read, because it is tall, stands back for the next.
    """
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    drawings = [svg for svg in map(drawing, outputs) if svg]
    found = [(svg, re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg)) for svg in drawings]
    fits = [(svg, box) for svg, box in found if float(box[2]) <= TALLEST * float(box[1])]
    for svg, box in (fits or found)[:1]:
        inside = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>fig-{prefix}-", svg.partition(">")[2])
        start = '<svg class="thumb" aria-hidden="true" font-family="DejaVu Sans, sans-serif"'
        return Markup(f"{start} {box[0]}>{inside}")
    return Markup()


def key_figures(notebook, claims: list[dict]) -> list[dict]:
    """Return the first numbers that the sentences behind the answer state, one of each sentence.

    Each has its ``text`` and its ``sentence``, without the number where it begins with it.
    """
    cells = [c.get("id") for c in notebook.cells if is_narrative(c) and not is_answer(c)]
    found: dict[str, tuple] = {}
    for claim in claims:
        said = next((said for said in claim["statements"] if said["cell"] in cells), None)
        masked = isinstance(claim["value"], dict)
        if said and claim["kind"] in ("share", "count", "amount") and not masked:
            # What stands in brackets at the end leads elsewhere, or is an interval.
            sentence = re.sub(r"\s\([^()]*\)(?=\.$)", "", said["sentence"])
            shown = {"text": said["text"], "sentence": sentence.removeprefix(said["text"]).strip()}
            found.setdefault(said["sentence"], (cells.index(said["cell"]), shown))
    return [shown for _, shown in sorted(found.values(), key=itemgetter(0))][:KEY_FIGURES]


def render_index(entries, context: dict | None = None) -> str:
    """Return the page that lists reports: entries of :func:`index_entry`, by their ``group``.

    Beside what all pages share, the context may hold ``lead`` (str, Markdown), ``numbers`` (what
    `key_figures` returns) and ``links`` (list of dict: ``href``, ``title``; other files of the
    collection).
    """
    context = dict(context or {})
    ids, groups = set(RESERVED), {}
    for entry in entries:
        group = entry.get("group") or "Rapports"
        if group not in groups:
            name = french.reserve(french.slug(group) or "section", ids)
            groups[group] = {"id": name, "level": 2, "text": group, "entries": []}
        texts = ("title", "question", "finding")
        shown = {key: markup.plain_to_html(entry.get(key) or "") for key in texts}
        groups[group]["entries"].append({**entry, **shown})
    lead = markup.parse(markup.markdown(context.get("lead") or ""))
    markup.remove_active_content(lead)
    markup.typeset_tree(lead)
    return render(
        {**context, "index_href": None},
        kind="index",
        title=context.get("home_title") or "Rapports",
        description=f"Carte de la collection : {len(entries)} rapports, leurs questions et leurs "
        "réponses.",
        lead=Markup(markup.serialise(lead)),
        groups=[*groups.values()],
        contents=[*groups.values()],
    )
