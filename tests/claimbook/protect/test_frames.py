"""Frames, figures and tables hide unsafe rows, and those that would give them away."""

import base64
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from scipy.optimize import LinearConstraint, milp

from claimbook import figures
from claimbook.protect import protected
from claimbook.protect.frames import hide

WORDS = {"name": "formes", "caption": "Selon la forme", "scope": "tous.", "source": "essai."}
FRAME = pd.DataFrame({"Forme": ["gip", "agence", "syndicat"], "k": [1, 30, 35]})
GROUPS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=6)


def hidden(column="k", everyone=np.inf, **columns):
    return list(hide(pd.DataFrame(columns), 3, everyone)[1].sort_index()[column])


@pytest.mark.parametrize(
    ("k", "expected"),
    [
        ([1, 30, 9, 26], [1, 0, 1, 0]),
        ([1, 2, 30, 33], [1, 1, 1, 0]),
        ([1, 1], [1, 1]),
        ([0, 0], [0, 0]),
    ],
)
def test_a_group_of_few_hides_the_smallest_that_keeps_it_unknown(k, expected):
    assert hidden(Forme=list("abcd")[: len(k)], k=k) == expected


def test_rows_that_overlap_hide_one_more_and_stay_hidden():
    columns = {"S": list("abcd"), "k": [2, 64, 30, 0], "n": [66] * 4, "value": [0.1, 0.9, 0.5, 0]}
    # Whoever knows that « a » is small or « b » large from elsewhere cannot tell which was unsafe.
    assert hidden(**columns) == [True, True, True, False]
    assert not any(hidden("n", **columns))
    frame, cells = hide(pd.DataFrame(columns), 3)
    again, still = hide(frame.mask(cells), 3)
    assert still["k"].tolist() == cells["k"].tolist() and again["k"].isna().sum() == 3
    overlapping = {"S": list("abc"), "k": [2, 30, 9], "n": [60, 66, 66]}
    assert hidden(**overlapping, everyone=66) == [True, False, True]


@pytest.mark.parametrize("k", [[33, 20, 11, 2], [33, 20, 10, 2]])
def test_groups_that_share_out_everyone_hide_what_a_sum_would_tell(k):
    """The last case: one respondent did not say to which group it belongs."""
    for everyone in (66, np.inf):
        assert hidden(S=list("abcd"), k=k, n=[66] * 4, everyone=everyone) == [0, 0, 1, 1]


def test_rows_of_one_name_share_out_its_respondents():
    cells = hidden(S=list("aaabbb"), k=[1, 9, 8, 9, 9, 4], n=[10, 20, 15, 10, 20, 15])
    # Nine of ten say yes: one does not.
    assert cells == [True, False, True, True, False, True]


@pytest.mark.parametrize("n", [None, [21, 12, 21, 12]])
def test_a_cross_table_with_small_cells_is_refused(n):
    columns = {"F": list("aabb"), "R": list("xyxy"), "k": [1, 10, 20, 2]}
    with pytest.raises(ValueError, match="gather its groups"):
        hidden(**columns, **({"n": n} if n else {}))


def bounds(k, n, rows, row):
    """Return what a reader finds possible of a hidden row who knows every n, and all totals."""
    places = np.flatnonzero(rows)
    cost = (places == row).astype(float)
    known = LinearConstraint(np.ones(len(places)), k[rows].sum(), k[rows].sum())
    ends = [
        milp(sign * cost, constraints=known, integrality=np.ones(len(places)), bounds=(0, n[rows]))
        for sign in (1, -1)
    ]
    return [round(abs(end.fun)) for end in ends]


@settings(max_examples=80, deadline=None)
@given(GROUPS)
@example([(1, 9), (9, 1), (30, 30)])
def test_no_small_number_is_had_by_subtraction(pairs):
    k, n = np.array([yes for yes, _ in pairs]), np.array([yes + no for yes, no in pairs])
    k, n = np.append(k, 30), np.append(n, 60)
    columns = {"S": ["a"] * len(k), "k": k, "n": n, "g": list("abcdefg")[: len(k)]}
    rows, base = (np.array(hidden(column, **columns)) for column in ("k", "n"))
    for own in (k, n - k):
        small = (own > 0) & (own < 3)
        assert rows[small].all()
        for row in np.flatnonzero(small & ~base):
            low, high = bounds(own, n, rows, row)
            assert low == 0 and high >= min(4, n[row])
    assert base.sum() != 1


