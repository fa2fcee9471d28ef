"""Which definitions of the helpers a notebook or a module can reach by name.

A change elsewhere cannot change its results: what is not reached is never called. More may be reached than one run
enters, since which branch is taken is only known by running.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from claimbook.depend import _modules
from claimbook.depend._cells import code_cells, is_cell_magic, parsed_if_python
from claimbook.depend._definitions import (
    BODY,
    PACKAGE,
    PACKAGES,
    Definition,
    Module,
    read_cells,
    read_module,
)
from claimbook.depend._store import remembered
from claimbook.errors import UserError

_BY_NAME = re.compile(rf"{PACKAGE}(\.\w+)+")
# Stands for an attribute that is not known: what a module has a name for is reached, not all that lies behind it.
_SOME = "<some>"
_BOTH_WAYS = ("load_ipython_extension", "unload_ipython_extension")


@dataclass
class Reached:
    """What can be reached.

    Attributes
    ----------
    definitions : dict of tuple to str
        Hash of each definition, by ``(module, name)``; what runs when a module is imported is named ``<body>``.
    bindings : set of tuple
        Where names of other libraries come from: ``(module, name, origin)``.
    strings : dict of str to set of str
        Strings of the reached definitions that may name a file, by module.
    attributes : dict of str to set of tuple
        Which definitions ask for an attribute, by its name.
    """

    definitions: dict[tuple[str, str], str] = field(default_factory=dict)
    bindings: set[tuple[str, str, str]] = field(default_factory=set)
    strings: dict[str, set[str]] = field(default_factory=dict)
    attributes: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    @property
    def modules(self) -> set[str]:
        """Dotted names of the modules that are imported."""
        return {module for module, _ in self.definitions}

    def parts(self) -> dict[str, str]:
        """Return the hash of each definition, by ``module:name``, and where names of other libraries come from."""
        found = {
            f"{module}:{name}": digest
            for (module, name), digest in sorted(self.definitions.items())
        }
        return found | {
            f"{module}:{name} from {origin}": "" for module, name, origin in sorted(self.bindings)
        }


def definitions_reached(start) -> Reached:
    """Return the definitions that a notebook, a module or one of its functions can reach.

    Parameters
    ----------
    start : str, pathlib.Path or NotebookNode
        A module by its dotted name (``"claimbook.french"``), for all that its names lead to; definitions of one
        (``"claimbook.french:percent,count"``); or a notebook.

    Raises
    ------
    UserError
        If there is no such module or definition.
    """
    walk = _Walk()
    if isinstance(start, str) and re.fullmatch(rf"{PACKAGE}(\.\w+)*(:[\w,]+)?", start):
        module, _, names = start.partition(":")
        model = walk.model(module)
        unknown = [
            name
            for name in names.split(",")
            if name and (model is None or name not in model.definitions)
        ]
        if model is None or unknown:
            raise UserError(
                f"'{start}' names no definition of the package. Remedy: name one that exists."
            )
        for name in names.split(",") if names else []:
            walk.name(module, [name])
        if not names:
            walk.whole(module)
    else:
        sources = [source for _, source in code_cells(start) if not is_cell_magic(source)]
        code = read_cells(sources, parsed_if_python)
        if any(_modules.LOAD_EXT.search(source) for source in sources):
            for name in _BOTH_WAYS:
                walk.name("claimbook", [name])
        walk.refers("", "", code)
    walk.finish()
    return walk.found


@lru_cache(maxsize=1024)
def _read(text: str, package: str) -> Module:
    return remembered(text, package, read_module)


class _Walk:
    """A walk from definition to definition."""

    def __init__(self):
        self.found = Reached()
        self.waiting: list[tuple[str, str, Definition]] = []
        self.models: dict[str, Module | None] = {}
        self.taken_whole: set[str] = set()

    def finish(self) -> None:
        """Follow what is waiting until nothing new is found."""
        while self.waiting:
            self.refers(*self.waiting.pop())

    def model(self, module: str) -> Module | None:
        """Return a helper module, marking it as imported; None if there is no such module."""
        if module in self.models:
            return self.models[module]
        file = _modules.module_file(module) if module.partition(".")[0] in PACKAGES else None
        self.models[module] = None
        if file is None:
            return None
        if parent := module.rpartition(".")[0]:
            self.model(parent)
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        model = self.models[module] = _read(file.read_text(encoding="utf-8"), package)
        self.add(module, BODY, model.body)
        for origin, attribute in model.imports.values():
            self.imported(origin, attribute)
        return model

    def imported(self, origin: str, attribute: str | None) -> None:
        """Mark what an import statement imports, whether or not its names are used."""
        model = self.model(origin)
        if model is not None and attribute == "*":
            self.whole(origin)
        elif (
            model is not None
            and attribute
            and attribute not in model.definitions
            and attribute not in model.imports
        ):
            self.model(f"{origin}.{attribute}")

    def add(self, module: str, name: str, definition: Definition) -> None:
        """Reach a definition."""
        if (module, name) not in self.found.definitions:
            self.found.definitions[module, name] = definition.digest
            self.found.strings.setdefault(module, set()).update(definition.strings)
            for attribute in definition.attributes:
                self.found.attributes.setdefault(attribute, set()).add((module, name))
            self.waiting.append((module, name, definition))

    def refers(self, module: str, name: str, definition: Definition) -> None:
        """Follow every name that a definition refers to."""
        for origin, attribute in definition.imports.values():
            self.imported(origin, attribute)
        for chain in definition.names:
            first, *rest = chain
            if first in definition.imports:
                self.bound(module, first, definition.imports[first], rest)
            elif module:
                self.name(module, list(chain))
        for text in definition.strings:
            if _BY_NAME.fullmatch(text) and _modules.module_file(text):
                # A module named in a string is imported late, by its name.
                self.whole(text)
        if module and any(
            chain[0] in ("globals", "vars", "eval", "exec") for chain in definition.names
        ):
            self.whole(module)

    def name(self, module: str, chain: list[str]) -> None:
        """Reach what a module calls by a name, and the attributes that are asked of it."""
        model = self.model(module)
        first, *rest = chain
        if model is None:
            return
        if first in model.definitions:
            self.add(module, first, model.definitions[first])
        elif first in model.imports:
            self.bound(module, first, model.imports[first], rest)
        elif self.model(f"{module}.{first}") is not None:
            self.object(f"{module}.{first}", rest)
        elif "__getattr__" in model.definitions:
            self.whole(module)

    def bound(self, module: str, name: str, target: list, rest: list[str]) -> None:
        """Follow a name to what its import bound it to."""
        origin, attribute = target
        if origin.partition(".")[0] not in PACKAGES:
            self.found.bindings.add((module, name, f"{origin}:{attribute or ''}"))
        elif attribute is None:
            self.object(origin, rest)
        else:
            self.name(origin, [attribute, *rest])

    def object(self, module: str, rest: list[str]) -> None:
        """Reach an attribute of a module, or all of a module that is handed around as an object."""
        if rest:
            self.name(module, rest)
        else:
            self.whole(module)

    def whole(self, module: str) -> None:
        """Reach everything that a module has a name for."""
        model = self.model(module)
        if model is None or module in self.taken_whole:
            return
        self.taken_whole.add(module)
        for name, definition in model.definitions.items():
            self.add(module, name, definition)
        for name, target in model.imports.items():
            if target[0].partition(".")[0] in PACKAGES and not name.startswith("import "):
                self.bound(module, name, target, [_SOME])


def data_files(modules) -> Iterator[Path]:
    """Yield the templates and other data of the packages among some modules, given by their dotted names."""
    files = {_modules.module_file(module) for module in modules}
    for folder in {file.parent for file in files if file and file.name == "__init__.py"} - {
        _modules.ROOT
    }:
        yield from (f for f in folder.iterdir() if f.is_file() and f.suffix not in (".py", ".pyc"))
