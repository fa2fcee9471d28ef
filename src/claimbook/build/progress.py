"""What a person sees of a build while it runs: a live table in a terminal, plain lines elsewhere, and a summary."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping

from claimbook.build.tasks import Task

_SHOWN = 12


def spoken(seconds: float) -> str:
    """Return a duration as a person says it: ``0.4 s``, ``12 s``, ``3 min 05 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class Progress:
    """What is running, what is done and what is left.

    Parameters
    ----------
    tasks : iterable of Task
        Those that may have to run.
    seconds : mapping of str to float
        How long tasks took in the past, by name.
    workers : int
        Tasks that run at once.
    quiet : bool
        Show nothing.
    """

    def __init__(
        self,
        tasks: Iterable[Task],
        seconds: Mapping[str, float],
        workers: int,
        *,
        quiet: bool = False,
    ):
        self.tasks = {task.name: task for task in tasks}
        self.past, self.workers, self.quiet = dict(seconds), max(1, workers), quiet
        self.waiting = dict.fromkeys(self.tasks)
        self.running: dict[str, float] = {}
        self.seconds: dict[str, float] = {}
        self.outcomes: dict[str, str] = {}
        self.began = time.monotonic()
        self._lock = threading.Lock()
        self._live = None

    def __enter__(self) -> Progress:
        if not self.quiet and self.tasks:
            from rich.console import Console

            console = Console()
            if console.is_terminal:
                from rich.live import Live

                self._live = Live(
                    get_renderable=self._table,
                    console=console,
                    refresh_per_second=4,
                    transient=True,
                )
                self._live.start()
        return self

    def __exit__(self, *exc_info) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def started(self, name: str) -> None:
        """Take note that a task has begun."""
        with self._lock:
            self.waiting.pop(name, None)
            self.running[name] = time.monotonic()

    def ended(self, name: str) -> None:
        """Take note that the action of a task has ended, well or not."""
        with self._lock:
            if name in self.running:
                self.seconds[name] = time.monotonic() - self.running.pop(name)

    def judged(self, name: str, outcome: str) -> None:
        """Take note of how a task ended: ``executed``, ``unchanged``, ``failed`` or ``skipped``."""
        with self._lock:
            self.waiting.pop(name, None)
            known = name in self.tasks
            self.outcomes[name] = outcome
        if known and not self.quiet and self._live is None and outcome in ("executed", "failed"):
            done = sum(1 for n in self.outcomes if n in self.tasks)
            took = f" {spoken(self.seconds[name])}" if name in self.seconds else ""
            mark = "" if outcome == "executed" else " FAILED"
            print(f"[{done}/{len(self.tasks)}] {name}{mark}{took}{self._rest()}", flush=True)

    def left(self) -> float | None:
        """Return about how many seconds are left, None if too little is known of the past."""
        with self._lock:
            now = time.monotonic()
            waiting = [self._expected(name) for name in self.waiting]
            running = [self._expected(name) for name in self.running]
            if None in waiting or None in running:
                return None
            rest = [
                max(0.0, e - (now - began))
                for e, began in zip(running, self.running.values(), strict=True)
            ]
        return max([(sum(waiting) + sum(rest)) / self.workers, *waiting, *rest, 0.0])

    def _expected(self, name: str) -> float | None:
        """Return how long a task took last time; one that never ran, as long as others of its notebook or kind."""
        if name in self.past:
            return self.past[name]
        stem = name.partition("/")[0]
        for alike in (
            [s for n, s in {**self.past, **self.seconds}.items() if n.partition("/")[0] == stem],
            [
                s
                for n, s in {**self.past, **self.seconds}.items()
                if n.partition(" ")[0] == name.partition(" ")[0]
            ],
        ):
            if alike:
                return sum(alike) / len(alike)
        return None

    def _rest(self) -> str:
        left = self.left()
        return "" if left is None or left < 1 else f" (about {spoken(left)} left)"

    def _table(self):
        from rich.console import Group
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for column in ("task", "state", "time"):
            table.add_column(column)
        with self._lock:
            now = time.monotonic()
            running = [(name, now - began) for name, began in self.running.items()]
            done = [
                (n, o)
                for n, o in self.outcomes.items()
                if n in self.tasks and o in ("executed", "failed")
            ]
            finished = sum(1 for n in self.outcomes if n in self.tasks)
        for name, outcome in done[-max(1, _SHOWN - len(running)) :]:
            took = spoken(self.seconds[name]) if name in self.seconds else ""
            table.add_row(name, "done" if outcome == "executed" else "[red]failed[/red]", took)
        for name, took in running:
            table.add_row(name, "running", spoken(took))
        return Group(table, f"{finished} of {len(self.tasks)} tasks{self._rest()}")

    def summary(self, notebooks: int) -> str:
        """Return what happened, in three lines.

        Parameters
        ----------
        notebooks : int
            How many notebooks were run in all, or would have been.
        """
        books = {n: o for n, o in self.outcomes.items() if n.startswith("execute ")}
        count = sum(1 for o in books.values() if o == "executed")
        failed = sum(1 for o in self.outcomes.values() if o == "failed")
        skipped = sum(1 for o in self.outcomes.values() if o == "skipped")
        cached = max(0, notebooks - sum(1 for o in books.values() if o != "unchanged"))
        lines = [
            f"{count} notebook{'' if count == 1 else 's'} executed. {cached} unchanged, {failed} failed"
            f"{f', {skipped} not run for that' if skipped else ''}. {spoken(time.monotonic() - self.began)}."
        ]
        slowest = sorted(
            ((s, n) for n, s in self.seconds.items() if n.startswith("execute ")), reverse=True
        )[:5]
        if slowest:
            lines.append(
                "Slowest: "
                + ", ".join(f"{n.partition(' ')[2]} {spoken(s)}" for s, n in slowest)
                + "."
            )
        return "\n".join(lines)
