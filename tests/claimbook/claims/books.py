"""Notebooks with the outputs that a kernel would give them, and claims, without a kernel."""

import nbformat.v4 as v4
import pandas as pd

from claimbook import figures
from claimbook.prose import Narrative, render


def claim(identifier="part", value=0.385, **more):
    """Return a claim as a ledger holds it."""
    fields = {"filter": "percent", "kind": "share", "unit": "proportion", "tolerance": 0.0005}
    fields |= {"id": identifier, "expression": identifier, "notebook": "04_typology"}
    said = {"value": value, "text": str(value), "sentence": f"La part est de {value}."}
    return {**fields, **said, **more}


def stated(value, *sentences):
    """Return a claim that several sentences state."""
    statements = [{"cell": "a", "sentence": sentence, "text": ""} for sentence in sentences]
    return claim(value=value, sentence=sentences[0], statements=statements)


def table_of(name="parts", **options):
    """Return the output of a cell that shows parts of two operators."""
    frame = pd.DataFrame({"nom": ["A", "B"], "part": [0.25, 0.5]})
    words = {"caption": "Parts", "scope": "deux opérateurs", "source": "exemple"} | options
    shown = figures.table(frame, name=name, **words)._repr_mimebundle_()
    return v4.new_output("display_data", data=shown)


def executed(cells, namespace):
    """Return a notebook whose ``%%narrative`` cells and ``# say:`` comments have their claims."""
    book = v4.new_notebook()
    for identifier, source in cells:
        cell = v4.new_code_cell(source, id=identifier)
        mark = "%%narrative\n" if source.startswith("%%narrative") else "# say: "
        template = source.partition(mark)[2]
        if template:
            data = Narrative(render(template, namespace, identifier))._repr_mimebundle_()
            cell.outputs = [v4.new_output("display_data", data=data)]
        book.cells.append(cell)
    return book
