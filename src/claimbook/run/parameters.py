"""Parameters of a notebook: assignments put after the cell tagged ``parameters``."""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from claimbook.errors import UserError

INJECTED = "injected-parameters"


def _has_tag(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def _is_literal(value: Any) -> bool:
    """Say whether ``repr(value)`` is Python source that evaluates to an equal value."""
    kind = type(value)
    if kind is float:
        return math.isfinite(value)
    if kind in (list, tuple):
        return all(map(_is_literal, value))
    if kind is dict:
        return all(type(key) is str and _is_literal(item) for key, item in value.items())
    return value is None or kind in (bool, int, str)


def _assigned(source: str, where: str) -> set[str]:
    """Return the names that a cell assigns at its top level."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise UserError(
            f"{where}, cell tagged 'parameters', line {error.lineno}: {error.msg}. "
            "Remedy: keep plain assignments, and no magic, in this cell."
        ) from None
    names = set()
    for statement in tree.body:
        targets = (
            statement.targets
            if isinstance(statement, ast.Assign)
            else [getattr(statement, "target", None)]
        )
        names.update(
            node.id
            for target in targets
            if target
            for node in ast.walk(target)
            if isinstance(node, ast.Name)
        )
    return names


def inject_parameters(
    notebook: NotebookNode, parameters: Mapping[str, Any] | None, *, name: str = "notebook"
) -> NotebookNode:
    """Return a copy of a notebook with its parameters set.

    A code cell tagged ``injected-parameters`` follows the cell tagged ``parameters`` and overrides
    its defaults. Its id is always the same; a cell injected earlier is replaced.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook, left as it is.
    parameters : mapping of str to literal, or None
        None, bool, int, finite float, str, or lists, tuples and dicts (with str keys) of these.
    name : str
        What errors call the notebook.

    Raises
    ------
    UserError
        If a value is no literal, if the notebook has no single cell tagged ``parameters``, or if
        that cell does not assign a parameter.
    """
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if not _has_tag(cell, INJECTED)]
    if not parameters:
        return notebook
    for key, value in parameters.items():
        if not _is_literal(value):
            raise UserError(
                f"{name}, parameter '{key}': {value!r} ({type(value).__name__}) "
                "cannot be written as a literal. "
                "Remedy: pass None, bool, int, finite float, str, or a list, tuple or dict of them."
            )
    places = [
        i
        for i, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and _has_tag(cell, "parameters")
    ]
    if len(places) != 1:
        raise UserError(
            f"{name}: {len(places) or 'no'} code cells tagged 'parameters'. "
            "Remedy: tag exactly one cell, which assigns the defaults."
        )
    known = _assigned(notebook.cells[places[0]].source, name)
    if unknown := sorted(set(parameters) - known):
        raise UserError(
            f"{name}, parameter '{unknown[0]}': its cell tagged 'parameters' does not assign it. "
            f"Remedy: use one of {', '.join(sorted(known)) or 'no name at all'}, "
            "or give it a default there."
        )
    source = "\n".join(f"{key} = {parameters[key]!r}" for key in sorted(parameters))
    cell = new_code_cell(source, id=INJECTED, metadata={"tags": [INJECTED]})
    notebook.cells.insert(places[0] + 1, cell)
    return notebook
