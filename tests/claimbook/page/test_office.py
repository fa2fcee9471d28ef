"""Paper and office forms, or a clear message where a tool is missing."""

import shutil
import zipfile

import bs4
import pytest

from claimbook.errors import UserError
from claimbook.page import export, office
from tests.claimbook.page.sample import sample_context, sample_notebook


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "01_essai.html"
    path.write_text(export(sample_notebook(), sample_context()), encoding="utf-8")
    return path


def test_a_missing_tool_and_a_failing_tool_are_named(page, tmp_path, monkeypatch):
    monkeypatch.setenv("OPSN_CHROMIUM", shutil.which("false"))
    with pytest.raises(UserError, match=r"Chromium failed .*x\.pdf"):
        office.pdf(page, tmp_path / "x.pdf")
    monkeypatch.delenv("OPSN_CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"Chromium was not found.*Remedy"):
        office.pdf(page, tmp_path / "x.pdf")
    with pytest.raises(UserError, match=r"Pandoc was not found.*Remedy"):
        office.docx(page, tmp_path / "x.docx")


def test_the_form_for_annotation_keeps_words_and_tables_and_drops_the_rest(page):
    html = office.for_annotation(page.read_text(encoding="utf-8"))
    tree = bs4.BeautifulSoup(html, "html.parser")
    assert tree.find_all(["nav", "svg", "details", "style"]) == []
    assert "Code de la cellule" not in tree.text
    assert "[Figure] Diagramme en barres" in tree.text
    assert len(tree.find_all("table")) == 2


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="Pandoc is not installed")
def test_docx_holds_the_text(page, tmp_path):
    with zipfile.ZipFile(office.docx(page, tmp_path / "out" / "essai.docx")) as archive:
        assert "&lt;script&gt;alert(1)" in archive.read("word/document.xml").decode()
