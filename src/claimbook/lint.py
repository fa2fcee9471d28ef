"""Rules that every notebook of a collection keeps, read from its source without running it.

Syntax and width of code are for ruff; a template that cannot be read fails when it runs.
"""

from __future__ import annotations

import ast
import contextlib
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager

from claimbook.depend import read_notebook
from claimbook.prose import NarrativeError, parse
from claimbook.prose.render import goes_on, stops_inside
from claimbook.prose.template import Hole
from claimbook.tidy import is_readable

MAX_CODE_CELLS, MAX_LINES, MAX_MEDIAN = 20, 12, 4
MAX_NAMES, MAX_ANSWER_WORDS, MAX_ANSWER_NUMBERS = 6, 40, 3
ADVICE = ("number-of-code-cells", "length", "few-names", "definitions")
TAGS = ("answer", "limits", "parameters", "raises-exception")
#: Texts of a figure or a table that a reader sees as prose; the source cites, so may hold numbers.
FIGURE_TEXTS = ("title", "caption", "subtitle", "alt", "reading", "scope")
_WORDS_ALONE = ("name", "text", "enumeration", "names", "decision", "plural")
_WORD = re.compile(r"[\w’'-]+")
_FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_CONDITION = re.compile(r"\{%-?\s*(?:el)?if\b(.*?)%\}", re.DOTALL)
_HOLE = re.compile(r"\{\{.*?\}\}|\{[%#].*?[%#]\}", re.DOTALL)
# A label in bold, such as "**Question.**", may stand before the sentence.
_LABEL = re.compile(r"^\s*(?:[-*+]\s+)?\*\*[^*]+\*\*\s*")
# What may hold digits: code, links, tags, entities, years (also cited), sections, lists, licences.
_ALLOWED = re.compile(
    r"""
    (?<!`)(`+)(?!`).+?(?<!`)\1(?!`)
    | !?\[[^\]\n]*\]\([^)\n]*\)
    | <[^<>\n]+> | \b(?:https?|mailto):\S+ | &\#?\w+;
    | ^\s*\#{1,6}\s+\d+(?:\.\d+)*\.?\s
    | ^\s*\d+[.)]\s
    | (?:\bsections?|\bparties?|\bchapitres?|\bcahiers?|\bannexes?|§)[\s\u00a0\u202f]+\d+(?:\.\d+)*
    | \bCC[\s-]BY(?:-\w+)*[\s-]\d\.\d | \bLicence\ Ouverte\ \d\.\d
    | (?<![\d.,])(?:19|20)\d\d[a-z]?(?:,?[\s\u00a0]p\.[\s\u00a0]?\d+(?:[-–]\d+)?)?
      (?![\d%]|[\s\u00a0\u202f]?[%€]|[.,]\d)
    """,
    re.VERBOSE | re.MULTILINE,
)


class Finding(NamedTuple):
    """One broken rule: where, what, and the remedy; an empty cell stands for the whole notebook.

    What is ``advice`` is a matter of taste: a notebook may keep it so.
    """

    notebook: str
    cell: str
    line: int
    rule: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"cell '{self.cell}', line {self.line}" if self.cell else "notebook"
        rule = f"{self.rule}, advice" if self.advice else self.rule
        return f"{self.notebook}, {where}: {self.problem}. Remedy: {self.remedy}. [{rule}]"

    @property
    def advice(self) -> bool:
        """Whether the rule is a matter of taste."""
        return self.rule in ADVICE


class _Cell(NamedTuple):
    """A cell: its id, kind ("markdown", "narrative", "python"), source, tags and syntax tree."""

    id: str
    kind: str
    source: str
    tags: list
    tree: ast.Module | None
    stored: object


class _Prose(NamedTuple):
    """Prose that readers see; a template holds values, and only paragraphs break into lines."""

    cell: str
    line: int
    text: str
    template: bool
    paragraphs: bool


class House(NamedTuple):
    """What a project asks of its notebooks beside the general rules.

    Attributes
    ----------
    packages : tuple of str
        Packages of the project, from which a notebook imports few names.
    branches : tuple of str
        Names on which no ``if`` may decide, such as those that tell editions apart.
    """

    packages: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()


PLAIN = House()


class _Book(NamedTuple):
    """A notebook as the rules see it."""

    meta: dict
    cells: list[_Cell]
    python: list[_Cell]
    prose: list[_Prose]
    house: House


