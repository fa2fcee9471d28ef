"""The protection that an edition asks for, in force while one of its notebooks runs."""

from typing import NamedTuple

from claimbook import CLAIMS_MIME, DATA_MIME
from claimbook.edition import THRESHOLD, Declaration, is_internal
from claimbook.errors import UserError


class Policy(NamedTuple):
    """How what is shown is protected."""

    edition: str = ""
    confidential: bool = False
    threshold: int = THRESHOLD


OPEN = Policy()


def policy_of(name: str, declaration: Declaration) -> Policy:
    """Return the policy that an edition asks for; an internal view protects nothing."""
    return Policy(name, declaration.confidential and not is_internal(name), declaration.threshold)


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


def refuse_unprotected(notebook, name: str, edition: str) -> None:
    """Refuse an executed notebook of a confidential edition that shows an unprotected output."""
    shown = ((cell, output) for cell in notebook.cells for output in cell.get("outputs", []))
    for cell, output in shown:
        if problem := _unprotected(output, edition):
            raise UserError(
                f"{name}, cell '{cell.get('id', '?')}': it shows {problem}, and the edition "
                f"'{edition}' is confidential. Remedy: open it by open_edition(edition), and show "
                "values through figures.table, figures.figure or %%narrative alone"
            )


def _unprotected(output, edition: str) -> str | None:
    if output.output_type == "error":
        return "the message of an error"
    if output.get("text", "").strip():
        return "printed text"
    data = {kind: value for kind, value in output.get("data", {}).items() if value != ""}
    if marks := [data[kind] for kind in (DATA_MIME, CLAIMS_MIME) if kind in data]:
        safe = all(isinstance(m, dict) and m.get("protected") == edition for m in marks)
        return None if safe else "values that were not protected"
    return "a value of its own" if data else None
