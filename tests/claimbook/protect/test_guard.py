"""Figures and tables of a confidential edition show what they may, and ask for what they need."""

from __future__ import annotations

import base64
import re

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from claimbook import figures
from claimbook import protect as disclosure

WORDS = {
    "name": "formes",
    "caption": "Opérateurs selon la forme",
    "scope": "tous.",
    "source": "essai.",
}
FRAME = pd.DataFrame({"Forme": ["gip", "agence", "syndicat"], "Opérateurs": [1, 30, 35]})


def drawn(frame, **options):
    fig, ax = plt.subplots()
    ax.barh(frame["Forme"], frame["Opérateurs"].astype(float).fillna(0))
    alt = "Diagramme en barres du nombre d’opérateurs selon leur forme juridique."
    return figures.figure(
        fig, alt=alt, reading="une barre par forme.", data=frame, **WORDS, **options
    )


def downloaded(shown):
    return base64.b64decode(re.search(r"base64,([^\"]+)", shown.html)[1]).decode("utf-8-sig")


def test_an_open_edition_needs_no_declaration_and_shows_everything():
    assert "svg" in drawn(FRAME).html and ">1</td>" in figures.table(FRAME, **WORDS).html
    assert (
        figures.table(FRAME, respondents="Opérateurs", **WORDS).data
        == figures.table(FRAME, **WORDS).data
    )
    assert "protected" not in figures.table(FRAME, **WORDS).data


def test_a_declaration_that_names_no_column_is_refused_on_every_edition():
    with pytest.raises(
        ValueError, match="respondents names no column: Répondants; columns are Forme, Opérateurs"
    ):
        figures.table(FRAME, respondents="Répondants", **WORDS)
    with pytest.raises(ValueError, match="not True"):
        figures.table(FRAME, respondents=True, **WORDS)


def test_a_confidential_edition_refuses_what_declares_nothing(confidential):
    with pytest.raises(
        ValueError, match=r"formes: the edition 'secrete' is confidential\. Remedy: say who"
    ):
        figures.table(FRAME, **WORDS)
    with pytest.raises(ValueError, match="is confidential"):
        drawn(FRAME)
    plt.close("all")


def test_hidden_cells_are_nowhere_in_a_table(confidential):
    shown = figures.table(FRAME, respondents="Opérateurs", **WORDS)
    assert shown.html.count(">s</td>") == 2 and "« s »".replace(" ", "\u00a0") in shown.html
    assert downloaded(shown).splitlines()[1:] == ["gip;s", "agence;s", "syndicat;35"]
    assert shown.data["csv"].splitlines()[1:] == ["gip,s", "agence,s", "syndicat,35"]
    assert shown.data["protected"] == "secrete"
    assert "30" not in shown.plain and "  1" not in shown.plain


def test_a_drawing_that_would_show_a_hidden_cell_is_not_published(confidential):
    shown = drawn(FRAME, respondents="Opérateurs")
    assert (
        "<svg" not in shown.html
        and "formes-titre" in shown.html
        and shown.html.count(">s</td>") == 2
    )


def test_a_drawing_of_the_protected_frame_is_published(confidential):
    frame = pd.DataFrame({"Forme": list("abc"), "Opérateurs": [2, 30, 31], "Lus": 66})
    counted = disclosure.counted("Opérateurs", among="Lus", additive=False)
    shown = drawn(disclosure.protect(frame, counted), respondents=counted)
    assert "<svg" in shown.html and shown.html.count(">s</td>") == 1


def test_rows_about_single_operators_are_withheld(confidential):
    for shown in (
        figures.table(FRAME, respondents=disclosure.EACH, **WORDS),
        drawn(FRAME, respondents=disclosure.EACH),
    ):
        assert (
            "agence" not in shown.html
            and "un à un" in shown.html
            and "Opérateurs selon la forme" in shown.html
        )
        assert shown.data["csv"] == "" and "href" not in shown.html


def test_what_rests_on_nobody_or_on_many_is_shown(confidential):
    for respondents in (disclosure.NOBODY, 66):
        assert ">1</td>" in figures.table(FRAME, respondents=respondents, **WORDS).html
    with pytest.raises(ValueError, match="2 operators stand behind it, and 3 are needed"):
        figures.table(FRAME, respondents=2, **WORDS)


def test_a_dominated_amount_says_how_it_is_rounded(confidential):
    frame = pd.DataFrame(
        {"Région": ["a", "b"], "n": [5, 6], "Budget": [9_876_543.0, 5e6], "g": [0.9, 0.2]}
    )
    counted = disclosure.counted("n", largest="g", amounts="Budget")
    shown = figures.table(frame, respondents=counted, formats={"Budget": "euros"}, **WORDS)
    assert "9\u202f876" not in shown.html and "arrondi à" in shown.html and "0,9" not in shown.html


def test_a_withheld_table_keeps_the_rules_of_a_page(confidential):
    from nbformat import v4

    from claimbook.page import export
    from tests.claimbook.page.checks import check

    shown = figures.table(FRAME, respondents=disclosure.EACH, **WORDS)
    output = v4.new_output("execute_result", shown._repr_mimebundle_(), execution_count=1)
    cells = [
        v4.new_markdown_cell("# Titre\n\nUne question sur les opérateurs ?", id="title"),
        v4.new_code_cell("figures.table(operators)", id="table", outputs=[output]),
    ]
    page = export(v4.new_notebook(cells=cells), {"edition": "secrete", "least": 3, "name": "essai"})
    assert [str(finding) for finding in check(page)] == []
    assert "moins de 3 d’entre eux" in page
