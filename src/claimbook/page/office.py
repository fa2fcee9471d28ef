"""Forms for paper and annotation, made from pages: PDF by Chromium, DOCX by Pandoc."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from claimbook.errors import UserError
from claimbook.page import markup

TIMEOUT = 300
_ONLY_ON_SCREEN = "nav, .skip, .folds, .texts, .get, .hint, .paper, footer, style, meta, link"


def find_chromium() -> str | None:
    """Return the path of a Chromium: ``$OPSN_CHROMIUM``, else the first one on the path."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("OPSN_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pdf(page, target) -> Path:
    """Print an HTML file as a tagged PDF; `UserError` if no Chromium is there or it fails."""
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    flags += ("--generate-pdf-document-outline", f"--print-to-pdf={Path(target).resolve()}")
    with tempfile.TemporaryDirectory() as profile:
        given = [*flags, f"--user-data-dir={profile}", Path(page).resolve().as_uri()]
        return _run("Chromium", find_chromium(), given, target)


def docx(page, target) -> Path:
    """Turn an HTML file into a DOCX to annotate; `UserError` if Pandoc is missing or fails."""
    given = ["--from=html", "--to=docx", "--metadata=lang:fr-FR", f"--output={target}"]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(for_annotation(Path(page).read_text("utf-8")), encoding="utf-8")
        return _run("Pandoc", shutil.which("pandoc"), [*given, str(source)], target)


def for_annotation(html: str) -> str:
    """Return the words, figures' texts and tables of a page as plain HTML."""
    tree = markup.parse(html)
    for element in tree.select(_ONLY_ON_SCREEN):
        element.decompose()
    for drawing in tree.find_all("svg"):
        drawing.replace_with(f"[Figure] {drawing.get('aria-label', '')}")
    for element in tree.select("details, summary, a:not([href^=http])"):
        element.unwrap()
    return markup.serialise(tree)


def _run(name: str, tool: str | None, given: list[str], target: Path) -> Path:
    problem, target = "was not found", Path(target)
    if tool is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run([tool, *given], capture_output=True, timeout=TIMEOUT, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            problem = f"failed ({type(error).__name__})"
    if tool is None or not target.is_file():
        raise UserError(
            f"{name} {problem}: {target.name} was not made. Remedy: install it and check that it "
            "runs by itself; the HTML reports are complete without it."
        )
    return target
