"""Every page in a real browser: axe-core, no outside request, no sideways scrolling, quick to open."""

import itertools
import json
import subprocess

import pytest

from claimbook.page.checks import check

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "RGAAv4"]
VIEWS = list(itertools.product((1280, 320), ("light", "dark")))


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_axe_finds_no_violation_with_everything_unfolded(chromium, pages, axe, width, theme):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    options = {
        "runOnly": {"type": "tag", "values": [*TAGS, "best-practice"]},
        "resultTypes": ["violations"],
    }
    page, found = context.new_page(), []
    for path in pages:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        result = axe.run(page, options=options)
        assert len(result.response["passes"]) > 15, "axe-core did not run"
        found += [
            f"{path.name}: {v['id']}: {node['target']}"
            for v in result.response["violations"]
            for node in v["nodes"]
        ]
    context.close()
    assert found == []


def test_axe_would_find_a_violation(chromium, samples, axe):
    page = chromium.new_page()
    page.goto((samples / "02_plain.html").as_uri())
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert axe.run(page).violations_count >= 1
    page.close()


def test_no_page_asks_for_anything_or_complains(chromium, pages):
    page, asked, said = chromium.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in pages:
        page.goto(path.as_uri())
        page.wait_for_load_state("networkidle")
    page.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert [url for url in asked if url.startswith("file:")] == [path.as_uri() for path in pages]
    assert said == []


def test_a_script_would_not_run(chromium, samples, tmp_path):
    html = (samples / "02_plain.html").read_text(encoding="utf-8")
    forged = tmp_path / "forged.html"
    forged.write_text(
        html.replace("</main>", "<script>document.title = 'ran'</script></main>"), encoding="utf-8"
    )
    page = chromium.new_page()
    page.goto(forged.as_uri())
    assert page.title() != "ran"
    page.close()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_page_scrolls_sideways(chromium, pages, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    wide = []
    for path in pages:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        reached = page.evaluate("document.documentElement.scrollWidth")
        wide += [(path.name, reached)] if reached > width else []
    page.close()
    assert wide == []


def test_text_spacing_of_a_reader_hides_nothing(chromium, samples):
    page = chromium.new_page(viewport={"width": 320, "height": 900})
    page.goto((samples / "02_plain.html").as_uri())
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
        "p { margin-bottom: 2em !important }"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()


def test_the_contents_are_a_column_on_wide_screens_and_a_fold_on_narrow_ones(chromium, samples):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto((samples / "02_plain.html").as_uri())
    seen = {}
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        seen[width] = [page.locator(f"nav.{kind}").is_visible() for kind in ("wide", "narrow")]
    assert seen == {1280: [True, False], 390: [False, True]}
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("window.scrollTo({top: 1500, behavior: 'instant'})")
    assert page.locator("nav.wide a").first.is_visible()
    assert 0 <= page.locator("nav.wide").bounding_box()["y"] < 100
    page.close()


def test_print_shows_folded_data_and_hides_what_paper_cannot_use(chromium, samples):
    page = chromium.new_page()
    page.goto((samples / "02_plain.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator(".data table").first.bounding_box()["height"] > 50
    assert not page.locator("nav.wide").is_visible()
    assert not page.locator(".folds").first.is_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('thead')).display")
        == "table-header-group"
    )
    after = "getComputedStyle(document.querySelector('main a[href^=http]'), '::after').content"
    assert "data.gouv.fr" in page.evaluate(after)
    page.close()


def test_our_own_rules_hold_on_every_page(pages):
    found = [
        f"{path.name}: {finding}"
        for path in pages
        for finding in check(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_nu_checker_finds_no_error(vnu, pages):
    command = ["java", "-jar", str(vnu), "--format", "json", "--errors-only", *map(str, pages)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    messages = json.loads(done.stderr)["messages"]
    errors = [
        f"{m.get('url', '').rpartition('/')[2]}: {m['message']}"
        for m in messages
        if m["type"] == "error"
    ]
    assert errors == []
    assert done.returncode == 0


def test_total_weight_is_printed(pages, capsys):
    total = sum(path.stat().st_size for path in pages)
    with capsys.disabled():
        print(f"\n{len(pages)} pages checked, {total:,} bytes")
    assert total > 0
