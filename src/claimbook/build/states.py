"""The state of what a build depends on: hashes of content, never dates.

What no task makes is looked at once, when the build starts. A file that somebody edits while the build runs is then
recorded as it was before, so that the next build sees the edit, whichever of the two a task has read.
"""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==", re.MULTILINE)


def text_hash(lines: Iterable[str]) -> str:
    """Return one hash of some lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def parts_hash(parts: Mapping[str, str]) -> str:
    """Return one hash of named hashes, whatever their order."""
    return text_hash(sorted(f"{name}={state}" for name, state in parts.items()))


class States:
    """Hashes of files, each read no more often than it changes."""

    def __init__(self):
        self._frozen: dict[Path, str | None] = {}
        self._seen: dict[Path, tuple[tuple, str]] = {}

    def of(self, path: Path) -> str | None:
        """Return the SHA-256 of a file's bytes; None if there is no such file."""
        if path in self._frozen:
            return self._frozen[path]
        try:
            found = path.stat()
            # Size and date may come back with another content: a restored file has another inode or a new ctime.
            look = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
            if path not in self._seen or self._seen[path][0] != look:
                self._seen[path] = (look, hashlib.sha256(path.read_bytes()).hexdigest())
            return self._seen[path][1]
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def freeze(self, paths: Iterable[Path]) -> None:
        """Look at files now, and never again."""
        for path in paths:
            self._frozen[path] = self.of(path)


@lru_cache(maxsize=1)
def _installed() -> dict[str, str]:
    # The folders' names alone: to open the metadata of every library takes longer than the rest of an idle build.
    found: dict[str, str] = {}
    for folder in map(Path, sys.path):
        for info in sorted(folder.glob("*.dist-info")) if folder.is_dir() else ():
            name, _, version = info.stem.rpartition("-")
            found.setdefault(_plain(name), version)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@lru_cache(maxsize=4)
def environment(lock: Path) -> str:
    """Return one hash of what runs the build: Python, the kind of machine, and the versions of what the lock pins."""
    names = (
        sorted({_plain(name) for name in _PIN.findall(lock.read_text(encoding="utf-8"))})
        if lock.is_file()
        else []
    )
    versions = [f"{name}=={_installed().get(name)}" for name in names]
    return text_hash(
        [platform.python_implementation(), platform.python_version(), platform.machine(), *versions]
    )
