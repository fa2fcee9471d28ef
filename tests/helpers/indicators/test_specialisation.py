import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators.specialisation import (
    discoveries,
    group_counts,
    location_quotient,
    location_quotients,
    null_group_counts,
    quotient_interval,
    ratio_interval,
    selective_level,
    two_sided,
)

OFFERED = pd.DataFrame(
    [[1, 0, 1], [1, 0, 0], [0, 1, 0], [0, 1, 1]],
    index=list("ABCD"),
    columns=["sig", "formation", "dpo"],
    dtype=bool,
)
FORM = pd.Series(["x", "x", "y", "y"], index=list("ABCD"))


def test_a_quotient_divides_the_share_here_by_the_share_everywhere():
    # Textbook exercise of an economy of 272 jobs, 117 of them in beer: a county with 10 of 28 and one with 25 of 43.
    assert location_quotient(10, 28, 117, 272) == pytest.approx(0.83, abs=0.005)
    assert location_quotient(25, 43, 117, 272) == pytest.approx(1.35, abs=0.005)
    # 16 % of a county's workers against 8 % of the nation's.
    assert location_quotient(16, 100, 8, 100) == 2


def test_quotients_of_a_published_matrix_of_regions_and_industries_weigh_to_one():
    # Example matrix of the R package EconGeo (Balland): quotients weighed by the reference make 1.
    table = np.array(
        [
            [100, 0, 0, 0, 0],
            [0, 15, 5, 70, 10],
            [0, 20, 10, 20, 50],
            [0, 25, 30, 5, 40],
            [0, 40, 55, 5, 0],
        ]
    )
    counts = pd.DataFrame(table, index=list("abcde"), columns=list("vwxyz"))
    out = location_quotients(counts)
    weighed = (out["quotient"] * out["reference"]).groupby(out["group"]).sum()
    assert weighed.to_numpy() == pytest.approx(np.ones(5))
    # By hand: region b has 70 of its 100 in industry y, which is 100 of 500 everywhere.
    assert out.set_index(["group", "item"]).loc[("b", "y"), "quotient"] == pytest.approx(3.5)
    assert out.set_index(["group", "item"]).loc[("a", "v"), "quotient"] == pytest.approx(5.0)


def test_the_ratio_interval_gives_the_published_example():
    # Koopman 1984, Biometrics 40, section 3: 36 of 40 against 16 of 80.
    assert ratio_interval(36, 40, 16, 80) == pytest.approx((2.94, 7.15), abs=0.005)


def test_the_interval_is_that_of_the_ratio_to_the_rest_carried_over():
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        8, 20, 10, 357, method="score", compare="ratio", correction=False
    )
    assert ratio_interval(8, 20, 10, 357) == pytest.approx((low, high), rel=1e-6)
    weight = 20 / 377
    told = quotient_interval(8, 20, 18, 377)
    assert told == pytest.approx(
        (low / (weight * low + 1 - weight), high / (weight * high + 1 - weight))
    )


def test_the_interval_inverts_when_group_and_rest_change_places():
    # Half of the whole each: the ratio to the rest turns over, and the quotient with it.
    low, high = quotient_interval(20, 20, 25, 40)
    other_low, other_high = quotient_interval(5, 20, 25, 40)
    assert [q / (2 - q) for q in (low, high)] == pytest.approx(
        [(2 - q) / q for q in (other_high, other_low)], rel=1e-4
    )


def test_a_quotient_of_nothing_starts_at_zero_and_one_of_everything_ends_at_its_ceiling():
    assert quotient_interval(0, 10, 5, 100)[0] == 0
    assert quotient_interval(5, 10, 5, 100)[1] == pytest.approx(10)


@given(
    st.tuples(st.integers(1, 30), st.integers(1, 60)).flatmap(
        lambda t: st.tuples(
            st.integers(0, t[0]), st.just(t[0]), st.integers(0, t[1]), st.just(t[1])
        )
    )
)
def test_the_interval_holds_the_quotient(case):
    part, total, rest_part, rest_total = case
    if 0 < part + rest_part < total + rest_total:
        low, high = quotient_interval(part, total, part + rest_part, total + rest_total)
        told = location_quotient(part, total, part + rest_part, total + rest_total)
        assert low - 1e-6 <= told <= high + 1e-6


@pytest.mark.parametrize("case", [(1, 0, 5, 10), (1, 5, 0, 10), (-1, 5, 5, 10)])
def test_a_quotient_without_a_reference_is_refused(case):
    with pytest.raises(ValueError, match="needs positive totals"):
        location_quotient(*case)


@pytest.mark.parametrize("case", [(0, 5, 0, 20), (5, 5, 20, 20)])
def test_an_interval_needs_something_to_compare(case):
    with pytest.raises(ValueError, match="nothing to compare"):
        quotient_interval(*case)


@pytest.mark.parametrize("case", [(5, 10, 5, 10), (6, 5, 9, 20), (3, 5, 2, 20)])
def test_an_interval_needs_a_group_within_a_larger_whole(case):
    with pytest.raises(ValueError, match="within a larger whole"):
        quotient_interval(*case)


