"""Time the build against other ways to run the same notebooks: ``python benchmarks/build.py``.

All in one run, on one machine, on the same notebooks; the ratios can be compared with those of another machine, the
seconds cannot. Peers: ``jupyter nbconvert --execute --to html``, one notebook after the other; papermill, then
nbconvert; jupyter-cache, where it applies (it runs again what changed in a notebook, and knows neither helpers nor
data). They need the extra ``bench`` beside the lock: ``python -m uv pip install papermill jupyter-cache``.

Peers start from tidy tables that are there, and make no claims, index, stamps or checks; ours cleans the data as well.
nbconvert cannot set parameters: operator sheets are given to every peer as one notebook per operator.
``--every N`` gives peers every Nth sheet only, and scales their time for the others (the output says so).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import nbformat

from claimbook.run import inject_parameters
from claimbook.tables import read_table
from helpers.paths import project_root
from helpers.sources import DEFAULT_EDITION

SHEET = "10_operator_sheet"
HELPER = ("src/helpers/profiles.py", 'pd.DataFrame("unseen"', 'pd.DataFrame(str("unseen")')
ROW = ("service_evidence.csv", "E0010,Adico,dpo_rgpd,offered", "E0010,Adico,sauvegarde,offered")
MADE = (".cache", "data/processed", "reports", "pytask.lock", ".pytask")


@dataclass
class Measured:
    """One way to run the notebooks: seconds, and the most memory that its processes held together (MiB)."""

    seconds: float
    memory: float
    note: str = ""


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants (Linux)."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            parents.setdefault(
                int((entry / "stat").read_text().rpartition(")")[2].split()[1]), []
            ).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def held(pids: list[int]) -> float:
    """Return the memory of processes in MiB, pages in common counted by shares."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


class Bench:
    """A copy of the project, in which everything is run.

    Parameters
    ----------
    folder : Path
        An empty folder.
    edition : str
        What is built.
    every : int
        Peers get every Nth sheet.
    """

    def __init__(self, folder: Path, edition: str, every: int):
        self.root, self.edition, self.every = folder / "copy", edition, every
        source = project_root()
        for name in ("src", "scripts", "notebooks", "data", "tests/baseline"):
            ignore = shutil.ignore_patterns("__pycache__", "processed")
            shutil.copytree(source / name, self.root / name, ignore=ignore)
        for name in ("pyproject.toml", "requirements.lock", "CITATION.cff"):
            shutil.copy(source / name, self.root / name)
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(self.root / "src"),
            "OPSN_ROOT": str(self.root),
            "JUPYTERCACHE": str(folder / "jupyter-cache"),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        self.books = folder / "books"
        self.scale: dict[str, float] = {}

    def run(self, *command: str, answer: str = "") -> str:
        """Run one command to its end; return what it said.

        Raises
        ------
        RuntimeError
            If it fails.
        """
        done = subprocess.run(
            command,
            cwd=self.books if self.books.is_dir() else self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            input=answer,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-3000:]}")
        return done.stdout

    def ours(self) -> None:
        """Build."""
        self.run(sys.executable, "-m", "helpers", "reports", "--edition", self.edition)

    def measure(self, action: Callable[[], None]) -> Measured:
        """Run something; return how long it took and what it held at most."""
        peak, done = [0.0], threading.Event()

        def watch() -> None:
            while not done.wait(0.2):
                peak[0] = max(peak[0], held(tree(os.getpid())[1:]))

        watcher = threading.Thread(target=watch)
        watcher.start()
        began = time.perf_counter()
        try:
            action()
        finally:
            seconds = time.perf_counter() - began
            done.set()
            watcher.join()
        return Measured(seconds, peak[0])

    def prepare_books(self) -> int:
        """Write the notebooks that peers run: chapters, and one notebook per operator. Returns how many in all."""
        self.books.mkdir()
        names = sorted(path.stem for path in (self.root / "notebooks").glob("*.ipynb"))
        for name in names:
            path = self.root / "notebooks" / f"{name}.ipynb"
            if name != SHEET:
                shutil.copy(path, self.books / path.name)
                self.scale[path.name] = 1.0
        count = len(self.scale)
        if SHEET in names:
            template = nbformat.read(self.root / "notebooks" / f"{SHEET}.ipynb", as_version=4)
            operators = read_table(self.root / "data/processed" / self.edition, "operators")[
                "operator"
            ].tolist()
            chosen = operators[:: self.every]
            for place, operator in enumerate(chosen):
                book = inject_parameters(template, {"edition": self.edition, "operator": operator})
                file = f"{SHEET}-{place:03}.ipynb"
                nbformat.write(book, self.books / file)
                self.scale[file] = len(operators) / len(chosen)
            count += len(operators)
        return count

    def each(self, command: Callable[[str], list[list[str]]]) -> Measured:
        """Run commands for each notebook in turn; scale the time of sheets that stand for others."""
        whole, memory = 0.0, 0.0
        for name, factor in self.scale.items():

            def one(name: str = name) -> None:
                for words in command(name):
                    self.run(sys.executable, "-m", *words)

            found = self.measure(one)
            whole += found.seconds * factor
            memory = max(memory, found.memory)
        scaled = max(self.scale.values()) > 1
        return Measured(whole, memory, f"every {self.every}th sheet, scaled" if scaled else "")

    def nbconvert(self) -> Measured:
        """Time nbconvert, one notebook after the other."""
        return self.each(
            lambda name: [
                ["jupyter", "nbconvert", "--execute", "--to", "html", "--output-dir", "out", name]
            ]
        )

    def papermill(self) -> Measured:
        """Time papermill, then nbconvert."""
        return self.each(
            lambda name: [
                ["papermill", "--no-progress-bar", name, f"ran-{name}"],
                ["jupyter", "nbconvert", "--to", "html", "--output-dir", "out", f"ran-{name}"],
            ]
        )

    def jupyter_cache(self) -> tuple[Measured, Measured]:
        """Time jupyter-cache: first run in parallel, then with nothing to do."""
        jcache = [str(Path(sys.executable).with_name("jcache"))]
        self.run(*jcache, "notebook", "add", *self.scale, answer="y\n")
        execute = [
            *jcache,
            "project",
            "execute",
            "--executor",
            "local-parallel",
            "--timeout",
            "900",
        ]
        said: list[str] = []
        first = self.measure(lambda: said.append(self.run(*execute)))
        if "excepted: []" not in said[0] or "errored: []" not in said[0]:
            raise RuntimeError(f"jupyter-cache could not run a notebook\n{said[0][-3000:]}")
        scaled = max(self.scale.values()) > 1
        first.note = second_note = f"only every {self.every}th sheet, not scaled" if scaled else ""
        second = self.measure(lambda: self.run(*execute))
        second.note = second_note
        return first, second

    def edit(self, path: Path, old: str, new: str) -> None:
        """Change one place of a file."""
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise RuntimeError(
                f"{path.name} has not once the text {old!r}: adapt this benchmark to it"
            )
        path.write_text(text.replace(old, new), encoding="utf-8")

    def clean(self) -> None:
        """Take away all that builds make."""
        for name in MADE:
            path = self.root / name
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(
                missing_ok=True
            )


