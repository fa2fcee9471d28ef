"""Whether a build that is killed can be gone on with: ``python -m tests.claimbook.depend.kills``.

In a copy of the project, a build is killed outright (SIGKILL) at a random moment, then run again to its end; its
reports must be those of a build that nobody killed, byte for byte. Every second build starts from the finished build of
other data, the others from nothing. Beside that: no process is left, and what reviewers read is never a mixture.
``--notebooks`` takes some notebooks only, for a quick look.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from helpers.paths import project_root
from tests.claimbook.depend.truth import Snapshot, copy_project, environment, published

SEED = 20231123
BUILD = [sys.executable, "-m", "helpers", "reports"]
MADE = (
    ".cache/executed",
    ".cache/pages",
    ".cache/built",
    "data/processed",
    "reports",
    "pytask.lock",
    ".pytask",
)
EDITED = ("E0010,Adico,dpo_rgpd,offered", "E0010,Adico,sauvegarde,offered")


def finish(root: Path) -> None:
    """Build to the end.

    Raises
    ------
    RuntimeError
        If the build fails.
    """
    done = subprocess.run(
        BUILD, cwd=root, env=environment(root), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the build failed:\n{done.stdout}{done.stderr}")


def left_over(root: Path, patience: float = 15.0) -> list[int]:
    """Return the processes of builds of this folder that still live after a while (Linux; none elsewhere)."""
    mark = f"OPSN_ROOT={root}\0".encode()
    deadline = time.monotonic() + patience
    while True:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if mark in (entry / "environ").read_bytes() and state not in "ZX":
                    found.append(int(entry.name))
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def clean(root: Path) -> None:
    """Take away all that a build makes."""
    for name in MADE:
        path = root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


class Trial:
    """A copy of the project, how its reports must come out, and how long a build takes.

    Parameters
    ----------
    work : Path
        An empty folder.
    notebooks : list of str, optional
        Some of the notebooks only.
    """

    def __init__(self, work: Path, notebooks: list[str] | None = None):
        self.root = work / "copy"
        copy_project(project_root(), self.root, notebooks)
        clean(self.root)
        self.nothing = Snapshot(self.root, work / "nothing")
        began = time.monotonic()
        finish(self.root)
        self.seconds = time.monotonic() - began
        self.wanted = published(self.root)
        self.edit(*EDITED)
        finish(self.root)
        self.others = published(self.root)
        self.edit(*reversed(EDITED))
        self.other = Snapshot(self.root, work / "other")
        assert self.others != self.wanted

    def edit(self, old: str, new: str) -> None:
        """Change one raw row, and the data package with it."""
        table = self.root / "data/raw/public-2026/service_evidence.csv"
        text = table.read_text(encoding="utf-8")
        assert text.count(old) == 1
        table.write_text(text.replace(old, new), encoding="utf-8")
        script = self.root / "scripts/describe_data.py"
        subprocess.run(
            [sys.executable, str(script), "--data", str(self.root / "data")],
            check=True,
            capture_output=True,
        )

    def kill(self, after: float, *, cold: bool) -> list[str]:
        """Kill a build after some seconds, run it again, and return what is wrong.

        Parameters
        ----------
        after : float
            Seconds.
        cold : bool
            Start from nothing; else from the finished build of other data.
        """
        (self.nothing if cold else self.other).restore()
        before = published(self.root)
        build = subprocess.Popen(
            BUILD,
            cwd=self.root,
            env=environment(self.root),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            build.wait(after)
        build.kill()
        build.wait()
        faults = [f"process {pid} is left" for pid in left_over(self.root)]
        shown = {
            name: text for name, text in published(self.root).items() if not name.startswith(".")
        }
        if shown not in (before, self.wanted):
            faults.append("what reviewers read is a mixture")
        finish(self.root)
        after_all = published(self.root)
        names = sorted(
            n
            for n in after_all.keys() | self.wanted.keys()
            if after_all.get(n) != self.wanted.get(n)
        )
        return faults + [f"{name} differs" for name in names]


def main() -> int:
    """Print every kill, then how many were recovered; 1 if not all."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--notebooks", nargs="*", help="only these (default: all)")
    chosen = options.parse_args()
    rng = np.random.default_rng(chosen.seed)
    recovered = 0
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder).resolve(), chosen.notebooks)
        for number in range(1, chosen.kills + 1):
            share = rng.uniform()
            faults = trial.kill(share * trial.seconds, cold=number % 2 == 1)
            recovered += not faults
            start = "nothing" if number % 2 else "other data"
            print(
                f"{number:3} from {start}, killed at {share:.0%}: {'; '.join(faults) or 'recovered'}",
                flush=True,
            )
    print(f"seed {chosen.seed}: {recovered} of {chosen.kills} recovered, byte for byte.")
    return 0 if recovered == chosen.kills else 1


if __name__ == "__main__":
    sys.exit(main())
