"""The map of the collection: each report with its question and its answer."""

from __future__ import annotations

import json

from markupsafe import Markup

from claimbook.page import markup, outputs, template
from claimbook.page.page import COLLECTION, head_title, marks, tags


def answer_of(notebook) -> str:
    """Return the answer of an executed notebook as plain text: the output of its cell tagged ``answer``."""
    texts = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and "answer" in tags(cell):
            for output in cell.get("outputs", []):
                source = outputs.joined(output.get("data", {}).get("text/markdown", ""))
                texts.append(markup.plain_text(markup.parse(markup.markdown(source))))
    return " ".join(text for text in texts if text)


def index_entry(notebook, href: str, **more) -> dict:
    """Return what the index says of a report.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed notebook.
    href : str
        Address of the report, relative to the index.
    **more
        Other keys of the entry, such as ``group``.

    Returns
    -------
    dict
        ``href``, ``title``, ``question``, ``answer`` (plain text) and `more`.
    """
    meta = notebook.get("metadata", {}).get("opsn", {})
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    tree = markup.parse(markup.markdown(first.source if first is not None else ""))
    heading = tree.find("h1")
    title = markup.plain_text(heading) if heading else meta.get("title", href)
    if heading:
        heading.extract()
    question = meta.get("question") or markup.plain_text(tree)
    return {
        "href": href,
        "title": title,
        "question": question,
        "answer": answer_of(notebook),
        **more,
    }


def render_index(entries, context: dict | None = None) -> str:
    """Return the page that gives the map of the collection.

    Parameters
    ----------
    entries : list of dict
        As :func:`index_entry` returns them, in reading order; ``group`` (str, optional) gathers them.
    context : dict, optional
        ``edition``, ``simulated``, ``internal``, ``least``, ``home_title``, ``lead`` (str, Markdown), ``sources``,
        ``versions``, ``citation``, ``stamp``, ``links`` (list of dict: ``href``, ``title``; other files of the
        collection).

    Returns
    -------
    str
        HTML, ending with a line feed.
    """
    context = dict(context or {})
    collection = context.get("home_title") or COLLECTION
    names, groups = markup.Names({"contenu", "sommaire", "citer", "provenance"}), []
    for entry in entries:
        group = entry.get("group") or "Rapports"
        if not groups or groups[-1]["text"] != group:
            groups.append(
                {"id": names.give(markup.slug(group)), "level": 2, "text": group, "entries": []}
            )
        shown = {
            key: markup.plain_to_html(entry.get(key) or "")
            for key in ("title", "question", "answer")
        }
        groups[-1]["entries"].append({**entry, **shown})
    lead = markup.parse(markup.markdown(context.get("lead") or ""))
    markup.harden(lead)
    markup.polish(lead)
    stamp = context.get("stamp")
    return template.render(
        {
            "kind": "index",
            "title": collection,
            "file": None,
            "head_title": head_title(collection, collection, context),
            "collection": collection,
            "edition": context.get("edition"),
            **marks(context),
            "description": f"Carte de la collection : {len(entries)} rapports, leurs questions et leurs réponses.",
            "index_href": None,
            "lead": Markup(markup.serialise(lead)),
            "answer": "",
            "groups": groups,
            "links": list(context.get("links") or []),
            "texts": [],
            "contents": groups,
            "citation": context.get("citation"),
            "sources": list(context.get("sources") or []),
            "versions": dict(context.get("versions") or {}),
            "previous": None,
            "next": None,
            "stamp": json.dumps(stamp, ensure_ascii=False, sort_keys=True)
            if stamp is not None
            else None,
            "has_values": False,
        }
    )
