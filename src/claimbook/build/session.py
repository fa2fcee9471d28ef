"""Running steps on pytask, which decides what is outdated, until nothing has to run."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytask
from pytask import (
    ExecutionReport,
    SkippedAncestorFailed,
    TaskOutcome,
    TaskWithoutPath,
    hookimpl,
)

from claimbook.build.layout import Layout
from claimbook.build.locking import BuildLock
from claimbook.build.progress import Progress
from claimbook.build.steps import ChangedError, Step
from claimbook.depend import Sources, digest, environment
from claimbook.errors import StorageError, UserError
from claimbook.tables import replace_text

_OUTCOMES = {TaskOutcome.SUCCESS: "done", TaskOutcome.SKIP_UNCHANGED: "unchanged"}
_OUTCOMES[TaskOutcome.FAIL] = "failed"
#: How often a notebook is tried whose inputs change or are not there yet.
ATTEMPTS = 12


@dataclass(kw_only=True)
class Node:
    """What a task depends on or makes, as pytask knows it (its protocol ``PNode``)."""

    name: str
    read: Callable[[], str | None]
    attributes: dict = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """What tells it from other nodes."""
        return self.name

    def state(self) -> str | None:
        """Return its hash, None if it is missing."""
        return self.read()

    def load(self, is_product: bool = False) -> None:
        """Nothing to hand to the task."""

    def save(self, value: Any) -> None:
        """Nothing to save."""


@dataclass(kw_only=True)
class StepTask(TaskWithoutPath):
    """A step; its own state is the names of its files, since one that is gone has no state."""

    step: Step

    def state(self) -> str:
        """Return one hash of its name and the names of its files."""
        paths = sorted(node.name for node in (*self.depends_on["needs"], *self.produces["makes"]))
        texts = [given for given in self.step.given if isinstance(given, str)]
        return digest([self.step.name, *paths, *texts])


class Session:
    """One session of pytask, as a plugin that runs its tasks side by side.

    Parameters
    ----------
    layout : Layout
        Where files are.
    sources : Sources
        Their hashes.
    progress : Progress
        Told about every step.
    workers : int
        Steps that run at once.
    """

    def __init__(self, layout: Layout, sources: Sources, progress: Progress, workers: int):
        self.layout, self.sources, self.progress = layout, sources, progress
        self.workers = workers
        self.errors: dict[str, BaseException] = {}
        self.executed: list[str] = []
        self.failed: set[str] = set()
        self.tries: dict[str, int] = {}
        # What steps that failed for lack of a file looked for, and how they failed.
        self.absent: dict[str, BaseException] = {}
        self.states: dict[str, list] = {}

    def run(self, steps: list[Step], *, explain: bool = False, force: bool = False):
        """Run the steps that are outdated; return pytask's session."""
        versions = environment(self.layout.lock)
        self.unfinished = {step.name for step in steps}
        files = {step.name: (step.reads, step.writes) for step in steps}
        self.before = {
            step.name: {
                other.name
                for other in steps
                if other is not step
                and (other.name in step.after or files[step.name][0] & files[other.name][1])
            }
            for step in steps
        }
        manager = pytask.get_plugin_manager()
        if not explain:
            manager.register(self)
        pytask.console.quiet = True
        try:
            return pytask.build(
                pm=manager,
                tasks=[self._task(step, versions) for step in steps],
                config=self.layout.root / "pyproject.toml",
                # The lock file keeps the states.
                database_url="sqlite://",
                explain=explain,
                force=force,
                capture="no",
                show_traceback=False,
                editor_url_scheme="no_link",
                verbose=0,
            )
        finally:
            pytask.console.quiet = False

    def _task(self, step: Step, versions: str) -> StepTask:
        def node(path: Path) -> Node:
            name = os.path.relpath(path, self.layout.root)
            return Node(name=Path(name).as_posix(), read=lambda: self.sources.file(path))

        code = self.sources.code(step.module)
        others = [
            Node(name="versions", read=lambda: versions),
            Node(name=f"code of {step.name}", read=lambda: code),
        ]
        if step.used is not None:
            others.append(Node(name=f"used by {step.name}", read=step.used.state))
        return StepTask(
            name=f"{step.name} ({self.layout.edition})",
            function=step.action,
            depends_on={"needs": [node(p) for p in sorted({*step.needs})], "others": others},
            produces={"makes": [node(path) for path in sorted({*step.makes})]},
            step=step,
        )

    @hookimpl(tryfirst=True)
    def pytask_execute_build(self, session) -> bool:
        """Run side by side what is ready, each step after those that write what it reads."""
        order = {name: place for place, name in enumerate(self.before)}
        ready: list[StepTask] = []
        running: dict[Future, StepTask] = {}
        pool = ThreadPoolExecutor(self.workers)
        try:
            while session.scheduler.is_active() and not session.should_stop:
                found = session.scheduler.get_ready(10_000)
                ready += [session.dag.nodes[name] for name in found]
                ready.sort(key=lambda task: (task.step.name in self.absent, order[task.step.name]))
                chosen = next((task for task in ready if self._may_run(task.step)), None)
                if chosen is None and not running:
                    chosen = self._unblocked(session, ready)
                if chosen is not None and len(running) < self.workers:
                    ready.remove(chosen)
                    if self._set_up(session, chosen):
                        call = session.hook.pytask_execute_task
                        running[pool.submit(call, session=session, task=chosen)] = chosen
                elif running:
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        task = running.pop(future)
                        if self._again(task.step, future.exception()):
                            ready.append(task)
                        else:
                            self._finish(session, task, future)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return True

    def _may_run(self, step: Step) -> bool:
        """Tell whether nothing that a step reads is about to be written, or still lacking."""
        lacking = getattr(self.absent.get(step.name), "lacking", ())
        if lacking and all(self.sources.file(path) is None for path in lacking):
            return False
        return not self.before[step.name] & self.unfinished

    def _unblocked(self, session, ready: list[StepTask]) -> StepTask | None:
        """Give up a step whose inputs nobody writes; else return one of a circle of steps."""
        for task in ready:
            if task.step.name in self.absent:
                ready.remove(task)
                self._report(session, task, self.absent[task.step.name])
                return None
        return ready[0] if ready else None

    def _set_up(self, session, task: StepTask) -> bool:
        """Let pytask decide whether a task has to run."""
        self.states[task.step.name] = [self.sources.file(path) for path in task.step.needs]
        try:
            if self.before[task.step.name] & self.failed:
                raise SkippedAncestorFailed
            session.hook.pytask_execute_task_log_start(session=session, task=task)
            session.hook.pytask_execute_task_setup(session=session, task=task)
        except Exception as error:
            self._report(session, task, error)
            return False
        self.progress.started(task.step.name)
        return True

    def _again(self, step: Step, error: BaseException | None) -> bool:
        """Tell whether a step must be tried again: its inputs changed, or are not there yet."""
        if error is None and self.states[step.name] != [self.sources.file(p) for p in step.needs]:
            error = ChangedError(f"A file was changed again and again while '{step.name}' ran.")
        absent = getattr(error, "absent", False) and step.used is not None
        self.tries[step.name] = self.tries.get(step.name, 0) + 1
        if self.tries[step.name] >= ATTEMPTS or not (absent or isinstance(error, ChangedError)):
            return False
        if absent:
            error.lacking = sorted(step.used.missing())
            self.absent[step.name] = error
        self.progress.ended(step.name, "")
        return True

    def _finish(self, session, task: StepTask, future: Future) -> None:
        error = future.exception()
        if error is None:
            try:
                session.hook.pytask_execute_task_teardown(session=session, task=task)
            except Exception as found:
                error = found
        self._report(session, task, error)

    def _report(self, session, task: StepTask, error: BaseException | None) -> None:
        """Hand the outcome of a task to pytask, and take note of it."""
        name = task.step.name
        if error is None:
            report = ExecutionReport.from_task(task)
        else:
            found = (type(error), error, error.__traceback__)
            report = ExecutionReport.from_task_and_exception(task, found)
        try:
            session.hook.pytask_execute_task_process_report(session=session, report=report)
        except OSError as problem:
            error, report.outcome = problem, TaskOutcome.FAIL
        session.execution_reports.append(report)
        session.scheduler.done(task.signature)
        self.unfinished.discard(name)
        outcome = report.outcome
        if outcome is TaskOutcome.FAIL:
            self.errors[name] = unwritten(error) if type(error) is OSError else error
            session.should_stop = isinstance(self.errors[name], StorageError)
        if outcome in (TaskOutcome.FAIL, TaskOutcome.SKIP_PREVIOUS_FAILED):
            self.failed.add(name)
        elif outcome is TaskOutcome.SUCCESS:
            self.executed.append(name)
        self.progress.ended(name, _OUTCOMES.get(outcome, "skipped"))


