"""Executed notebooks as self-contained HTML pages: one template, one style sheet, no script."""

from claimbook.page.exporter import ReportExporter, export
from claimbook.page.pages import answer_of, index_entry, key_figures, render_index, render_page
from claimbook.page.references import read_references

__all__ = ["ReportExporter", "answer_of", "export", "index_entry", "key_figures", "read_references"]
__all__ += ["render_index", "render_page"]
