"""Run the tasks and tell a person what happened."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from pathlib import Path

from claimbook.build.cluster import ClusterPool, address_of
from claimbook.build.layout import PER_OPERATOR, Layout
from claimbook.build.locking import BuildLock
from claimbook.build.records import Records
from claimbook.build.states import States
from claimbook.build.tasks import Task, all_tasks
from claimbook.depend import keep_in
from claimbook.edition import check_view
from claimbook.errors import StorageError, UserError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class LazyPool:
    """A pool of warm kernels that is only started when the first notebook runs."""

    def __init__(self):
        self._pool, self._lock = None, threading.Lock()

    def _warm(self):
        with self._lock:
            if self._pool is None:
                from claimbook.run import WarmKernels

                self._pool = WarmKernels().__enter__()
            return self._pool

    def begin(self) -> None:
        """Let kernels warm up while the build does something else: some notebook will run."""
        self._warm().start()

    def connect(self) -> int:
        """Return how many notebooks may run at once: one for each core."""
        return (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        )

    def execute(self, notebook, *, name, **options):
        """Execute a notebook in a kernel of the pool."""
        return self._warm().execute(notebook, name=name, **options)

    def close(self):
        """Stop the kernels, if any were started."""
        if self._pool is not None:
            self._pool.__exit__(None, None, None)


def build(
    root: Path,
    edition: str,
    *,
    workers: int | None = None,
    explain: bool = False,
    force: bool = False,
    quiet: bool = False,
    select: str = "",
    kernels=None,
    dask: str | None = None,
    wait: bool = False,
) -> tuple[int, list[str]]:
    """Build the reports of an edition.

    Parameters
    ----------
    root : Path
        Root of the project.
    edition : str
        Folder under ``data/raw``.
    workers : int, optional
        Notebooks that run at once; the available cores by default.
    explain : bool
        Say why each task would run, and run none.
    force : bool
        Run every task.
    quiet : bool
        Show no progress.
    select : str
        Name of the one task to run; its needs must be there.
    kernels : optional
        What executes notebooks: has ``connect``, ``begin``, ``execute`` and ``close``. By default warm kernels of
        this machine, started when needed.
    dask : str, optional
        Address of a Dask scheduler whose workers execute the notebooks; by default that of ``OPSN_DASK``, if set.
    wait : bool
        Wait for another build of this folder instead of refusing.

    Returns
    -------
    exit_code : int
        0 when everything is built, 1 when a notebook failed, 2 when the input is at fault or cannot be written.
    executed : list of str
        Names of the notebooks that ran.

    Raises
    ------
    UserError
        If there is no such edition, or another build is running.
    """
    if not _NAME.fullmatch(edition):
        raise UserError(
            f"'{edition}' is no name of an edition: use letters, digits, '.', '_' and '-'."
        )
    layout = Layout(root, edition)
    if not layout.raw.is_dir() or layout.raw.name == "territories":
        known = sorted(
            p.name
            for p in (root / "data" / "raw").iterdir()
            if p.is_dir() and p.name != "territories"
        )
        raise UserError(
            f"There is no edition '{edition}' under data/raw. Editions that exist: {', '.join(known)}."
        )
    check_view(edition, layout.declaration)
    keep_in(root / ".cache" / "definitions")
    address = address_of(dask)
    pool = kernels or (ClusterPool(address, root) if address else LazyPool())
    if not (explain or force or select):
        tasks = all_tasks(layout, pool)
        if Records(root, edition).is_current(tasks, States(), layout.lock):
            if not quiet:
                notebooks = sum(task.kind == "execute" for task in tasks)
                print(
                    f"0 notebooks executed. {notebooks} unchanged: nothing has changed since the last build."
                )
                print(_where(layout))
            return 0, []
    with BuildLock(root, edition, wait=wait):
        # Seen again behind the lock: what was read before it may be what another build was changing.
        return _Build(Layout(root, edition), pool, quiet=quiet, workers=workers).run(
            explain=explain, force=force, select=select
        )


def _where(layout: Layout) -> str:
    return (
        f"Reports: {(layout.reports / layout.named('index')).relative_to(layout.root).as_posix()}"
    )


class _Build:
    """One build, behind the lock."""

    def __init__(self, layout: Layout, pool, *, quiet: bool, workers: int | None):
        self.layout, self.pool, self.quiet, self.workers = layout, pool, quiet, workers
        self.states, self.records = States(), Records(layout.root, layout.edition)
        self.folders = [layout.processed, layout.executed, layout.pages, layout.reports]

    def run(self, *, explain: bool, force: bool, select: str) -> tuple[int, list[str]]:
        """Run what has to run. Returns the exit code and the notebooks that ran."""
        from claimbook.build import manifest
        from claimbook.build.engine import Run, explained
        from claimbook.build.progress import Progress
        from claimbook.build.publishing import sweep

        tasks = everything = all_tasks(self.layout, self.pool)
        if select:
            tasks = [task for task in everything if task.name == select]
        made = {path for task in everything for path in task.makes}
        self.states.freeze(path for task in everything for path in task.needs if path not in made)
        self._refuse_missing(tasks, made)
        cores = 1 if explain or select else self.pool.connect()
        workers = self.workers or cores
        outdated = tasks if force else self.records.outdated(tasks, self.states, self.layout.lock)
        progress = Progress(outdated, self.records.seconds, workers, quiet=self.quiet or explain)
        run = Run(
            self.layout.root,
            self.layout.edition,
            self.states,
            self.records,
            self.layout.lock,
            progress,
        )
        if explain:
            session = run.session(tasks, workers=workers, explain=True)
            lines = explained(session, lambda key: manifest.load(self.layout.root, key))
            print("\n".join(lines) or "Nothing would run.")
            return (0 if session.exit_code == 0 else 1), []
        self._check_writing()
        sweep(self.folders)
        try:
            if any(task.kind == "execute" for task in outdated):
                self.pool.begin()
            with progress:
                session = run.session(tasks, workers=workers, force=force)
        finally:
            self.pool.close()
        code = self._tell_failures(session, run.errors)
        self._remember(tasks, everything, progress, whole=not select and code == 0)
        manifest.keep(self.layout.root, everything)
        if code == 0 and not self.quiet:
            self._tell(progress, everything)
        executed = [
            n.removeprefix("execute ") for n in progress.seconds if n.startswith("execute ")
        ]
        return code, executed

    def _refuse_missing(self, tasks: list[Task], made: set[Path]) -> None:
        """Refuse a task that needs a file that is not there, or that a notebook which is gone once wrote."""
        for task in tasks:
            for path in task.needs:
                if path in made:
                    continue
                if path.is_relative_to(self.layout.processed):
                    what = "the words of" if path.parent.name == "told" else "the table"
                    raise UserError(
                        f"notebooks/{task.subject}.ipynb reads {what} '{path.name.split('.')[0]}', which no notebook "
                        "writes. Restore the notebook that did, or do not read it."
                    )
                if self.states.of(path) is None:
                    raise UserError(
                        f"'{self.records.relative(path)}' is missing, and {task.name} needs it. Restore the file."
                    )

    def _check_writing(self) -> None:
        """Find out that nothing can be written before anything runs."""
        for folder in self.folders:
            probe = folder / f".writing.{os.getpid()}.part"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                probe.write_bytes(b"\0" * 4096)
                probe.unlink()
            except OSError as error:
                with contextlib.suppress(OSError):
                    probe.unlink()
                raise StorageError(
                    f"The build cannot write in {self.records.relative(folder)} ({error.strerror}). "
                    "The reports are as they were. Free some space or allow writing, then run again."
                ) from None

    def _tell_failures(self, session, errors: list[BaseException]) -> int:
        told = set()
        for error in errors:
            if str(error) in told:
                continue
            told.add(str(error))
            if isinstance(error, UserError):
                print(f"\n{error}{self._kept_traceback(error)}", file=sys.stderr)
            else:
                import traceback

                traceback.print_exception(error)
        if not errors:
            return 0 if session.exit_code == 0 else 1
        if not self.quiet:
            print("\nThe reports are those of the last build that succeeded.", file=sys.stderr)
        notebooks = [error for error in errors if getattr(error, "notebook", None)]
        return 2 if not notebooks and all(isinstance(error, UserError) for error in errors) else 1

    def _kept_traceback(self, error: UserError) -> str:
        """Keep the traceback of a notebook that failed where it can be read; return a sentence that says where."""
        from claimbook.tables import replace_text

        if not getattr(error, "traceback", ""):
            return ""
        path = self.layout.root / ".cache" / "failures" / f"{error.notebook.replace('/', '-')}.txt"
        with contextlib.suppress(StorageError):
            replace_text(path, f"{error}\n\n{error.traceback}\n")
            return f"\nIts whole traceback: {self.records.relative(path)}"
        return ""

    def _remember(
        self, tasks: list[Task], everything: list[Task], progress, *, whole: bool
    ) -> None:
        """Keep what is up to date, and remove what nothing makes any more once everything is."""
        from claimbook.build.publishing import remove_stale

        sums = dict(self.records.sums)
        for task in tasks:
            outcome = progress.outcomes.get(task.name)
            total = self.records.sum_of(task, self.states, self.layout.lock)
            if outcome in ("executed", "unchanged") and total is not None:
                sums[task.name] = total
            else:
                sums.pop(task.name, None)
        makes = {self.records.relative(path) for task in everything for path in task.makes}
        if whole:
            remove_stale(self.records.stale(everything), self.folders)
            sums = {task.name: sums[task.name] for task in everything if task.name in sums}
        else:
            makes |= self.records.makes
        self.records.seconds |= {
            n: s for n, s in progress.seconds.items() if progress.outcomes.get(n) == "executed"
        }
        with contextlib.suppress(StorageError):
            self.records.keep(sums, makes)

    def _tell(self, progress, tasks: list[Task]) -> None:
        from claimbook.build.status import too_slow

        print(progress.summary(sum(task.kind == "execute" for task in tasks)))
        for chapter in self.layout.chapters:
            seconds = progress.seconds.get(f"execute {chapter.name}")
            if chapter.name != PER_OPERATOR and seconds is not None and too_slow(chapter, seconds):
                print(f"{chapter.name} took much longer than it declares ({chapter.runtime}).")
        print(_where(self.layout))
