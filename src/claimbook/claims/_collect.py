"""Collecting the claims of an executed notebook, each with the cell that states it and the cell that computed it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from claimbook.claims._ledger import FIELDS, key, plain
from claimbook.depend import assigned_names, is_cell_magic, read_notebook
from claimbook.errors import UserError
from claimbook.prose import CLAIMS_MIME, root_names


def _stated(cell, name: str) -> Iterator[dict]:
    """Yield the claims in the outputs of one cell."""
    for output in cell.get("outputs", []):
        bundle = output.get("data", {}).get(CLAIMS_MIME)
        if bundle is None:
            continue
        if isinstance(bundle, (str, list)):
            bundle = json.loads("".join(bundle))
        for claim in bundle["claims"]:
            missing = [field for field in FIELDS if field not in claim]
            if missing:
                raise UserError(
                    f"{name}, cell '{cell.id}': a claim has no {', '.join(missing)}. Remedy: run it again"
                )
            yield plain(claim)


def _computed_in(expression: str, makers: list[tuple[str, set[str]]]) -> str | None:
    """Return the last cell of ``makers`` that assigns a name which the expression starts from."""
    roots = root_names(expression)
    return next((cell for cell, names in reversed(makers) if names & roots), None)


def _merged(earlier: dict, claim: dict, name: str) -> None:
    """Add one more statement of the same value to a claim."""
    if earlier["value"] != claim["value"]:
        raise UserError(
            f"{name}, cells '{earlier['cell']}' and '{claim['cell']}': "
            f"{{{{ {claim['expression']} | {claim['filter']} }}}} states "
            f"{earlier['value']!r} and then {claim['value']!r}. Remedy: give one of the two values another name"
        )
    earlier["tolerance"] = min(earlier["tolerance"], claim["tolerance"])
    statement = claim["statements"][0]
    if statement not in earlier["statements"]:
        earlier["statements"].append(statement)


def collect(notebook, name: str | None = None) -> list[dict]:
    """Collect the claims of an executed notebook.

    Parameters
    ----------
    notebook : str, pathlib.Path or NotebookNode
        The notebook, with its outputs.
    name : str, optional
        Its name in the ledger; the stem of the file, if a path is given.

    Returns
    -------
    list of dict
        One entry per claim, in the order of first statement. To the fields that ``%%narrative`` gives, it adds
        ``notebook``; ``cell``, the id of the first cell that states it; ``computed_in``, the id of the last code cell
        up to there that assigns a name of its expression (None if none does); ``statements``, every place that states
        it, as ``{"cell", "sentence", "text"}``.

    Raises
    ------
    UserError
        If one expression states two values in the same notebook.
    """
    if name is None:
        name = Path(notebook).stem if isinstance(notebook, (str, Path)) else ""
    makers: list[tuple[str, set[str]]] = []
    claims: dict[tuple[str, str], dict] = {}
    for cell in read_notebook(notebook).cells:
        if cell.cell_type != "code":
            continue
        if not is_cell_magic(cell.source):
            makers.append((cell.id, assigned_names(cell.source)))
        for stated in _stated(cell, name):
            claim = {
                **stated,
                "notebook": name,
                "cell": cell.id,
                "computed_in": _computed_in(stated["expression"], makers),
                "statements": [
                    {"cell": cell.id, "sentence": stated["sentence"], "text": stated["text"]}
                ],
            }
            if key(claim) in claims:
                _merged(claims[key(claim)], claim, name)
            else:
                claims[key(claim)] = claim
    return list(claims.values())
