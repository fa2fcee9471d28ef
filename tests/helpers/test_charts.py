"""What the charts draw, read back from Matplotlib and compared with their tables."""

import io
import re

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from claimbook import figures
from helpers import charts, territory

SHAPES = territory.outlines()
SHARES = pd.DataFrame(
    {"value": [0.3, 0.8, 0.1], "low": [0.2, 0.6, 0.0], "high": [0.45, 0.9, 0.3]},
    index=["un", "deux", "trois"],
)


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    pyplot.close("all")


def only_axes(chart):
    chart.drawing.canvas.draw()
    (axes,) = chart.drawing.axes
    return axes


def written(texts):
    return [text.get_text().replace("\n", " ") for text in texts]


def legend(chart):
    (found,) = chart.drawing.legends
    return dict(zip(written(found.get_texts()), found.legend_handles, strict=True))


def rgb(colour):
    return mpl.colors.to_hex(colour)


# --- rows, bars, cells and lines ----------------------------------------------------------------

PARTS = pd.DataFrame({"x": [4, 10, 3], "y": [6, 0, 5]}, index=["un", "deux", "trois"])
LEVELS = {"A": [0.1, np.nan, 0.4], "B": [0.8, 0.7, np.nan]}
GROUPS = pd.concat([SHARES.assign(kind="A"), (SHARES / 2).assign(kind="B")])
HIDDEN = SHARES.where(SHARES["value"] != 0.8)
CHARTS = {
    "rows": lambda: charts.rows(SHARES, "axe"),
    "rows with hidden ones": lambda: charts.rows(HIDDEN, "axe"),
    "rows that are all hidden": lambda: charts.rows(SHARES * np.nan, "axe"),
    "groups": lambda: charts.rows(GROUPS, "axe", group="kind"),
    "bars": lambda: charts.bars(PARTS["x"], "axe"),
    "bars with hidden ones": lambda: charts.bars(PARTS["x"].where(PARTS["x"] > 3), "axe"),
    "stacked bars": lambda: charts.bars(PARTS, "axe"),
    "matrix": lambda: charts.matrix(PARTS / 10, "axe"),
    "lines": lambda: charts.lines(pd.DataFrame(LEVELS, [2014, 2016, 2020]), "axe"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_what_a_chart_draws_is_its_table(name):
    chart = CHARTS[name]()
    charts.check_drawn(chart)
    axes = only_axes(chart)
    if name == "lines":
        assert written(axes.get_xticklabels()) == ["2014", "2016", "2020"]
        assert [text.xy for text in axes.texts] == [(2020, 0.4), (2016, 0.7)]
    else:
        assert axes.yaxis_inverted() and not axes.xaxis_inverted()
        assert written(axes.get_yticklabels()) == list(chart.data.index.unique())


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("bars", {(4, 0): "4", (10, 1): "10", (3, 2): "3"}),
        ("bars with hidden ones", {(4, 0): "4", (10, 1): "10", (0, 2): ""}),
        ("stacked bars", {(2, 0): "4", (7, 0): "6", (5, 1): "10", (1, 2): "3", (5, 2): "5"}),
    ],
)
def test_bars_have_their_number_beyond_their_end_and_parts_in_their_middle(name, numbers):
    texts = only_axes(CHARTS[name]()).texts
    found = {tuple(map(int, text.get_position())): text.get_text() for text in texts}
    assert found == numbers


def test_cells_hold_their_number_and_darken_with_it():
    frame = pd.DataFrame({"A": [0.1, 0.9], "B": [0.5, np.nan]}, index=["un", "deux"])
    axes = only_axes(charts.matrix(frame, "axe"))
    assert axes.collections[0].get_clim() == (0, 1)
    cells = {tuple(map(int, text.get_position())): text.get_text() for text in axes.texts}
    assert cells == {(0, 0): "10", (1, 0): "50", (0, 1): "90"}


