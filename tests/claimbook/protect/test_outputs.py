"""A notebook of a confidential edition shows nothing past figures, tables and sentences."""

from __future__ import annotations

import pytest
from nbformat import v4

from claimbook.errors import UserError
from claimbook.protect.outputs import refuse_unprotected

DATA, CLAIMS = "application/vnd.opsn.data+json", "application/vnd.opsn.claims+json"


def book(*outputs):
    return v4.new_notebook(cells=[v4.new_code_cell("x", id="shown", outputs=list(outputs))])


def display(**data):
    return v4.new_output(
        "display_data", {kind.replace("_", "/"): value for kind, value in data.items()}
    )


def test_protected_outputs_pass():
    table = v4.new_output(
        "execute_result",
        {DATA: {"name": "a", "csv": "", "protected": "secrete"}},
        execution_count=1,
    )
    prose = v4.new_output(
        "display_data", {"text/markdown": "x", CLAIMS: {"claims": [], "protected": "secrete"}}
    )
    refuse_unprotected(book(table, prose), "03_map", "secrete")
    refuse_unprotected(v4.new_notebook(cells=[v4.new_markdown_cell("mots")]), "03_map", "secrete")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (v4.new_output("stream", text="Soluris\n"), "printed text"),
        (
            v4.new_output("execute_result", {"text/plain": "42"}, execution_count=1),
            "a value of its own",
        ),
        (
            v4.new_output("display_data", {"image/png": "AAAA", "text/plain": "<Figure>"}),
            "a value of its own",
        ),
        (v4.new_output("display_data", {"text/markdown": "x"}), "a value of its own"),
        (
            v4.new_output(
                "display_data", {"text/html": "<table>", DATA: {"name": "a", "csv": "x"}}
            ),
            "not protected",
        ),
        (
            v4.new_output("display_data", {CLAIMS: {"claims": [], "protected": "autre"}}),
            "not protected",
        ),
    ],
)
def test_anything_else_is_refused_with_its_cell(output, message):
    with pytest.raises(
        UserError,
        match=rf"03_map, cell 'shown': .*{message}.* confidential\. Remedy: open the edition",
    ):
        refuse_unprotected(book(output), "03_map", "secrete")
