"""Time the build against nbconvert on the same notebooks: ``python benchmarks/build.py``.

All in one run, on one machine: ratios can be compared with those of another machine, seconds
cannot. The peer is ``jupyter nbconvert --execute --to html``, one notebook after the other, that of
a sheet once per operator. It starts from tidy tables that are there, and makes no claims, index,
stamps or checks. ``--every N`` gives it every Nth sheet, and scales their time to all of them.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

from claimbook.run.notebook import inject_parameters
from claimbook.tables import read_table
from helpers.layout import DEFAULT_EDITION, TEMPLATE
from helpers.paths import project_root
from helpers.sources import describe

HELPER = ("src/helpers/profiles.py", '.fillna("unseen")', '.fillna(str("unseen"))')
ROW = ("service_evidence.csv", "E0010,Adico,dpo_rgpd,offered", "E0010,Adico,sauvegarde,offered")
MADE = (".cache", "data/processed", "reports", "pytask.lock", ".pytask")


class Bench:
    """A copy of the project, in which everything is run.

    Parameters
    ----------
    folder : Path
        An empty folder.
    edition : str
        What is built.
    """

    def __init__(self, folder: Path, edition: str):
        self.root, self.edition, self.books = folder / "copy", edition, folder / "books"
        source = project_root()
        for name in ("src", "scripts", "notebooks", "data", "tests/baseline"):
            ignore = shutil.ignore_patterns("__pycache__", "processed")
            shutil.copytree(source / name, self.root / name, ignore=ignore)
        for name in ("pyproject.toml", "requirements.lock", "CITATION.cff", "references.bib"):
            shutil.copy(source / name, self.root / name)
        src, root = str(self.root / "src"), str(self.root)
        self.environment = {**os.environ, "PYTHONPATH": src, "OPSN_ROOT": root}

    def run(self, *arguments: str, cwd: Path | None = None) -> None:
        """Run Python to its end; RuntimeError if it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd or self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}\n{done.stdout}{done.stderr[-3000:]}")

    def ours(self) -> float:
        """Build; return the seconds."""
        return seconds(lambda: self.run("-m", "helpers", "reports", "--edition", self.edition))

    def edit(self, name: str, old: str, new: str) -> None:
        """Change the first place of a file that has a text."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise RuntimeError(f"{path.name} has no text {old!r}: adapt this benchmark to it")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def add_sentence(self) -> None:
        """Add a sentence to the first text of notebook 04."""
        path = self.root / "notebooks/04_typology.ipynb"
        book = nbformat.read(path, as_version=4)
        next(c for c in book.cells[1:] if c.cell_type == "markdown").source += " Une phrase."
        nbformat.write(book, path)

    def change_row(self) -> None:
        """Change a raw row, and what the data package says of its table."""
        self.edit(f"data/raw/{self.edition}/{ROW[0]}", *ROW[1:])
        describe(self.root)

    def clean(self) -> None:
        """Take away all that builds make."""
        for name in MADE:
            path = self.root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def nbconvert(self, every: int) -> tuple[float, int]:
        """Return the seconds of nbconvert on the notebooks, and how many there are.

        The notebook of a sheet is run for every Nth operator, and its time scaled to all of them.
        """
        self.books.mkdir()
        weights = {}
        for path in sorted((self.root / "notebooks").glob("*.ipynb")):
            if path.stem != TEMPLATE:
                shutil.copy(path, self.books)
                weights[path.name] = 1.0
        template = nbformat.read(self.root / "notebooks" / f"{TEMPLATE}.ipynb", as_version=4)
        tidy = self.root / "data/processed" / self.edition
        operators = read_table(tidy, "operators")["operator"].tolist()
        for place, operator in enumerate(operators[::every]):
            book = inject_parameters(template, {"edition": self.edition, "operator": operator})
            nbformat.write(book, self.books / f"{TEMPLATE}-{place:03}.ipynb")
            weights[f"{TEMPLATE}-{place:03}.ipynb"] = len(operators) / len(operators[::every])
        command = ("-m", "nbconvert", "--execute", "--to", "html", "--output-dir", "out")
        took = sum(
            weight * seconds(lambda name=name: self.run(*command, name, cwd=self.books))
            for name, weight in weights.items()
        )
        return took, round(sum(weights.values()))


def seconds(action: Callable[[], None]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def main() -> None:
    """Time and print a Markdown table of ratios."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--edition", default=DEFAULT_EDITION)
    options.add_argument("--every", type=int, default=1, help="every Nth sheet (default: all)")
    chosen = options.parse_args()
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder).resolve(), chosen.edition)
        bench.ours()  # byte code, fonts and compiled functions are cached for all that follow
        bench.clean()
        edits: dict[str, Callable[[], None]] = {
            "from nothing": lambda: None,
            "nothing to do": lambda: None,
            "one sentence of 04": bench.add_sentence,
            "one helper": lambda: bench.edit(*HELPER),
            "one raw row": bench.change_row,
        }
        for name, edit in edits.items():
            edit()
            found[name] = bench.ours()
            print(f"{name}: {found[name]:.1f} s", file=sys.stderr, flush=True)
        peer, count = bench.nbconvert(chosen.every)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"Python {platform.python_version()}, {cores} cores, {count} notebooks.")
    scaled = f", every {chosen.every}th sheet, scaled" if chosen.every > 1 else ""
    print(f"nbconvert, one by one{scaled}: {peer:.1f} s\n")
    print("| build | seconds | nbconvert takes |\n|---|--:|--:|")
    for name, took in found.items():
        print(f"| {name} | {took:.1f} | {peer / took:.1f} times as long |")


if __name__ == "__main__":
    main()
