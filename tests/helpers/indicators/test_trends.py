import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators.series import (
    COUNT,
    EVENTS,
    NEED,
    SHARE,
    Conflict,
    Link,
    Reading,
    Series,
    Wave,
)
from helpers.indicators.series_catalogue import CATALOGUE
from helpers.indicators.series_conflicts import CONFLICTS, MEANS_FIGURES, SUPPORT_FIGURES
from helpers.indicators.side_by_side import conflicts, single_figures, uses
from helpers.indicators.trends import (
    APART,
    COUNTED_RISE,
    FALL,
    FLAT,
    GRADES,
    GROWING,
    RISE,
    UNTESTED,
    difference,
    grade,
    half_unit,
    steps,
    trends,
    waves,
)
from helpers.paths import project_root

YES, NO = Link(True, "same"), Link(False, "other")
SIZES = {"communes": 1000}


def figures(*rows):
    frame = pd.DataFrame(rows, columns=["figure_id", "value", "unit", "n", "year"])
    frame["statement_fr"], frame["population"], frame["source_title"] = "dit", "tous", "source"
    return frame.astype({"n": "Int64", "year": "Int64"})


def series(kind, points, links, **options):
    return Series("s", "Série", NEED, kind, tuple(points), tuple(links), **options)


def one(kind, points, links, published, **options):
    catalogue = [series(kind, points, links, **options)]
    found = waves(published, catalogue, SIZES)
    return found, steps(found, catalogue), trends(found, catalogue).iloc[0]


@pytest.fixture(scope="module")
def published():
    folder = project_root() / "data" / "raw" / "public-2026"
    return pd.read_csv(folder / "published_figures.csv").astype({"n": "Int64", "year": "Int64"})


def test_the_difference_of_two_shares_is_the_one_that_newcombe_published():
    # Newcombe 1998, Statistics in Medicine 17, p. 877, table II, contrast (a): 56/70 - 48/80, method 10.
    point = {"interval": "Wilson et arrondi", "rounding": 0.0, "complete": False, "floor": False}
    found = difference({"value": 48 / 80, "n": 80, **point}, {"value": 56 / 70, "n": 70, **point})
    assert [round(v, 4) for v in found[:3]] == [0.2, 0.0524, 0.3339]


def test_rounding_widens_a_difference_on_both_sides():
    point = {"interval": "Wilson et arrondi", "complete": False, "floor": False}
    found = difference(
        {"value": 48 / 80, "n": 80, "rounding": 0.005, **point},
        {"value": 56 / 70, "n": 70, "rounding": 0.01, **point},
    )
    assert [round(v, 4) for v in found[1:3]] == [0.0374, 0.3489]


@pytest.mark.parametrize(("value", "half"), [(47, 0.5), (52.1, 0.05), (0.25, 0.005), (100, 0.5)])
def test_the_rounding_is_half_of_the_last_digit_written(value, half):
    assert half_unit(value) == pytest.approx(half)


def test_an_interval_of_a_share_covers_sampling_and_rounding():
    published = figures(("A", 50.0, "percent", 100, 2020), ("B", 50.0, "percent", 100, 2021))
    found, _, _ = one(SHARE, [Wave("A"), Wave("B")], [YES], published)
    # Wilson for 50 of 100 is 0.4038 to 0.5962; half a point of rounding takes 49 and 51 of 100 instead.
    assert found.loc[0, "low"] < 0.4038
    assert found.loc[0, "high"] > 0.5962
    assert found.loc[0, "low"] == pytest.approx(0.3942, abs=1e-4)


def test_where_no_n_was_published_there_is_no_interval_and_no_verdict():
    published = figures(("A", 7.0, "percent", None, 2022), ("B", 42.0, "percent", 289, 2024))
    found, pairs, told = one(SHARE, [Wave("A"), Wave("B")], [YES], published)
    assert found["low"].isna().tolist() == [True, False]
    assert math.isnan(pairs.loc[0, "low"])
    assert told["difference"] == pytest.approx(0.35)
    assert told["grade"] == UNTESTED
    assert not told["growing"]


def test_a_large_rise_is_not_growing_where_population_or_question_changed():
    published = figures(("A", 10.0, "percent", 5000, 2020), ("B", 90.0, "percent", 5000, 2021))
    _, pairs, told = one(SHARE, [Wave("A"), Wave("B")], [NO], published)
    assert told["grade"] == APART
    assert not told["growing"]
    assert math.isnan(pairs.loc[0, "difference"])


