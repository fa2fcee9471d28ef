"""The check of exported files against the confidential tables, within a build and by itself."""

from __future__ import annotations

import csv
from pathlib import Path

from claimbook.build.layout import Layout
from claimbook.edition import is_internal
from claimbook.errors import UserError
from claimbook.protect.leaks import Knowledge, check_files, knowledge_of
from claimbook.protect.pseudonyms import read_roles
from claimbook.tables import replace_text

MOST_SHOWN = 20


def knowledge(layout: Layout) -> Knowledge:
    """Return what the confidential tables know."""
    tables, roles = layout.cleaned_tables(), read_roles()
    labels, places = layout.code_labels() | _labels(tables), []
    for kind in ("departement", "region"):
        path = layout.root / "data" / "raw" / layout.shared / f"{kind}s.csv"
        with path.open(encoding="utf-8", newline="") as file:
            names = {row["code"]: row["name"] for row in csv.DictReader(file)}
        places += names.values()
        for variable in (name for name in roles.quasi_identifiers if kind in name):
            labels |= {f"{variable}:{code}": name for code, name in names.items()}
    return knowledge_of(tables, roles, layout.declaration.threshold, labels, places)


def _labels(tables) -> dict[str, str]:
    """Return the words under which readers know services, questions and answers."""
    services = tables["services"]
    labels = dict(zip(services["service_code"], services["label_fr"], strict=True))
    if "questions" not in tables:
        return labels
    options = tables["options"]
    labels |= zip(options["variable"] + ":" + options["code"], options["label"], strict=True)
    for row in tables["questions"].fillna("").to_dict("records"):
        variable = f"{row['variable']}:{row['item']}" if row["item"] else row["variable"]
        labels[variable] = row["item_label"] or row["question"]
    return labels


def check_pages(layout: Layout, pages: list[Path], record: Path) -> None:
    """Check all files that a build makes, together, before they are published; keep the result."""
    made = (path for path in sorted(pages) if path.is_file())
    files = {path.relative_to(layout.pages).as_posix(): path.read_bytes() for path in made}
    found = check_files(files, knowledge(layout))
    if found:
        lines = "\n".join(f"  {leak}" for leak in found[:MOST_SHOWN])
        raise UserError(
            f"The edition '{layout.edition}' is confidential, and its reports would leak "
            f"({len(found)} found, of which the first {MOST_SHOWN} are shown):\n{lines}\n"
            "Remedy: declare respondents, or leave the value out of the notebook."
        )
    replace_text(record, f"{len(files)} files, 0 leaks\n")


def print_disclosure(layout: Layout, folder: Path) -> int:
    """Print what a folder of exported files leaks; return 1 if anything, UserError if unchecked."""
    name = folder.resolve().name
    layout.check()
    if not layout.declaration.confidential:
        raise UserError(
            f"The edition '{layout.edition}' is open: it has nothing to hide. "
            "If it has, write 'confidential: true' in its edition.yml."
        )
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if not paths:
        raise UserError(f"There is no file to check in '{name}'. Build the reports first.")
    if is_internal(name):
        print(f"{name}: an internal build names operators by design. It must not be handed on.")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    found = check_files(files, knowledge(layout))
    for leak in found:
        print(leak)
    print(f"{len(files)} files checked -> {len(found)} leaks")
    return 1 if found else 0
