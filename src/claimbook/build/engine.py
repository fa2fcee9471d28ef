"""The tasks as pytask runs them: its graph, its lock file of states, its explanations; pytask-parallel's workers.

pytask is imported here and in the plugin alone: a build that has nothing to do never comes this far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytask
from pytask import PathNode, TaskWithoutPath, hookimpl

from claimbook.build import plugin
from claimbook.build.progress import Progress
from claimbook.build.records import Records
from claimbook.build.states import States, parts_hash
from claimbook.build.tasks import Task
from claimbook.errors import StorageError, UserError

_OUTCOMES = {"SUCCESS": "executed", "SKIP_UNCHANGED": "unchanged", "FAIL": "failed"}


@dataclass(kw_only=True)
class FileNode(PathNode):
    """A file whose state is its content."""

    states: States

    def state(self) -> str | None:
        """Return the hash of the file, None if it is missing."""
        return self.states.of(self.path)


@dataclass(kw_only=True)
class PartsNode:
    """What a task depends on that is no file: the definitions that a notebook reaches, for one."""

    name: str
    parts: dict[str, str]
    attributes: dict = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """What tells it from other nodes."""
        return self.name

    def state(self) -> str:
        """Return one hash of all parts."""
        return parts_hash(self.parts)

    def load(self, is_product: bool = False) -> None:
        """Nothing to hand to the task."""

    def save(self, value: Any) -> None:
        """Nothing to save."""


@dataclass(kw_only=True)
class ContentTask(TaskWithoutPath):
    """A task that runs again when what it depends on has changed, and for no other reason.

    Its own state is what it is: its name, the names of its files, and what the build runs on. A file that is gone from
    them is a change that no state of a file can show.
    """

    identity: str
    attributes: dict = field(default_factory=dict)

    def state(self) -> str:
        """Return the identity."""
        return self.identity


class Run:
    """One session of pytask, with the hooks that it needs.

    Parameters
    ----------
    root : Path
        Root of the project.
    edition : str
        Part of the tasks' names in the lock file: editions do not overwrite each other's states.
    states : States
        Of the files.
    records : Records
        For what tasks are, and how long they took.
    lock : Path
        Exact versions of every library.
    progress : Progress
        Told about every task.
    """

    def __init__(
        self,
        root: Path,
        edition: str,
        states: States,
        records: Records,
        lock: Path,
        progress: Progress,
    ):
        self.root, self.edition, self.states, self.records, self.lock = (
            root,
            edition,
            states,
            records,
            lock,
        )
        self.progress = progress
        self.errors: list[BaseException] = []
        self.hooked = False

    def task(self, task: Task) -> ContentTask:
        """Return a task as pytask knows it."""

        def function(
            needs=None, makes=None, parts=None
        ):  # the nodes only tell pytask about the files
            self.progress.started(task.name)
            try:
                task.action()
            finally:
                self.progress.ended(task.name)
                plugin.Waker.ended.set()

        return ContentTask(
            name=f"{task.name} ({self.edition})",
            function=function,
            identity=self.records.identity(task, self.lock),
            depends_on={
                "needs": [
                    FileNode(name=path.as_posix(), path=path, states=self.states)
                    for path in task.needs
                ],
                "parts": [
                    PartsNode(name=name, parts=dict(parts)) for name, parts in task.parts.items()
                ],
            },
            produces={
                "makes": [
                    FileNode(name=path.as_posix(), path=path, states=self.states)
                    for path in task.makes
                ]
            },
            attributes={"plain": task},
        )

    def session(
        self, tasks: Iterable[Task], *, workers: int, explain: bool = False, force: bool = False
    ):
        """Run tasks, and return pytask's session.

        Raises
        ------
        StorageError
            If pytask itself cannot write what it remembers.
        """
        from pytask_parallel import ParallelBackend, WorkerType, registry

        options: dict[str, Any] = {}
        if not explain:
            registry.register_parallel_backend(
                ParallelBackend.CUSTOM,
                lambda n_workers: ThreadPoolExecutor(workers, thread_name_prefix="task"),
                worker_type=WorkerType.THREADS,
            )
            # More tasks are handed out than run at once, so that no worker waits for pytask to look again.
            options = {"n_workers": 2 * workers + 2, "parallel_backend": ParallelBackend.CUSTOM}
        plugin.engage(self)
        # A build that is told to be quiet must be so from the first word of pytask's console.
        pytask.console.quiet = True
        try:
            return pytask.build(
                tasks=[self.task(t) for t in tasks],
                config=self.root / "pyproject.toml",
                explain=explain,
                force=force,
                capture="no",
                show_traceback=False,
                editor_url_scheme="no_link",
                verbose=0,
                **options,
            )
        except OSError as error:
            raise _unwritten(error) from None
        finally:
            plugin.engage(None)
            pytask.console.quiet = False

    @hookimpl(tryfirst=True)
    def pytask_execute_build(self, session) -> None:
        """Let the tasks that take longest, with all that waits for them, begin first."""
        from pytask_parallel import execute

        if hasattr(execute, "_Sleeper"):
            execute._Sleeper = plugin.Waker
        after: dict[str, float] = {}

        def length(signature: str) -> float:
            if signature not in after:
                node = session.dag.nodes[signature]
                plain = getattr(node, "attributes", {}).get("plain")
                own = self.progress.past.get(plain.name, 1.0) if plain else 0.0
                after[signature] = own + max(
                    map(length, session.dag.successors(signature)), default=0.0
                )
            return after[signature]

        for task in session.tasks:
            session.scheduler.priorities[task.signature] = round(1000 * length(task.signature))

    @hookimpl(wrapper=True)
    def pytask_execute_task_process_report(self, session, report):
        """Tell how a task ended; stop when nothing more can be written."""
        try:
            return (yield)
        except OSError as error:
            self.errors.append(_unwritten(error))
            session.should_stop = True
            raise
        finally:
            plain = report.task.attributes["plain"]
            if report.outcome.name != "WOULD_BE_EXECUTED":
                self.progress.judged(plain.name, _OUTCOMES.get(report.outcome.name, "skipped"))
            if report.outcome.name == "FAIL" and report.exc_info is not None:
                error = report.exc_info[1]
                self.errors.append(_unwritten(error) if type(error) is OSError else error)
                if isinstance(self.errors[-1], StorageError):
                    session.should_stop = True


def _unwritten(error: OSError) -> UserError:
    name = Path(error.filename).name if error.filename else "a file"
    return StorageError(
        f"'{name}' cannot be written ({error.strerror}). The reports are as they were. "
        "Free some space or allow writing, then run again."
    )


def explained(session, load_parts: Callable[[str], dict[str, str] | None]) -> list[str]:
    """Return why each task would run, as lines for a person.

    Parameters
    ----------
    session : pytask.Session
        Of a run with ``explain=True``.
    load_parts : callable
        Gives the parts that an earlier build hashed, by that hash; None if they are not known any more.
    """
    lines = []
    order = {task.signature: place for place, task in enumerate(session.tasks)}
    for report in sorted(
        session.execution_reports, key=lambda report: order[report.task.signature]
    ):
        if report.outcome.name != "WOULD_BE_EXECUTED":
            continue
        plain: Task = report.task.attributes["plain"]
        lines.append(plain.name)
        explanation = report.task.attributes.get("explanation")
        for reason in explanation.reasons if explanation else ():
            lines += [f"  • {text}" for text in _reason(reason, plain, load_parts)]
    return lines


def _reason(reason, plain: Task, load_parts) -> list[str]:
    if reason.reason == "cascade":
        return [f"{reason.node_name.rpartition(' (')[0]} would run before it"]
    if reason.reason == "forced":
        return ["every task was asked for"]
    if reason.node_type == "source":
        return [
            "it never ran"
            if reason.reason == "not_in_db"
            else "its files, or the versions that it runs on, changed"
        ]
    label = Path(reason.node_name).name if "/" in reason.node_name else reason.node_name
    now = plain.parts.get(reason.node_name)
    before = load_parts(reason.details.get("old_hash", "")) if now is not None else None
    if before is None:
        word = {"missing": "is missing", "not_in_db": "is new"}.get(reason.reason, "changed")
        return [f"{label} {word}"]
    differing = sorted(
        name for name in before.keys() | now.keys() if before.get(name) != now.get(name)
    )
    return [f"{name} changed" for name in differing]
