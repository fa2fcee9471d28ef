"""Whether what runs again is what has to: precision and recall over seeded edits.

``python -m tests.claimbook.depend.truth`` edits a copy of the finished build some sixty times, one edit at a time, builds it, and
compares the notebooks that ran with those that had to. Real are: the tracing of every notebook in a kernel, once; the
cleaning, the exports and the publishing of every build. A stub stands for the kernels in the builds after an edit: it
hands back what a notebook showed last time, so that what its readers are told does not change.
``--pages N`` compares every Nth build's pages, byte for byte, with those of a build that runs every task;
``--real N`` executes N of the edits in real kernels, and compares with a build from scratch.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from claimbook.run import WarmKernels
from helpers.paths import project_root
from tests.claimbook.depend import edits as kinds
from tests.claimbook.depend.edits import RAW, Edit, Project
from tests.claimbook.depend.tracing import Used, traced, traced_step

SEED = 20231123
KEPT = (".cache", "data", "notebooks", "reports", "src", "tests")


@dataclass
class Verdict:
    """What the edits showed, counted over pairs of an edit and a notebook."""

    right: int = 0
    needless: int = 0
    missed: int = 0
    edits: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what ran that had to."""
        return self.right / (self.right + self.needless) if self.right + self.needless else 1.0

    @property
    def recall(self) -> float:
        """Share of what had to run that ran."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def copy_project(source: Path, target: Path, notebooks: Iterable[str] | None = None) -> None:
    """Copy a finished build, with some of its notebooks or all; the copy's edition has a declaration."""
    kept = (".cache/executed", ".cache/pages", ".cache/built", ".cache/definitions")
    if not (source / ".cache/executed").is_dir():
        raise SystemExit("there is no finished build to copy: run 'make reports' first")
    for folder in ("src", "scripts", "notebooks", "data", "reports", "tests/baseline", *kept):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source / folder, target / folder, ignore=ignore, dirs_exist_ok=True)
    for name in ("pytask.lock", "pyproject.toml", "requirements.lock", "CITATION.cff"):
        shutil.copy(source / name, target / name)
    if notebooks is not None:
        for path in (target / "notebooks").glob("*.ipynb"):
            if path.stem not in notebooks:
                path.unlink()
    (target / RAW / "edition.yml").write_text("kind: evidence\n", encoding="utf-8")


