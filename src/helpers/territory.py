"""Départements, communes and their borders: official codes, populations, outlines."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from claimbook.errors import DataError
from helpers.paths import project_root

FOLDER = Path("data") / "raw" / "territories"
#: Sizes below which a commune is called small: the three that French law and statistics use most.
THRESHOLDS = (500, 2000, 3500)


def _file(name: str, root: Path | None) -> Path:
    path = (project_root() if root is None else Path(root)) / FOLDER / name
    if not path.is_file():
        file = (FOLDER / name).as_posix()
        raise DataError(file, "the file is missing", "restore the committed file")
    return path


def _read(name: str, root: Path | None, **types: str) -> pd.DataFrame:
    text = ("code", "name", "departement", "region", "epci", "zone", "chef_lieu")
    return pd.read_csv(
        _file(name, root),
        dtype=dict.fromkeys(text, "str") | types,
        keep_default_na=False,
        na_values={column: [""] for column in types},
        encoding="utf-8",
    )


def departements(root: Path | None = None) -> pd.DataFrame:
    """Return the 101 départements of 2023: code, name, region, chef_lieu, text, sorted by code."""
    return _read("departements.csv", root)


def regions(root: Path | None = None) -> pd.DataFrame:
    """Return the 18 régions of 2023: code, name, chef_lieu, text, sorted by code."""
    return _read("regions.csv", root)


def communes(root: Path | None = None) -> pd.DataFrame:
    """Return the 35,039 communes of 1 January 2023.

    Returns
    -------
    DataFrame, shape (35039, 7)
        code, name, departement, region, epci (SIREN), population (Int64, missing in six
        uninhabited places) and zone. The 94 communes of the overseas collectivities (zone
        ``com``) have an empty departement and region.

    Notes
    -----
    Population municipale 2020, in force on 1 January 2023; Mayotte 2017 (Insee).
    """
    return _read("communes.csv", root, population="Int64")


def weights(small: int = THRESHOLDS[1]) -> pd.DataFrame:
    """Return what a département weighs.

    Parameters
    ----------
    small : int
        A commune is small when it has fewer inhabitants.

    Returns
    -------
    DataFrame of int
        Index: 101 codes; columns population (2020, Mayotte 2017), communes, small (communes).
    """
    table = communes()
    inside = table[table["departement"] != ""]
    below = (inside["population"] < small).fillna(value=False)
    rows = inside.assign(communes=1, small=below.astype(int)).groupby("departement")
    return rows[["population", "communes", "small"]].sum().astype(int).rename_axis("code")


@dataclass(frozen=True)
class Outline:
    """One département on the map.

    Attributes
    ----------
    code, name : str
    rings : tuple of ndarray, shape (n, 2)
        Closed rings in map units, y upwards: outer ones counter-clockwise, holes clockwise.
    frame : tuple of float or None
        ``(xmin, ymin, xmax, ymax)`` of the box of an overseas département.
    """

    code: str
    name: str
    rings: tuple[np.ndarray, ...]
    frame: tuple[float, float, float, float] | None


def outlines(root: Path | None = None) -> dict[str, Outline]:
    """Return the outlines of the 101 départements by code, for drawing (a unit is about 1.8 km)."""
    collection = json.loads(_file("departement_outlines.geojson", root).read_text(encoding="utf-8"))
    shapes = {}
    for feature in collection["features"]:
        about, polygons = feature["properties"], feature["geometry"]["coordinates"]
        rings = tuple(np.array(ring) for polygon in polygons for ring in polygon)
        frame = tuple(about["frame"]) if about["frame"] else None
        shapes[about["code"]] = Outline(about["code"], about["name"], rings, frame)
    return shapes


def adjacency(root: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Return the neighbours of each département: those it shares a stretch of border with.

    Returns
    -------
    dict of str to tuple of str
        All 101 codes with their neighbours' codes, sorted; an overseas département has none.

    Notes
    -----
    Neighbours share edges of the committed outlines exactly, because the derivation snaps the two
    drawings of a border together. The estuaries of the Seine and of the Gironde count as borders,
    a meeting in a single point does not.
    """
    owners: dict[frozenset, set[str]] = defaultdict(set)
    shapes = outlines(root)
    for code, shape in shapes.items():
        for ring in shape.rings:
            for edge in pairwise(map(tuple, ring.tolist())):
                owners[frozenset(edge)].add(code)
    near: dict[str, set[str]] = {code: set() for code in shapes}
    for codes in owners.values():
        for code in codes:
            near[code] |= codes - {code}
    return {code: tuple(sorted(found)) for code, found in near.items()}
