"""Seeded edits of a copy of the project, each with the notebooks that have to run for it.

What has to run comes from the traces of real runs and from the bytes of the tables: never from `claimbook.depend`
or `claimbook.build`, which decide what does run.
"""

from __future__ import annotations

import ast
import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.claimbook.depend.tracing import Used

RAW = Path("data/raw/public-2026")
SHEET = "10_operator_sheet"
SLICES = "data/processed/public-2026/sheets/"


@dataclass
class Project:
    """A copy of the project, and what its notebooks were seen to use.

    Attributes
    ----------
    root : Path
        The copy.
    used : dict of str to Used
        By notebook.
    step : set of (str, str)
        Definitions that the build itself enters when it executes any notebook.
    """

    root: Path
    used: dict[str, Used]
    step: set[tuple[str, str]]

    @property
    def sheets(self) -> set[str]:
        """Names under which the notebook that runs once per operator is executed."""
        folder = self.root / ".cache/executed/public-2026/operators"
        return {f"operators/{path.stem}" for path in folder.glob("*.ipynb")}

    def runs(self, notebooks: set[str]) -> set[str]:
        """Return what is executed when some notebooks run: the one of the sheets, once per operator."""
        return (notebooks - {SHEET}) | (self.sheets if SHEET in notebooks else set())

    def readers(self, *files: str) -> set[str]:
        """Return what is executed because it opened one of some files; a sheet opens its own slice alone."""
        slices = {f"operators/{Path(file).stem}" for file in files if file.startswith(SLICES)}
        whole = {file for file in files if not file.startswith(SLICES)}
        return self.runs({name for name, used in self.used.items() if used.opened & whole}) | slices

    def callers(self, module: str, name: str) -> set[str]:
        """Return the notebooks that can call a definition; all, if the build runs it for each."""
        if (module, name) in self.step:
            return self.runs(set(self.used))
        return self.runs(
            {n for n, used in self.used.items() if (module, name) in used.bound | used.entered}
        )


@dataclass
class Edit:
    """A change of the copy: what it is called, how it is made, and what has to run once it is made."""

    name: str
    make: Callable[[], None]
    expected: Callable[[], set[str]]


