"""A page that comes from no notebook, in the same frame as the reports."""

from __future__ import annotations

import json

from markupsafe import Markup

from claimbook.page import markup, template
from claimbook.page.page import COLLECTION, head_title, marks


def render_page(title: str, fragment: str, context: dict | None = None) -> str:
    """Return a page of the collection that holds an HTML fragment.

    Parameters
    ----------
    title : str
        Heading of the page, plain text.
    fragment : str
        HTML of its body, already escaped; its headings start at level 2.
    context : dict, optional
        ``edition``, ``simulated``, ``internal``, ``least``, ``index_href``, ``sources``, ``versions``, ``citation``,
        ``stamp``.

    Returns
    -------
    str
        HTML, ending with a line feed.
    """
    context = dict(context or {})
    tree, names, headings = (
        markup.parse(fragment),
        markup.Names({"contenu", "citer", "provenance"}),
        [],
    )
    for heading in tree.find_all(["h2", "h3"]):
        text = markup.plain_text(heading)
        heading["id"] = names.give(markup.slug(text))
        headings.append({"id": heading["id"], "level": int(heading.name[1]), "text": text})
    markup.harden(tree)
    markup.polish(tree)
    markup.frame_tables(tree, names)
    stamp = context.get("stamp")
    return template.render(
        {
            "kind": "report",
            "title": title,
            "head_title": head_title(title, COLLECTION, context),
            "collection": COLLECTION,
            "edition": context.get("edition"),
            **marks(context),
            "description": f"{title} : page de la collection « {COLLECTION} ».",
            "index_href": context.get("index_href"),
            "lead": "",
            "answer": "",
            "body": Markup(markup.serialise(tree)),
            "groups": [],
            "links": [],
            "texts": [],
            "contents": headings,
            "citation": context.get("citation"),
            "sources": list(context.get("sources") or []),
            "versions": dict(context.get("versions") or {}),
            "previous": None,
            "next": None,
            "stamp": json.dumps(stamp, ensure_ascii=False, sort_keys=True)
            if stamp is not None
            else None,
            "has_values": False,
            "file": None,
        }
    )
