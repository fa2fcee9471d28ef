"""Paper and office forms, or a clear message where a tool is missing."""

import re
import shutil
import zipfile

import bs4
import pytest

from claimbook.errors import UserError
from claimbook.page import export, office
from claimbook.page.sample import sample_context, sample_notebook


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "01_essai.html"
    path.write_text(export(sample_notebook(), sample_context()), encoding="utf-8")
    return path


def test_without_chromium_the_message_says_what_to_do(page, tmp_path, monkeypatch):
    monkeypatch.delenv("OPSN_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"No Chromium was found.*Remedy"):
        office.pdf(page, tmp_path / "x.pdf")


def test_without_pandoc_the_message_says_what_to_do(page, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"Pandoc was not found.*Remedy"):
        office.docx(page, tmp_path / "x.docx")


def test_a_tool_that_fails_is_named(page, tmp_path, monkeypatch):
    monkeypatch.setenv("OPSN_CHROMIUM", shutil.which("false"))
    with pytest.raises(UserError, match=r"false could not write x\.pdf"):
        office.pdf(page, tmp_path / "x.pdf")


def test_the_form_for_annotation_keeps_words_and_tables_and_drops_the_rest(page):
    tree = bs4.BeautifulSoup(
        office.for_annotation(page.read_text(encoding="utf-8"), page.name), "html.parser"
    )
    assert tree.find_all(["nav", "svg", "details", "style"]) == []
    assert "Code de la cellule" not in tree.get_text()
    assert "[Figure] Diagramme en barres" in tree.get_text()
    assert len(tree.find_all("table")) == 2
    assert tree.main.get_text().strip().endswith("Version accessible et figures\xa0: 01_essai.html")
    assert tree.h1.text == "Que font les opérateurs\u202f?"


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="Pandoc is not installed")
def test_docx_holds_the_text_in_french(page, tmp_path):
    target = office.docx(page, tmp_path / "out" / "essai.docx")
    with zipfile.ZipFile(target) as archive:
        text = archive.read("word/document.xml").decode()
    assert "Que font les opérateurs" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_whole_collection_is_one_page_whose_links_stay_inside(page):
    html = page.read_text(encoding="utf-8")
    whole = office.combined(
        {
            "00_avant.html": html,
            "01_essai.html": html.replace("</h1>", ' <a href="00_avant.html">A</a></h1>'),
        }
    )
    tree = bs4.BeautifulSoup(whole, "html.parser")
    ids = [element["id"] for element in tree.find_all(id=True)]
    assert len(tree.find_all("main")) == 2
    assert len(ids) == len(set(ids))
    assert tree.find_all("main")[1].h1.a["href"] == "#p1-contenu"
    known = set(ids)
    inside = [a["href"] for a in tree.find_all(href=True) if a["href"].startswith("#")]
    assert {href[1:] for href in inside} <= known
    assert set(re.findall(r"url\(#([^)]+)\)", whole)) <= known


def test_a_collection_without_pages_is_an_error(tmp_path):
    with pytest.raises(UserError, match="no page to print"):
        office.collection_pdf([], tmp_path / "x.pdf")
