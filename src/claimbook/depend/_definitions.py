"""A helper module as the definitions that it is made of, and what each of them refers to.

A definition is a function, a class or an assignment at the top level of a module. Read from the source alone: comments,
positions and docstrings do not count, since no result depends on them.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field

PACKAGE = "(?:helpers|claimbook|survey_reader)"
PACKAGES = ("helpers", "claimbook", "survey_reader")
BODY = "<body>"

# Decorators that only wrap what they are given: a function that has others may have been handed to a registry.
_PLAIN_DECORATORS = {
    "cache",
    "cached_property",
    "contextmanager",
    "dataclass",
    "jit",
    "lru_cache",
    "njit",
    "overload",
    "property",
    "staticmethod",
    "classmethod",
    "wraps",
}
# Calls that give a value and do nothing else, so that an assignment made with them matters to its readers alone.
# "compile" is that of "re": the builtin of that name is not called in this package.
_PURE_CALLS = {"MappingProxyType", "Path", "compile", "field", "itemgetter", "namedtuple"} | (
    {name for name in dir(builtins) if not name.startswith("_")}
    - {"eval", "exec", "open", "print", "input", "setattr", "delattr", "globals", "vars"}
)


@dataclass
class Definition:
    """One definition of a module.

    Attributes
    ----------
    digest : str
        Hash of its syntax.
    names : list of list of str
        Names of the module that it refers to, each with the attributes asked of it: ``[["figures", "show"]]``.
    imports : dict of str to list
        What it imports by itself: name to ``[module, attribute or None]``.
    strings : list of str
        Strings that may name a module or a file.
    attributes : list of str
        Every attribute that it asks of anything.
    """

    digest: str
    names: list = field(default_factory=list)
    imports: dict = field(default_factory=dict)
    strings: list = field(default_factory=list)
    attributes: list = field(default_factory=list)


@dataclass
class Module:
    """A module: what runs whenever it is imported, its other definitions, and what its names are bound to."""

    body: Definition
    definitions: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, list] = field(default_factory=dict)


def read_module(text: str, package: str) -> Module:
    """Return a module's definitions.

    Parameters
    ----------
    text : str
        Its source. One that is not Python is a body of its own: whoever imports it will fail.
    package : str
        Dotted name of the package that it is in, for relative imports.
    """
    try:
        tree, table = ast.parse(text), symtable.symtable(text, "module", "exec")
    except (SyntaxError, ValueError):
        return Module(Definition(hashlib.sha256(text.encode()).hexdigest()))
    scopes = {(child.get_name(), child.get_lineno()): child for child in table.get_children()}
    module = Module(Definition(""))
    always: list[ast.stmt] = []
    for statement in _running(tree.body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            module.imports.update(_bindings(statement, package))
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            # Python gives the line of the first decorator to the scope in some versions, that of "def" in others.
            lines = [statement.lineno, *(d.lineno for d in statement.decorator_list)]
            scope = next(
                (scopes[statement.name, n] for n in lines if (statement.name, n) in scopes), None
            )
            module.definitions[statement.name] = _definition([statement], package, scope)
            if not all(_called(d) in _PLAIN_DECORATORS for d in statement.decorator_list):
                always.append(ast.Expr(ast.Name(statement.name, ast.Load())))
            always += [
                ast.Expr(default) for default in _defaults(statement) if not _is_plain(default)
            ]
        elif (names := _assigned(statement)) and _is_plain(statement.value):
            for name in names:
                module.definitions[name] = _definition([statement], package, None)
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            always.append(statement)
            for name in names:
                module.definitions[name] = _definition([statement], package, None)
    module.body = _definition(always, package, None)
    # Imports under "try" or "if" bind names of the module as others do.
    module.imports = module.body.imports | module.imports
    return module


def read_cells(sources: list[str], parse) -> Definition:
    """Return the code of a notebook as one definition; `parse` turns a cell into a syntax tree.

    It has no digest: the notebook is a file that counts as a whole.
    """
    statements = [statement for source in sources for statement in parse(source).body]
    return _definition(statements, "", None, hashed=False)


def _running(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield top-level statements; those under ``if TYPE_CHECKING:`` are for readers alone."""
    for statement in statements:
        if isinstance(statement, ast.If) and getattr(statement.test, "id", "") == "TYPE_CHECKING":
            yield from statement.orelse
        else:
            yield statement


