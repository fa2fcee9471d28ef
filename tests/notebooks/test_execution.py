"""The pipeline ran every notebook, whole and clean."""

from __future__ import annotations

import json

import pytest

from claimbook.build.layout import PER_OPERATOR
from claimbook.lint import lint_notebook
from helpers.paths import project_root

NOTEBOOKS = sorted((project_root() / "notebooks").glob("*.ipynb"))


def test_as_many_notebooks_ran_as_there_are(executed, built):
    assert len(NOTEBOOKS) - 1 == len(executed) == len(list(built.layout.executed.glob("*.ipynb")))
    assert {p.stem for p in NOTEBOOKS} - set(executed) == {PER_OPERATOR}
    assert len(executed) >= 3


def test_every_code_cell_of_every_notebook_ran_in_order(executed):
    for name, notebook in executed.items():
        counts = [
            c.execution_count for c in notebook.cells if c.cell_type == "code" and c.source.strip()
        ]
        assert counts == list(range(1, len(counts) + 1)), name


def test_nothing_reached_stderr_and_no_output_names_this_machine(executed, built):
    for name, notebook in executed.items():
        text = json.dumps(notebook, ensure_ascii=False)
        assert '"name": "stderr"' not in text, name
        assert str(built.root) not in text, name
        assert " object at 0x" not in text, name


def test_every_notebook_opens_with_an_answer_made_of_claims(executed, claims):
    for name, notebook in executed.items():
        answers = [c.id for c in notebook.cells if "answer" in c.metadata.get("tags", [])]
        assert len(answers) == 1, name
        stated = [
            c
            for c in claims[name].values()
            if any(s["cell"] == answers[0] for s in c["statements"])
        ]
        assert len(stated) >= 2, name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])
def test_the_notebook_reads_as_the_house_rules_say(path):
    findings = lint_notebook(path)
    assert not findings, "\n".join(map(str, findings))
