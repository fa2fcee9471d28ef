"""A small project: three notebooks, a package and a raw table, built by the real engine."""

import json
import os
from pathlib import Path

from claimbook.build import engine
from claimbook.build.layout import Layout
from claimbook.build.steps import Step, Used
from claimbook.depend import Sources
from tests.loading import cases

PROJECT = cases(__file__, "project.yml")
#: What must run after each edit.
EDITS = cases(__file__, "edits.yml")


def cell(source: str, identity: str, *tags: str) -> dict:
    """Return a code cell."""
    fixed = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {**fixed, "id": identity, "metadata": {"tags": [*tags]}, "source": source}


class Tiny:
    """The project in a folder.

    Parameters
    ----------
    root : Path
        An empty folder.
    """

    def __init__(self, root: Path):
        self.root = root
        os.environ["PYTHONPATH"] = str(root / "src")  # kernels import the package from there
        if (root / "notebooks").is_dir():
            return
        for name, text in PROJECT["files"].items():
            self.write(name, text)
        (root / "data/processed/small").mkdir(parents=True)
        for name, sources in PROJECT["notebooks"].items():
            self.notebook(name, *sources)

    def path(self, name: str) -> Path:
        """Return a file's path."""
        return self.root / name

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a text of a file."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, (name, old)
        self.write(name, text.replace(old, new))

    def notebook(self, name: str, *sources: str) -> None:
        """Write a notebook."""
        cells = [cell("edition = 'small'", "parameters", "parameters")]
        cells += [cell(source, f"c{place}") for place, source in enumerate(sources, 1)]
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        self.write(f"notebooks/{name}.ipynb", json.dumps(content))

    def cells(self, name: str, *more: str) -> None:
        """Write a notebook of the project again, with more cells."""
        self.notebook(name, *PROJECT["notebooks"][name], *more)

    def rename(self, old: str, new: str) -> None:
        """Rename a file."""
        self.path(old).rename(self.path(new))

    def remove(self, *names: str) -> None:
        """Remove files."""
        for name in names:
            self.path(name).unlink()

    def edit(self, name: str) -> set[str]:
        """Make one of `EDITS`; return the notebooks that must run again."""
        for method, arguments in EDITS[name].items():
            if method != "runs":
                getattr(self, method)(*arguments)
        return set(EDITS[name]["runs"])

    @property
    def layout(self) -> Layout:
        """Where its files are."""
        return Layout(self.root, "small")

    def build(self, **options) -> tuple[int, set[str]]:
        """Build; return the exit code and the notebooks that ran."""
        layout = self.layout
        sources, steps = Sources(layout.cache / "syntax.json"), []
        for chapter in layout.chapters:
            used = Used(layout.record(chapter.name), self.root, sources)
            step = Step(
                name=f"chapter {chapter.name}",
                run="claimbook.build.steps:run_chapter",
                given=(layout, chapter, used),
                needs=(chapter.path,),
                makes=(layout.executed_notebook(chapter), used.path),
                used=used,
            )
            steps.append(step)
        files = tuple(layout.executed_notebook(chapter) for chapter in layout.chapters)
        publish = Step(
            name="publish",
            run="claimbook.tables:copy_all",
            given=(layout.executed, layout.reports, files),
            needs=files,
            makes=tuple(layout.reports / file.name for file in files),
        )
        options = {"quiet": True, "workers": 2, **options}
        code, ran = engine.run(layout, sources, steps, lambda: [publish], **options)
        return code, {name.removeprefix("chapter ") for name in ran if name != "publish"}

    def reports(self) -> dict[str, bytes]:
        """Return what readers see."""
        return {path.name: path.read_bytes() for path in self.layout.reports.glob("*.ipynb")}

    def last(self) -> str:
        """Return the table that depends on all raw data."""
        return self.path("data/processed/small/last.csv").read_text(encoding="utf-8")


if __name__ == "__main__":
    import sys

    raise SystemExit(Tiny(Path(sys.argv[1])).build()[0])
