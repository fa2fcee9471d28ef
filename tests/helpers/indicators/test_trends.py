import math
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.rates import confint_poisson_2indep

from helpers import indicators as ind
from helpers import texts
from helpers.indicators.trends import GROWING, Series, Wave, difference, grade
from helpers.paths import project_root
from helpers.published import published_series

SIZES = {"communes": 1000}


def figures(*rows):
    frame = pd.DataFrame(rows, columns=["figure_id", "value", "n", "year"])
    frame["unit"] = ["percent" if isinstance(v, float) else "count" for _, v, *_ in rows]
    frame["statement_fr"], frame["population"], frame["source_title"] = "dit", "tous", "source"
    return frame.astype({"n": "Int64", "year": "Int64", "value": float})


def one(kind, published, *points, comparable=True, **options):
    """Points, pairs and trend of one series; each wave is (figure, options)."""
    first, *rest = [Wave(figure, **about) for figure, about in points]
    joined = comparable if isinstance(comparable, list) else [comparable] * len(rest)
    rest = [
        replace(wave, comparable=link, why=".") for wave, link in zip(rest, joined, strict=True)
    ]
    catalogue = [Series("s", "Série", "besoin", kind, (first, *rest), **options)]
    found = ind.waves(published, catalogue, SIZES)
    return found, ind.steps(found, catalogue), ind.trends(found, catalogue).iloc[0]


A, B = ("A", {}), ("B", {})


def shares(first, n_first, second, n_second):
    return figures(("A", first, n_first, 2020), ("B", second, n_second, 2021))


@pytest.fixture(scope="module")
def published():
    file = project_root() / "data" / "raw" / "public-2026" / "published_figures.csv"
    return pd.read_csv(file).astype({"n": "Int64", "year": "Int64"})


@pytest.mark.parametrize(
    ("rounding", "ends"), [((0.0, 0.0), (0.0524, 0.3339)), ((0.005, 0.01), (0.0374, 0.3489))]
)
def test_the_difference_of_two_shares_is_newcombes_widened_by_the_rounding(rounding, ends):
    # Newcombe 1998, Statistics in Medicine 17, p. 877, table II, contrast (a), method 10.
    about = {"interval": "wilson", "complete": False, "floor": False}
    first = {"value": 48 / 80, "n": 80, "rounding": rounding[0], **about}
    second = {"value": 56 / 70, "n": 70, "rounding": rounding[1], **about}
    assert [round(v, 4) for v in difference(first, second)] == [0.2, *ends]


@pytest.mark.parametrize(
    ("published", "comparable", "code"),
    [
        (shares(10.0, 5000, 90.0, 5000), True, "rise"),
        (shares(90.0, 500, 10.0, 500), True, "fall"),
        (shares(10.0, 5000, 90.0, 5000), False, "not_comparable"),
        (shares(7.0, None, 42.0, 289), True, "no_interval"),
        # The plain Newcombe interval is 0.000 to 0.060: rounding takes it below zero.
        (shares(19.0, 1178, 22.0, 1710), True, "not_established"),
    ],
)
def test_a_change_is_graded_by_its_interval_where_waves_compare(published, comparable, code):
    _, pairs, trend = one("share", published, A, B, comparable=comparable)
    assert trend["grade"] == code
    assert pairs.loc[0, "comparable"] == comparable
    assert trend["growing"] == (code == "rise")
    assert math.isnan(trend["value"]) == (not comparable)


def test_the_trend_is_that_of_the_longest_comparable_run():
    rows = zip("ABCD", (80.0, 10.0, 30.0, 50.0), [900] * 4, (2000, 2005, 2010, 2015), strict=True)
    points = [(name, {}) for name in "ABCD"]
    found = one("share", figures(*rows), *points, comparable=[False, True, True])
    _, pairs, trend = found
    assert (trend["from_date"], trend["to_date"], trend["to_year"]) == ("2005", "2015", 2015)
    assert trend["value"] == pytest.approx(0.4)
    assert pairs["comparable"].tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("first", "second", "complete", "ends", "code"),
    [
        ({"rounding": 500}, {"rounding": 50}, True, (10050, 11150), "counted_rise"),
        ({}, {"floor": True}, True, (10600, math.nan), "counted_rise"),
        ({}, {}, False, (math.nan, math.nan), "no_interval"),
    ],
)
def test_counts_are_compared_by_their_rounding_if_they_are_complete(
    first, second, complete, ends, code
):
    published = figures(("A", 3000, None, 2018), ("B", 13600, None, 2019))
    _, _, trend = one("count", published, ("A", first), ("B", second), complete=complete)
    assert (trend["low"], trend["high"]) == pytest.approx(ends, nan_ok=True)
    assert trend["grade"] == code


def test_events_are_compared_by_the_year_with_poisson_intervals():
    published = figures(("A", 10, None, 2022), ("B", 10, None, 2024))
    found, _, trend = one("events", published, ("A", {"months": 12}), ("B", {"months": 24}))
    # Garwood's exact interval for 10 events.
    assert tuple(found.loc[0, ["low", "high"]]) == pytest.approx((4.795, 18.390), abs=5e-4)
    assert found["value"].tolist() == [10, 5]
    assert trend["grade"] == "not_established"


