"""The whole check: every file of a folder, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from claimbook.errors import UserError
from claimbook.protect.leaks.amounts import find_amounts
from claimbook.protect.leaks.cells import find_small, grid_of
from claimbook.protect.leaks.decode import read
from claimbook.protect.leaks.finding import Content, Leak
from claimbook.protect.leaks.knowledge import Knowledge
from claimbook.protect.leaks.rows import Pseudonyms, find_combinations, find_rows
from claimbook.protect.leaks.subtraction import Subtraction


def check_folder(folder: Path, known: Knowledge) -> list[Leak]:
    """Return what the files of a folder tell and must not.

    Parameters
    ----------
    folder : Path
        Exported files, in any depth.
    known : Knowledge
        The confidential tables.

    Returns
    -------
    list of Leak
        Sorted by file and line, each once.

    Raises
    ------
    UserError
        If there is no such folder, or it holds no file.
    """
    if not folder.is_dir():
        raise UserError(
            f"There is no folder '{folder.name}' of exported files. Build the reports first."
        )
    files = {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }
    if not files:
        raise UserError(
            f"The folder '{folder.name}' holds no file to check. Build the reports first."
        )
    return check_files(files, known)


def check_files(files: Mapping[str, bytes], known: Knowledge) -> list[Leak]:
    """Return what files tell and must not, alone or together.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by name.
    known : Knowledge
        The confidential tables.

    Returns
    -------
    list of Leak
        Sorted by file and line, each once.
    """
    found: list[Leak] = []
    sums, pseudonyms = Subtraction(known), Pseudonyms(known)
    for file in sorted(files):
        content = read(file, files[file])
        found += content.unread
        found += _texts(content, known, pseudonyms)
        found += find_rows(content, known)
        for table in content.tables:
            grid = grid_of(table)
            if grid is not None:
                found += find_small(grid, known)
                found += sums.read(grid)
    found += sums.across()
    return sorted(
        dict.fromkeys(found), key=lambda leak: (leak.file, leak.line, leak.kind, leak.what)
    )


def _texts(content: Content, known: Knowledge, pseudonyms: Pseudonyms) -> Iterator[Leak]:
    for piece in content.pieces:
        for kind, part, operator in known.names.find(piece.text, loose=piece.loose):
            why = f"it names {operator}" if kind == "name" else f"this number is that of {operator}"
            yield Leak(piece.file, piece.line, kind, part, f"{why} ({piece.place})")
        yield from pseudonyms.read(piece.file, piece.line, piece.place, piece.text)
    for table in content.tables:
        for row, line in zip(table.rows, table.lines, strict=True):
            yield from pseudonyms.read(table.file, line, table.place, " ; ".join(row))
    yield from find_amounts(content.pieces, known)
    yield from find_combinations(content.pieces, known)
