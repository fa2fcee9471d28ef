"""Reading a template: text, holes ``{{ expression | filter }}`` and choices ``{% if %}``.

Jinja2 reads and evaluates; only whole sentences with holes and choices between whole sentences are
let through: no loops, macros or assignments. The last filter of a hole formats the whole expression
before it: ``{{ a - b | points }}`` is the difference, in points.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined, TemplateError, nodes
from jinja2.meta import find_undeclared_variables

from claimbook.errors import UserError
from claimbook.prose.filters import seuil

ARGUMENTS = "_arguments_of_filter"
_BLOCKS = "compute in a code cell and keep to {{ }}, {% if %}, {% elif %}, {% else %}, {% endif %}"


class NarrativeError(UserError):
    """A sentence that cannot be written.

    Parameters
    ----------
    where : str
        The cell or the text, such as ``narrative cell "Les opérateurs..."``.
    line : int
        Line in that cell or text, from 1.
    problem, remedy : str
        What is wrong and what to do about it, without a final stop.
    """

    def __init__(self, where: str, line: int, problem: str, remedy: str):
        self.where, self.line = where, line
        super().__init__(f"{where}, line {line}: {problem}. Remedy: {remedy}.")


class Hole(NamedTuple):
    """One ``{{ expression | filter(arguments) }}``, ready to be evaluated."""

    expression: str
    filter: str | None
    evaluate: Callable
    arguments: Callable | None
    line: int


class Branch(NamedTuple):
    """One wording: its condition (None for ``else``) and what it says."""

    condition: str | None
    test: Callable | None
    line: int
    body: list


class Choice(NamedTuple):
    """A graded wording, from ``{% if %}`` to ``{% endif %}``."""

    expression: str
    branches: list[Branch]


def comparable(value):
    """Return a value that a condition may look at, or refuse NaN and other missing values."""
    # A comparison with NaN is always false: it would grade the wording in silence.
    try:
        missing = bool(value != value)
    except (TypeError, ValueError):
        missing = False
    if missing:
        raise ValueError(f"the condition meets a missing value ({value})")
    return value


_ENVIRONMENT = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.globals = {"seuil": seuil}
_ENVIRONMENT.filters.pop("random")
_ENVIRONMENT.filters["comparable"] = comparable


def _tree(expression: str) -> nodes.Template:
    return _ENVIRONMENT.parse(f"{{% set result = ({expression}) %}}")


def compile_expression(source: str) -> Callable:
    """Compile an expression into a function of a namespace; comparing a missing value raises."""
    tree = _tree(source)
    for comparison in list(tree.find_all(nodes.Compare)):
        for side in (comparison, *comparison.ops):
            side.expr = nodes.Filter(side.expr, "comparable", [], [], None, None, lineno=1)
    template = _ENVIRONMENT.from_string(tree.set_environment(_ENVIRONMENT))
    return lambda namespace: template.make_module(namespace).result


# The same expressions come again in every sheet, and twice in each export.
@lru_cache(maxsize=4096)
def root_names(expression: str) -> frozenset[str]:
    """Return the names that an expression, or the conditions of a choice, starts from."""
    found = (find_undeclared_variables(_tree(part)) for part in expression.split(" / "))
    return frozenset().union(*found) - _ENVIRONMENT.globals.keys()


def _normalised(tokens: list[tuple[str, str]]) -> str:
    """Join tokens in one way only, so that spacing and quotes change no id."""
    whole = ""
    for kind, value in tokens:
        if kind == "string" and value.startswith("'") and '"' not in value and "\\" not in value:
            value = f'"{value[1:-1]}"'
        gap = " " if re.search(r"\w$", whole) and re.match(r"[\w\"']", value) else ""
        whole += gap + value
    return whole


def _split_filter(tokens: list[tuple[str, str]]):
    """Cut at the last pipe outside brackets: (expression, filter name, argument tokens)."""
    depth, cut = 0, None
    for position, (kind, value) in enumerate(tokens):
        if kind == "operator":
            depth += (value in "([{") - (value in ")]}")
            if value == "|" and depth == 0:
                cut = position
    if cut is None or cut + 1 >= len(tokens):
        return tokens, None, []
    return tokens[:cut], tokens[cut + 1][1], tokens[cut + 2 :]


def _unindented(body: list, from_line_start: bool) -> list:
    """Remove the indentation of a branch, which Markdown would take for a block of code."""
    start = r"(?:^|(?<=\n))[ \t]+"
    return [
        re.sub(start if from_line_start and not n else r"(?<=\n)[ \t]+", "", piece)
        if isinstance(piece, str)
        else piece
        for n, piece in enumerate(body)
    ]


class _Reader:
    """Turns the tokens of one template into text, holes and choices."""

    def __init__(self, source: str, where: str, first_line: int):
        self.where, self.offset = where, first_line - 1
        try:
            self.tokens = iter(list(_ENVIRONMENT.lex(source)))
        except TemplateError as error:
            line = getattr(error, "lineno", 1)
            raise self.error(line, str(error), "close what was opened") from None

    def error(self, line: int, problem: str, remedy: str) -> NarrativeError:
        return NarrativeError(self.where, line + self.offset, problem, remedy)

    def compile(self, source: str, line: int) -> Callable:
        try:
            return compile_expression(source)
        except TemplateError as error:
            problem = f"cannot read {source!r}: {error}"
            raise self.error(line, problem, "write one Jinja2 expression") from None

    def until(self, line: int, end: str) -> list[tuple[str, str]]:
        taken: list[tuple[str, str]] = []
        for _, kind, value in self.tokens:
            if kind == end:
                if not taken:
                    raise self.error(line, "nothing between the braces", "write an expression")
                self.at_line_start = value.endswith("\n")
                return taken
            if kind != "whitespace":
                taken.append((kind, value))
        raise self.error(line, "opened braces are never closed", "close them")

    def hole(self, line: int) -> Hole:
        tokens = self.until(line, "variable_end")
        inner, name, rest = _split_filter(tokens)
        expression, arguments = _normalised(inner), None
        if rest:
            if rest[0][1] != "(" or rest[-1][1] != ")":
                problem = f"cannot read {_normalised(tokens)!r}"
                raise self.error(line, problem, "write {{ expression | filter(options) }}")
            arguments = self.compile(ARGUMENTS + _normalised(rest), line)
        return Hole(expression, name, self.compile(expression, line), arguments, line + self.offset)

    def body(self, opened: int | None = None) -> list:
        """Read up to the end, or up to the block that closes the branch opened at a line."""
        pieces: list = []
        for line, kind, value in self.tokens:
            if kind == "data":
                pieces.append(value)
            elif kind == "variable_begin":
                pieces.append(self.hole(line))
            elif kind == "block_begin":
                (_, word), *rest = self.until(line, "block_end")
                if word == "if":
                    pieces.append(self.choice(line, rest))
                elif opened and word in ("elif", "else", "endif"):
                    self.next_block = (line, word, rest)
                    return pieces
                else:
                    raise self.error(line, f"{{% {word} %}} is not for sentences", _BLOCKS)
        if opened:
            raise self.error(opened, "{% if %} is not closed", "write {% endif %}")
        return pieces

    def choice(self, opened: int, condition: list[tuple[str, str]]) -> Choice:
        branches: list[Branch] = []
        line, word = opened, "if"
        while word != "endif":
            if branches and branches[-1].condition is None:
                raise self.error(line, f"{{% {word} %}} after {{% else %}}", "put {% else %} last")
            written = None if word == "else" else _normalised(condition)
            test = None if written is None else self.compile(written, line)
            from_line_start = self.at_line_start
            body = _unindented(self.body(opened), from_line_start)
            branches.append(Branch(written, test, line + self.offset, body))
            line, word, condition = self.next_block
        conditions = [branch.condition for branch in branches if branch.condition]
        return Choice(" / ".join(conditions), branches)


def parse(source: str, where: str, first_line: int = 1) -> list:
    """Read a template into pieces, in order: `str`, `Hole` or `Choice`.

    ``where`` is how a `NarrativeError` names the cell or text, ``first_line`` the line of the cell
    at which the template starts.
    """
    return _Reader(source, where, first_line).body()
