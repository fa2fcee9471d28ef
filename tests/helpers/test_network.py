from itertools import combinations

import networkx as nx
import pytest

from helpers import network
from tests.helpers.tables import tables

TABLES = tables("network")
SAID = TABLES["said"].assign(source_url="https://example.org")
GRAPH = network.cooperation_graph(SAID)


def test_one_link_per_pair_holds_its_furthest_kind_and_its_latest_year_in_any_order():
    assert GRAPH.edges["A", "B"] == {"kind": "shared_platform", "year": 2023}
    turned = network.cooperation_graph(SAID.iloc[::-1])
    assert list(turned.edges(data=True)) == list(GRAPH.edges(data=True))


def test_what_is_over_or_planned_or_history_makes_no_link():
    assert sorted(GRAPH) == ["A", "B", "F"]
    assert GRAPH.edges["B", "F"] == {"kind": "membership", "year": 2021}


def test_between_operators_each_kind_and_status_is_told_once_with_its_latest_page():
    out = network.between(SAID, ["A", "B", "C", "D", "E"])
    told = out[["first", "second", "kind", "status", "note"]].to_numpy().tolist()
    assert told == [
        ["A", "D", "provides_to", "planned", "plan"],
        ["A", "B", "alliance", "active", "new"],
        ["A", "B", "shared_platform", "unknown", "tool"],
        ["A", "C", "joint_action", "ended", "meeting"],
    ]
    assert out["year"].tolist() == [2026, 2023, 2018, 2018]


def test_an_offer_made_with_an_operator_is_a_common_action():
    about = {"service_code": "sig", "year": 2024, "page": "p", "source_url": "u"}
    table = TABLES["notes"].assign(**about)
    out = network.joint_actions(table, ["A", "ACCYB", "CDG59 (Cre@tic)"])
    assert out["source"].tolist() == ["A", "A"]
    assert out["target"].tolist() == ["ACCYB", "CDG59 (Cre@tic)"]
    assert set(out["kind"]) == {"joint_action"} and set(out["topic"]) == {"sig"}


@pytest.mark.parametrize(
    ("target", "kind", "message"), [("B", "twinning", "'twinning'"), ("A", "alliance", "itself")]
)
def test_an_unknown_kind_and_a_loop_are_refused(target, kind, message):
    with pytest.raises(ValueError, match=message):
        network.cooperation_graph(SAID.iloc[:1].assign(source="A", target=target, kind=kind))


# Two triangles joined by a link, and a pair apart.
PAIRS = ["AB", "BC", "AC", "CD", "DE", "EF", "DF", "XY"]
TRIANGLES = nx.Graph([tuple(pair) for pair in PAIRS])


def test_components_are_sorted_the_largest_first_and_who_has_a_link_is_counted():
    assert network.components(TRIANGLES) == [list("ABCDEF"), list("XY")]
    found = network.joined(TRIANGLES, ["A", "X", "Z", "W"])
    assert (found.k, found.n) == (2, 4)


def test_places_do_not_depend_on_the_order_of_nodes_and_components_are_apart():
    turned = nx.Graph([(b, a) for a, b in reversed(PAIRS)])
    found = network.positions(TRIANGLES)
    assert network.positions(turned) == found
    lone = nx.Graph([("A", "B")])
    lone.add_node("C")
    assert len(set(network.positions(lone).values())) == 3
    assert network.positions(nx.Graph()) == {}


@pytest.mark.parametrize(
    "graph",
    [
        TRIANGLES,
        nx.star_graph([f"n{i:02d}" for i in range(15)]),
        nx.disjoint_union_all([nx.path_graph(n) for n in (7, 3, 2, 2, 2, 2, 2)]),
    ],
    ids=["triangles", "hub", "paths"],
)
def test_no_two_names_overlap(graph):
    places = network.positions(nx.relabel_nodes(graph, lambda name: f"{name:>02}")).values()
    assert len(places) == len(graph)
    wide, high = network.ROOM
    for (x, y), (u, v) in combinations(places, 2):
        assert abs(x - u) >= wide - 0.01 or abs(y - v) >= high - 0.01
