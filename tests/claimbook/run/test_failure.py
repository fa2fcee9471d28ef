from __future__ import annotations

from nbformat.v4 import new_code_cell

from claimbook.errors import UserError
from claimbook.run.notebook import NotebookFailure

TRACEBACK = """\x1b[0;31m-----\x1b[0m
\x1b[0;31mZeroDivisionError\x1b[0m   Traceback (most recent call last)
\x1b[0;36mCell\x1b[0m\x1b[0;36m In[7], line 3\x1b[0m
      1 a = 1
----> 3 share(a, 0)
\x1b[0;32mCell In[2], line 1\x1b[0m in share(x, y)
ZeroDivisionError: division by zero"""


def failure(traceback=TRACEBACK, problem="ZeroDivisionError: division by zero", **settings):
    cell = new_code_cell("a = 1\nb = 2\nshare(a, 0)", id="compute-share")
    return NotebookFailure(
        "04_typology.ipynb",
        "error",
        problem,
        cell=cell,
        position=9,
        traceback=traceback,
        **settings,
    )


def test_the_message_shows_notebook_cell_line_exception_and_source_and_no_more():
    assert str(failure()) == (
        "04_typology.ipynb, cell 'compute-share' (number 9), line 3: ZeroDivisionError: division by zero\n"
        "    share(a, 0)"
    )


def test_it_is_an_error_that_the_command_line_shows_without_traceback():
    assert isinstance(failure(), UserError)


def test_the_line_is_that_of_the_running_cell_for_an_exception_raised_from_another():
    chained = (
        "KeyError\nCell In[7], line 1\n\n"
        "The above exception was the direct cause of the following exception:\n\nValueError\nCell In[7], line 2\n"
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
