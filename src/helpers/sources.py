"""Raw tables, refused unless they are as the data package says; tidy tables between notebooks.

The Frictionless descriptor ``data/datapackage.json`` is the only description of the raw tables:
reading checks each one against its Table Schema and tells all faults at once.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd

from claimbook.build.layout import Layout
from claimbook.errors import DataError, UserError
from claimbook.tables import replace_text, sha256
from helpers.paths import project_root


def descriptor(root: Path) -> dict:
    """Return the data package descriptor as written."""
    path = root / "data" / "datapackage.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problem = f"the data package cannot be read ({error})"
        raise DataError("data/datapackage.json", problem, "restore the committed file") from None


def resources(root: Path, folder: str) -> list[dict]:
    """Return the descriptors of the tables under ``data/raw/<folder>``."""
    listed = descriptor(root)["resources"]
    return [r for r in listed if r["path"].startswith(f"raw/{folder}/") and "schema" in r]


def inventory(edition: Layout) -> pd.DataFrame:
    """Return what the edition is made of, one row per raw file.

    A confidential edition may be kept out of the data package: its files are listed by their names.

    Returns
    -------
    DataFrame
        table, title, source, rows and columns (missing for a file that is no table), licence,
        sha256 (first 12 hexadecimal digits).
    """
    package, folder = descriptor(edition.root), f"raw/{edition.raw.name}/"
    described = {resource["path"]: resource for resource in package["resources"]}
    rows = [
        (
            resource["name"],
            resource.get("title", resource["name"]),
            resource.get("sources", [{}])[0].get("title", ""),
            resource.get("rows"),
            len(resource["schema"]["fields"]) if "schema" in resource else None,
            resource.get("licenses", package.get("licenses", [{}]))[0].get("title", ""),
            resource.get("hash", "").removeprefix("sha256:")[:12],
        )
        for path, resource in described.items()
        if path.startswith(folder)
    ]
    rows += [
        (path.name, path.name, "", None, None, "", sha256(path.read_bytes())[:12])
        for path in sorted(edition.raw.glob("[!.]*.*"))
        if path.suffix in (".csv", ".xlsx", ".yml") and f"{folder}{path.name}" not in described
    ]
    names = ["table", "title", "source", "rows", "columns", "licence", "sha256"]
    return pd.DataFrame(rows, columns=names).astype({"rows": "Int64", "columns": "Int64"})


def read_raw(edition: Layout) -> dict[str, pd.DataFrame]:
    """Return the raw tables of an edition as text, each checked against its Table Schema.

    Returns
    -------
    dict of DataFrame
        Every column is text and an empty cell an empty string. The first column identifies the
        row: where no column of the table does, it is ``row_id`` (``L`` and the line of the file).
        ``attrs["file"]`` is the path of the file.

    Raises
    ------
    DataError
        All faults at once, each with file, line, column, value and remedy.
    """
    folder = edition.raw.name
    check_tables(edition.root, folder)
    tables = {}
    for resource in resources(edition.root, folder):
        path = edition.root / "data" / resource["path"]
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        if len(resource["schema"]["primaryKey"]) > 1:
            table.insert(0, "row_id", [f"L{line}" for line in range(2, len(table) + 2)])
        table.attrs["file"] = _shown(path)
        tables[resource["name"]] = table
    return tables


def check_tables(root: Path, folder: str, *, changed: bool = False) -> None:
    """Check the tables under ``data/raw/<folder>`` against their Table Schemas and foreign keys.

    Parameters
    ----------
    root : Path
        Root of the project.
    folder : str
        Folder under ``data/raw``.
    changed : bool
        Whether the files may be others than those described, as long as they keep their schemas.

    Raises
    ------
    DataError
        All faults at once, in the order of the data package.
    """
    # Imported here because only the cleaning and the tests pay for it, never a notebook.
    from frictionless import Checklist, Package

    from helpers.validation_errors import FINGERPRINT, check_text, data_errors, refuse

    wanted = {resource["name"]: resource for resource in resources(root, folder)}
    unreadable = []
    for resource in wanted.values():
        path = root / "data" / resource["path"]
        try:
            check_text(path, _shown(path))
        except DataError as error:
            unreadable.append(error)
    refuse(unreadable)
    keys = [key for r in wanted.values() for key in r["schema"].get("foreignKeys", [])]
    needed = {*wanted, *(key["reference"]["resource"] for key in keys)}
    part = [r for r in descriptor(root)["resources"] if r["name"] in needed]
    package = Package.from_descriptor(
        {"name": "study", "resources": part}, basepath=str(root / "data")
    )
    checklist = Checklist(skip_errors=list(FINGERPRINT)) if changed else None
    errors = []
    for name in wanted:
        resource = package.get_resource(name)
        found = [error for task in resource.validate(checklist).tasks for error in task.errors]
        errors += data_errors(_shown(root / "data" / resource.path), resource.schema, found)
    refuse(errors)


def describe(root: Path) -> list[str]:
    """Write into the data package what changed files are now: SHA-256, bytes, rows of a table.

    Returns
    -------
    list of str
        Paths of the files that are described anew; nothing is written if there are none.

    Raises
    ------
    DataError
        If a changed table is not as its Table Schema says: nothing is written.
    """
    package, data = descriptor(root), root / "data"
    changed = [r for r in package["resources"] if _has_changed(r, data / r["path"])]
    for folder in dict.fromkeys(resource["path"].split("/")[1] for resource in changed):
        check_tables(root, folder, changed=True)
    for resource in changed:
        path = data / resource["path"]
        resource |= {"hash": f"sha256:{sha256(path.read_bytes())}", "bytes": path.stat().st_size}
        if "schema" in resource:
            with path.open(encoding="utf-8", newline="") as file:
                resource["rows"] = sum(1 for _ in csv.reader(file)) - 1
    if changed:
        text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
        replace_text(data / "datapackage.json", text)
    return [f"data/{resource['path']}" for resource in changed]


def _has_changed(resource: dict, path: Path) -> bool:
    return path.is_file() and resource["hash"] != f"sha256:{sha256(path.read_bytes())}"


def _shown(path: Path) -> str:
    """Return the path of a file as its owner knows it."""
    try:
        return path.relative_to(project_root()).as_posix()
    except (ValueError, UserError):
        return path.name