def test_complements_and_levels_given_by_their_change_are_computed():
    published = figures(("A", 60.0, 1000, 2019), ("B", 52.1, 1000, 2025), ("C", 1.1, 1, 2025))
    found = one("share", published, ("A", {"complement": True}), ("B", {"less": "C"}))[0]
    assert found["value"].tolist() == pytest.approx([0.4, 0.51])
    assert found.loc[1, "rounding"] == pytest.approx(0.001)


@given(st.floats(-1, 1), st.floats(0, 1), st.booleans(), st.booleans())
def test_growing_needs_comparable_waves_and_an_interval_above_zero(low, width, same, complete):
    code = grade(low, low + width, comparable=same, complete=complete)
    assert (code in GROWING) == (same and low > 0)
    assert code in texts.read("trends")["change"]


@pytest.mark.parametrize(
    ("figure", "value", "named"), [("Z", 1.0, "'Z'"), ("A", 140.0, "no share")]
)
def test_a_figure_that_is_not_published_and_a_share_above_one_are_refused(figure, value, named):
    with pytest.raises(ValueError, match=named):
        one("share", figures(("A", value, 10, 2020)), (figure, {}), (figure, {}))


def test_conflicting_figures_stand_side_by_side_as_they_were_got():
    published = figures(("A", 60.0, 4411, 2019), ("B", 257, None, 2018), ("C", 5, None, 2018))
    readings = [
        ({"figure": "A", "complement": True, "label": "the rest"}, 0.4, "the rest"),
        ({"figure": "B", "over": "A.n"}, 257 / 4411, "B"),
        ({"figure": "B", "over": "communes", "over_times": "A"}, 0.257 / 0.6, "B"),
        ({"figure": "B", "plus": "C"}, 262, "B"),
        ({"figure": "A.n"}, 4411, "A.n"),
    ]
    wanted = {"code": "c", "title": "Titre", "style": "count", "why": "."}
    found = ind.conflicts(published, [wanted | {"readings": [r for r, *_ in readings]}], SIZES)
    assert found["value"].tolist() == pytest.approx([value for _, value, _ in readings])
    assert found["reading"].tolist() == [how for *_, how in readings]


def test_figures_given_once_have_an_interval_only_where_n_was_published():
    found = ind.single_figures(shares(64.0, 1178, 80.0, None), ["B", "A"])
    assert found["figure_id"].tolist() == ["B", "A"]
    assert found["low"].isna().tolist() == [True, False]
    worded = ind.single_figures(shares(50.0, 3000, 80.0, None), ["A", "B"], ["A"])
    assert worded[["share", "low"]].isna().to_numpy().tolist() == [[True, True], [False, True]]


def test_every_figure_of_the_catalogues_is_published_and_says_what_they_take(published):
    row, found = published.set_index("figure_id"), published_series(published)
    # A figure that was not published would have been refused.
    assert found.once["group"].value_counts().to_dict() == {"means": 10, "support": 6}
    assert not found.once.loc[found.once["group"] == "support", "repeated"].any()
    assert math.isnan(found.once.loc["F032", "share"])
    assert set(found.changes.index) == set(found.points["series"]) == set(found.pairs["series"])
    for wave in (wave for series in ind.series_catalogue() for wave in series.waves):
        said = row.loc[wave.figure, "statement_fr"].replace("\u202f", "").replace(" ", "")
        assert wave.value is None or f"{wave.value:g}" in said
        assert wave.year is None or str(wave.year) in said


def test_series_are_drawn_from_one_unit_and_comparable_waves_from_one_population(published):
    row = published.set_index("figure_id")
    found = ind.waves(published, ind.series_catalogue(), {"communes": 34945})
    assert found.groupby("series")["when"].apply(lambda w: w.dropna().is_monotonic_increasing).all()
    for series in ind.series_catalogue():
        unit = "percent" if series.kind == "share" else "count"
        assert {row.loc[wave.figure, "unit"] for wave in series.waves} == {unit}
        assert series.waves[0].comparable is None
        for first, second in pairwise(series.waves):
            populations = {row.loc[wave.figure, "population"] for wave in (first, second)}
            assert second.why and (not second.comparable or len(populations) == 1), series.code


def test_the_rises_of_the_study_come_back_from_statsmodels(published):
    found = ind.trends(
        ind.waves(published, ind.series_catalogue(), {"communes": 34945}), ind.series_catalogue()
    ).set_index("series")
    # 6.5 % of 4,411 and 16 % of 5,000, each rounded by half of its last digit.
    low, high = confint_proportions_2indep(800, 5000, 286.715, 4411, method="newcomb")
    bounds = low - 0.0055, high + 0.0055
    assert tuple(found.loc["obligation_donnees", ["low", "high"]]) == pytest.approx(bounds)
    # 187 incidents in eighteen months, 218 in twelve.
    bounds = confint_poisson_2indep(218, 1, 187, 1.5, method="score", compare="diff")
    assert tuple(found.loc["incidents", ["low", "high"]]) == pytest.approx(bounds)
    assert found.loc["illectronisme", "grade"] == "not_comparable"
