from __future__ import annotations

import pytest

from helpers.claims import collect, shown_data
from helpers.pipeline.steps import read_executed


@pytest.fixture(scope="session")
def executed(built):
    """The executed notebooks of the default edition, by name."""
    assert built.code == 0, "the build failed: see its messages above"
    return {chapter.name: read_executed(built.layout, chapter) for chapter in built.layout.chapters}


@pytest.fixture(scope="session")
def claims(executed):
    """The claims of each executed notebook, by their id."""
    return {name: {c["id"]: c for c in collect(notebook, name=name)} for name, notebook in executed.items()}


@pytest.fixture(scope="session")
def load(built):
    """Load a tidy table of the default edition."""
    from helpers.sources import open_edition

    assert built.code == 0
    return open_edition(built.layout.edition, built.root).load


@pytest.fixture(scope="session")
def shown(executed):
    """The data of the figures and tables of each executed notebook."""
    return {name: shown_data(notebook) for name, notebook in executed.items()}
