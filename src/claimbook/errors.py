"""The one error that a person who runs the study should ever see."""

from __future__ import annotations


class UserError(Exception):
    """A mistake in the input, told in one message that says where it is and how to mend it.

    The command line prints the message alone, without a traceback, and exits with 2; a notebook
    shows the message alone, too.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class StorageError(UserError):
    """A file cannot be written: the disk is full, or the folder is read-only."""


class NotBuiltError(UserError):
    """A table or the results of another notebook are not there yet: the build tries again later."""


class DataError(UserError):
    """A raw table is not as its Table Schema says.

    Parameters
    ----------
    file : str
        Path of the file, relative to the project.
    problem : str
        What is wrong, as a sentence without a final stop.
    remedy : str
        What to do about it, as a sentence without a final stop.
    row : int, optional
        Line of the file, counted from 1 with the header as line 1.
    column : str, optional
        Name of the column.
    value : object, optional
        The offending value, shown with ``repr``.
    """

    def __init__(self, file, problem, remedy, *, row=None, column=None, value=None):
        self.file, self.problem, self.remedy = str(file), problem, remedy
        self.row, self.column, self.value = row, column, value
        where = [self.file]
        if row is not None:
            where.append(f"line {row}")
        if column is not None:
            where.append(f"column '{column}'")
        shown = "" if value is None else f" (value: {str(value)[:200]!r})"
        super().__init__(_in_one_line(f"{', '.join(where)}: {problem}{shown}. Remedy: {remedy}."))


def _in_one_line(text: str) -> str:
    """Return text with whatever a terminal would not show, or would obey, written as an escape."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
