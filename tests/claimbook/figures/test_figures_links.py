"""Cells that lead somewhere: only to public pages and to pages of the collection, and never to anything that runs."""

import bs4
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from claimbook import figures
from claimbook.figures import Links
from claimbook.figures.tabular import csv_text

WORDS = {"name": "t", "caption": "Une table", "scope": "Tout.", "source": "Essai."}


def in_cell(links):
    # as they stand in a table: a bare text would be taken for a file name
    return bs4.BeautifulSoup(f"<td>{escape(links)}</td>", "html.parser").td


def anchors(links):
    return in_cell(links).find_all("a")


def test_a_public_page_is_linked_without_telling_where_the_reader_comes_from():
    (link,) = anchors(
        Links([("megalis.bretagne.bzh, 2025", "https://megalis.bretagne.bzh/faq?a=1&b=2")])
    )
    assert link.text == "megalis.bretagne.bzh, 2025"
    assert link["href"] == "https://megalis.bretagne.bzh/faq?a=1&b=2"
    assert link["rel"] == ["noreferrer"]


@pytest.mark.parametrize(
    "address", ["smica.html", "../04_typology.html", "operators/smica.html#services", "../a.csv"]
)
def test_a_page_of_the_collection_is_linked(address):
    (link,) = anchors(Links([("SMICA", address)]))
    assert link["href"] == address
    assert not link.has_attr("rel")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<b>",
        "//example.org/x.html",
        "/etc/passwd",
        "file:///x.html",
        "https://exa mple.org",
        'https://example.org/"onclick="x',
        "x.html\nhttps://a.fr",
        "ftp://a.fr/x.html",
    ],
)
def test_any_other_address_is_text_alone(address):
    assert anchors(Links([("texte", address)])) == []
    assert str(escape(Links([("texte", address)]))) == "texte"


def test_brackets_in_an_address_are_encoded_as_the_standard_asks():
    (link,) = anchors(Links([("x", "http://a.fr/i?tt[news]=1|2")]))
    assert link["href"] == "http://a.fr/i?tt%5Bnews%5D=1%7C2"


@given(text=st.text(min_size=1).filter(str.strip), address=st.text())
def test_hostile_texts_and_addresses_never_become_markup(text, address):
    tree = in_cell(Links([(text, address)]))
    assert {element.name for element in tree.find_all(True)} <= {"a"}
    for link in tree.find_all("a"):
        assert set(link.attrs) <= {"href", "rel"}
        assert link["href"].lower().startswith(("http://", "https://")) or ":" not in link["href"]


@pytest.mark.parametrize("items", [[], [("", "a.html")], [(" ", "a.html")]])
def test_a_link_without_words_is_refused(items):
    with pytest.raises(ValueError, match="Links needs"):
        Links(items)


def test_a_table_shows_links_and_its_download_and_data_keep_the_addresses():
    frame = pd.DataFrame(
        {"A": ["x"], "Page": [Links([("a.fr", "https://a.fr/1"), ("=b", "https://b.fr/2")])]}
    )
    display = figures.table(frame, **WORDS)
    cell = bs4.BeautifulSoup(display.html, "html.parser").tbody.td
    assert [link["href"] for link in cell.find_all("a")] == ["https://a.fr/1", "https://b.fr/2"]
    assert "https://b.fr/2" in display.data["csv"]
    assert "a.fr <https://a.fr/1>, =b <https://b.fr/2>" in csv_text(frame)
    formula = pd.DataFrame({"Page": [Links([("=1+1", "https://a.fr")])]})
    assert csv_text(formula).splitlines()[1].startswith("'=")
