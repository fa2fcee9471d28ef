"""The ledger on disk: the same claims always give the same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from claimbook.errors import UserError

FIELDS = ("id", "expression", "filter", "kind", "value", "unit", "tolerance", "text", "sentence")


def key(claim: dict) -> tuple[str, str]:
    """Return what identifies a claim in an edition: its notebook and its id."""
    return claim.get("notebook", ""), claim["id"]


def plain(value):
    """Return a value as JSON knows it: numpy scalars as numbers, sets as sorted lists.

    Parameters
    ----------
    value : object
        Any value of a claim.

    Returns
    -------
    object
        Made of dict, list, str, int, float, bool and None.

    Raises
    ------
    ValueError
        If a number is not finite, or the value is of another type.
    """
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=lambda item: (str(type(item)), item))
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"a claim holds no {value!r}")
    if value is None or isinstance(value, (str, bool, int, float)):
        # Subclasses of str carry more than their text.
        return str(value) if isinstance(value, str) else value
    raise ValueError(f"a claim holds no {type(value).__name__}")


def ledger_text(claims: Iterable[dict]) -> str:
    """Return the claims as JSON text: sorted, floats in their shortest exact form, a line end at the end.

    Parameters
    ----------
    claims : iterable of dict
        Claims, in any order.

    Returns
    -------
    str
        The text of a ledger file.
    """
    ordered = sorted((plain(claim) for claim in claims), key=key)
    return (
        json.dumps(
            {"claims": ordered}, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False
        )
        + "\n"
    )


def write_ledger(path: Path, claims: Iterable[dict]) -> None:
    """Write claims to a file, as `ledger_text` gives them.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made if it is missing.
    claims : iterable of dict
        Claims, in any order.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ledger_text(claims), encoding="utf-8", newline="\n")


def read_ledger(path: Path) -> list[dict]:
    """Read the claims of a ledger file.

    Parameters
    ----------
    path : pathlib.Path
        The file: ``{"claims": [...]}``, or ``{"notebooks": {name: [...]}}`` for a whole edition.

    Returns
    -------
    list of dict
        The claims, sorted.

    Raises
    ------
    UserError
        If the file is missing, or is not a ledger.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        claims = (
            content["claims"]
            if "claims" in content
            else list(chain(*content["notebooks"].values()))
        )
        for claim in claims:
            missing = [field for field in FIELDS if field not in claim]
            if missing:
                raise ValueError(f"claim {claim.get('id')!r} has no {', '.join(missing)}")
    except FileNotFoundError:
        raise UserError(
            f"{path.name}: no such ledger of claims. Remedy: build the edition, then try again"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path.name}: not a ledger of claims ({error}). Remedy: build the edition again"
        ) from None
    return sorted(claims, key=key)


def read_baseline(edition_dir: Path, name: str) -> list[dict]:
    """Read the claims that reviewers accepted for a notebook.

    Parameters
    ----------
    edition_dir : pathlib.Path
        ``tests/baseline/<edition>``.
    name : str
        Name of the notebook, without suffix.

    Returns
    -------
    list of dict
        The claims; none, if no baseline was accepted yet.
    """
    path = edition_dir / f"{name}.json"
    return read_ledger(path) if path.exists() else []
