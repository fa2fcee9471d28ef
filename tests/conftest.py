"""What several tests share: one build of the real edition for the whole session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers.paths import project_root
from helpers.sources import DEFAULT_EDITION


@dataclass(frozen=True)
class Built:
    """A finished build.

    Attributes
    ----------
    root : Path
        Root of the project.
    layout : helpers.pipeline.Layout
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


@pytest.fixture(scope="session")
def built() -> Built:
    """Build every report of the default edition through the pipeline; what is up to date is not run again."""
    from helpers.pipeline import Layout, build

    root = project_root()
    code, _ = build(root, DEFAULT_EDITION, quiet=True)
    return Built(root, Layout(root, DEFAULT_EDITION), code)


@pytest.fixture(scope="session")
def built_reports(built) -> list[Path]:
    """Return the pages of the default edition."""
    assert built.code == 0
    return built.reports
