"""Sentences whose values are computed, written in French, and recorded as claims.

``%%narrative`` turns a cell into Markdown with ``{{ expression | filter }}`` holes; `say` does the
same for the texts of a figure. Each hole is a claim that is compared on the next run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

from claimbook import CLAIMS_MIME, french
from claimbook.errors import UserError
from claimbook.prose.filters import FILTERS, seuil, thresholds
from claimbook.prose.render import Rendered, claim_id, render
from claimbook.prose.template import NarrativeError, parse, root_names
from claimbook.protect import current_policy

__all__ = ["FILTERS", "NarrativeError", "Rendered", "claim_id", "parse", "render", "root_names"]
__all__ += ["CLAIMS_MIME", "Narrative", "Said", "narrative", "say", "seuil", "thresholds"]
__all__ += ["expect_extension"]

_FILTER_BEGUN = re.compile(r"\{\{[^{}]*\|\s*(\w*)$")


class Narrative:
    """What a ``%%narrative`` cell shows: Markdown, plain text, and the claims as hidden data."""

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


class Said(str):
    """A text with computed values, for a figure's caption, alternative or reading note.

    It is its plain text, carries its ``claims``, and ``markupsafe.escape`` gives its HTML.
    """

    __slots__ = ("_html", "claims")

    def __new__(cls, rendered: Rendered):
        """Make the string and attach what it claims."""
        said = super().__new__(cls, rendered.plain)
        said._html, said.claims = rendered.html, rendered.claims
        return said

    def __html__(self) -> str:
        return self._html


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
        If the text has holes, and there is no notebook and no namespace.
    """
    if namespace is None:
        from IPython import get_ipython

        shell = get_ipython()
        if shell is None and "{" in template:
            raise UserError("say() runs outside a notebook. Remedy: give it a namespace")
        namespace = {} if shell is None else shell.user_ns
    where = f'text "{_beginning(template)}"'
    return Said(render(template, namespace, where))


def narrative(line: str, cell: str, shell) -> Narrative:
    """Render a ``%%narrative`` cell; behind the magic may stand the language, if not French."""
    where, language = f'narrative cell "{_beginning(cell)}"', line.strip() or "fr"
    if language not in french.LANGUAGES:
        problem = f"%%narrative takes no option {line.strip()!r}"
        raise NarrativeError(where, 1, problem, "remove it")
    with french.written_in(language):
        return Narrative(render(cell, shell.user_ns, where, first_line=2))


def _beginning(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first if len(first) <= 50 else f"{first[:49]}…"


def help_text() -> str:
    """Return what ``%%narrative?`` shows: how a cell is written, and an example of each filter."""
    estimate = SimpleNamespace(value=0.385, low=0.282, high=0.5, k=25, n=66)
    holes = {name: f"{{{{ {chosen.example} }}}}" for name, chosen in FILTERS.items()}
    width = max(map(len, holes.values()))
    rows = [
        f"    {hole:{width}}  {render(hole, {'dpo': estimate}, name).plain}"
        for name, hole in holes.items()
    ]
    return "\n".join([Path(__file__).with_name("help.md").read_text("utf-8"), *rows])


def register(shell) -> None:
    """Register ``%%narrative`` in a shell, and let Tab complete the filters of a hole."""
    from IPython.core.completer import SimpleCompletion, context_matcher
    from IPython.display import display

    def magic(line: str, cell: str = "") -> None:
        display(narrative(line, cell, shell))

    @context_matcher(identifier="claimbook.filters")
    def filters(context) -> dict:
        begun = _FILTER_BEGUN.search(context.text_until_cursor)
        names = [name for name in FILTERS if begun and name.startswith(begun[1])]
        found = [SimpleCompletion(name, type="function") for name in names]
        return {"completions": found, "suppress": bool(found)}

    magic.__doc__ = help_text()
    shell.register_magic_function(magic, magic_kind="cell", magic_name="narrative")
    # Loaded a second time, the extension replaces its matcher.
    matchers, own = shell.Completer.custom_matchers, filters.matcher_identifier
    matchers[:] = [m for m in matchers if getattr(m, "matcher_identifier", "") != own]
    matchers.append(filters)


def expect_extension() -> None:
    """Let ``%%narrative`` say what is missing in a notebook that has not loaded the extension."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if shell is None or "narrative" in shell.magics_manager.magics["cell"]:
        return

    def magic(line: str, cell: str = "") -> None:
        raise UserError("%%narrative is not loaded. Remedy: run '%load_ext claimbook' first")

    shell.register_magic_function(magic, magic_kind="cell", magic_name="narrative")
