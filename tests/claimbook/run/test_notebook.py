"""A notebook is given its parameters, and its failure names notebook, cell, line and cause."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from claimbook.errors import UserError
from claimbook.run.notebook import NotebookFailure, inject_parameters
from tests.loading import cases

DEFAULTS = "edition = 'public-2026'\ndepth: int = 3\n"


def study(*tagged):
    tags = {"tags": ["parameters"]}
    cells = [
        new_code_cell(DEFAULTS, id=name, metadata=tags if name in tagged else {})
        for name in ("defaults", "show")
    ]
    return new_notebook(cells=[new_markdown_cell("# Title", id="title"), *cells])


def test_values_follow_the_cell_of_defaults_and_replace_those_given_earlier():
    before = study("defaults")
    once = inject_parameters(before, {"edition": "survey-simulated", "depth": 5})
    assert before == study("defaults")
    assert [cell.id for cell in once.cells] == ["title", "defaults", "injected-parameters", "show"]
    assert once.cells[2].source == "depth = 5\nedition = 'survey-simulated'"
    assert once.cells[2].metadata.tags == ["injected-parameters"]
    nbformat.validate(once)
    twice = inject_parameters(once, {"depth": 6})
    assert twice.cells[2].source == "depth = 6" and len(twice.cells) == 4
    assert inject_parameters(twice, None) == before


@pytest.mark.parametrize(
    ("tagged", "name", "message"),
    [
        (["defaults"], "editoin", "parameter 'editoin': .* does not assign it.*depth, edition"),
        ([], "depth", "no code cells tagged 'parameters'"),
        (["defaults", "show"], "depth", "2 code cells tagged"),
    ],
)
def test_a_misspelt_parameter_and_a_missing_or_second_tag_are_refused(tagged, name, message):
    with pytest.raises(UserError, match=f"04.ipynb.*{message}"):
        inject_parameters(study(*tagged), {name: "x"}, name="04.ipynb")


@pytest.mark.parametrize(
    ("traceback", "problem", "told"),
    [
        *cases(__file__)["messages"],
        ("", "E: " + "x" * 5000 + "\nsecond", f": E: {'x' * 297}…\n    a = 1"),
    ],
)
def test_the_message_shows_notebook_cell_line_exception_and_source_and_no_more(
    traceback, problem, told
):
    cell = new_code_cell("a = 1\nb = 2\nc()", id="compute-share")
    where = {"cell": cell, "position": 9, "traceback": traceback}
    failure = NotebookFailure("04_typology.ipynb", "error", problem, **where)
    assert str(failure) == f"04_typology.ipynb, cell 'compute-share' (number 9){told}"
