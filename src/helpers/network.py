"""The network of cooperation between operators: who shares what with whom, as pages say it."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd

from helpers.estimates import Estimate, share

#: How far a kind of cooperation goes, from a common event to a service that one runs for the other.
RUNGS = {"joint_action": 1, "membership": 2, "alliance": 3, "shared_platform": 4, "provides_to": 4}
#: Kinds that join two bodies themselves: neither a common event nor a seat in a third body.
DIRECT = ("alliance", "shared_platform", "provides_to")
#: One body that became another does not cooperate with itself.
HISTORY = ("merger", "succession")
#: Statements that hold or are not said to be over; plans and what has ended are left out.
CURRENT = ("active", "unknown")
#: Room of a body and its name, width and height; mean length of a link; distance between
#: components; width of the whole: one unit is about an inch.
ROOM, LINK, GAP, WIDTH = (1.0, 0.5), 1.15, 0.85, 4.4


def joint_actions(statements: pd.DataFrame, operators: Collection[str]) -> pd.DataFrame:
    """Return the offers that, by their note, one operator makes with another, as common actions.

    Parameters
    ----------
    statements : DataFrame
        Tidy statements: operator, service_code, status, page, year, source_url, note.
    operators : collection of str
        Names to look for after the word "avec".

    Returns
    -------
    DataFrame
        Columns of the cooperation table: source, target, kind (``joint_action``), topic, year,
        status (``unknown``: a page does not say whether it goes on), source_is_operator,
        target_is_operator, page, source_url, note.
    """
    offered = statements[statements["status"] == "offered"]
    known = {name.split(" (")[0]: name for name in operators}
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    partner = rf"\bavec (?:l['’]|la |le |les )?({names})(?!\w)"
    found = offered["note"].str.extract(partner, expand=False).map(known)
    rows = offered.assign(target=found)[found.notna() & (found != offered["operator"])]
    rows = rows.rename(columns={"operator": "source", "service_code": "topic"})
    same = {"kind": "joint_action", "status": "unknown"}
    same |= {"source_is_operator": True, "target_is_operator": True}
    about = ["source", "target", "topic", "year", "page", "source_url", "note"]
    return rows[about].assign(**same).reset_index(drop=True)


def between(cooperation: pd.DataFrame, operators: Collection[str]) -> pd.DataFrame:
    """Return what joins operators: one row per pair, kind and status, told by its latest page.

    Parameters
    ----------
    cooperation : DataFrame
        One row per statement: source, target, kind, topic, year, status, note, source_url.
    operators : collection of str
        Bodies that both ends must be among.

    Returns
    -------
    DataFrame
        first, second (in alphabetical order), kind, status, topic, year (Int64, of the latest dated
        statement), note, source_url; latest first, undated last. Mergers and successions are left
        out.
    """
    kept = cooperation[~cooperation["kind"].isin(HISTORY)]
    kept = kept[kept["source"].isin(operators) & kept["target"].isin(operators)]
    ends = np.sort(kept[["source", "target"]].to_numpy(dtype=object), axis=1)
    kept = kept.assign(first=ends[:, 0], second=ends[:, 1], year=kept["year"].astype("Int64"))
    order, ascending = ["year", "first", "second", "kind"], [False, True, True, True]
    kept = kept.sort_values(order, ascending=ascending, kind="stable", na_position="last")
    kept = kept.drop_duplicates(["first", "second", "kind", "status"], ignore_index=True)
    columns = ["first", "second", "kind", "status", "topic", "year", "note", "source_url"]
    return kept[columns]


def cooperation_graph(cooperation: pd.DataFrame) -> nx.Graph:
    """Return the undirected graph of current cooperation: one node a body, one link a pair.

    Parameters
    ----------
    cooperation : DataFrame
        One row per statement: source, target, kind, year, status.

    Returns
    -------
    networkx.Graph
        Nodes and links in alphabetical order. Link attributes: ``kind`` (the one that goes furthest
        by `RUNGS`, the first in the alphabet of equals) and ``year`` (latest, or None).

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
    graph.add_nodes_from(sorted({*kept["source"], *kept["target"]}))
    pairs = [tuple(sorted(ends)) for ends in zip(kept["source"], kept["target"], strict=True)]
    for (first, second), rows in kept.groupby(pd.Series(pairs, index=kept.index, dtype=object)):
        if first == second:
            raise ValueError(f"cooperation: {first!r} is said to cooperate with itself")
        kind = min(rows["kind"], key=lambda kind: (-RUNGS[kind], kind))
        years = rows["year"].dropna()
        graph.add_edge(first, second, kind=kind, year=int(years.max()) if len(years) else None)
    return graph


def joined(graph: nx.Graph, operators: Collection[str]) -> Estimate:
    """Return the share of operators that have a link in a graph."""
    return share(len(set(graph) & set(operators)), len(operators))


def components(graph: nx.Graph) -> list[list[str]]:
    """Return bodies that some chain of links joins; largest first, members in the alphabet."""
    found = [sorted(members) for members in nx.connected_components(graph)]
    return sorted(found, key=lambda members: (-len(members), members))


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


def positions(graph: nx.Graph) -> dict[str, tuple[float, float]]:
    """Return where to draw each body, in inches or so, the same in any order of nodes.

    The largest component stands at the left, the others in a column beside it as long as there is
    room, then in rows below; no two names overlap. Within a component: Kamada and Kawai (1989),
    Information Processing Letters 31, p. 7, started from a circle in alphabetical order.
    """
    shapes = []
    for names in components(graph):
        ordered = nx.Graph()
        ordered.add_nodes_from(names)
        ordered.add_edges_from(sorted(tuple(sorted(e)) for e in graph.subgraph(names).edges))
        points = _layout(ordered)
        shapes.append((names, points - points.min(axis=0)))
    placed: dict[str, tuple[float, float]] = {}
    if not shapes:
        return placed
    across, down = shapes[0][1].max(axis=0)
    left, top, beside = 0.0, 0.0, 0.0
    row = (0.0, -down - GAP)
    for number, (names, points) in enumerate(shapes):
        size = points.max(axis=0)
        if number and across + ROOM[0] + size[0] <= WIDTH and beside + size[1] <= down:
            left, top = across + ROOM[0], -beside
            beside += size[1] + GAP
        elif number:
            if row[0] > 0 and row[0] + size[0] > WIDTH:
                row = (0.0, min(y for _, y in placed.values()) - GAP)
            left, top = row
            row = (left + size[0] + ROOM[0], top)
        for name, (x, y) in zip(names, points, strict=True):
            placed[name] = (round(float(left + x), 3), round(float(top - (size[1] - y)), 3))
    return placed
