from __future__ import annotations

import ast
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from claimbook.errors import UserError
from claimbook.run.notebook import inject_parameters


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
    assert [cell.id for cell in injected.cells] == [
        "title",
        "parameters",
        "injected-parameters",
        "show",
    ]
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


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), object(), [{"a": float("nan")}]]
)
def test_a_value_that_is_no_literal_is_refused_with_its_name_and_type(value):
    with pytest.raises(
        UserError, match=rf"parameter 'depth': .*\({type(value).__name__}\) cannot be written"
    ):
        inject_parameters(study(), {"depth": value})


def test_a_numpy_number_is_refused_though_it_is_a_float():
    numpy = pytest.importorskip("numpy", reason="the check concerns NumPy's own types")
    with pytest.raises(UserError, match="float64"):
        inject_parameters(study(), {"depth": numpy.float64(1.5)})


def test_parameters_need_one_tagged_cell():
    bare = study()
    bare.cells[1].metadata = {}
    with pytest.raises(UserError, match="no code cells tagged 'parameters'"):
        inject_parameters(bare, {"depth": 1})
    double = study()
    double.cells[2].metadata["tags"] = ["parameters"]
    with pytest.raises(UserError, match="2 code cells tagged"):
        inject_parameters(double, {"depth": 1})


def test_a_magic_among_the_defaults_is_reported_with_its_line():
    with pytest.raises(UserError, match=r"line 2: .*keep plain assignments"):
        inject_parameters(study("depth = 1\n%matplotlib inline"), {"depth": 1})


literals = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(literals)
def test_the_assignment_evaluates_to_the_value(value):
    source = inject_parameters(study(), {"depth": value}).cells[2].source
    assert ast.literal_eval(source.removeprefix("depth = ")) == value
    assert "\n" not in source
    json.dumps(source)
