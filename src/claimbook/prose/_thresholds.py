"""The thresholds that grade the wording of sentences: one place, each with its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from claimbook.errors import UserError


class Threshold(NamedTuple):
    """A limit between two wordings and what it means to a reader, in French."""

    value: float
    meaning: str


thresholds: Mapping[str, Threshold] = MappingProxyType(
    {
        "rare": Threshold(0.10, "on dit « rare » en dessous de cette part"),
        "minorité notable": Threshold(
            0.25, "on dit « une minorité notable » à partir de cette part"
        ),
        "majorité": Threshold(0.50, "on dit « la majorité » au-dessus de cette part"),
        "large majorité": Threshold(0.75, "on dit « une large majorité » à partir de cette part"),
        "quasi-totalité": Threshold(0.90, "on dit « presque tous » à partir de cette part"),
        "confiance": Threshold(0.95, "niveau de tous les intervalles"),
        "signification": Threshold(
            0.05, "un écart est dit significatif si sa valeur p est inférieure à ce niveau"
        ),
        "appartenance nette": Threshold(
            0.80,
            "un opérateur est dit nettement classé à partir de cette probabilité d’appartenance",
        ),
        "stabilité": Threshold(
            0.75,
            "une classe est dite stable à partir de cette similarité de Jaccard moyenne (Hennig 2007)",
        ),
        "accord fort": Threshold(
            0.80, "deux partitions sont dites proches à partir de cet indice de Rand ajusté"
        ),
        "accord faible": Threshold(
            0.40, "deux partitions sont dites éloignées en dessous de cet indice de Rand ajusté"
        ),
    }
)

# Names asked for since the extension was loaded, in order: what the method note of this notebook must show.
_used: dict[str, None] = {}


def seuil(name: str) -> float:
    """Return a threshold by its name, and remember that the notebook used it.

    Parameters
    ----------
    name : str
        A name of `thresholds`.

    Returns
    -------
    float
        The value of the threshold.

    Raises
    ------
    UserError
        If there is no such threshold.
    """
    if name not in thresholds:
        raise UserError(
            f"no threshold {name!r}. Remedy: use one of {', '.join(map(repr, thresholds))}, or add it"
        )
    _used[name] = None
    return thresholds[name].value


def forget_used() -> None:
    """Start the list of used thresholds again, as when a notebook starts."""
    _used.clear()


def used() -> list[str]:
    """Return the names of the thresholds used so far, in the order of first use."""
    return list(_used)


def thresholds_table(names=None):
    """Return the thresholds that grade the wording, for the method note.

    Parameters
    ----------
    names : iterable of str, optional
        Which ones; those that the notebook used so far, if not given.

    Returns
    -------
    pandas.DataFrame
        Columns ``seuil``, ``valeur`` and ``signification``, one row per threshold.
    """
    import pandas as pd

    chosen = used() if names is None else list(names)
    rows = [(name, thresholds[name].value, thresholds[name].meaning) for name in chosen]
    return pd.DataFrame(rows, columns=["seuil", "valeur", "signification"])
