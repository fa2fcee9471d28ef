"""Frames, figures and tables hide unsafe cells, and those that would give them away."""

from __future__ import annotations

import base64
import re

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from claimbook import figures
from claimbook import protect as disclosure
from claimbook.protect import counted
from claimbook.protect.frames import protected
from tests.claimbook.protect.hand_made import POLICY

WORDS = {"name": "formes", "caption": "Selon la forme", "scope": "tous.", "source": "essai."}
FRAME = pd.DataFrame({"Forme": ["gip", "agence", "syndicat"], "Opérateurs": [1, 30, 35]})
SERVICES = pd.DataFrame(
    {"Service": list("abcd"), "Vus": [2, 64, 30, 0], "Lus": 66, "Part": [0.03, 0.97, 0.45, 0.0]}
)
OVERLAPPING = counted("Vus", among="Lus", additive=False)


def hidden(frame, respondents, column):
    return list(protected(frame, respondents, POLICY).hidden[column])


def test_groups_under_the_threshold_hide_another_one():
    frame = pd.DataFrame({"Forme": list("abcd"), "n": [1, 30, 9, 26], "Part": [0.1, 0.2, 0.3, 0.4]})
    safe = protected(frame, counted("n"), POLICY)
    assert list(safe.hidden["n"]) == list(safe.hidden["Part"]) == [True, False, True, False]
    assert not safe.hidden["Forme"].any()
    assert list(safe.marked()["Part"]) == ["s", 0.2, "s", 0.4]
    assert safe.blanked()["Part"].isna().tolist() == [True, False, True, False]


def test_rows_that_overlap_stand_alone_and_stay_hidden_once_they_are():
    assert hidden(SERVICES, OVERLAPPING, "Part") == [True, True, False, False]
    assert not any(hidden(SERVICES, OVERLAPPING, "Lus"))
    drawn = protected(SERVICES, OVERLAPPING, POLICY).blanked()
    assert hidden(drawn, OVERLAPPING, "Part") == [True, True, False, False]


def test_rows_within_a_service_share_out_its_operators():
    columns = {"Service": list("aaabbb"), "k": [1, 9, 8, 9, 9, 4], "n": [10, 20, 15, 10, 20, 15]}
    cells = hidden(pd.DataFrame(columns), counted("k", among="n", within="Service"), "k")
    assert cells[0] and sum(cells[:3]) == 2
    assert cells[3] and sum(cells[3:]) == 2  # nine of ten say yes: one does not


def test_a_wide_table_is_protected_with_its_totals():
    columns = {"Forme": ["x", "y", "z", "Ensemble"], "A": [1, 4, 5, 10], "B": [7, 8, 9, 24]}
    frame = pd.DataFrame({**columns, "Ensemble": [8, 12, 14, 34]})
    cells = protected(frame, counted(["A", "B"], total="Ensemble"), POLICY).hidden
    assert cells["A"].sum() == cells["B"].sum() == 2 and cells.loc[0, "A"]
    assert not cells.loc[3].any() and not cells["Ensemble"].any()


def test_intervals_that_are_written_out_are_hidden_too():
    frame = pd.DataFrame({"Forme": ["a", "b"], "n": [2, 40], "De à": ["1 à 9 %", "3 à 8 %"]})
    assert hidden(frame, counted("n"), "De à") == [True, True]


@pytest.mark.parametrize("values", [[0.5, 4], [-1, 4]])
def test_what_counts_no_operators_is_refused(values):
    with pytest.raises(ValueError, match="does not count operators"):
        protected(pd.DataFrame({"f": list("ab"), "n": values}), counted("n"), POLICY)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": ["a", "b"], "among": "n"}, "a two-way table"),
        ({"columns": "a", "within": "s", "additive": False}, "additive=False"),
        ({"columns": []}, "takes one column"),
    ],
)
def test_declarations_that_contradict_themselves_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        counted(**arguments)


