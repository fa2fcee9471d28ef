"""Whether a killed build recovers.

A build of the small project is killed outright at a random moment, then run again to its end: what
readers see must be that of a build that nobody killed, byte for byte, and never a mixture.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.claimbook.build.tiny import Tiny

NUMBERS = "data/raw/small/numbers.csv"


def start_and_kill(root: Path, after: float) -> None:
    """Start a build of the small project and kill it after some seconds."""
    build = subprocess.Popen([sys.executable, "-m", "tests.claimbook.build.tiny", str(root)])
    with contextlib.suppress(subprocess.TimeoutExpired):
        build.wait(after)
    build.kill()
    build.wait()


class Trial:
    """The small project, and what its readers must see.

    Parameters
    ----------
    root : Path
        An empty folder.
    """

    def __init__(self, root: Path):
        self.project = Tiny(root)
        self.seen = {}
        for text in ("7\n", "1\n2\n"):
            self.project.write(NUMBERS, text)
            began = time.monotonic()
            self.project.build()
            self.seconds = time.monotonic() - began
            self.seen[text] = self.project.reports()

    def kill(self, after: float, *, cold: bool) -> list[str]:
        """Kill a build after some seconds, run it again, and return what is wrong."""
        text = next(t for t in self.seen if self.project.path(NUMBERS).read_text() != t)
        if cold:
            for name in (".cache", "data/processed", "reports", ".pytask"):
                shutil.rmtree(self.project.path(name))
            self.project.path("pytask.lock").unlink()
        self.project.write(NUMBERS, text)
        before = self.project.reports()
        start_and_kill(self.project.root, after)
        faults = []
        if self.project.reports() not in (before, self.seen[text]):
            faults.append("what readers see is a mixture")
        code, _ = self.project.build(wait=True)
        if code or self.project.reports() != self.seen[text]:
            faults.append("the reports differ")
        return faults
