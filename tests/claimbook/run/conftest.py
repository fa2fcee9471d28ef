from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from claimbook.run import shared_kernels


@pytest.fixture(scope="session")
def kernels():
    """One zygote for the whole session, the one that notebooks get."""
    return shared_kernels()


@pytest.fixture
def notebook():
    def build(*sources, parameters=None):
        cells = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources, 1)]
        if parameters is not None:
            cells.insert(
                0, new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]})
            )
        return new_notebook(cells=cells)

    return build


@pytest.fixture
def printed():
    def collect(executed):
        return "".join(
            output.text
            for cell in executed.cells
            for output in cell.get("outputs", ())
            if output.output_type == "stream" and output.name == "stdout"
        )

    return collect


@pytest.fixture
def light():
    """What a pool of a test's own preloads: the kernel alone, imported in a second."""
    return (
        "ipykernel.kernelapp",
        "ipykernel.debugger",
        "ipykernel.ipkernel",
        "ipykernel.zmqshell",
        "IPython.core.magics",
    )
