"""The territorial tables are what the published packages say, and the script makes them again."""

import csv
import importlib
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TERRITORIES = ROOT / "data" / "raw" / "territories"
PACKAGES = Path(__file__).parent / "packages"


@pytest.fixture(scope="module")
def scripts():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield (
            importlib.import_module("derive_territories"),
            importlib.import_module("outline_topology"),
        )
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def derived(scripts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("territories")
    arguments = [
        part
        for name in ("divisions", "outlines", "overseas")
        for part in (f"--{name}", str(PACKAGES / name))
    ]
    scripts[0].main([*arguments, "--output", str(folder)])
    return folder


def rows(name, folder=TERRITORIES):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["departements.csv", "regions.csv"])
def test_the_script_makes_the_small_tables_again_byte_for_byte(derived, name):
    assert (derived / name).read_bytes() == (TERRITORIES / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "lines"), [("communes.csv", 133), ("departement_outlines.geojson", 9)]
)
def test_from_an_extract_the_script_makes_the_same_lines_as_are_committed(derived, name, lines):
    made = (derived / name).read_bytes().splitlines(keepends=True)
    committed = (TERRITORIES / name).read_bytes().splitlines(keepends=True)
    assert len(made) == lines
    assert [line for line in committed if line in set(made)] == made


def test_a_tarball_is_read_like_its_folder(scripts, derived, tmp_path):
    import tarfile

    packed = tmp_path / "divisions.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(PACKAGES / "divisions", arcname="package")
    assert scripts[0].administrative_tables(packed) == scripts[0].administrative_tables(
        PACKAGES / "divisions"
    )


def test_municipal_arrondissements_and_delegated_communes_are_not_communes(derived):
    source = json.loads(
        (PACKAGES / "divisions" / "data" / "communes.json").read_text(encoding="utf-8")
    )
    assert {c["type"] for c in source} > {
        "arrondissement-municipal",
        "commune-deleguee",
        "commune-associee",
    }
    assert {r["code"] for r in rows("communes.csv", derived)} == {
        c["code"] for c in source if c["type"] == "commune-actuelle"
    }
    arrondissements = {
        f"{n}"
        for first, last in ((75101, 75120), (13201, 13216), (69381, 69389))
        for n in range(first, last + 1)
    }
    assert not arrondissements & {r["code"] for r in rows("communes.csv")}


def test_tables_hold_101_departements_18_regions_and_35039_communes_sorted_by_code():
    for name, number in (("departements.csv", 101), ("regions.csv", 18), ("communes.csv", 35039)):
        codes = [r["code"] for r in rows(name)]
        assert len(codes) == len(set(codes)) == number
        assert codes == sorted(codes)


def test_communes_by_zone_are_those_of_the_official_code_2023():
    communes = rows("communes.csv")
    # Insee, Code officiel géographique au 1er janvier 2023: 34,945 communes in the 101 départements.
    assert Counter(c["zone"] for c in communes) == {"metro": 34816, "drom": 129, "com": 94}
    assert all(
        (c["zone"] == "com") == (c["departement"] == "") == (c["region"] == "") for c in communes
    )
    assert {c["code"][:3] for c in communes if c["zone"] == "com"} == {
        "975",
        "977",
        "978",
        "984",
        "986",
        "987",
        "988",
        "989",
    }
    region = {d["code"]: d["region"] for d in rows("departements.csv")}
    assert all(region[c["departement"]] == c["region"] for c in communes if c["departement"])
    assert all(c["code"].startswith(c["departement"]) for c in communes)


def test_population_equals_the_official_totals_of_the_same_vintage():
    total = Counter()
    for commune in rows("communes.csv"):
        zone = "976" if commune["departement"] == "976" else commune["zone"]
        total[zone] += int(commune["population"] or 0)
    # Insee, Populations légales 2020, in force on 1 January 2023 (décret n° 2022-1702 du 29 décembre 2022):
    # 65,269,154 in metropolitan France, 67,162,154 with the four overseas départements surveyed each year.
    assert total["metro"] == 65_269_154
    assert total["metro"] + total["drom"] == 67_162_154
    # Insee, Populations légales de Mayotte en 2017 (décret n° 2017-1688 du 14 décembre 2017).
    assert total["976"] == 256_518


def test_merged_communes_have_the_population_of_all_their_parts():
    population = {c["code"]: c["population"] for c in rows("communes.csv")}
    # Bonnay (312) and Saint-Ythaire (127) merged on 1 January 2023.
    assert population["71042"] == str(312 + 127)
    assert population["01138"] == "3426"


