"""Handing pages to reviewers: all of a build or none, so that no page cites another that is older than it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from claimbook.tables import replace_all


def publish(pages: Path, reports: Path, files: Iterable[Path]) -> None:
    """Copy pages from where they are made to where they are read.

    Every copy is written beside its target first; only when all are there, each takes its target's place.

    Parameters
    ----------
    pages, reports : Path
        Folder in which they were made, and folder of the reviewers.
    files : iterable of Path
        The pages.

    Raises
    ------
    StorageError
        If the disk is full or a folder is read-only: the reports there stay as they were.
    """
    replace_all({reports / path.relative_to(pages): path.read_bytes() for path in files})


def remove_stale(files: Iterable[Path], folders: Iterable[Path]) -> list[Path]:
    """Remove files that no task makes any more, and the folders that are empty then.

    Parameters
    ----------
    files : iterable of Path
        What an earlier build made and this one does not.
    folders : iterable of Path
        The build's own folders: nothing outside them is touched.

    Returns
    -------
    list of Path
        What was removed.
    """
    own = list(folders)
    removed = []
    for path in sorted(files):
        if any(path.is_relative_to(folder) for folder in own) and path.is_file():
            with contextlib.suppress(OSError):
                path.unlink()
                removed.append(path)
            with contextlib.suppress(OSError):
                if path.parent not in own:
                    path.parent.rmdir()
    return removed


def sweep(folders: Iterable[Path]) -> None:
    """Remove the unfinished files that a killed build has left."""
    for folder in folders:
        for path in folder.rglob(".*.part"):
            with contextlib.suppress(OSError):
                path.unlink()
