"""A notebook that is to be executed: read, given its parameters, and how it may fail."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from claimbook.depend import assigned_names
from claimbook.errors import UserError

INJECTED = "injected-parameters"
_LINE_IN_CELL = re.compile(r"Cell In\[\d+\], line (\d+)")
_CHAIN = re.compile(
    r"During handling of the above exception|The above exception was the direct cause"
)
_WIDTH = 300


def _shorten(text: str) -> str:
    first = strip_ansi(text).strip().splitlines()[:1] or [""]
    return first[0] if len(first[0]) <= _WIDTH else first[0][:_WIDTH] + "…"


class NotebookFailure(UserError):  # noqa: N818 - it is the notebook that failed; the code around it is right
    """A notebook did not run to its end.

    Its message is short. The whole traceback, without colours, is in ``traceback``.

    Parameters
    ----------
    notebook : str
        Name of the notebook.
    kind : {"error", "stderr", "timeout", "died", "start"}
        A cell raised, wrote to stderr, or took too long; its kernel died; or no kernel started.
    problem : str
        The exception, as ``Name: message``, or what happened instead.
    cell : NotebookNode, optional
        The cell that was running.
    position : int, optional
        Place of that cell in the notebook, counted from 1 with all its cells.
    traceback : str
        What the kernel said, with or without colours.

    Attributes
    ----------
    cell_id, line, source_line
        Id of the cell, line in the cell counted from 1, and that line; None where unknown.
    """

    def __init__(
        self,
        notebook: str,
        kind: str,
        problem: str,
        *,
        cell: NotebookNode | None = None,
        position: int | None = None,
        traceback: str = "",
    ):
        self.notebook, self.kind, self.problem = notebook, kind, _shorten(problem)
        self.position = position
        self.traceback = strip_ansi(traceback)
        self.cell_id = None if cell is None else cell.get("id")
        self.line, self.source_line = self._locate(cell)
        #: Whether a file was not there; the build may try again when it is.
        self.absent = problem.partition(":")[0] in ("NotBuiltError", "FileNotFoundError")
        super().__init__(self._message())

    def _locate(self, cell: NotebookNode | None) -> tuple[int | None, str | None]:
        if cell is None:
            return None, None
        lines = cell.source.splitlines()
        # Of the exception raised last, the first frame is in the cell that was running.
        if found := _LINE_IN_CELL.search(_CHAIN.split(self.traceback)[-1]) or _LINE_IN_CELL.search(
            self.traceback
        ):
            number = int(found.group(1))
            if 1 <= number <= len(lines):
                return number, lines[number - 1].strip()
        written = [line.strip() for line in lines if line.strip()]
        return None, written[0] if written else None

    def _message(self) -> str:
        where = [self.notebook]
        if self.cell_id is not None:
            where.append(f"cell '{self.cell_id}' (number {self.position})")
        if self.line is not None:
            where.append(f"line {self.line}")
        quoted = "" if self.source_line is None else f"\n    {self.source_line}"
        return f"{', '.join(where)}: {self.problem}{quoted}"


def read(path: Path) -> NotebookNode:
    """Read a notebook to be executed; UserError if it is none, or if a cell has no id."""
    where = f"notebooks/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        if not all("id" in cell for cell in json.loads(text)["cells"]):
            # nbformat would invent one, another at each run.
            raise ValueError("a cell has no id; nbformat 4.5 gives one to each")
        return nbformat.reads(text, as_version=4)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(f"{where}: not a notebook ({problem}). Remedy: restore the file.") from None


def _has_tag(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def inject_parameters(
    notebook: NotebookNode, parameters: Mapping[str, Any] | None, *, name: str = "notebook"
) -> NotebookNode:
    """Return a copy of a notebook with its parameters set.

    A code cell tagged ``injected-parameters`` follows the cell tagged ``parameters`` and overrides
    its defaults. Its id is always the same; a cell injected earlier is replaced.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook, left as it is.
    parameters : mapping of str to literal, or None
        None, bool, int, finite float, str, or lists, tuples and dicts of these.
    name : str
        What errors call the notebook.

    Raises
    ------
    UserError
        If the notebook has no single cell tagged ``parameters``, or if that cell does not assign a
        parameter.
    """
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if not _has_tag(cell, INJECTED)]
    if not parameters:
        return notebook
    places = [
        i
        for i, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and _has_tag(cell, "parameters")
    ]
    if len(places) != 1:
        raise UserError(
            f"{name}: {len(places) or 'no'} code cells tagged 'parameters'. "
            "Remedy: tag exactly one cell, which assigns the defaults."
        )
    known = assigned_names(notebook.cells[places[0]].source)
    if unknown := sorted(set(parameters) - known):
        raise UserError(
            f"{name}, parameter '{unknown[0]}': its cell tagged 'parameters' does not assign it. "
            f"Remedy: use one of {', '.join(sorted(known)) or 'no name at all'}, "
            "or give it a default there."
        )
    source = "\n".join(f"{key} = {parameters[key]!r}" for key in sorted(parameters))
    cell = new_code_cell(source, id=INJECTED, metadata={"tags": [INJECTED]})
    notebook.cells.insert(places[0] + 1, cell)
    return notebook
