"""From statements of cooperation to a graph, its links and its members."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx
import pandas as pd

#: How far a kind of cooperation goes, from a common event to a service that one runs for the other.
RUNGS = {"joint_action": 1, "membership": 2, "alliance": 3, "shared_platform": 4, "provides_to": 4}
RUNGS_FR = {
    0: "aucune coopération lue",
    1: "action commune",
    2: "appartenance à un même organisme",
    3: "convention entre pairs",
    4: "outil ou service partagé",
}
#: One body that became another does not cooperate with itself.
HISTORY = ("merger", "succession")
#: Statements that hold or are not said to be over; plans and what has ended are left out.
CURRENT = ("active", "unknown")


def cooperation_graph(
    cooperation: pd.DataFrame, *, statuses: Iterable[str] = CURRENT, without: Iterable[str] = ()
) -> nx.Graph:
    """Return the undirected graph of cooperation: one node per body, one link per pair that some page puts together.

    Parameters
    ----------
    cooperation : DataFrame
        One row per statement: source, target, kind, topic, year, status, source_is_operator, target_is_operator, page.
    statuses : iterable of str
        Statements kept.
    without : iterable of str
        Bodies left out, with their links.

    Returns
    -------
    networkx.Graph
        Nodes and links in alphabetical order. Node attribute ``operator`` (bool). Link attributes ``kinds``,
        ``topics``, ``pages`` (sorted tuples), ``rung`` (highest of `RUNGS`) and ``last_year`` (int or None).

    Raises
    ------
    ValueError
        If a kind is unknown, or a body cooperates with itself.
    """
    known = {*RUNGS, *HISTORY}
    strange = cooperation.loc[~cooperation["kind"].isin(known), "kind"]
    if len(strange):
        raise ValueError(
            f"cooperation has kind {strange.iloc[0]!r}: known ones are {', '.join(sorted(known))}"
        )
    left_out = set(without)
    kept = cooperation[
        cooperation["status"].isin(list(statuses)) & ~cooperation["kind"].isin(HISTORY)
    ]
    kept = kept[~kept["source"].isin(left_out) & ~kept["target"].isin(left_out)]
    graph = nx.Graph()
    is_operator = dict(zip(kept["source"], kept["source_is_operator"], strict=True))
    is_operator |= dict(zip(kept["target"], kept["target_is_operator"], strict=True))
    for name in sorted(is_operator):
        graph.add_node(name, operator=bool(is_operator[name]))
    pairs = [tuple(sorted(ends)) for ends in zip(kept["source"], kept["target"], strict=True)]
    for pair, rows in sorted(
        kept.groupby(pd.Series(pairs, index=kept.index)), key=lambda item: item[0]
    ):
        first, second = pair
        if first == second:
            raise ValueError(f"cooperation: {first!r} is said to cooperate with itself")
        years = rows["year"].dropna()
        graph.add_edge(
            first,
            second,
            kinds=tuple(sorted(set(rows["kind"]))),
            topics=tuple(sorted(set(rows["topic"]))),
            pages=tuple(sorted(set(rows["page"]))),
            rung=max(RUNGS[kind] for kind in rows["kind"]),
            last_year=int(years.max()) if len(years) else None,
        )
    return graph


def link_table(graph: nx.Graph) -> pd.DataFrame:
    """Return one row per link: first, second, kinds, topics, rung, pages (number), last_year (Int64), operators (bool).

    ``operators`` tells whether both ends are documented operators. Deepest links first.
    """
    rows = [
        {
            "first": first,
            "second": second,
            "kinds": about["kinds"],
            "topics": about["topics"],
            "rung": about["rung"],
            "pages": len(about["pages"]),
            "last_year": about["last_year"],
            "operators": graph.nodes[first]["operator"] and graph.nodes[second]["operator"],
        }
        for first, second, about in graph.edges(data=True)
    ]
    columns = ["first", "second", "kinds", "topics", "rung", "pages", "last_year", "operators"]
    table = pd.DataFrame(rows, columns=columns).astype({"last_year": "Int64"})
    return table.sort_values(
        ["rung", "first", "second"], ascending=[False, True, True], ignore_index=True
    )


def partner_table(graph: nx.Graph) -> pd.DataFrame:
    """Return one row per body: name, operator (bool), partners, operator_partners, rung (highest of its links).

    Most partners first.
    """
    rows = [
        {
            "name": name,
            "operator": about["operator"],
            "partners": graph.degree(name),
            "operator_partners": sum(graph.nodes[other]["operator"] for other in graph[name]),
            "rung": max((link["rung"] for link in graph[name].values()), default=0),
        }
        for name, about in graph.nodes(data=True)
    ]
    table = pd.DataFrame(
        rows, columns=["name", "operator", "partners", "operator_partners", "rung"]
    )
    return table.sort_values(["partners", "name"], ascending=[False, True], ignore_index=True)


def cooperation_depth(graph: nx.Graph, operators: Iterable[str]) -> pd.DataFrame:
    """Return how far the cooperation of each operator goes: operator, partners, operator_partners, rung.

    An operator that no statement names has 0 throughout: nothing was read, which does not mean that there is nothing.
    """
    known = partner_table(graph).set_index("name")[["partners", "operator_partners", "rung"]]
    table = known.reindex(list(operators)).fillna(0).astype(int)
    return table.rename_axis("operator").reset_index()
