"""Where to draw each body, the same at every run."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np

#: Room that a body and its name take, width and height, and the mean length of a link: one unit is about an inch.
ROOM = (1.0, 0.5)
LINK = 1.15
#: Distance between components.
GAP = 0.85


def _spread(points: np.ndarray) -> np.ndarray:
    """Push bodies apart, two by two, until no two names overlap: each pair moves along the axis that asks for less."""
    points = points.copy()
    for _ in range(400):
        moved = False
        for i in range(len(points)):
            for j in range(i + 1, len(points)):
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
    # The drawing is turned so that its longer side stands upright, as a page does, and mirrored to a fixed side.
    _, _, axes = np.linalg.svd(points, full_matrices=False)
    points = (points @ axes.T)[:, ::-1]
    for axis in (0, 1):
        weights = points[:, axis] @ np.arange(len(names))
        points[:, axis] *= -1.0 if weights < 0 else 1.0
    lengths = [np.hypot(*(points[names.index(a)] - points[names.index(b)])) for a, b in graph.edges]
    return _spread(points * LINK / np.mean(lengths))


def positions(graph: nx.Graph, *, width: float = 6.2) -> dict[str, tuple[float, float]]:
    """Return coordinates for drawing: components apart, the largest on top, the others in rows below it.

    Parameters
    ----------
    graph : networkx.Graph
    width : float
        Width that a row of components may fill; one that is wider has a row of its own.

    Returns
    -------
    dict of str to (float, float)
        In inches or so, rounded to a thousandth: the order in which nodes were added does not matter, and no two
        names overlap.

    Notes
    -----
    Within a component: Kamada and Kawai (1989), Information Processing Letters 31, p. 7, started from a circle in
    alphabetical order, so that nothing is drawn at random.
    """
    groups = sorted((sorted(c) for c in nx.connected_components(graph)), key=lambda c: (-len(c), c))
    placed: dict[str, tuple[float, float]] = {}
    left, top, row_height = 0.0, 0.0, 0.0
    for names in groups:
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