def _called(decorator: ast.expr) -> str:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _defaults(statement) -> list[ast.expr]:
    if isinstance(statement, ast.ClassDef):
        return []
    return [*statement.args.defaults, *(d for d in statement.args.kw_defaults if d is not None)]


def _assigned(statement: ast.stmt) -> list[str]:
    """Return the names that a plain assignment gives a value to."""
    if isinstance(statement, ast.Assign) and all(
        isinstance(t, ast.Name) for t in statement.targets
    ):
        return [t.id for t in statement.targets]
    if (
        isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.value
    ):
        return [statement.target.id]
    return []


def _is_plain(value: ast.expr) -> bool:
    """Tell whether a value can be made without anything else happening."""
    return all(
        _called(node) in _PURE_CALLS for node in ast.walk(value) if isinstance(node, ast.Call)
    )


def _bindings(statement, package: str) -> dict[str, list]:
    """Return what each name of an import is bound to: ``[module, attribute]``, or ``[module, None]``."""
    if isinstance(statement, ast.Import):
        return {
            (alias.asname or alias.name.split(".")[0]): [
                alias.name if alias.asname else alias.name.split(".")[0],
                None,
            ]
            for alias in statement.names
        } | {f"import {alias.name}": [alias.name, None] for alias in statement.names}
    parents = (
        package.split(".")[: len(package.split(".")) - statement.level + 1]
        if statement.level
        else []
    )
    base = ".".join([*parents, *([statement.module] if statement.module else [])])
    return {alias.asname or alias.name: [base, alias.name] for alias in statement.names}


def _definition(
    statements: list[ast.stmt], package: str, scope, *, hashed: bool = True
) -> Definition:
    nodes = [node for statement in statements for node in ast.walk(statement)]
    imports: dict[str, list] = {}
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports |= _bindings(node, package)
    names = _loaded(nodes) if scope is None else _globals(scope) | _outside(statements[0])
    chains = _chains(nodes, names | set(imports))
    strings = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return Definition(
        digest=hashlib.sha256("\n".join(map(_syntax, statements)).encode()).hexdigest()
        if hashed
        else "",
        names=sorted(chains),
        imports=imports,
        strings=sorted(s for s in strings if "." in s and len(s) < 100 and " " not in s),
        attributes=sorted({n.attr for n in nodes if isinstance(n, ast.Attribute)}),
    )


def _loaded(nodes: list[ast.AST]) -> set[str]:
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _globals(scope) -> set[str]:
    """Return the names of the module that a scope, or one inside it, refers to."""
    found = {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
    return found.union(*map(_globals, scope.get_children()))


def _outside(statement) -> set[str]:
    """Return the names that a definition refers to from the scope that it stands in."""
    parts = [*statement.decorator_list, *_defaults(statement), *getattr(statement, "bases", [])]
    parts += [keyword.value for keyword in getattr(statement, "keywords", [])]
    return _loaded([node for part in parts for node in ast.walk(part)])


def _chains(nodes: list[ast.AST], names: set[str]) -> set[tuple[str, ...]]:
    """Return each use of a name with the attributes that are asked of it."""
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    found = set()
    for node in nodes:
        chain: list[str] = []
        if id(node) in inner:
            continue
        while isinstance(node, ast.Attribute):
            chain.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            found.add((node.id, *reversed(chain)))
    return found


class _Bare(ast.NodeTransformer):
    """Take away what no result depends on: docstrings, and annotations of functions."""

    def _undocumented(self, node):
        self.generic_visit(node)
        first = node.body[0] if node.body else None
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _undocumented  # noqa: N815


def _syntax(statement: ast.stmt) -> str:
    # A copy is parsed from the tree's own text: the transformer changes what it is given.
    return ast.dump(_Bare().visit(ast.parse(ast.unparse(statement))))
