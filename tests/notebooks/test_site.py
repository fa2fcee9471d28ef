"""The site of both editions: each page is reached, each link leads to a page and a place in it."""

import html
import re
from urllib.parse import unquote

import pytest

from tests.loading import script


@pytest.fixture(scope="module")
def site(built, built_survey, tmp_path_factory):
    """The folder of the site, as the workflow makes it."""
    if built.code or built_survey.code:
        pytest.skip("the build failed")
    folder = tmp_path_factory.mktemp("site")
    script("release").make_site(folder, [built.layout, built_survey.layout])
    return folder


def test_every_link_of_the_site_leads_to_a_place_and_every_page_is_reached(site):
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    places = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    reached, lost = {site / "index.html"}, []
    for path, text in pages.items():
        for href in map(html.unescape, re.findall(r'<a\b[^>]*\bhref="([^"]*)"', text)):
            address, _, anchor = href.partition("#")
            if re.match(r"[a-z]+:", address):
                continue
            target = (path.parent / unquote(address)).resolve() if address else path
            reached.add(target)
            if not target.is_file() or (anchor and unquote(anchor) not in places.get(target, ())):
                lost.append(f"{path.name} leads to {href}")
    assert lost == []
    assert reached >= set(pages) and len(pages) > 100
