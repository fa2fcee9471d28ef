from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from helpers import network
from helpers.profiles import Profiles

COLUMNS = ["source", "target", "kind", "topic", "year", "status", "page"]
OPERATORS = set("ABCZ")


def statements(*rows):
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"year": "Int64"})
    return table.assign(
        source_is_operator=table["source"].isin(OPERATORS),
        target_is_operator=table["target"].isin(OPERATORS),
    )


SAID = statements(
    ("B", "A", "alliance", "general", 2020, "active", "p1"),
    ("A", "B", "shared_platform", "sig", 2023, "unknown", "p2"),
    ("A", "B", "alliance", "general", None, "active", "p2"),
    ("A", "C", "joint_action", "general", 2018, "ended", "p3"),
    ("A", "D", "provides_to", "sig", 2026, "planned", "p4"),
    ("A", "E", "merger", "general", 2004, "active", "p5"),
    ("B", "F", "membership", "general", 2021, "active", "p6"),
)
GRAPH = network.cooperation_graph(SAID)


def test_one_link_per_pair_holds_its_statements_in_any_order():
    assert GRAPH.edges["A", "B"] == {
        "kinds": ("alliance", "shared_platform"),
        "topics": ("general", "sig"),
        "pages": ("p1", "p2"),
        "rung": 4,
        "last_year": 2023,
    }
    turned = network.cooperation_graph(SAID.iloc[::-1])
    assert list(turned.edges(data=True)) == list(GRAPH.edges(data=True))


def test_what_is_over_or_planned_or_history_makes_no_link():
    assert sorted(GRAPH) == ["A", "B", "F"]


def test_links_and_partners_in_tables():
    links = network.link_table(GRAPH)[["first", "second", "rung", "pages"]]
    assert links.to_numpy().tolist() == [["A", "B", 4, 2], ["B", "F", 2, 1]]
    partners = network.partner_table(GRAPH)
    assert partners.to_numpy().tolist() == [
        ["B", True, 2, 1, 4],
        ["A", True, 1, 1, 4],
        ["F", False, 1, 1, 2],
    ]
    depth = network.cooperation_depth(GRAPH, ["Z", "A"])
    assert depth.to_numpy().tolist() == [["Z", 0, 0, 0], ["A", 1, 1, 4]]


@pytest.mark.parametrize(
    ("target", "kind", "message"), [("B", "twinning", "'twinning'"), ("A", "alliance", "itself")]
)
def test_an_unknown_kind_and_a_loop_are_refused(target, kind, message):
    with pytest.raises(ValueError, match=message):
        network.cooperation_graph(statements(("A", target, kind, "general", 2020, "active", "p")))


# Two triangles joined by the link C-D, a pair apart: the bridge and its ends are known by hand.
PAIRS = ["AB", "BC", "AC", "CD", "DE", "EF", "DF", "XY"]
TRIANGLES = nx.Graph([tuple(pair) for pair in PAIRS])


def test_components_core_and_bridges_by_hand():
    found = network.structure(TRIANGLES)
    assert found.components == (tuple("ABCDEF"), tuple("XY"))
    assert (found.core_number, found.cores) == (2, (tuple("ABCDEF"),))
    assert found.bridges == (("C", "D"), ("X", "Y"))
    with pytest.raises(ValueError, match="no link"):
        network.structure(nx.empty_graph(3))


def test_hops_count_links_to_the_nearest_target():
    found = network.hops_to(TRIANGLES, ["A", "Z"], ["A", "C", "F", "X", "Z"])
    assert found.fillna(-1).tolist() == [0, 1, 3, -1, 0]


def test_the_page_that_carries_a_whole_group_comes_first():
    rows = [
        (*pair, "alliance", "general", 2020, "active", "p" if set(pair) <= set("DEF") else pair)
        for pair in PAIRS
    ]
    first = network.page_dependence(statements(*rows)).iloc[0]
    assert first[["page", "links", "bodies", "largest"]].tolist() == ["p", 3, 2, 4]


def test_places_do_not_depend_on_the_order_of_nodes_and_components_are_apart():
    turned = nx.Graph([(b, a) for a, b in reversed(PAIRS)])
    found = network.positions(TRIANGLES)
    assert network.positions(turned) == found
    large = [found[name] for name in "ABCDEF"]
    for x, y in (found["X"], found["Y"]):
        assert x > max(p[0] for p in large) or y < min(p[1] for p in large)
    lone = nx.Graph([("A", "B")])
    lone.add_node("C")
    assert len(set(network.positions(lone).values())) == 3


def test_no_two_names_overlap_even_around_a_hub():
    places = network.positions(nx.star_graph([f"n{i:02d}" for i in range(15)])).values()
    for (x, y), (u, v) in combinations(places, 2):
        wide, high = network.ROOM
        assert abs(x - u) >= wide - 0.01 or abs(y - v) >= high - 0.01


WHERE = ["a 01", "a 02", "b 01", "b 02", "c 02", "d 03", "z 01"]
PERIMETERS = pd.DataFrame([row.split() for row in WHERE], columns=["operator", "departement"])


def test_services_of_both_are_counted_as_seen_and_as_drawn():
    seen = np.array([[1, 1, 0], [1, 0, 0]], dtype=bool)
    state = pd.DataFrame(np.where(seen, "offered", "unseen"), index=list("ab"), columns=list("xyz"))
    visits = pd.Series([1, 1], index=list("ab"))
    profiles = Profiles(list("ab"), list("xyz"), state, state == "offered", visits)
    draws = np.array([seen, [[1, 1, 0], [1, 1, 0]]], dtype=bool)
    found = network.shared_services(PERIMETERS, draws, profiles)
    columns = ["first", "second", "n_departements", "seen_both", "expected_both"]
    assert found[columns].to_numpy().tolist() == [["a", "b", 2, 1, 1.5]]
