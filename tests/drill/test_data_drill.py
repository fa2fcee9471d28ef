"""Next year's tables: every variant is cleaned, every notebook runs, no sentence is impossible."""

import pandas as pd
import pytest

from claimbook.claims import read_ledger
from helpers.layout import layout_of
from helpers.paths import project_root
from helpers.sources import describe
from tests.drill.variants import VARIANTS, variant
from tests.invariants import INVARIANTS, check_possible
from tests.loading import copied, run_in

EDITION = "public-2026"
# One variant stands for all in the usual run: it empties columns and denominators at once.
QUICK = "years_missing"


@pytest.fixture(scope="module")
def raw():
    files = sorted((project_root() / "data" / "raw" / EDITION).glob("*.csv"))
    return {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in files}


@pytest.fixture
def project(tmp_path, raw):
    """Return a function that copies the project with a variant of its raw tables."""

    def copy(name: str):
        copied(tmp_path, ("src", "notebooks", "data/raw"))
        folder = tmp_path / "data" / "raw" / EDITION
        for table, frame in variant(name, raw).items():
            frame.to_csv(folder / f"{table}.csv", index=False, lineterminator="\n")
        describe(tmp_path)
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
    "name", [QUICK, *(pytest.param(n, marks=pytest.mark.slow) for n in VARIANTS if n != QUICK)]
)
def test_every_notebook_runs_on_a_variant_and_states_nothing_impossible(project, name):
    root = project(name)
    done = run_in(root, "helpers", "reports")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    claims = read_ledger(layout_of(EDITION, root).ledger)
    assert len(claims) > 100
    for claim in claims:
        check_possible(claim)
