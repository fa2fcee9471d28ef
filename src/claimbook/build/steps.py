"""What each task does. A step imports the heavy libraries that it needs: a build with nothing to do stays quick."""

from __future__ import annotations

import json
import platform
from pathlib import Path

from claimbook.build.layout import Chapter, Layout, first_heading
from claimbook.tables import replace_text, write_tables
from helpers import __version__

TIMEOUT = 900


def clean_edition(layout: Layout) -> None:
    """Check and clean the raw tables, then write every tidy table: all or none.

    Raises
    ------
    DataError
        If a raw table is not as its schema says, or an export not as its mapping says; nothing is written then.
    """
    from claimbook.protect.pseudonyms import hide_operators, pseudonym_key, read_roles

    tables = cleaned_tables(layout)
    if layout.declaration.confidential:
        key, roles = pseudonym_key(layout.raw), read_roles(layout.raw)
        tables = hide_operators(tables, roles, key, internal=layout.internal)
    write_tables(layout.processed, tables)


def cleaned_tables(layout: Layout) -> dict:
    """Return every tidy table of an edition by name, operators under their own names.

    Raises
    ------
    DataError
        If a raw table is not as its schema says, or an export not as its mapping says.
    """
    if layout.declaration.survey:
        from survey_reader import clean_survey
        from survey_reader.planted import planted_classes

        tables = clean_survey(layout.root, layout.raw.name)
        return tables | {"planted": planted_classes(layout.raw, tables["operators"]["operator"])}
    import pandas as pd

    from helpers.cleaning import clean
    from helpers.sources import Edition, check_tables, read_raw

    raw = read_raw(Edition(layout.edition, layout.root))
    check_tables(layout.root, "territories")
    departements = pd.read_csv(
        layout.root / "data" / "raw" / "territories" / "departements.csv",
        dtype=str,
        keep_default_na=False,
    )
    return clean(raw, departements).tables


def value_labels() -> dict[str, str]:
    """Return the words under which readers know codes that no table explains."""
    from helpers.cleaning import FAMILIES

    return dict(FAMILIES)


def execute_chapter(layout: Layout, chapter: Chapter, pool) -> None:
    """Execute a notebook in a warm kernel and keep what it showed.

    Raises
    ------
    NotebookFailure
        If a cell fails, writes to stderr, or its kernel dies twice.
    """
    import nbformat

    from claimbook.claims import collect
    from claimbook.protect.policy import refuse_unprotected

    notebook = nbformat.reads(chapter.path.read_text(encoding="utf-8"), as_version=4)
    executed = pool.execute(
        notebook,
        name=chapter.name,
        parameters={"edition": layout.edition},
        cwd=chapter.path.parent,
        timeout=TIMEOUT,
    )
    if layout.protected:
        refuse_unprotected(executed, chapter.name, layout.edition)
    # Collecting refuses a claim that means two things, before anything is kept.
    replace_text(
        layout.told(chapter.name),
        told_text(chapter, executed, collect(executed, name=chapter.name)),
    )
    replace_text(layout.executed_notebook(chapter), nbformat.writes(executed) + "\n")


