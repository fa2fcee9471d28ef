import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from helpers import indicators
from helpers.indicators.associations import (
    against_nulls,
    discoveries,
    nodf,
    quotient_interval,
    ratio_interval,
    two_sided,
)

OFFERED = pd.DataFrame(
    [[1, 0, 1], [1, 0, 0], [0, 1, 0], [0, 1, 1]],
    index=list("ABCD"),
    columns=["sig", "formation", "dpo"],
    dtype=bool,
)
FORM = pd.Series(list("xxyy"), index=list("ABCD"))
# Almeida-Neto et al. 2008, Oikos 117, figure 1 and the worked example of p. 1230-1231.
PUBLISHED = np.array(
    [[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]
)


def rng(seed=0):
    return np.random.default_rng(seed)


# Example matrix of the R package EconGeo (Balland): regions x industries.
REGIONS = [[100, 0, 0, 0, 0], [0, 15, 5, 70, 10], [0, 20, 10, 20, 50], [0, 25, 30, 5, 40]]
REGIONS = pd.DataFrame([*REGIONS, [0, 40, 55, 5, 0]], index=list("abcde"), columns=list("vwxyz"))


def test_quotients_of_a_published_matrix_weigh_to_one():
    out = indicators.location_quotients(REGIONS)
    weighed = (out["quotient"] * out["reference"]).groupby(out["group"]).sum()
    assert weighed.to_numpy() == pytest.approx(np.ones(5))
    # By hand: region b has 70 of its 100 in industry y, which is 100 of 500 everywhere.
    quotient = out.set_index(["group", "item"])["quotient"]
    assert (quotient["b", "y"], quotient["a", "v"]) == pytest.approx((3.5, 5.0))


def test_p_values_are_fishers_and_their_correction_that_of_benjamini_and_hochberg():
    out = indicators.location_quotients(REGIONS).set_index(["group", "item"])
    assert out["q"].to_numpy() == pytest.approx(false_discovery_control(out["p"]))
    assert out.loc[("c", "w"), "p"] == fisher_exact([[20, 80], [80, 320]])[1]
    # Benjamini and Hochberg 1995, section 3.2: of 15 p-values the procedure rejects four.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (discoveries(p) <= 0.05).tolist() == [True] * 4 + [False] * 11


def test_the_ratio_interval_is_that_of_koopman():
    # Koopman 1984, Biometrics 40, section 3: 36 of 40 against 16 of 80.
    assert ratio_interval(36, 40, 16, 80, 0.95) == pytest.approx((2.94, 7.15), abs=0.005)
    options = {"method": "score", "compare": "ratio", "correction": False}
    wanted = confint_proportions_2indep(8, 20, 10, 357, **options)
    assert ratio_interval(8, 20, 10, 357, 0.95) == pytest.approx(wanted, rel=1e-6)


@given(st.integers(1, 30), st.integers(1, 60), st.data())
@settings(deadline=None)
def test_the_interval_holds_the_quotient(total, rest, data):
    part, rest_part = data.draw(st.integers(0, total)), data.draw(st.integers(0, rest))
    if 0 < part + rest_part < total + rest:
        low, high = quotient_interval(part, total, part + rest_part, total + rest, 0.95)
        quotient = (part / total) / ((part + rest_part) / (total + rest))
        assert low - 1e-6 <= quotient <= high + 1e-6


def test_groups_are_counted_by_name_and_small_ones_left_out():
    counts = indicators.group_counts(OFFERED, FORM)
    assert counts.T.to_dict("list") == {"x": [2, 0, 1], "y": [0, 2, 1]}
    twice = pd.concat([FORM, pd.Series(["y"], index=["A"])])
    assert indicators.group_counts(OFFERED, twice).loc["y"].tolist() == [1, 2, 2]
    assert list(indicators.group_counts(OFFERED, twice, at_least=3).index) == ["y"]
    nulls = np.stack([OFFERED.to_numpy(), OFFERED.to_numpy()[::-1]])
    drawn = indicators.null_group_counts(OFFERED, FORM, nulls)
    assert drawn[0].tolist() == drawn[1][::-1].tolist() == counts.to_numpy().tolist()


@pytest.mark.parametrize("table", [[[1, 2], [0, 0]], [[1, 0], [2, 0]]])
def test_a_group_or_an_item_with_nothing_seen_is_refused(table):
    with pytest.raises(ValueError, match="1 has nothing seen"):
        indicators.location_quotients(pd.DataFrame(table))


def test_intervals_widen_for_the_choice_and_estimates_stay():
    counts = pd.DataFrame([[30, 2, 9], [10, 40, 8], [11, 9, 10]])
    plain = indicators.location_quotients(counts)
    chosen = indicators.location_quotients(counts, selected_at=0.05)
    same = ["group", "item", "k", "total", "quotient", "p", "q"]
    assert chosen[same].equals(plain[same])
    # Benjamini and Yekutieli 2005: R selected of m get intervals at 1 - R q / m.
    selected = int((plain["q"] <= 0.05).sum())
    ends = quotient_interval(30, 41, 51, 129, 1 - 0.05 * selected / 9)
    assert tuple(chosen.loc[0, ["low", "high"]]) == ends


def test_nodf_gives_the_worked_example_of_its_authors_and_its_extremes():
    assert round(nodf(PUBLISHED), 2) == 58.33
    assert nodf(np.tril(np.ones((4, 4)))) == 100
    assert nodf(np.eye(4)) == nodf(np.ones((3, 3))) == 0


def test_random_tables_keep_both_margins_and_come_back_with_the_seed():
    drawn = indicators.null_tables(PUBLISHED, 20, rng(3))
    assert (drawn.sum(axis=1) == PUBLISHED.sum(axis=0)).all()
    assert (drawn.sum(axis=2) == PUBLISHED.sum(axis=1)).all()
    assert (drawn == indicators.null_tables(PUBLISHED, 20, rng(3))).all()
    assert len({table.tobytes() for table in drawn}) > 1


def test_p_values_count_the_observed_table_in():
    nulls = np.arange(1, 100)[:, None]
    found = [two_sided(np.array([observed]), nulls)[0] for observed in (200, 0, 50)]
    assert found == pytest.approx([0.02, 0.02, 1])
    assert against_nulls(30, np.arange(1, 20)).p_value == pytest.approx(0.1)


def test_services_that_go_together_are_told_from_chance():
    # Two blocks: operators offer a and b together, or c and d together, never across.
    table = np.repeat([[1, 1, 0, 0], [0, 0, 1, 1]], 12, axis=0)
    offered = pd.DataFrame(table.astype(bool), columns=list("abcd"))
    found = indicators.cooccurrence(offered, indicators.null_tables(table, 199, rng(1)))
    assert found["together"].tolist() == [12, 0, 0, 0, 0, 12]
    assert found["p"].max() == pytest.approx(0.01)
    assert found.loc[0, "expected"] < 8


def test_the_smallest_cell_is_what_two_totals_would_tell():
    offered = pd.DataFrame({"x": [1] * 6 + [0] * 4, "y": [1] * 5 + [0] * 5}).astype(bool)
    # 5 offer both, 1 offers x alone, nobody y alone, 4 neither; x with itself: 6 and 4.
    found = indicators.smallest_cell(offered, pd.Series(["x", "x"]), pd.Series(["y", "x"]))
    assert found.tolist() == [1, 4]
