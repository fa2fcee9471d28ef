"""Raw tables in, refused unless they are as the data package says; tidy tables kept between notebooks.

The Frictionless descriptor ``data/datapackage.json`` is the only description of the raw tables:
reading checks each one against its Table Schema and reports the first fault in one sentence.
"""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from claimbook.edition import Declaration, base_name, check_view, read_declaration
from claimbook.errors import DataError, UserError
from claimbook.protect.policy import policy_of, set_policy
from claimbook.results import Told, read_told
from claimbook.tables import read_table, write_table
from helpers.paths import project_root

DEFAULT_EDITION = "public-2026"
# Tables without an identifier of their own get the line of the file, so that the ledger can name a row.
WITHOUT_IDENTIFIER = ("operator_attributes", "cooperation")
# Far beyond any table of the study; checking one takes minutes and much memory.
MOST_LINES = 200_000
MOST_CHARACTERS = 131_072


@dataclass(frozen=True)
class Edition:
    """One study: its raw tables, and the tidy tables made from them.

    Attributes
    ----------
    name : str
        Folder under ``data/processed``, and under ``data/raw`` unless it is an internal view.
    root : Path
        Root of the project.
    """

    name: str
    root: Path

    @property
    def base(self) -> str:
        """Folder under ``data/raw``: an internal view shares that of its edition."""
        return base_name(self.name)

    @property
    def raw_dir(self) -> Path:
        """Folder of the raw tables."""
        return self.root / "data" / "raw" / self.base

    @property
    def processed_dir(self) -> Path:
        """Folder of the tidy tables, written by the build."""
        return self.root / "data" / "processed" / self.name

    @cached_property
    def declaration(self) -> Declaration:
        """What the edition says of itself."""
        return read_declaration(self.raw_dir)

    @property
    def simulated(self) -> bool:
        """Whether the data are simulated: such an edition is never shown as a finding."""
        return self.declaration.simulated

    def load(self, table: str) -> pd.DataFrame:
        """Return a tidy table with its types.

        Raises
        ------
        UserError
            If the build has not written it yet.
        """
        return read_table(self.processed_dir, table)

    def told(self, notebook: str) -> Told:
        """Return what another notebook of this edition told: its answer and its claims.

        Raises
        ------
        UserError
            If that notebook has not been built yet.
        """
        return read_told(self.processed_dir, notebook)

    def save(self, table: str, frame: pd.DataFrame) -> None:
        """Write a tidy table that another notebook reads, atomically."""
        write_table(self.processed_dir, table, frame)


def open_edition(name: str = DEFAULT_EDITION, root: Path | None = None) -> Edition:
    """Return an edition of the study, and set the protection that it asks for in the notebook.

    Raises
    ------
    UserError
        If ``data/raw`` has no folder of that name, or if it names the internal view of an open edition.
    """
    root = project_root() if root is None else Path(root)
    edition = Edition(name, root)
    if not edition.raw_dir.is_dir():
        known = sorted(
            p.name
            for p in (root / "data" / "raw").iterdir()
            if p.is_dir() and p.name != "territories"
        )
        raise UserError(
            f"There is no edition '{name}' under data/raw. Editions that exist: {', '.join(known)}."
        )
    check_view(name, edition.declaration)
    set_policy(policy_of(name, edition.declaration))
    return edition


def descriptor(root: Path) -> dict:
    """Return the data package descriptor as written."""
    path = root / "data" / "datapackage.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            "data/datapackage.json",
            f"the data package cannot be read ({error})",
            "restore the committed file",
        ) from None


def resources(root: Path, folder: str) -> list[dict]:
    """Return the descriptors of the tables under ``data/raw/<folder>``."""
    prefix = f"raw/{folder}/"
    return [
        r for r in descriptor(root)["resources"] if r["path"].startswith(prefix) and "schema" in r
    ]


def inventory(edition: Edition) -> pd.DataFrame:
    """Return what the edition is made of, one row per raw file; one that is no table has no rows and columns.

    A confidential edition may be kept out of the data package: its files are then listed by their names.

    Returns
    -------
    DataFrame
        table, title, rows (data lines), columns, licence, sha256 (first 12 hexadecimal digits).
    """
    rows = []
    package = descriptor(edition.root)
    for resource in package["resources"]:
        if not resource["path"].startswith(f"raw/{edition.base}/"):
            continue
        fields, lines = resource.get("schema", {}).get("fields"), None
        if fields:
            with (edition.root / "data" / resource["path"]).open(
                encoding="utf-8", newline=""
            ) as file:
                lines = sum(1 for _ in csv.reader(file)) - 1
        licence = (resource.get("licenses") or package.get("licenses") or [{}])[0]
        rows.append(
            {
                "table": resource["name"],
                "title": resource.get("title", resource["name"]),
                "rows": lines,
                "columns": len(fields) if fields else None,
                "licence": licence.get("title", licence.get("name", "")),
                "sha256": resource.get("hash", "").removeprefix("sha256:")[:12],
            }
        )
    described = {resource["path"] for resource in package["resources"]}
    for path in sorted(edition.raw_dir.glob("[!.]*.*")):
        if f"raw/{edition.base}/{path.name}" not in described and path.suffix in (
            ".csv",
            ".xlsx",
            ".yml",
        ):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            plain = {
                "table": path.name,
                "title": path.name,
                "rows": None,
                "columns": None,
                "licence": "",
            }
            rows.append({**plain, "sha256": digest[:12]})
    names = ["table", "title", "rows", "columns", "licence", "sha256"]
    return pd.DataFrame(rows, columns=names).astype({"rows": "Int64", "columns": "Int64"})


