"""What a build remembers beside pytask's own states, all of it under ``.cache``: losing it costs time alone.

One file per edition says what each task depended on and made when it was last up to date, and how long it took.
When all of it is still so, there is nothing to do, and pytask is not even imported.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from claimbook.build.states import States, environment, parts_hash, text_hash
from claimbook.build.tasks import Task
from claimbook.tables import replace_text


class Records:
    """The record of one edition.

    Parameters
    ----------
    root : Path
        Root of the project: paths are kept relative to it, so that a build may be moved.
    edition : str
        The edition.
    """

    def __init__(self, root: Path, edition: str):
        self.root = root
        self._names: dict[Path, str] = {}
        self._parts: dict[int, tuple[Mapping[str, str], str]] = {}
        self.path = root / ".cache" / "built" / f"{edition}.json"
        content: dict = {}
        with contextlib.suppress(OSError, ValueError):
            content = json.loads(self.path.read_text(encoding="utf-8"))
        self.sums: dict[str, str] = dict(content.get("sums", {}))
        self.makes: set[str] = set(content.get("makes", []))
        self.seconds: dict[str, float] = dict(content.get("seconds", {}))

    def relative(self, path: Path) -> str:
        """Return a path relative to the project."""
        if path not in self._names:
            inside = path.is_relative_to(self.root)
            self._names[path] = (
                path.relative_to(self.root).as_posix() if inside else path.as_posix()
            )
        return self._names[path]

    def identity(self, task: Task, lock: Path) -> str:
        """Return one hash of what a task is, whatever its files hold: a file that is gone is a change, too."""
        lines = [task.name, environment(lock), *sorted(task.parts)]
        return text_hash(
            [*lines, *map(self.relative, task.needs), "makes", *map(self.relative, task.makes)]
        )

    def sum_of(self, task: Task, states: States, lock: Path) -> str | None:
        """Return one hash of all that a task depends on and of what it made; None if a file is missing."""
        files = {self.relative(path): states.of(path) for path in (*task.needs, *task.makes)}
        if None in files.values():
            return None
        parts = {name: self._part(part) for name, part in task.parts.items()}
        return text_hash([self.identity(task, lock), parts_hash(files), parts_hash(parts)])

    def _part(self, part: Mapping[str, str]) -> str:
        # A hundred tasks of one notebook share its parts.
        if id(part) not in self._parts:
            self._parts[id(part)] = (part, parts_hash(part))
        return self._parts[id(part)][1]

    def outdated(self, tasks: Iterable[Task], states: States, lock: Path) -> list[Task]:
        """Return the tasks that may have to run: those that changed, and those that read what these make."""
        tasks = list(tasks)
        found = [
            t
            for t in tasks
            if (s := self.sum_of(t, states, lock)) is None or self.sums.get(t.name) != s
        ]
        names, made = {t.name for t in found}, {path for t in found for path in t.makes}
        grown = True
        while grown:
            more = [t for t in tasks if t.name not in names and made.intersection(t.needs)]
            names |= {t.name for t in more}
            made |= {path for t in more for path in t.makes}
            grown = bool(more)
        return [t for t in tasks if t.name in names]

    def is_current(self, tasks: list[Task], states: States, lock: Path) -> bool:
        """Tell whether the last build is still what these tasks would give."""
        return self.sums.keys() == {t.name for t in tasks} and not self.outdated(
            tasks, states, lock
        )

    def stale(self, tasks: Iterable[Task]) -> list[Path]:
        """Return what earlier builds made and no task makes any more."""
        current = {self.relative(path) for task in tasks for path in task.makes}
        return [self.root / name for name in sorted(self.makes - current)]

    def keep(self, sums: dict[str, str], makes: set[str]) -> None:
        """Write the record.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        content = {
            "sums": sums,
            "makes": sorted(makes),
            "seconds": {name: round(value, 2) for name, value in self.seconds.items()},
        }
        replace_text(self.path, json.dumps(content, indent=0, sort_keys=True) + "\n")
