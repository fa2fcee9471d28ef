"""Notebooks with the outputs that a kernel would give them, without a kernel."""

import nbformat.v4 as v4

from claimbook.prose import CLAIMS_MIME, render


def executed(cells, namespace):
    """Return a notebook whose ``%%narrative`` cells and ``# say:`` comments have their claims."""
    book = v4.new_notebook()
    for identifier, source in cells:
        cell = v4.new_code_cell(source, id=identifier)
        template = (
            source.partition("\n")[2]
            if source.startswith("%%narrative")
            else source.partition("# say: ")[2]
        )
        if template:
            rendered = render(template, namespace, identifier)
            data = {"text/markdown": rendered.markdown, "text/plain": rendered.plain}
            if rendered.claims:
                data[CLAIMS_MIME] = {"claims": rendered.claims}
            cell.outputs = [v4.new_output("display_data", data=data)]
        book.cells.append(cell)
    return book