def read_raw(edition: Edition) -> dict[str, pd.DataFrame]:
    """Return the raw tables of an edition as text, each checked against its Table Schema.

    Returns
    -------
    dict of DataFrame
        Every column is text and an empty cell an empty string. ``operator_attributes`` and
        ``cooperation`` have a column ``row_id`` (``L`` and the line of the file) in addition.

    Raises
    ------
    DataError
        At the first fault found: file, line, column, value and remedy.
    """
    check_tables(edition.root, edition.base)
    tables = {}
    for resource in resources(edition.root, edition.base):
        tables[resource["name"]] = _as_text(edition.root / "data" / resource["path"])
    for name in WITHOUT_IDENTIFIER:
        if name in tables:
            tables[name].insert(
                0, "row_id", [f"L{line}" for line in range(2, len(tables[name]) + 2)]
            )
    return tables


def _as_text(path: Path) -> pd.DataFrame:
    check_text(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def check_text(path: Path, delimiter: str = ",") -> None:
    """Check what a schema cannot say: that the file is there, is UTF-8 text, and is split by commas.

    Raises
    ------
    DataError
        Naming the file and, for a wrong encoding, the line.
    """
    name = _shown(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            name, f"the file cannot be read ({error.strerror})", "put the table back"
        ) from None
    if not content.strip():
        raise DataError(name, "the file is empty", "restore the table, its header line included")
    if content.startswith(b"\xef\xbb\xbf"):
        raise DataError(
            name, "the file starts with a byte order mark", "save it as UTF-8 without BOM", row=1
        )
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        remedy = (
            "save it as comma-separated UTF-8 text; spreadsheets and UTF-16 files are not read here"
        )
        raise DataError(
            name, "the file holds a NUL byte, so it is not plain text", remedy, row=line
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        guess = (
            content[max(0, error.start - 15) : error.start + 15]
            .decode("cp1252", errors="replace")
            .strip()
        )
        raise DataError(
            name,
            "the file is not UTF-8 (it reads like Windows cp1252)",
            "save it as UTF-8",
            row=line,
            value=guess,
        ) from None
    header = text.splitlines()[0]
    if delimiter not in header:
        found = next((d for d in (";", "\t", "|") if d in header), None)
        shown = {"\t": "tabs", ";": "semicolons", "|": "bars", None: "something else"}[found]
        raise DataError(
            name,
            f"the columns are separated by {shown}, not commas",
            "export it with commas",
            row=1,
            value=header,
        )
    if content.count(b"\n") > MOST_LINES:
        raise DataError(
            name, f"the table has more than {MOST_LINES:,} lines", "keep the rows of the study"
        )
    try:
        for cells in csv.reader(text.splitlines(keepends=True), strict=True):
            # The reader's own limit is one of the whole process: other libraries lift it.
            if any(len(cell) > MOST_CHARACTERS for cell in cells):
                raise csv.Error("a cell is too long")
    except csv.Error as error:
        raise DataError(
            name,
            f"the text cannot be split into cells ({error})",
            f"close every quote; a cell has at most {MOST_CHARACTERS:,} characters",
        ) from None


def check_tables(root: Path, folder: str) -> None:
    """Check the tables under ``data/raw/<folder>`` against their Table Schemas and foreign keys.

    Raises
    ------
    DataError
        At the first fault, in the order of the data package; it says how many more there are.
    """
    # Imported here because only the cleaning and the tests pay for it, never a notebook.
    from frictionless import Package

    from helpers.validation_errors import as_data_error

    whole = descriptor(root)
    wanted = resources(root, folder)
    for resource in wanted:
        check_text(root / "data" / resource["path"])
    needed = {r["name"] for r in wanted}
    keys = [k for r in wanted for k in r["schema"].get("foreignKeys", [])]
    needed |= {k["reference"]["resource"] for k in keys if k["reference"]["resource"]}
    part = [r for r in whole["resources"] if r["name"] in needed]
    package = Package.from_descriptor(
        {"name": "study", "resources": part}, basepath=str(root / "data")
    )
    for resource in package.resources:
        if resource.name not in {r["name"] for r in wanted}:
            continue
        errors = [e for task in resource.validate().tasks for e in task.errors]
        if errors:
            raise as_data_error(_shown(root / "data" / resource.path), resource.schema, errors)


def _shown(path: Path) -> str:
    try:
        return path.relative_to(project_root()).as_posix()
    except (ValueError, UserError):
        return path.name
