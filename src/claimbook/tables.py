"""Tidy tables on disk: a CSV file and, beside it, the Table Schema that gives its types back."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import io
import json
import os
import re
import sys
import threading
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from claimbook.errors import NotBuiltError, StorageError

if TYPE_CHECKING:
    import pandas as pd

_TYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "bool"}


def table_paths(folder: Path, name: str) -> tuple[Path, Path]:
    """Return the paths of a table's CSV file and of its Table Schema."""
    return folder / f"{name}.csv", folder / f"{name}.schema.json"


def write_table(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write a table so that a reader sees the old one or the new one, never half of it.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    ValueError
        If a column has a type that a tidy table does not carry.
    """
    write_tables(folder, {name: frame})


def write_tables(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write tables that belong together: all are ready before the first old one is replaced.

    Raises
    ------
    StorageError
        If the folder cannot be written; every old table is left as it was.
    ValueError
        If a column has a type that a tidy table does not carry.
    """
    contents = {}
    for name, frame in frames.items():
        fields = [
            {"name": str(column), "type": _type_of(frame[column])} for column in frame.columns
        ]
        content = {"fields": fields, "missingValues": [""]}
        schema = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        csv_path, schema_path = table_paths(folder, name)
        contents[schema_path] = schema.encode("utf-8")
        contents[csv_path] = frame.to_csv(index=False, lineterminator="\n").encode("utf-8")
    replace_all(contents)


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table with its types; NotBuiltError if it is not there."""
    import pandas as pd

    csv_path, schema_path = table_paths(folder, name)
    try:
        # Opened, not looked for: what a notebook opens in vain is known to the build.
        fields = json.loads(schema_path.read_text(encoding="utf-8"))["fields"]
        kinds = {field["name"]: field["type"] for field in fields}
        text = [column for column, kind in kinds.items() if kind == "string"]
        return pd.read_csv(
            csv_path,
            dtype={column: _TYPES[kind] for column, kind in kinds.items()},
            keep_default_na=False,
            na_values={column: [""] for column in kinds if column not in text},
            encoding="utf-8",
        )
    except FileNotFoundError:
        there = sorted(path.stem for path in folder.glob("*.csv"))
        close = difflib.get_close_matches(name, there, n=1)
        meant = f" Did you mean '{close[0]}'? If not, run" if close else " Run"
        raise NotBuiltError(
            f"The table '{name}' is not in data/processed/{folder.name} yet."
            f"{meant} 'make reports', or the notebook that writes it."
        ) from None


def sha256(content: bytes | str) -> str:
    """Return the SHA-256 of bytes or of a text in UTF-8, in hexadecimal digits."""
    content = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(content).hexdigest()


def replace_text(path: Path, text: str) -> bool:
    """Replace a file at once, and only if its content changes; return whether it did.

    Raises
    ------
    StorageError
        If the disk is full or the folder is read-only; the old file is left as it was.
    """
    return bool(replace_all({path: text.encode("utf-8")}))


def replace_all(contents: Mapping[Path, bytes]) -> list[Path]:
    """Replace files together: all are written beside their targets first.

    Parameters
    ----------
    contents : mapping of Path to bytes
        What each file is to hold.

    Returns
    -------
    list of Path
        Those whose content changed; the others are not touched.

    Raises
    ------
    StorageError
        If the disk is full or a folder is read-only; every old file is left as it was.
    """
    written: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in contents.items():
            # A file whose content stays is made all the same: whoever records writing must know.
            sys.audit("claimbook.write", str(path))
            if path.is_file() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            # Two threads may write the same table.
            written[path] = path.with_name(
                f".{path.name}.{os.getpid()}-{threading.get_ident()}.part"
            )
            written[path].write_bytes(content)
        for path, temporary in written.items():
            temporary.replace(path)
    except OSError as error:
        for temporary in written.values():
            with contextlib.suppress(OSError):
                temporary.unlink()
        raise StorageError(
            f"'{path.name}' cannot be written in {path.parent.name} ({error.strerror}). "
            "The file there is as it was. Free some space or allow writing, then run again."
        ) from None
    return list(written)


def workbook_bytes(book, day: date, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a workbook of openpyxl as a file that says one day, whenever it is written."""
    moment = datetime.combine(day, time())
    book.properties.created = moment
    written, packed = io.BytesIO(), io.BytesIO()
    book.save(written)
    stamp = f"{moment.isoformat()}Z".encode()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w", compression) as target:
        for part in source.infolist():
            content = source.read(part)
            # The library writes the time of saving there.
            if part.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            entry = zipfile.ZipInfo(part.filename, moment.timetuple()[:6])
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            target.writestr(entry, content, compression)
    return packed.getvalue()


def copy_all(source: Path, target: Path, files: Iterable[Path]) -> None:
    """Copy files from one folder to another, all together (see `replace_all`)."""
    replace_all({target / path.relative_to(source): path.read_bytes() for path in files})


def _type_of(column: pd.Series) -> str:
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_float_dtype(column):
        return "number"
    if pd.api.types.is_string_dtype(column) or column.map(lambda v: isinstance(v, str)).all():
        return "string"
    raise ValueError(
        f"column {column.name!r} has type {column.dtype}, which a tidy table does not carry"
    )
