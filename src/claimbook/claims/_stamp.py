"""The stamp of a report: what it was made from, and the seal that shows whether a byte was changed since.

The stamp stands in ``<meta name="opsn-stamp" content="...">``. It holds no clock time and no path of a machine, so that
the same inputs give the same stamp.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from claimbook.claims._collect import collect
from claimbook.claims._ledger import ledger_text, plain
from claimbook.errors import UserError

META_NAME = "opsn-stamp"
_META = re.compile(rf'(<meta name="{META_NAME}" content=")([^"]*)(">)')


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hashes(files: Iterable[Path], root: Path) -> dict[str, str]:
    found = {}
    root = root.absolute()
    # Not resolved: raw data may stand behind a link.
    for file in sorted(Path(file).absolute() for file in files):
        if not file.is_relative_to(root):
            raise UserError(
                f"{file.name}: lies outside the project. Remedy: stamp only files of the project"
            )
        found[file.relative_to(root).as_posix()] = file_hash(file)
    return found


def build_stamp(
    *,
    edition: str,
    name: str,
    notebook: Path,
    executed,
    raw: Iterable[Path],
    lock: Path,
    modules: Iterable[Path],
    root: Path,
    package: str = "",
    parameters: Mapping | None = None,
) -> dict:
    """Build the stamp of a report.

    Parameters
    ----------
    edition : str
        Name of the edition.
    name : str
        Name of the report; the notebook's own, unless one notebook makes several.
    notebook : pathlib.Path
        The notebook as written, without outputs.
    executed : str, pathlib.Path or NotebookNode
        The notebook with its outputs, for its claims.
    raw : iterable of pathlib.Path
        Raw tables that the edition is made from.
    lock : pathlib.Path
        The lock file.
    modules : iterable of pathlib.Path
        Files of the helper modules that the notebook reaches.
    root : pathlib.Path
        Root of the project; every file is named relative to it.
    package : str
        Version of the project's own package.
    parameters : mapping, optional
        Parameters that the notebook ran with.

    Returns
    -------
    dict
        Ready for ``json.dumps``; `seal` adds the hash of the page.

    Raises
    ------
    UserError
        If a file lies outside the project.
    """
    claims = sorted(collect(executed, name), key=lambda claim: claim["id"])
    return {
        "edition": edition,
        "name": name,
        "parameters": plain(dict(parameters or {})),
        "package": package,
        "notebook": _hashes([notebook], root),
        "lock": _hashes([lock], root),
        "raw": _hashes(raw, root),
        "modules": _hashes(modules, root),
        "claims": {
            "sha256": hashlib.sha256(ledger_text(claims).encode()).hexdigest(),
            "values": {
                claim["id"]: {
                    field: claim[field] for field in ("value", "tolerance", "kind", "unit")
                }
                for claim in claims
            },
        },
    }


def _text(content: dict) -> str:
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":")
    )


def without_stamp(page: str) -> str:
    """Return a page with its stamp left blank."""
    return _META.sub(r"\g<1>\g<3>", page)


def _digest(page: str, content: dict) -> str:
    """Return the hash of a page without its stamp, together with the stamp without this hash."""
    rest = {field: value for field, value in content.items() if field != "page"}
    return hashlib.sha256(f"{without_stamp(page)}\n{_text(rest)}".encode()).hexdigest()


def _only_meta(page: str) -> re.Match:
    found = list(_META.finditer(page))
    if len(found) != 1:
        raise UserError(
            f"the page holds {len(found)} stamps, not one. Remedy: give a report that `make reports` built, as it is"
        )
    return found[0]


def seal(page: str, content: dict) -> str:
    """Write a stamp into a page, with the hash of all the rest of the page.

    Parameters
    ----------
    page : str
        HTML with one ``<meta name="opsn-stamp" content="...">``, whatever its content.
    content : dict
        What `build_stamp` returned.

    Returns
    -------
    str
        The page; sealing it again changes nothing.

    Raises
    ------
    UserError
        If the page has no such element, or several.
    """
    match = _only_meta(page)
    sealed = {**content, "page": _digest(page, content)}
    return f"{page[: match.start(2)]}{html.escape(_text(sealed))}{page[match.end(2) :]}"


def read_stamp(page: str) -> dict:
    """Read the stamp of a page.

    Parameters
    ----------
    page : str
        HTML of a report.

    Returns
    -------
    dict
        The stamp.

    Raises
    ------
    UserError
        If there is not exactly one stamp, or it is not one.
    """
    try:
        content = json.loads(html.unescape(_only_meta(page).group(2)))
        for field in ("edition", "name", "claims", "page"):
            content[field]
        for value in content["claims"]["values"].values():
            value["value"], value["tolerance"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(
            "the stamp of the page cannot be read. Remedy: give a sealed report, as it was built"
        ) from None
    return content


def is_intact(page: str) -> bool:
    """Tell whether a sealed page is, byte for byte, what was sealed."""
    return seal(page, read_stamp(page)) == page
