import json

import nbformat
import pytest

from claimbook import claims
from claimbook.tables import read_table
from helpers.acceptance import TABLES, table_hashes
from helpers.paths import project_root

FIXTURES = {"public-2026": "built", "survey-simulated": "built_survey"}


BASELINE = {edition: project_root() / "tests" / "baseline" / edition for edition in FIXTURES}


def check_accepted(edition: str, name: str, stated, shown: dict, text: str) -> None:
    """Fail unless a notebook states and shows what was accepted of it."""
    comparison = claims.compare(claims.read_baseline(BASELINE[edition], name), stated)
    accepted = claims.accepted_data(BASELINE[edition], name)
    changes = [f"{figure}: shown or accepted alone" for figure in accepted.keys() ^ shown.keys()]
    for figure in accepted.keys() & shown.keys():
        changes += claims.data_changes(figure, accepted[figure], shown[figure])
    before = claims.accepted_text(BASELINE[edition], name)
    changes += claims.text_changes(before.splitlines(), text.splitlines())
    remedy = f"If the change is meant, run 'make baseline EDITION={edition}' and commit it."
    told = "\n".join(["", claims.render_text(comparison), *changes, remedy])
    assert comparison.accepted and not changes, told


def check_tables(layout) -> None:
    """Fail unless the tidy tables of an open edition are those that were accepted."""
    path = layout.baseline / TABLES
    accepted, found = path.read_text(encoding="utf-8").splitlines(), table_hashes(layout)
    changed = sorted({line.split(",")[0] for line in {*accepted} ^ {*found.splitlines()}})
    told = f"tidy tables that are not as accepted: {', '.join(changed)}"
    assert not changed, f"{told}. If the change is meant, run 'make baseline'."


def check_clean(notebook, name: str) -> None:
    """Fail if an executed notebook holds a warning, a path or an object without text."""
    text = json.dumps(notebook, ensure_ascii=False)
    for unwanted in ('"name": "stderr"', str(project_root()), " object at 0x"):
        assert unwanted not in text, name


class Stated:
    """What the executed notebooks of one edition state and show."""

    def __init__(self, built):
        self.built, self.layout = built, built.layout
        paths = sorted(self.layout.executed.glob("*.ipynb"))
        self.executed = {path.stem: nbformat.read(path, as_version=4) for path in paths}
        self.claims = {name: claims.collect(book, name) for name, book in self.executed.items()}
        self.shown = {name: claims.shown_data(book) for name, book in self.executed.items()}
        self.text = {name: claims.visible_text(book) for name, book in self.executed.items()}

    def load(self, table: str):
        """Return a tidy table of the edition."""
        return read_table(self.layout.processed, table)


@pytest.fixture(scope="session")
def stated(request):
    """The function that gives what an edition states; it is built when it is first asked for.

    A build that failed is one failing test, test_the_edition_is_built: the others are skipped.
    """
    found = {}

    def of(edition: str) -> Stated:
        built = request.getfixturevalue(FIXTURES[edition])
        if built.code:
            pytest.skip(f"the build of {edition} failed")
        return found.get(edition) or found.setdefault(edition, Stated(built))

    return of


@pytest.fixture(scope="session")
def public(stated):
    """What the public edition states."""
    return stated("public-2026")
