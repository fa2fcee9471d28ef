"""Every page in a real browser and in the Nu checker: accessible, complete, and alone."""

import json
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe

from claimbook.page import office

WCAG = [f"wcag{version}{level}" for version in ("2", "21", "22") for level in ("a", "aa")]
OPTIONS = {
    "runOnly": {"type": "tag", "values": [*WCAG, "RGAAv4", "best-practice"]},
    "resultTypes": ["violations"],
}
VIEWS = [(1280, "light"), (320, "dark"), (1280, "dark"), (320, "light")]
UNFOLD = "document.querySelectorAll('details').forEach(d => { d.open = true })"
#: Rows and code repeat one pattern, and axe-core looks at each element.
SHORTEN = (
    "document.querySelectorAll('tbody tr:nth-child(n+9)').forEach(row => row.remove());"
    "document.querySelectorAll('details.code').forEach(d => { d.open = false })"
)
SCROLLED = "document.documentElement.scrollWidth"


@pytest.fixture(scope="session")
def in_view(samples, reports):
    """Return the pages to open in a view: samples in each, the others in turn.

    Of a hundred sheets of one template, every tenth by size is opened.
    """
    chapters = [path for path in reports if path.parent.name != "operators"]
    sheets = sorted(set(reports) - set(chapters), key=lambda path: (path.stat().st_size, path))
    pages = [*chapters, *sheets[::-10]]
    return lambda view: [*sorted(samples.glob("*.html")), *pages[VIEWS.index(view) :: len(VIEWS)]]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: "-".join(map(str, view)))
def test_pages_are_accessible_fit_the_screen_and_ask_for_nothing(chromium, samples, in_view, view):
    width, theme = view
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page, asked, found = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    for path in in_view(view):
        page.goto(path.as_uri())
        page.evaluate(UNFOLD)
        if page.evaluate(SCROLLED) > width:
            found.append(f"{path.name}: scrolls sideways")
        if not path.is_relative_to(samples):
            page.evaluate(SHORTEN)
        result = Axe().run(page, options=OPTIONS).response
        assert len(result["passes"]) > 15, "axe-core did not run"
        found += [
            f"{path.name}: {violation['id']}: {node['target']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
    context.close()
    assert found == []
    expected = [path.as_uri() for path in in_view(view)]
    assert [url for url in asked if not url.startswith("data:")] == expected


def test_axe_would_find_a_violation(open_page, samples):
    page = open_page(samples / "02_plain.html")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert Axe().run(page).violations_count >= 1


def test_the_nu_checker_finds_no_error(vnu, samples, reports):
    pages = map(str, [*samples.glob("*.html"), *reports])
    command = ["java", "-jar", str(vnu), "--format", "json", "--errors-only", *pages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    errors = [
        f"{m.get('url', '').rpartition('/')[2]}: {m['message']}"
        for m in json.loads(done.stderr)["messages"]
        if m["type"] == "error"
    ]
    assert errors == []


def test_a_script_would_not_run(open_page, samples, tmp_path):
    html = (samples / "02_plain.html").read_text(encoding="utf-8")
    script = "<script>document.title = 'ran'</script></main>"
    forged = tmp_path / "forged.html"
    forged.write_text(html.replace("</main>", script), encoding="utf-8")
    assert open_page(forged).title() != "ran"


def test_the_contents_are_a_column_on_wide_screens_and_a_fold_on_narrow_ones(open_page, samples):
    page = open_page(samples / "02_plain.html")
    assert page.locator("nav.wide").is_visible()
    page.evaluate("window.scrollTo({top: 1500, behavior: 'instant'})")
    assert 0 <= page.locator("nav.wide").bounding_box()["y"] < 100
    page.set_viewport_size({"width": 390, "height": 900})
    assert not page.locator("nav.wide").is_visible()
    assert page.locator("nav.narrow").is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_first_figure_is_in_the_first_screen(open_page, samples, width):
    page = open_page(samples / "04_figure_first.html", width=width)
    top = page.locator(".plotted").bounding_box()["y"]
    assert top < (550 if width == 1280 else 750)
    box = page.locator(".plotted svg").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width


def test_on_a_narrow_screen_each_row_of_a_table_is_a_card(open_page, samples):
    page = open_page(samples / "02_plain.html", width=390)
    rows = page.locator("#operateurs tbody tr")
    heights = [rows.nth(n).bounding_box()["height"] for n in range(rows.count())]
    assert rows.count() == 40 and max(heights) < 150
    label = "getComputedStyle(document.querySelector('#operateurs td'), '::before').content"
    assert page.evaluate(label) == '"Population desservie"'
    inside = "[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth)"
    assert page.evaluate(inside)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate(label) == "none"


def test_print_hides_what_paper_cannot_use(open_page, samples):
    page = open_page(samples / "02_plain.html")
    page.emulate_media(media="print")
    for hidden in (".data", "nav.wide", ".folds"):
        assert not page.locator(hidden).first.is_visible()
    after = "getComputedStyle(document.querySelector('main a[href^=http]'), '::after').content"
    assert "legifrance.gouv.fr" in page.evaluate(after)


def test_a_page_prints_as_a_tagged_titled_and_outlined_pdf(chromium, samples, tmp_path):
    one = office.pdf(samples / "02_plain.html", tmp_path / "out" / "one.pdf").read_bytes()
    for mark in (b"/Marked true", b"/StructTreeRoot", b"/Lang (fr)", b"/Outlines"):
        assert mark in one
    assert one.startswith(b"%PDF-") and one.count(b"/Type /Page\n") > 1
    with pytest.raises(office.UserError):
        office.pdf(tmp_path / "none.html", tmp_path / "none.pdf")


def test_the_summary_prints_on_two_pages(chromium, reports, tmp_path):
    (summary,) = (page for page in reports if page.name == "00_synthesis.html")
    printed = office.pdf(summary, tmp_path / "summary.pdf").read_bytes()
    assert printed.count(b"/Type /Page\n") == 2


def test_the_watermark_of_an_internal_page_is_on_every_sheet(open_page, samples):
    page = open_page(samples / "03_internal.html")
    page.emulate_media(media="print")
    style = "getComputedStyle(document.querySelector('.watermark'))"
    assert page.evaluate(f"[{style}.position, {style}.display]") == ["fixed", "block"]
