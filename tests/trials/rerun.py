"""Run again what an edit touches, in this copy of a built project, until something is caught.

``python -m tests.trials.rerun FILE``: what `make test` would do with the edited file, its quickest
parts first. Exits with 1 and says what was caught, or with 0.
"""

import re
import sys
from pathlib import Path

import pytest

from claimbook.build.steps import Used, execute
from claimbook.claims import accepted_text, collect, shown_data, text_changes, visible_text
from claimbook.depend import Sources
from claimbook.errors import UserError
from claimbook.run.kernel import Kernel
from helpers.__main__ import main as helpers
from helpers.layout import TEMPLATE, layout_of
from helpers.operators.facts import FactBook
from helpers.operators.lists import sheet_changes, sheet_table
from helpers.study import Study
from tests.notebooks.conftest import BASELINE, check_accepted, check_clean, check_tables

SHEETS = "tests/notebooks/test_sheets.py"


def mirrored(file: Path) -> list[str]:
    """Return the unit tests of a module or of a text."""
    names = {file.stem, file.parent.name} - {"helpers", "claimbook", "texts"}
    tests = (path for package in ("helpers", "claimbook") for path in _tests(package))
    return [
        str(path) for path in tests if any(n in f"{path.parent.name}/{path.stem}" for n in names)
    ]


def fails(*tests: str) -> bool:
    """Tell whether one of some tests fails; say so."""
    marks = "not slow and not browser" + ("" if SHEETS in tests else " and not collection")
    failed = tests and pytest.main(["-q", "-x", "-m", marks, "-p", "no:cacheprovider", *tests])
    print("caught by the unit tests" if failed else "")
    return bool(failed)


def _tests(package: str) -> list[Path]:
    return sorted(Path("tests", package).rglob("test_*.py"))


def seconds(chapter) -> int:
    """Return about how long a notebook says that it takes."""
    told = chapter.metadata("runtime")
    number = re.search(r"\d+", told)
    return int(number[0]) if number else 60


def touched(layout, file: Path, sources: Sources) -> list:
    """Return the chapters that are the edited file, or that used what it changed."""

    def is_touched(chapter) -> bool:
        used = Used(layout.record(chapter.name), layout.root, sources)
        return chapter.path == layout.root / file or bool(used.changes())

    quick = sorted(filter(is_touched, layout.chapters), key=seconds)
    return sorted(quick, key=lambda chapter: chapter.path.name != file.name)


def check_chapter(layout, chapter) -> None:
    """Fail unless a chapter runs, and states and shows what was accepted."""
    kernel = Kernel(chapter.path.parent, layout.roots, memory=layout.cache / "joblib")
    book = execute(layout, chapter, kernel)
    check_clean(book, chapter.name)
    claims = collect(book, name=chapter.name)
    check_accepted(layout.edition, chapter.name, claims, shown_data(book), visible_text(book))


def check_sheets(layout) -> None:
    """Fail unless the sheets, and the notebook that shows one, tell what was accepted."""
    shown = visible_text(execute(layout, layout.template, Kernel(layout.notebooks, layout.roots)))
    accepted = accepted_text(BASELINE[layout.edition], TEMPLATE).splitlines()
    told = text_changes(accepted, shown.splitlines())
    assert not told, "\n".join(told)
    book = FactBook(Study(layout.edition, root=layout.root))
    new = sheet_table([book[name] for name in book.slugs])
    old = (BASELINE[layout.edition] / "operators.csv").read_text(encoding="utf-8")
    changes = sheet_changes(old, new)
    assert not changes, "\n".join(map(str, changes[:5]))


def check_edition(edition: str, file: Path) -> None:
    """Fail at the first notebook of an edition that an edit changes."""
    layout = layout_of(edition)
    if file.suffix != ".ipynb" and helpers(["prepare", "--edition", edition]):
        raise AssertionError("the tidy tables are refused")
    if not layout.declaration.confidential:
        check_tables(layout)
    sources = Sources(layout.cache / "syntax.json")
    for chapter in touched(layout, file, sources):
        check_chapter(layout, chapter)
        print(f"{edition}, {chapter.name}: as accepted", flush=True)
    used = Used(layout.record(TEMPLATE), layout.root, sources)
    if layout.has_sheets and (file.stem == TEMPLATE or used.changes()):
        check_sheets(layout)


def main(file: Path) -> int:
    """Run what a file touches; return 1 if it is caught."""
    is_code, is_book = file.suffix in (".py", ".yml"), file.suffix == ".ipynb"
    survey = "survey" in file.parts
    if is_code and fails(*mirrored(file)):
        return 1
    try:
        for edition in BASELINE:
            if not is_book or survey == edition.startswith("survey"):
                check_edition(edition, file)
    except (AssertionError, UserError) as error:
        print(str(error).strip())
        return 1
    # What is left of `make test`: every unit test, then the pages of the sheets.
    return int(is_code and (fails("tests/helpers", "tests/claimbook") or fails(SHEETS)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
