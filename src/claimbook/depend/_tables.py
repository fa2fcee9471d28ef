"""Which tables a notebook reads and writes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from claimbook.depend._cells import code_cells, parsed_if_python, read_notebook
from claimbook.errors import UserError


def edition_names(notebook) -> set[str]:
    """Return the names under which a notebook knows its edition: ``edition``, and what ``open_edition`` gave."""
    names = {"edition"}
    for _, source in code_cells(notebook):
        for node in ast.walk(parsed_if_python(source)):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                function = node.value.func
                called = (
                    function.attr
                    if isinstance(function, ast.Attribute)
                    else getattr(function, "id", "")
                )
                if called == "open_edition":
                    names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def table_calls(source: str, method: str, owners: set[str]) -> Iterator[ast.Call]:
    """Yield the calls ``owner.<method>(...)`` of a code cell, for any of the owners."""
    for node in ast.walk(parsed_if_python(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == method
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in owners
        ):
            yield node


def named_table(call: ast.Call) -> str | None:
    """Return the literal table name of a call, or None if it has none."""
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _tables(notebook, method: str) -> set[str]:
    notebook = read_notebook(notebook)
    owners, names = edition_names(notebook), set()
    for cell, source in code_cells(notebook):
        for call in table_calls(source, method, owners):
            name = named_table(call)
            if name is None:
                raise UserError(
                    f"cell '{cell}', line {call.lineno}: {ast.unparse(call.func)}() needs a literal name of a table. "
                    "Remedy: write the name itself, so that what the notebook depends on can be read without running it"
                )
            names.add(name)
    return names


def tables_read(notebook) -> set[str]:
    """Return the names of the tables that a notebook loads with ``edition.load("name")``.

    Parameters
    ----------
    notebook : str, pathlib.Path or NotebookNode
        The notebook.

    Returns
    -------
    set of str
        The names.

    Raises
    ------
    UserError
        If a name is not a literal string.
    """
    return _tables(notebook, "load")


def tables_written(notebook) -> set[str]:
    """Return the names of the tables that a notebook writes with ``edition.save("name", frame)``.

    Parameters
    ----------
    notebook : str, pathlib.Path or NotebookNode
        The notebook.

    Returns
    -------
    set of str
        The names.

    Raises
    ------
    UserError
        If a name is not a literal string.
    """
    return _tables(notebook, "save")


def notebooks_cited(notebook) -> set[str]:
    """Return the names of the notebooks whose claims a notebook reads with ``edition.told("name")``.

    Parameters
    ----------
    notebook : str, pathlib.Path or NotebookNode
        The notebook.

    Returns
    -------
    set of str
        The names.

    Raises
    ------
    UserError
        If a name is not a literal string.
    """
    return _tables(notebook, "told")
