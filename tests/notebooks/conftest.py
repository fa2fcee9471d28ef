from __future__ import annotations

import nbformat
import pytest

from claimbook.claims import collect, shown_data
from helpers.sources import open_edition

FIXTURES = {"public-2026": "built", "survey-simulated": "built_survey"}


def executed_in(folder) -> dict:
    """Return the executed notebooks of a folder by name."""
    paths = sorted(folder.glob("*.ipynb"))
    return {path.stem: nbformat.read(path, as_version=4) for path in paths}


class Stated:
    """What the executed notebooks of one edition state and show."""

    def __init__(self, built):
        self.built, self.layout = built, built.layout
        self.executed = executed_in(self.layout.executed)
        self.claims = {name: collect(book, name=name) for name, book in self.executed.items()}
        self.shown = {name: shown_data(book) for name, book in self.executed.items()}

    def load(self, table: str):
        """Return a tidy table of the edition."""
        return open_edition(self.layout.edition, self.built.root).load(table)


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