def unwritten(error: OSError) -> StorageError:
    """Return the one error for a disk that is full or a folder that is read-only."""
    name = Path(error.filename).name if error.filename else "a file"
    return StorageError(
        f"'{name}' cannot be written ({error.strerror}). The reports are as they were. "
        "Free some space or allow writing, then run again."
    )


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
    """Run steps until none has to run any more, then those that need all of them.

    Parameters
    ----------
    layout : Layout
        The edition.
    sources : Sources
        Hashes of files.
    steps : list of Step
        What may have to be done. A step may read what another is only found to write.
    last : callable
        Returns the steps that need all others.
    workers : int, optional
        Steps that run at once; the available cores by default.
    explain : bool
        Say why each step would run, and run none.
    force : bool
        Run every step.
    quiet : bool
        Show no progress.
    wait : bool
        Wait for another build of this folder instead of refusing.
    whole : bool
        Whether these are all steps: what no step makes any more is removed then.

    Returns
    -------
    exit_code : int
        0 when all is done, 1 when a notebook failed, 2 when the input is at fault or nothing can
        be written.
    executed : list of str
        Names of the steps that ran.

    Raises
    ------
    UserError
        If another build is running, or if two notebooks write the same table.
    """
    with BuildLock(layout.root, layout.edition, wait=wait):
        build = _Build(layout, sources, workers or _cores(), quiet=quiet or explain)
        if explain:
            return build.explain([*steps, *last()])
        return build.run(steps, last, force=force, whole=whole)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


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
        with Progress(quiet=self.quiet) as progress:
            for _ in range(len(steps) + 2):
                session = self._session(progress, steps, force=force)
                executed += session.executed
                self._refuse_two_writers(steps)
                removed = []
                if whole and not session.errors:
                    removed = self._remove_stale(steps, [self.layout.processed])
                if session.errors or not (session.executed or removed):
                    break
                force = False
            else:
                raise UserError("The notebooks change each other's tables without end.")
            if not session.errors:
                final = last()
                session = self._session(progress, final, force=force)
                executed += session.executed
                if whole and not session.errors:
                    self._remove_stale([*steps, *final], self.folders)
        self.sources.keep()
        code = self._tell_failures(session.errors)
        if code == 0 and not self.quiet:
            print(progress.summary(sum(step.used is not None for step in steps)))
        return code, executed

    def explain(self, steps: list[Step]) -> tuple[int, list[str]]:
        """Say why each step would run."""
        session = Session(self.layout, self.sources, Progress(quiet=True), 1)
        found = session.run(steps, explain=True)
        lines = [line for report in found.execution_reports for line in _reasons(report)]
        print("\n".join(lines) or "Nothing would run.")
        return int(found.exit_code != 0), []

    def _session(self, progress: Progress, steps: list[Step], *, force: bool) -> Session:
        session = Session(self.layout, self.sources, progress, self.workers)
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
        lacking = [
            p for p in getattr(error, "lacking", ()) if p.is_relative_to(self.layout.processed)
        ]
        if lacking:
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


def _reasons(report) -> list[str]:
    """Return why a task would run, as lines for a person."""
    if report.outcome is not TaskOutcome.WOULD_BE_EXECUTED:
        return []
    step, lines = report.task.step, [report.task.step.name]
    explanation = report.task.attributes.get("explanation")
    for reason in explanation.reasons if explanation else ():
        if reason.reason == "cascade":
            lines.append(f"  - {reason.node_name.rpartition(' (')[0]} would run before it")
        elif reason.node_type == "source":
            new = reason.reason == "not_in_db"
            lines.append("  - it never ran" if new else "  - its files are others")
        elif reason.node_name.startswith("used by ") and reason.reason == "changed":
            lines += [f"  - {name} changed" for name in step.used.changes()]
        else:
            how = {"missing": "is missing", "not_in_db": "is new"}.get(reason.reason, "changed")
            lines.append(f"  - {reason.node_name} {how}")
    return lines
