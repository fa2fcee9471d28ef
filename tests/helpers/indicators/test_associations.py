from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from helpers import indicators
from helpers.indicators.associations import discoveries, two_sided

OFFERED = pd.DataFrame(
    [[1, 0, 1], [1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1]],
    index=list("ABCDEF"),
    columns=["sig", "formation", "dpo"],
    dtype=bool,
)
FORM = pd.Series(list("xxxyyy"), index=list("ABCDEF"))


def quotients(n_permutations, offered=OFFERED, groups=FORM, n_strata=(1,)):
    rng = np.random.default_rng(0)
    options = {"n_permutations": n_permutations, "n_strata": n_strata}
    return indicators.location_quotients(offered, groups, rng=rng, **options)


def quotient(table: np.ndarray, members: np.ndarray) -> float:
    """Return the quotient of the first service in the group of `members`, by its definition."""
    inside = table[members]
    return (inside[:, 0].sum() / inside.sum()) / (table[:, 0].sum() / table.sum())


def test_quotients_by_hand():
    out = quotients(100)
    # Group x shows sig 3 times among 5 services, all operators 3 times among 9.
    assert out.loc[("x", "sig"), ["k", "n"]].tolist() == [3, 3]
    assert out.loc[("x", "sig"), "quotient"] == pytest.approx((3 / 5) / (3 / 9))
    assert out.loc[("y", "sig"), "quotient"] == 0


def exact_p(orders) -> float:
    """Return the two-sided p-value of the first service in the group x over all its orders."""
    table = OFFERED.to_numpy(dtype=float)
    draws = np.array([quotient(table, list(order)) for order in orders])
    observed = quotient(table, [0, 1, 2])
    return min(1, 2 * min((draws >= observed - 1e-9).mean(), (draws <= observed + 1e-9).mean()))


def test_p_values_are_those_of_every_permutation_and_count_the_observed_table_in():
    exact = exact_p(order[:3] for order in permutations(range(6)))
    assert exact == pytest.approx(0.1)
    assert quotients(50_000).loc[("x", "sig"), "p"] == pytest.approx(exact, abs=0.006)
    pd.testing.assert_frame_equal(quotients(3_000), quotients(3_000))
    above, below = np.array([0, 99, 50]), np.array([99, 0, 50])
    assert two_sided(above, below, 99) == pytest.approx([0.02, 0.02, 1])


def test_q_values_are_those_of_benjamini_and_hochberg():
    out = quotients(2_000)
    assert out["q"].to_numpy() == pytest.approx(false_discovery_control(out["p"]))
    # Benjamini and Hochberg 1995, section 3.2: of 15 p-values the procedure rejects four.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (discoveries(p) <= 0.05).tolist() == [True] * 4 + [False] * 11


def test_operators_change_places_only_with_those_that_show_as_many_services():
    # A, C and D show two services, the others one: x takes two of the former, one of the latter.
    pairs = product(permutations([0, 2, 3]), permutations([1, 4, 5]))
    # The first operators of the deep stratum stand for A and C, the first of the other for B.
    exact = exact_p((first[0], second[0], first[1]) for first, second in pairs)
    found = quotients(50_000, n_strata=(2,)).loc[("x", "sig"), "p"]
    assert found == pytest.approx(exact, abs=0.01)
    worst = quotients(50_000, n_strata=(1, 2)).loc[("x", "sig"), "p"]
    assert worst == pytest.approx(max(found, 0.1), abs=0.01)


def test_a_group_that_shows_more_of_all_is_not_specialised_and_one_service_is_found():
    services, deep = [f"s{j}" for j in range(20)], np.arange(80) < 20
    groups = pd.Series(np.where(deep, "deep", "rest"))
    found = []
    for seed in range(40):
        chances = np.where(deep, 0.4, 0.15)[:, None]
        table = pd.DataFrame(np.random.default_rng(seed).random((80, 20)) < chances)
        out = quotients(1_000, table.set_axis(services, axis=1), groups, (3, 4, 5, 6))
        found.append((out["q"] <= 0.05).any())
    assert np.mean(found) <= 0.1
    table = table.set_axis(services, axis=1).assign(s0=deep)
    out = quotients(5_000, table, groups, (3, 4, 5, 6))
    assert out.loc[("deep", "s0"), "q"] <= 0.05


def test_a_group_with_nothing_seen_is_refused_and_a_service_of_nobody_left_out():
    with pytest.raises(ValueError, match="'y' has nothing seen"):
        quotients(10, offered=OFFERED & (FORM == "x").to_numpy()[:, None])
    assert "more" not in quotients(10, offered=OFFERED.assign(more=False)).index.levels[1]
