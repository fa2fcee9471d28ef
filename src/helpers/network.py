"""The network of cooperation between operators: who shares what with whom, as pages say it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd

from helpers.indicators import central_interval

#: How far a kind of cooperation goes, from a common event to a service that one runs for the other.
RUNGS = {"joint_action": 1, "membership": 2, "alliance": 3, "shared_platform": 4, "provides_to": 4}
#: One body that became another does not cooperate with itself.
HISTORY = ("merger", "succession")
#: Statements that hold or are not said to be over; plans and what has ended are left out.
CURRENT = ("active", "unknown")
#: Room of a body and its name, width and height; mean length of a link; distance between
#: components: one unit is about an inch.
ROOM, LINK, GAP = (1.0, 0.5), 1.15, 0.85


def cooperation_graph(cooperation: pd.DataFrame) -> nx.Graph:
    """Return the undirected graph of current cooperation: one node a body, one link a pair.

    Parameters
    ----------
    cooperation : DataFrame
        One row per statement: source, target, kind, topic, year, status, source_is_operator,
        target_is_operator, page.

    Returns
    -------
    networkx.Graph
        Nodes and links in alphabetical order. Node attribute ``operator`` (bool). Link attributes
        ``kinds``, ``topics``, ``pages`` (sorted tuples), ``rung`` (highest of `RUNGS`) and
        ``last_year`` (int or None).

    Raises
    ------
    ValueError
        If a kind is unknown, or a body cooperates with itself.
    """
    if strange := sorted({*cooperation["kind"]} - {*RUNGS, *HISTORY}):
        raise ValueError(f"cooperation has the kind {strange[0]!r}, which no rung is known of")
    current = cooperation["status"].isin(CURRENT) & ~cooperation["kind"].isin(HISTORY)
    kept = cooperation[current]
    graph = nx.Graph()
    is_operator = dict(zip(kept["source"], kept["source_is_operator"], strict=True))
    is_operator |= dict(zip(kept["target"], kept["target_is_operator"], strict=True))
    for name in sorted(is_operator):
        graph.add_node(name, operator=bool(is_operator[name]))
    pairs = [tuple(sorted(ends)) for ends in zip(kept["source"], kept["target"], strict=True)]
    groups = kept.groupby(pd.Series(pairs, index=kept.index))
    for (first, second), rows in sorted(groups, key=lambda item: item[0]):
        if first == second:
            raise ValueError(f"cooperation: {first!r} is said to cooperate with itself")
        years = rows["year"].dropna()
        listed = {f"{name}s": tuple(sorted(set(rows[name]))) for name in ("kind", "topic", "page")}
        rung = max(RUNGS[kind] for kind in rows["kind"])
        last = int(years.max()) if len(years) else None
        graph.add_edge(first, second, **listed, rung=rung, last_year=last)
    return graph


def link_table(graph: nx.Graph) -> pd.DataFrame:
    """Return one row per link, deepest first.

    Columns: first, second, kinds, topics, rung, pages (number), last_year (Int64).
    """
    columns = ["first", "second", "kinds", "topics", "rung", "pages", "last_year"]
    table = nx.to_pandas_edgelist(graph, "first", "second").astype({"last_year": "Int64"})
    table["pages"] = table["pages"].str.len()
    order = ["rung", "first", "second"]
    return table[columns].sort_values(order, ascending=[False, True, True], ignore_index=True)


def partner_table(graph: nx.Graph) -> pd.DataFrame:
    """Return name, operator (bool), partners, operator_partners, rung; most partners first."""
    rows = [
        (
            name,
            operator,
            graph.degree(name),
            sum(graph.nodes[other]["operator"] for other in graph[name]),
            max((link["rung"] for link in graph[name].values()), default=0),
        )
        for name, operator in graph.nodes(data="operator")
    ]
    columns = ["name", "operator", "partners", "operator_partners", "rung"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["partners", "name"], ascending=[False, True], ignore_index=True)


def cooperation_depth(graph: nx.Graph, operators: Iterable[str]) -> pd.DataFrame:
    """Return operator, partners, operator_partners, rung; 0 where no statement names one."""
    known = partner_table(graph).set_index("name")[["partners", "operator_partners", "rung"]]
    table = known.reindex(list(operators)).fillna(0).astype(int)
    return table.rename_axis("operator").reset_index()


@dataclass(frozen=True)
class Structure:
    """What holds a network together.

    Attributes
    ----------
    components : tuple of tuple of str
        Bodies that some chain of links joins; largest first, members in alphabetical order.
    core_number : int
        Largest k such that some bodies have k links or more among themselves (Seidman 1983,
        Social Networks 5, p. 269).
    cores : tuple of tuple of str
        The bodies of that k-core, by component.
    bridges : tuple of tuple of str
        Links whose loss would cut a component in two.
    """

    components: tuple[tuple[str, ...], ...]
    core_number: int
    cores: tuple[tuple[str, ...], ...]
    bridges: tuple[tuple[str, str], ...]


def _components(graph: nx.Graph) -> tuple[tuple[str, ...], ...]:
    found = [tuple(sorted(members)) for members in nx.connected_components(graph)]
    return tuple(sorted(found, key=lambda members: (-len(members), members)))


def structure(graph: nx.Graph) -> Structure:
    """Return components, core and bridges of a graph; ValueError if it has no link."""
    if graph.number_of_edges() == 0:
        raise ValueError("the network has no link, so there is nothing that holds it together")
    core = nx.k_core(graph)
    return Structure(
        components=_components(graph),
        core_number=max(nx.core_number(graph).values()),
        cores=_components(core),
        bridges=tuple(sorted(tuple(sorted(link)) for link in nx.bridges(graph))),
    )


def hops_to(graph: nx.Graph, targets: Iterable[str], operators: Iterable[str]) -> pd.Series:
    """Return how many links separate each operator from the nearest target.

    Series of Int64 by operator: 0 for a target, missing where no chain of links leads to one.
    """
    marks = set(targets)
    found = dict.fromkeys(marks, 0)
    if reached := marks & set(graph):
        found |= nx.multi_source_dijkstra_path_length(graph, reached, weight=None)
    index = pd.Index(list(operators), name="operator")
    return pd.Series([found.get(name) for name in index], index=index, dtype="Int64")


def page_dependence(cooperation: pd.DataFrame) -> pd.DataFrame:
    """Return what the network would look like if one page had not been read, for each page.

    Columns: page, links and bodies (that vanish with it), largest (size of the largest component
    left), core_number; pages that matter most first.
    """
    whole = cooperation_graph(cooperation)
    rows = []
    for page in sorted({page for *_, pages in whole.edges(data="pages") for page in pages}):
        left = cooperation_graph(cooperation[cooperation["page"] != page])
        shape = structure(left) if left.number_of_edges() else None
        links = whole.number_of_edges() - left.number_of_edges()
        bodies = whole.number_of_nodes() - left.number_of_nodes()
        rest = (len(shape.components[0]), shape.core_number) if shape else (0, 0)
        rows.append((page, links, bodies, *rest))
    table = pd.DataFrame(rows, columns=["page", "links", "bodies", "largest", "core_number"])
    order = ["links", "largest", "page"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def shared_services(perimeters: pd.DataFrame, draws, profiles) -> pd.DataFrame:
    """Return how many services both operators offer that work in some département together.

    `perimeters` has one row per operator and département; `draws` of what is offered, shape
    (n_draws, n, m), are of the operators and services of `profiles`. One row per pair: first,
    second (in alphabetical order), n_departements (that both work in), seen_both, expected_both,
    low, high; most départements first.
    """
    place = {name: i for i, name in enumerate(profiles.operators)}
    inside = perimeters[perimeters["operator"].isin(place)]
    together = Counter(
        pair
        for _, names in inside.groupby("departement")["operator"]
        for pair in combinations(sorted(set(names)), 2)
    )
    table, offered = np.asarray(draws, dtype=bool), profiles.offered.to_numpy()
    rows = []
    for (first, second), n in sorted(together.items(), key=lambda item: (-item[1], item[0])):
        a, b = place[first], place[second]
        both = (table[:, a] & table[:, b]).sum(axis=1)
        seen = (offered[a] & offered[b]).sum()
        rows.append((first, second, n, seen, both.mean(), *central_interval(both)))
    columns = ["first", "second", "n_departements", "seen_both", "expected_both", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _spread(points: np.ndarray) -> np.ndarray:
    """Push bodies apart, two by two and along the shorter way, until no two names overlap."""
    points = points.copy()
    for _ in range(400):
        moved = False
        for i, j in combinations(range(len(points)), 2):
            apart = points[j] - points[i]
            short = np.array(ROOM) - np.abs(apart)
            if (short > 1e-6).all():
                axis = int(np.argmin(short))
                step = short[axis] / 2 * (1.0 if apart[axis] >= 0 else -1.0)
                points[i, axis] -= step
                points[j, axis] += step
                moved = True
        if not moved:
            break
    return points


def _layout(graph: nx.Graph) -> np.ndarray:
    """Return coordinates of one component, shape (n, 2), higher than wide; nodes as listed."""
    names = list(graph)
    if len(names) <= 2:
        return np.array([[0.0, 0.0], [LINK, 0.0]])[: len(names)]
    found = nx.kamada_kawai_layout(graph, pos=nx.circular_layout(graph))
    points = np.array([found[name] for name in names])
    points = points - points.mean(axis=0)
    # The longer side stands upright, as a page does, and the drawing is mirrored to a fixed side.
    _, _, axes = np.linalg.svd(points, full_matrices=False)
    points = (points @ axes.T)[:, ::-1]
    for axis in (0, 1):
        weights = points[:, axis] @ np.arange(len(names))
        points[:, axis] *= -1.0 if weights < 0 else 1.0
    lengths = [np.hypot(*(points[names.index(a)] - points[names.index(b)])) for a, b in graph.edges]
    return _spread(points * LINK / np.mean(lengths))


def positions(graph: nx.Graph, *, width: float = 6.2) -> dict[str, tuple[float, float]]:
    """Return where to draw each body, in inches or so, the same in any order of nodes.

    The largest component is on top, the others in rows of `width` below it; no two names overlap.
    Within a component: Kamada and Kawai (1989), Information Processing Letters 31, p. 7, started
    from a circle in alphabetical order.
    """
    placed: dict[str, tuple[float, float]] = {}
    left, top, row_height = 0.0, 0.0, 0.0
    for names in _components(graph):
        ordered = nx.Graph()
        ordered.add_nodes_from(names)
        ordered.add_edges_from(sorted(tuple(sorted(e)) for e in graph.subgraph(names).edges))
        points = _layout(ordered)
        points = points - points.min(axis=0)
        size = points.max(axis=0)
        if left > 0 and left + float(size[0]) > width:
            left, top, row_height = 0.0, top - row_height - GAP, 0.0
        for name, (x, y) in zip(names, points, strict=True):
            placed[name] = (round(float(left + x), 3), round(float(top - (size[1] - y)), 3))
        left = math.inf if size[0] > 0.8 * width else left + size[0] + ROOM[0] + GAP / 3
        row_height = max(row_height, float(size[1]))
    return placed
