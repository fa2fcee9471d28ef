"""The protection that an edition asks for, and how a notebook says who stands behind a value."""

from __future__ import annotations

import json
from dataclasses import dataclass

from claimbook import CLAIMS_MIME, DATA_MIME
from claimbook.edition import THRESHOLD, Declaration, is_internal
from claimbook.errors import UserError

#: What is shown comes from no operator: a rule, a list of services, figures that others published.
NOBODY = "disclosure: nobody"
#: Each row is about one operator, or about two.
EACH = "disclosure: each"


@dataclass(frozen=True)
class Policy:
    """How what is shown is protected."""

    edition: str = ""
    confidential: bool = False
    threshold: int = THRESHOLD


OPEN = Policy()


def policy_of(name: str, declaration: Declaration) -> Policy:
    """Return the policy that an edition asks for; an internal view protects nothing."""
    confidential = declaration.confidential and not is_internal(name)
    return Policy(name, confidential, declaration.threshold)


def current_policy() -> Policy:
    """Return the policy of the running notebook; the open one where no notebook runs."""
    from IPython import get_ipython

    # Kept on the shell, so that it ends with the kernel.
    return getattr(get_ipython(), "claimbook_policy", OPEN)


def set_policy(policy: Policy) -> None:
    """Set the policy of the running notebook; a confidential one stays until its kernel ends.

    A notebook that opens a confidential edition and then an open one still holds confidential
    values.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None and not current_policy().confidential:
        shell.claimbook_policy = policy


@dataclass(frozen=True)
class Counted:
    """Which columns of a frame count operators: see `counted`."""

    columns: tuple[str, ...]
    among: str | None = None
    within: str | None = None
    additive: bool = True
    total: str | None = None


def counted(columns, *, among=None, within=None, additive=True, total=None) -> Counted:
    """Say which columns of a frame count operators.

    Parameters
    ----------
    columns : str or list of str
        Column that counts the operators behind each row; or the columns of a two-way table.
    among : str, optional
        Column with the number asked, where the first column counts those who said yes.
    within : str, optional
        Column whose equal values mark rows that share out the same operators.
    additive : bool
        False if an operator may count in several rows, such as rows of services.
    total : str, optional
        Heading of the column, and name of the row, that hold totals.

    Returns
    -------
    Counted

    Raises
    ------
    ValueError
        If options are combined that do not go together.
    """
    columns = (columns,) if isinstance(columns, str) else tuple(columns)
    overlapping = within is not None and not additive
    crossed = len(columns) > 1 and (among or within or not additive)
    if not columns or overlapping or crossed:
        raise ValueError(
            "counted() takes one column with 'among', and 'within' or 'additive=False', or the "
            "columns of a two-way table"
        )
    return Counted(columns, among, within, additive, total)


def checked_respondents(name: str, frame, respondents):
    """Return who a figure or table says stands behind it, checked against its frame."""
    if respondents is None or (isinstance(respondents, str) and respondents in (NOBODY, EACH)):
        return respondents
    if hasattr(respondents, "__index__") and not isinstance(respondents, bool):
        return int(respondents)
    if isinstance(respondents, str):
        respondents = counted(respondents)
    if not isinstance(respondents, Counted):
        raise ValueError(
            f"{name}: respondents is a number, a column or counted(…), not {respondents!r}"
        )
    single = (respondents.among, respondents.within)
    named = [*respondents.columns, *filter(None, single)]
    missing = ", ".join(column for column in named if column not in frame.columns)
    if missing:
        known = ", ".join(frame.columns)
        raise ValueError(f"{name}: respondents names no column: {missing}; columns are {known}")
    return respondents


def refuse_unprotected(notebook, name: str, edition: str) -> None:
    """Refuse an executed notebook of a confidential edition that shows an unprotected output."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            problem = _unprotected(output, edition)
            if problem:
                raise UserError(
                    f"{name}, cell '{cell.get('id', '?')}': it shows {problem}, and the edition "
                    f"'{edition}' is confidential. Remedy: open the edition with "
                    "open_edition(edition) in the notebook, and show values through "
                    "figures.table, figures.figure or %%narrative alone"
                )


def _unprotected(output, edition: str) -> str | None:
    if output.output_type == "stream":
        return "printed text" if "".join(output.get("text", "")).strip() else None
    data = output.get("data", {})
    marked = next((data[kind] for kind in (DATA_MIME, CLAIMS_MIME) if kind in data), None)
    if marked is not None:
        bundle = json.loads("".join(marked)) if isinstance(marked, (str, list)) else marked
        return None if bundle.get("protected") == edition else "values that were not protected"
    others = set(data) - {"text/plain"}
    return "a value of its own" if others or "".join(data.get("text/plain", "")).strip() else None
