"""Steps of a build, running a chapter, and what a notebook used when it last ran."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from claimbook.build.layout import Chapter, Layout
from claimbook.depend import Sources, digest
from claimbook.errors import UserError
from claimbook.tables import replace_text


class ChangedError(UserError):
    """What a notebook read was changed while it ran: it has to run again."""


class Used:
    """Files and modules that a notebook used when it last ran, seen by its kernel.

    Parameters
    ----------
    path : Path
        Where this is kept.
    root : Path
        Root of the project: paths are kept relative to it, so that a build may be moved.
    sources : Sources
        For hashes.
    """

    def __init__(self, path: Path, root: Path, sources: Sources):
        self.path, self.root, self.sources = path, root, sources
        self._content: dict[str, dict[str, str | None]] = {}
        with contextlib.suppress(OSError, ValueError):
            self._content = json.loads(path.read_text(encoding="utf-8"))

    def paths(self, kind: str) -> set[Path]:
        """Return what it opened to "read" (or looked for in vain), "written", or its "modules"."""
        return {self.root / name for name in self._content.get(kind, ())}

    def missing(self) -> set[Path]:
        """Return what it looked for in vain and is still not there."""
        return {path for path in self.paths("read") if self.sources.file(path) is None}

    def _known(self) -> Iterator[tuple[str, str, str | None]]:
        """Yield kind, name and state of what it used, in one order."""
        for kind, names in sorted(self._content.items()):
            yield from ((kind, name, state) for name, state in sorted(names.items()))

    def _now(self, kind: str, name: str) -> str | None:
        path = self.root / name
        return self.sources.module(path) if kind == "modules" else self.sources.file(path)

    def state(self) -> str:
        """Return one hash of all that it used as it is now."""
        return digest(f"{kind} {name} {self._now(kind, name)}" for kind, name, _ in self._known())

    def changes(self) -> list[str]:
        """Return the names of what has changed since it ran."""
        return [name for kind, name, state in self._known() if self._now(kind, name) != state]

    def keep(self, used: dict[str, Iterable[str]], began: float = 0.0) -> None:
        """Replace what is known.

        Parameters
        ----------
        used : dict
            Paths ``read``, ``written`` and ``modules``.
        began : float
            When the kernel started.

        Raises
        ------
        ChangedError
            If something that it read was changed after it started.
        """
        self._content = {}
        for kind, paths in used.items():
            names = {Path(os.path.relpath(path, self.root)).as_posix() for path in paths}
            self._content[kind] = {name: self._now(kind, name) for name in sorted(names)}
        replace_text(self.path, json.dumps(self._content, indent=0, sort_keys=True) + "\n")
        for path in sorted(self.paths("read") | self.paths("modules")):
            with contextlib.suppress(OSError):
                found = path.stat()
                if began and max(found.st_mtime, found.st_ctime) > began and path.is_file():
                    raise ChangedError(f"{path.name} was changed while {self.path.stem} ran.")


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that a build may have to do.

    Attributes
    ----------
    name : str
        Its kind, then what it is about: ``chapter 03_service_map``.
    run : str
        Function that does it, as ``module:function``; the module and what it imports count as
        what the step depends on.
    given : tuple
        Arguments of the function.
    needs, makes : tuple of Path
        Files that it reads and writes.
    after : tuple of str
        Steps that come first if they have to run, whatever is known of files.
    used : Used, optional
        What it used when it last ran.
    """

    name: str
    run: str
    given: tuple = ()
    needs: tuple[Path, ...] = ()
    makes: tuple[Path, ...] = ()
    after: tuple[str, ...] = ()
    used: Used | None = None

    @property
    def module(self) -> str:
        """Module that it runs."""
        return self.run.partition(":")[0]

    def action(self, **nodes) -> None:
        """Do it (what pytask hands over only tells about files)."""
        function = getattr(import_module(self.module), self.run.partition(":")[2])
        function(*self.given)

    @property
    def reads(self) -> set[Path]:
        """Every file that it is known to read."""
        return {*self.needs, *(self.used.paths("read") if self.used else ())}

    @property
    def writes(self) -> set[Path]:
        """Every file that it is known to write."""
        return {*self.makes, *(self.used.paths("written") if self.used else ())}


def run_chapter(layout: Layout, chapter: Chapter, used: Used) -> None:
    """Execute a notebook; keep it, and what it used.

    Raises
    ------
    NotebookFailure
        If a cell fails or writes to stderr, or the kernel dies.
    """
    import nbformat

    from claimbook.protect.policy import refuse_unprotected
    from claimbook.run.kernel import Kernel

    kernel = Kernel(chapter.path.parent, layout.roots, memory=layout.cache / "joblib")
    try:
        executed = execute(layout, chapter, kernel)
    except UserError:
        if kernel.used["modules"]:
            used.keep(kernel.used)
        raise
    if layout.protected:
        refuse_unprotected(executed, chapter.name, layout.edition)
    used.keep(kernel.used, kernel.began)
    replace_text(layout.executed_notebook(chapter), nbformat.writes(executed) + "\n")


def execute(layout: Layout, chapter: Chapter, kernel, *, name: str = "", **parameters):
    """Return a notebook executed for an edition, as it reads when it is kept."""
    import nbformat

    from claimbook.run.notebook import read

    given = {"edition": layout.edition, **parameters}
    executed = kernel.execute(read(chapter.path), name=name or chapter.name, parameters=given)
    return nbformat.reads(nbformat.writes(executed), as_version=4)


def read_executed(path: Path):
    """Return an executed notebook."""
    import nbformat

    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
