"""The error of a sentence that cannot be written."""

from __future__ import annotations

from claimbook.errors import UserError


class NarrativeError(UserError):
    """A sentence that cannot be written: where it stands, which hole, why, and how to mend it.

    In a notebook it shows as its message alone, because the frames below it say nothing about the sentence.

    Parameters
    ----------
    where : str
        The cell or the text, such as ``narrative cell "Les opérateurs..."``.
    line : int
        Line in that cell or text, from 1.
    problem : str
        What is wrong, without a final stop.
    remedy : str
        What to do about it, without a final stop.
    """

    def __init__(self, where: str, line: int, problem: str, remedy: str):
        self.where, self.line = where, line
        super().__init__(f"{where}, line {line}: {problem}. Remedy: {remedy}.")

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]
