"""What runs again is what has to: a short version of ``python -m tests.claimbook.depend.truth``, on two notebooks."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

from tests.claimbook.depend.edits import (
    cell_edits,
    data_edits,
    function_edits,
    loud_edits,
    quiet_edits,
)
from tests.claimbook.depend.truth import copy_project, environment, judge, run_once, trace_all

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture
def project(built, tmp_path, monkeypatch):
    """A copy of the build with two light notebooks, traced."""
    assert built.code == 0
    root = tmp_path / "copy"
    copy_project(built.root, root, ["01_sources", "02_cleaning"])
    run_once(root, root / ".cache/executed/public-2026")
    for name, value in environment(root).items():
        if os.environ.get(name) != value:
            monkeypatch.setenv(name, value)
    return trace_all(root, say=lambda text: None)


def test_what_a_notebook_entered_is_within_its_reach_and_nothing_else_is(project):
    from claimbook.depend import definitions_reached, module_file
    from tests.claimbook.depend.edits import functions

    plain = {(module, node.name) for _, module, node in functions(project)}
    for name, used in project.used.items():
        reached = definitions_reached(project.root / f"notebooks/{name}.ipynb")
        assert used.entered <= set(reached.definitions), name
        assert used.modules == reached.modules, name
        assert used.bound & plain == set(reached.definitions) & plain, name
        assert all(module_file(module) for module in used.modules)


def test_seeded_edits_run_what_has_to_run_and_nothing_else(project, tmp_path):
    rng = np.random.default_rng(20231123)
    quiet, loud, data = quiet_edits(project, rng), loud_edits(project), data_edits(project, rng)
    edits = [
        *quiet[:2],
        loud[2],
        data[3],
        *cell_edits(project, rng, 2),
        *function_edits(project, rng, 4),
    ]
    verdict = judge(project, edits, tmp_path, pages=5, say=lambda text: None)
    assert verdict.faults == []
    assert (verdict.precision, verdict.recall) == (1.0, 1.0)
    assert verdict.right >= 3