def told_text(chapter: Chapter, executed, claims: list[dict]) -> str:
    """Return what a chapter hands to others beside its tables: title, answer and values, as JSON."""
    answers = [
        output["data"]["text/plain"]
        for cell in executed.cells
        if "answer" in cell.metadata.get("tags", [])
        for output in cell.outputs
        if "text/plain" in output.get("data", {})
    ]
    content = {
        "title": first_heading(executed) or chapter.name,
        "answer": " ".join(" ".join("".join(a).splitlines()) for a in answers).strip(),
        "values": {
            c["expression"]: c["value"] for c in claims if c["kind"] not in ("grade", "plural")
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def export_chapter(layout: Layout, chapter: Chapter) -> None:
    """Write the report of an executed notebook."""
    from claimbook import page as report
    from claimbook.claims import seal

    notebook = read_executed(layout, chapter)
    shown = context(layout, chapter, notebook)
    publish(layout, layout.page(chapter), seal(report.export(notebook, shown), shown["stamp"]))


def publish(layout: Layout, path: Path, text: str) -> None:
    """Write a file that reviewers will read, unless it would tell what a confidential edition must not tell.

    Raises
    ------
    UserError
        Naming what leaks; the file there stays as it was.
    """
    if layout.protected:
        from claimbook.build.confidential import refuse_leaks

        refuse_leaks(layout, path, text)
    replace_text(path, text)


def read_executed(layout: Layout, chapter: Chapter):
    """Return a chapter's executed notebook."""
    import nbformat

    return nbformat.reads(
        layout.executed_notebook(chapter).read_text(encoding="utf-8"), as_version=4
    )


def neighbours(layout: Layout, chapter: Chapter) -> list[Chapter]:
    """Return the chapters before and after, those that exist."""
    chapters = layout.chapters
    place = [c.name for c in chapters].index(chapter.name)
    return chapters[max(0, place - 1) : place] + chapters[place + 1 : place + 2]


def context(layout: Layout, chapter: Chapter, notebook) -> dict:
    """Return what the template shows beside the notebook: neighbours, provenance, claims and stamp."""
    from claimbook.claims import collect

    chapters = layout.chapters
    place = [c.name for c in chapters].index(chapter.name)
    before = chapters[place - 1] if place else None
    after = chapters[place + 1] if place + 1 < len(chapters) else None
    claims = collect(notebook, name=chapter.name)
    return {
        **common_context(layout),
        "name": chapter.name,
        "question": chapter.question,
        "previous": _link(layout, before),
        "next": _link(layout, after),
        "files": {f"{c.name}.html": layout.named(c.name) for c in chapters}
        if layout.file_mark
        else {},
        "file_mark": layout.file_mark,
        "claims": claims,
        "stamp": report_stamp(layout, chapter, notebook),
    }


def common_context(layout: Layout) -> dict:
    """Return the parts of the context that every page of an edition shares."""
    return {
        "edition": layout.edition,
        "simulated": layout.declaration.simulated,
        "internal": layout.internal,
        "least": layout.declaration.threshold if layout.protected else None,
        "index_href": layout.named("index"),
        "sources": _sources(layout),
        "versions": _versions(),
        "citation": citation(layout),
    }


def _link(layout: Layout, chapter: Chapter | None) -> dict | None:
    return None if chapter is None else {"href": layout.named(chapter.name), "title": chapter.title}


def _sources(layout: Layout) -> list[dict]:
    package = json.loads((layout.root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    shown = []
    for resource in package["resources"]:
        if not resource["path"].startswith((f"raw/{layout.raw.name}/", "raw/territories/")):
            continue
        origins = resource.get("sources") or [{}]
        source = origins[0]
        licences = resource.get("licenses") or package.get("licenses") or [{}]
        shown.append(
            {
                "title": resource.get("title", resource["name"]),
                "publisher": " ; ".join(o["title"] for o in origins if "title" in o),
                "licence": " ; ".join(x.get("title", x.get("name", "")) for x in licences),
                "url": source.get("path", ""),
                "accessed": source.get("accessed", resource.get("accessed", "")),
                "path": "data/" + resource["path"],
                "sha256": resource.get("hash", "").removeprefix("sha256:"),
            }
        )
    return shown


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    names = (
        "jupyterlab",
        "matplotlib",
        "nbconvert",
        "numpy",
        "pandas",
        "scikit-learn",
        "scipy",
        "seaborn",
    )
    python = ".".join(platform.python_version_tuple()[:2])
    return {"opsn-study": __version__, "Python": python, **{name: version(name) for name in names}}


def citation(layout: Layout) -> str:
    """Return how to cite an edition of the collection, from CITATION.cff."""
    import yaml

    cff = yaml.safe_load((layout.root / "CITATION.cff").read_text(encoding="utf-8"))
    year = str(cff["date-released"])[:4]
    authors = ", ".join(
        a.get("name") or f"{a['family-names']} {a['given-names']}" for a in cff["authors"]
    )
    return (
        f"{authors} ({year}). {cff['title']}, version {cff['version']}, édition {layout.edition}."
    )


def report_stamp(layout: Layout, chapter: Chapter, notebook) -> dict:
    """Return the machine-readable stamp of a report: hashes of all that it was made from, no clock time."""
    from claimbook.claims import build_stamp

    return build_stamp(
        edition=layout.edition,
        name=chapter.name,
        root=layout.root,
        notebook=chapter.path,
        executed=notebook,
        lock=layout.lock,
        raw=[*layout.raw_tables, *layout.territory_files],
        modules=chapter.modules,
        parameters={"edition": layout.edition},
    )