def test_only_places_without_permanent_inhabitants_lack_a_population():
    assert [c["code"] for c in rows("communes.csv") if c["population"] == ""] == [
        "98411",
        "98412",
        "98413",
        "98414",
        "98415",
        "98901",
    ]
    # The six villages destroyed at Verdun in 1916 are still communes.
    assert [c["code"] for c in rows("communes.csv") if c["population"] == "0"] == [
        "55039",
        "55050",
        "55139",
        "55189",
        "55239",
        "55307",
    ]


def test_four_island_communes_belong_to_no_intermunicipal_body():
    alone = [c["name"] for c in rows("communes.csv") if c["epci"] == "" and c["zone"] != "com"]
    assert alone == ["Île-de-Bréhat", "Île-de-Sein", "Ouessant", "L'Île-d'Yeu"]


SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


def test_snapping_gives_neighbours_the_same_vertices(scripts):
    drawn_twice = {"A": [SQUARE], "B": [[(10.05, 0.0), (20.0, 0.0), (20.0, 10.0), (9.97, 10.04)]]}
    snapped = scripts[1].snap(drawn_twice)
    assert len(set(snapped["A"][0]) & set(snapped["B"][0])) == 2


def test_snapping_drops_a_vertex_that_repeats_the_one_before(scripts):
    assert scripts[1].snap({"A": [[*SQUARE, (0.0, 0.01)]]})["A"][0].__len__() == 4


def test_simplifying_keeps_meeting_points_and_drops_the_same_vertex_on_both_sides(scripts):
    wiggle = [(10.0 + 0.05 * (i % 2), float(i)) for i in range(1, 10)]
    left = [(0.0, 0.0), (10.0, 0.0), *wiggle, (10.0, 10.0), (0.0, 10.0)]
    right = [(20.0, 0.0), (20.0, 10.0), (10.0, 10.0), *wiggle[::-1], (10.0, 0.0)]
    simple = scripts[1].simplify({"A": [left], "B": [right]})
    a, b = set(simple["A"][0]), set(simple["B"][0])
    assert {(10.0, 0.0), (10.0, 10.0)} <= a & b
    assert len(a) < len(left)
    assert a & set(wiggle) == b & set(wiggle)


def test_a_small_island_is_left_as_it_is(scripts):
    tiny = [(0.0, 0.0), (0.3, 0.0), (0.3, 0.3), (0.0, 0.3)]
    assert scripts[1].simplify({"A": [tiny]}) == {"A": [tiny]}


def test_an_enclave_becomes_a_hole_that_runs_the_other_way(scripts):
    hole = [(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0)]
    (polygon,) = scripts[1].geometry([hole, SQUARE[::-1]])["coordinates"]
    areas = [scripts[1].signed_area([tuple(p) for p in ring[:-1]]) for ring in polygon]
    assert areas == [100.0, -4.0]
    assert all(ring[0] == ring[-1] for ring in polygon)


def test_the_papal_enclave_of_vaucluse_is_a_hole_of_drome():
    outlines = json.loads(
        (TERRITORIES / "departement_outlines.geojson").read_text(encoding="utf-8")
    )
    shapes = {f["properties"]["code"]: f["geometry"]["coordinates"] for f in outlines["features"]}
    (hole,) = [ring for polygon in shapes["26"] for ring in polygon[1:]]
    assert any(
        {tuple(p) for p in hole} == {tuple(p) for p in polygon[0]} for polygon in shapes["84"]
    )


def test_curves_in_an_outline_are_refused(scripts, tmp_path):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path id="01" d="M0,0 C1,1 2,2 3,3 z"/></svg>'
    (tmp_path / "france.departments.svg").write_text(svg, encoding="utf-8")
    with pytest.raises(ValueError, match="path 01"):
        scripts[0].svg_rings(tmp_path)


def test_each_overseas_departement_lies_inside_its_frame():
    outlines = json.loads(
        (TERRITORIES / "departement_outlines.geojson").read_text(encoding="utf-8")
    )
    framed = [f for f in outlines["features"] if f["properties"]["frame"]]
    assert [f["properties"]["code"] for f in framed] == ["971", "972", "973", "974", "976"]
    for feature in framed:
        x0, y0, x1, y1 = feature["properties"]["frame"]
        points = [
            p for polygon in feature["geometry"]["coordinates"] for ring in polygon for p in ring
        ]
        assert all(x0 < x < x1 and y0 < y < y1 for x, y in points)
