"""The territorial tables are what the published packages say, and the script makes them again."""

import csv
import importlib
import json
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TERRITORIES = ROOT / "data" / "raw" / "territories"
PACKAGES = Path(__file__).parent / "packages"
SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


@pytest.fixture(scope="module")
def scripts():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield [importlib.import_module(n) for n in ("derive_territories", "outline_topology")]
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def rows(name, folder=TERRITORIES):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def outlines():
    text = (TERRITORIES / "departement_outlines.geojson").read_text(encoding="utf-8")
    return {f["properties"]["code"]: f for f in json.loads(text)["features"]}


def test_from_an_extract_the_script_makes_the_same_lines_as_are_committed(scripts, tmp_path):
    with tarfile.open(tmp_path / "divisions.tgz", "w:gz") as archive:
        archive.add(PACKAGES / "divisions", arcname="package")
    sources = {"divisions": tmp_path / "divisions.tgz", "output": tmp_path}
    sources |= {name: PACKAGES / name for name in ("outlines", "overseas")}
    scripts[0].main([part for name in sources for part in (f"--{name}", str(sources[name]))])
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


def test_communes_lie_in_the_region_of_their_departement_but_for_the_collectivities():
    region = {d["code"]: d["region"] for d in rows("departements.csv")}
    for commune in rows("communes.csv"):
        inside = commune["zone"] != "com"
        assert inside == (commune["departement"] != "")
        assert commune["region"] == (region[commune["departement"]] if inside else "")
        assert commune["code"].startswith(commune["departement"])


def test_population_equals_the_official_totals_of_the_same_vintage():
    total, population = Counter(), {}
    for commune in rows("communes.csv"):
        zone = "976" if commune["departement"] == "976" else commune["zone"]
        total[zone] += int(commune["population"] or 0)
        population[commune["code"]] = commune["population"]
    # Insee, Populations légales 2020, in force on 1 January 2023 (décret n° 2022-1702):
    # 65,269,154 in metropolitan France, 67,162,154 with four overseas départements.
    assert total["metro"] == 65_269_154
    assert total["metro"] + total["drom"] == 67_162_154
    # Insee, Populations légales de Mayotte en 2017 (décret n° 2017-1688 du 14 décembre 2017).
    assert total["976"] == 256_518
    # Bonnay (312) and Saint-Ythaire (127) merged on 1 January 2023.
    assert population["71042"] == str(312 + 127)
    # The six villages destroyed at Verdun in 1916 are still communes.
    verdun = ["55039", "55050", "55139", "55189", "55239", "55307"]
    assert [code for code, people in population.items() if people == "0"] == verdun


def test_snapping_gives_neighbours_the_same_vertices(scripts):
    drawn_twice = {"A": [SQUARE], "B": [[(10.05, 0.0), (20.0, 0.0), (20.0, 10.0), (9.97, 10.04)]]}
    snapped = scripts[1].snap(drawn_twice)
    assert len(set(snapped["A"][0]) & set(snapped["B"][0])) == 2
    assert len(scripts[1].snap({"A": [[*SQUARE, (0.0, 0.01)]]})["A"][0]) == 4


def test_simplifying_drops_the_same_vertices_on_both_sides_and_keeps_small_islands(scripts):
    wiggle = [(10.0 + 0.05 * (i % 2), float(i)) for i in range(1, 10)]
    left = [(0.0, 0.0), (10.0, 0.0), *wiggle, (10.0, 10.0), (0.0, 10.0)]
    right = [(20.0, 0.0), (20.0, 10.0), (10.0, 10.0), *wiggle[::-1], (10.0, 0.0)]
    simple = scripts[1].simplify({"A": [left], "B": [right]})
    a, b = set(simple["A"][0]), set(simple["B"][0])
    assert {(10.0, 0.0), (10.0, 10.0)} <= a & b
    assert len(a) < len(left) and a & set(wiggle) == b & set(wiggle)
    tiny = {"A": [[(0.0, 0.0), (0.3, 0.0), (0.3, 0.3), (0.0, 0.3)]]}
    assert scripts[1].simplify(tiny) == tiny


def test_an_enclave_is_a_hole_that_runs_the_other_way(scripts, outlines):
    hole = [(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0)]
    (polygon,) = scripts[1].geometry([hole, SQUARE[::-1]])["coordinates"]
    areas = [scripts[1].signed_area([tuple(p) for p in ring[:-1]]) for ring in polygon]
    assert areas == [100.0, -4.0]
    # The enclave of Vaucluse in Drôme.
    around, inside = (outlines[code]["geometry"]["coordinates"] for code in ("26", "84"))
    (hole,) = [ring for polygon in around for ring in polygon[1:]]
    assert sorted(hole[1:]) in [sorted(polygon[0][1:]) for polygon in inside]


def test_curves_in_an_outline_are_refused(scripts, tmp_path):
    path = '<path id="01" d="M0,0 C1,1 2,2 3,3 z"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{path}</svg>'
    (tmp_path / "france.departments.svg").write_text(svg, encoding="utf-8")
    with pytest.raises(ValueError, match="path 01"):
        scripts[0].svg_rings(tmp_path)


def test_each_overseas_departement_lies_inside_its_frame(outlines):
    framed = {code: f for code, f in outlines.items() if f["properties"]["frame"]}
    assert list(framed) == ["971", "972", "973", "974", "976"]
    for feature in framed.values():
        x0, y0, x1, y1 = feature["properties"]["frame"]
        rings = [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]
        assert all(x0 < x < x1 and y0 < y < y1 for ring in rings for x, y in ring)
