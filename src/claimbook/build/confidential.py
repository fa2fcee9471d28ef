"""The check of exported files against the confidential tables, within a build and by itself."""

from __future__ import annotations

import csv
import threading
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from claimbook.build.layout import Layout
from claimbook.edition import base_name, is_internal
from claimbook.errors import UserError
from claimbook.protect.leaks import Knowledge, Leak, check_files, check_folder, knowledge_of
from claimbook.protect.pseudonyms import PSEUDONYM, operator_labels, pseudonym_key
from claimbook.protect.roles import read_roles
from claimbook.tables import replace_text

MOST_SHOWN = 20
_LOCK = threading.Lock()


def knowledge(layout: Layout) -> Knowledge:
    """Return what the confidential tables of an edition know: read once for a build."""
    with _LOCK:
        base = replace(layout, edition=base_name(layout.edition))
        return _knowledge(base, pseudonym_state(layout))


def pseudonym_state(layout: Layout) -> tuple:
    """Return what tells that the raw tables are still the same files."""
    files = (p for p in sorted(layout.raw.rglob("*")) if p.is_file())
    return tuple((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files)


@lru_cache(maxsize=2)
def _knowledge(layout: Layout, state: tuple) -> Knowledge:
    tables, roles = layout.cleaned_tables(), read_roles(layout.raw)
    shown = operator_labels(tables, roles, pseudonym_key(layout.raw))
    codes = {name: PSEUDONYM.search(label)[1] for name, label in shown.items()}
    labels, territories = _labels(layout, tables, roles)
    return knowledge_of(
        tables,
        roles,
        threshold=layout.declaration.threshold,
        dominance=layout.declaration.dominance,
        pseudonyms={name: codes[name] for name in tables["operators"]["operator"]},
        labels=labels,
        territories=territories,
    )


def _labels(layout: Layout, tables, roles) -> tuple[dict[str, str], list[str]]:
    """Return the words under which readers know codes, and the names of territories."""
    labels = layout.code_labels()
    if "services" in tables:
        labels.update(
            zip(tables["services"]["service_code"], tables["services"]["label_fr"], strict=True)
        )
    if "questions" in tables:
        for row in tables["questions"].to_dict("records"):
            item = row.get("item") or ""
            labels[f"{row['variable']}:{item}" if item else row["variable"]] = (
                row.get("item_label") or row["question"]
            )
    if "options" in tables:
        options = tables["options"]
        labels.update(
            zip(options["variable"] + ":" + options["code"], options["label"], strict=True)
        )
    territories = []
    for kind in ("departement", "region"):
        with (layout.root / "data" / "raw" / layout.shared / f"{kind}s.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            names = {row["code"]: row["name"] for row in csv.DictReader(file)}
        territories += names.values()
        for variable in roles.quasi_identifiers:
            if kind in variable:
                labels.update({f"{variable}:{code}": name for code, name in names.items()})
    return labels, territories


def refuse_leaks(layout: Layout, path: Path, text: str) -> None:
    """Refuse a file that is about to be written and would tell what it must not.

    Raises
    ------
    UserError
        Listing what leaks.
    """
    _refuse(layout, check_files({path.name: text.encode("utf-8")}, knowledge(layout)), path.name)


def check_pages(layout: Layout, pages: list[Path], record: Path) -> None:
    """Check all files that a build makes together before they are published, and keep the result.

    What no step makes any more is not looked at: it is taken away, not published.

    Raises
    ------
    UserError
        Listing what leaks.
    """
    files = {
        path.relative_to(layout.pages).as_posix(): path.read_bytes()
        for path in sorted(pages)
        if path.is_file()
    }
    _refuse(layout, check_files(files, knowledge(layout)), f"reports/{layout.edition}")
    replace_text(record, f"{len(files)} files, 0 leaks\n")


def _refuse(layout: Layout, found: list[Leak], what: str) -> None:
    if not found:
        return
    shown = "\n".join(f"  {leak}" for leak in found[:MOST_SHOWN])
    more = f"\n  and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    raise UserError(
        f"{what}: the edition '{layout.edition}' is confidential, and this would leak "
        f"({len(found)} found):\n{shown}{more}\nRemedy: declare respondents, "
        "or leave the value out of the notebook."
    )


def print_disclosure(layout: Layout, folder: Path) -> int:
    """Check a folder of exported files and print what leaks.

    Parameters
    ----------
    layout : Layout
        Edition whose tables are confidential.
    folder : Path
        Folder of exported files, such as ``reports/<edition>``.

    Returns
    -------
    int
        0 when nothing leaks, 1 when something does.

    Raises
    ------
    UserError
        If there is no such folder or edition, or the edition is open.
    """
    if not layout.raw.is_dir():
        raise UserError(
            f"There is no edition '{layout.edition}' under data/raw. "
            "Name it with --edition, so that the files can be compared with its tables."
        )
    if not layout.declaration.confidential:
        raise UserError(
            f"The edition '{layout.edition}' is open: it has nothing to hide. "
            "If it has, write 'confidential: true' in its edition.yml."
        )
    if is_internal(folder.resolve().name):
        print(
            f"{folder.name}: an internal build names operators by design. It must not be handed on."
        )
    found = check_folder(folder, knowledge(layout))
    for leak in found:
        print(leak)
    print(f"{sum(p.is_file() for p in folder.rglob('*'))} files checked -> {len(found)} leaks")
    return 1 if found else 0
