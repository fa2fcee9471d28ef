"""Rules on the notebook as a file: metadata, ids, tags, order and number of its cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from claimbook.depend import is_cell_magic
from claimbook.lint._finding import Problem, cells, code, identity, is_narrative, template

MIN_CODE_CELLS, MAX_CODE_CELLS = 10, 25
TAGS = frozenset({"parameters", "answer", "limits"})
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4,12})*")
_H1 = re.compile(r"^# +\S", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def stored_outputs(notebook) -> Iterator[Problem]:
    """Refuse stored outputs and execution counts."""
    for cell in cells(notebook, "code"):
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield Problem(
                identity(cell),
                1,
                "stores an output or an execution count",
                "clear all outputs and save",
            )


def metadata(notebook) -> Iterator[Problem]:
    """Require metadata that are complete, ordered, and hold nothing of one machine."""
    found = notebook.metadata
    remedy = "write metadata as the other notebooks have them, keys in alphabetical order"
    kernel, opsn = found.get("kernelspec", {}), found.get("opsn", {})
    for wanted in ("display_name", "language", "name"):
        if not kernel.get(wanted):
            yield Problem("", 0, f"metadata lack kernelspec.{wanted}", remedy)
    if dict(found.get("language_info", {})) != {"name": "python"}:
        yield Problem(
            "", 0, "metadata need language_info = {name: python} and nothing more of it", remedy
        )
    for wanted in ("title", "question"):
        if not str(opsn.get(wanted, "")).strip():
            yield Problem("", 0, f"metadata lack opsn.{wanted}", remedy)
    for extra in sorted(set(found) - {"kernelspec", "language_info", "opsn"}):
        yield Problem("", 0, f"metadata hold {extra!r}", "remove it")
    if not _ordered(found):
        yield Problem("", 0, "metadata are not in alphabetical order", remedy)


def _ordered(value) -> bool:
    if isinstance(value, dict):
        return list(value) == sorted(value) and all(_ordered(item) for item in value.values())
    return True


def cell_metadata(notebook) -> Iterator[Problem]:
    """Require that a cell's metadata are its tags, and that these are known."""
    for cell in notebook.cells:
        for extra in sorted(set(cell.metadata) - {"tags"}):
            yield Problem(identity(cell), 1, f"its metadata hold {extra!r}", "remove it")
        for tag in cell.metadata.get("tags", []):
            if tag not in TAGS:
                yield Problem(
                    identity(cell),
                    1,
                    f"unknown tag {tag!r}",
                    f"use {', '.join(sorted(TAGS))} or none",
                )


def cell_ids(notebook) -> Iterator[Problem]:
    """Require an id of words for each cell, which stays when the cell moves."""
    seen = set()
    for position, cell in enumerate(notebook.cells, start=1):
        name = cell.get("id", "")
        if not name:
            yield Problem(
                "", 0, f"cell {position} has no id", "give it a slug that says what it does"
            )
        elif not _SLUG.fullmatch(name) or _is_random(name):
            yield Problem(
                name,
                1,
                "its id says nothing",
                "give it a slug of lower-case words, such as 'rates-by-form'",
            )
        elif name in seen:
            yield Problem(name, 1, "its id is taken by an earlier cell", "give it another one")
        seen.add(name)


def _is_random(name: str) -> bool:
    mixed = [
        word
        for word in name.split("-")
        if len(word) >= 6 and re.search(r"\d", word) and re.search("[a-z]", word)
    ]
    return bool(_RANDOM.fullmatch(name) or mixed)


def _headings(cell) -> int:
    text = template(cell.source) if cell.cell_type == "code" else cell.source
    return len(_H1.findall(_FENCE.sub("", text)))


def title(notebook) -> Iterator[Problem]:
    """Require that the first cell is Markdown with the only H1."""
    for position, cell in enumerate(notebook.cells):
        written = cell.cell_type == "markdown" or is_narrative(cell.source)
        headings = _headings(cell) if written else 0
        if position == 0 and (cell.cell_type != "markdown" or headings != 1):
            yield Problem(
                identity(cell),
                1,
                "the first cell is not Markdown with one H1",
                "begin with '# Title'",
            )
        if position > 0 and headings:
            yield Problem(identity(cell), 1, "a second H1", "use '##' below the first cell")
    if not notebook.cells:
        yield Problem("", 0, "no cell at all", "begin with '# Title'")


def parameters(notebook) -> Iterator[Problem]:
    """Require exactly one code cell tagged ``parameters``."""
    tagged = [
        cell for cell in cells(notebook, "code") if "parameters" in cell.metadata.get("tags", [])
    ]
    if len(tagged) != 1:
        yield Problem(
            "", 0, f"{len(tagged)} cells are tagged 'parameters'", "tag exactly one code cell"
        )


def answer(notebook) -> Iterator[Problem]:
    """Require exactly one ``%%narrative`` cell tagged ``answer``."""
    tagged = [cell for cell in notebook.cells if "answer" in cell.metadata.get("tags", [])]
    if len(tagged) != 1 or not is_narrative(tagged[0].source):
        yield Problem(
            "",
            0,
            f"{len(tagged)} cells are tagged 'answer'",
            "tag the one %%narrative cell that answers the question",
        )


def one_imports_cell(notebook) -> Iterator[Problem]:
    """Require that all imports stand in one cell."""
    first = None
    for name, tree in code(notebook):
        imports = [
            node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))
        ]
        if imports and first is not None:
            yield Problem(
                name,
                imports[0].lineno,
                f"imports outside the imports cell '{first}'",
                "move them there",
            )
        elif imports:
            first = name


def number_of_code_cells(notebook) -> Iterator[Problem]:
    """Require 10 to 25 code cells, sentences not counted."""
    number = sum(not is_cell_magic(cell.source) for cell in cells(notebook, "code"))
    if not MIN_CODE_CELLS <= number <= MAX_CODE_CELLS:
        wanted = f"{MIN_CODE_CELLS} to {MAX_CODE_CELLS}"
        yield Problem("", 0, f"{number} code cells", f"split or join, so that there are {wanted}")


RULES = (
    stored_outputs,
    metadata,
    cell_metadata,
    cell_ids,
    title,
    parameters,
    answer,
    one_imports_cell,
    number_of_code_cells,
)