def module_name(project: Project, file: Path) -> str:
    """Return the dotted name of a module's file."""
    parts = file.relative_to(project.root / "src").with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def functions(project: Project) -> list[tuple[Path, str, ast.FunctionDef]]:
    """Return every top-level function of the helpers that Python itself runs, with its file and module."""
    found = []
    for file in sorted((project.root / "src/helpers").rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            compiled = isinstance(node, ast.FunctionDef) and any(
                "jit" in ast.unparse(d) for d in node.decorator_list
            )
            if isinstance(node, ast.FunctionDef) and not compiled and node.name != "__getattr__":
                found.append((file, module_name(project, file), node))
    return found


def change_function(file: Path, node: ast.FunctionDef) -> None:
    """Put a statement that changes nothing first in a function."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1:
        first = node.body[1]
    above = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    lines.insert(above - 1, " " * first.col_offset + "_edited = 0\n")
    file.write_text("".join(lines), encoding="utf-8")


def change_cell(path: Path, place: int, kind: str, text: str) -> None:
    """Append a line to one of a notebook's cells."""
    book = json.loads(path.read_text(encoding="utf-8"))
    cells = [
        c
        for c in book["cells"]
        if c["cell_type"] == kind
        and not (kind == "code" and "".join(c["source"]).lstrip().startswith("%"))
    ]
    cell = cells[place % len(cells)]
    cell["source"] = "".join(cell["source"]) + text
    path.write_text(json.dumps(book, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def append(path: Path, text: str) -> None:
    """Append text to a file."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def describe(project: Project) -> None:
    """Refresh the hashes of the data package, as whoever changes raw data must."""
    script = project.root / "scripts/describe_data.py"
    command = [sys.executable, str(script), "--data", str(project.root / "data")]
    subprocess.run(command, check=True, capture_output=True)


def tables(project: Project) -> dict[str, bytes]:
    """Return the tidy tables, by path."""
    folder = project.root / "data/processed/public-2026"
    files = [*folder.glob("*.*"), *folder.glob("sheets/*")]
    return {p.relative_to(project.root).as_posix(): p.read_bytes() for p in files}


def data_edit(project: Project, name: str, file: Path, change: Callable[[Path], None]) -> Edit:
    """Return an edit of raw data: who reads the file, the descriptor, or a table that comes out different."""
    before = tables(project)

    def make() -> None:
        change(project.root / file)
        describe(project)

    def expected() -> set[str]:
        after = tables(project)
        changed = [path for path in before if before[path] != after.get(path)]
        return project.readers(file.as_posix(), "data/datapackage.json", *changed)

    return Edit(name, make, expected)


def drop_row(rng: np.random.Generator, kept: Path | None = None) -> Callable[[Path], None]:
    """Return a change that takes out a row that stands on one line and that no row of the table `kept` points at."""

    def change(path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        pointed = (
            {line.partition(",")[0] for line in kept.read_text(encoding="utf-8").splitlines()}
            if kept
            else set()
        )
        alone = [
            place
            for place, line in enumerate(lines[1:], 1)
            if line.count('"') % 2 == 0 and line.count(",") >= lines[0].count(",")
            if line.partition(",")[0] not in pointed
        ]
        del lines[alone[rng.integers(len(alone))]]
        path.write_text("".join(lines), encoding="utf-8")

    return change


def end_row(rng: np.random.Generator) -> Callable[[Path], None]:
    """Return a change that adds to the last cell of a row, which is free text."""

    def change(path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows[1 + rng.integers(len(rows) - 1)][-1] += "x"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return change


def replace_last(old: str, new: str) -> Callable[[Path], None]:
    """Return a change that replaces the last occurrence of a text."""

    def change(path: Path) -> None:
        head, found, tail = path.read_text(encoding="utf-8").rpartition(old)
        assert found, f"{path.name} has no {old!r}"
        path.write_text(head + new + tail, encoding="utf-8")

    return change


def function_edits(project: Project, rng: np.random.Generator, count: int) -> list[Edit]:
    """Return edits of helper functions: half of those that some run entered, half of the others."""
    pool = functions(project)
    entered = {d for used in project.used.values() for d in used.entered}
    groups = [
        [f for f in pool if (f[1], f[2].name) in entered],
        [f for f in pool if (f[1], f[2].name) not in entered],
    ]
    edits = []
    for group, many in zip(groups, (count - count // 2, count // 2), strict=True):
        for place in rng.choice(len(group), size=min(many, len(group)), replace=False):
            file, module, node = group[place]
            if module.startswith("claimbook.run") or module == "claimbook.build.steps":
                continue  # what runs in the zygote or starts the step cannot be seen from here
            edits.append(
                Edit(
                    f"function {module}:{node.name}",
                    lambda file=file, node=node: change_function(file, node),
                    lambda module=module, name=node.name: project.callers(module, name),
                )
            )
    return edits


def cell_edits(project: Project, rng: np.random.Generator, count: int) -> list[Edit]:
    """Return edits of cells: code, a comment alone, prose."""
    kinds = [
        ("code", "\nNone", "code"),
        ("code", "  # edited", "comment in the code"),
        ("markdown", " Et.", "prose"),
    ]
    names = sorted(project.used)
    edits = []
    for number in range(count):
        kind, text, label = kinds[number % len(kinds)]
        name, place = names[rng.integers(len(names))], int(rng.integers(100))
        edits.append(
            Edit(
                f"{label} of a cell of {name}",
                lambda name=name, place=place, kind=kind, text=text: change_cell(
                    project.root / f"notebooks/{name}.ipynb", place, kind, text
                ),
                lambda name=name: project.runs({name}),
            )
        )
    return edits


def quiet_edits(project: Project, rng: np.random.Generator) -> list[Edit]:
    """Return edits for which nothing has to run: comments and docstrings of helpers, the theme, the baseline."""
    root, none = project.root, set
    imported = sorted(
        {m for used in project.used.values() for m in used.modules if m.count(".") == 1}
    )
    files = [root / "src" / Path(*m.split(".")) for m in imported]
    modules = [
        f.with_suffix(".py") if f.with_suffix(".py").is_file() else f / "__init__.py" for f in files
    ]
    commented, documented, grown = (
        modules[i] for i in rng.choice(len(modules), size=3, replace=False)
    )
    baseline = root / "tests/baseline/public-2026"
    ledger = sorted(baseline.glob("*.json"))[0]
    pages = root / "reports/public-2026"

    def document() -> None:
        text = documented.read_text(encoding="utf-8")
        documented.write_text(text.replace('"""', '"""Edited. ', 1), encoding="utf-8")

    return [
        Edit(f"comment in {commented.name}", lambda: append(commented, "\n# edited\n"), none),
        Edit(f"docstring of {documented.name}", document, none),
        Edit(
            f"new function in {grown.name}",
            lambda: append(grown, "\n\ndef _edited():\n    return 0\n"),
            none,
        ),
        Edit(
            "style sheet",
            lambda: append(root / "src/helpers/report/page.css", "/* edited */\n"),
            none,
        ),
        Edit(
            "template",
            lambda: append(root / "src/helpers/report/page.html.j2", "{# edited #}"),
            none,
        ),
        Edit("citation", lambda: append(root / "CITATION.cff", "# edited\n"), none),
        Edit("accepted claims", lambda: append(ledger, "\n"), none),
        Edit("accepted claims gone", ledger.unlink, none),
        Edit("a report gone", (pages / "changes.html").unlink, none),
        Edit(
            "a report tampered with", lambda: append(pages / "index.html", "<!-- edited -->"), none
        ),
        Edit(
            "a stranger's file",
            lambda: (root / "notebooks/notes.txt").write_text("x", encoding="utf-8"),
            none,
        ),
        Edit("dates alone", lambda: [p.touch() for p in (root / "src").rglob("*.py")], none),
    ]


def loud_edits(project: Project) -> list[Edit]:
    """Return edits of what every notebook depends on, and of the collection itself."""
    root, books = project.root, sorted(set(project.used) - {SHEET})
    first = root / f"notebooks/{books[0]}.ipynb"
    # One whose words no other reads: to take another away would be an error.
    texts = {name: (root / f"notebooks/{name}.ipynb").read_text(encoding="utf-8") for name in books}
    free = [n for n in books if not any(f'told(\\"{n}\\")' in text for text in texts.values())]
    last = root / f"notebooks/{free[-1]}.ipynb"
    executed = root / f".cache/executed/public-2026/{books[0]}.ipynb"
    told = root / f"data/processed/public-2026/told/{books[0]}.json"
    return [
        Edit(
            "the lock",
            lambda: append(root / "requirements.lock", "# edited\n"),
            lambda: project.runs(set(project.used)),
        ),
        Edit(
            "a new notebook",
            lambda: shutil.copy(first, root / "notebooks/90_copy.ipynb"),
            lambda: {"90_copy"},
        ),
        Edit(
            "a notebook renamed",
            lambda: last.rename(root / "notebooks/91_renamed.ipynb"),
            lambda: {"91_renamed"},
        ),
        Edit("a notebook gone", last.unlink, set),
        Edit("an executed notebook gone", executed.unlink, lambda: {books[0]}),
        Edit("what a notebook told, tampered with", lambda: append(told, " "), lambda: {books[0]}),
        Edit(
            "a title in the data package",
            lambda: replace_last('"title": "', '"title": "X')(root / "data/datapackage.json"),
            lambda: project.readers("data/datapackage.json"),
        ),
        Edit(
            "what the edition declares",
            lambda: append(root / RAW / "edition.yml", "# edited\n"),
            lambda: project.readers(f"{RAW.as_posix()}/edition.yml"),
        ),
    ]


def data_edits(project: Project, rng: np.random.Generator) -> list[Edit]:
    """Return edits of raw rows and of the official tables."""
    territories = Path("data/raw/territories")

    second = project.root / RAW / "second_reading.csv"
    return [
        data_edit(project, "an evidence gone", RAW / "service_evidence.csv", drop_row(rng, second)),
        data_edit(
            project, "another evidence gone", RAW / "service_evidence.csv", drop_row(rng, second)
        ),
        data_edit(project, "a second reading gone", RAW / "second_reading.csv", drop_row(rng)),
        data_edit(project, "a cooperation gone", RAW / "cooperation.csv", drop_row(rng)),
        data_edit(
            project, "the comment of a second reading", RAW / "second_reading.csv", end_row(rng)
        ),
        data_edit(project, "the note of a cooperation", RAW / "cooperation.csv", end_row(rng)),
        data_edit(
            project,
            "outlines",
            territories / "departement_outlines.geojson",
            lambda p: append(p, "\n"),
        ),
        data_edit(project, "a population", territories / "communes.csv", grow),
    ]


def grow(path: Path) -> None:
    """Add an inhabitant to the last commune that has any."""
    lines = path.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("population")
    place = max(i for i, line in enumerate(lines) if line.split(",")[column].isdigit())
    cells = lines[place].split(",")
    cells[column] = str(int(cells[column]) + 1)
    lines[place] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
