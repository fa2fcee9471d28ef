import pandas as pd
import pytest
from matplotlib import pyplot

from claimbook import figures
from helpers import charts_trends
from helpers.indicators import CATALOGUE, steps, waves
from helpers.paths import project_root


@pytest.fixture(scope="module")
def points():
    figures.use_style()
    folder = project_root() / "data" / "raw" / "public-2026"
    published = pd.read_csv(folder / "published_figures.csv").astype(
        {"n": "Int64", "year": "Int64"}
    )
    return waves(published, CATALOGUE, {"communes": 34945})


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def test_a_line_joins_only_waves_that_may_be_compared(points):
    own = points[points["series"] == "actes_emetteurs"]
    axes = charts_trends.panels(own, steps(points, CATALOGUE)).axes[0]
    lines = [
        line for line in axes.lines if line.get_linestyle() == "-" and len(line.get_xdata()) == 2
    ]
    assert [list(line.get_ydata()) for line in lines] == [[0.31, 0.43]]


def test_a_wave_without_interval_is_drawn_hollow(points):
    own = points[points["series"] == "projets_donnees"]
    axes = charts_trends.panels(own, steps(points, CATALOGUE)).axes[0]
    faces = {
        tuple(line.get_ydata()): line.get_markerfacecolor()
        for line in axes.lines
        if line.get_marker() in "oD"
    }
    assert faces[(0.41,)] == "white"
    assert faces[(0.65,)] != "white"


def test_changes_and_pairs_stand_in_the_order_given():
    frame = pd.DataFrame(
        {
            "label": ["un", "deux"],
            "difference": [0.1, -0.2],
            "low": [0.05, None],
            "high": [0.2, None],
            "other": [0.3, 0.4],
        }
    )
    axes = charts_trends.changes(frame, xlabel="Changement").axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["un", "deux"]
    drawn = charts_trends.pairs(
        frame.assign(one=0.2), "label", ("one", "Un"), ("other", "Autre"), xlabel="Part"
    ).axes[0]
    assert [list(line.get_xdata()) for line in drawn.lines] == [[0.2, 0.2], [0.3, 0.4]]
