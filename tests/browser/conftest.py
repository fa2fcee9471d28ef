"""Pages to open, and one headless Chromium for the whole session.

The pages are those of the sample notebook and every page of the default edition, built first if need be (or every page
under ``OPSN_REPORTS``). Where a tool is missing these tests skip and say why; with
``OPSN_REQUIRE_BROWSER=1`` they fail instead.
"""

import os
import shutil
from pathlib import Path

import pytest

from claimbook.page import export, index_entry, office, render_index
from claimbook.page.sample import sample_context, sample_notebook

ROOT = Path(__file__).parents[2]
SHEETS = "operators"


def missing(what):
    """Skip with a reason, or fail where the tools are required."""
    if os.environ.get("OPSN_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{what}, and OPSN_REQUIRE_BROWSER=1")
    pytest.skip(what)


@pytest.fixture(scope="session")
def pdftotext():
    """Return the program that reads a PDF's text."""
    return shutil.which("pdftotext") or missing("poppler-utils is not installed")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


def write_samples(folder):
    """Write the sample pages into a folder, linked to each other as a collection is."""
    for stem, options in (("01_hostile", {}), ("02_plain", {"hostile": False})):
        notebook = sample_notebook(**options)
        for prefix, simulated in (("", False), ("simule_", True)):
            page = export(notebook, sample_context(simulated=simulated))
            (folder / f"{prefix}{stem}.html").write_text(page, encoding="utf-8")
    entries = [index_entry(sample_notebook(hostile=False), "02_plain.html", group="Comprendre")]
    index = render_index(entries, {**sample_context(), "lead": "Un rapport."})
    (folder / "index.html").write_text(index, encoding="utf-8")


@pytest.fixture(scope="session")
def built_pages(request):
    """Pages of the collection: built now, unless ``OPSN_REPORTS`` names a folder that holds them."""
    folder = os.environ.get("OPSN_REPORTS")
    if not folder:
        return request.getfixturevalue("built_reports")
    return sorted(
        path for path in Path(folder).resolve().rglob("*.html") if path.parent.name != SHEETS
    )


@pytest.fixture(scope="session")
def sheet_pages(request):
    """Sheets of operators and their list, from the same place."""
    folder = os.environ.get("OPSN_REPORTS")
    layout = None if folder else request.getfixturevalue("built").layout
    built = (
        (layout.reports / SHEETS).glob("*.html")
        if layout
        else Path(folder).resolve().rglob(f"{SHEETS}/*.html")
    )
    return sorted(built)


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


@pytest.fixture(scope="session")
def pages(samples, built_pages):
    """Every page to check: samples first, then the built collection."""
    return [*sorted(samples.glob("*.html")), *built_pages]


@pytest.fixture(scope="session")
def chromium():
    playwright = (
        pytest.importorskip("playwright.sync_api")
        if os.environ.get("OPSN_REQUIRE_BROWSER") != "1"
        else None
    )
    if playwright is None:
        from playwright import sync_api as playwright
    executable = office.find_chromium()
    if executable is None:
        missing("no Chromium is installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=executable, args=list(office.CHROMIUM_FLAGS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def vnu():
    """Path of the Nu HTML checker: ``$VNU_JAR``, else ``.cache/vnu.jar`` of the project."""
    jar = Path(os.environ.get("VNU_JAR", ROOT / ".cache" / "vnu.jar"))
    if not jar.is_file():
        missing("the Nu HTML checker (vnu.jar) is not installed")
    if shutil.which("java") is None:
        missing("Java is not installed")
    return jar
