"""What a figure or table of a confidential edition may show."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from claimbook import french
from claimbook import protect as disclosure
from claimbook.protect.counted import counted_in

ONE_BY_ONE = "Ces lignes décrivent les opérateurs un à un : elles ne sont pas publiées, car l’édition est confidentielle."
REMEDY = (
    "Remedy: say who stands behind it with respondents=…, a column that counts operators, a number, "
    "disclosure.counted(…), disclosure.EACH or disclosure.NOBODY"
)


@dataclass(frozen=True)
class Shown:
    """What is left of a figure or table once it is protected.

    Attributes
    ----------
    frame : DataFrame
        Rows, with « s » in hidden cells.
    notice : str or None
        What a reader must know about the protection.
    drawn : bool
        Whether the drawing may be shown.
    withheld : bool
        Whether nothing of it may be shown but its caption and scope.
    mark : dict
        Tells the pipeline that the protection was applied; empty on an open edition.
    """

    frame: pd.DataFrame
    notice: str | None = None
    drawn: bool = True
    withheld: bool = False
    mark: dict | None = None


def guard(name: str, frame: pd.DataFrame, respondents) -> Shown:
    """Return what may be shown of a frame.

    Parameters
    ----------
    name : str
        Name of the figure or table, for messages.
    frame : DataFrame
        As :func:`claimbook.figures.tabular.as_columns` returns it.
    respondents : object
        What the figure or table declares: see :func:`claimbook.figures.table`.

    Returns
    -------
    Shown
        The frame as it is, on an open edition.

    Raises
    ------
    ValueError
        If the declaration names no column; in a confidential edition, if there is none, or if fewer operators than
        the threshold stand behind all of it.
    """
    declared = counted_in(name, frame, respondents)
    policy = disclosure.current_policy()
    if not policy.confidential:
        return Shown(frame, mark={})
    mark = {"protected": policy.edition}
    if declared is None:
        raise ValueError(f"{name}: the edition '{policy.edition}' is confidential. {REMEDY}.")
    if declared == disclosure.NOBODY:
        return Shown(frame, mark=mark)
    if declared == disclosure.EACH:
        return Shown(
            frame.iloc[:0], french.typeset(ONE_BY_ONE), drawn=False, withheld=True, mark=mark
        )
    if isinstance(declared, int):
        if 0 <= declared < policy.threshold:
            raise ValueError(
                f"{name}: {declared} operators stand behind it, and {policy.threshold} are needed in a confidential "
                "edition. Remedy: gather groups, or leave it out"
            )
        return Shown(frame, mark=mark)
    from claimbook.protect.frames import protected

    try:
        safe = protected(frame, declared, policy)
    except ValueError as error:
        raise ValueError(
            f"{name}: {error}. Remedy: gather rows, or declare disclosure.EACH"
        ) from None
    hidden = bool(safe.hidden.to_numpy().any())
    # cells that the author hid before drawing are missing in the drawing already
    drawn = not hidden or bool(safe.frame.isna().to_numpy()[safe.hidden.to_numpy()].all())
    return Shown(
        safe.marked(),
        _notice(hidden, safe.bases, policy),
        drawn=drawn and not safe.bases,
        mark=mark,
    )


def _notice(hidden: bool, bases: dict[str, float], policy) -> str | None:
    parts = []
    if hidden:
        parts.append(
            f"« s » : couvert par le secret, car moins de {french.count(policy.threshold)} opérateurs y répondent, "
            "ou parce que l’on pourrait en déduire une telle valeur."
        )
    for column, base in bases.items():
        parts.append(
            f"{column} : arrondi à {french.decimal(base, 0 if base >= 1 else 2)} près, car un opérateur y domine."
        )
    return french.typeset(" ".join(parts)) if parts else None
