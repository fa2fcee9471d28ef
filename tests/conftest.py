"""What several tests share: one build of each edition for the whole session."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from helpers.sources import DEFAULT_EDITION

SURVEY_EDITION = "survey-simulated"
# Fixtures that ask for a build of the whole collection.
BUILT = {"built", "built_survey", "built_reports", "copy_of_build", "stated", "public"}


# Failures repeat; the long run (``make test-all``) draws new examples each time, and more.
settings.register_profile("quick", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(items):
    """Mark what needs the built collection, and run the browser tests last."""
    for item in items:
        if BUILT & set(item.fixturenames) or "notebooks" in item.path.parts:
            item.add_marker("collection")
    # Playwright keeps an event loop in the main thread until its session ends.
    items.sort(key=lambda item: "browser" in item.path.parts)


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
def built_reports(built) -> list[Path]:
    """Return the pages of the default edition."""
    assert built.code == 0
    return built.reports


def _limit_files(size: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.fixture
def copy_of_build(built, tmp_path):
    """Return a finished build somewhere else, and a function that runs the command line there.

    What the build remembers must not depend on where it is.
    """
    kept = (".cache/executed", ".cache/pages", ".cache/made", ".cache/used")
    for folder in ("src", "notebooks", "data", "reports", "tests/baseline", *kept):
        if (built.root / folder).exists():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(built.root / folder, tmp_path / folder, ignore=ignore)
    for name in (
        "pytask.lock",
        "pyproject.toml",
        "requirements.lock",
        "CITATION.cff",
        "references.bib",
    ):
        shutil.copy(built.root / name, tmp_path / name)

    def run(*arguments: str, limit: int | None = None) -> subprocess.CompletedProcess:
        """Run a command; `limit` is the largest file that it can write."""
        environment = {
            **os.environ,
            "PYTHONPATH": f"{tmp_path / 'src'}",
            "OPSN_ROOT": f"{tmp_path}",
            "COLUMNS": "200",
        }
        command = [sys.executable, "-m", "helpers", *arguments]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
            preexec_fn=None if limit is None else functools.partial(_limit_files, limit),
        )

    return tmp_path, run
