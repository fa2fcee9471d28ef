"""``%%narrative`` and ``say``: sentences with computed values in a notebook."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.errors import UserError
from helpers.narrative._errors import NarrativeError
from helpers.narrative._render import Rendered, render

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
        if self.claims:
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


def say(template: str, namespace: Mapping | None = None) -> Said:
    """Render a text for a figure or a table from the notebook's variables.

    Parameters
    ----------
    template : str
        Plain French text with ``{{ expression | filter }}`` holes.
    namespace : mapping, optional
        The variables; those of the notebook, if not given.

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
    return Said(render(template, namespace, f'text "{_beginning(template)}"'))


def narrative(line: str, cell: str, shell) -> Narrative:
    """Render the cell of a ``%%narrative`` magic.

    Parameters
    ----------
    line : str
        What stands behind ``%%narrative``; nothing may.
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
    if line.strip():
        raise NarrativeError(where, 1, f"%%narrative takes no option ({line.strip()!r})", "remove it")
    return Narrative(render(cell, shell.user_ns, where, first_line=2))


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
