"""Running steps on pytask, which decides what is outdated, until nothing has to run."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytask
from pytask import ExecutionReport, SkippedAncestorFailed, TaskOutcome, TaskWithoutPath, hookimpl

from claimbook.build.layout import Layout
from claimbook.build.steps import ChangedError, Step
from claimbook.depend import Sources, digest, environment
from claimbook.errors import StorageError


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
    workers : int
        Steps that run at once.
    quiet : bool
        Whether to say nothing of each step that ends, and how long it took.
    """

    def __init__(self, layout: Layout, sources: Sources, workers: int, *, quiet: bool):
        self.layout, self.sources, self.workers, self.quiet = layout, sources, workers, quiet
        self.began: dict[str, float] = {}
        self.errors: dict[str, BaseException] = {}
        self.executed: list[str] = []
        self.failed: set[str] = set()
        self.states: dict[str, list] = {}
        self.ready: list[StepTask] = []
        self.waiting: dict[str, BaseException] = {}

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
        self._drop_stale_journal()
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

    def _drop_stale_journal(self) -> None:
        """Remove a journal that another build left: pytask's own is newer than its lock file."""
        lock = self.layout.root / "pytask.lock"
        journal = lock.with_name("pytask.lock.journal")
        with contextlib.suppress(OSError):
            if journal.stat().st_mtime_ns < lock.stat().st_mtime_ns:
                journal.unlink()

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
        ready = self.ready
        running: dict[Future, StepTask] = {}
        pool = ThreadPoolExecutor(self.workers)
        try:
            while session.scheduler.is_active() and not session.should_stop:
                found = session.scheduler.get_ready(10_000)
                ready += [session.dag.nodes[name] for name in found]
                ready.sort(key=lambda task: order[task.step.name])
                chosen = next((task for task in ready if self._may_start(task.step)), None)
                if chosen is None and ready and not running:
                    chosen = ready[0]  # a circle, or a file that nothing writes in this session
                    if error := self.waiting.get(chosen.step.name):
                        ready.remove(chosen)
                        self._report(session, chosen, error)
                        continue
                if chosen is not None and len(running) < self.workers:
                    ready.remove(chosen)
                    if self._set_up(session, chosen):
                        call = session.hook.pytask_execute_task
                        running[pool.submit(call, session=session, task=chosen)] = chosen
                elif running:
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        self._finish(session, running.pop(future), future)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return True

    def _may_start(self, step: Step) -> bool:
        """Tell whether what a step reads is there and is written by nothing that is to come."""
        lacking = getattr(self.waiting.get(step.name), "lacking", ())
        return not self.before[step.name] & self.unfinished and all(p.exists() for p in lacking)

    def _set_up(self, session, task: StepTask) -> bool:
        """Let pytask decide whether a task has to run."""
        self.states[task.step.name] = [self.sources.file(path) for path in task.step.needs]
        try:
            if self.before[task.step.name] & self.failed:
                raise SkippedAncestorFailed
            session.hook.pytask_execute_task_log_start(session=session, task=task)
            session.hook.pytask_execute_task_setup(session=session, task=task)
            # By this thread alone: two that import a package at once, whose modules import each
            # other, see half of it. A chapter would import the kernel when it runs.
            for module in ("claimbook.run.kernel", task.step.module):
                import_module(module)
        except Exception as error:
            self._report(session, task, error)
            return False
        self.began[task.step.name] = time.monotonic()
        return True

    def _finish(self, session, task: StepTask, future: Future) -> None:
        error, step = future.exception(), task.step
        if error is None and self.states[step.name] != [self.sources.file(p) for p in step.needs]:
            error = ChangedError(f"A file was changed again and again while '{step.name}' ran.")
        elif error is None:
            try:
                session.hook.pytask_execute_task_teardown(session=session, task=task)
            except Exception as found:
                error = found
        elif getattr(error, "absent", False) and step.used is not None:
            missing, folder = sorted(step.used.missing()), self.layout.processed
            error.lacking = [path for path in missing if path.is_relative_to(folder)]
            before = getattr(self.waiting.get(step.name), "lacking", [])
            if error.lacking != before:
                # Another step may write it in this session.
                self.waiting[step.name] = error
                self.ready.append(task)
                self._tell(step.name, error)
                return
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
        if error is None or error is not self.waiting.get(name):
            self._tell(name, error)

    def _tell(self, name: str, error: BaseException | None) -> None:
        """Say how a step ended, and how long it took."""
        if name in self.began and not self.quiet:
            words = " will run again" if may_succeed(error) else " FAILED" if error else ""
            print(f"{name}{words} {duration(time.monotonic() - self.began[name])}", flush=True)


def duration(seconds: float) -> str:
    """Return a duration such as ``0.4 s``, ``12 s``, ``3 min 05 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def may_succeed(error: BaseException | None) -> bool:
    """Tell whether what failed may succeed in another round, when its inputs are there."""
    return isinstance(error, ChangedError) or getattr(error, "absent", False)


def unwritten(error: OSError) -> StorageError:
    """Return the one error for a disk that is full or a folder that is read-only."""
    name = Path(error.filename).name if error.filename else "a file"
    return StorageError(
        f"'{name}' cannot be written ({error.strerror}). The reports are as they were. "
        "Free some space or allow writing, then run again."
    )
