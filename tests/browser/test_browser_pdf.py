"""The PDF of a page is tagged, in French, titled and outlined."""

import re
import subprocess

import pytest

from claimbook.page import export, office
from claimbook.page.sample import sample_context, sample_notebook


def test_the_pdf_is_tagged_titled_in_french_and_outlined(chromium, samples, tmp_path):
    target = office.pdf(samples / "02_plain.html", tmp_path / "out" / "essai.pdf")
    content = target.read_bytes()
    assert content.startswith(b"%PDF-")
    assert re.search(rb"/Marked true", content)
    assert re.search(rb"/StructTreeRoot", content)
    assert re.search(rb"/Lang \(fr\)", content)
    assert re.search(rb"/Outlines", content)
    assert target.stat().st_size < 2_000_000


def test_a_missing_page_is_an_error_not_an_empty_pdf(chromium, tmp_path):
    with pytest.raises(office.UserError):
        office.pdf(tmp_path / "none.html", tmp_path / "none.pdf")


def test_the_whole_collection_prints_as_one_document(chromium, samples, tmp_path):
    pages = [samples / "index.html", samples / "02_plain.html"]
    one, whole = (
        office.pdf(pages[1], tmp_path / "one.pdf"),
        office.collection_pdf(pages, tmp_path / "whole.pdf"),
    )
    assert whole.read_bytes().count(b"/Type /Page\n") > one.read_bytes().count(b"/Type /Page\n")


def test_every_sheet_of_an_internal_page_says_that_it_is_internal(chromium, pdftotext, tmp_path):
    page = tmp_path / "interne.html"
    page.write_text(
        export(sample_notebook(hostile=False), {**sample_context(), "internal": True}),
        encoding="utf-8",
    )
    target = office.pdf(page, tmp_path / "interne.pdf")
    done = subprocess.run(
        [pdftotext, "-enc", "UTF-8", str(target), "-"], capture_output=True, text=True, check=True
    )
    sheets = done.stdout.rstrip("\f").split("\f")
    assert len(sheets) > 1 and all("NE PAS DIFFUSER" in sheet for sheet in sheets)
