"""What tests load: scripts of the project, cases beside a test, and copies of the project."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from helpers.paths import project_root

#: What any build reads beside notebooks, source and raw data.
FILES = ("pyproject.toml", "requirements.lock", "CITATION.cff", "references.bib")
FILES += ("data/datapackage.json",)


def script(name: str):
    """Return a fresh module of ``scripts/<name>.py``."""
    return importlib.reload(importlib.import_module(name))


def cases(test: str, name: str = "cases.yml"):
    """Return what a YAML file beside a test holds."""
    return yaml.safe_load(Path(test).with_name(name).read_text(encoding="utf-8"))


def copied(root: Path, folders, files=FILES) -> Path:
    """Copy folders and files of the project to another root, and return it."""
    here, ignore = project_root(), shutil.ignore_patterns("__pycache__")
    for name in folders:
        if (here / name).exists():
            shutil.copytree(here / name, root / name, ignore=ignore)
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(here / name, root / name)
    return root


def run_in(root: Path, *command: str, **environment: str) -> subprocess.CompletedProcess:
    """Run a module of Python in a copy of the project."""
    own = {"PYTHONPATH": str(root / "src"), "OPSN_ROOT": str(root), "COLUMNS": "200"}
    options = {"capture_output": True, "text": True, "timeout": 3600, "check": False}
    whole = os.environ | own | environment
    return subprocess.run([sys.executable, "-m", *command], cwd=root, env=whole, **options)
