import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import wilson
from helpers.indicators.scales import (
    TOTAL,
    choice_shares,
    high_shares,
    item_labels,
    scale_counts,
    theme_spread,
)

POINTS = {1: "Très faible", 2: "Faible", 3: "Moyenne", 4: "Forte", 5: "Très forte"}
THEMES = {"cyber": "Cybersécurité", "sig": "Cartographie"}


def scores(cyber, sig):
    rows = [(f"O{i}", "cyber", s) for i, s in enumerate(cyber)] + [
        (f"O{i}", "sig", s) for i, s in enumerate(sig)
    ]
    return pd.DataFrame([r for r in rows if r[2]], columns=["operator", "theme", "score"])


def test_each_point_is_counted_and_who_did_not_answer_is_left_out():
    found = scale_counts(scores([5, 5, 4, 1], [3, None, 2, 2]), THEMES, POINTS)
    assert found["theme"].tolist() == ["Cybersécurité", "Cartographie"]
    assert found[list(POINTS.values())].to_numpy().tolist() == [[1, 0, 0, 1, 2], [0, 2, 1, 0, 0]]
    assert found[TOTAL].tolist() == [4, 3]


def test_the_share_of_high_answers_is_of_those_who_answered():
    counts = scale_counts(scores([5, 4, 1, 1], [4, None, 2, 2]), THEMES, POINTS)
    found = high_shares(counts, ["Forte", "Très forte"]).set_index("theme")
    assert found.loc["Cybersécurité", ["k", "n", "share"]].tolist() == [2, 4, 0.5]
    assert found.loc["Cartographie", ["k", "n"]].tolist() == [1, 3]
    assert tuple(found.loc["Cartographie", ["low", "high"]]) == pytest.approx(wilson(1, 3))


def test_a_count_that_is_hidden_hides_the_share_that_rests_on_it_and_no_other():
    counts = scale_counts(scores([5, 4, 1, 1], [4, 4, 2, 2]), THEMES, POINTS).astype(
        {"Forte": float, "Faible": float}
    )
    counts.loc[0, "Forte"], counts.loc[1, "Faible"] = np.nan, np.nan
    found = high_shares(counts, ["Forte", "Très forte"])
    assert found["theme"].tolist() == ["Cartographie", "Cybersécurité"]
    assert found["share"].isna().tolist() == [False, True]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_points_add_up_to_who_answered_and_shares_lie_in_their_intervals(pairs):
    counts = scale_counts(scores(*zip(*pairs, strict=True)), THEMES, POINTS)
    assert (counts[list(POINTS.values())].sum(axis=1) == counts[TOTAL]).all()
    found = high_shares(counts, ["Forte", "Très forte"])
    assert (
        (found["low"] <= found["share"] + 1e-12) & (found["share"] <= found["high"] + 1e-12)
    ).all()
    assert found["share"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("frame", "named"),
    [
        (scores([6], [1]), "score 6"),
        (pd.DataFrame({"operator": ["A"], "theme": ["autre"], "score": [1]}), "theme 'autre'"),
        (
            pd.DataFrame({"operator": ["A", "A"], "theme": ["sig", "sig"], "score": [1, 2]}),
            "two answers",
        ),
    ],
)
def test_what_the_scale_does_not_have_is_refused(frame, named):
    with pytest.raises(ValueError, match=named):
        scale_counts(frame, THEMES, POINTS)


def test_themes_that_all_respondents_tell_apart_are_told_apart():
    found = theme_spread(
        scores([5] * 20, [1] * 20), 4, n_permutations=199, rng=np.random.default_rng(1)
    )
    assert found.p == pytest.approx(1 / 200)
    assert found.spread == 0.5 > found.null


def test_themes_that_are_alike_are_not():
    rng = np.random.default_rng(2)
    p = [
        theme_spread(scores(*rng.integers(1, 6, (2, 30))), 4, n_permutations=99, rng=rng).p
        for _ in range(60)
    ]
    assert np.mean(np.array(p) <= 0.1) < 0.2


def test_only_complete_respondents_compare_themes():
    found = theme_spread(
        scores([5, 5, 1, 5], [1, None, 5, 1]), 4, n_permutations=9, rng=np.random.default_rng(3)
    )
    assert found.n == 3
    with pytest.raises(ValueError, match="two respondents"):
        theme_spread(scores([5], [1]), 4, n_permutations=9, rng=np.random.default_rng(3))


def test_the_choices_of_a_question_are_shares_of_those_who_answered_it():
    rows = [
        ("A", "need", "money", "yes"),
        ("B", "need", "money", "no"),
        ("A", "need", "peers", "yes"),
    ]
    rows.append(("A", "obstacle", "money", "yes"))
    answers = pd.DataFrame(rows, columns=["operator", "variable", "item", "value"])
    found = choice_shares(answers, "need", {"money": "Financements", "peers": "Échanges"})
    assert found[["item", "k", "n"]].to_numpy().tolist() == [
        ["Échanges", 1, 1],
        ["Financements", 1, 2],
    ]
    with pytest.raises(ValueError, match="'peers'"):
        choice_shares(answers, "need", {"money": "Financements"})


def test_labels_are_those_of_the_items_or_else_of_the_answers():
    questions = pd.DataFrame(
        {"variable": ["demand", "need"], "item": ["sig", ""], "item_label": ["Cartographie", ""]}
    )
    options = pd.DataFrame(
        {"variable": ["demand", "need"], "code": ["1", "peers"], "label": ["Faible", "Échanges"]}
    )
    assert item_labels(questions, options, "demand") == {"sig": "Cartographie"}
    assert item_labels(questions, options, "need") == {"peers": "Échanges"}
    with pytest.raises(ValueError, match="'wish'"):
        item_labels(questions, options, "wish")
