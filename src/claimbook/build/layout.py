"""Where things are, and which notebooks there are: known without running anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from claimbook.depend import SOURCES, read_notebook
from claimbook.edition import (
    PLANTED,
    Declaration,
    base_name,
    check_view,
    is_internal,
    read_declaration,
)
from claimbook.errors import UserError

# A page of made-up data says so in its file name too, for whoever receives it alone.
SIMULATED_FILE = "DONNEES-SIMULEES-"
_EDITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NOTEBOOK = re.compile(r"^\d{2}_[a-z0-9_]+$")


def first_heading(notebook) -> str:
    """Return the first H1 of a notebook, empty if it has none."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            for line in "".join(cell["source"]).splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return ""


@dataclass(frozen=True)
class Chapter:
    """A notebook of the collection, as far as it can be known without running it."""

    path: Path

    @property
    def name(self) -> str:
        """Stem of the file, such as ``03_service_map``."""
        return self.path.stem

    @cached_property
    def content(self) -> dict:
        """The notebook's JSON; UserError if the file is not a notebook."""
        return read_notebook(self.path)

    @property
    def title(self) -> str:
        """The H1 of the first Markdown cell."""
        return first_heading(self.content) or self.name

    @property
    def language(self) -> str:
        """The language that it is written in: French, unless it says so."""
        return self.metadata("language", "fr")

    def metadata(self, entry: str, default: str = "") -> str:
        """Return what the notebook declares: such as its ``question`` or ``group``."""
        return self.content.get("metadata", {}).get("opsn", {}).get(entry, default)


