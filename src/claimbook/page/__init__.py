"""Executed notebooks as pages that anyone can read anywhere: one template, one style sheet, no script."""

from claimbook.page.exporter import ReportExporter, export
from claimbook.page.index import answer_of, index_entry, render_index
from claimbook.page.plain import render_page

__all__ = ["ReportExporter", "answer_of", "export", "index_entry", "render_index", "render_page"]
