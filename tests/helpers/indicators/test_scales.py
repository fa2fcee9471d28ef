import numpy as np
import pandas as pd
import pytest

from helpers import indicators as ind

POINTS = {1: "Très faible", 2: "Faible", 3: "Moyenne", 4: "Forte", 5: "Très forte"}
HIGH = ["Forte", "Très forte"]
THEMES = {"cyber": "Cybersécurité", "sig": "Cartographie"}


def scores(cyber, sig):
    given = {"cyber": cyber, "sig": sig}
    rows = [(f"O{i}", t, s) for t, all_ in given.items() for i, s in enumerate(all_) if s]
    return pd.DataFrame(rows, columns=["operator", "theme", "score"])


def test_each_point_is_counted_and_who_did_not_answer_is_left_out():
    found = ind.scale_counts(scores([5, 5, 4, 1], [3, None, 2, 2]), THEMES, POINTS)
    assert found["theme"].tolist() == ["Cybersécurité", "Cartographie"]
    assert found[list(POINTS.values())].to_numpy().tolist() == [[1, 0, 0, 1, 2], [0, 2, 1, 0, 0]]
    assert found["n"].tolist() == [4, 3]
    shares = ind.high_shares(found, HIGH).set_index("theme")
    assert shares.loc["Cybersécurité", ["k", "n", "share"]].tolist() == [3, 4, 0.75]
    assert tuple(shares.loc["Cartographie", ["low", "high"]]) == pytest.approx(ind.wilson(0, 3))


def test_a_count_that_is_hidden_hides_the_share_that_rests_on_it_and_no_other():
    counts = ind.scale_counts(scores([5, 4, 1, 1], [4, 4, 2, 2]), THEMES, POINTS)
    counts = counts.astype({"Forte": float, "Faible": float})
    counts.loc[0, "Forte"], counts.loc[1, "Faible"] = np.nan, np.nan
    found = ind.high_shares(counts, HIGH)
    assert found["theme"].tolist() == ["Cartographie", "Cybersécurité"]
    assert found["share"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([("A", "sig", 6)], "score 6"),
        ([("A", "autre", 1)], "theme 'autre'"),
    ],
)
def test_what_the_scale_does_not_have_is_refused(rows, named):
    frame = pd.DataFrame(rows, columns=["operator", "theme", "score"])
    with pytest.raises(ValueError, match=named):
        ind.scale_counts(frame, THEMES, POINTS)


def spread(cyber, sig, seed=1, n=199):
    rng = np.random.default_rng(seed)
    return ind.theme_spread(scores(cyber, sig), 4, n_permutations=n, rng=rng)


def test_themes_that_all_respondents_tell_apart_are_told_apart():
    _, found = spread([5] * 20, [1] * 20)
    assert found.p_greater == pytest.approx(1 / 200)
    assert found.observed == 0.5 > found.mean


def test_only_complete_respondents_compare_themes():
    assert spread([5, 5, 1, 5], [1, None, 5, 1], n=9)[0] == 3
    with pytest.raises(ValueError, match="two respondents"):
        spread([5], [1], n=9)


def test_the_choices_of_a_question_are_shares_of_those_who_answered_it():
    rows = [("A", "need", "money", "yes"), ("B", "need", "money", "no")]
    rows += [("A", "need", "peers", "yes"), ("A", "obstacle", "money", "yes")]
    answers = pd.DataFrame(rows, columns=["operator", "variable", "item", "value"])
    found = ind.choice_shares(answers, "need", {"money": "Financements", "peers": "Échanges"})
    wanted = [["Échanges", 1, 1], ["Financements", 1, 2]]
    assert found[["item", "k", "n"]].to_numpy().tolist() == wanted


def test_labels_are_those_of_the_items_or_else_of_the_answers():
    asked, items = {"variable": ["demand", "need"]}, ["Cartographie", ""]
    questions = pd.DataFrame(asked | {"item": ["sig", ""], "item_label": items})
    options = pd.DataFrame(asked | {"code": ["1", "peers"], "label": ["Faible", "Échanges"]})
    assert ind.item_labels(questions, options, "demand") == {"sig": "Cartographie"}
    assert ind.item_labels(questions, options, "need") == {"peers": "Échanges"}
    with pytest.raises(ValueError, match="'wish'"):
        ind.item_labels(questions, options, "wish")
