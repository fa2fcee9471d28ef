"""The cells of a notebook as source: read without its format library, parsed, and what they assign."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from claimbook.errors import UserError

_MAGIC_LINE = re.compile(r"^[%!?].*$", re.MULTILINE)


class _Node(dict):
    """A part of a notebook, with its keys as attributes.

    Importing nbformat takes longer than a whole build that has nothing to do.
    """

    def __getattr__(self, name: str):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def read_notebook(notebook):
    """Return a notebook, given as a path or already read.

    Raises
    ------
    UserError
        If the file cannot be read as a notebook.
    """
    if not isinstance(notebook, (str, Path)):
        return notebook
    path = Path(notebook)
    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_hook=_Node)
        for cell in content["cells"]:
            cell["source"] = "".join(cell["source"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"notebooks/{path.name} cannot be read as a notebook ({error!r})."
        ) from None
    return content


def is_cell_magic(source: str) -> bool:
    """Tell whether a cell begins with ``%%``."""
    return source.lstrip().startswith("%%")


@lru_cache(maxsize=4096)
def parsed(source: str) -> ast.Module:
    """Parse the Python of a code cell; lines of magic count as ``pass`` and a ``%%`` cell as empty.

    Parameters
    ----------
    source : str
        The cell.

    Returns
    -------
    ast.Module
        Its syntax tree, with the cell's own line numbers; the same object each time, to be read only.

    Raises
    ------
    SyntaxError
        If the cell is not Python.
    """
    return ast.parse("" if is_cell_magic(source) else _MAGIC_LINE.sub("pass", source))


def parsed_if_python(source: str) -> ast.Module:
    """Parse a cell; one that is not Python depends on nothing, and the kernel that runs it says what is wrong."""
    try:
        return parsed(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def code_cells(notebook) -> Iterator[tuple[str, str]]:
    """Yield (cell id, source) of each code cell."""
    for position, cell in enumerate(read_notebook(notebook).cells):
        if cell.cell_type == "code":
            yield cell.get("id", f"cell-{position + 1}"), cell.source


def assigned_names(source: str) -> set[str]:
    """Return the names that a code cell gives a value to or changes in place.

    Parameters
    ----------
    source : str
        The cell.

    Returns
    -------
    set of str
        Targets of assignments, loops, ``with``, imports and definitions at the level of the cell; the owner, where an
        item or an attribute is assigned (``frame["x"] = ...``) or a method is called as a statement
        (``rows.append(...)``).
    """
    return set(_assigned_names(source))


# The same cells come again in every sheet, and twice in each export.
@lru_cache(maxsize=1024)
def _assigned_names(source: str) -> frozenset[str]:
    tree = parsed_if_python(source)
    hidden = {id(inner) for node in ast.walk(tree) for inner in _own_names(node)}
    return frozenset(
        name for node in ast.walk(tree) if id(node) not in hidden for name in _bound_by(node)
    )


def _own_names(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes whose names stay inside a function, a class or a comprehension."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        yield from (inner for inner in ast.walk(node) if inner is not node)
    elif isinstance(node, ast.comprehension):
        yield from ast.walk(node.target)


def _owner(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _bound_by(node: ast.AST) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
        return {_owner(node)} - {None}
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
    ):
        return {_owner(node.value.func)} - {None}
    return set()
