from __future__ import annotations

import pytest

from claimbook.build.chapters import read_executed
from claimbook.claims import collect, shown_data


@pytest.fixture(scope="session")
def executed(built):
    """The executed notebooks of the default edition, by name."""
    assert built.code == 0, "the build failed: see its messages above"
    return {chapter.name: read_executed(built.layout, chapter) for chapter in built.layout.chapters}


@pytest.fixture(scope="session")
def claims(executed):
    """The claims of each executed notebook, by their id."""
    return {
        name: {c["id"]: c for c in collect(notebook, name=name)}
        for name, notebook in executed.items()
    }


@pytest.fixture(scope="session")
def load(built):
    """Load a tidy table of the default edition."""
    from helpers.sources import open_edition

    assert built.code == 0
    return open_edition(built.layout.edition, built.root).load


class Stated:
    """What the executed notebooks of one edition state and show."""

    def __init__(self, built):
        assert built.code == 0, "the build failed: see its messages above"
        self.executed = {
            chapter.name: read_executed(built.layout, chapter) for chapter in built.layout.chapters
        }
        self.claims = {
            n: {c["id"]: c for c in collect(book, name=n)} for n, book in self.executed.items()
        }
        self.shown = {name: shown_data(book) for name, book in self.executed.items()}


@pytest.fixture(scope="session")
def stated(request):
    """Return the function that gives what an edition states; it is built when it is first asked for."""
    fixtures, found = {"public-2026": "built", "survey-simulated": "built_survey"}, {}

    def of(edition: str) -> Stated:
        if edition not in found:
            found[edition] = Stated(request.getfixturevalue(fixtures[edition]))
        return found[edition]

    return of
