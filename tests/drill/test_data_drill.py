"""Next year's tables: every variant is cleaned, every notebook runs, no sentence is impossible."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from claimbook.claims import read_ledger
from helpers.layout import layout_of
from helpers.paths import project_root
from tests.drill.variants import VARIANTS, read_tables, variant, write_tables
from tests.invariants import INVARIANTS

EDITION = "public-2026"
# One variant stands for all in the usual run: it empties columns and denominators at once.
QUICK = "years_missing"
_GROWTH = re.compile(r"\b(augmente|progresse|recule|baisse|diminue)(nt)?\b")


@pytest.fixture(scope="module")
def raw():
    return read_tables(project_root() / "data" / "raw" / EDITION)


@pytest.fixture
def project(tmp_path, raw):
    """Return a function that copies the project with a variant of its raw tables."""

    def copy(name: str):
        here = project_root()
        ignore = shutil.ignore_patterns("__pycache__")
        for folder in ("src", "notebooks", "data/raw"):
            shutil.copytree(here / folder, tmp_path / folder, ignore=ignore)
        files = ("pyproject.toml", "requirements.lock", "CITATION.cff", "data/datapackage.json")
        for file in files:
            shutil.copy(here / file, tmp_path / file)
        write_tables(tmp_path / "data", EDITION, variant(name, raw))
        return tmp_path

    return copy


@pytest.mark.collection
@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_is_cleaned_by_the_rules(project, name):
    tables = layout_of(EDITION, project(name)).cleaned_tables()
    for invariant in INVARIANTS:
        invariant(tables)


@pytest.mark.collection
@pytest.mark.parametrize(
    "name",
    [name if name == QUICK else pytest.param(name, marks=pytest.mark.slow) for name in VARIANTS],
)
def test_every_notebook_runs_on_a_variant_and_states_nothing_impossible(project, name):
    root = project(name)
    environment = {"PYTHONPATH": str(root / "src"), "OPSN_ROOT": str(root), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "helpers", "reports"],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    claims = read_ledger(layout_of(EDITION, root).ledger)
    checked = [check_possible(claim) for claim in claims]
    print(f"{name}: {len(claims)} claims, {sum(checked)} invariants checked")


def check_possible(claim: dict) -> int:
    """Check what no data can make false of a claim; return how many checks that took."""
    values = claim["value"] if isinstance(claim["value"], list) else [claim["value"]]
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    done = 0
    if claim["kind"] == "share" and claim["unit"] == "proportion":
        assert all(0 <= number <= 1 for number in numbers), claim
        done += 1
    if claim["kind"] == "interval":
        low, high = numbers[-2:]
        assert low <= high, claim
        done += 1
        if claim["filter"] == "with_interval":
            assert low - 1e-9 <= numbers[0] <= high + 1e-9, claim
            done += 1
    if claim["kind"] == "count":
        assert all(number >= 0 for number in numbers), claim
        done += 1
    for statement in claim["statements"]:
        done += check_wording(claim, statement["sentence"])
    return done


def check_wording(claim: dict, sentence: str) -> int:
    """Check that a difference that is said to grow or fall has an interval without zero."""
    if not (_GROWTH.search(sentence) and claim["unit"] == "difference of proportions"):
        return 0
    values = claim["value"] if isinstance(claim["value"], list) else [claim["value"]]
    assert min(values) > 0 or max(values) < 0, sentence
    return 1
