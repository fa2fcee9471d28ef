"""The nbconvert exporter: from an executed notebook to its page."""

from __future__ import annotations

import re

from markupsafe import Markup
from nbconvert.exporters.exporter import Exporter

from claimbook import french
from claimbook.claims import collect
from claimbook.errors import UserError
from claimbook.figures import tables
from claimbook.page import markup, outputs, pages, references
from claimbook.page.markup import translated
from claimbook.page.pages import is_answer, tags

_FAILS = "raises-exception"
_BACK = Markup('<li><a href="#{0}" aria-label="{3} {1}, {2}">{1}</a> <span>{2}</span></li>')
_FOLD = Markup(
    '<details class="code"><summary>{label}</summary>\n'
    '<div class="evidence" id="cell-{cell_id}" tabindex="-1" role="group" aria-label="{label}">\n'
    '<pre><code lang="en">{source}</code></pre>{ways}</div></details>'
)
_VALUES = Markup('<p>{}</p><ul class="back">{}</ul>')
_ROWS = Markup("<p>{} {}</p>")
_DATA = Markup('<a href="#{}">{}</a>')


class ReportExporter(Exporter):
    """Turns an executed notebook into one HTML page: French, without script or outside request.

    What the notebook does not know comes in ``resources["opsn"]``, a dict of optional keys:

    ``edition`` (str), ``simulated`` (bool), ``internal`` (bool, for the study's team alone),
    ``least`` (int, fewest operators behind a value of a confidential edition), ``name`` (str, name
    of the notebook), ``home_title`` (str, name of the collection), ``index_href`` (str),
    ``parent`` (dict: ``href``, ``title``; the list that the page belongs to), ``previous`` and
    ``next`` (the same), ``around`` (three str: what both, the previous and the next one are
    called), ``sources`` (list of dict: ``title``, ``publisher``, ``licence``, ``url``,
    ``accessed``, ``path``, ``sha256``), ``versions`` (dict: name to version), ``citation`` (str),
    ``files`` (dict: file name of another page to its name in this edition), ``file_mark`` (str,
    starts the names of files), ``stamp`` (dict, written as JSON in ``<meta name="opsn-stamp">``),
    ``references`` (dict: key that prose may cite to its entry, see `read_references`), ``metas``
    (dict: name of a ``<meta>`` to its contents) and ``notice`` (dict: what the first lines of a
    download say beside its title and source).
    """

    export_from_notebook = "Rapport"
    output_mimetype = "text/html"
    file_extension = ".html"

    def from_notebook_node(self, nb, resources=None, **kw):
        """Return the page of a notebook and the resources.

        Raises
        ------
        UserError
            Naming the cell that failed or that holds what a page cannot show.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        meta = notebook.get("metadata", {}).get("opsn", {})
        with french.written_in(meta.get("language", "fr")):
            return _Composer(notebook, dict(resources.get("opsn") or {})).page(), resources


def export(notebook, context: dict | None = None) -> str:
    """Return the page of an executed notebook, by :class:`ReportExporter`."""
    return ReportExporter().from_notebook_node(notebook, resources={"opsn": context})[0]


class _Composer:
    """Renders each cell once, in order, then puts the parts of the page together."""

    def __init__(self, notebook, context: dict):
        self.notebook, self.context = notebook, context
        self.meta = notebook.get("metadata", {}).get("opsn", {})
        self.kind = self.meta.get("kind") or "report"
        taken: set[str] = set()
        self.cell_ids = [
            french.reserve(re.sub(r"[^A-Za-z0-9_-]", "-", cell.id), taken)
            for cell in notebook.cells
        ]
        self.stash, self.ids = outputs.Stash(), set(pages.RESERVED)
        pairs = zip(self.cell_ids, notebook.cells, strict=True)
        self.code_ids = {name for name, cell in pairs if cell.cell_type == "code"}
        claims = collect(notebook, context.get("name") or "")
        self.makers = {claim["id"]: claim["computed_in"] for claim in claims}
        # for each cell, the (id, text, heading) of the values that it computed
        self.feeds: dict[str, list[tuple]] = {}
        self.headings: list[dict] = []
        self.title = self.lead = self.opening = self.answer = ""
        self.cited: set[str] = set()
        # ("html" or "section", its text) or ("fold", position of cell): a section begins with an h2
        self.body: list[tuple[str, object]] = []
        self.displays: dict[int, list] = {}

    def page(self) -> str:
        """Return the page."""
        cells = list(enumerate(self.notebook.cells))
        # the answer stands first on the page, so its values come first among those of each cell
        for position, cell in sorted(cells, key=lambda item: not is_answer(item[1])):
            try:
                if cell.cell_type == "markdown":
                    self._markdown(position, cell)
                elif cell.cell_type == "code":
                    self._code(position, cell)
            except markup.NotShowableError as error:
                name = self.context.get("name") or "notebook"
                cell_id = self.cell_ids[position]
                raise UserError(f"{name}, cell '{cell_id}': {error}.") from None
        return self._render()

    def _tree(self, html: str, position: int, heading: str | None = None):
        if self.context.get("references") is not None:
            html = references.CITATION.sub(self._citation, html)
        tree = markup.parse(html)
        markup.remove_active_content(tree)
        markup.refuse_images(tree)
        heading = heading or (self.headings[-1]["text"] if self.headings else "Introduction")
        self._link_values(tree, self.cell_ids[position], heading)
        markup.typeset_tree(tree)
        markup.make_tables_scroll(tree, self.ids)
        self._adapt_links(tree)
        return tree

    def _link_values(self, tree, stated_in: str, heading: str) -> None:
        """Turn the values of a cell's tree into links to the cells that computed them, in place."""
        for element in tree.find_all("a", attrs={"data-claim": True}):
            claim_id = element["data-claim"]
            targets = (name for name in (self.makers.get(claim_id), stated_in))
            target = next((name for name in targets if name in self.code_ids), None)
            name = f"valeur-{french.slug(claim_id.rpartition('/')[2])}"
            element["id"] = french.reserve(name, self.ids)
            if target is None or element.find_parent("a") is not None:
                element.name = "span"
                element.attrs.pop("href", None)
                continue
            element["href"] = f"#cell-{target}"
            element["aria-describedby"] = pages.HELP_ID
            self.feeds.setdefault(target, []).append((element["id"], element.get_text(), heading))

    def _citation(self, found: re.Match) -> str:
        key, known = found[1], self.context["references"]
        if key not in known:
            remedy = "correct the key, or add the reference"
            raise markup.NotShowableError(f"no reference is called '{key}'. Remedy: {remedy}")
        self.cited.add(key)
        return references.cited(key, known[key])

    def _adapt_links(self, tree) -> None:
        """Give links and downloads the file names that they have in this edition."""
        files, mark = self.context.get("files") or {}, self.context.get("file_mark") or ""
        for link in tree.find_all("a", href=True):
            file, anchor, fragment = link["href"].partition("#")
            # A link between notebooks works in JupyterLab, and leads from page to page.
            if file.endswith(".ipynb") and ":" not in file:
                file = f"{file.removesuffix('.ipynb')}.html"
            link["href"] = f"{files.get(file, file)}{anchor}{fragment}"
            if file.startswith(("http:", "https:")):
                link["rel"] = "noreferrer"
            if link.get("download"):
                link["download"] = f"{mark}{link['download']}"
                if self.context.get("notice") and link.find_parent(class_="opsn"):
                    tables.add_notice(link, self.context["notice"])

    def _markdown(self, position: int, cell) -> None:
        tree = self._tree(markup.markdown(cell.source), position)
        if tree.h1 is not None and not self.title:
            self.title = markup.plain_text(tree.h1.extract())
            first = tree.find(True, recursive=False)
            if first is not None and not first.name.startswith("h"):
                self.lead = markup.serialise(first.extract())
            self._name_headings(tree)
            self.opening = markup.serialise(tree).strip()
            return
        self._name_headings(tree)
        self._add(cell, markup.serialise(tree))

    def _name_headings(self, tree) -> None:
        for element in tree.find_all("h1"):
            element.name = "h2"
        self.headings += pages.name_headings(tree, self.ids, re.compile(r"^h[1-6]$"))

    def _add(self, cell, html: str) -> None:
        parts = [html] if "limits" in tags(cell) else re.split(r"(?=<h2[ >])", html)
        for part in filter(str.strip, parts):
            kind = "section" if "<h2 " in part else "html"
            part = f'<div class="limits">{part}</div>' if "limits" in tags(cell) else part
            self.body.append((kind, part))

    def _code(self, position: int, cell) -> None:
        for output in cell.get("outputs", []):
            html = outputs.own_html(output)
            if html is not None:
                anchor, name = outputs.display_name(html)
                self.ids.update((name, anchor))
                self.displays.setdefault(position, []).append((anchor, name))
            html = outputs.output_html(output, self.stash, may_fail=_FAILS in tags(cell))
            tree = self._tree(html, position, translated("Réponse") if is_answer(cell) else None)
            if is_answer(cell):
                self.answer += markup.serialise(tree)
                continue
            self._name_headings(tree)
            if markup.serialise(tree).strip():
                self._add(cell, markup.serialise(tree))
        if not outputs.is_narrative(cell):
            self.body.append(("fold", position))

    def _fold(self, position: int) -> Markup:
        """Return the folded source of a cell, with links to its values and to the rows behind them.

        The target of a value's link stands inside the ``<details>``: browsers open it before they
        scroll to it (HTML standard, "ancestor revealing algorithm"), and ``tabindex="-1"`` moves
        the focus there too, all without a script.
        """
        cell_id, cell = self.cell_ids[position], self.notebook.cells[position]
        is_text = outputs.is_narrative(cell)
        ways, data = Markup(""), self.displays.get(position, [])
        if cell_id in self.feeds:
            back = translated("Revenir à la valeur")
            items = Markup("").join(_BACK.format(*feed, back) for feed in self.feeds[cell_id])
            ways += _VALUES.format(translated("Valeurs du texte calculées ici\xa0:"), items)
            # the rows behind a value are those of the first display from its cell on
            later = (self.displays[n] for n in sorted(self.displays) if n >= position)
            data = next(later, [])
        if data:
            called = translated("données de «\xa0{}\xa0»")
            links = (_DATA.format(anchor, called.format(name)) for anchor, name in data)
            ways += _ROWS.format(translated("Lignes à l’appui\xa0:"), Markup(", ").join(links))
        if ways:
            ways = Markup('<div class="ways">{}</div>').format(ways)
        label = "Texte de la cellule «\xa0{}\xa0»" if is_text else "Code de la cellule «\xa0{}\xa0»"
        label = translated(label).format(cell_id)
        return _FOLD.format(label=label, cell_id=cell_id, source=cell.source.strip(), ways=ways)

    def _body(self) -> str:
        """Return the body: the code of a section stands at its end, and its first figure first."""
        body, sections, folds = list(self.body), [[]], []
        if self.opening:
            first = next((n for n, part in enumerate(body) if part[0] != "fold"), None)
            pictured = first is not None and 'class="opsn plotted"' in body[first][1]
            kind = "section" if self.opening.startswith("<h2") else "html"
            body.insert(first + 1 if pictured else 0, (kind, self.opening))
        for kind, value in [*body, ("section", "")]:
            if kind == "fold":
                folds.append(self._fold(value))
                continue
            if kind == "section":
                if folds:
                    sections[-1].append(f'<div class="folds">{"".join(folds)}</div>')
                folds = []
                sections.append([])
            sections[-1].append(value)
        parts = ["\n".join(section) for section in sections if section]
        if self.kind == "brief":  # its sections stand side by side on paper
            parts = [f'<div class="part">{part}</div>' for part in parts]
        return "\n".join(parts)

    def _render(self) -> str:
        context, cells = self.context, enumerate(self.notebook.cells)
        title = self.title or self.meta.get("title") or "Rapport"
        described = markup.plain_text(markup.parse(self.answer or self.lead)) or title
        texts = {"lead": self.lead, "answer": self.answer, "body": self._body()}
        name, mark = context.get("name"), context.get("file_mark") or ""
        return pages.render(
            context,
            kind=self.kind,
            title=title,
            description=described[:500],
            file=f"{mark}{name}.html" if name else None,
            texts=[self._fold(n) for n, cell in cells if outputs.is_narrative(cell)],
            contents=[h for h in self.headings if h["level"] in (2, 3)],
            references=[
                (key, references.listed(entry))
                for key, entry in (context.get("references") or {}).items()
                if key in self.cited
            ],
            has_values=bool(self.feeds),
            **{key: Markup(self.stash.put_back(html)) for key, html in texts.items()},
        )
