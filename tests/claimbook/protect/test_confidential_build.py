"""What a build of a confidential edition refuses, and what its own view says of itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from nbformat import v4

from claimbook.build.acceptance import refuse_internal
from claimbook.build.confidential import check_all, check_pages, print_disclosure
from claimbook.errors import UserError
from claimbook.page import render_page
from claimbook.protect.policy import OPEN, current_policy, refuse_unprotected
from helpers.layout import layout_of
from helpers.sources import open_edition
from helpers.survey.published import compare, keep_published

EDITION = "survey-simulated"
DATA, CLAIMS = "application/vnd.opsn.data+json", "application/vnd.opsn.claims+json"


@pytest.fixture(scope="module")
def tables():
    return layout_of(EDITION).cleaned_tables()


@pytest.fixture
def layout(tables):
    """The layout of the edition, whose tables are read once."""
    found = layout_of(EDITION)
    found.cleaned_tables = lambda: tables
    return found


def test_the_command_names_the_file_and_line_of_a_leak(tmp_path, capsys, layout):
    folder = tmp_path / f"{EDITION}-internal"
    folder.mkdir()
    (folder / "a.html").write_text("<p>Rien.</p>\n<p>La Renoncule.</p>\n", encoding="utf-8")
    assert print_disclosure(layout, folder) == 1
    notice, leak, compared, count = capsys.readouterr().out.splitlines()
    assert "must not be handed on" in notice and count == "1 files checked -> 1 leaks"
    assert compared.startswith("There is no record of an earlier publication")
    assert leak == "a.html:2: name: 'renoncule': it names Centre fictif Renoncule."
    (folder / "a.html").write_text("<p>Rien.</p>", encoding="utf-8")
    assert print_disclosure(layout, folder) == 0


@pytest.mark.parametrize(
    ("folder", "edition", "message"),
    [
        ("vide", EDITION, "no file to check in 'vide'"),
        ("vide", "public-2026", "is open"),
        ("vide", "nulle", "no edition 'nulle'"),
    ],
)
def test_a_check_that_cannot_be_made_is_an_error(tmp_path, folder, edition, message):
    with pytest.raises(UserError, match=message):
        print_disclosure(layout_of(edition), tmp_path / folder)


def test_a_page_that_names_an_operator_is_not_published(tmp_path, layout):
    page, record, layout.pages = tmp_path / "03_map.html", tmp_path / "checked.txt", tmp_path
    page.write_text("<p>Tapé à la main : Centre fictif Renoncule.</p>", encoding="utf-8")
    with pytest.raises(UserError, match=r"(?s)would leak .*it names .*Remedy: show"):
        check_pages(layout, [page], record)
    assert not record.exists()
    page.write_text("<p>Rien.</p>", encoding="utf-8")
    check_pages(layout, [page], record)
    assert record.read_text() == "1 files, 0 leaks\n"


@pytest.mark.parametrize(("n_late", "found"), [(0, 0), (1, 1), (2, 1), (3, 0)])
def test_the_difference_with_a_published_edition_is_a_leak(tmp_path, layout, n_late, found):
    answers = layout.cleaned_tables()["answers"]
    late = sorted(set(answers["operator"]))[:n_late]
    (tmp_path / "data/raw/avant").mkdir(parents=True)
    (tmp_path / "a.html").write_text("<p>Rien.</p>", encoding="utf-8")
    keep_published(tmp_path / "data/raw/avant", answers[~answers["operator"].isin(late)])
    layout.compare_published = lambda tables: compare(tmp_path, tables["answers"], 3)
    leaks, compared = check_all(layout, tmp_path, [tmp_path / "a.html"])
    assert [leak.kind for leak in leaks] == ["difference"] * found
    assert found or compared == "Compared with 1 earlier publications."


def test_a_notebook_keeps_the_policy_of_a_confidential_edition(monkeypatch):
    assert open_edition(EDITION) and current_policy() == OPEN
    shell = SimpleNamespace()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    for edition, confidential in [
        ("public-2026", False),
        (f"{EDITION}-internal", False),
        (EDITION, True),
        ("public-2026", True),
    ]:
        open_edition(edition)
        assert current_policy().confidential is confidential
    assert current_policy().edition == EDITION


def test_the_internal_view_says_so_and_is_never_accepted():
    page = render_page("Titre", "<p>Rien.</p>", {"edition": EDITION, "internal": True})
    assert page.count("INTERNE – NE PAS DIFFUSER") >= 3 and "<title>INTERNE" in page
    assert 'class="watermark"' in page and "position: fixed" in page
    with pytest.raises(UserError, match="never accepted"):
        refuse_internal(layout_of(f"{EDITION}-internal"))
    with pytest.raises(UserError, match="has no internal view"):
        open_edition("public-2026-internal")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"text/html": "<table>", DATA: {}}, "values that were not protected"),
        ({CLAIMS: {"protected": "autre"}}, "values that were not protected"),
        ({"text/plain": "42"}, "a value of its own"),
        ({"image/png": "AAAA"}, "a value of its own"),
        ({"text/markdown": "x"}, "a value of its own"),
        (None, "printed text"),
        ("error", "the message of an error"),
        ({"text/html": "<table>", DATA: {"protected": EDITION}}, None),
        ({"text/markdown": "x", CLAIMS: {"protected": EDITION}}, None),
    ],
)
def test_an_output_must_be_protected_for_its_edition(data, problem):
    output = v4.new_output("display_data", data if isinstance(data, dict) else {})
    if data is None:
        output = v4.new_output("stream", text="Soluris\n")
    elif data == "error":
        output = v4.new_output("error", evalue="Soluris")
    book = v4.new_notebook(cells=[v4.new_code_cell("x", id="shown", outputs=[output])])
    if problem is None:
        refuse_unprotected(book, "03_map", EDITION)
    else:
        with pytest.raises(UserError, match=rf"03_map, cell 'shown': it shows {problem}.* Remedy"):
            refuse_unprotected(book, "03_map", EDITION)