def lint_notebook(notebook, name: str | None = None, house: House = PLAIN) -> list[Finding]:
    """Check one notebook against every rule.

    Parameters
    ----------
    notebook : str, pathlib.Path or NotebookNode
        The notebook, as it is stored.
    name : str, optional
        How findings name it; the file's name, if a path is given.
    house : House, optional
        What the project asks beside the general rules.

    Returns
    -------
    list of Finding
        What breaks a rule, in the order of the rules; nothing, if all is well.

    Raises
    ------
    UserError
        If the file is not a notebook.
    """
    if isinstance(notebook, (str, Path)):
        name = name or Path(notebook).name
    book = _book(notebook, house)
    return [
        Finding(name or "notebook", cell, line, rule.__name__.replace("_", "-"), problem, remedy)
        for rule in RULES
        for cell, line, problem, remedy in rule(book)
    ]


def counts(notebook) -> str:
    """Say in a line what the rules count in a notebook (a path or a NotebookNode)."""
    book = _book(notebook, PLAIN)
    lines = [_code_lines(cell) for cell in book.python] or [0]
    widths = [len(line) for cell in book.python for line in cell.source.splitlines()] or [0]
    return (
        f"{len(book.python)} code cells, {sum(lines)} code lines (median "
        f"{statistics.median(lines):g}, most {max(lines)}), longest line {max(widths)}"
    )


def _book(notebook, house: House) -> _Book:
    notebook = read_notebook(notebook)
    cells = [_read(cell) for cell in notebook.cells]
    python = [cell for cell in cells if cell.kind == "python"]
    meta = notebook.get("metadata", {}).get("opsn", {})
    return _Book(meta, cells, python, list(_prose(cells)), house)


def _code_lines(cell: _Cell) -> int:
    """Return how many lines of a cell are neither blank, nor a comment, nor a text of a figure."""
    lines = dict(enumerate(map(str.strip, cell.source.splitlines()), start=1))
    code = {number for number, line in lines.items() if line and not line.startswith("#")}
    for _, word in _figure_texts([cell]):
        if _literal(word.value) is not None:
            texts = range(word.lineno, word.value.end_lineno + 1)
            code -= {n for n in texts if lines[n].startswith((f"{word.arg}=", '"', "'", "("))}
    return len(code)


def _read(cell) -> _Cell:
    kind, tree, source = cell.cell_type, None, cell.source
    if kind == "code":
        magic = source.lstrip().partition("\n")[0]
        kind = "python" if not magic.startswith("%%") else magic.removeprefix("%%").split()[0]
    if kind == "python":
        with contextlib.suppress(SyntaxError):
            tree = ast.parse(TransformerManager().transform_cell(source))
    tags = cell.get("metadata", {}).get("tags", [])
    stored = cell.get("outputs") or cell.get("execution_count")
    return _Cell(cell.get("id") or "(no id)", kind, source, tags, tree, stored)


def _nodes(cells) -> Iterator[tuple[str, ast.AST]]:
    """Yield (cell id, node) of every node of the cells that are Python."""
    for cell in cells:
        yield from ((cell.id, node) for node in ast.walk(cell.tree or ast.Module([], [])))


def _called(node: ast.AST) -> str:
    """Return the last name of what a node calls (``figures.table(...)``: "table"), or nothing."""
    function = getattr(node, "func", None)
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _is_figure(node: ast.AST) -> bool:
    """Tell whether a node calls a ``figure`` or ``table``, of whatever object, that has a title."""
    words = {word.arg for word in getattr(node, "keywords", ())}
    return _called(node) in ("figure", "table") and bool(words & {"title", "caption"})


def _literal(node: ast.AST | None) -> str | None:
    value = getattr(node, "value", None)
    return value if isinstance(node, ast.Constant) and isinstance(value, str) else None


def _figure_texts(cells) -> Iterator[tuple[str, ast.keyword]]:
    for name, node in _nodes(cells):
        if _is_figure(node):
            yield from ((name, word) for word in node.keywords if word.arg in FIGURE_TEXTS)


