"""The territorial tables are what the published packages say, and the script makes them again."""

import csv
import json
import tarfile
from pathlib import Path

import pytest

from tests.loading import script

ROOT = Path(__file__).resolve().parents[2]
TERRITORIES = ROOT / "data" / "raw" / "territories"
PACKAGES = Path(__file__).parent / "packages"
SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


def rows(name, folder=TERRITORIES):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def outlines():
    text = (TERRITORIES / "departement_outlines.geojson").read_text(encoding="utf-8")
    return {f["properties"]["code"]: f for f in json.loads(text)["features"]}


def test_from_an_extract_the_script_makes_the_same_lines_as_are_committed(tmp_path):
    with tarfile.open(tmp_path / "divisions.tgz", "w:gz") as archive:
        archive.add(PACKAGES / "divisions", arcname="package")
    sources = {"divisions": tmp_path / "divisions.tgz", "output": tmp_path}
    sources |= {name: PACKAGES / name for name in ("outlines", "overseas")}
    script("derive_territories").main(
        [part for name in sources for part in (f"--{name}", str(sources[name]))]
    )
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".tgz"}
    for name, content in made.items():
        committed = (TERRITORIES / name).read_bytes().splitlines(keepends=True)
        lines = content.splitlines(keepends=True)
        assert [line for line in committed if line in set(lines)] == lines
        if name in ("departements.csv", "regions.csv"):
            assert lines == committed
    source = json.loads((PACKAGES / "divisions/data/communes.json").read_text(encoding="utf-8"))
    present = {c["code"] for c in source if c["type"] == "commune-actuelle"}
    assert (
        {row["code"] for row in rows("communes.csv", tmp_path)}
        == present
        < {commune["code"] for commune in source}
    )


def test_an_enclave_is_a_hole_that_runs_the_other_way(outlines):
    hole = [(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0)]
    topology = script("outline_topology")
    (polygon,) = topology.geometry([hole, SQUARE[::-1]])["coordinates"]
    areas = [topology.signed_area([tuple(p) for p in ring[:-1]]) for ring in polygon]
    assert areas == [100.0, -4.0]
    # The enclave of Vaucluse in Drôme.
    around, inside = (outlines[code]["geometry"]["coordinates"] for code in ("26", "84"))
    (hole,) = [ring for polygon in around for ring in polygon[1:]]
    assert sorted(hole[1:]) in [sorted(polygon[0][1:]) for polygon in inside]
