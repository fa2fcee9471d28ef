"""What several tests share: one build of each edition for the whole session."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from helpers.layout import DEFAULT_EDITION
from tests.loading import copied

SURVEY_EDITION = "survey-simulated"
# Fixtures that ask for a build of the whole collection.
BUILT = {"built", "built_survey", "stated", "public"}
# Folders whose tests take longest: builds, compiled loops, fits, a survey.
SLOWEST = ("build", "survey", "typology")
# What a copy of the built project holds.
FOLDERS = ("src", "notebooks", "data", "reports", "tests", "docs", "examples", "scripts")
FOLDERS += (".jupyter", ".cache/executed", ".cache/joblib", ".cache/made", ".cache/pages")
FOLDERS += (".cache/used",)
FILES = ("Makefile", "README.md", "pyproject.toml", "pytask.lock", "requirements.lock")
FILES += ("CITATION.cff", "references.bib")


# Failures repeat; the long run (``make test-all``) draws new examples each time, and more.
settings.register_profile("quick", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(items):
    """Mark what needs the built collection, and say in which order tests run."""
    for item in items:
        if BUILT & set(item.fixturenames) or "notebooks" in item.path.parts:
            item.add_marker("collection")
    # What takes longest starts first. Playwright keeps an event loop in the main thread until its
    # session ends: browser tests are the last.
    items.sort(key=lambda i: ("browser" in i.path.parts, i.path.parent.name not in SLOWEST))


@dataclass(frozen=True)
class Built:
    """A finished build.

    Attributes
    ----------
    root : Path
        Root of the project.
    layout : helpers.layout.StudyLayout
        Where its files are.
    code : int
        Exit code.
    """

    root: Path
    layout: object
    code: int

    @property
    def reports(self) -> list[Path]:
        return sorted(self.layout.reports.glob("*.html"))


def build_edition(name: str) -> Built:
    from helpers.build import build
    from helpers.layout import layout_of

    layout = layout_of(name)
    code, _ = build(layout, quiet=True, wait=True)
    return Built(layout.root, layout, code)


@pytest.fixture(scope="session")
def built() -> Built:
    """Build every report of the default edition; what is up to date is not run again."""
    return build_edition(DEFAULT_EDITION)


@pytest.fixture(scope="session")
def built_survey() -> Built:
    """Build every report of the simulated survey; what is up to date is not run again."""
    return build_edition(SURVEY_EDITION)


@pytest.fixture(scope="session")
def copy_of_build(built, tmp_path_factory):
    """Return a function that copies the project with what was built of it."""
    return lambda: copied(tmp_path_factory.mktemp("copy"), FOLDERS, FILES)
