"""What pytask does differently in a build of this study; pytask loads it by the entry point of that name.

It only acts during `claimbook.build.engine.run`: any other use of pytask in the same environment is left alone.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from pytask import hookimpl

if TYPE_CHECKING:
    from claimbook.build.engine import Run

_current: Run | None = None
# Plugins of pytask that cost without serving: the database repeats the lock file, with one commit for each edge of the
# graph (100 seconds for 240 tasks); the others show what `claimbook.build.progress` shows.
_UNUSED = ("_pytask.database", "_pytask.profile", "_pytask.live")


def engage(run: Run | None) -> None:
    """Say which build is running; None when it is over."""
    global _current
    _current = run


@hookimpl
def pytask_add_hooks(pm: Any) -> None:
    """Register the hooks of the running build, and take away what it does not use."""
    if _current is None:
        return
    import sys

    _current.hooked = True
    pm.register(_current)
    for name in _UNUSED:
        module = sys.modules.get(name)
        if module is not None and pm.is_registered(module):
            pm.unregister(module)


class Waker:
    """Stands for pytask-parallel's sleep between two looks, up to a second long: the end of a task ends it."""

    ended = threading.Event()

    def __init__(self):
        self.ended.clear()
        self._idle = False

    def reset(self) -> None:
        """Nothing to reset."""

    def increment(self) -> None:
        """Take note that no task is ready: only then is there anything to wait for."""
        self._idle = True

    def sleep(self) -> None:
        """Wait until a task ends, or a quarter of a second for those that end unseen."""
        if self._idle and self.ended.wait(0.25):
            self.ended.clear()
            # The event is set within the task: give its future the time to be done.
            threading.Event().wait(0.002)
        self._idle = False
