"""A build: rounds of steps behind a lock, what a person sees of it, and what it leaves behind."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import joblib
from pytask import TaskOutcome

from claimbook.build.layout import Layout
from claimbook.build.session import Session, duration, may_succeed, unwritten
from claimbook.build.steps import ChangedError, Step
from claimbook.depend import Sources
from claimbook.errors import StorageError, UserError
from claimbook.tables import replace_text


def _take(file) -> bool:
    """Take the lock of a file; False if another process has it."""
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            # Windows locks bytes that nobody else can read then: far behind the text.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass  # a file system without locks lets everybody in
    return True


@contextlib.contextmanager
def build_lock(root: Path, edition: str, *, wait: bool = False) -> Iterator[None]:
    """Hold the right to build in a folder; it belongs to the process, however that ends.

    Raises
    ------
    UserError
        If another build is running, unless `wait` is set.
    StorageError
        If the folder is read-only.
    """
    path = root / ".cache" / "build.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        error.filename = ".cache"
        raise unwritten(error) from None
    with file:
        while not _take(file):
            if not wait:
                file.seek(0)
                holder = file.read(200).strip() or "it has not said which"
                raise UserError(
                    f"Another build is running in this folder ({holder}). "
                    "Wait until it ends, or stop it, then run the same command again."
                )
            time.sleep(0.2)
        with contextlib.suppress(OSError):
            file.truncate(0)
            file.write(f"process {os.getpid()}, edition {edition}\n")
            file.flush()
        yield


def run(
    layout: Layout,
    sources: Sources,
    steps: list[Step],
    last: Callable[[], list[Step]] = list,
    *,
    workers: int | None = None,
    explain: bool = False,
    force: bool = False,
    quiet: bool = False,
    wait: bool = False,
    whole: bool = True,
) -> tuple[int, list[str]]:
    """Run steps until none has to run any more, then those that `last` returns, which need all.

    A step may read what another is only found to write. `explain` says why each step would run
    and runs none; `force` runs every step; `wait` waits for another build of this folder, which is
    a `UserError` otherwise; `whole` says that these are all steps: what none makes is removed.

    Returns the exit code (0 when all is done, 1 when a notebook failed, 2 when the input is at
    fault or nothing can be written) and the names of the steps that ran.
    """
    with build_lock(layout.root, layout.edition, wait=wait):
        build = _Build(layout, sources, workers or joblib.cpu_count(), quiet=quiet or explain)
        if explain:
            return build.explain([*steps, *last()])
        return build.run(steps, last, force=force, whole=whole)


class _Build:
    """One build, behind the lock."""

    def __init__(self, layout: Layout, sources: Sources, workers: int, *, quiet: bool):
        self.layout, self.sources, self.workers, self.quiet = layout, sources, workers, quiet
        self.folders = [layout.processed, layout.executed, layout.pages, layout.reports]
        self.made = layout.cache / "made" / f"{layout.edition}.json"

    def run(self, steps: list[Step], last, *, force: bool, whole: bool) -> tuple[int, list[str]]:
        """Run in rounds, then the last steps."""
        self._check_writing()
        executed: list[str] = []
        began = time.monotonic()
        for _ in range(len(steps) + 2):
            session = self._session(steps, force=force)
            executed += session.executed
            self._refuse_two_writers(steps)
            again = [error for error in session.errors.values() if may_succeed(error)]
            removed = []
            if whole and not session.errors:
                removed = self._remove_stale(steps, [self.layout.processed])
            changed = any(isinstance(error, ChangedError) for error in again)
            if len(again) < len(session.errors) or not (session.executed or removed or changed):
                break
            force = False
        else:
            if not session.errors:
                raise UserError("The notebooks change each other's tables without end.")
        if not session.errors:
            final = last()
            session = self._session(final, force=force)
            executed += session.executed
            if whole and not session.errors:
                self._remove_stale([*steps, *final], self.folders)
        self.sources.keep()
        code = self._tell_failures(session.errors)
        if code == 0 and not self.quiet:
            took = duration(time.monotonic() - began)
            print(f"{len(executed)} steps executed, the others unchanged. {took}.")
        return code, executed

    def explain(self, steps: list[Step]) -> tuple[int, list[str]]:
        """Say why each step would run."""
        session = Session(self.layout, self.sources, 1, quiet=True)
        found = session.run(steps, explain=True)
        for report in found.execution_reports:
            if report.outcome is TaskOutcome.WOULD_BE_EXECUTED:
                step = report.task.step
                changed = step.used.changes() if step.used else []
                reasons = ", ".join(f"{name} changed" for name in changed)
                print(f"{step.name} ({reasons or 'what it needs or makes changed'})")
        return int(found.exit_code != 0), []

    def _session(self, steps: list[Step], *, force: bool) -> Session:
        session = Session(self.layout, self.sources, self.workers, quiet=self.quiet)
        try:
            found = session.run(steps, force=force)
        except OSError as error:
            session.errors["build"] = unwritten(error)
        else:
            if found.exit_code != 0 and not session.errors:
                session.errors["build"] = UserError("pytask could not run the steps.")
        return session

    def _check_writing(self) -> None:
        """Find out that nothing can be written before anything runs; sweep unfinished files."""
        for folder in self.folders:
            probe = folder / f".writing.{os.getpid()}.part"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                probe.write_bytes(b"\0" * 4096)
            except OSError as error:
                error.filename = folder.relative_to(self.layout.root).as_posix()
                raise unwritten(error) from None
            finally:
                for path in folder.rglob(".*.part"):
                    with contextlib.suppress(OSError):
                        path.unlink()

    def _refuse_two_writers(self, steps: list[Step]) -> None:
        writers: dict[Path, str] = {}
        for step in steps:
            for path in sorted(step.writes):
                if path in writers:
                    one, other = (_notebook(name) for name in (writers[path], step.name))
                    raise UserError(
                        f"{one} and {other} both write the table "
                        f"'{path.name.split('.')[0]}'. Keep one of them."
                    )
                writers[path] = step.name

    def _remove_stale(self, steps: list[Step], folders: list[Path]) -> list[Path]:
        """Remove from some folders what an earlier build made and no step makes any more."""
        made = {path for step in steps for path in step.writes}
        known: set[Path] = set()
        with contextlib.suppress(OSError, ValueError):
            names = json.loads(self.made.read_text(encoding="utf-8"))
            known = {self.layout.root / name for name in names}
        own = {path for path in known if any(path.is_relative_to(f) for f in folders)}
        stale = sorted(path for path in own - made if path.is_file())
        for path in stale:
            path.unlink()
            with contextlib.suppress(OSError):
                path.parent.rmdir()
        kept = sorted(
            path.relative_to(self.layout.root).as_posix()
            for path in made | (known - own)
            if path.is_relative_to(self.layout.root)
        )
        replace_text(self.made, json.dumps(kept, indent=0) + "\n")
        return stale

    def _tell_failures(self, errors: dict[str, BaseException]) -> int:
        """Print each error once, keep the tracebacks of notebooks; return the exit code."""
        real = [e for e in errors.values() if not getattr(e, "absent", False)]
        for name, error in errors.items():
            if getattr(error, "absent", False) and real:
                continue  # what it waits for failed
            if isinstance(error, UserError):
                print(f"\n{self._message(name, error)}", file=sys.stderr)
            else:
                traceback.print_exception(error)
        if not errors:
            return 0
        if not self.quiet:
            print("\nThe reports are those of the last build that succeeded.", file=sys.stderr)
        mistakes = all(isinstance(e, UserError) and not hasattr(e, "kind") for e in real)
        return 2 if mistakes else 1

    def _message(self, name: str, error: UserError) -> str:
        """Return what a person is told; the traceback of a notebook is kept in a file."""
        if lacking := getattr(error, "lacking", ()):
            path = lacking[0]
            what = "the results of" if path.parent.name == "results" else "the table"
            return (
                f"{_notebook(name)} reads {what} '{path.name.split('.')[0]}', which no notebook "
                "writes. Restore the notebook that did, or do not read it."
            )
        if not getattr(error, "traceback", ""):
            return str(error)
        path = self.layout.cache / "failures" / f"{error.notebook.replace('/', '-')}.txt"
        with contextlib.suppress(StorageError):
            replace_text(path, f"{error}\n\n{error.traceback}\n")
        where = path.relative_to(self.layout.root).as_posix()
        return f"{error}\nIts whole traceback: {where}"


def _notebook(step: str) -> str:
    return f"notebooks/{step.partition(' ')[2]}.ipynb" if step.startswith("chapter ") else step
