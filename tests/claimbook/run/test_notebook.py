"""A notebook is given its parameters, and its failure names notebook, cell, line and cause."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from claimbook.errors import UserError
from claimbook.run.notebook import NotebookFailure, inject_parameters


def study(defaults="edition = 'public-2026'\ndepth: int = 3\n"):
    return new_notebook(
        cells=[
            new_markdown_cell("# Title", id="title"),
            new_code_cell(defaults, id="parameters", metadata={"tags": ["parameters"]}),
            new_code_cell("print(edition)", id="show"),
        ]
    )


def test_values_follow_the_cell_of_defaults_sorted_by_name():
    injected = inject_parameters(study(), {"edition": "survey-simulated", "depth": 5})
    ids = [cell.id for cell in injected.cells]
    assert ids == ["title", "parameters", "injected-parameters", "show"]
    assert injected.cells[2].source == "depth = 5\nedition = 'survey-simulated'"
    assert injected.cells[2].metadata.tags == ["injected-parameters"]
    nbformat.validate(injected)


def test_the_notebook_given_is_left_as_it_is():
    before = study()
    inject_parameters(before, {"depth": 5})
    assert before == study()


def test_a_cell_injected_earlier_is_replaced():
    once = inject_parameters(study(), {"depth": 5})
    twice = inject_parameters(once, {"depth": 6})
    assert twice.cells[2].source == "depth = 6"
    assert len(twice.cells) == 4


@pytest.mark.parametrize("nothing", [None, {}])
def test_without_parameters_the_defaults_stay_alone(nothing):
    assert inject_parameters(inject_parameters(study(), {"depth": 5}), nothing) == study()


def test_a_misspelt_parameter_is_refused_and_the_right_names_are_told():
    with pytest.raises(
        UserError, match=r"04.ipynb, parameter 'editoin': .* does not assign it.*depth, edition"
    ):
        inject_parameters(study(), {"editoin": "x"}, name="04.ipynb")


def test_parameters_need_one_tagged_cell():
    bare = study()
    bare.cells[1].metadata = {}
    with pytest.raises(UserError, match="no code cells tagged 'parameters'"):
        inject_parameters(bare, {"depth": 1})
    double = study()
    double.cells[2].metadata["tags"] = ["parameters"]
    with pytest.raises(UserError, match="2 code cells tagged"):
        inject_parameters(double, {"depth": 1})


TRACEBACK = """\x1b[0;31m-----\x1b[0m
\x1b[0;31mZeroDivisionError\x1b[0m   Traceback (most recent call last)
\x1b[0;36mCell\x1b[0m\x1b[0;36m In[7], line 3\x1b[0m
      1 a = 1
----> 3 share(a, 0)
\x1b[0;32mCell In[2], line 1\x1b[0m in share(x, y)
ZeroDivisionError: division by zero"""


def failure(traceback=TRACEBACK, problem="ZeroDivisionError: division by zero"):
    cell = new_code_cell("a = 1\nb = 2\nshare(a, 0)", id="compute-share")
    where = {"cell": cell, "position": 9, "traceback": traceback}
    return NotebookFailure("04_typology.ipynb", "error", problem, **where)


def test_the_message_shows_notebook_cell_line_exception_and_source_and_no_more():
    assert str(failure()) == (
        "04_typology.ipynb, cell 'compute-share' (number 9), line 3: "
        "ZeroDivisionError: division by zero\n    share(a, 0)"
    )


def test_the_line_is_that_of_the_running_cell_for_an_exception_raised_from_another():
    chained = (
        "KeyError\nCell In[7], line 1\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "ValueError\nCell In[7], line 2\n"
    )
    assert failure(chained).line == 2


def test_without_a_traceback_the_first_line_of_the_cell_is_shown():
    died = failure("", "the kernel died")
    assert died.line is None
    assert str(died).endswith("the kernel died\n    a = 1")


def test_a_long_message_is_cut_and_kept_to_one_line():
    long = failure(problem="ValueError: " + "x" * 5000 + "\nsecond")
    assert len(str(long)) < 500
    assert "second" not in str(long)
