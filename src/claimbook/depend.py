"""What results depend on: hashes of files and modules, and cells of notebooks."""

from __future__ import annotations

import ast
import contextlib
import json
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from claimbook.errors import StorageError, UserError
from claimbook.tables import replace_text, sha256

#: Where the packages of the project are imported from.
SOURCES = Path(__file__).resolve().parents[1]
_MAGIC_LINE = re.compile(r"^[%!?].*$", re.MULTILINE)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==", re.MULTILINE)


class _Node(dict):
    """A part of a notebook, with its keys as attributes (nbformat takes long to import)."""

    def __getattr__(self, name: str):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def read_notebook(notebook):
    """Return a notebook, given as a path or already read; UserError if it is none."""
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


@lru_cache(maxsize=1024)
def assigned_names(source: str) -> frozenset[str]:
    """Return the names that a code cell gives a value to or changes in place.

    Parameters
    ----------
    source : str
        The cell; lines of magic count for nothing, nor does a ``%%`` cell.

    Returns
    -------
    frozenset of str
        Targets of assignments, loops, ``with``, imports and definitions at the level of the cell;
        the owner, where an item or an attribute is assigned (``frame["x"] = ...``) or a method is
        called as a statement (``rows.append(...)``).
    """
    try:
        tree = ast.parse("" if is_cell_magic(source) else _MAGIC_LINE.sub("pass", source))
    except SyntaxError:
        return frozenset()
    return frozenset(_bound(tree))


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds; those inside functions and comprehensions stay there."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
    call = node.value if isinstance(node, ast.Expr) else None
    method = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    if method or isinstance(getattr(node, "ctx", None), ast.Store):
        owner = call if method else node
        while isinstance(owner, (ast.Attribute, ast.Subscript, ast.Starred, ast.Call)):
            owner = owner.func if isinstance(owner, ast.Call) else owner.value
        yield from [owner.id] if isinstance(owner, ast.Name) else []
    inner = ast.iter_child_nodes(node)
    for child in [node.iter, *node.ifs] if isinstance(node, ast.comprehension) else inner:
        yield from _bound(child)


def digest(lines: Iterable[str]) -> str:
    """Return one hash of some lines."""
    return sha256("\n".join(lines))


def notebook_digest(path: Path) -> str:
    """Return the hash of a notebook as written: outputs and what Jupyter notes do not count."""
    content = read_notebook(path)
    cells = [
        {key: cell.get(key) for key in ("id", "cell_type", "metadata", "source")}
        for cell in content["cells"]
    ]
    kept = {
        k: v for k, v in content["metadata"].items() if k not in ("kernelspec", "language_info")
    }
    return digest([json.dumps([cells, kept], sort_keys=True)])


def environment(lock: Path) -> str:
    """Return one hash of Python, the kind of machine, the lock and installed versions it pins."""
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    # The names of the folders alone: opening the metadata of each library takes seconds.
    installed: dict[str, str] = {}
    for folder in filter(Path.is_dir, map(Path, filter(None, sys.path))):
        for info in sorted(folder.glob("*.dist-info")):
            name, _, version = info.stem.rpartition("-")
            installed.setdefault(_plain(name), version)
    pinned = sorted({_plain(name) for name in _PIN.findall(text)})
    versions = [f"{name}=={installed.get(name)}" for name in pinned]
    python = [platform.python_implementation(), platform.python_version(), platform.machine()]
    return digest([*python, text, *versions])


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    """Yield each module that may be imported."""
    parents = package.split(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = parents[: len(parents) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield from (name, *(f"{name}.{alias.name}" for alias in node.names))


class Sources:
    """Hashes of files and modules; what parsing found is kept in a file between builds.

    Parameters
    ----------
    store : Path, optional
        Where to keep what was parsed.
    """

    def __init__(self, store: Path | None = None):
        self.store, self._known, self._new = store, {}, False
        self._seen: dict[Path, tuple[tuple, str]] = {}
        if store is not None:
            with contextlib.suppress(OSError, ValueError):
                self._known = json.loads(store.read_text(encoding="utf-8"))

    def file(self, path: Path) -> str | None:
        """Return the hash of a file, or of a folder's visible names; None if there is neither."""
        try:
            found = path.stat()
            look = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
            if path not in self._seen or self._seen[path][0] != look:
                if path.is_dir():
                    # Editors keep hidden folders beside what they edit.
                    names = (child.name for child in path.iterdir())
                    state = digest(sorted(name for name in names if not name.startswith(".")))
                elif path.suffix == ".ipynb" and "notebooks" in path.parts:
                    state = notebook_digest(path)
                else:
                    state = sha256(path.read_bytes())
                self._seen[path] = (look, state)
            return self._seen[path][1]
        except OSError:
            return None

    def module(self, path: Path, package: str = "") -> str | None:
        """Return the hash of a module's syntax, without docstrings and comments."""
        return None if self.file(path) is None else self._parsed(path, package)["syntax"]

    def _parsed(self, path: Path, package: str) -> dict:
        key = f"{package} {self.file(path)}"
        if key not in self._known:
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                return {"syntax": self.file(path), "imports": []}
            imports = sorted(set(_imports(tree, package)))
            for node in ast.walk(tree):
                if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
                    node.body = node.body[1:]
            self._known[key] = {"imports": imports, "syntax": digest([ast.dump(tree)])}
            self._new = True
        return self._known[key]

    def reached(self, *modules: str) -> dict[str, Path]:
        """Return the modules of the project that some modules import, at any depth, with files.

        Of a package that is only on the way to a module, its own imports do not count.
        """
        found: dict[str, Path] = {}
        followed: set[str] = set()
        waiting = list(modules)
        while waiting:
            name = waiting.pop()
            file = module_file(name)
            if file is None or name in followed:
                continue
            followed.add(name)
            found[name] = file
            above = name.rpartition(".")[0]
            package = name if file.name == "__init__.py" else above
            waiting += self._parsed(file, package)["imports"]
            while above:
                found[above] = module_file(above)
                above = above.rpartition(".")[0]
        return found

    def code(self, *modules: str) -> str:
        """Return one hash of all modules that some modules reach, and of the data beside them."""
        reached = self.reached(*modules)
        states = [f"{name} {self.module(file, '')}" for name, file in sorted(reached.items())]
        packages = {file.parent for file in reached.values() if file.name == "__init__.py"}
        for folder in sorted(packages):
            for path in sorted(folder.iterdir()):
                if path.is_file() and path.suffix not in (".py", ".pyc"):
                    states.append(f"{path.name} {self.file(path)}")
        return digest(states)

    def keep(self) -> None:
        """Write what was parsed; one that cannot be written costs time, nothing else."""
        if self._new and self.store is not None:
            with contextlib.suppress(StorageError):
                replace_text(self.store, json.dumps(self._known))


@lru_cache(maxsize=1024)
def module_file(module: str) -> Path | None:
    """Return the file of a module of the project, or None if there is no such module."""
    if not module or not all(part.isidentifier() for part in module.split(".")):
        return None
    base = SOURCES.joinpath(*module.split("."))
    files = (base / "__init__.py", base.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)
