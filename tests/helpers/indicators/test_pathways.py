from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from helpers import indicators as ind
from helpers.indicators.complementarity import FAR
from helpers.profiles import SILENT

PERIMETERS = pd.DataFrame(
    [("A", "1"), ("B", "2"), ("C", "2"), ("C", "3")], columns=["operator", "departement"]
)
OFFERS = np.array([[1, 1], [0, 0], [0, 1]], dtype=bool)
MESH = ind.build_mesh(list("ABC"), PERIMETERS, pd.Series({"1": 50, "2": 30, "3": 20}))


def test_population_is_covered_where_some_operator_offers_the_service():
    assert ind.covered_weight(MESH, np.stack([OFFERS, ~OFFERS])).tolist() == [
        [0.5, 1.0],
        [0.5, 0.3],
    ]


def test_opening_adds_the_perimeter_of_the_partner():
    links = np.zeros((3, 3), dtype=bool)
    links[0, 1] = True
    assert ind.covered_weight(MESH, OFFERS, links) == pytest.approx([0.8, 1.0])
    assert ind.gain_of(MESH, OFFERS, links) == pytest.approx(0.15)


def test_the_nearest_are_chosen_and_ties_are_settled_by_name():
    table = [[0, 1, 1, FAR], [1, 0, 0, FAR], [1, 0, 0, 1], [FAR, FAR, 1, 0]]
    table = pd.DataFrame(table, list("ACBD"), list("ACBD"))
    assert ind.nearest_partners(table, 1, 1).argmax(axis=1).tolist() == [2, 2, 1, 2]
    assert ind.nearest_partners(table, 2, 1).sum(axis=1).tolist() == [2, 2, 2, 1]


def exhaustive(mesh, offers, allowed, k):
    """Largest gain over every choice, by trying them all."""
    pairs, best = np.argwhere(allowed), 0.0
    for taken in product((False, True), repeat=len(pairs)):
        links = np.zeros(allowed.shape, dtype=bool)
        links[tuple(pairs[list(taken)].T)] = True
        if links.sum(axis=1).max() <= k:
            best = max(best, ind.gain_of(mesh, offers, links))
    return best


@pytest.mark.parametrize(("seed", "k"), [(0, 1), (1, 1), (2, 2), (3, 2)])
def test_the_programme_finds_what_trying_every_choice_finds(seed, k):
    rng = np.random.default_rng(seed)
    rows = [(name, code) for name in "ABCD" for code in "01234" if rng.random() < 0.4]
    perimeters = pd.DataFrame(rows, columns=["operator", "departement"])
    mesh = ind.build_mesh(list("ABCD"), perimeters, pd.Series(rng.integers(1, 9, 5), list("01234")))
    offers = rng.random((4, 6)) < 0.35
    allowed = ~np.eye(4, dtype=bool) & (rng.random((4, 4)) < 0.7)
    links, bound = ind.best_partners(mesh, offers, allowed, k)
    best, greedy = (
        exhaustive(mesh, offers, allowed, k),
        ind.greedy_partners(mesh, offers, allowed, k),
    )
    assert ind.gain_of(mesh, offers, links) == pytest.approx(best, rel=1e-4)
    assert bound == pytest.approx(best, rel=1e-4)
    assert best / 2 - 1e-12 <= ind.gain_of(mesh, offers, greedy) <= best + 1e-12
    for found in (links, greedy):
        assert found.sum(axis=1).max() <= k
        assert not (found & ~allowed).any()


def test_members_are_divided_by_agents_where_both_are_known():
    rows = [
        ("A", "members", "1700", 2019, 800.0, 2200.0),
        ("A", "staff_fte", "18", 2011, 18.0, 57.0),
        ("B", "members", "40", 2020, 40.0, 40.0),
        ("B", "staff_fte", "10", 2020, 10.0, 10.0),
        ("C", "members", "9", 2020, 9.0, 9.0),
        ("C", "perimeter", "intention", 2020, None, None),
    ]
    columns = ["operator", "attribute", "value", "year", "minimum", "maximum"]
    found = ind.members_per_agent(pd.DataFrame(rows, columns=columns)).set_index("operator")
    assert list(found.index) == ["B", "A"]
    wanted = [1700 / 18, 800 / 57, 2200 / 18, 2019, 2011]
    columns = ["ratio", "low", "high", "members_year", "staff_year"]
    assert found.loc["A", columns].tolist() == pytest.approx(wanted)


def test_the_interval_of_a_median_takes_the_tabled_order_statistics():
    # Conover 1999, table A3: for n = 10 the 2nd and 9th values enclose it with probability 0.9785.
    found = ind.median_interval(np.arange(1.0, 11.0))
    assert (found.median, found.low, found.high) == (5.5, 2, 9)
    assert found.level == pytest.approx(0.9785, abs=1e-4)
    few = ind.median_interval([1.0, 2.0, 3.0])
    assert (few.low, few.high, few.level) == (1, 3, 0.75)
    assert ind.agents_needed(90, found) == pytest.approx((90 / 5.5, 10, 45))


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
    scores = ind.class_prediction(2)(mentions, visits, rng, *known)
    assert scores[profile == 1].min() > 0.8 > 0.2 > scores[profile == 0].max()


@pytest.mark.parametrize(("first", "second"), [(9, 1), (0, 0), (4, 4)])
def test_two_rules_are_compared_by_the_cases_on_which_they_differ(first, second):
    wanted = binomtest(first, first + second).pvalue if first else 1
    assert ind.sign_test(first, second) == pytest.approx(wanted)
