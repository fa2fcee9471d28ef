"""The page that says what the collection holds: notebooks, how long each takes, versions.

A measured time would differ from build to build. A notebook declares the class of its run time in its metadata, and the
build says in the terminal when it took much longer.
"""

from __future__ import annotations

import html

from claimbook.build.layout import Chapter, Layout
from claimbook.build.steps import common_context
from claimbook.errors import UserError
from claimbook.tables import replace_text

# Longest duration of each class, in seconds.
CLASSES = {
    "moins de 10 s": 10.0,
    "moins d’une minute": 60.0,
    "plus d’une minute": float("inf"),
}
UNDECLARED = "non déclarée"


def declared(chapter: Chapter) -> str:
    """Return the class of run time that a notebook declares, as readers see it.

    Raises
    ------
    UserError
        If it declares one that is not in `CLASSES`.
    """
    if chapter.runtime and chapter.runtime not in CLASSES:
        raise UserError(
            f"notebooks/{chapter.path.name}: the metadata opsn.runtime says '{chapter.runtime}'. "
            f"Use one of: {', '.join(CLASSES)}."
        )
    return chapter.runtime or UNDECLARED


def too_slow(chapter: Chapter, seconds: float) -> bool:
    """Tell whether a notebook took more than twice what it declares: a busy machine is no news."""
    return seconds > 2 * CLASSES.get(chapter.runtime, float("inf"))


def write_status(layout: Layout) -> None:
    """Write the status page."""
    from claimbook import page as report

    context = common_context(layout)
    page = report.render_page(
        "L’état de la collection", fragment(layout, context["versions"]), context
    )
    replace_text(layout.pages / layout.named("status"), page)


def fragment(layout: Layout, versions: dict[str, str]) -> str:
    """Return the page's body: a table of notebooks and one of versions."""
    rows = [
        [
            f'<a href="{layout.named(c.name)}">{html.escape(c.title)}</a>',
            f"notebooks/{c.path.name}",
            declared(c),
            _reads(c),
        ]
        for c in layout.chapters
    ]
    books = _table(
        "Les cahiers de la collection, et combien de temps prend leur exécution",
        ["Rapport", "Cahier", "Durée d’exécution", "Ce qu’il lit"],
        rows,
    )
    used = _table(
        "Versions utilisées", ["Nom", "Version"], [[html.escape(n), v] for n, v in versions.items()]
    )
    return (
        "<h2>Cahiers</h2>"
        "<p>Tous ont été exécutés de la première à la dernière cellule, sans erreur ni avertissement"
        "\N{NO-BREAK SPACE}: "
        "sinon, aucun rapport ne serait publié. "
        "La durée est une classe que chaque cahier déclare, sur une machine à deux cœurs.</p>"
        f"{books}<h2>Versions</h2>{used}"
    )


def _reads(chapter: Chapter) -> str:
    tables = [f"<code>{name}</code>" for name in chapter.reads]
    told = [f"<code>{name}</code>" for name in chapter.cites]
    parts = [("tables\N{NO-BREAK SPACE}: ", tables), ("cahiers\N{NO-BREAK SPACE}: ", told)]
    return " ; ".join(label + ", ".join(names) for label, names in parts if names) or "rien d’autre"


def _table(caption: str, header: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in header)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
