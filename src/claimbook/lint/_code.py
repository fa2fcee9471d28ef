"""Rules on the code of a notebook: it tells, the helpers work."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from claimbook.depend import is_cell_magic
from claimbook.lint._finding import (
    FIGURE_TEXTS,
    Problem,
    called,
    cells,
    code,
    identity,
    is_figure,
    tree_of,
)

MAX_LINES = 15
#: Calls that may end a cell: they show what they are made to show, or give nothing back.
SHOWN = frozenset({"display", "print"})
SILENT = frozenset(
    {
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "remove",
        "reverse",
        "save",
        "sort",
        "update",
    }
)
_ABSOLUTE = re.compile(r"^(?:(?:/[\w.-]+){2,}/?|~/.*|[A-Za-z]:[\\/].*|file:.*)$")
_ABSOLUTE_IN_TEXT = re.compile(
    r"(?:^|(?<=[\s\"'`(]))(?:(?:/[\w.-]+){2,}|~/\w+|[A-Za-z]:\\\w+|file://)"
)


def syntax(notebook) -> Iterator[Problem]:
    """Require that every code cell is Python."""
    for cell in cells(notebook, "code"):
        if not is_cell_magic(cell.source) and tree_of(cell.source) is None:
            yield Problem(identity(cell), 1, "is not Python", "mend the syntax")


def definitions(notebook) -> Iterator[Problem]:
    """Refuse a function or class that is defined in a notebook."""
    for name, tree in code(notebook):
        for node in ast.walk(tree):
            is_def = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            value = (
                getattr(node, "value", None)
                if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr))
                else None
            )
            if is_def or isinstance(value, ast.Lambda):
                yield Problem(
                    name,
                    node.lineno,
                    "defines a function or a class",
                    "move it to helpers, and test it there",
                )


def length(notebook) -> Iterator[Problem]:
    """Refuse a code cell of more than 15 lines."""
    for cell in cells(notebook, "code"):
        lines = len(cell.source.strip("\n").splitlines())
        if not is_cell_magic(cell.source) and lines > MAX_LINES:
            yield Problem(
                identity(cell),
                MAX_LINES + 1,
                f"has {lines} lines",
                f"split it to {MAX_LINES} at the most",
            )


def absolute_paths(notebook) -> Iterator[Problem]:
    """Refuse the path of one machine, in code and in prose."""
    remedy = "name tables by their name, and files relative to the project"
    for name, tree in code(notebook):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and _ABSOLUTE.match(node.value)
            ):
                yield Problem(name, node.lineno, f"absolute path {node.value!r}", remedy)
    for cell in notebook.cells:
        if cell.cell_type != "code" or is_cell_magic(cell.source):
            for number, line in enumerate(cell.source.splitlines(), start=1):
                if _ABSOLUTE_IN_TEXT.search(line):
                    yield Problem(identity(cell), number, "absolute path", remedy)


def last_expression(notebook) -> Iterator[Problem]:
    """Require that a cell ends with a figure, a table, a statement, or a call known to print no address."""
    for name, tree in code(notebook):
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr) or is_figure(last.value):
            continue
        if called(last.value) not in SHOWN | SILENT:
            shown = ast.unparse(last.value)
            shown = shown if len(shown) <= 40 else f"{shown[:39]}…"
            yield Problem(
                name,
                last.lineno,
                f"ends with {shown!r}, which may print an object's address",
                "assign it, or show it through figures.figure or figures.table",
            )


def lost_figures(notebook) -> Iterator[Problem]:
    """Require that a figure that is made is also shown: its call ends the cell, or is given to ``display``."""
    for name, tree in code(notebook):
        for statement in tree.body[:-1]:
            if isinstance(statement, ast.Expr) and is_figure(statement.value):
                yield Problem(
                    name,
                    statement.lineno,
                    "makes a figure that nobody sees",
                    "put it last, or in a cell alone",
                )


def glued_texts(notebook) -> Iterator[Problem]:
    """Require that the texts of figures are whole sentences with holes, not glued from pieces."""
    for name, tree in code(notebook):
        for node in ast.walk(tree):
            for keyword in node.keywords if is_figure(node) else []:
                if keyword.arg in FIGURE_TEXTS and isinstance(
                    keyword.value, (ast.JoinedStr, ast.BinOp)
                ):
                    yield Problem(
                        name,
                        keyword.value.lineno,
                        f"{keyword.arg} is glued from pieces",
                        'write say("... {{ x | ... }}")',
                    )


def unused_texts(notebook) -> Iterator[Problem]:
    """Refuse a text that no figure uses: a claim that no sentence shows."""
    trees = list(code(notebook))
    used = {
        node.id
        for _, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for name, tree in trees:
        for statement in tree.body:
            value = getattr(statement, "value", None)
            if called(value) != "say":
                continue
            targets = [
                target.id
                for target in getattr(statement, "targets", [])
                if isinstance(target, ast.Name)
            ]
            if not set(targets) & used:
                yield Problem(
                    name,
                    statement.lineno,
                    "says something that no figure shows",
                    "use it or remove it",
                )


RULES = (
    syntax,
    definitions,
    length,
    absolute_paths,
    last_expression,
    lost_figures,
    glued_texts,
    unused_texts,
)
