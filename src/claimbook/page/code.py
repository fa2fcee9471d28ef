"""Source code of cells, lightly marked."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape


# The sheets of all operators show the same cells.
@lru_cache(maxsize=256)
def highlight(source: str) -> Markup:
    """Return Python source as HTML, with comments, strings and keywords marked.

    Parameters
    ----------
    source : str
        Source of a cell; magics are allowed.

    Returns
    -------
    markupsafe.Markup
    """
    from pygments.lexers import PythonLexer
    from pygments.token import Comment, Keyword, Operator, String

    classes = ((Comment, "c"), (String, "s"), (Keyword, "k"), (Operator.Word, "k"))
    parts, current, run = [], None, ""

    def close():
        if run:
            parts.append(
                f'<span class="{current}">{escape(run)}</span>' if current else str(escape(run))
            )

    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        kind = next((name for family, name in classes if token in family), None)
        if kind != current:
            close()
            current, run = kind, ""
        run += text
    close()
    return Markup("".join(parts))