@dataclass(eq=False)
class Layout:
    """Paths of one edition's build; a project says in its own class what is the same in all.

    Attributes
    ----------
    root : Path
        Root of the project.
    edition : str
        Name of the edition: a folder under ``data/raw``, or its internal view.
    package : tuple of str
        Name and version of the project's own package.
    title : str
        Name of the collection for readers.
    shared : str
        Folder under ``data/raw`` that every edition shares; no edition itself.
    templates : tuple of str
        Notebooks that are no chapters.
    raw, processed : Path
        Raw and tidy tables of the edition.
    executed, pages : Path
        Executed notebooks and pages as they are made, under `cache`; losing it costs time alone.
    ledger : Path
        Claims of all chapters, as they are made.
    reports : Path
        What reviewers read.
    baseline : Path
        Claim ledgers that reviewers accepted.
    lock : Path
        Exact versions of every library.
    internal : bool
        Whether this is the view of a confidential edition that stays inside the team.
    """

    root: Path
    edition: str
    package: ClassVar[tuple[str, str]] = ("", "")
    title: ClassVar[str] = ""
    shared: ClassVar[str] = ""
    templates: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self):
        data, self.cache = self.root / "data", self.root / ".cache"
        self.raw = data / "raw" / base_name(self.edition)
        self.processed = data / "processed" / self.edition
        self.executed = self.cache / "executed" / self.edition
        self.pages = self.cache / "pages" / self.edition
        self.ledger = self.pages / "claims.json"
        self.reports = self.root / "reports" / self.edition
        self.baseline = self.root / "tests" / "baseline" / self.edition
        self.lock = self.root / "requirements.lock"
        self.internal = is_internal(self.edition)

    def check(self) -> None:
        """Refuse a name that no edition has, and an internal view of an open one."""
        if not _EDITION.fullmatch(self.edition):
            raise UserError(
                f"'{self.edition}' is no name of an edition: use letters, digits, '.', '_' and '-'."
            )
        if not self.raw.is_dir() or self.raw.name == self.shared:
            folders = (p for p in (self.root / "data" / "raw").iterdir() if p.is_dir())
            known = ", ".join(sorted(p.name for p in folders if p.name != self.shared))
            raise UserError(
                f"There is no edition '{self.edition}' under data/raw. "
                f"Editions that exist: {known}."
            )
        check_view(self.edition, self.declaration)

    @cached_property
    def declaration(self) -> Declaration:
        """What the edition says of itself."""
        return read_declaration(self.raw)

    @property
    def protected(self) -> bool:
        """Whether nothing that is built may tell what one respondent answered."""
        return self.declaration.confidential and not self.internal

    @property
    def roots(self) -> list[Path]:
        """Folders of the project, in which a notebook's reading counts."""
        return [self.root] if SOURCES.is_relative_to(self.root) else [self.root, SOURCES]

    @cached_property
    def raw_tables(self) -> list[Path]:
        """Raw tables of the edition; for a survey, its export and what tells how to read it."""
        if not self.declaration.survey:
            return sorted(self.raw.glob("*.csv"))
        # An export is known by its content, whatever it is called.
        return sorted(
            path
            for path in self.raw.rglob("*")
            if path.is_file()
            and path.suffix not in (".md", ".key")
            and path.relative_to(self.raw).parts[0] != Path(PLANTED).parts[0]
        )

    @property
    def references(self) -> Path | None:
        """What prose cites, if the project has such a file."""
        path = self.root / "references.bib"
        return path if path.is_file() else None

    @cached_property
    def shared_files(self) -> list[Path]:
        """Raw files that every edition shares."""
        folder = self.root / "data" / "raw" / self.shared
        return sorted(p for p in folder.glob("*") if p.is_file()) if self.shared else []

    @property
    def notebooks(self) -> Path:
        """Folder of the edition's notebooks."""
        return self.root / "notebooks"

    @cached_property
    def chapters(self) -> list[Chapter]:
        """Notebooks in reading order; UserError if one has a name that would be left out."""
        found = []
        for path in sorted(self.notebooks.glob("*.ipynb")):
            shown = path.relative_to(self.root).as_posix()
            if path.stem.startswith("Untitled"):
                print(f"{shown} is left out: it has no name yet.")
            elif not _NOTEBOOK.match(path.stem):
                raise UserError(
                    f"{shown} cannot be built: a notebook is named like "
                    "'03_service_map.ipynb' (two digits, then small letters, digits and '_'). "
                    "Rename it, or move it out of the folder."
                )
            elif path.stem not in self.templates:
                found.append(Chapter(path))
        return found

    def around(self, chapter: Chapter) -> tuple[Chapter | None, Chapter | None]:
        """Return the chapters before and after, in its language."""
        chapters = [c for c in self.chapters if c.language == chapter.language]
        chapters = [None, *chapters, None]
        place = next(i for i, c in enumerate(chapters) if c and c.name == chapter.name)
        return chapters[place - 1], chapters[place + 1]

    def cleaned_tables(self) -> dict:
        """Return every tidy table by name, respondents under their own names."""
        raise NotImplementedError

    def compare_published(self, tables: dict) -> tuple[str, UserError | None]:
        """Return what an edition was compared with, and an error if it is too close to it."""
        raise NotImplementedError

    def reader_words(self, tables: dict) -> tuple[dict[str, str], list[str]]:
        """Return what readers call the codes of the tables, and names of places."""
        raise NotImplementedError

    def executed_notebook(self, chapter: Chapter) -> Path:
        """Return where a chapter's executed notebook is kept."""
        return self.executed / f"{chapter.name}.ipynb"

    def record(self, name: str) -> Path:
        """Return where is kept what a notebook used."""
        return self.cache / "used" / self.edition / f"{name}.json"

    @property
    def file_mark(self) -> str:
        """What the file names of the edition's pages begin with."""
        return SIMULATED_FILE if self.declaration.simulated else ""

    def named(self, name: str) -> str:
        """Return the file name of a page: that of simulated data says so."""
        return f"{self.file_mark}{name}.html"

    def page(self, name: str) -> Path:
        """Return where a page is made."""
        return self.pages / self.named(name)
