"""Where things are, and which notebooks there are: known without running anything."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from claimbook.depend import (
    Reached,
    data_files,
    definitions_reached,
    module_file,
    notebooks_cited,
    tables_read,
    tables_written,
)
from claimbook.edition import PLANTED, Declaration, base_name, is_internal, read_declaration
from claimbook.errors import UserError

# One run per operator: its pages are not chapters of the collection.
PER_OPERATOR = "10_operator_sheet"
# A page of made-up data says so in its file name too, for whoever receives it alone.
SIMULATED_FILE = "DONNEES-SIMULEES-"
_NAME = re.compile(r"^\d{2}_[a-z0-9_]+$")


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
        """The notebook's JSON.

        Raises
        ------
        UserError
            If the file is not a notebook.
        """
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(
                f"notebooks/{self.path.name} cannot be read as a notebook ({error})."
            ) from None
        if not isinstance(found.get("cells"), list):
            raise UserError(f"notebooks/{self.path.name} has no cells: it is not a notebook.")
        return found

    @cached_property
    def title(self) -> str:
        """The H1 of the first Markdown cell."""
        return first_heading(self.content) or self.name

    @cached_property
    def question(self) -> str:
        """The question that the notebook answers, from its metadata."""
        return self.content.get("metadata", {}).get("opsn", {}).get("question", "")

    @cached_property
    def group(self) -> str:
        """The part of the collection that the notebook belongs to, from its metadata."""
        return self.content.get("metadata", {}).get("opsn", {}).get("group", "Rapports")

    @cached_property
    def runtime(self) -> str:
        """How long it takes, as its metadata declare it: a measured time would differ from build to build."""
        return self.content.get("metadata", {}).get("opsn", {}).get("runtime", "")

    @cached_property
    def reached(self) -> Reached:
        """What the notebook can reach in the helpers."""
        return definitions_reached(self.path)

    @cached_property
    def code(self) -> dict[str, str]:
        """Hash of each definition that the notebook can reach."""
        return self.reached.parts()

    @cached_property
    def modules(self) -> list[Path]:
        """Files of the helper modules that the notebook imports, directly or not, and the data beside them."""
        modules = self.reached.modules
        return sorted({module_file(module) for module in modules} | set(data_files(modules)))

    @cached_property
    def reads(self) -> list[str]:
        """Names of the tidy tables that it reads."""
        return sorted(tables_read(self.path))

    @cached_property
    def cites(self) -> list[str]:
        """Names of the notebooks whose claims it reads."""
        return sorted(notebooks_cited(self.path))

    @cached_property
    def writes(self) -> list[str]:
        """Names of the tidy tables that it writes."""
        return sorted(tables_written(self.path))


@dataclass(frozen=True)
class Layout:
    """Paths of one edition's build."""

    root: Path
    edition: str

    @property
    def raw(self) -> Path:
        """Raw tables of the edition."""
        return self.root / "data" / "raw" / base_name(self.edition)

    @cached_property
    def declaration(self) -> Declaration:
        """What the edition says of itself."""
        return read_declaration(self.raw)

    @property
    def internal(self) -> bool:
        """Whether this is the view of a confidential edition that stays inside the team."""
        return is_internal(self.edition)

    @property
    def protected(self) -> bool:
        """Whether nothing that is built may tell what one operator answered."""
        return self.declaration.confidential and not self.internal

    @property
    def processed(self) -> Path:
        """Tidy tables of the edition."""
        return self.root / "data" / "processed" / self.edition

    @property
    def executed(self) -> Path:
        """Executed notebooks: the exporter's input."""
        return self.root / ".cache" / "executed" / self.edition

    @property
    def pages(self) -> Path:
        """Pages as they are made; published together when all are."""
        return self.root / ".cache" / "pages" / self.edition

    @property
    def ledger(self) -> Path:
        """Claims of all chapters, as they are made."""
        return self.pages / "claims.json"

    @property
    def reports(self) -> Path:
        """What reviewers read."""
        return self.root / "reports" / self.edition

    @property
    def baseline(self) -> Path:
        """Claim ledgers that reviewers accepted."""
        return self.root / "tests" / "baseline" / self.edition

    @property
    def lock(self) -> Path:
        """Exact versions of every library."""
        return self.root / "requirements.lock"

    @cached_property
    def raw_tables(self) -> list[Path]:
        """Raw tables of the edition; for a survey, its export and what declares how to read it."""
        if not self.declaration.survey:
            return sorted(self.raw.glob("*.csv"))
        # An export is known by its content, whatever it is called; what is no part of it is left out.
        files = (
            path
            for path in self.raw.rglob("*")
            if path.is_file() and path.suffix not in (".md", ".key")
        )
        return sorted(
            path for path in files if path.relative_to(self.raw).parts[0] != Path(PLANTED).parts[0]
        )

    @cached_property
    def territory_files(self) -> list[Path]:
        """Official tables and outlines, which every edition shares."""
        return sorted(
            p for p in (self.root / "data" / "raw" / "territories").glob("*") if p.is_file()
        )

    @cached_property
    def chapters(self) -> list[Chapter]:
        """Notebooks in reading order.

        Raises
        ------
        UserError
            If two notebooks write the same table.
        """
        paths = sorted((self.root / "notebooks").glob("*.ipynb"))
        found = [Chapter(p) for p in paths if _NAME.match(p.stem) and p.stem != PER_OPERATOR]
        writers: dict[str, str] = {}
        for chapter in found:
            for table in chapter.writes:
                if table in writers:
                    raise UserError(
                        f"notebooks/{writers[table]}.ipynb and notebooks/{chapter.name}.ipynb both write the table "
                        f"'{table}'. Keep one of them."
                    )
                writers[table] = chapter.name
        return found

    def executed_notebook(self, chapter: Chapter) -> Path:
        """Return where a chapter's executed notebook is kept."""
        return self.executed / f"{chapter.name}.ipynb"

    def told(self, name: str) -> Path:
        """Return where what a chapter told is kept for the others."""
        return self.processed / "told" / f"{name}.json"

    @property
    def file_mark(self) -> str:
        """What the file names of the edition's pages begin with."""
        return SIMULATED_FILE if self.declaration.simulated else ""

    def named(self, name: str) -> str:
        """Return the file name of a page: that of simulated data says so."""
        return f"{self.file_mark}{name}.html"

    def page(self, chapter: Chapter) -> Path:
        """Return where a chapter's report is made."""
        return self.pages / self.named(chapter.name)

    def report(self, chapter: Chapter) -> Path:
        """Return where a chapter's report is read."""
        return self.reports / self.named(chapter.name)