def test_the_same_rise_is_growing_where_waves_compare():
    published = figures(("A", 10.0, "percent", 5000, 2020), ("B", 90.0, "percent", 5000, 2021))
    assert one(SHARE, [Wave("A"), Wave("B")], [YES], published)[2]["grade"] == RISE


def test_the_procedures_of_2023_and_2024_differ_less_than_their_interval():
    # 19 % of 1,178, then 22 % of 1,710: the plain Newcombe interval is 0.000 to 0.060, rounding takes it below zero.
    published = figures(("A", 19.0, "percent", 1178, 2023), ("B", 22.0, "percent", 1710, 2024))
    assert one(SHARE, [Wave("A"), Wave("B")], [YES], published)[2]["grade"] == FLAT


def test_the_trend_is_told_over_the_longest_comparable_run():
    rows = [
        ("A", 80.0, 900, 2000),
        ("B", 10.0, 900, 2005),
        ("C", 30.0, 900, 2010),
        ("D", 50.0, 900, 2015),
    ]
    published = figures(*[(a, v, "percent", n, y) for a, v, n, y in rows])
    _, pairs, told = one(
        SHARE, [Wave("A"), Wave("B"), Wave("C"), Wave("D")], [NO, YES, YES], published
    )
    assert (told["from_date"], told["to_date"], told["n_waves"]) == ("2005", "2015", 3)
    assert told["difference"] == pytest.approx(0.4)
    assert pairs["grade"].tolist() == [APART, RISE, RISE]


def test_complete_counts_are_compared_by_their_rounding_alone():
    published = figures(("A", 3000, "count", None, 2018), ("B", 13600, "count", None, 2019))
    found, _, told = one(
        COUNT, [Wave("A", rounding=500), Wave("B", rounding=50)], [YES], published, complete=True
    )
    assert (told["low"], told["high"], told["grade"]) == (10050, 11150, COUNTED_RISE)
    assert found.loc[0, "low"] == 2500


def test_a_count_told_as_a_minimum_has_no_upper_bound():
    published = figures(("A", 755, "count", None, 2018), ("B", 1240, "count", None, 2019))
    _, _, told = one(COUNT, [Wave("A"), Wave("B", floor=True)], [YES], published, complete=True)
    assert told["low"] == 485
    assert math.isnan(told["high"])
    assert told["grade"] == COUNTED_RISE


def test_counts_that_may_have_missed_some_get_no_verdict():
    published = figures(("A", 257, "count", None, 2018), ("B", 589, "count", None, 2020))
    assert one(COUNT, [Wave("A"), Wave("B")], [YES], published)[2]["grade"] == UNTESTED


def test_events_are_compared_by_the_year_with_poisson_intervals():
    published = figures(("A", 10, "count", None, 2022), ("B", 10, "count", None, 2024))
    found, _, told = one(EVENTS, [Wave("A", months=12), Wave("B", months=24)], [YES], published)
    # Garwood's exact interval for 10 events: 4.795 to 18.390.
    assert found.loc[0, "low"] == pytest.approx(4.795, abs=5e-4)
    assert found.loc[0, "high"] == pytest.approx(18.390, abs=5e-4)
    assert found["value"].tolist() == [10, 5]
    assert told["grade"] == FLAT


def test_complements_and_levels_told_by_their_change_are_computed():
    published = figures(
        ("A", 60.0, "percent", 1000, 2019),
        ("B", 52.1, "percent", 1000, 2025),
        ("C", 1.1, "percent", 1, 2025),
    )
    found, _, _ = one(SHARE, [Wave("A", complement=True), Wave("B", less="C")], [YES], published)
    assert found["value"].tolist() == pytest.approx([0.4, 0.51])
    assert found.loc[1, "rounding"] == pytest.approx(0.001)


def test_an_official_total_may_stand_for_n():
    published = figures(("A", 40.0, "percent", None, 2019), ("B", 47.0, "percent", None, 2022))
    found, _, _ = one(SHARE, [Wave("A"), Wave("B")], [YES], published, size="communes")
    assert found["n"].tolist() == [1000, 1000]


@given(st.floats(-1, 1), st.floats(0, 1), st.booleans(), st.booleans())
def test_growing_needs_comparable_waves_and_an_interval_above_zero(
    low, width, comparable, complete
):
    told = grade(low, low + width, comparable=comparable, complete=complete)
    assert (told in GROWING) == (comparable and low > 0)
    assert told in GRADES