def test_dots_intervals_and_parts_have_the_colour_of_the_legend():
    chart = CHARTS["groups"]()
    colours = {kind: rgb(handle.get_facecolor()[0]) for kind, handle in legend(chart).items()}
    dots, spans = [], []
    for found in only_axes(chart).collections:
        if hasattr(found, "get_segments"):
            colour = rgb(found.get_color()[0])
            spans += [(low, high, colour) for (low, _), (high, _) in found.get_segments()]
        else:
            colour = rgb(found.get_facecolor()[0])
            dots += [(x, colour) for x, _ in found.get_offsets().tolist()]
    rows = list(chart.data[["value", "low", "high", "kind"]].itertuples(index=False, name=None))
    assert sorted(dots) == sorted((value, colours[kind]) for value, *_, kind in rows)
    assert sorted(spans) == sorted((low, high, colours[kind]) for _, low, high, kind in rows)
    stacked = CHARTS["stacked bars"]()
    for bars, (_, handle) in zip(
        only_axes(stacked).containers, legend(stacked).items(), strict=True
    ):
        assert handle.get_facecolor() == bars[0].get_facecolor()


def test_axes_leave_room_for_numbers_and_hold_no_value_that_cannot_be():
    whole = pd.DataFrame({"value": [1.0]}, index=["a"])
    assert max(only_axes(charts.rows(whole, "axe")).get_xticks()) <= 1
    fall = charts.rows(pd.DataFrame({"value": [-0.03, 0.3]}, ["a", "b"]), "axe", style="points")
    assert only_axes(fall).get_xlim()[0] < -0.04
    assert fall.formats["value"] == "points"


# --- the check of every figure ------------------------------------------------------------------


def reverse_names(axes):
    axes.set_yticks(axes.get_yticks(), written(axes.get_yticklabels())[::-1])


def lengthen_a_bar(axes):
    axes.patches[0].set_width(9)


def cut_an_interval(axes):
    spans = next(found for found in axes.collections if hasattr(found, "get_segments"))
    (low, place), (_, end) = spans.get_segments()[0]
    spans.set_segments([[(low, place), (low, end)], *spans.get_segments()[1:]])


def move_dots(axes):
    dots = axes.collections[-1]
    dots.set_offsets(np.add(dots.get_offsets(), (0.1, 0)))


def cumulate(axes):
    axes.lines[0].set_ydata(np.cumsum(axes.lines[0].get_ydata()))


def shift_by_a_year(axes):
    axes.lines[0].set_xdata(axes.lines[0].get_xdata() + 1)


def write_another_number(axes):
    axes.texts[0].set_text("99 %")


def exchange_columns(axes):
    axes.collections[0].set_array(axes.collections[0].get_array()[:, ::-1])


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("rows", reverse_names),
        ("rows", cut_an_interval),
        ("rows", move_dots),
        ("rows", write_another_number),
        ("groups", move_dots),
        ("bars", reverse_names),
        ("bars", lengthen_a_bar),
        ("stacked bars", lengthen_a_bar),
        ("matrix", reverse_names),
        ("matrix", exchange_columns),
        ("lines", cumulate),
        ("lines", shift_by_a_year),
    ],
)
def test_a_chart_that_draws_something_else_is_refused(name, spoil):
    chart = CHARTS[name]()
    spoil(only_axes(chart))
    with pytest.raises(ValueError, match=r"does not draw its table: .* alone"):
        charts.check_drawn(chart)


# --- maps ---------------------------------------------------------------------------------------


def filled(axes):
    """Return the fill of each département: that of the shape that holds its whole outline."""
    patches = [patch for patch in axes.patches if type(patch) is mpl.patches.PathPatch]
    shapes = {
        rgb(patch.get_facecolor()): set(map(tuple, np.round(patch.get_path().vertices, 1)))
        for patch in patches
    }
    found = {}
    for code, shape in SHAPES.items():
        outline = set(map(tuple, np.round(np.concatenate(shape.rings), 1)))
        shares = {fill: len(outline & points) / len(outline) for fill, points in shapes.items()}
        found[code] = max(shares, key=shares.get)
    return found


def classes(order):
    drawn = np.random.default_rng(11).integers(0, len(order) + 1, len(SHAPES))
    return pd.Series([[*order, None][number] for number in drawn], index=list(SHAPES))


