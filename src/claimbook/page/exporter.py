"""The nbconvert exporter of the collection."""

from __future__ import annotations

from nbconvert.exporters.exporter import Exporter
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from claimbook.page import template
from claimbook.page.page import Composer


class ReportExporter(TemplateExporter):
    """Turns an executed notebook into one HTML page: French, without script or outside request.

    What the notebook does not know comes in ``resources["opsn"]``, a dict whose every key may be left out:

    ``edition`` (str), ``simulated`` (bool), ``internal`` (bool, for the study's team alone), ``least`` (int, fewest
    operators behind a value of a confidential edition), ``name`` (str, name of the notebook), ``home_title`` (str, name
    of the collection), ``title`` (str, where one notebook makes several pages), ``kind`` (str, class of the page:
    "report" or "sheet"), ``code_last`` (bool, code at the end of the page), ``index_href`` (str), ``parent`` (dict:
    ``href``, ``title``; the list that the page belongs to), ``previous`` and ``next`` (the same), ``around`` (three
    str: what both, the previous and the next one are called), ``sources`` (list of dict: ``title``, ``publisher``,
    ``licence``, ``url``, ``accessed``, ``path``, ``sha256``), ``versions`` (dict: name to version), ``citation`` (str),
    ``stamp`` (dict, written as JSON in ``<meta name="opsn-stamp">``) and ``claims`` (list of dict with ``id``, ``cell``
    and ``computed_in``).
    """

    export_from_notebook = "Rapport OPSN"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    @default("template_file")
    def _template_file_default(self):
        return template.TEMPLATE

    def _create_environment(self):
        return template.environment()

    def from_notebook_node(self, nb, resources=None, **kw):
        """Return the page of a notebook and the resources."""
        notebook, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        context = dict(resources.get("opsn") or {})
        page = Composer(notebook, context).compose()
        return self.template.render(page=page, css=template.style_sheet()), resources


def export(notebook, context: dict | None = None) -> str:
    """Return the page of an executed notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed notebook.
    context : dict, optional
        See :class:`ReportExporter`.

    Returns
    -------
    str
        HTML, ending with a line feed.
    """
    page, _ = ReportExporter().from_notebook_node(notebook, resources={"opsn": dict(context or {})})
    return page
