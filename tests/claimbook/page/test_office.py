"""Paper and office forms, or a clear message where a tool is missing."""

import shutil
import zipfile

import bs4
import pytest

from claimbook.errors import UserError
from claimbook.page import export, office
from tests.claimbook.page.checks import check
from tests.claimbook.page.sample import sample_context, sample_notebook


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "01_essai.html"
    path.write_text(export(sample_notebook(), sample_context()), encoding="utf-8")
    return path


def test_a_missing_tool_a_failing_tool_and_missing_pages_are_named(page, tmp_path, monkeypatch):
    monkeypatch.setenv("OPSN_CHROMIUM", shutil.which("false"))
    with pytest.raises(UserError, match=r"false could not write x\.pdf"):
        office.pdf(page, tmp_path / "x.pdf")
    with pytest.raises(UserError, match="no page to print"):
        office.collection_pdf([], tmp_path / "x.pdf")
    monkeypatch.delenv("OPSN_CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"Chromium was not found.*Remedy"):
        office.pdf(page, tmp_path / "x.pdf")
    with pytest.raises(UserError, match=r"Pandoc was not found.*Remedy"):
        office.docx(page, tmp_path / "x.docx")


def test_the_form_for_annotation_keeps_words_and_tables_and_drops_the_rest(page):
    html = office.for_annotation(page.read_text(encoding="utf-8"), page.name)
    tree = bs4.BeautifulSoup(html, "html.parser")
    assert tree.find_all(["nav", "svg", "details", "style"]) == []
    assert "Code de la cellule" not in tree.text
    assert "[Figure] Diagramme en barres" in tree.text
    assert len(tree.find_all("table")) == 2
    assert tree.main.text.strip().endswith("Version accessible et figures\xa0: 01_essai.html")


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="Pandoc is not installed")
def test_docx_holds_the_text(page, tmp_path):
    with zipfile.ZipFile(office.docx(page, tmp_path / "out" / "essai.docx")) as archive:
        assert "&lt;script&gt;alert(1)" in archive.read("word/document.xml").decode()


def test_the_whole_collection_is_one_page_whose_links_stay_inside(page):
    html = page.read_text(encoding="utf-8")
    link = html.replace("</h1>", ' <a href="00_avant.html">Avant</a></h1>')
    whole = office.combined({"00_avant.html": html, "01_essai.html": link})
    first, second = bs4.BeautifulSoup(whole, "html.parser").find_all("main")
    assert (first["id"], second.h1.a["href"]) == ("p1-contenu", "#p1-contenu")
    assert not [problem for problem in check(whole) if "exist" in problem or "twice" in problem]
