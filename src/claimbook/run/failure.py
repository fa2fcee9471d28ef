"""What a person sees when a notebook fails: notebook, cell, line and exception."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from claimbook.errors import UserError

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LINE_IN_CELL = re.compile(r"Cell In\[\d+\], line (\d+)")
_CHAIN = re.compile(
    r"During handling of the above exception|The above exception was the direct cause"
)
_WIDTH = 300


def plain(text: str) -> str:
    """Return text without terminal colours."""
    return _ANSI.sub("", text)


def _shorten(text: str) -> str:
    first = plain(text).strip().splitlines()[:1] or [""]
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
        self.traceback = plain(traceback)
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
