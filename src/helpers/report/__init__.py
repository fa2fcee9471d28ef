"""Executed notebooks as pages that anyone can read anywhere: one template, one style sheet, no script."""

from helpers.report.exporter import ReportExporter, export
from helpers.report.index import answer_of, index_entry, render_index
from helpers.report.plain import render_page

__all__ = ["ReportExporter", "answer_of", "export", "index_entry", "render_index", "render_page"]
