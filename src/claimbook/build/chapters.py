"""Executing the chapters of a collection."""

from __future__ import annotations

import nbformat

from claimbook.build.layout import Chapter, Layout
from claimbook.build.steps import Used
from claimbook.protect.policy import refuse_unprotected
from claimbook.run.failure import NotebookFailure
from claimbook.run.kernel import Kernel, read
from claimbook.tables import replace_text


def run_chapter(layout: Layout, chapter: Chapter, used: Used) -> None:
    """Execute a notebook; keep it, and what it used.

    Raises
    ------
    NotebookFailure
        If a cell fails or writes to stderr, or the kernel dies.
    """
    kernel = Kernel(chapter.path.parent, layout.roots, memory=layout.cache / "joblib")
    try:
        with kernel:
            executed = execute(layout, chapter, kernel)
    except NotebookFailure:
        if kernel.used["modules"]:
            used.keep(kernel.used)
        raise
    if layout.protected:
        refuse_unprotected(executed, chapter.name, layout.edition)
    used.keep(kernel.used, kernel.began)
    replace_text(layout.executed_notebook(chapter), nbformat.writes(executed) + "\n")


def execute(layout: Layout, chapter: Chapter, kernel: Kernel, *, name: str = "", **parameters):
    """Return a notebook executed for an edition, as it reads when it is kept."""
    given = {"edition": layout.edition, **parameters}
    executed = kernel.execute(read(chapter.path), name=name or chapter.name, parameters=given)
    return nbformat.reads(nbformat.writes(executed), as_version=4)


def read_executed(layout: Layout, chapter: Chapter):
    """Return a chapter's executed notebook."""
    text = layout.executed_notebook(chapter).read_text(encoding="utf-8")
    return nbformat.reads(text, as_version=4)
