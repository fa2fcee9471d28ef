"""What a notebook depends on, read from its source: helper modules, tables, and which cell makes which name.

Nothing is run or imported: the answer is the same before and after execution, and costs no kernel.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from helpers.errors import UserError

PACKAGE = "helpers"
# What notebooks call the open edition: ``study = open_edition(edition)``.
STUDY_NAMES = ("study", "edition")
_ROOT = Path(__file__).resolve().parent
_MAGIC_LINE = re.compile(r"^[%!?].*$", re.MULTILINE)
_LOAD_EXT = re.compile(rf"^\s*%(?:re)?load_ext\s+{PACKAGE}\b", re.MULTILINE)


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
        raise UserError(f"notebooks/{path.name} cannot be read as a notebook ({error!r}).") from None
    return content


def is_cell_magic(source: str) -> bool:
    """Tell whether a cell begins with ``%%``."""
    return source.lstrip().startswith("%%")


def parsed(source: str) -> ast.Module:
    """Parse the Python of a code cell; lines of magic count as ``pass`` and a ``%%`` cell as empty.

    Parameters
    ----------
    source : str
        The cell.

    Returns
    -------
    ast.Module
        Its syntax tree, with the cell's own line numbers.

    Raises
    ------
    SyntaxError
        If the cell is not Python.
    """
    return ast.parse("" if is_cell_magic(source) else _MAGIC_LINE.sub("pass", source))


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
    tree = parsed(source)
    hidden = {id(inner) for node in ast.walk(tree) for inner in _own_names(node)}
    return {name for node in ast.walk(tree) if id(node) not in hidden for name in _bound_by(node)}


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
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return {_owner(node.value.func)} - {None}
    return set()


def module_file(module: str) -> Path | None:
    """Return the file of a helper module, or None if there is no such module."""
    base = _ROOT.joinpath(*module.split(".")[1:])
    for file in (base / "__init__.py", base.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that can run: those under ``if TYPE_CHECKING:`` are for readers alone."""
    for child in ast.iter_child_nodes(tree):
        yield child
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            for other in child.orelse:
                yield other
                yield from _running(other)
        else:
            yield from _running(child)


@lru_cache(maxsize=512)
def _imports(text: str, package: str) -> frozenset[str]:
    """Return the helper modules that a source text may import, at any depth of its functions."""
    found: set[str] = set()
    for node in _running(parsed(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and re.fullmatch(rf"{PACKAGE}(\.\w+)+", str(node.value)):
            # A module named in a string is imported late, by its name.
            found.add(node.value)
    if _LOAD_EXT.search(text):
        found.add(PACKAGE)
    return frozenset(name for name in found if name.split(".")[0] == PACKAGE)


def _with_parents(module: str) -> set[str]:
    parts = module.split(".")
    return {".".join(parts[: end + 1]) for end in range(len(parts))}


def _dotted(start):
    """Return the dotted name of a module that is given as its file or folder; anything else as it is."""
    if isinstance(start, Path) and start.resolve().is_relative_to(_ROOT):
        parts = start.resolve().with_suffix("").relative_to(_ROOT).parts
        return ".".join([PACKAGE, *(part for part in parts if part != "__init__")])
    return start


def modules_reached(start) -> set[str]:
    """Return every helper module that a notebook or a module reaches through imports.

    Parameters
    ----------
    start : str, pathlib.Path or NotebookNode
        A module by its dotted name (``"helpers.french"``), its file or its folder; or a notebook.

    Returns
    -------
    set of str
        Dotted names: the module itself, what it imports, also inside functions, and their parent packages.

    Raises
    ------
    UserError
        If a dotted name is no module of the package.
    """
    start = _dotted(start)
    if isinstance(start, str) and re.fullmatch(rf"{PACKAGE}(\.\w+)*", start):
        if module_file(start) is None:
            raise UserError(f"no module {start!r} in the package. Remedy: name one that exists")
        waiting = _with_parents(start)
    else:
        texts = (source for _, source in code_cells(start) if not is_cell_magic(source))
        waiting = {part for text in texts for name in _imports(text, "") for part in _with_parents(name)}
    reached: set[str] = set()
    while waiting:
        module = waiting.pop()
        file = module_file(module)
        if module in reached or file is None:
            continue
        reached.add(module)
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        for name in _imports(file.read_text(encoding="utf-8"), package):
            waiting |= _with_parents(name) - reached
    return reached


def files_reached(start) -> list[Path]:
    """Return the files behind `modules_reached`, with the templates and other data of the reached subpackages.

    Parameters
    ----------
    start : str, pathlib.Path or NotebookNode
        A module by its dotted name, its file or its folder; or a notebook.

    Returns
    -------
    list of pathlib.Path
        Sorted.
    """
    files = {module_file(module) for module in modules_reached(start)}
    for folder in {file.parent for file in files if file.name == "__init__.py"} - {_ROOT}:
        files |= {file for file in folder.iterdir() if file.is_file() and file.suffix not in (".py", ".pyc")}
    return sorted(files)


def edition_names(notebook) -> set[str]:
    """Return the names under which a notebook knows its edition: ``edition``, and what ``open_edition`` gave."""
    names = {"edition"}
    for _, source in code_cells(notebook):
        for node in ast.walk(parsed(source)):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                function = node.value.func
                called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                if called == "open_edition":
                    names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def table_calls(source: str, method: str, owners: set[str]) -> Iterator[ast.Call]:
    """Yield the calls ``owner.<method>(...)`` of a code cell, for any of the owners."""
    for node in ast.walk(parsed(source)):
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
