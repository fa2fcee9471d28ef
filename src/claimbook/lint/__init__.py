"""Rules that every notebook of the collection keeps, read from its source without running it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import nbformat

from claimbook.errors import UserError
from claimbook.lint import _code, _prose, _structure
from claimbook.lint._finding import Finding

RULES = (*_structure.RULES, *_code.RULES, *_prose.RULES)

__all__ = ["RULES", "Finding", "lint", "lint_notebook"]


def lint_notebook(notebook, name: str | None = None) -> list[Finding]:
    """Check one notebook against every rule.

    Parameters
    ----------
    notebook : str, pathlib.Path or NotebookNode
        The notebook, as it is stored.
    name : str, optional
        How findings name it; the file's name, if a path is given.

    Returns
    -------
    list of Finding
        What breaks a rule, in the order of the rules; nothing, if all is well.

    Raises
    ------
    UserError
        If the file is not a notebook.
    """
    if isinstance(notebook, (str, Path)):
        path = Path(notebook)
        name = name or path.name
        try:
            notebook = nbformat.from_dict(nbformat.reader.reads(path.read_text(encoding="utf-8")))
            _ = notebook.cells, notebook.metadata
        except (
            OSError,
            ValueError,
            KeyError,
            AttributeError,
            nbformat.reader.NotJSONError,
        ) as error:
            raise UserError(
                f"{path.name}: cannot be read as a notebook ({error}). Remedy: save it again"
            ) from None
    return [
        Finding(
            name or "notebook",
            problem.cell,
            problem.line,
            rule.__name__.replace("_", "-"),
            *problem[2:],
        )
        for rule in RULES
        for problem in rule(notebook)
    ]


def lint(paths: Iterable[Path]) -> list[Finding]:
    """Check several notebooks.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        The notebooks.

    Returns
    -------
    list of Finding
        What breaks a rule, by notebook.
    """
    return [finding for path in sorted(paths) for finding in lint_notebook(path)]
