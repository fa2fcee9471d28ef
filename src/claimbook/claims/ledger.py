"""The claims of an executed notebook, and their ledger on disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from claimbook import CLAIMS_MIME
from claimbook.depend import assigned_names, is_cell_magic
from claimbook.errors import UserError
from claimbook.prose import root_names

FIELDS = ("id", "expression", "filter", "kind", "value", "unit", "tolerance", "text", "sentence")


def key(claim: dict) -> tuple[str, str]:
    """Return what identifies a claim in an edition: its notebook and its id."""
    return claim.get("notebook", ""), claim["id"]


def plain(value):
    """Return a value as JSON knows it: NumPy values as numbers and lists, sets as sorted lists."""
    return json.loads(json.dumps(value, allow_nan=False, default=_default))


def _default(value):
    if isinstance(value, set | frozenset):
        return sorted(value, key=lambda item: (str(type(item)), item))
    if hasattr(value, "tolist"):
        return value.tolist()
    raise ValueError(f"a claim holds no {type(value).__name__}")


def ledger_text(claims: Iterable[dict]) -> str:
    """Return claims as JSON text: sorted, floats in their shortest exact form."""
    content = {"claims": sorted(map(plain, claims), key=key)}
    options = {"ensure_ascii": False, "indent": 1, "sort_keys": True, "allow_nan": False}
    return json.dumps(content, **options) + "\n"


def read_ledger(path: Path) -> list[dict]:
    """Read the claims of a ledger file, sorted; `UserError` if it is missing or is no ledger."""
    try:
        claims = json.loads(path.read_text(encoding="utf-8"))["claims"]
        for claim in claims:
            missing = [field for field in FIELDS if field not in claim]
            if missing:
                raise ValueError(f"claim {claim.get('id')!r} has no {', '.join(missing)}")
    except FileNotFoundError:
        problem, remedy = "no such ledger of claims", "build the edition, then try again"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem, remedy = f"not a ledger of claims ({error})", "build the edition again"
    else:
        return sorted(claims, key=key)
    raise UserError(f"{path.name}: {problem}. Remedy: {remedy}")


def read_baseline(edition_dir: Path, name: str) -> list[dict]:
    """Read the accepted claims of a notebook, none if nothing was accepted yet."""
    path = edition_dir / f"{name}.json"
    return read_ledger(path) if path.exists() else []


def collect(notebook, name: str) -> list[dict]:
    """Collect the claims of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook, with its outputs.
    name : str
        Its name in the ledger.

    Returns
    -------
    list of dict
        One entry per claim, in the order of first statement. To the fields that ``%%narrative``
        gives, it adds ``notebook``; ``cell``, the id of the first cell that states it;
        ``computed_in``, the id of the last code cell up to there that assigns a name of its
        expression (or None); ``statements``, every place that states it, as
        ``{"cell", "sentence", "text"}``.

    Raises
    ------
    UserError
        If one expression states two values in the same notebook.
    """
    makers: list[tuple[str, set[str]]] = []
    claims: dict[str, dict] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if not is_cell_magic(cell.source):
            makers.append((cell.id, assigned_names(cell.source)))
        for stated in _stated(cell):
            statement = {"cell": cell.id, "sentence": stated["sentence"], "text": stated["text"]}
            if stated["id"] in claims:
                _add(claims[stated["id"]], stated, statement, name)
                continue
            roots = root_names(stated["expression"])
            made = [maker for maker, names in makers if names & roots]
            claims[stated["id"]] = {
                **stated,
                "notebook": name,
                "cell": cell.id,
                "computed_in": made[-1] if made else None,
                "statements": [statement],
            }
    return list(claims.values())


def _stated(cell) -> Iterator[dict]:
    """Yield the claims in the outputs of one cell."""
    for output in cell.get("outputs", []):
        bundle = output.get("data", {}).get(CLAIMS_MIME, {})
        yield from map(plain, bundle.get("claims", ()))


def _add(claim: dict, again: dict, statement: dict, name: str) -> None:
    """Add one more statement of the same value to a claim."""
    if claim["value"] != again["value"]:
        raise UserError(
            f"{name}, cells '{claim['cell']}' and '{statement['cell']}': "
            f"{{{{ {claim['expression']} | {claim['filter']} }}}} states {claim['value']!r} "
            f"and then {again['value']!r}. Remedy: give one of the two values another name"
        )
    claim["tolerance"] = min(claim["tolerance"], again["tolerance"])
    if statement not in claim["statements"]:
        claim["statements"].append(statement)