def show(rows: list[tuple[str, Measured]]) -> None:
    """Print a Markdown table; each ratio says how many times as long nbconvert takes."""
    reference = dict(rows).get("nbconvert, one by one")
    print("| way | seconds | nbconvert takes | peak memory (MiB) | |")
    print("|---|--:|--:|--:|---|")
    for label, found in rows:
        ratio = f"{reference.seconds / found.seconds:.1f} times as long" if reference else ""
        print(f"| {label} | {found.seconds:.1f} | {ratio} | {found.memory:.0f} | {found.note} |")


def main() -> None:
    """Time and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--edition", default=DEFAULT_EDITION)
    options.add_argument(
        "--every", type=int, default=1, help="give peers every Nth operator sheet (default: all)"
    )
    options.add_argument(
        "--skip", nargs="*", default=[], choices=["nbconvert", "papermill", "jupyter-cache"]
    )
    options.add_argument("--notebooks", nargs="*", help="only these (default: all)")
    chosen = options.parse_args()
    rows: list[tuple[str, Measured]] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder).resolve(), chosen.edition, chosen.every)
        if chosen.notebooks:
            for path in (bench.root / "notebooks").glob("*.ipynb"):
                if path.stem not in chosen.notebooks:
                    path.unlink()

        def timed(label: str, found: Measured) -> None:
            rows.append((label, found))
            print(
                f"{label}: {found.seconds:.1f} s, {found.memory:.0f} MiB {found.note}",
                file=sys.stderr,
                flush=True,
            )

        bench.ours()  # byte code, fonts and compiled functions are cached for all that follow
        bench.clean()
        timed("ours, cold", bench.measure(bench.ours))
        timed("ours, nothing to do", bench.measure(bench.ours))
        bench.edit(bench.root / HELPER[0], *HELPER[1:])
        timed("ours, one helper edited", bench.measure(bench.ours))
        bench.edit(bench.root / HELPER[0], *reversed(HELPER[1:]))
        bench.ours()
        table = bench.root / "data/raw" / chosen.edition / ROW[0]
        bench.edit(table, *ROW[1:])
        bench.run(
            sys.executable,
            str(bench.root / "scripts/describe_data.py"),
            "--data",
            str(bench.root / "data"),
        )
        timed("ours, one raw row changed", bench.measure(bench.ours))
        count = bench.prepare_books()
        if "nbconvert" not in chosen.skip:
            timed("nbconvert, one by one", bench.nbconvert())
        if "papermill" not in chosen.skip and find_spec("papermill"):
            timed("papermill, then nbconvert", bench.papermill())
        if "jupyter-cache" not in chosen.skip and find_spec("jupyter_cache"):
            first, second = bench.jupyter_cache()
            timed("jupyter-cache, cold, in parallel, no HTML", first)
            timed("jupyter-cache, nothing to do", second)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"Python {platform.python_version()}, {platform.system()}, {cores} cores, {count} notebooks.\n"
    )
    show(rows)


if __name__ == "__main__":
    main()
