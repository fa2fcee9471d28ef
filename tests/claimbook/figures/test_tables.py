"""Cells and downloads: French formats, links that run nothing, no formula for a spreadsheet."""

import base64
import csv
import io

import bs4
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from claimbook import figures
from claimbook.figures import Links, cell_formatter, csv_text
from claimbook.figures.tables import csv_value, download_link
from tests.loading import cases

CASES = cases(__file__)
WORDS = {"name": "t", "caption": "Une table", "scope": "Tout.", "source": "Essai."}
FRAME = pd.DataFrame({"Service": ["Paie", "Achats"], "Part": [-0.5, np.nan], "Nombre": [1234, 2]})


def tree_of(html):
    return bs4.BeautifulSoup(str(html), "html.parser")


def table(frame, **options):
    return tree_of(figures.table(frame, **WORDS, **options).html)


def test_a_table_has_scoped_headers_a_caption_and_a_focusable_region():
    tree = table(FRAME)
    region = tree.find(role="region")
    assert (region["class"], region["tabindex"]) == (["scroll"], "0")
    assert tree.find(id=region["aria-labelledby"]) is tree.caption
    assert [th["scope"] for th in tree.thead.find_all("th")] == ["col"] * 3
    assert all(row.th["scope"] == "row" for row in tree.tbody.find_all("tr"))


def test_numbers_stand_on_the_right_and_in_french():
    tree = table(FRAME.assign(Année=[2020, 2021]), formats={"Année": "year"})
    cells = [[td.text for td in row.find_all("td")] for row in tree.tbody.find_all("tr")]
    assert cells == [["−0,50", "1\u202f234", "2020"], ["n. d.", "2", "2021"]]
    assert all(td["class"] == ["n"] for td in tree.find_all("td"))


def test_a_long_table_scrolls_and_markup_in_a_cell_is_text():
    long = pd.DataFrame({"Rang": range(60), "Valeur": range(60)}).set_index("Rang")
    tree = table(long, formats={"Valeur": lambda value: f"<i>{value}</i>"})
    assert tree.find(role="region")["class"] == ["scroll", "long"]
    assert (tree.td["data-label"], tree.td.text, tree.tbody.th.text) == ("Valeur", "<i>0</i>", "0")


@pytest.mark.parametrize(
    ("style", "value", "written"),
    [
        *CASES["written"],
        ("percent", float("nan"), "n. d."),
        (lambda value: f"n° {value}", 3, "n° 3"),
    ],
)
def test_values_are_written_in_french_and_missing_ones_are_named(style, value, written):
    assert cell_formatter(style)(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [*CASES["saved"], (np.int64(12), "12"), (np.nan, ""), (pd.NA, "")],
)
def test_numbers_stay_numbers_and_formulae_become_text(value, written):
    assert csv_value(value) == written


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(TEXTS, min_size=1))
def test_texts_come_back_from_the_csv_but_for_the_apostrophe_before_a_formula(values):
    text = csv_text(pd.DataFrame({"A": values, "B": "z"}))
    cells = [row[0] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]
    assert [cell.removeprefix("'") for cell in cells] == [v.removeprefix("'") for v in values]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


def test_a_download_is_utf8_with_bom_and_semicolons():
    frame = pd.DataFrame({"=Opérateur": ["l'é;è", "=2"], "Part": [0.385, -1.0]})
    payload = base64.b64decode(tree_of(download_link(frame, "essai")).a["href"].split(",")[1])
    assert payload.startswith(b"\xef\xbb\xbf")
    assert payload.decode("utf-8-sig") == "'=Opérateur;Part\r\n\"l'é;è\";0,385\r\n'=2;-1,0\r\n"


@pytest.mark.parametrize(("address", "href", "rel"), CASES["linked"])
def test_pages_are_linked_without_telling_others_where_the_reader_comes_from(address, href, rel):
    (link,) = tree_of(escape(Links([("SMICA", address)]))).find_all("a")
    assert (link.text, link["href"], link.get("rel")) == ("SMICA", href, rel)


@pytest.mark.parametrize("address", CASES["unlinked"])
def test_any_other_address_is_text_alone(address):
    assert str(escape(Links([("texte", address)]))) == "texte"


@given(text=st.text(min_size=1).filter(str.strip), address=st.text())
def test_hostile_texts_and_addresses_never_become_markup(text, address):
    for element in tree_of(escape(Links([(text, address)]))).find_all(True):
        assert element.name == "a" and set(element.attrs) <= {"href", "rel"}
        href = element["href"].lower()
        assert href.startswith(("http://", "https://")) or ":" not in href


@pytest.mark.parametrize("items", [[], [(" ", "a.html")]])
def test_a_link_without_words_is_refused(items):
    with pytest.raises(ValueError, match="Links needs"):
        Links(items)


def test_a_table_shows_links_and_its_data_and_download_keep_the_addresses():
    links = Links([("a.fr", "https://a.fr/1"), ("=b", "https://b.fr/2")])
    frame = pd.DataFrame({"A": ["x"], "Page": [links]})
    shown = [(a.text, a["href"]) for a in table(frame).tbody.find_all("a")]
    assert shown == list(links.items)
    assert "https://b.fr/2" in figures.table(frame, **WORDS).data["csv"]
    assert "a.fr <https://a.fr/1>, =b <https://b.fr/2>" in csv_text(frame)
