"""Forms for paper and annotation, made from pages: PDF by Chromium, DOCX by Pandoc."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from claimbook.errors import UserError
from claimbook.page import markup

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
TIMEOUT = 300
_MISSING = (
    "{0} was not found, so no {1} was made. Remedy: install the package '{2}', or for Chromium set "
    "OPSN_CHROMIUM to its path; the HTML reports are complete without it."
)
_ONLY_ON_SCREEN = (
    "nav, .skip, .folds, .texts, .get, .hint, .paper, footer, style, meta[http-equiv], link"
)


def find_chromium() -> str | None:
    """Return the path of a Chromium: ``$OPSN_CHROMIUM``, else the first one on the path."""
    found = filter(None, map(shutil.which, CHROMIUM_NAMES))
    return os.environ.get("OPSN_CHROMIUM") or next(found, None)


def pdf(page, target) -> Path:
    """Print an HTML file as a tagged PDF with an outline, and return the PDF's path.

    Raises
    ------
    UserError
        If no Chromium is installed or it fails.
    """
    browser = find_chromium()
    if browser is None:
        raise UserError(_MISSING.format("Chromium", "PDF", "chromium"))
    with tempfile.TemporaryDirectory() as profile:
        flags = [
            "--headless",
            *CHROMIUM_FLAGS,
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            "--export-tagged-pdf",
            "--generate-pdf-document-outline",
            f"--print-to-pdf={Path(target).resolve()}",
        ]
        return _run([browser, *flags, Path(page).resolve().as_uri()], Path(target).resolve())


def docx(page, target) -> Path:
    """Turn an HTML file into a DOCX to annotate, without contents, code or navigation.

    Raises
    ------
    UserError
        If Pandoc is not installed or fails.
    """
    pandoc = shutil.which("pandoc")
    if pandoc is None:
        raise UserError(_MISSING.format("Pandoc", "DOCX", "pandoc"))
    page, target = Path(page), Path(target).resolve()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        html = for_annotation(page.read_text(encoding="utf-8"), page.name)
        source.write_text(html, encoding="utf-8")
        options = ["--from=html", "--to=docx", "--metadata=lang:fr-FR", f"--output={target}"]
        return _run([pandoc, *options, str(source)], target)


def for_annotation(html: str, name: str) -> str:
    """Return the words, figures' texts and tables of the page `name` as plain HTML."""
    tree = markup.parse(html)
    for element in tree.select(_ONLY_ON_SCREEN):
        element.decompose()
    for drawing in tree.find_all("svg"):
        text = tree.new_tag("p")
        text.string = f"[Figure] {drawing.get('aria-label', '')}"
        drawing.replace_with(text)
    for element in tree.select("details, summary"):
        element.unwrap()
    for link in tree.find_all("a", href=re.compile("^(?!https?:)")):
        link.unwrap()
    last = tree.new_tag("p")
    last.string = f"Version accessible et figures\N{NO-BREAK SPACE}: {name}"
    tree.main.append(last)
    return markup.serialise(tree)


def _run(command: list[str], target: Path) -> Path:
    tool = Path(command[0]).name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise UserError(
            f"{tool} took more than {TIMEOUT} s to write {target.name}. Remedy: try again alone."
        ) from None
    if done.returncode or not target.is_file():
        last = (done.stderr.strip().splitlines() or ["it wrote nothing"])[-1]
        raise UserError(
            f"{tool} could not write {target.name} ({last}). Remedy: check that {tool} runs by "
            "itself."
        )
    return target
