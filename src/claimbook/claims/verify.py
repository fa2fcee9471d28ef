"""The stamp of a report, and its verification by a re-run.

The stamp stands in ``<meta name="opsn-stamp" content="...">`` and says what the report was made
from, by hash. It holds no clock time and no path of a machine: equal inputs give equal stamps.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from claimbook.claims.compare import compare
from claimbook.claims.ledger import collect, ledger_text, plain
from claimbook.claims.wording import lines_of, text_changes
from claimbook.errors import UserError
from claimbook.tables import sha256

_META = re.compile(r'(<meta name="opsn-stamp" content=")([^"]*)(">)')
_CODES = {"identical": 0, "within tolerance": 1, "different": 2}


def _hashes(files: Iterable[Path], root: Path) -> dict[str, str]:
    found, root = {}, root.absolute()
    # Not resolved: raw data may stand behind a link.
    for file in sorted(Path(file).absolute() for file in files):
        if not file.is_relative_to(root):
            problem = f"{file.name}: lies outside the project"
            raise UserError(f"{problem}. Remedy: stamp only files of the project")
        found[file.relative_to(root).as_posix()] = sha256(file.read_bytes())
    return found


def build_stamp(
    *,
    edition: str,
    name: str,
    package: str,
    executed,
    files: Iterable[Path],
    root: Path,
    parameters: Mapping | None = None,
) -> dict:
    """Build the stamp of a report, ready for JSON; `seal` adds the hash of the page.

    `files` are what it was made from (notebook, raw tables, lock file, modules, texts), named
    relative to `root`; `UserError` if one lies outside.
    """
    claims = sorted(collect(executed, name), key=lambda claim: claim["id"])
    fields = ("value", "kind", "unit")
    return {
        "edition": edition,
        "name": name,
        "parameters": plain(dict(parameters or {})),
        "package": package,
        "inputs": _hashes(files, root),
        "claims": {
            "sha256": sha256(ledger_text(claims)),
            "values": {claim["id"]: {name: claim[name] for name in fields} for claim in claims},
        },
    }


def _json(content: dict) -> str:
    options = {"ensure_ascii": False, "sort_keys": True, "allow_nan": False}
    return json.dumps(content, separators=(",", ":"), **options)


def _without_stamp(page: str) -> str:
    return _META.sub(r"\g<1>\g<3>", page)


def _only_meta(page: str) -> re.Match:
    found = list(_META.finditer(page))
    if len(found) != 1:
        remedy = "give a report that `make reports` built, as it is"
        raise UserError(f"the page holds {len(found)} stamps, not one. Remedy: {remedy}")
    return found[0]


def seal(page: str, content: dict) -> str:
    """Write a stamp into the stamp element of a page, with the hash of all the rest of the page.

    Sealing a page again changes nothing; `UserError` if the page has not exactly one such element.
    """
    match = _only_meta(page)
    rest = {field: value for field, value in content.items() if field != "page"}
    digest = sha256(f"{_without_stamp(page)}\n{_json(rest)}")
    sealed = html.escape(_json({**rest, "page": digest}))
    return page[: match.start(2)] + sealed + page[match.end(2) :]


def read_stamp(page: str) -> dict:
    """Read the stamp of a page; `UserError` if there is not exactly one that can be read."""
    match = _only_meta(page)
    try:
        content = json.loads(html.unescape(match[2]))
        for name in ("edition", "name", "claims", "page"):
            content[name]
        for value in content["claims"]["values"].values():
            value["value"], value["kind"], value["unit"]
    except (ValueError, KeyError, TypeError, AttributeError):
        remedy = "give a sealed report, as it was built"
        raise UserError(f"the stamp of the page cannot be read. Remedy: {remedy}") from None
    return content


class Rebuilt(NamedTuple):
    """What a re-run gave: the sealed page and its claims."""

    page: str
    claims: list[dict]


@dataclass(frozen=True)
class Verdict:
    """The answer of `check_page`.

    Attributes
    ----------
    status : str
        ``"identical"``, ``"within tolerance"`` or ``"different"``.
    reasons : list of str
        What was found, one line each.
    """

    status: str
    reasons: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """Exit code: 0 identical, 1 within tolerance, 2 different."""
        return _CODES[self.status]

    def __str__(self) -> str:
        return "\n".join([self.status, *(f"  {reason}" for reason in self.reasons)])


def _inputs_changed(old: dict, new: dict) -> list[str]:
    parts = ("edition", "name", "parameters", "package")
    changed = [f"another {part}" for part in parts if old.get(part) != new.get(part)]
    before, after = old.get("inputs", {}), new.get("inputs", {})
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return changed + [f"input changed since: {name}" for name in names]


def _seen_otherwise(page: str, again: str) -> list[str]:
    """Return how a page differs, outside its stamp, from what a re-run gives."""
    import bs4

    before, after = map(_without_stamp, (page, again))
    if before == after:
        return []
    found = text_changes(lines_of(before), lines_of(after))
    trees = [bs4.BeautifulSoup(text, "html.parser") for text in (before, after)]
    for what, selector in (("drawing", "svg"), ("download", "a[download]"), ("style", "style")):
        old, new = ([str(element) for element in tree.select(selector)] for tree in trees)
        if len(old) != len(new):
            found.append(f"{len(old)} {what}s, and {len(new)} in the re-run")
        places = [
            str(n) for n, pair in enumerate(zip(old, new, strict=False), 1) if len({*pair}) > 1
        ]
        found += [f"{what} {', '.join(places)}: not that of the re-run"] if places else []
    return found or ["the page reads the same, but its HTML is not that of the re-run"]


def check_page(page: str, rebuilt: Rebuilt) -> Verdict:
    """Compare a report with what a re-run of its notebook gave.

    Parameters
    ----------
    page : str
        HTML of the report, its line ends as they are.
    rebuilt : Rebuilt
        The page and the claims of the re-run.

    Returns
    -------
    Verdict
        Identical: the same bytes. Within tolerance: the same bytes outside the stamp, whose values
        are those of the re-run within its tolerances, although inputs changed; or a copy that
        differs in its line ends alone. Different: anything else.

    Raises
    ------
    UserError
        If the page has no stamp.
    """
    content = read_stamp(page)
    if page == rebuilt.page:
        return Verdict("identical")
    if page.replace("\r\n", "\n") == rebuilt.page.replace("\r\n", "\n"):
        return Verdict("within tolerance", ["a copy with CRLF line ends; all else is the same"])
    stamped = [
        {"id": name, "notebook": "", "sentence": "", **value}
        for name, value in content["claims"]["values"].items()
    ]
    # The tolerances are those of the re-run: a page may have been forged.
    comparison = compare([{**claim, "notebook": ""} for claim in rebuilt.claims], stamped)
    moved = [
        f"{change.old['id']}: {change.new['value']!r} became {change.old['value']!r}"
        for change in comparison.changed + comparison.within
    ]
    moved += [f"{claim['id']}: is no longer stated" for claim in comparison.new]
    moved += [f"{claim['id']}: is stated now and was not" for claim in comparison.gone]
    intact = seal(page, content) == page
    altered = [] if intact else ["the page was altered after it was built"]
    seen = _seen_otherwise(page, rebuilt.page)
    inputs = _inputs_changed(content, read_stamp(rebuilt.page))
    same = intact and not seen and comparison.accepted
    reasons = [*altered, *moved, *seen, *inputs] or ["the stamps differ alone"]
    return Verdict("within tolerance" if same else "different", reasons)
