"""What a person sees of a build: a live table in a terminal, a line per step elsewhere."""

from __future__ import annotations

import threading
import time

_SHOWN = 12


def spoken(seconds: float) -> str:
    """Return a duration as a person says it: ``0.4 s``, ``12 s``, ``3 min 05 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class Progress:
    """What is running and what is done, as a context manager.

    Parameters
    ----------
    quiet : bool
        Show nothing.
    """

    def __init__(self, *, quiet: bool = False):
        self.quiet, self.began = quiet, time.monotonic()
        self.running: dict[str, float] = {}
        self.seconds: dict[str, float] = {}
        self.outcomes: dict[str, str] = {}
        self._lock, self._live = threading.Lock(), None

    def __enter__(self) -> Progress:
        if not self.quiet:
            from rich.console import Console
            from rich.live import Live

            console = Console()
            if console.is_terminal:
                self._live = Live(get_renderable=self._table, console=console, transient=True)
                self._live.start()
        return self

    def __exit__(self, *exc_info) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def started(self, name: str) -> None:
        """Take note that a step has begun."""
        with self._lock:
            self.running[name] = time.monotonic()

    def ended(self, name: str, outcome: str) -> None:
        """Take note of an outcome: ``done``, ``unchanged``, ``failed``, ``skipped``; or none."""
        with self._lock:
            ran = name in self.running
            if ran:
                self.seconds[name] = time.monotonic() - self.running.pop(name)
            if outcome != "unchanged" or name not in self.outcomes:
                self.outcomes[name] = outcome
        if ran and outcome and not self.quiet and self._live is None:
            failed = " FAILED" if outcome == "failed" else ""
            print(f"{name}{failed} {spoken(self.seconds[name])}", flush=True)

    def _table(self):
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for column in ("step", "state", "time"):
            table.add_column(column)
        with self._lock:
            now = time.monotonic()
            done = [n for n, outcome in self.outcomes.items() if outcome in ("done", "failed")]
            for name in done[-_SHOWN:]:
                table.add_row(name, self.outcomes[name], spoken(self.seconds.get(name, 0.0)))
            for name, began in self.running.items():
                table.add_row(name, "running", spoken(now - began))
        return table

    def summary(self, notebooks: int) -> str:
        """Return what happened, in two lines; `notebooks` is how many there are."""
        ran = [n for n, outcome in self.outcomes.items() if outcome == "done" and n in self.seconds]
        books = [name for name in ran if name.startswith(("chapter ", "sheets"))]
        took = spoken(time.monotonic() - self.began)
        plural = "" if len(books) == 1 else "s"
        lines = [
            f"{len(books)} notebook{plural} executed. {notebooks - len(books)} unchanged. {took}."
        ]
        slowest = sorted(books, key=lambda name: -self.seconds[name])[:5]
        if slowest:
            told = (
                f"{name.removeprefix('chapter ')} {spoken(self.seconds[name])}" for name in slowest
            )
            lines.append(f"Slowest: {', '.join(told)}.")
        return "\n".join(lines)
