"""From an executed notebook to the parts of its page."""

from __future__ import annotations

import json
import re

from markupsafe import Markup

from claimbook.claims import collect
from claimbook.page import markup, outputs
from claimbook.page.evidence import Evidence, fold

COLLECTION = "Étude des opérateurs publics de services numériques"
SIMULATED = "DONNÉES SIMULÉES"
INTERNAL = "INTERNE – NE PAS DIFFUSER"


def tags(cell) -> set:
    """Return the tags of a cell."""
    return set(cell.get("metadata", {}).get("tags", []))


def _is_answer(cell) -> bool:
    return cell.cell_type == "code" and "answer" in tags(cell)


def cell_ids(notebook) -> list[str]:
    """Return one id per cell, usable in an address: the cell's own, or its position where it has none."""
    names = markup.Names()
    return [
        names.give(re.sub(r"[^A-Za-z0-9_-]", "-", cell.get("id") or f"cellule-{n}"))
        for n, cell in enumerate(notebook.cells, start=1)
    ]


class Composer:
    """Composes one page: each cell is rendered once, in order, then everything is put together.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed notebook.
    context : dict
        What the notebook does not know: see :class:`claimbook.page.ReportExporter`.
    """

    def __init__(self, notebook, context: dict):
        self.notebook, self.context = notebook, context
        self.ids = cell_ids(notebook)
        self.stash, self.names = (
            markup.Stash(),
            markup.Names({"contenu", "sommaire", "citer", "provenance", "textes"}),
        )
        claims = context.get("claims")
        if claims is None:
            claims = collect(notebook, context.get("name") or "")
        code = {
            i for i, cell in zip(self.ids, notebook.cells, strict=True) if cell.cell_type == "code"
        }
        self.evidence = Evidence(list(claims), code, self.names)
        self.headings: list[dict] = []
        self.title = self.lead = self.answer = ""
        self.body: list[tuple[str, object]] = []
        self.displays: dict[int, list] = {}

    def compose(self) -> dict:
        """Return the parts of the page, ready for the template."""
        cells = list(enumerate(self.notebook.cells))
        # the answer stands first on the page, so its values come first among the values of each cell
        for position, cell in sorted(cells, key=lambda item: not _is_answer(item[1])):
            if cell.cell_type == "markdown":
                self._markdown(position, cell)
            elif cell.cell_type == "code":
                self._code(position, cell)
        return self._page()

    def _tree(self, html: str, position: int, where: str | None = None):
        tree = markup.parse(html)
        markup.harden(tree)
        heading = where or (self.headings[-1]["text"] if self.headings else "Introduction")
        self.evidence.link(tree, self.ids[position], heading)
        markup.polish(tree)
        markup.frame_tables(tree, self.names)
        for part in tree.find_all("a", href=re.compile(r"^https?:")):
            part["rel"] = "noreferrer"
        self._rename(tree)
        return tree

    def _rename(self, tree) -> None:
        """Give links to other reports, and downloads, the file names that they have in this edition."""
        files, mark = self.context.get("files") or {}, self.context.get("file_mark") or ""
        for part in tree.find_all("a", href=True):
            file, anchor, fragment = part["href"].partition("#")
            if file in files:
                part["href"] = f"{files[file]}{anchor}{fragment}"
            if mark and part.get("download"):
                part["download"] = f"{mark}{part['download']}"

    def _markdown(self, position: int, cell) -> None:
        tree = self._tree(markup.markdown(cell.source), position)
        first = tree.find("h1")
        if first is not None and not self.title:
            self.title = markup.plain_text(first)
            first.extract()
            self.lead = markup.serialise(tree)
            return
        self._headings(tree)
        html = markup.serialise(tree)
        self.body.append(
            ("html", f'<div class="limits">{html}</div>' if "limits" in tags(cell) else html)
        )

    def _headings(self, tree) -> None:
        for element in tree.find_all(re.compile(r"^h[1-6]$")):
            if element.name == "h1":
                element.name = "h2"
            text = markup.plain_text(element)
            element["id"] = self.names.give(markup.slug(text))
            self.headings.append({"id": element["id"], "level": int(element.name[1]), "text": text})

    def _code(self, position: int, cell) -> None:
        answer = _is_answer(cell)
        shown = []
        for output in cell.get("outputs", []):
            html = outputs.own_html(output)
            if html is not None:
                anchor, name = outputs.display_name(html)
                self.names.taken.update((name, anchor))
                self.displays.setdefault(position, []).append((anchor, name))
            tree = self._tree(
                outputs.output_html(output, self.stash), position, "Réponse" if answer else None
            )
            if not answer:
                self._headings(tree)
            shown.append(markup.serialise(tree))
        if answer:
            self.answer += "".join(shown)
        else:
            kept = [html for html in shown if html.strip()]
            kept = (
                [f'<div class="limits">{html}</div>' for html in kept]
                if "limits" in tags(cell)
                else kept
            )
            self.body.extend(("html", html) for html in kept)
        if not outputs.is_narrative(cell):
            self.body.append(("fold", position))

    def _nearest(self, position: int) -> list:
        """Return the displays of a cell, else of the first later cell that has one."""
        return next((self.displays[p] for p in sorted(self.displays) if p >= position), [])

    def _fold(self, position: int, label: str) -> str:
        cell_id, feeds = self.ids[position], self.evidence.feeds.get(self.ids[position], [])
        data = self._nearest(position) if feeds else self.displays.get(position, [])
        return fold(
            cell_id, self.notebook.cells[position].source, label=label, feeds=feeds, data=data
        )

    def _body(self) -> str:
        parts, run, here = [], [], not self.context.get("code_last")
        for kind, value in [*self.body, ("end", None)]:
            if kind == "fold" and not here:
                continue
            if kind == "fold":
                label = (
                    f"Code de la cellule «\N{NO-BREAK SPACE}{self.ids[value]}\N{NO-BREAK SPACE}»"
                )
                run.append(self._fold(value, label))
                continue
            if run:
                parts.append('<div class="folds">' + "\n".join(run) + "</div>")
                run = []
            if kind == "html":
                parts.append(value)
        return "\n".join(parts)

    def _texts(self) -> list[Markup]:
        """Return what the end of the page folds: the texts and, where the code is not beside its results, the code."""
        folds = []
        for n, cell in enumerate(self.notebook.cells):
            kind = "Texte" if outputs.is_narrative(cell) else "Code"
            if kind == "Texte" or (self.context.get("code_last") and cell.cell_type == "code"):
                label = f"{kind} de la cellule «\N{NO-BREAK SPACE}{self.ids[n]}\N{NO-BREAK SPACE}»"
                folds.append(Markup(self._fold(n, label)))
        return folds

    def _finish(self, html: str) -> Markup:
        parts = self.stash.parts
        html = re.sub(r'href="#part-(\d+)"', lambda m: f'href="{parts[int(m[1])]}"', html)
        return Markup(self.stash.put_back(html))

    def _page(self) -> dict:
        context, meta = self.context, self.notebook.get("metadata", {}).get("opsn", {})
        title = context.get("title") or self.title or meta.get("title") or "Rapport"
        collection = context.get("home_title") or context.get("home title") or COLLECTION
        described = markup.plain_text(markup.parse(self.answer or self.lead)) or title
        stamp = context.get("stamp")
        return {
            "kind": context.get("kind") or "report",
            "title": title,
            "file": f"{context.get('file_mark') or ''}{context['name']}.html"
            if context.get("name")
            else None,
            "head_title": head_title(title, collection, context),
            "collection": collection,
            "edition": context.get("edition"),
            **marks(context),
            "description": described[:500],
            "index_href": context.get("index_href"),
            "lead": self._finish(self.lead),
            "answer": self._finish(self.answer),
            "body": self._finish(self._body()),
            "texts": self._texts(),
            "contents": [h for h in self.headings if h["level"] in (2, 3)],
            "citation": context.get("citation"),
            "sources": list(context.get("sources") or []),
            "versions": dict(context.get("versions") or {}),
            "parent": context.get("parent"),
            "around": context.get("around"),
            "code_last": bool(context.get("code_last")),
            "previous": context.get("previous"),
            "next": context.get("next"),
            "stamp": json.dumps(stamp, ensure_ascii=False, sort_keys=True)
            if stamp is not None
            else None,
            "has_values": bool(self.evidence.feeds),
        }


def marks(context: dict) -> dict:
    """Return what every page says of its edition before anything else.

    Returns
    -------
    dict
        ``simulated``: whether the data are made up; ``internal``: what an internal page says of itself, or nothing;
        ``least``: fewest operators behind a value of a confidential edition, or None.
    """
    return {
        "simulated": bool(context.get("simulated")),
        "internal": INTERNAL if context.get("internal") else "",
        "least": context.get("least"),
    }


def head_title(title: str, collection: str, context: dict) -> str:
    """Return what the window and the search engines show."""
    parts = [INTERNAL] if context.get("internal") else []
    parts += [SIMULATED] if context.get("simulated") else []
    return " – ".join([*parts, title, collection] if title != collection else [*parts, title])
