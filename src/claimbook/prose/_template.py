"""Reading a template: text, holes ``{{ expression | filter }}`` and graded choices ``{% if %}``.

Jinja2 reads and evaluates; only whole sentences with holes and choices between whole sentences are let through, so
loops, macros and assignments are refused. The last filter of a hole formats the whole expression before it:
``{{ a - b | points }}`` is the difference, in points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import Environment, StrictUndefined, TemplateError, nodes
from jinja2.environment import TemplateExpression
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser

from claimbook.prose._errors import NarrativeError
from claimbook.prose._thresholds import seuil

ARGUMENTS = "_arguments_of_filter"


@dataclass(frozen=True)
class Hole:
    """One ``{{ expression | filter(arguments) }}``, ready to be evaluated."""

    expression: str
    filter: str | None
    evaluate: Callable
    arguments: Callable | None
    line: int


@dataclass
class Branch:
    """One wording: its condition (None for ``else``) and what it says."""

    condition: str | None
    test: Callable | None
    line: int
    body: list = field(default_factory=list)


@dataclass(frozen=True)
class Choice:
    """A graded wording, from ``{% if %}`` to ``{% endif %}``."""

    branches: list[Branch]

    @property
    def expression(self) -> str:
        """The conditions, in order, as one line."""
        return " / ".join(
            branch.condition for branch in self.branches if branch.condition is not None
        )


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


def _environment() -> Environment:
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.globals = {"seuil": seuil}
    environment.filters.pop("random")
    environment.filters["comparable"] = comparable
    return environment


_ENVIRONMENT = _environment()


def _tree(source: str) -> nodes.Template:
    expression = Parser(_ENVIRONMENT, source, state="variable").parse_expression()
    tree = nodes.Template(
        [nodes.Assign(nodes.Name("result", "store"), expression, lineno=1)], lineno=1
    )
    tree.set_environment(_ENVIRONMENT)
    return tree


def compile_expression(source: str) -> Callable:
    """Compile a Jinja2 expression into a function of a namespace; a comparison with a missing value raises."""
    tree = _tree(source)
    for comparison in list(tree.find_all(nodes.Compare)):
        comparison.expr = nodes.Filter(comparison.expr, "comparable", [], [], None, None)
        for operand in comparison.ops:
            operand.expr = nodes.Filter(operand.expr, "comparable", [], [], None, None)
    tree.set_environment(_ENVIRONMENT)
    tree.set_lineno(1, override=True)
    return TemplateExpression(_ENVIRONMENT.from_string(tree), False)


def root_names(expression: str) -> set[str]:
    """Return the names of the notebook that an expression, or the conditions of a choice, starts from."""
    return set(_root_names(expression))


# The same expressions come again in every sheet, and twice in each export.
@lru_cache(maxsize=4096)
def _root_names(expression: str) -> frozenset[str]:
    return frozenset(
        name
        for part in expression.split(" / ")
        for name in find_undeclared_variables(_tree(part))
        if name not in _ENVIRONMENT.globals
    )


def _written(tokens: list[tuple[str, str]]) -> str:
    """Join tokens in one way only, so that spacing and quotes change no id."""
    whole = ""
    for kind, value in tokens:
        if kind == "string" and value.startswith("'") and '"' not in value and "\\" not in value:
            value = f'"{value[1:-1]}"'
        gap = " " if re.search(r"\w$", whole) and re.match(r"[\w\"']", value) else ""
        whole += gap + value
    return whole


def _split_filter(tokens: list[tuple[str, str]]):
    """Cut at the last pipe outside brackets: (expression tokens, filter name, argument tokens)."""
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
    pieces = [
        re.sub(r"(?<=\n)[ \t]+", "", piece) if isinstance(piece, str) else piece for piece in body
    ]
    if from_line_start and pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip(" \t")
    return pieces


class _Reader:
    """Turns the tokens of one template into text, holes and choices."""

    def __init__(self, source: str, where: str, first_line: int):
        self.where, self.offset = where, first_line - 1
        try:
            self.tokens: Iterator = iter(list(_ENVIRONMENT.lex(source)))
        except TemplateError as error:
            raise self.error(
                getattr(error, "lineno", 1), str(error), "close what was opened"
            ) from None

    def error(self, line: int, problem: str, remedy: str) -> NarrativeError:
        return NarrativeError(self.where, line + self.offset, problem, remedy)

    def compile(self, source: str, line: int) -> Callable:
        try:
            return compile_expression(source)
        except TemplateError as error:
            raise self.error(
                line, f"cannot read {source!r}: {error}", "write one Jinja2 expression"
            ) from None

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
        expression = _written(inner)
        arguments = None
        if rest:
            if rest[0][1] != "(" or rest[-1][1] != ")":
                raise self.error(
                    line,
                    f"cannot read {_written(tokens)!r}",
                    "write {{ expression | filter(options) }}",
                )
            arguments = self.compile(ARGUMENTS + _written(rest), line)
        return Hole(expression, name, self.compile(expression, line), arguments, line + self.offset)

    def body(self, choice: list[Branch] | None, opened: int = 1) -> list:
        """Read up to the end, or up to the block that closes the branch being read."""
        pieces: list = []
        for line, kind, value in self.tokens:
            if kind == "data":
                pieces.append(value)
            elif kind == "variable_begin":
                pieces.append(self.hole(line))
            elif kind == "block_begin":
                word, *rest = self.until(line, "block_end")
                if word[1] == "if":
                    pieces.append(self.choice(line, rest))
                elif choice is not None and word[1] in ("elif", "else", "endif"):
                    self.next_block = (line, word[1], rest)
                    return pieces
                else:
                    raise self.error(
                        line,
                        f"{{% {word[1]} %}} is not for sentences",
                        "compute in a code cell and keep to {{ }} and to {% if %}, {% elif %}, {% else %}, {% endif %}",
                    )
            elif kind.startswith("raw"):
                raise self.error(
                    line, "{% raw %} is not for sentences", "write code in a code span"
                )
        if choice is not None:
            raise self.error(opened, "{% if %} is not closed", "write {% endif %}")
        return pieces

    def choice(self, line: int, condition: list[tuple[str, str]]) -> Choice:
        branches: list[Branch] = []
        opened, word = line, "if"
        while word != "endif":
            if branches and branches[-1].condition is None:
                raise self.error(line, f"{{% {word} %}} after {{% else %}}", "put {% else %} last")
            written = None if word == "else" else _written(condition)
            test = None if written is None else self.compile(written, line)
            branch = Branch(written, test, line + self.offset)
            branches.append(branch)
            from_line_start = self.at_line_start
            branch.body = _unindented(self.body(branches, opened), from_line_start)
            line, word, condition = self.next_block
        return Choice(branches)


def parse(source: str, where: str, first_line: int = 1) -> list:
    """Read a template.

    Parameters
    ----------
    source : str
        The template.
    where : str
        How an error names the cell or text.
    first_line : int
        Line of the cell at which the template starts.

    Returns
    -------
    list of str, Hole or Choice
        Its pieces in order.

    Raises
    ------
    NarrativeError
        If the template holds a syntax error or a block other than ``if``.
    """
    return _Reader(source, where, first_line).body(None)
