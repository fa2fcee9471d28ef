"""What a notebook of a confidential edition showed without asking: a bare frame, a print, a picture."""

from __future__ import annotations

import json

from claimbook.errors import UserError

_MARKED = ("application/vnd.opsn.data+json", "application/vnd.opsn.claims+json")


def refuse_unprotected(notebook, name: str, edition: str) -> None:
    """Refuse an executed notebook that shows anything which no figure, table or sentence of the edition protected.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    name : str
        Name of the notebook, for messages.
    edition : str
        The confidential edition.

    Raises
    ------
    UserError
        At the first such output.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown = _unprotected(output, edition)
            if shown:
                raise UserError(
                    f"{name}, cell '{cell.get('id', '?')}': it shows {shown}, and the edition '{edition}' is "
                    "confidential. Remedy: open the edition with open_edition(edition) in the notebook, and show "
                    "values through figures.table, figures.figure or %%narrative alone"
                )


def _unprotected(output, edition: str) -> str | None:
    if output.output_type == "stream":
        return "printed text" if "".join(output.get("text", "")).strip() else None
    data = output.get("data", {})
    for kind in _MARKED:
        if kind in data:
            bundle = data[kind]
            bundle = json.loads("".join(bundle)) if isinstance(bundle, (str, list)) else bundle
            return None if bundle.get("protected") == edition else "values that were not protected"
    plain = "".join(data.get("text/plain", ""))
    others = [kind for kind in data if kind != "text/plain"]
    return "a value of its own" if others or plain.strip() else None
