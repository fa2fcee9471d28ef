"""Pages to open, and one headless Chromium for the whole session.

The pages are those of the sample notebook and every page of the default edition, built if need be.
Where a tool is missing these tests skip; with ``OPSN_REQUIRE_BROWSER=1`` they fail instead.
"""

import os
import shutil
from pathlib import Path

import pytest

from claimbook.page import export, index_entry, office, render_index
from tests.claimbook.page.sample import figure_first_notebook, sample_context, sample_notebook

ROOT = Path(__file__).parents[2]


def missing(what):
    """Skip with a reason, or fail where the tools are required."""
    if os.environ.get("OPSN_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{what}, and OPSN_REQUIRE_BROWSER=1")
    pytest.skip(what)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    """Write the sample pages, linked to each other as a collection is."""
    folder, plain = tmp_path_factory.mktemp("samples"), sample_notebook(hostile=False)
    pages = {
        "01_hostile": export(sample_notebook(), sample_context(simulated=True)),
        "02_plain": export(plain, sample_context()),
        "03_internal": export(plain, sample_context(internal=True)),
        "04_figure_first": export(figure_first_notebook(), sample_context()),
        "index": render_index([index_entry(plain, "02_plain.html")], sample_context()),
    }
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def reports(built):
    """Every page of the default edition: chapters, then sheets of operators."""
    assert built.code == 0
    return [*built.reports, *sorted(built.layout.reports.glob("operators/*.html"))]


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    executable = office.find_chromium() or missing("no Chromium is installed")
    with sync_api.sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=executable, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Return a function that opens an HTML file in a view of its own."""
    contexts = []

    def opened(path, *, width=1280, theme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def vnu():
    """Path of the Nu HTML checker: ``$VNU_JAR``, else where CI puts it."""
    usual = ROOT / ".cache" / "tools" / "package" / "build" / "dist" / "vnu.jar"
    jar = Path(os.environ.get("VNU_JAR", usual))
    if not jar.is_file() or shutil.which("java") is None:
        missing("the Nu HTML checker (vnu.jar) or Java is not installed")
    return jar
