"""What a rule finds, and the parts of a notebook that rules look at."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from claimbook.depend import is_cell_magic, parsed

_HOLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
#: Texts of a figure or a table that a reader sees as prose; the source cites, so that it may hold numbers.
FIGURE_TEXTS = ("alt", "caption", "reading", "scope")


class Finding(NamedTuple):
    """One broken rule: where, what and how to mend it."""

    notebook: str
    cell: str
    line: int
    rule: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"cell '{self.cell}', line {self.line}" if self.cell else "notebook"
        return f"{self.notebook}, {where}: {self.problem}. Remedy: {self.remedy}. [{self.rule}]"


class Problem(NamedTuple):
    """A finding before it is given its notebook and rule; an empty cell stands for the whole notebook."""

    cell: str
    line: int
    problem: str
    remedy: str


class Prose(NamedTuple):
    """A piece of prose: its cell, the line at which it starts, its text without holes, and where it comes from."""

    cell: str
    line: int
    text: str
    origin: str


def is_narrative(source: str) -> bool:
    """Tell whether a cell is a ``%%narrative`` cell."""
    return source.lstrip().startswith("%%narrative")


def template(source: str) -> str:
    """Return the template of a ``%%narrative`` cell."""
    return source.lstrip().partition("\n")[2]


def without_holes(text: str) -> str:
    """Return the static text of a template; a hole becomes a private-use mark, blocks keep their line ends."""
    return _HOLE.sub(
        lambda match: (
            "\ue000\ue001" if match.group().startswith("{{") else "\n" * match.group().count("\n")
        ),
        text,
    )


def cells(notebook, kind: str) -> Iterator:
    """Yield the cells of one type."""
    return (cell for cell in notebook.cells if cell.cell_type == kind)


def identity(cell) -> str:
    """Return the id of a cell, or a mark where it has none."""
    return cell.get("id") or "(no id)"


def tree_of(source: str) -> ast.Module | None:
    """Return the syntax tree of a code cell, or None if it is not Python."""
    try:
        return parsed(source)
    except SyntaxError:
        return None


def code(notebook) -> Iterator[tuple[str, ast.Module]]:
    """Yield (cell id, syntax tree) of every Python cell that can be parsed."""
    for cell in cells(notebook, "code"):
        if not is_cell_magic(cell.source):
            tree = tree_of(cell.source)
            if tree is not None:
                yield identity(cell), tree


def called(node: ast.AST) -> str:
    """Return the last name of what a call calls (``figures.table(...)`` gives ``table``), or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_figure(node: ast.AST) -> bool:
    """Tell whether a node calls ``figures.figure`` or ``figures.table``, under either way to import them."""
    if called(node) not in ("figure", "table"):
        return False
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return owner is None or (isinstance(owner, ast.Name) and owner.id == "figures")


def _literal(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def said_templates(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, template) of every ``say("...")`` in a cell."""
    for node in ast.walk(tree):
        if called(node) == "say" and node.args and _literal(node.args[0]) is not None:
            yield node.args[0].lineno, _literal(node.args[0])


def prose(notebook) -> Iterator[Prose]:
    """Yield every piece of prose that a reader will see: Markdown, narrative cells, and the texts of figures."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield Prose(identity(cell), 1, cell.source, "markdown")
        elif cell.cell_type == "code" and is_narrative(cell.source):
            yield Prose(identity(cell), 2, without_holes(template(cell.source)), "narrative")
    for name, tree in code(notebook):
        for line, text in said_templates(tree):
            yield Prose(name, line, without_holes(text), "say")
        for node in ast.walk(tree):
            if is_figure(node):
                for keyword in node.keywords:
                    text = _literal(keyword.value)
                    if keyword.arg in FIGURE_TEXTS and text is not None:
                        yield Prose(name, keyword.value.lineno, text, "figure")
