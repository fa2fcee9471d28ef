"""Outlines of the départements in the plane of the map, and which of them touch."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from helpers.territory.tables import territory_file


@dataclass(frozen=True)
class Outline:
    """One département on the map.

    Attributes
    ----------
    code, name : str
        Official code and name.
    rings : tuple of ndarray, shape (n, 2)
        Closed rings in map units, y upwards: outer ones counter-clockwise, holes clockwise.
    frame : tuple of float or None
        ``(xmin, ymin, xmax, ymax)`` of the box that an overseas département is drawn in, at a scale of its own.
    """

    code: str
    name: str
    rings: tuple[np.ndarray, ...]
    frame: tuple[float, float, float, float] | None


def outlines(root: Path | None = None) -> dict[str, Outline]:
    """Return the outlines of the 101 départements by code.

    Coordinates are for drawing (about 1.8 km to a unit in metropolitan France), not geographic ones.
    """
    collection = json.loads(
        territory_file("departement_outlines.geojson", root).read_text(encoding="utf-8")
    )
    shapes = {}
    for feature in collection["features"]:
        about = feature["properties"]
        rings = tuple(
            np.array(ring) for polygon in feature["geometry"]["coordinates"] for ring in polygon
        )
        frame = tuple(about["frame"]) if about["frame"] else None
        shapes[about["code"]] = Outline(about["code"], about["name"], rings, frame)
    return shapes


def adjacency(root: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Return the neighbours of each département: those it shares a stretch of border with.

    Returns
    -------
    dict of str to tuple of str
        All 101 codes, each with its neighbours' codes, sorted; an overseas département has none.

    Notes
    -----
    Neighbours share edges of the committed outlines exactly, because the derivation snaps the two drawings of a border
    together; no tolerance is involved here. The estuaries of the Seine and of the Gironde count as borders,
    a meeting in a single point does not.
    """
    owners: dict[frozenset, set[str]] = defaultdict(set)
    shapes = outlines(root)
    for code, shape in shapes.items():
        for ring in shape.rings:
            points = [tuple(point) for point in ring.tolist()]
            for edge in pairwise(points):
                owners[frozenset(edge)].add(code)
    near: dict[str, set[str]] = {code: set() for code in shapes}
    for codes in owners.values():
        for code in codes:
            near[code] |= codes - {code}
    return {code: tuple(sorted(found)) for code, found in near.items()}
