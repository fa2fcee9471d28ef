"""Errors of the reader: one sentence that names file, row, column, value and remedy."""

from __future__ import annotations


class UserError(Exception):
    """A mistake in the input; the message alone is shown, without a traceback."""


class DataError(UserError):
    """A file is not as it should be.

    Parameters
    ----------
    file : str
        Path of the file, with the sheet of a workbook.
    problem, remedy : str
        What is wrong and what to do about it, without a final stop.
    row : int, optional
        Line of the file or row of the sheet, counted from 1.
    column : str, optional
        Title of the column, with its letters.
    value : object, optional
        The offending value.
    """

    def __init__(self, file, problem, remedy, *, row=None, column=None, value=None):
        self.file, self.problem, self.remedy = str(file), problem, remedy
        self.row, self.column, self.value = row, column, value
        where = self.file
        if row is not None:
            where += f", line {row}"
        if column:
            where += f", column '{column}'"
        shown = f" (value: {str(value)[:200]!r})" if value else ""
        text = f"{where}: {problem}{shown}. Remedy: {remedy}."
        # What a terminal would not show, or would obey, is written as an escape.
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in text))
