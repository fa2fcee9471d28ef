"""Print and office forms of a built edition: optional, for paper and for people who annotate.

The HTML reports are the accessible version; every form is made from them and links back to them.
"""

from __future__ import annotations

from pathlib import Path

from claimbook.build.build import build
from claimbook.build.layout import Layout
from claimbook.errors import UserError

SYNTHESIS = "00_synthesis"


def print_forms(root: Path, edition: str) -> int:
    """Build an edition, then print each report and the collection as PDF, and the synthesis as DOCX.

    Returns
    -------
    int
        0 when every form was made; 1 when one of a confidential edition leaks; 2 when a tool is missing, after making
        what the others can.
    """
    from claimbook.page import office

    code, _ = build(root, edition)
    if code:
        return code
    layout = Layout(root, edition)
    folder = layout.reports / "print"
    pages = [layout.report(chapter) for chapter in layout.chapters]
    jobs = [(office.pdf, page, folder / f"{page.stem}.pdf") for page in pages]
    jobs.append(
        (
            office.collection_pdf,
            [layout.reports / layout.named("index"), *pages],
            folder / f"{layout.file_mark}collection.pdf",
        )
    )
    synthesis = layout.reports / layout.named(SYNTHESIS)
    if synthesis.is_file():
        jobs.append((office.docx, synthesis, folder / f"{layout.file_mark}synthese.docx"))
    missing: dict[str, None] = {}
    for make, source, target in jobs:
        try:
            print(make(source, target).relative_to(root).as_posix())
        except UserError as error:
            missing[str(error)] = None
    if layout.protected:
        from claimbook.build.confidential import print_disclosure

        if print_disclosure(root, layout.reports):
            return 1
    for message in missing:
        print(message)
    return 2 if missing else 0