def test_groups_are_counted_by_name_and_small_ones_left_out():
    assert group_counts(OFFERED, FORM).loc["x"].tolist() == [2, 0, 1]
    assert group_counts(OFFERED, FORM).loc["y"].tolist() == [0, 2, 1]
    uneven = pd.Series(["x", "x", "x", "y"], index=list("ABCD"))
    assert list(group_counts(OFFERED, uneven, at_least=2).index) == ["x"]


def test_an_operator_may_count_in_several_groups():
    twice = pd.concat([FORM, pd.Series(["y"], index=["A"])])
    assert group_counts(OFFERED, twice).loc["y"].tolist() == [1, 2, 2]


def test_random_tables_are_counted_as_the_observed_one():
    nulls = np.stack([OFFERED.to_numpy(), OFFERED.to_numpy()[::-1]])
    counts = null_group_counts(OFFERED, FORM, nulls)
    assert counts[0].tolist() == group_counts(OFFERED, FORM).to_numpy().tolist()
    assert counts[1].tolist() == counts[0][::-1].tolist()


def test_an_unknown_operator_and_a_group_too_small_are_refused():
    with pytest.raises(ValueError, match="'Z'"):
        group_counts(OFFERED, pd.Series(["x"], index=["Z"]))
    with pytest.raises(ValueError, match="no group has 3"):
        group_counts(OFFERED, FORM, at_least=3)


def test_fisher_and_the_false_discovery_rate_are_those_of_the_two_by_two_tables():
    counts = pd.DataFrame([[8, 2], [1, 9]], index=["x", "y"], columns=["a", "b"])
    out = location_quotients(counts)
    # All four rows are the same two by two table: Fisher's exact p is 0.005477 (hypergeometric, both tails).
    assert out["p"].to_numpy() == pytest.approx(np.full(4, 0.005477), abs=1e-6)
    assert out["q"].to_numpy() == pytest.approx(out["p"].to_numpy())


def test_false_discoveries_follow_the_worked_example_of_benjamini_and_hochberg():
    # Benjamini and Hochberg 1995, section 3.2: 15 p-values, of which the procedure at 0.05 rejects the first four.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
         0.7590, 1.0]  # fmt: skip
    assert (discoveries(p) <= 0.05).tolist() == [True] * 4 + [False] * 11


def test_two_sided_p_values_count_the_observed_table_in():
    nulls = np.arange(1, 100)[:, None]
    assert two_sided(np.array([200]), nulls)[0] == pytest.approx(0.02)
    assert two_sided(np.array([0]), nulls)[0] == pytest.approx(0.02)
    assert two_sided(np.array([50]), nulls)[0] == 1


def test_random_tables_give_their_own_interval_and_p_value():
    counts = group_counts(OFFERED, FORM)
    out = location_quotients(counts, nulls=np.repeat(counts.to_numpy()[None], 9, axis=0))
    assert (out["p_null"] == 1).all()
    assert out["null_low"].to_numpy() == pytest.approx(out["quotient"].to_numpy())


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ([[1, 2]], "two groups"),
        ([[1, 2], [0, 0]], "group 1 has nothing"),
        ([[1, 0], [2, 0]], "item 1 has nothing"),
    ],
)
def test_tables_without_a_contrast_are_refused(table, told):
    with pytest.raises(ValueError, match=told):
        location_quotients(pd.DataFrame(table))


def test_the_level_of_selected_intervals_is_that_of_benjamini_and_yekutieli():
    # Benjamini and Yekutieli 2005, definition 1: R selected of m get intervals at 1 - R q / m.
    assert selective_level(2, 162) == pytest.approx(1 - 0.05 * 2 / 162)
    assert selective_level(40, 40, 0.9) == pytest.approx(0.9)
    # Where nothing was selected, the nearest is told as if it alone had been: Bonferroni's level.
    assert selective_level(0, 100) == pytest.approx(0.9995)
    with pytest.raises(ValueError, match="3 of 2"):
        selective_level(3, 2)


def test_intervals_widen_for_the_choice_and_estimates_stay():
    counts = pd.DataFrame(
        [[30, 2, 9], [10, 40, 8], [11, 9, 10]], index=list("xyz"), columns=list("abc")
    )
    plain, chosen = location_quotients(counts), location_quotients(counts, selected_at=0.05)
    n_selected = int((plain["q"] <= 0.05).sum())
    assert 0 < n_selected < len(plain)
    same = ["group", "item", "k", "total", "quotient", "p", "q"]
    assert chosen[same].equals(plain[same])
    assert (chosen["low"] < plain["low"]).all() and (chosen["high"] > plain["high"]).all()
    first = chosen.iloc[0]
    assert (first["low"], first["high"]) == quotient_interval(
        30, 41, 51, 129, selective_level(n_selected, 9)
    )


def test_selected_intervals_cover_as_often_as_they_say():
    # The best of twenty quotients that are all 1: plain intervals miss far more often than one time in twenty.
    rng, missed = np.random.default_rng(20231123), {None: 0, 0.05: 0}
    for _ in range(60):
        counts = pd.DataFrame(rng.multinomial(400, np.full(20, 0.05)).reshape(10, 2) + 1)
        for selected_at in missed:
            out = location_quotients(counts, selected_at=selected_at)
            best = out.loc[out["p"].idxmin()]
            missed[selected_at] += not best["low"] <= 1 <= best["high"]
    assert missed[None] > 12 and missed[0.05] <= 6