@pytest.mark.parametrize("order", [["peu", "beaucoup"], ["peu", "assez", "beaucoup"]])
def test_each_departement_has_the_fill_of_its_class_which_darkens_in_order(order):
    chart = charts.territories(classes(order), "axe", order=order, missing="non lu")
    key = {text.rsplit(" (", 1)[0]: handle for text, handle in legend(chart).items()}
    assert list(key) == [*order, "non lu"]
    fills = {text: rgb(handle.get_facecolor()) for text, handle in key.items()}
    assert filled(only_axes(chart)) == {
        code: fills[text] for code, text in chart.data["Classe"].items()
    }
    light = [np.dot([0.2126, 0.7152, 0.0722], mpl.colors.to_rgb(fills[text])) for text in order]
    assert (np.diff(light) < -0.15).all()
    counts = dict(re.match(r"(.*) \((\d+)", text).groups() for text in legend(chart))
    assert counts == chart.data["Classe"].value_counts().map(str).to_dict()


@pytest.mark.parametrize("codes", [["99"], [*SHAPES][1:], [*SHAPES, "01"], [*SHAPES]])
def test_codes_outside_france_and_classes_outside_the_order_are_refused(codes):
    message = "'peu' is not in the order" if codes == [*SHAPES] else "one for each of the 101"
    with pytest.raises(ValueError, match=message):
        charts.territories(pd.Series("peu", codes), "axe", order=["assez"], missing="?")


def test_a_map_keeps_its_bytes_in_any_order_and_drawn_twice():
    def svg(drawing):
        buffer = io.BytesIO()
        with mpl.rc_context({"svg.hashsalt": "opsn", "figure.constrained_layout.use": True}):
            drawing.savefig(buffer, format="svg", metadata={"Date": None})
        return buffer.getvalue()

    order = ["peu", "assez"]
    first, turned = (
        charts.territories(given, "axe", order=order, missing="?").drawing
        for given in (classes(order), classes(order).iloc[::-1])
    )
    assert svg(first) == svg(first) == svg(turned)
    assert len(svg(first)) < 150_000


@pytest.mark.parametrize(
    ("codes", "names", "n_rings"),
    [(["29", "971"], ["Guadeloupe"], 0), (["75"], [], 1), (["974"], ["La Réunion"], 0)],
)
def test_the_locator_map_darkens_the_places_and_rings_those_that_are_tiny(codes, names, n_rings):
    chart = charts.locator_map(pd.DataFrame({"name": codes}, index=codes))
    axes = only_axes(chart)
    assert list(chart.data.index) == codes
    assert written(axes.texts) == names
    assert len([patch for patch in axes.patches if hasattr(patch, "radius")]) == n_rings
    (dark,) = (p for p in axes.patches if rgb(p.get_facecolor()) == "#123a68")
    drawn, rings = dark.get_path().vertices, [SHAPES[code].rings for code in codes]
    wanted = np.concatenate([ring for own in rings for ring in own])
    assert drawn.min(axis=0) == pytest.approx(wanted.min(axis=0), abs=3)
    assert drawn.max(axis=0) == pytest.approx(wanted.max(axis=0), abs=3)


# --- network ------------------------------------------------------------------------------------


def test_the_network_shows_every_name_and_each_link_with_its_kind_and_year():
    graph = nx.Graph()
    graph.add_edge("Operator A", "Body B", kind="alliance", year=2021)
    graph.add_edge("Operator A", "Operator C", kind="provides_to", year=None)
    kinds = {"provides_to": "service", "shared_platform": "outil", "alliance": "convention"}
    chart = charts.network(graph, "axe", kinds=kinds)
    axes = only_axes(chart)
    assert sorted(written(axes.texts)) == sorted([*graph, "2021"])
    names = {text.xy: written([text])[0] for text in axes.texts if hasattr(text, "xy")}
    key = legend(chart)
    assert list(key) == ["service", "convention"]
    links = {}
    for line in axes.lines:
        if len(line.get_xdata()) == 2:
            ends = frozenset(names[tuple(end)] for end in line.get_xydata())
            (links[ends],) = (text for text in key if key[text].get_color() == line.get_color())
    table = chart.data.set_index(["Opérateur", "Autre opérateur"])
    assert links == {frozenset(pair): kind for pair, kind in table["Lien"].items()}
    assert table["Année"].tolist() == [2021, pd.NA]
