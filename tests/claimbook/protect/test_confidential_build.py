"""What a build of a confidential edition refuses, and what its own view says of itself."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from nbformat import v4

from claimbook import CLAIMS_MIME, DATA_MIME
from claimbook.build.acceptance import refuse_internal
from claimbook.build.confidential import check_all, check_pages, print_disclosure
from claimbook.errors import UserError
from claimbook.page import render_page
from claimbook.protect.policy import OPEN, current_policy, refuse_unprotected
from helpers.layout import layout_of, open_edition
from helpers.survey.published import compare, keep_published

EDITION = "survey-simulated"


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
    ("edition", "message"),
    [
        (EDITION, "no file to check in 'vide'"),
        ("public-2026", "is open"),
        ("nulle", "no edition 'nulle'"),
    ],
)
def test_a_check_that_cannot_be_made_is_an_error(tmp_path, edition, message):
    with pytest.raises(UserError, match=message):
        print_disclosure(layout_of(edition), tmp_path / "vide")


def test_a_page_that_names_an_operator_is_not_published(tmp_path, layout):
    page, record, layout.pages = tmp_path / "03_map.html", tmp_path / "checked.txt", tmp_path
    page.write_text("<p>Tapé à la main : Centre fictif Renoncule.</p>", encoding="utf-8")
    with pytest.raises(UserError, match=r"(?s)would leak .*it names .*Remedy: show"):
        check_pages(layout, [page], record)
    assert not record.exists()
    page.write_text("<p>Rien.</p>", encoding="utf-8")
    check_pages(layout, [page], record)
    told = record.read_text()
    assert told.startswith("1 files checked, no leak found. There is no record of an earlier")


@pytest.mark.parametrize(("n_late", "found"), [(0, 0), (1, 1), (2, 1), (3, 0)])
def test_the_difference_with_a_published_edition_is_a_leak(tmp_path, layout, n_late, found):
    answers = layout.cleaned_tables()["answers"]
    late = sorted(set(answers["operator"]))[:n_late]
    (tmp_path / "data/raw/avant").mkdir(parents=True)
    (tmp_path / "a.html").write_text("<p>Rien.</p>", encoding="utf-8")
    keep_published(tmp_path / "data/raw/avant", answers[~answers["operator"].isin(late)], 2026)
    layout.compare_published = lambda tables: compare(tmp_path, tables["answers"], 3, 2026)
    leaks, compared = check_all(layout, tmp_path, [tmp_path / "a.html"])
    assert [leak.kind for leak in leaks] == ["difference"] * found
    assert found or compared == "Earlier publications compared: 1."


def test_a_notebook_keeps_the_policy_of_a_confidential_edition(monkeypatch):
    assert open_edition(EDITION) and current_policy() == OPEN
    shell = SimpleNamespace()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    opened = ("public-2026", f"{EDITION}-internal", EDITION, "public-2026")
    for edition, confidential in zip(opened, (False, False, True, True), strict=True):
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


def shown(**data):
    names = {"html": "text/html", "plain": "text/plain", "claims": CLAIMS_MIME, "rows": DATA_MIME}
    return v4.new_output("display_data", {names.get(kind, kind): x for kind, x in data.items()})


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        (shown(html="<table>", rows={}), "values that were not protected"),
        (shown(claims={"protected": "autre"}), "values that were not protected"),
        (shown(rows={"protected": EDITION}, claims={}), "values that were not protected"),
        (shown(plain="42"), "a value of its own"),
        (shown(**{"image/png": "AAAA"}), "a value of its own"),
        (shown(**{"text/markdown": "x"}), "a value of its own"),
        (v4.new_output("stream", text="Soluris\n"), "printed text"),
        (v4.new_output("error", evalue="Soluris"), "the message of an error"),
        (shown(html="<table>", rows={"protected": EDITION}), None),
        (shown(**{"text/markdown": "x"}, claims={"protected": EDITION}), None),
    ],
)
def test_an_output_must_be_protected_for_its_edition(output, problem):
    book = v4.new_notebook(cells=[v4.new_code_cell("x", id="shown", outputs=[output])])
    told = rf"03_map, cell 'shown': it shows {problem}.* Remedy"
    with pytest.raises(UserError, match=told) if problem else nullcontext():
        refuse_unprotected(book, "03_map", EDITION)