def environment(root: Path) -> dict[str, str]:
    """Return the environment in which the copy's own helpers are imported."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)]),
        "OPSN_ROOT": str(root),
    }


def run_once(root: Path, kept: Path, *options: str) -> dict:
    """Build the copy with stubs for kernels; return what was asked of them."""
    script = Path(__file__).with_name("once.py")
    command = [sys.executable, str(script), str(root), str(kept), *options]
    done = subprocess.run(
        command, env=environment(root), capture_output=True, text=True, cwd=root, check=False
    )
    if done.returncode or not done.stdout:
        raise RuntimeError(f"the build of the copy failed:\n{done.stdout}{done.stderr}")
    answer = json.loads(done.stdout.splitlines()[-1])
    if answer["code"]:
        raise RuntimeError(f"the build of the copy failed:\n{answer['said']}{done.stderr}")
    return answer


class Snapshot:
    """A state of the copy to come back to, dates included: a restored file is the file that it was."""

    def __init__(self, root: Path, store: Path):
        self.root, self.store = root, store
        self._mirror(root, store)

    def restore(self) -> None:
        """Bring it back."""
        self._mirror(self.store, self.root)

    @staticmethod
    def _mirror(source: Path, target: Path) -> None:
        wanted = {
            p.relative_to(source)
            for p in source.rglob("*")
            if p.is_file() and "__pycache__" not in p.parts
        }
        there = {
            p.relative_to(target)
            for p in target.rglob("*")
            if p.is_file() and "__pycache__" not in p.parts
        }
        for name in there - wanted:
            (target / name).unlink()
        for name in wanted:
            old, new = source / name, target / name
            if name in there and Snapshot._look(old) == Snapshot._look(new):
                continue
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old, new)

    @staticmethod
    def _look(path: Path) -> tuple[int, int]:
        found = path.stat()
        return found.st_mtime_ns, found.st_size


def all_edits(project: Project, rng: np.random.Generator, count: int) -> list[Edit]:
    """Return `count` edits of every kind, at least: fixed ones first, then cells and functions for the rest."""
    fixed = [
        *kinds.quiet_edits(project, rng),
        *kinds.loud_edits(project),
        *kinds.data_edits(project, rng),
    ]
    rest = max(6, count - len(fixed))
    return [
        *fixed,
        *kinds.cell_edits(project, rng, rest // 3),
        *kinds.function_edits(project, rng, rest - rest // 3),
    ]


def judge(project: Project, edits: list[Edit], work: Path, *, pages: int = 0, say=print) -> Verdict:
    """Make each edit, build, compare, and come back."""
    snapshot = Snapshot(project.root, work / "snapshot")
    executed = work / "executed"
    shutil.copytree(project.root / ".cache/executed/public-2026", executed)
    verdict = Verdict()
    for number, edit in enumerate(edits, 1):
        edit.make()
        asked = set(run_once(project.root, executed)["asked"])
        wanted = edit.expected()
        verdict.edits += 1
        verdict.right += len(asked & wanted)
        verdict.needless += len(asked - wanted)
        verdict.missed += len(wanted - asked)
        sign = (
            "ok"
            if asked == wanted
            else f"NEEDLESS {sorted(asked - wanted)} MISSED {sorted(wanted - asked)}"
        )
        say(f"{number:3} {edit.name}: ran {len(asked)}, had to {len(wanted)}: {sign}")
        if asked != wanted:
            verdict.faults.append(f"{edit.name}: {sign}")
        if pages and number % pages == 0:
            differing = stale_pages(project.root, executed)
            say(
                f"    pages as a build of every task gives them: {'all' if not differing else f'NOT {differing}'}"
            )
            verdict.faults += [f"{edit.name}: stale {name}" for name in differing]
        snapshot.restore()
    return verdict


def stale_pages(root: Path, executed: Path) -> list[str]:
    """Return the published files that differ from those of a build that runs every task."""
    before = published(root)
    run_once(root, executed, "--force")
    after = published(root)
    return sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )


def published(root: Path) -> dict[str, bytes]:
    """Return what reviewers read, by path."""
    folder = root / "reports/public-2026"
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def really(project: Project, edits: list[Edit], work: Path, say=print) -> list[str]:
    """Build after some edits in real kernels; return the pages that a build from scratch makes otherwise."""
    faults = []

    def build(*extra: str) -> str:
        command = [sys.executable, "-m", "helpers", "reports", *extra]
        where = {"env": environment(project.root), "cwd": project.root}
        done = subprocess.run(command, **where, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the build of the copy failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    # It lists the raw files, and the copy has one more than the build that it is a copy of.
    (project.root / ".cache/executed/public-2026/01_sources.ipynb").unlink(missing_ok=True)
    build()
    snapshot = Snapshot(project.root, work / "before")
    for edit in edits:
        edit.make()
        ran = build()
        first = published(project.root)
        build("--force")
        again = published(project.root)
        differing = sorted(n for n in first.keys() | again.keys() if first.get(n) != again.get(n))
        count = next(line for line in ran.splitlines() if "executed." in line)
        say(
            f"    in real kernels, {edit.name}: {count} {'Same bytes' if not differing else f'NOT {differing}'}"
        )
        faults += [f"{edit.name}: {name}" for name in differing]
        snapshot.restore()
    return faults


def trace_all(root: Path, say=print) -> Project:
    """Trace every notebook of a copy, and the step that executes them."""
    used: dict[str, Used] = {}
    books = sorted((root / "notebooks").glob("*.ipynb"))
    with WarmKernels() as kernels:
        for path in books:
            used[path.stem] = traced(path, root, "public-2026", kernels)
            found = used[path.stem]
            say(
                f"traced {path.stem}: {len(found.entered)} definitions entered, {len(found.bound)} within reach"
            )
    return Project(root, used, traced_step(root, books[0]))


def main() -> int:
    """Print every edit, then precision and recall; 1 if either is below 1."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--edits", type=int, default=64)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument(
        "--pages", type=int, default=4, help="compare the pages of every Nth edit (default 4)"
    )
    options.add_argument(
        "--real", type=int, default=0, help="edits that are executed in real kernels (default none)"
    )
    options.add_argument("--notebooks", nargs="*", help="only these (default: all)")
    chosen = options.parse_args()
    rng = np.random.default_rng(chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder).resolve()
        root = work / "copy"
        copy_project(project_root(), root, chosen.notebooks)
        run_once(root, root / ".cache/executed/public-2026")
        # The copy's own helpers are traced, as they are those that are edited.
        os.environ.update(environment(root))
        project = trace_all(root)
        edits = all_edits(project, rng, chosen.edits)
        verdict = judge(project, edits, work, pages=chosen.pages)
        picked = rng.choice(len(edits), size=min(chosen.real, len(edits)), replace=False)
        verdict.faults += really(project, [edits[i] for i in picked], work) if chosen.real else []
    print(
        f"seed {chosen.seed}: {verdict.edits} edits, {len(project.used)} notebooks: precision {verdict.precision:.3f}, "
        f"recall {verdict.recall:.3f} ({verdict.right} runs needed and made, {verdict.needless} needless, "
        f"{verdict.missed} missed)"
    )
    for fault in verdict.faults:
        print(f"FAULT {fault}")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