@pytest.mark.parametrize("words", [["1 à 9 %", "3 à 8 %", "2 %"], ["faible", "forte", "forte"]])
def test_what_tells_a_value_in_words_is_hidden_and_the_name_of_a_group_is_not(words):
    frame = {"F": ["a", "b", "c"], "k": [2, 40, 30], "n": [60, 60, 60], "said": words}
    assert hidden("said", **frame) == [True, False, True]
    assert not any(hidden("said", **frame | {"F": ["a"] * 3, "n": [60, 50, 60]}))


def test_the_dispersion_of_means_of_few_is_hidden():
    means = {"F": ["a", "b"], "k": [9, 20], "n": [9, 20], "value": [4.5, 4.5], "low": [3.0, 3.0]}
    assert (hidden("low", **means), hidden("value", **means)) == ([True, False], [False, False])


@pytest.mark.parametrize("values", [[0.5, 4], [-1, 4]])
def test_what_counts_no_respondents_is_refused(values):
    with pytest.raises(ValueError, match="does not count respondents"):
        hidden(f=list("ab"), k=values)
    with pytest.raises(ValueError, match="does not name the rows"):
        hidden(value=values, k=[1, 2])


def drawn(frame, **options):
    fig, ax = plt.subplots()
    ax.barh(frame.iloc[:, 0], frame.iloc[:, 1].astype(float).fillna(0))
    options |= {"alt": "Diagramme en barres du nombre d’opérateurs selon la forme.", **WORDS}
    return figures.figure(fig, reading="une barre par forme.", data=frame, **options)


def saved(shown):
    """Return the rows of a download."""
    content = re.search(r"base64,([^\"]+)", shown.html)[1]
    return base64.b64decode(content).decode("utf-8-sig").splitlines()[1:]


def test_an_open_edition_shows_everything():
    shown = figures.table(FRAME, **WORDS)
    assert "svg" in drawn(FRAME).html and ">1</td>" in shown.html and "protected" not in shown.data
    assert protected(FRAME) is FRAME


@pytest.mark.parametrize("options", [{"base": {"k": "Autre"}}, {"respondents": 66}])
def test_what_does_not_say_its_base_is_refused(confidential, options):
    frame = FRAME.rename(columns={"k": "Opérateurs"})
    with pytest.raises(ValueError, match=r"Remedy: give columns k and n|respondents is False"):
        figures.table(frame, **options, **WORDS)
    assert ">1</td>" in figures.table(frame, respondents=False, **WORDS).html


def test_hidden_cells_are_nowhere_in_a_table_and_their_order_is_that_of_names(confidential):
    frame = FRAME.rename(columns={"k": "Opérateurs"})[::-1]
    shown = figures.table(frame.reset_index(drop=True), base={"k": "Opérateurs"}, **WORDS)
    assert shown.html.count(">s</td>") == 2 and "«\u00a0s\u00a0»" in shown.html
    assert saved(shown) == ["syndicat;35", "agence;s", "gip;s"]
    assert shown.data["csv"].splitlines()[1:] == ["syndicat,35", "agence,s", "gip,s"]
    assert shown.data["protected"] == "secrete" and "30" not in shown.plain


def test_a_drawing_is_published_only_without_its_hidden_cells(confidential):
    assert "<svg" not in drawn(FRAME).html
    by_hand = FRAME.assign(k=[np.nan, np.nan, 35.0])
    assert "<svg" not in drawn(by_hand).html
    shown = drawn(protected(FRAME))
    assert "<svg" in shown.html and shown.html.count(">s</td>") == 2


def test_a_download_of_a_confidential_edition_holds_the_digits_that_are_shown(confidential):
    frame = pd.DataFrame({"S": ["a", "b"], "value": [20 / 66, 0.5], "k": [20, 33], "n": [66, 66]})
    shown = figures.table(frame, **WORDS, formats={"value": "percent"})
    assert shown.data["csv"] == "S,value,k,n\na,0.3,20,66\nb,0.5,33,66\n"
    assert saved(shown)[0] == "a;0,3;20;66"
