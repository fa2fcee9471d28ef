"""Which helper modules a notebook or a module reaches through imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from claimbook.depend._cells import code_cells, is_cell_magic, parsed_if_python
from claimbook.errors import UserError

PACKAGE = "(?:helpers|claimbook|survey_reader)"
PACKAGES = ("helpers", "claimbook", "survey_reader")
ROOT = Path(__file__).resolve().parents[2]
LOAD_EXT = re.compile(rf"^\s*%(?:re)?load_ext\s+claimbook\b", re.MULTILINE)


def module_file(module: str) -> Path | None:
    """Return the file of a helper module, or None if there is no such module."""
    base = ROOT.joinpath(*module.split("."))
    for file in (base / "__init__.py", base.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that can run: those under ``if TYPE_CHECKING:`` are for readers alone."""
    for child in ast.iter_child_nodes(tree):
        yield child
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            for other in child.orelse:
                yield other
                yield from _running(other)
        else:
            yield from _running(child)


@lru_cache(maxsize=512)
def _imports(text: str, package: str) -> frozenset[str]:
    """Return the helper modules that a source text may import, at any depth of its functions."""
    found: set[str] = set()
    for node in _running(parsed_if_python(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = (
                package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            )
            base = ".".join([*parents, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and re.fullmatch(
            rf"{PACKAGE}(\.\w+)+", str(node.value)
        ):
            # A module named in a string is imported late, by its name.
            found.add(node.value)
    if LOAD_EXT.search(text):
        found.add("claimbook")
    return frozenset(name for name in found if name.split(".")[0] in PACKAGES)


def _with_parents(module: str) -> set[str]:
    parts = module.split(".")
    return {".".join(parts[: end + 1]) for end in range(len(parts))}


def _dotted(start):
    """Return the dotted name of a module that is given as its file or folder; anything else as it is."""
    if isinstance(start, Path) and start.resolve().is_relative_to(ROOT):
        parts = start.resolve().with_suffix("").relative_to(ROOT).parts
        return ".".join([part for part in parts if part != "__init__"])
    return start


def modules_reached(start) -> set[str]:
    """Return every helper module that a notebook or a module reaches through imports.

    Parameters
    ----------
    start : str, pathlib.Path or NotebookNode
        A module by its dotted name (``"claimbook.french"``), its file or its folder; or a notebook.

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
        waiting = {
            part for text in texts for name in _imports(text, "") for part in _with_parents(name)
        }
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
    for folder in {file.parent for file in files if file.name == "__init__.py"} - {ROOT}:
        files |= {
            file
            for file in folder.iterdir()
            if file.is_file() and file.suffix not in (".py", ".pyc")
        }
    return sorted(files)
