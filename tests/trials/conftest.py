"""Copies of the built project, in which something is changed on trial."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

FOLDERS = ("src", "notebooks", "data", "reports", "tests", "docs", "examples", "scripts")
FOLDERS += tuple(f".cache/{name}" for name in ("executed", "joblib", "made", "pages", "used"))
FILES = ("pyproject.toml", "pytask.lock", "requirements.lock", "CITATION.cff", "references.bib")


@pytest.fixture(scope="session")
def copy_of_build(built, tmp_path_factory):
    """Return a function that copies the project with what was built of it."""

    def copy() -> Path:
        root = tmp_path_factory.mktemp("copy")
        for folder in FOLDERS:
            if (built.root / folder).exists():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(built.root / folder, root / folder, ignore=ignore)
        for name in FILES:
            shutil.copy(built.root / name, root / name)
        return root

    return copy