def _prose(cells) -> Iterator[_Prose]:
    """Yield all prose of a notebook: Markdown, narrative cells, and the texts of figures."""
    for cell in cells:
        if cell.kind == "markdown":
            yield _Prose(cell.id, 1, cell.source, False, True)
        elif cell.kind == "narrative":
            yield _Prose(cell.id, 2, cell.source.lstrip().partition("\n")[2], True, True)
    for name, node in _nodes(cells):
        if _called(node) == "say" and node.args and _literal(node.args[0]) is not None:
            yield _Prose(name, node.args[0].lineno, _literal(node.args[0]), True, False)
    for name, word in _figure_texts(cells):
        if _literal(word.value) is not None:
            yield _Prose(name, word.value.lineno, _literal(word.value), True, False)


def _lines(piece: _Prose) -> list[tuple[int, str]]:
    """Return the numbered lines of prose, without blocks of code and with marks for values."""

    def blank(match: re.Match) -> str:
        return "\ue000\ue001" if match[0].startswith("{{") else "\n" * match[0].count("\n")

    text = _FENCED.sub(blank, piece.text)
    text = _HOLE.sub(blank, text) if piece.template else text
    return list(enumerate(text.splitlines(), start=piece.line))


def stored_outputs(book):
    """Refuse stored outputs and execution counts."""
    for cell in book.cells:
        if cell.stored:
            yield cell.id, 1, "stores an output or an execution count", "run 'make tidy'"


def metadata(book):
    """Require the title and the question that pages show."""
    for key in ("title", "question"):
        if not str(book.meta.get(key, "")).strip():
            yield "", 0, f"metadata lack opsn.{key}", "write it as the other notebooks do"


def tags(book):
    """Require known tags: one cell of parameters, and one narrative cell that answers."""
    for cell in book.cells:
        for tag in set(cell.tags) - set(TAGS):
            yield cell.id, 1, f"unknown tag {tag!r}", f"use {', '.join(TAGS)} or none"
    for tag, kind in (("parameters", "python"), ("answer", "narrative")):
        kinds = [cell.kind for cell in book.cells if tag in cell.tags]
        if kinds != [kind]:
            yield "", 0, f"{len(kinds)} cells are tagged {tag!r}", f"tag exactly one {kind} cell"


def cell_ids(book):
    """Require an id of words for each cell, which stays when the cell moves."""
    seen = set()
    for cell in book.cells:
        if not is_readable(cell.id):
            yield cell.id, 1, "its id says nothing", "run 'make tidy', or name it in words"
        elif cell.id in seen:
            yield cell.id, 1, "its id is taken by an earlier cell", "give it another one"
        seen.add(cell.id)


def title(book):
    """Require that the first cell is Markdown with the only H1."""
    for position, cell in enumerate(book.cells):
        text = _FENCED.sub("", cell.source) if cell.kind != "python" else ""
        if len(re.findall(r"^# +\S", text, re.MULTILINE)) != (position == 0):
            yield cell.id, 1, "the first cell has not the only H1", "begin with '# Title'"


def number_of_code_cells(book):
    """Refuse more code cells than a reader follows, sentences not counted."""
    if len(book.python) > MAX_CODE_CELLS:
        yield "", 0, f"{len(book.python)} code cells", f"join some: {MAX_CODE_CELLS} at most"


def length(book):
    """Refuse long code cells, and a notebook most of whose cells are long."""
    for cell in book.python:
        if _code_lines(cell) > MAX_LINES:
            remedy = f"{MAX_LINES} at most: move a step to a function with a docstring and a test"
            yield cell.id, 1, f"has {_code_lines(cell)} lines", remedy
    median = statistics.median([_code_lines(cell) for cell in book.python] or [0])
    if median > MAX_MEDIAN:
        remedy = f"move steps to functions: {MAX_MEDIAN} at most"
        yield "", 0, f"half of the code cells have {median:g} lines or more", remedy


def few_names(book):
    """Refuse more names of the project than a reader can keep in mind."""
    names = [
        (cell, alias.asname or alias.name)
        for cell, node in _nodes(book.python)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).split(".")[0] in book.house.packages
    ]
    if len(names) > MAX_NAMES:
        remedy = f"{MAX_NAMES} at most: import modules, or let one function do what several did"
        yield names[0][0], 1, f"imports {len(names)} names of the project", remedy


