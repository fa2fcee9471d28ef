"""What is drawn; that figures of the reports keep their bytes is seen in builds."""

import io
import itertools
import re

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from claimbook import figures
from helpers import charts, indicators, territory
from helpers.paths import project_root

CODES = territory.departements()["code"].tolist()


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    pyplot.close("all")


def rows(axes):
    return [text.get_text() for text in axes.get_yticklabels()]


FRAME = pd.DataFrame({"label": ["un", "deux", "trois"], "value": [0.3, 0.2, 0.1]})
FRAME = FRAME.assign(low=[0.2, np.nan, 0.0], high=[0.4, np.nan, 0.3], other=0.05, kept=[True] * 3)
FRAME = FRAME.assign(null_low=0.0, null_high=1.0, expected=0.5, together=2, quotient=1.5)
ROWS = {
    "dots": lambda f: charts.dots(f, "label", "value", "low", "high", xlabel="x"),
    "ranges": lambda f: charts.ranges(f, "label", "value", "low", "high", xlabel="x"),
    "median": lambda f: charts.ranges(f, "label", "value", "low", "high", xlabel="x", band=(1, 2)),
    "twins": lambda f: charts.twins(f, "label", tuple(f)[1:4], tuple(f)[1:4], xlabel="x"),
    "pairs": lambda f: charts.pairs(f, "label", ("value", "A"), ("other", "B"), xlabel="x"),
    "steps": lambda f: charts.steps(f, "label", {"other": "A", "value": "B"}, xlabel="x"),
    "changes": lambda f: charts.changes(f.rename(columns={"value": "difference"}), xlabel="x"),
    "quotients": lambda f: charts.quotients(f, "label", xlabel="x"),
    "against_chance": lambda f: charts.against_chance(f, "label", xlabel="x"),
    "bars": lambda f: charts.bars(f, "label", "together", xlabel="x"),
    "group_means": lambda f: charts.group_means(
        f.rename(columns={"value": "mean", "other": "naive"}), xlabel="x", legend=("A", "B")
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_stand_from_top_to_bottom_in_the_order_given(name):
    (axes,) = ROWS[name](FRAME).axes
    assert rows(axes) == ["un", "deux", "trois"]
    assert axes.yaxis_inverted()
    assert axes.get_xlabel() == "x"


def test_a_change_without_interval_is_drawn_hollow():
    lines = {line.get_label(): line for line in ROWS["changes"](FRAME).axes[0].lines}
    hollow = lines["sans intervalle : effectif non publié"]
    assert hollow.get_markerfacecolor() == "white"
    assert list(hollow.get_xdata()) == [0.2]


@pytest.fixture(scope="module")
def waves():
    file = project_root() / "data" / "raw" / "public-2026" / "published_figures.csv"
    published = pd.read_csv(file).astype({"n": "Int64", "year": "Int64"})
    return indicators.waves(published, indicators.series_catalogue(), {"communes": 34945})


def panel(waves, series):
    steps = indicators.steps(waves, indicators.series_catalogue())
    return charts.panels(waves[waves["series"] == series], steps).axes[0]


def test_a_line_joins_only_waves_that_may_be_compared(waves):
    lines = [line for line in panel(waves, "actes_emetteurs").lines if line.get_linestyle() == "-"]
    assert [list(line.get_ydata()) for line in lines] == [[0.31, 0.43]]


def test_a_wave_without_interval_is_drawn_hollow(waves):
    marks = [line for line in panel(waves, "projets_donnees").lines if line.get_marker() in "oD"]
    faces = {tuple(line.get_ydata()): line.get_markerfacecolor() for line in marks}
    assert faces[(0.41,)] == "white" != faces[(0.65,)]


def test_bars_of_memberships_fill_the_axis_and_an_empty_class_has_no_bar():
    table = pd.DataFrame([[0.7, 0.3], [0.0, 1.0]], index=["a", "b"], columns=["x", "y"])
    first, second = charts.membership_bars(table, xlabel="p", limit=0.8).axes[0].patches
    hatches = [patch.get_hatch() or "" for patch in (first, second)]
    assert hatches == list(figures.HATCHES[:2])
    assert first.get_path().get_extents().bounds == pytest.approx((0, -0.4, 0.7, 0.8))
    assert second.get_path().get_extents().bounds == pytest.approx((0, -0.4, 1, 1.8))


def test_names_of_services_that_stand_close_do_not_overlap():
    points = pd.DataFrame(
        {"x": [-1.0, 2.0], "y": [-1.0, 1.0], "group": list("gh")}, index=["A", "B"]
    )
    names = ["protection des données", "archivage électronique"]
    services = pd.DataFrame({"x": [0.9, 1.1], "y": [0.77, 0.8]}, index=names)
    figure = charts.plane(points, services, names=["B"], xlabel="1", ylabel="2")
    figure.canvas.draw()
    first, second, third = figure.axes[0].texts
    assert third.get_text() == "B"
    assert not first.get_window_extent().overlaps(second.get_window_extent())


def test_the_network_shows_every_name_and_each_link_with_its_kind_and_year():
    graph = nx.Graph()
    graph.add_edge("Operator A", "Body B", kind="alliance", year=2021)
    graph.add_edge("Operator A", "Operator C", kind="provides_to", year=None)
    kinds = {"provides_to": "service", "shared_platform": "outil", "alliance": "convention"}
    chart = charts.network(graph, "axes", kinds=kinds)
    (axes,) = chart.drawing.axes
    texts = {text.get_text().replace("\n", " ") for text in axes.texts}
    assert texts == {*graph, "2021"}
    styles = [line.get_linestyle() for line in axes.lines if len(line.get_xdata()) == 2]
    assert len(set(styles)) == 2
    legend = [text.get_text() for text in chart.drawing.legends[0].get_texts()]
    assert legend == ["service", "convention"]
    assert chart.data.iloc[0].tolist() == ["Operator A", "Body B", "convention", 2021]
    assert pd.isna(chart.data["Année"].iloc[1])


def test_other_forms_draw_what_they_are_given():
    nulls = {"observed": [1, 0.8], "null_mean": [1, 0.6], "null_low": [1, 0.5], "null_high": 0.7}
    band = {"one": pd.DataFrame(nulls, index=[1, 2]), "two": pd.DataFrame(nulls, index=[1, 2])}
    axes = charts.null_band(band, xlabel="k", ylabel="s").axes
    assert [(len(a.collections), len(a.lines)) for a in axes] == [(1, 2)] * 2
    square = pd.DataFrame(np.eye(4), index=list("abcd"))
    assert len(charts.pair_matrix(square, bounds=[2], label="p").axes[0].lines) == 2
    histogram = charts.random_tables([1.0, 2.0, 2.0], 3.0, xlabel="x").axes[0]
    assert list(histogram.lines[0].get_xdata()) == [3, 3]
    years = pd.DataFrame({"year": [2020, 2021], "n": [3, 5]})
    drawn = charts.columns(years, "year", "n", xlabel="x", ylabel="y", style="year").axes[0]
    assert [bar.get_height() for bar in drawn.patches] == [3, 5]
    lines = charts.choices(years, "year", {"n": "N"}, xlabel="x", ylabel="y").axes[0].lines
    assert list(lines[0].get_ydata()) == [3, 5]
    state = pd.DataFrame({"s": ["offered", "unseen"]}, index=["a", "b"])
    points = charts.state_grid(state, {"s": "Service"}).axes[0].collections
    assert [p.get_offsets().tolist() for p in points] == [[[0, 0]]]


# --- maps ---------------------------------------------------------------------------------------


def svg(figure):
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "opsn"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().decode("utf-8")


def words(text):
    return re.findall(r"<text[^>]*>([^<]*)</text>", text)


NUMBERS = pd.Series(np.random.default_rng(11).integers(0, 8, len(CODES)), index=CODES)


@pytest.mark.parametrize(
    ("breaks", "wanted"),
    [
        ([1, 2, 3, 5], ["aucun", "1", "2", "de 3 à 4", "5 et plus"]),
        ([5, 6], ["moins de 5", "5", "6 et plus"]),
        ([1, 9], ["aucun", "de 1 à 8", "9 et plus"]),
        ([2], ["moins de 2", "2 et plus"]),
    ],
)
def test_each_class_has_a_line_a_count_and_a_cue_besides_its_colour(breaks, wanted):
    (legend,) = charts.choropleth(NUMBERS, label="x", breaks=breaks).legends
    lines = [text.get_text().split(" (") for text in legend.get_texts()]
    assert [text for text, _ in lines] == wanted
    counts = [((low <= NUMBERS) & (high > NUMBERS)).sum() for low, high in pairs(breaks)]
    assert [int(count.split("\N{NO-BREAK SPACE}")[0].split()[0]) for _, count in lines] == counts
    lightness = [
        np.dot([0.2126, 0.7152, 0.0722], patch.get_facecolor()[:3])
        for patch in legend.get_patches()
    ]
    assert np.all(np.diff(lightness) < -0.08)
    # Only the palest and the darkest, which nobody confuses, are plain.
    hatches = [patch.get_hatch() or "" for patch in legend.get_patches()]
    assert hatches[0] == hatches[-1] == ""
    assert len(set(hatches[1:-1]) - {""}) == len(breaks) - 1


def pairs(breaks):
    return itertools.pairwise([0, *breaks, 1000])


def test_the_map_names_overseas_departements_and_is_the_same_in_any_order_and_drawn_twice():
    figure = charts.choropleth(NUMBERS, label="Opérateurs", breaks=[1, 2])
    with mpl.rc_context({"figure.constrained_layout.use": True}):
        first = svg(figure)
        turned = charts.choropleth(NUMBERS.iloc[::-1], label="Opérateurs", breaks=[1, 2])
        assert svg(figure) == first == svg(turned)
    names = {"Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte", "Paris et"}
    assert names | {"Opérateurs"} <= set(words(first))
    assert len(first.encode("utf-8")) < 150_000


@pytest.mark.parametrize("values", [{"99": 1}, NUMBERS.drop("01"), NUMBERS[[*CODES, "01"]]])
def test_values_for_other_codes_than_those_of_france_are_refused(values):
    with pytest.raises(ValueError, match="one number for each"):
        charts.choropleth(values, label="x", breaks=[1])


def test_the_locator_map_names_overseas_departements_and_rings_a_tiny_perimeter():
    def located(*codes):
        places = pd.DataFrame({"name": codes}, index=list(codes))
        chart = charts.locator_map(places)
        assert list(chart.data.index) == list(codes)
        return chart.drawing

    text = svg(located("29", "971"))
    assert words(text) == ["Guadeloupe"]
    assert len(text.encode("utf-8")) < 100_000
    circles = {
        codes: [p for p in located(*codes).axes[0].patches if hasattr(p, "radius")]
        for codes in (("75",), ("22", "29"), ("974",))
    }
    assert [len(found) for found in circles.values()] == [1, 0, 0]
