"""The sheets of operators in a real browser: each of them once, and a few contrasting ones in every view.

A hundred pages of one template in four views would say four times the same. Each sheet is opened in one view, in turn,
so that every view meets every kind of content; those that differ most are opened in all.
"""

import itertools
import json
import subprocess

import pytest

from helpers.sheets import GOLDEN
from helpers.sources import DEFAULT_EDITION

TAGS = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22a",
    "wcag22aa",
    "RGAAv4",
    "best-practice",
]
VIEWS = list(itertools.product((1280, 320), ("light", "dark")))
CONTRASTING = {"index", *GOLDEN[DEFAULT_EDITION]}


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def seen_in(view, sheet_pages):
    """Return the pages that a view opens: one in four, and those that every view opens."""
    turn = VIEWS.index(view)
    return [p for n, p in enumerate(sheet_pages) if n % len(VIEWS) == turn or p.stem in CONTRASTING]


def test_every_sheet_is_opened_in_some_view_and_the_contrasting_ones_in_all(sheet_pages):
    opened = [seen_in(view, sheet_pages) for view in VIEWS]
    assert set(itertools.chain(*opened)) == set(sheet_pages)
    assert len(sheet_pages) > 50
    for stem in CONTRASTING:
        assert all(stem in {path.stem for path in pages} for pages in opened), stem


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: "-".join(map(str, view)))
def test_axe_finds_no_violation_and_nothing_scrolls_sideways(chromium, sheet_pages, axe, view):
    width, theme = view
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    page, found = context.new_page(), []
    for path in seen_in(view, sheet_pages):
        page.goto(path.as_uri())
        # the code of all sheets is the same: it is unfolded where all else is looked at too
        folds = "details" if path.stem in CONTRASTING else "details.data"
        page.evaluate(f"document.querySelectorAll('{folds}').forEach(d => {{ d.open = true }})")
        result = axe.run(page, options=options)
        assert len(result.response["passes"]) > 15, "axe-core did not run"
        found += [
            f"{path.name}: {v['id']}: {node['target']}"
            for v in result.response["violations"]
            for node in v["nodes"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{path.name}: scrolls sideways")
    context.close()
    assert found == []


def test_no_sheet_asks_for_anything_or_complains(chromium, sheet_pages):
    page, asked, said = chromium.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in sheet_pages:
        page.goto(path.as_uri())
    page.close()
    assert [url for url in asked if not url.startswith("data:")] == [
        path.as_uri() for path in sheet_pages
    ]
    assert said == []


def test_a_reader_goes_from_the_list_to_a_sheet_to_its_neighbour_and_back_with_the_keyboard(
    chromium, sheet_pages
):
    listing = next(path for path in sheet_pages if path.stem == "index")
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(listing.as_uri())
    page.locator("tbody th a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/operators/*.html")
    first = page.locator("h1").inner_text()
    page.locator("a[rel=next]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/operators/*.html")
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() != first
    page.locator(".top a").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/operators/index.html")
    page.close()


def test_a_sheet_shows_its_code_at_its_end_and_a_value_opens_it(chromium, sheet_pages):
    sheet = next(path for path in sheet_pages if path.stem == "accyb")
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.goto(sheet.as_uri())
    value = page.locator(".answer a.claim").first
    target = value.get_attribute("href")
    assert not page.locator(target).is_visible()
    value.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(f"document.querySelector('{target}').closest('details').open")
    assert page.evaluate(f"!!document.querySelector('{target}').closest('.texts')")
    page.close()


def test_the_map_stands_beside_the_text_on_a_wide_screen_and_above_it_on_a_narrow_one(
    chromium, sheet_pages
):
    sheet = next(path for path in sheet_pages if path.stem == "accyb")
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(sheet.as_uri())
    box = {}
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        box[width] = [page.locator(s).bounding_box() for s in ("#perimetre", "#perimetre + p")]
    page.close()
    figure, text = box[1280]
    assert figure["x"] > text["x"] + 300
    assert abs(figure["y"] - text["y"]) < 60
    figure, text = box[390]
    assert figure["y"] + figure["height"] <= text["y"] + 1


def test_the_nu_checker_finds_no_error(vnu, sheet_pages):
    command = [
        "java",
        "-jar",
        str(vnu),
        "--format",
        "json",
        "--errors-only",
        *map(str, sheet_pages),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    errors = [
        f"{m.get('url', '').rpartition('/')[2]}: {m['message']}"
        for m in json.loads(done.stderr)["messages"]
        if m["type"] == "error"
    ]
    assert errors == []
