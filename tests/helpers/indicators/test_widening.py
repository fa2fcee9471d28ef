import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from helpers import indicators as ind
from helpers.profiles import SILENT


def suggested(offered, memberships, rates, **options):
    table = pd.DataFrame(offered, columns=list("xyz"), dtype=bool)
    memberships, own = np.array(memberships), np.full(table.shape, 0.25)
    options = {"eligible": np.ones(3, dtype=bool), "top": 2} | options
    return ind.next_services(table, memberships, np.array(rates), own, **options)


RATES = [[[0.9, 0.8, 0.1], [0.1, 0.2, 0.7]], [[0.9, 0.6, 0.1], [0.1, 0.2, 0.9]]]


def test_the_next_service_is_what_operators_of_the_profile_offer():
    found = suggested([[1, 0, 0], [0, 0, 0]], [[1.0, 0.0], [0.5, 0.5]], RATES)
    assert found["service_code"].tolist() == ["y", "z", "x", "y"]
    assert found["chance"].tolist() == pytest.approx([0.7, 0.1, 0.5, 0.45])
    assert tuple(found.loc[0, ["low", "high", "own"]]) == pytest.approx((0.605, 0.795, 0.25))


def test_a_draw_without_a_class_leaves_its_weight_to_the_others():
    found = suggested([[0, 0, 0]], [[0.5, 0.5]], [[[0.4, 0.2, 0.1], [np.nan] * 3]], top=1)
    assert found["chance"].iloc[0] == pytest.approx(0.4)


def hide(mentions, rules, **options):
    options = {"n_folds": 3, "top": 1, "rng": np.random.default_rng(0)} | options
    return ind.hidden_services(pd.DataFrame(mentions), np.full(len(mentions), 20), rules, **options)


def test_hidden_services_are_found_by_who_knows_them_and_not_by_who_ranks_them_last():
    truth = np.eye(6, dtype=int) * 2
    found = hide(truth, {"knows": lambda *_: truth * 1.0, "errs": lambda *_: -truth * 1.0})
    assert len(found) == 6
    assert found["knows"].all() and not found["errs"].any()


def test_predictions_never_see_what_they_are_asked_for():
    mentions = np.array([[1, 2], [3, 4], [0, 5]])
    answered, asked = np.where(mentions, 1.0, SILENT), []

    def remember(kept, visits, rng, detection):
        asked.append((kept.copy(), detection.copy()))
        return ind.popularity(kept, visits, rng, detection)

    hide(mentions, {"rule": remember}, detection=answered)
    hidden = [(kept == 0) & (mentions > 0) for kept, _ in asked]
    assert np.sum(hidden, axis=0).tolist() == (mentions > 0).astype(int).tolist()
    for mask, (kept, detection) in zip(hidden, asked, strict=True):
        assert (kept[~mask] == mentions[~mask]).all()
        assert (detection == np.where(mask, SILENT, answered)).all()


@pytest.mark.parametrize("declared", [False, True])
def test_popularity_is_the_same_for_all_and_classes_follow_the_profile(declared):
    # Two planted classes: the first four services, or the last four.
    rng = np.random.default_rng(0)
    profile = np.repeat(np.kron(np.eye(2, dtype=int), [1, 1, 1, 1]), 15, axis=0)
    visits, known = np.full(30, 6), ()
    mentions = rng.binomial(6, 0.6, profile.shape) * profile
    if declared:
        mentions, visits, known = profile, np.ones(30, int), (np.ones(profile.shape),)
    common = ind.popularity(mentions, visits, rng)
    assert (common == common[0]).all()
    scores = ind.class_prediction(2, n_init=5)(mentions, visits, rng, *known)
    assert scores[profile == 1].min() > 0.8 > 0.2 > scores[profile == 0].max()


@pytest.mark.parametrize(("first", "second"), [(9, 1), (0, 0), (4, 4)])
def test_two_rules_are_compared_by_the_cases_on_which_they_differ(first, second):
    wanted = binomtest(first, first + second).pvalue if first else 1
    assert ind.sign_test(first, second) == pytest.approx(wanted)
