"""With the keyboard alone: skip link, contents, folds, from a value to its evidence and back."""

import base64
import re
from pathlib import Path

import pytest

ACTIVE = "document.activeElement"


@pytest.fixture
def page(open_page, samples):
    return open_page(samples / "02_plain.html")


def active(page, what):
    return page.evaluate(f"{ACTIVE}.{what}")


def enter(page, selector, limit=80):
    """Press Tab until the element that matches has the focus, always seen, then Enter."""
    outline = f"(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle({ACTIVE}))"
    for _ in range(limit):
        page.keyboard.press("Tab")
        style, width = page.evaluate(outline)
        assert style != "none"
        assert width >= 2
        if page.evaluate(f"{ACTIVE}.matches({selector!r})"):
            return page.keyboard.press("Enter")
    return pytest.fail(f"Tab never reaches {selector}")


def until(page, condition):
    """Wait until a condition holds; Playwright's own waiting needs ``eval``, which pages forbid."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {condition}")


def unfolded(page, selector):
    until(page, f"document.querySelector('{selector}').closest('details').open")
    assert -1 <= page.locator(selector).bounding_box()["y"] < 900


def test_the_first_stop_is_the_skip_link_and_it_leads_to_the_content(page):
    page.keyboard.press("Tab")
    assert active(page, "textContent") == "Aller au contenu"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert active(page, "id") == "contenu"


def test_the_contents_lead_to_their_heading(page):
    enter(page, "nav.wide a[href='#methode-et-limites']")
    assert page.url.endswith("#methode-et-limites")
    assert -1 <= page.locator("#methode-et-limites").bounding_box()["y"] < 900


def test_the_contents_and_code_unfold_and_fold(page):
    page.set_viewport_size({"width": 320, "height": 800})
    enter(page, "nav.narrow summary")
    assert page.locator("nav.narrow a").first.is_visible()
    enter(page, ".folds summary")
    assert page.locator("#cell-imports").is_visible()
    page.keyboard.press("Enter")
    assert not page.locator("#cell-imports").is_visible()


def test_a_value_opens_its_cell_then_its_rows_and_the_way_back_returns(page):
    enter(page, ".answer a.claim")
    unfolded(page, "#cell-coverage")
    assert active(page, "id") == "cell-coverage"
    enter(page, "#cell-coverage .back a", limit=2)
    start = page.locator(".answer a.claim").first.get_attribute("id")
    until(page, f"{ACTIVE}.id === '{start}'")
    page.keyboard.press("Enter")
    enter(page, "#cell-coverage a[href='#couverture-donnees']", limit=6)
    unfolded(page, "#couverture-donnees")


def test_a_link_from_outside_unfolds_its_cell_and_the_browser_goes_back(page):
    page.goto(page.url + "#cell-coverage")
    unfolded(page, "#cell-coverage")
    page.go_back()
    assert "#" not in page.url


def test_a_long_table_scrolls_and_a_download_is_saved_without_any_request(page):
    enter(page, "#operateurs .scroll")
    page.keyboard.press("ArrowDown")
    until(page, "document.querySelector('#operateurs .scroll').scrollTop > 0")
    with page.expect_download() as waiting:
        enter(page, "#operateurs .get a")
    saved = Path(waiting.value.path()).read_bytes()
    href = page.locator("#operateurs .get a").get_attribute("href")
    assert saved == base64.b64decode(href.partition("base64,")[2])
    assert waiting.value.suggested_filename == "operateurs.csv"


def test_a_screen_reader_hears_names_and_roles(page):
    snapshot = page.locator("body").aria_snapshot()
    for name in (
        'navigation "Sommaire"',
        'img "Diagramme en barres horizontales',
        'figure "La dématérialisation domine',
        'table "Opérateurs par population desservie"',
        'rowheader "Opérateur 1"',
        'region "Opérateurs par population desservie"',
    ):
        assert re.search(name, snapshot)
