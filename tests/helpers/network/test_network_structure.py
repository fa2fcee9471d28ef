import networkx as nx
import pandas as pd
import pytest

from helpers.network import hops_to, page_dependence, positions, structure
from helpers.network.drawing import ROOM

# Two triangles joined by the link C-D, a pair apart: the bridge and its ends are known by hand.
TWO_TRIANGLES = [
    ("A", "B"),
    ("B", "C"),
    ("A", "C"),
    ("C", "D"),
    ("D", "E"),
    ("E", "F"),
    ("D", "F"),
    ("X", "Y"),
]


def graph(links=TWO_TRIANGLES):
    return nx.Graph(links)


def test_components_core_and_bridges_by_hand():
    found = structure(graph())
    assert found.components == (("A", "B", "C", "D", "E", "F"), ("X", "Y"))
    assert found.core_number == 2
    assert found.cores == (("A", "B", "C", "D", "E", "F"),)
    assert found.bridges == (("C", "D"), ("X", "Y"))
    assert found.cut_points == ("C", "D")


def test_the_karate_club_has_its_published_core():
    # Zachary 1977: ten members make the 4-core of the club.
    found = structure(nx.relabel_nodes(nx.karate_club_graph(), lambda i: f"m{i:02d}"))
    assert found.core_number == 4
    assert [len(core) for core in found.cores] == [10]


def test_a_network_without_links_is_refused():
    with pytest.raises(ValueError, match="no link"):
        structure(nx.empty_graph(3))


def test_hops_count_links_to_the_nearest_target():
    found = hops_to(graph(), ["A", "Z"], ["A", "C", "F", "X", "Z"])
    assert found.fillna(-1).tolist() == [0, 1, 3, -1, 0]


def test_a_page_that_carries_a_whole_group_is_told():
    rows = [(a, b, "p-clique" if {a, b} <= set("DEF") else f"p-{a}{b}") for a, b in TWO_TRIANGLES]
    said = pd.DataFrame(rows, columns=["source", "target", "page"]).assign(
        kind="alliance",
        topic="general",
        year=2020,
        status="active",
        source_is_operator=True,
        target_is_operator=True,
    )
    first = page_dependence(said).iloc[0]
    assert (first["page"], first["links"], first["bodies"], first["largest"]) == (
        "p-clique",
        3,
        2,
        4,
    )


def test_places_do_not_depend_on_the_order_of_nodes_and_no_two_coincide():
    turned = nx.Graph([(b, a) for a, b in reversed(TWO_TRIANGLES)])
    found = positions(graph())
    assert positions(turned) == found
    assert len(set(found.values())) == len(found) == 8


def test_components_are_drawn_apart():
    found = positions(graph())
    large = [found[n] for n in "ABCDEF"]
    for x, y in (found["X"], found["Y"]):
        beside = x > max(p[0] for p in large)
        below = y < min(p[1] for p in large)
        assert beside or below


def test_no_two_names_overlap_even_around_a_hub():
    places = list(positions(nx.star_graph([f"n{i:02d}" for i in range(15)])).values())
    for i, (x, y) in enumerate(places):
        for u, v in places[i + 1 :]:
            assert abs(x - u) >= ROOM[0] - 0.01 or abs(y - v) >= ROOM[1] - 0.01


def test_a_single_link_and_a_lone_body_can_be_drawn():
    lone = nx.Graph([("A", "B")])
    lone.add_node("C")
    assert set(positions(lone)) == {"A", "B", "C"}
