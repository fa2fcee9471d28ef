import numpy as np
import pandas as pd
import pytest

from helpers import indicators as ind


def scores(cyber, sig):
    given = {"cyber": cyber, "sig": sig}
    rows = [(f"O{i}", t, s) for t, all_ in given.items() for i, s in enumerate(all_) if s]
    return pd.DataFrame(rows, columns=["operator", "theme", "score"])


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


def test_labels_are_those_of_the_items_or_else_of_the_answers():
    asked, items = {"variable": ["demand", "need"]}, ["Cartographie", ""]
    questions = pd.DataFrame(asked | {"item": ["sig", ""], "item_label": items})
    options = pd.DataFrame(asked | {"code": ["1", "peers"], "label": ["Faible", "Échanges"]})
    assert ind.item_labels(questions, options, "demand") == {"sig": "Cartographie"}
    assert ind.item_labels(questions, options, "need") == {"peers": "Échanges"}
    with pytest.raises(ValueError, match="'wish'"):
        ind.item_labels(questions, options, "wish")