def test_holm_adjusts_for_the_number_of_tests():
    rows = [(f"{c}{i}", 10 + 3 * i, "percent", 900, 2020 + i) for c in "AB" for i in (0, 1)]
    published = figures(*rows)
    catalogue = [Series(c, c, NEED, SHARE, (Wave(f"{c}0"), Wave(f"{c}1")), (YES,)) for c in "AB"]
    found = steps(waves(published, catalogue, SIZES), catalogue)
    assert found["p_holm"].tolist() == pytest.approx((2 * found["p"]).tolist())


def test_a_figure_that_is_not_published_is_refused():
    with pytest.raises(ValueError, match="'Z'"):
        one(SHARE, [Wave("Z"), Wave("Z")], [YES], figures(("A", 1.0, "percent", 10, 2020)))


def test_a_series_has_one_link_fewer_than_waves():
    with pytest.raises(ValueError, match="2 waves and 2 links"):
        series(SHARE, [Wave("A"), Wave("B")], [YES, YES])


def test_a_share_above_one_is_refused():
    with pytest.raises(ValueError, match="no share"):
        one(SHARE, [Wave("A"), Wave("A")], [YES], figures(("A", 140.0, "percent", 10, 2020)))


def test_conflicting_figures_stand_side_by_side_as_they_were_got():
    published = figures(
        ("A", 60.0, "percent", 4411, 2019),
        ("B", 257, "count", None, 2018),
        ("C", 5, "count", None, 2018),
    )
    wanted = Conflict(
        "c",
        "Titre",
        "percent",
        (Reading("A", complement=True), Reading("B", over="A.n"), Reading("B", over="communes")),
        ".",
    )
    found = conflicts(published, [wanted], SIZES)
    assert found["value"].tolist() == pytest.approx([0.4, 257 / 4411, 0.257])
    assert found["reading"].tolist() == ["complément de A", "B sur effectif de A", "B sur communes"]
    added = conflicts(
        published,
        [Conflict("d", "T", "count", (Reading("B", plus="C"), Reading("A", sample=True)), ".")],
        SIZES,
    )
    assert added["value"].tolist() == [262, 4411]


def test_figures_said_once_have_an_interval_only_where_n_was_published():
    found = single_figures(
        figures(("A", 64.0, "percent", 1178, 2023), ("B", 80.0, "percent", None, 2020)), ["B", "A"]
    )
    assert found["figure_id"].tolist() == ["B", "A"]
    assert found["low"].isna().tolist() == [True, False]


def test_every_figure_of_the_catalogue_is_published_and_says_what_the_catalogue_takes(published):
    told = published.set_index("figure_id")
    used = uses(CATALOGUE, CONFLICTS, [*SUPPORT_FIGURES, *MEANS_FIGURES])
    assert set().union(*used.values()) <= set(told.index)
    for item in CATALOGUE:
        for wave in item.waves:
            if wave.value is not None:
                digits = (
                    told.loc[wave.figure, "statement_fr"].replace("\u202f", "").replace(" ", "")
                )
                assert f"{wave.value:g}" in digits
            assert wave.year is None or str(wave.year) in told.loc[wave.figure, "statement_fr"]


def test_a_share_is_drawn_from_percents_and_a_count_from_counts(published):
    unit = published.set_index("figure_id")["unit"]
    for item in CATALOGUE:
        assert {unit[wave.figure] for wave in item.waves} == {
            "percent" if item.kind == SHARE else "count"
        }


def test_comparable_waves_of_a_sample_name_the_same_population(published):
    population = published.set_index("figure_id")["population"]
    for item in CATALOGUE:
        for link, first, second in zip(item.links, item.waves, item.waves[1:], strict=False):
            if link.comparable:
                assert population[first.figure] == population[second.figure], item.code


def test_waves_stand_in_order_of_time_where_they_are_dated(published):
    found = waves(published, CATALOGUE, {"communes": 34945})
    for _, points in found.groupby("series"):
        assert points["when"].dropna().is_monotonic_increasing


def test_a_fall_is_told_as_a_fall():
    published = figures(("A", 90.0, "percent", 500, 2020), ("B", 10.0, "percent", 500, 2021))
    told = one(SHARE, [Wave("A"), Wave("B")], [YES], published)[2]
    assert told["grade"] == FALL
    assert not told["growing"]


def test_a_month_places_a_wave_within_its_year():
    published = figures(("A", 40.0, "percent", 100, 2025), ("B", 40.0, "percent", 100, None))
    found, _, _ = one(SHARE, [Wave("A", month=6), Wave("B")], [NO], published)
    assert found["date"].tolist() == ["juin 2025", "non daté"]
    assert found.loc[0, "when"] == pytest.approx(2025 + 5.5 / 12)
    assert math.isnan(found.loc[1, "when"])