def branches(book):
    """Refuse a choice between what the project keeps apart, in code and in templates."""
    tests = []
    for cell, node in _nodes(book.python):
        if isinstance(node, (ast.If, ast.IfExp)):
            names = {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(node.test)}
            tests.append((cell, node.test.lineno, names))
    for piece in book.prose:
        for found in _CONDITION.finditer(piece.text if piece.template else ""):
            line = piece.line + piece.text.count("\n", 0, found.start())
            tests.append((piece.cell, line, {*_WORD.findall(found[1])}))
    for cell, line, names in tests:
        for name in sorted(names & {*book.house.branches}):
            yield cell, line, f"decides on '{name}'", "write a notebook for each case"


def answer(book):
    """Refuse an answer that is long or full of numbers, as far as its source tells."""
    for cell in book.cells:
        if "answer" in cell.tags and cell.kind == "narrative":
            with contextlib.suppress(NarrativeError):
                n_words, n_numbers = _least(parse(cell.source.partition("\n")[2], "answer"))
                if n_words > MAX_ANSWER_WORDS:
                    remedy = f"{MAX_ANSWER_WORDS} at most: leave the rest to the report"
                    yield cell.id, 1, f"the answer has {n_words} words", remedy
                if n_numbers > MAX_ANSWER_NUMBERS:
                    remedy = f"{MAX_ANSWER_NUMBERS} at most"
                    yield cell.id, 1, f"the answer has {n_numbers} numbers", remedy


def _least(pieces) -> tuple[int, int]:
    """Return the fewest words, and numbers among them, that a template can come to."""
    n_words = n_numbers = 0
    for piece in pieces:
        if isinstance(piece, str):
            more = len(_WORD.findall(piece)), 0
        elif isinstance(piece, Hole):
            more = 1, int((piece.filter or "text") not in _WORDS_ALONE)
        else:
            bodies = [_least(branch.body) for branch in piece.branches]
            if piece.branches[-1].condition is not None:
                bodies.append((0, 0))
            more = tuple(min(numbers) for numbers in zip(*bodies, strict=True))
        n_words, n_numbers = n_words + more[0], n_numbers + more[1]
    return n_words, n_numbers


def definitions(book):
    """Refuse a function or class that is defined in a notebook."""
    defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for name, node in _nodes(book.python):
        if isinstance(node, defining) or isinstance(getattr(node, "value", None), ast.Lambda):
            problem = "defines a function or a class"
            yield name, node.lineno, problem, "move it to a module, and test it there"


def lost_figures(book):
    """Require that a figure that is made is also shown: its call ends the cell."""
    for cell in book.python:
        for statement in cell.tree.body[:-1] if cell.tree else ():
            if isinstance(statement, ast.Expr) and _is_figure(statement.value):
                yield cell.id, statement.lineno, "makes a figure that nobody sees", "put it last"


def glued_texts(book):
    """Require that the texts of figures are whole sentences, whose values are checked."""
    for name, word in _figure_texts(book.python):
        if isinstance(word.value, (ast.JoinedStr, ast.BinOp)):
            problem = f"{word.arg} is glued from pieces"
            yield name, word.value.lineno, problem, 'write "... {{ x | ... }}"'


def typed_numbers(book):
    """Refuse a number typed into prose, unless it is a year, a section, a citation or code."""
    for piece in book.prose:
        for number, line in _lines(piece):
            found = re.search(r"\d[\d.,\s\u00a0\u202f]*", _ALLOWED.sub("", line))
            if found:
                problem = f"the number {found[0].strip()!r} is typed into prose"
                remedy = "compute it and write {{ value | filter }}"
                yield piece.cell, number, problem, remedy


def one_sentence_per_line(book):
    """Require one sentence per line, so that a difference between versions reads well."""
    for piece in book.prose:
        lines = _lines(piece) if piece.paragraphs else []
        for (number, line), (_, following) in zip(lines, [*lines[1:], (0, "")], strict=False):
            if stops_inside(_LABEL.sub("", line)):
                yield piece.cell, number, "two sentences in one line", "break the line between them"
            elif goes_on(line, following) and not line.startswith("<"):
                yield piece.cell, number, "a sentence over two lines", "join the lines"


RULES = (stored_outputs, metadata, tags, cell_ids, title, number_of_code_cells, length, few_names)
RULES += (branches, answer, definitions, lost_figures, glued_texts)
RULES += (typed_numbers, one_sentence_per_line)
