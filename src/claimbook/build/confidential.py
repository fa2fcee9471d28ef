"""The check of exported files against the confidential tables, within a build and by itself."""

from pathlib import Path

from claimbook.build.layout import Layout
from claimbook.edition import is_internal
from claimbook.errors import UserError
from claimbook.protect.leaks import Leak, check_files, knowledge_of
from claimbook.protect.pseudonyms import read_roles
from claimbook.tables import replace_text

MOST_SHOWN = 20


def check_all(layout: Layout, folder: Path, paths: list[Path]) -> tuple[list[Leak], str]:
    """Return what files tell and must not, and with which publications they were compared."""
    tables = layout.cleaned_tables()
    labels, places = layout.reader_words(tables)
    known = knowledge_of(tables, read_roles(), layout.declaration.threshold, labels, places)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    compared, error = layout.compare_published(tables)
    close = [Leak(error.file, 1, "difference", layout.edition, error.problem)] if error else []
    return close + check_files(files, known), compared


def check_pages(layout: Layout, pages: list[Path], record: Path) -> None:
    """Check all files that a build makes, together, before they are published; keep the result."""
    made = [path for path in sorted(pages) if path.is_file()]
    found, compared = check_all(layout, layout.pages, made)
    if found:
        lines = "\n".join(f"  {leak}" for leak in found[:MOST_SHOWN])
        raise UserError(
            f"The edition '{layout.edition}' is confidential, and its reports would leak "
            f"({len(found)} found, of which the first {MOST_SHOWN} are shown):\n{lines}\n"
            "Remedy: show the value with the counts it rests on, or leave it out of the notebook."
        )
    replace_text(record, f"{len(made)} files checked, no leak found. {compared}\n")


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
    found, compared = check_all(layout, folder, paths)
    print(*found, *filter(None, [compared]), sep="\n")
    print(f"{len(paths)} files checked -> {len(found)} leaks")
    return 1 if found else 0
