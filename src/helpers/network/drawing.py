"""Where to draw each body, the same at every run."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np

#: Distance between components, in the unit of a link's length.
GAP = 1.3


def _layout(graph: nx.Graph) -> np.ndarray:
    """Return coordinates of one component, shape (n, 2), wider than high, in links' lengths; nodes as listed."""
    names = list(graph)
    if len(names) == 1:
        return np.zeros((1, 2))
    if len(names) == 2:
        return np.array([[0.0, 0.5], [0.0, -0.5]])
    start = nx.circular_layout(graph)
    found = nx.kamada_kawai_layout(graph, pos=start)
    points = np.array([found[name] for name in names])
    points = points - points.mean(axis=0)
    # The page is turned so that the longer side lies flat, and mirrored so that the first names are on the left.
    _, _, axes = np.linalg.svd(points, full_matrices=False)
    points = points @ axes.T
    for axis in (0, 1):
        weights = points[:, axis] @ np.arange(len(names))
        points[:, axis] *= -1.0 if weights < 0 else 1.0
    lengths = [np.hypot(*(points[names.index(a)] - points[names.index(b)])) for a, b in graph.edges]
    return points / np.mean(lengths)


def positions(graph: nx.Graph, *, width: float = 2.2) -> dict[str, tuple[float, float]]:
    """Return coordinates for drawing: components apart, the largest on top, the others in rows below it.

    Parameters
    ----------
    graph : networkx.Graph
    width : float
        Width that rows of small components may fill, as a multiple of the square root of the number of bodies.

    Returns
    -------
    dict of str to (float, float)
        In lengths of a link, rounded to a thousandth: the order in which nodes were added does not matter.

    Notes
    -----
    Within a component: Kamada and Kawai (1989), Information Processing Letters 31, p. 7, started from a circle in
    alphabetical order, so that nothing is drawn at random.
    """
    groups = sorted((sorted(c) for c in nx.connected_components(graph)), key=lambda c: (-len(c), c))
    room = width * math.sqrt(max(len(graph), 1))
    placed: dict[str, tuple[float, float]] = {}
    left, top, row_height = 0.0, 0.0, 0.0
    for names in groups:
        ordered = nx.Graph()
        ordered.add_nodes_from(names)
        ordered.add_edges_from(sorted(tuple(sorted(e)) for e in graph.subgraph(names).edges))
        points = _layout(ordered)
        points = points - points.min(axis=0)
        size = points.max(axis=0)
        if left > 0 and left + size[0] > room:
            left, top, row_height = 0.0, top - row_height - GAP, 0.0
        for name, (x, y) in zip(names, points, strict=True):
            placed[name] = (round(float(left + x), 3), round(float(top - (size[1] - y)), 3))
        left += size[0] + 2 * GAP
        row_height = max(row_height, float(size[1]))
    return placed
