"""Pages: one per chapter, and those of the collection; all are handed to readers together."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version

from claimbook import page as report
from claimbook.build.layout import Chapter, Layout, first_heading
from claimbook.build.steps import Used, read_executed
from claimbook.claims import (
    build_stamp,
    changes_fragment,
    collect,
    compare_with_baseline,
    ledger_text,
    seal,
)
from claimbook.edition import read_citation
from claimbook.results import results_path
from claimbook.tables import replace_text

LIBRARIES = (
    "jupyterlab",
    "matplotlib",
    "nbconvert",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "seaborn",
)


def export_chapter(layout: Layout, chapter: Chapter, used: Used) -> None:
    """Write the report of an executed notebook, and its results for other notebooks."""
    executed = read_executed(layout.executed_notebook(chapter))
    # Collecting refuses a claim that means two things, before anything is kept.
    claims = collect(executed, name=chapter.name)
    stated = [claim for claim in claims if claim["kind"] not in ("grade", "plural")]
    results = {
        "title": first_heading(executed) or chapter.name,
        "answer": report.answer_of(executed),
        "values": {claim["expression"]: claim["value"] for claim in stated},
    }
    page = chapter_page(layout, chapter, executed, used)
    text = json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True)
    replace_text(results_path(layout.processed, chapter.name), f"{text}\n")
    replace_text(layout.page(chapter.name), page)


def chapter_page(layout: Layout, chapter: Chapter, executed, used: Used) -> str:
    """Return the sealed report of a chapter."""
    before, after = layout.around(chapter)
    # What a translation is made of stands in the report that it translates.
    left = {} if chapter.language == "fr" else {"sources": [], "versions": {}}
    names = {f"{c.name}.html": layout.named(c.name) for c in layout.chapters}
    shown = {
        **common_context(layout),
        **left,
        "name": chapter.name,
        "previous": _link(layout, before),
        "next": _link(layout, after),
        "files": names if layout.file_mark else {},
        "file_mark": layout.file_mark,
        "stamp": stamp(layout, chapter, executed, used),
    }
    return seal(report.export(executed, shown), shown["stamp"])


def _link(layout: Layout, chapter: Chapter | None) -> dict | None:
    return None if chapter is None else {"href": layout.named(chapter.name), "title": chapter.title}


def stamp(
    layout: Layout, chapter: Chapter, executed, used: Used, *, name: str = "", **parameters
) -> dict:
    """Return the stamp of a page: hashes of all that it was made from, no clock time."""
    data = layout.root / "data"
    read = used.paths("read")
    texts = {path for path in read if path.is_file() and not path.is_relative_to(data)}
    # Whoever knows all but one of the answers could try the last one on a hash.
    given = [*([] if layout.protected else layout.raw_tables), *layout.shared_files]
    own = [path for path in used.paths("modules") | texts if path.is_relative_to(layout.root)]
    return build_stamp(
        edition=layout.edition,
        name=name or chapter.name,
        root=layout.root,
        executed=executed,
        files={chapter.path, layout.lock, *given, *own},
        package=layout.package[1],
        parameters={"edition": layout.edition, **parameters},
    )


def common_context(layout: Layout) -> dict:
    """Return what every page of an edition shows."""
    python = ".".join(platform.python_version_tuple()[:2])
    own, number = layout.package
    package = json.loads((layout.root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    return {
        "edition": layout.edition,
        "edition_title": layout.declaration.title,
        "home_title": layout.title,
        "simulated": layout.declaration.simulated,
        "internal": layout.internal,
        "least": layout.declaration.threshold if layout.protected else None,
        "index_href": layout.named("index"),
        "sources": _sources(layout, package),
        "versions": {own: number, "Python": python, **{name: version(name) for name in LIBRARIES}},
        "references": report.read_references(layout.references) if layout.references else {},
        **_citations(layout, package),
    }


def _citations(layout: Layout, package: dict) -> dict:
    """Return how to cite an edition, from CITATION.cff: for readers, machines and downloads."""
    cited = read_citation(layout.root, layout.edition)
    metas = {
        "citation_author": cited.authors,
        "citation_publication_date": [cited.date.replace("-", "/")],
        "citation_technical_report_number": [f"{layout.edition}, version {cited.version}"],
    }
    licence = " ; ".join(x["title"] for x in package.get("licenses", ()))
    notice = {"Licence": licence, "Date": cited.date, "Citation": cited.text}
    return {"citation": cited.text, "metas": metas, "notice": notice}


def _sources(layout: Layout, package: dict) -> list[dict]:
    folders = (f"raw/{layout.raw.name}/", f"raw/{layout.shared}/")
    shown = []
    for resource in package["resources"]:
        if not resource["path"].startswith(folders):
            continue
        origins = resource.get("sources") or [{}]
        licences = resource.get("licenses") or package.get("licenses") or [{}]
        shown.append(
            {
                "title": resource.get("title", resource["name"]),
                "publisher": " ; ".join(o["title"] for o in origins if "title" in o),
                "licence": " ; ".join(x.get("title", x.get("name", "")) for x in licences),
                "url": origins[0].get("path", ""),
                "accessed": origins[0].get("accessed", resource.get("accessed", "")),
                "path": "data/" + resource["path"],
                "sha256": resource.get("hash", "").removeprefix("sha256:"),
            }
        )
    return shown


def write_claims(layout: Layout) -> None:
    """Write the claims of all chapters in one file."""
    claims = []
    for chapter in layout.chapters:
        executed = read_executed(layout.executed_notebook(chapter))
        claims += collect(executed, name=chapter.name)
    replace_text(layout.ledger, ledger_text(claims))


def write_changes(layout: Layout, more: str = "") -> None:
    """Write the page that tells what changed since the accepted baseline, then `more` (HTML)."""
    comparison = compare_with_baseline(layout.ledger, layout.baseline)
    titles = {c.name: c.title for c in layout.chapters}
    body = changes_fragment(comparison, titles)
    body = more if more and comparison.empty else body + more
    context = common_context(layout) | {"sources": [], "versions": {}}
    page = report.render_page("Ce qui a changé", body, context)
    replace_text(layout.page("changes"), page)


def write_index(layout: Layout, lead: str) -> None:
    """Write the page that lists the reports; `lead` says what they are made of, as Markdown."""
    chapters = [chapter for chapter in layout.chapters if chapter.language == "fr"]
    books = [read_executed(layout.executed_notebook(c)) for c in chapters]
    entries = [
        report.index_entry(book, layout.named(c.name), group=c.metadata("group", "Rapports"))
        for book, c in zip(books, chapters, strict=True)
    ]
    numbers = report.key_figures(books[0], collect(books[0], name="")) if books else []
    changes = "Ce qui a changé depuis la dernière version acceptée"
    links = [{"href": layout.named("changes"), "title": changes}]
    page = report.render_index(
        entries, {**common_context(layout), "links": links, "lead": lead, "numbers": numbers}
    )
    replace_text(layout.page("index"), page)
