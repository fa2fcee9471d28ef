import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from claimbook import figures
from helpers import charts_network
from helpers.indicators import inequality
from helpers.network import RUNGS_FR, positions


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    pyplot.close("all")


def test_the_network_shows_every_name_and_a_line_per_link():
    graph = nx.Graph()
    graph.add_node("Operator A", operator=True)
    graph.add_node("Body B", operator=False)
    graph.add_node("Operator C", operator=True)
    graph.add_edge("Operator A", "Body B", rung=2)
    graph.add_edge("Operator A", "Operator C", rung=4)
    figure = charts_network.network_map(graph, positions(graph), RUNGS_FR)
    axes = figure.axes[0]
    assert sorted(text.get_text().replace("\n", " ") for text in axes.texts) == [
        "Body B",
        "Operator A",
        "Operator C",
    ]
    assert sum(len(line.get_xdata()) == 2 for line in axes.lines) == 2
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == [RUNGS_FR[4], RUNGS_FR[2], "opérateur documenté", "autre organisme"]


def test_lorenz_curves_start_and_end_where_they_must():
    found = inequality([1, 2, 3, 4], n_resamples=20, rng=np.random.default_rng(0))
    axes = charts_network.lorenz_curves({"x": found.curve}, xlabel="Membres", ylabel="Part").axes[0]
    drawn = axes.lines[1]
    assert (drawn.get_ydata()[0], drawn.get_ydata()[-1]) == (0, pytest.approx(1))


def test_rows_of_breadth_and_of_groups_keep_their_order():
    frame = pd.DataFrame(
        {
            "operator": ["b", "a"],
            "seen": [3, 1],
            "expected": [4.0, 2.0],
            "low": [3, 1],
            "high": [6, 5],
        }
    )
    axes = charts_network.breadth_rows(frame, xlabel="Services", most=27).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["b", "a"]
    groups = frame.rename(columns={"operator": "label", "seen": "naive", "expected": "mean"})
    assert [
        t.get_text()
        for t in charts_network.group_means(groups, xlabel="Services").axes[0].get_yticklabels()
    ] == [
        "b",
        "a",
    ]
