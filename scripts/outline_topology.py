"""Outlines whose neighbours share their borders vertex by vertex, and stay so when simplified."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict

# Vertices of one border drawn twice lie within 0.1 unit of each other, all others 1 unit apart.
SNAP = 0.2
# About a pixel wide at the size at which the map is printed, while halving the file of every map.
SMALLEST_TRIANGLE = 2.0
# Drawn again at four times the scale beside the map of France, so these keep every vertex.
KEPT_WHOLE = {"75", "92", "93", "94"}


def snap(outlines: dict) -> dict:
    """Give the two drawings of each shared border the same vertices."""
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    clusters: list[list[tuple[float, float]]] = []

    def cluster_of(point):
        column, line = math.floor(point[0] / SNAP), math.floor(point[1] / SNAP)
        for i in range(column - 1, column + 2):
            for j in range(line - 1, line + 2):
                for number in cells[i, j]:
                    if math.dist(clusters[number][0], point) < SNAP:
                        clusters[number].append(point)
                        return number
        cells[column, line].append(len(clusters))
        clusters.append([point])
        return len(clusters) - 1

    numbered = {
        code: [[cluster_of(p) for p in ring] for ring in rings]
        for code, rings in sorted(outlines.items())
    }
    centres = [
        tuple(sum(axis) / len(axis) for axis in zip(*points, strict=True)) for points in clusters
    ]
    return {
        code: [[centres[n] for i, n in enumerate(ring) if n != ring[i - 1]] for ring in rings]
        for code, rings in numbered.items()
    }


def simplify(outlines: dict) -> dict:
    """Drop the vertices that change the drawing least, the same ones on both sides of a border.

    Visvalingam, M. and Whyatt, J. D. (1993), "Line generalisation by repeated elimination of
    points", The Cartographic Journal 30(1), 46-51. Points where borders meet are never dropped.
    """
    neighbours: dict[tuple, set[tuple]] = defaultdict(set)
    kept = set()
    for code, rings in outlines.items():
        for ring in rings:
            for i, point in enumerate(ring):
                neighbours[point] |= {ring[i - 1], ring[(i + 1) % len(ring)]}
            # Each quarter of a ring keeps a vertex: an island stays an area, whatever its size.
            kept |= set(ring[:: max(1, len(ring) // 4)]) if len(ring) > 8 else set(ring)
            if code in KEPT_WHOLE:
                kept |= set(ring)

    def area(point):
        (x1, y1), (x2, y2) = neighbours[point]
        return abs((x1 - point[0]) * (y2 - point[1]) - (x2 - point[0]) * (y1 - point[1])) / 2

    effective = {p: area(p) for p, near in neighbours.items() if len(near) == 2 and p not in kept}
    queue = [(size, p) for p, size in effective.items()]
    heapq.heapify(queue)
    while queue and queue[0][0] < SMALLEST_TRIANGLE:
        size, point = heapq.heappop(queue)
        if effective.get(point) != size:
            continue
        first, second = neighbours[point]
        if second in neighbours[first]:
            continue
        del effective[point]
        neighbours[first] = neighbours[first] - {point} | {second}
        neighbours[second] = neighbours[second] - {point} | {first}
        del neighbours[point]
        for end in {first, second} & effective.keys():
            effective[end] = max(size, area(end))
            heapq.heappush(queue, (effective[end], end))
    return {
        code: [[p for p in ring if p in neighbours] for ring in rings]
        for code, rings in outlines.items()
    }


def contains(ring, point) -> bool:
    """Whether a ring goes round a point (even-odd rule)."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def signed_area(ring) -> float:
    """Area of a ring, positive when it runs counter-clockwise."""
    return (
        sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True))
        / 2
    )


def geometry(rings) -> dict:
    """GeoJSON MultiPolygon: outer rings counter-clockwise, holes clockwise (RFC 7946, 3.1.6)."""
    rings = sorted(rings, key=lambda ring: -abs(signed_area(ring)))
    polygons: list[list] = []
    for ring in rings:
        middle = tuple((a + b) / 2 for a, b in zip(*sorted(ring)[:2], strict=True))
        hosts = [polygon for polygon in polygons if contains(polygon[0], middle)]
        rounded = [(round(x, 2), round(y, 2)) for x, y in ring]
        if (signed_area(rounded) > 0) == bool(hosts):
            rounded.reverse()
        start = rounded.index(min(rounded))
        rounded = rounded[start:] + rounded[:start]
        if hosts:
            hosts[-1].append(rounded)
        else:
            polygons.append([rounded])
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [[list(p) for p in [*ring, ring[0]]] for ring in polygon] for polygon in polygons
        ],
    }