def drawn(frame, **options):
    fig, ax = plt.subplots()
    ax.barh(frame.iloc[:, 0], frame.iloc[:, 1].astype(float).fillna(0))
    options |= {"alt": "Diagramme en barres du nombre d’opérateurs selon la forme.", **WORDS}
    return figures.figure(fig, reading="une barre par forme.", data=frame, **options)


def test_an_open_edition_shows_everything_and_needs_no_declaration():
    shown = figures.table(FRAME, **WORDS)
    assert "svg" in drawn(FRAME).html and ">1</td>" in shown.html
    assert figures.table(FRAME, respondents="Opérateurs", **WORDS).data == shown.data
    assert "protected" not in shown.data
    assert disclosure.protect(FRAME, counted("Opérateurs")) is FRAME


@pytest.mark.parametrize(
    ("respondents", "message"),
    [
        ("Répondants", "names no column: Répondants; columns are Forme, Opérateurs"),
        (True, "not True"),
        (None, r"'secrete' is confidential\. Remedy: say who"),
        (2, "2 operators stand behind it, and 3 are needed"),
    ],
)
def test_a_declaration_that_cannot_hold_is_refused(confidential, respondents, message):
    for show in (lambda: figures.table(FRAME, respondents=respondents, **WORDS),
                 lambda: drawn(FRAME, respondents=respondents)):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            show()
    plt.close("all")


def test_hidden_cells_are_nowhere_in_a_table(confidential):
    shown = figures.table(FRAME, respondents="Opérateurs", **WORDS)
    download = re.search(r"base64,([^\"]+)", shown.html)[1]
    text = base64.b64decode(download).decode("utf-8-sig")
    assert shown.html.count(">s</td>") == 2 and "«\u00a0s\u00a0»" in shown.html
    assert text.splitlines()[1:] == ["gip;s", "agence;s", "syndicat;35"]
    assert shown.data["csv"].splitlines()[1:] == ["gip,s", "agence,s", "syndicat,35"]
    assert shown.data["protected"] == "secrete" and "30" not in shown.plain


def test_a_drawing_is_published_only_without_its_hidden_cells(confidential):
    shown = drawn(FRAME, respondents="Opérateurs")
    assert "<svg" not in shown.html and shown.html.count(">s</td>") == 2
    frame = SERVICES[["Service", "Vus", "Lus"]].set_axis([7, 3, 5, 1])
    safe = disclosure.protect(frame, OVERLAPPING)
    assert list(safe.index) == [7, 3, 5, 1]
    shown = drawn(safe.reset_index(drop=True), respondents=OVERLAPPING)
    assert "<svg" in shown.html and shown.html.count(">s</td>") == 2


@pytest.mark.parametrize("show", [drawn, lambda frame, **o: figures.table(frame, **o, **WORDS)])
def test_rows_about_single_operators_are_withheld(confidential, show):
    shown = show(FRAME, respondents=disclosure.EACH)
    assert "agence" not in shown.html and "un à un" in shown.html
    assert shown.data["csv"] == "" and "href" not in shown.html


@pytest.mark.parametrize("respondents", [disclosure.NOBODY, 66])
def test_what_rests_on_nobody_or_on_many_is_shown(confidential, respondents):
    assert ">1</td>" in figures.table(FRAME, respondents=respondents, **WORDS).html


def test_a_download_of_a_confidential_edition_holds_the_digits_that_are_shown(confidential):
    frame = pd.DataFrame({"Service": ["a", "b"], "Part": [20 / 66, 30 / 66], "Odd": [1.23456, 2.0]})
    formats = {"Part": "percent", "Odd": lambda value: f"{value:.1f}"}
    shown = figures.table(frame, **WORDS, formats=formats, respondents=disclosure.NOBODY)
    assert shown.data["csv"] == "Service,Part,Odd\na,0.3,1.235\nb,0.45,2.0\n"
    saved = re.search(r"base64,([^\"]+)", shown.html)[1]
    assert "a;0,3;1,235\r\n" in base64.b64decode(saved).decode("utf-8-sig")
