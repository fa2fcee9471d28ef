import pandas as pd
import pytest

from helpers.network import cooperation_depth, cooperation_graph, link_table, partner_table

COLUMNS = [
    "source",
    "target",
    "kind",
    "topic",
    "year",
    "status",
    "page",
    "source_is_operator",
    "target_is_operator",
]


def statements(*rows):
    filled = [(*row, *[True] * (len(COLUMNS) - len(row))) for row in rows]
    return pd.DataFrame(filled, columns=COLUMNS).astype({"year": "Int64"})


SAID = statements(
    ("B", "A", "alliance", "general", 2020, "active", "p1"),
    ("A", "B", "shared_platform", "sig", 2023, "unknown", "p2"),
    ("A", "B", "alliance", "general", None, "active", "p2"),
    ("A", "C", "joint_action", "general", 2018, "ended", "p3"),
    ("A", "D", "provides_to", "sig", 2026, "planned", "p4", True, False),
    ("A", "E", "merger", "general", 2004, "active", "p5", True, False),
    ("B", "F", "membership", "general", 2021, "active", "p6", True, False),
)


def test_one_link_per_pair_gathers_its_statements():
    graph = cooperation_graph(SAID)
    about = graph.edges["A", "B"]
    assert about["kinds"] == ("alliance", "shared_platform")
    assert about["pages"] == ("p1", "p2")
    assert (about["rung"], about["last_year"]) == (4, 2023)


def test_what_is_over_or_planned_or_history_makes_no_link():
    assert sorted(cooperation_graph(SAID)) == ["A", "B", "F"]
    assert ("A", "D") in cooperation_graph(SAID, statuses=("active", "planned")).edges


def test_a_body_may_be_left_out():
    assert sorted(cooperation_graph(SAID, without=["F"])) == ["A", "B"]


def test_the_order_of_statements_changes_nothing():
    turned = cooperation_graph(SAID.iloc[::-1])
    assert list(turned.edges(data=True)) == list(cooperation_graph(SAID).edges(data=True))


def test_links_and_partners_in_tables():
    graph = cooperation_graph(SAID)
    links = link_table(graph)
    assert links[["first", "second", "rung", "pages", "operators"]].to_numpy().tolist() == [
        ["A", "B", 4, 2, True],
        ["B", "F", 2, 1, False],
    ]
    partners = partner_table(graph).set_index("name")
    assert partners.loc["B", ["partners", "operator_partners", "rung"]].tolist() == [2, 1, 4]
    assert not partners.loc["F", "operator"]


def test_an_operator_that_no_page_names_has_no_depth():
    found = cooperation_depth(cooperation_graph(SAID), ["Z", "A"]).set_index("operator")
    assert found.loc["Z"].tolist() == [0, 0, 0]
    assert found.loc["A", "rung"] == 4


def test_an_unknown_kind_and_a_loop_are_refused():
    with pytest.raises(ValueError, match="'twinning'"):
        cooperation_graph(statements(("A", "B", "twinning", "general", 2020, "active", "p")))
    with pytest.raises(ValueError, match="with itself"):
        cooperation_graph(statements(("A", "A", "alliance", "general", 2020, "active", "p")))
