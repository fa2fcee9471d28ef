"""``%%narrative`` and ``say``: sentences with computed values in a notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jinja2 import Undefined

from claimbook.errors import UserError
from claimbook.prose._errors import NarrativeError
from claimbook.prose._render import Rendered, render
from claimbook.prose._template import compile_expression
from claimbook.protect import current_policy
from claimbook.protect.masks import respondents_of

_RESPONDENTS = re.compile(r"respondents\s*=\s*(\S.*)")
CLAIMS_MIME = "application/vnd.opsn.claims+json"


class Narrative:
    """What a ``%%narrative`` cell shows: Markdown, plain text, and the claims as hidden data.

    Parameters
    ----------
    rendered : Rendered
        The prose and its claims.
    """

    def __init__(self, rendered: Rendered):
        self.markdown, self.plain, self.claims = rendered.markdown, rendered.plain, rendered.claims

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = {"text/markdown": self.markdown, "text/plain": self.plain}
        policy = current_policy()
        if policy.confidential:
            bundle[CLAIMS_MIME] = {"claims": self.claims, "protected": policy.edition}
        elif self.claims:
            bundle[CLAIMS_MIME] = {"claims": self.claims}
        return bundle

    def __repr__(self) -> str:
        return self.plain


class Said(str):
    """A text with computed values, for a figure's caption, alternative or reading note.

    It is its plain text; ``markupsafe.escape`` gives its HTML, in which each value is an element of its own.

    Attributes
    ----------
    claims : list of dict
        The claims that the text makes.
    """

    __slots__ = ("_html", "claims")

    def __new__(cls, rendered: Rendered):
        """Make the string and attach what it claims."""
        said = super().__new__(cls, rendered.plain)
        said._html, said.claims = rendered.html, rendered.claims
        return said

    def __html__(self) -> str:
        return self._html

    def __reduce__(self):
        return type(self), (Rendered("", str(self), self._html, self.claims),)


def _beginning(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first if len(first) <= 50 else f"{first[:49]}…"


def say(template: str, namespace: Mapping | None = None, *, respondents=None) -> Said:
    """Render a text for a figure or a table from the notebook's variables.

    Parameters
    ----------
    template : str
        Plain French text with ``{{ expression | filter }}`` holes.
    namespace : mapping, optional
        The variables; those of the notebook, if not given.
    respondents : int or False, optional
        Operators on whom the values rest; needed in a confidential edition (False if they are about no operator).

    Returns
    -------
    Said
        The text, with its claims.

    Raises
    ------
    NarrativeError
        If the text cannot be written (see `render`).
    UserError
        If there is no notebook and no namespace.
    """
    if namespace is None:
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is None:
            raise UserError("say() runs outside a notebook. Remedy: give it a namespace")
        namespace = shell.user_ns
    where = f'text "{_beginning(template)}"'
    return Said(render(template, namespace, where, respondents=_behind(respondents, where)))


def narrative(line: str, cell: str, shell) -> Narrative:
    """Render the cell of a ``%%narrative`` magic.

    Parameters
    ----------
    line : str
        What stands behind ``%%narrative``: nothing, or ``respondents=`` and an expression.
    cell : str
        The Markdown with its holes.
    shell : IPython.InteractiveShell
        The shell whose variables fill the holes.

    Returns
    -------
    Narrative
        What to display.

    Raises
    ------
    NarrativeError
        If the cell cannot be written (see `render`).
    """
    where = f'narrative cell "{_beginning(cell)}"'
    respondents = None
    if line.strip():
        option = _RESPONDENTS.fullmatch(line.strip())
        if option is None:
            problem = f"%%narrative takes no option {line.strip()!r}"
            raise NarrativeError(where, 1, problem, "remove it, or write respondents=…")
        respondents = _evaluated(option[1], shell.user_ns, where)
    return Narrative(
        render(cell, shell.user_ns, where, first_line=2, respondents=_behind(respondents, where))
    )


def _evaluated(expression: str, namespace: Mapping, where: str):
    """Return the value of the option behind ``%%narrative``."""
    try:
        value = compile_expression(expression)(namespace)
        if isinstance(value, Undefined):
            str(value)  # raises, and says which name
    except Exception as error:
        problem = f"respondents={expression}: {error}"
        raise NarrativeError(where, 1, problem, "compute it in an earlier code cell") from None
    return value


def _behind(respondents, where: str):
    try:
        return respondents_of(respondents, where)
    except ValueError as error:
        raise NarrativeError(
            where, 1, str(error), "count the operators that the values rest on"
        ) from None


def register(shell) -> None:
    """Register ``%%narrative`` in a shell."""
    from IPython.display import display

    def magic(line: str, cell: str = "") -> None:
        """Render Markdown with ``{{ expression | filter }}`` holes."""
        display(narrative(line, cell, shell))

    shell.register_magic_function(magic, magic_kind="cell", magic_name="narrative")


def unregister(shell) -> None:
    """Remove ``%%narrative`` from a shell."""
    shell.magics_manager.magics["cell"].pop("narrative", None)
