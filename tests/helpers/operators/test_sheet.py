"""The page of an operator: its words, its tables, and the link that corrects it."""

import re
from urllib.parse import parse_qs, urlsplit

import bs4
import pytest

from claimbook.page import render_page
from helpers.operators.sheet import correction_link, issue_texts, page_link
from tests.claimbook.page.checks import check
from tests.helpers.operators.tiny import TABLES
from tests.loading import cases

WORDS = cases(__file__, "words.yml")
NAMES = [row[0] for row in TABLES["operators"][1:]]


@pytest.fixture(scope="module")
def trees(book):
    return {name: bs4.BeautifulSoup(book[name].html, "html.parser") for name in NAMES}


def text_of(tree):
    return re.sub(r"\s+", " ", tree.get_text(" "))


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_breaks_no_rule_of_pages_and_speaks_in_whole_sentences(book, trees, name):
    page = render_page(name, book[name].html, {"index_href": "../index.html"}, kind="sheet")
    assert [str(finding) for finding in check(page)] == []
    assert "<b>LINK" not in page and "<i>achats" not in page and 'href="javascript' not in page
    text = text_of(trees[name])
    assert not re.search(r"\b(nan|None|NaT|inf)\b|<NA>|\( ?\)|« »|[^(]\.\.|\w\.[A-ZÀ-Ý]\w", text)


@pytest.mark.parametrize(
    ("name", "words"), [(name, one) for name, words in WORDS.items() for one in words]
)
def test_a_sheet_says_what_its_body_needs(trees, name, words):
    assert words in text_of(trees[name])


def test_identity_holds_dated_figures_and_the_clear_type(trees):
    told = {row.th.text: row.td.text for row in trees["Alpha"].select("tbody tr") if row.th}
    assert told["Nom complet"] == "Syndicat Alpha" and told["Anciens noms"] == "Aleph, Ex-Alpha"
    assert told["Adhérents"] == "546 en 2017 (selon les pages, de 300 à 546)"
    assert (told["SIRET"], told["Profil"]) == ("123", "Généraliste")
    assert "Budget annuel" not in told
    assert "organismes l’ont désigné" in told["Délégué à la protection des données"]
    assert "Profil" not in text_of(trees["Fini"])


@pytest.mark.parametrize(("url", "name"), cases(__file__)["addresses"].items())
def test_a_page_is_called_by_its_site_or_its_repository(url, name):
    assert page_link(url).items == ((name, url),)


def test_every_page_is_called_by_its_site_and_year_and_can_be_told_apart(trees):
    cells = trees["Alpha"].find("th", string=re.compile("géographique")).parent.find_all("a")
    assert [(a.text, a["href"]) for a in cells] == [
        ("a.fr, 2020", "https://www.a.fr/0"),
        ("a.fr, 2020 (2)", "https://a.fr/1"),
    ]


def test_weak_services_say_why_and_one_action_is_one_row(trees):
    text = text_of(trees["Alpha"])
    assert "un but inscrit dans les statuts" in text and "ancien" not in text.split("Services")[1]
    row = trees["Alpha"].find("td", string="action ponctuelle").parent
    assert row.th.get_text() == "Bêta, Partout" and "terminée" in row.get_text()


def test_a_body_without_evidence_has_five_lines_and_no_heading(trees):
    tree = trees["Nulle part"]
    assert len(tree.find_all("p")) == 5
    assert not tree.find_all(["h2", "table", "ul"])


def test_the_message_that_corrects_a_sheet_is_prefilled(book, facts):
    title, body = issue_texts(facts["Alpha"])
    links = {
        "https://github.com/o/r.git": ("/o/r/issues/new", "title", "body"),
        "https://gitlab.com/o/r": ("/o/r/-/issues/new", "issue[title]", "issue[description]"),
    }
    for repository, (path, *names) in links.items():
        address = urlsplit(correction_link({"repository-code": repository}, title, body))
        assert address.path == path
        assert [parse_qs(address.query)[name] for name in names] == [[title], [body]]
    mail = correction_link({"authors": [{"email": "x@y.fr"}]}, title, body)
    assert mail.startswith("mailto:x@y.fr?subject=Fiche%20")
    assert parse_qs(urlsplit(mail).query)["body"] == [body]
    nobody = correction_link({"authors": [{"name": "Collectif"}]}, title, body)
    assert nobody == mail.replace("x@y.fr", "")
    assert "Opérateur : Alpha" in body
    assert re.findall(r"^- (\w+) :", body, re.MULTILINE)[:2] == ["E3", "EA"]
    assert "- non documenté : l’année de création" in body


def test_without_an_address_the_sheet_says_whom_to_write_to(book, trees):
    team = book.citation["authors"][0]["name"]
    assert trees["Alpha"].find("a", href=re.compile("^mailto:[?]subject=Fiche"))
    assert f"à envoyer à l’équipe qui vous a transmis cette page ({team})." in text_of(
        trees["Alpha"]
    )
