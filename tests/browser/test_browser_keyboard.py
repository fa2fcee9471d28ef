"""With the keyboard alone: skip link, contents, folded code, from a value to its evidence and back, downloads."""

import base64
import re
from pathlib import Path

import pytest

ACTIVE = "document.activeElement"


@pytest.fixture
def page(chromium, samples):
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce", accept_downloads=True
    )
    opened = context.new_page()
    opened.goto((samples / "02_plain.html").as_uri())
    yield opened
    context.close()


def active(page, what):
    return page.evaluate(f"{ACTIVE}.{what}")


def tab_to(page, selector, limit=60):
    """Press Tab until the element that matches has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate(f"{ACTIVE}.matches({selector!r})"):
            return
    pytest.fail(f"Tab never reaches {selector}")


def until(page, condition):
    """Wait until a condition holds; Playwright's own waiting needs ``eval``, which the page's policy forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {condition}")


def in_view(page, selector):
    box = page.locator(selector).bounding_box()
    return box is not None and -1 <= box["y"] < 900


def test_the_first_stop_is_the_skip_link_and_it_leads_to_the_content(page):
    page.keyboard.press("Tab")
    assert active(page, "textContent") == "Aller au contenu"
    box = page.locator(".skip").bounding_box()
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert active(page, "id") == "contenu"
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.querySelector('main').contains({ACTIVE})")


def test_the_focus_is_always_seen(page):
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(
            f"(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle({ACTIVE}))",
        )
        assert style[0] != "none"
        assert style[1] >= 2


def test_the_contents_lead_to_their_heading(page):
    tab_to(page, "nav.wide a[href='#methode-et-limites']")
    page.keyboard.press("Enter")
    assert page.url.endswith("#methode-et-limites")
    assert in_view(page, "#methode-et-limites")


def test_the_contents_unfold_on_a_narrow_screen(page):
    page.set_viewport_size({"width": 320, "height": 800})
    tab_to(page, "nav.narrow summary")
    assert not page.locator("nav.narrow a").first.is_visible()
    page.keyboard.press("Enter")
    assert page.locator("nav.narrow a").first.is_visible()


def test_code_unfolds_and_folds(page):
    tab_to(page, ".folds summary")
    code = page.locator("#cell-imports")
    assert not code.is_visible()
    page.keyboard.press("Enter")
    assert code.is_visible()
    page.keyboard.press("Enter")
    assert not code.is_visible()


def test_a_value_opens_the_cell_that_computed_it_and_the_way_back_returns_to_it(page):
    tab_to(page, ".answer a.claim")
    start = active(page, "id")
    assert not page.locator("#cell-coverage").is_visible()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#cell-coverage').closest('details').open")
    assert active(page, "id") == "cell-coverage"
    assert in_view(page, "#cell-coverage")
    tab_to(page, "#cell-coverage .back a", limit=2)
    assert active(page, "getAttribute('aria-label')").startswith("Revenir à la valeur 38,5")
    assert active(page, "getAttribute('href')") == f"#{start}"
    page.keyboard.press("Enter")
    assert active(page, "id") == start
    assert in_view(page, f"#{start}")


def test_the_browser_also_goes_back(page):
    tab_to(page, ".answer a.claim")
    page.keyboard.press("Enter")
    until(page, "location.hash === '#cell-coverage'")
    page.go_back()
    assert "#" not in page.url


def test_evidence_leads_to_the_rows_behind_it_which_unfold(page):
    tab_to(page, ".answer a.claim")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#cell-coverage').closest('details').open")
    tab_to(page, "#cell-coverage a[href='#couverture-donnees']", limit=6)
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#couverture-donnees').closest('details').open")
    assert in_view(page, "#couverture-donnees")


def test_a_link_opened_from_outside_unfolds_its_cell(chromium, samples):
    page = chromium.new_page()
    page.goto((samples / "02_plain.html").as_uri() + "#cell-coverage")
    assert page.evaluate("document.querySelector('#cell-coverage').closest('details').open")
    page.close()


def test_a_long_table_scrolls_with_the_arrows(page):
    tab_to(page, "#operateurs .scroll", limit=80)
    page.keyboard.press("ArrowDown")
    until(page, "document.querySelector('#operateurs .scroll').scrollTop > 0")


def test_a_download_is_saved_without_any_request(page):
    tab_to(page, "#operateurs .get a", limit=80)
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    download = waiting.value
    assert download.suggested_filename == "operateurs.csv"
    saved = Path(download.path()).read_bytes()
    href = page.locator("#operateurs .get a").get_attribute("href")
    assert saved == base64.b64decode(href.partition("base64,")[2])
    assert saved.startswith(b"\xef\xbb\xbfOp")


def test_a_screen_reader_hears_names_roles_and_language(page):
    snapshot = page.locator("body").aria_snapshot()
    assert re.search(r'navigation "Sommaire"', snapshot)
    assert re.search(r'img "Diagramme en barres horizontales', snapshot)
    assert re.search(r'figure "La dématérialisation domine', snapshot)
    assert re.search(r'table "Opérateurs par population desservie"', snapshot)
    assert re.search(r'rowheader "Opérateur 1"', snapshot)
    assert re.search(r'region "Opérateurs par population desservie"', snapshot)
