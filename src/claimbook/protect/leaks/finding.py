"""What a check finds, and the parts of files that it reads."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Leak:
    """One thing that an exported file tells and must not.

    Attributes
    ----------
    file : str
        Name of the file within the checked folder.
    line : int
        Line of the file, from 1.
    kind : str
        What leaks, such as ``"name"`` or ``"small cell"``.
    what : str
        The telling part, shortened.
    why : str
        What it gives away, as a sentence without a final stop.
    """

    file: str
    line: int
    kind: str
    what: str
    why: str

    def __str__(self) -> str:
        shown = " ".join(self.what.split())
        shown = shown if len(shown) <= 80 else f"{shown[:79]}…"
        return f"{self.file}:{self.line}: {self.kind}: {shown!r}: {self.why}."


@dataclass(frozen=True)
class Piece:
    """A text that a file holds, once decoded; between `loose` bytes, words have no clear ends."""

    file: str
    line: int
    place: str
    text: str
    loose: bool = False


@dataclass
class Table:
    """A table that a file shows or lets one save.

    Attributes
    ----------
    file : str
    place : str
        Where in the file: the page itself, or a download.
    lines : list of int
        Line of each row.
    headings : list of str
    rows : list of list of str
    """

    file: str
    place: str
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass
class Content:
    """All that was read in one file."""

    pieces: list[Piece] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    unread: list[Leak] = field(default_factory=list)
