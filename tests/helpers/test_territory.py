"""Départements, communes, borders and maps."""

import io
import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbook.errors import DataError, UserError
from helpers import territory
from helpers.paths import project_root
from helpers.territory.classes import classify

ROOT = Path(__file__).resolve().parents[2]
CODES = territory.departements(ROOT)["code"].tolist()
NEAR = territory.adjacency(ROOT)
PARTS = territory.communes(ROOT)


# --- root of the study -------------------------------------------------------------------------------------------


def test_root_is_found_upwards_from_the_working_directory(monkeypatch, tmp_path):
    monkeypatch.delenv("OPSN_ROOT", raising=False)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "datapackage.json").write_text("{}", encoding="utf-8")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert project_root() == tmp_path


def test_root_is_found_from_the_package_when_one_works_elsewhere(monkeypatch, tmp_path):
    monkeypatch.delenv("OPSN_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert (project_root() / "data" / "datapackage.json").is_file()


def test_root_variable_wins_and_is_refused_when_it_names_another_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("OPSN_ROOT", str(ROOT))
    monkeypatch.chdir(tmp_path)
    assert project_root() == ROOT
    monkeypatch.setenv("OPSN_ROOT", str(tmp_path))
    with pytest.raises(UserError, match="OPSN_ROOT"):
        project_root()


# --- tables ------------------------------------------------------------------------------------------------------


def test_loaders_keep_codes_as_text_and_populations_as_numbers():
    departements, regions = territory.departements(ROOT), territory.regions(ROOT)
    assert departements.shape == (101, 4) and regions.shape == (18, 3) and PARTS.shape == (35039, 7)
    assert departements["code"].tolist()[:2] == ["01", "02"]
    assert set(departements["region"]) == set(regions["code"])
    assert PARTS["population"].dtype == "Int64" and PARTS["population"].isna().sum() == 6
    assert PARTS.loc[PARTS["code"] == "2A004", "name"].tolist() == ["Ajaccio"]


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DataError, match=r"data/raw/territories/communes\.csv.*missing"):
        territory.communes(tmp_path)


def test_populations_add_up_to_the_official_total_of_2020_and_mayotte_2017():
    population = territory.population_by_departement(ROOT)
    assert population.index.tolist() == CODES
    # Insee, Populations légales 2020: France without Mayotte; Populations légales de Mayotte en 2017.
    assert population.drop("976").sum() == 67_162_154
    assert population["976"] == 256_518
    # Insee, Populations légales 2020, chiffres des départements.
    assert population[["75", "59", "48", "973"]].tolist() == [2_145_906, 2_607_746, 76_633, 285_133]


def test_small_communes_are_those_strictly_below_the_threshold(tmp_path):
    folder = tmp_path / "data" / "raw" / "territories"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "data" / "raw" / "territories" / "departements.csv", folder)
    head = "code,name,departement,region,epci,population,zone\n"
    sizes = {"01001": 499, "01002": 500, "01003": 1999, "01004": 9000, "02001": 100}
    lines = [f"{code},X,{code[:2]},84,,{size},metro\n" for code, size in sizes.items()]
    (folder / "communes.csv").write_text(
        head + "".join(lines) + "98411,Y,,,,,com\n", encoding="utf-8"
    )
    share = territory.small_communes_share((500, 2000), codes=["01"], root=tmp_path)
    assert share["communes"].tolist() == [1, 3]
    assert share["population"].tolist() == [499, 2998]
    assert share["communes_share"].tolist() == [1 / 4, 3 / 4]
    assert share["population_share"].tolist() == pytest.approx([499 / 11998, 2998 / 11998])
    assert territory.small_communes_share((500,), root=tmp_path)["communes_share"].tolist() == [
        2 / 5
    ]
    found = territory.perimeter(["01", "01"], thresholds=(500, 2000), root=tmp_path)
    assert found == territory.Perimeter(("01",), 4, 11998, {500: 1, 2000: 3})


def test_more_than_half_of_the_communes_have_fewer_than_500_inhabitants():
    share = territory.small_communes_share(root=ROOT)
    assert share.index.tolist() == [500, 2000, 3500]
    assert share["communes"].tolist() == [18359, 29504, 31762]
    assert share.loc[500, "communes_share"] == pytest.approx(18359 / 34945)
    assert share.loc[500, "population_share"] < 0.07


def test_perimeters_that_split_france_add_up_to_it():
    first, second = (
        territory.perimeter(CODES[:40], root=ROOT),
        territory.perimeter(CODES[40:], root=ROOT),
    )
    whole = territory.perimeter(CODES, root=ROOT)
    assert first.communes + second.communes == whole.communes == 34945
    assert first.population + second.population == whole.population == 67_162_154 + 256_518
    assert whole.small_communes[500] == 18359
    assert territory.perimeter([], root=ROOT) == territory.Perimeter(
        (), 0, 0, {500: 0, 2000: 0, 3500: 0}
    )


@pytest.mark.parametrize("codes", [["1"], ["20"], ["75", "national"], ["977"], "75", [75]])
def test_codes_that_are_no_departement_are_refused(codes):
    with pytest.raises(ValueError, match="codes"):
        territory.perimeter(codes, root=ROOT)


@pytest.mark.parametrize("thresholds", [(), (0, 500), (2000, 500), (500, 500)])
def test_thresholds_out_of_order_are_refused(thresholds):
    with pytest.raises(ValueError, match="thresholds"):
        territory.small_communes_share(thresholds, root=ROOT)


def test_a_share_of_no_departement_is_refused():
    with pytest.raises(ValueError, match="no département"):
        territory.small_communes_share(codes=[], root=ROOT)


# --- borders -----------------------------------------------------------------------------------------------------

# By the official limits of the départements; estuaries are borders, meeting points are not.
NEIGHBOURS = {
    "01": "38 39 69 71 73 74",
    "02": "08 51 59 60 77 80",
    "06": "04 83",
    "07": "26 30 38 42 43 48 84",
    "13": "30 83 84",
    "22": "29 35 56",
    "26": "04 05 07 38 84",
    "29": "22 56",
    "2A": "2B",
    "2B": "2A",
    "30": "07 12 13 34 48 84",
    "33": "17 24 40 47",
    "35": "22 44 49 50 53 56",
    "38": "01 05 07 26 42 69 73",
    "44": "35 49 56 85",
    "48": "07 12 15 30 43",
    "49": "35 37 44 53 72 79 85 86",
    "57": "54 67",
    "59": "02 62 80",
    "62": "59 80",
    "64": "32 40 65",
    "65": "31 32 64",
    "66": "09 11",
    "67": "54 57 68 88",
    "74": "01 73",
    "75": "92 93 94",
    "77": "02 10 45 51 60 89 91 93 94 95",
    "78": "27 28 91 92 95",
    "84": "04 07 13 26 30 83",
    "88": "52 54 55 67 68 70 90",
    "90": "25 68 70 88",
    "92": "75 78 91 93 94 95",
    "93": "75 77 92 94 95",
    "94": "75 77 91 92 93",
    "971": "",
    "972": "",
    "973": "",
    "974": "",
    "976": "",
}


@pytest.mark.parametrize("code", NEIGHBOURS)
def test_neighbours_are_those_of_the_official_limits(code):
    assert " ".join(NEAR[code]) == NEIGHBOURS[code]


def test_adjacency_is_symmetric_without_loops_and_has_239_borders():
    assert list(NEAR) == CODES
    assert all(code in NEAR[other] for code in CODES for other in NEAR[code])
    assert all(code not in NEAR[code] for code in CODES)
    assert sum(map(len, NEAR.values())) == 2 * 239


def test_metropolitan_france_is_the_mainland_and_corsica():
    def reached(start):
        found, todo = set(), [start]
        while todo:
            code = todo.pop()
            if code not in found:
                found.add(code)
                todo += NEAR[code]
        return found

    assert len(reached("75")) == 94
    assert reached("2A") == {"2A", "2B"}
    assert max(CODES, key=lambda code: len(NEAR[code])) == "77"


def test_departements_that_meet_in_one_point_are_not_neighbours():
    # Alpes-de-Haute-Provence and Bouches-du-Rhône meet where the Verdon joins the Durance.
    assert "13" not in NEAR["04"]


def test_every_departement_has_an_outline_with_its_official_name():
    shapes = territory.outlines(ROOT)
    names = territory.departements(ROOT).set_index("code")["name"].to_dict()
    assert {code: shape.name for code, shape in shapes.items()} == names
    assert all(
        np.array_equal(ring[0], ring[-1]) for shape in shapes.values() for ring in shape.rings
    )


# --- classes -----------------------------------------------------------------------------------------------------


def texts(groups):
    return [group.text for group in groups]


def test_few_values_get_a_class_each():
    values = {"01": 0, "02": 2, "03": 1, "04": 0}
    groups = classify(values, classes=5, breaks=None, write=str)
    assert [(g.text, g.codes) for g in groups] == [
        ("0", ("01", "04")),
        ("1", ("03",)),
        ("2", ("02",)),
    ]


def test_limits_belong_to_the_class_above_and_empty_classes_stay_in_the_legend():
    values = {"01": 0.1, "02": 0.25, "03": 0.9}
    groups = classify(values, classes=5, breaks=[0.25, 0.5, 0.75], write=lambda v: f"{v:.2f}")
    assert texts(groups) == [
        "moins de 0.25",
        "de 0.25 à moins de 0.50",
        "de 0.50 à moins de 0.75",
        "0.75 et plus",
    ]
    assert [g.codes for g in groups] == [("01",), ("02",), (), ("03",)]


@pytest.mark.parametrize(
    ("numbers", "breaks", "wanted"),
    [
        ([0, 1, 4, 5], [1, 2, 3, 5], ["aucun", "1", "2", "de 3 à 4", "5 et plus"]),
        ([0, 7], [5, 6], ["moins de 5", "5", "6 et plus"]),
        ([-1, 2], [1, 2], ["moins de 1", "1", "2 et plus"]),
        ([0.5, 2], [1, 2], ["moins de 1", "de 1 à moins de 2", "2 et plus"]),
    ],
)
def test_limits_of_whole_numbers_name_the_numbers_themselves(numbers, breaks, wanted):
    values = dict(zip(CODES, numbers, strict=False))
    assert texts(classify(values, classes=5, breaks=breaks, write=lambda v: f"{v:g}")) == wanted


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=101),
    st.integers(2, 5),
    st.integers(0, 2),
)
def test_classes_part_all_values_once_in_order_and_share_no_bound(numbers, classes, digits):
    def write(value):
        return f"{value + 0.0:.{digits}f}"

    values = dict(zip(CODES, numbers, strict=False))
    groups = classify(values, classes=classes, breaks=None, write=write)
    assert 1 <= len(groups) <= classes
    assert sorted(code for g in groups for code in g.codes) == sorted(values)
    assert all(g.codes for g in groups)
    sides = [[values[c] for c in g.codes] for g in groups]
    for below, above in pairwise(sides):
        assert max(below) < min(above)
        assert write(max(below)) != write(min(above))


# --- maps --------------------------------------------------------------------------------------------------------


def svg(figure):
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "opsn"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().decode("utf-8")


def said(text):
    return re.findall(r"<text[^>]*>([^<]*)</text>", text)


@pytest.fixture(scope="module")
def shares():
    values = pd.Series(np.random.default_rng(11).beta(2, 3, len(CODES)), index=CODES)
    values[["48", "973", "75"]] = np.nan
    return values


@pytest.fixture(scope="module")
def drawn(shares):
    return svg(territory.choropleth(shares, label="Part de la population couverte", root=ROOT))


def test_the_map_names_the_overseas_departements_and_explains_every_class(drawn):
    words = said(drawn)
    assert {
        "Guadeloupe",
        "Martinique",
        "Guyane",
        "La Réunion",
        "Mayotte",
        "Paris et",
        "petite couronne",
    } <= set(words)
    assert "Part de la population couverte" in words
    assert "aucune donnée (3 départements)" in words
    ranges = [w for w in words if w.startswith("de ")]
    assert len(ranges) == 5
    assert all(
        re.fullmatch(r"de \d+,\d\u00a0% à \d+,\d\u00a0% \(\d+ départements\)", w) for w in ranges
    )
    assert sum(int(w.split("(")[1].split()[0]) for w in ranges) == 98


def test_the_map_is_light(drawn):
    assert len(drawn.encode("utf-8")) < 150_000


def test_the_same_values_give_the_same_bytes_in_any_order(shares, drawn):
    again = territory.choropleth(
        shares.iloc[::-1], label="Part de la population couverte", root=ROOT
    )
    assert svg(again) == drawn
    assert svg(again) == drawn


def test_drawing_twice_under_the_constrained_layout_of_the_reports_warns_of_nothing(shares, drawn):
    with mpl.rc_context({"figure.constrained_layout.use": True}):
        figure = territory.choropleth(shares, label="Part de la population couverte", root=ROOT)
        assert svg(figure) == svg(figure)


def looks(figure):
    """Fill, hatch and number of the legend's lines."""
    (legend,) = figure.legends
    return [
        (mpl.colors.to_hex(p.get_facecolor()), p.get_hatch() or "") for p in legend.get_patches()
    ]


@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_classes_darken_step_by_step_and_each_has_a_cue_besides_its_colour(shares, classes):
    found = looks(territory.choropleth(shares, label="x", classes=classes, root=ROOT))
    *fills, missing = found
    assert missing == ("#ffffff", "----")
    red, green, blue = np.array([mpl.colors.to_rgb(colour) for colour, _ in fills]).T
    lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert np.all(np.diff(lightness) < -0.08)
    # Only the palest and the darkest, which nobody confuses, are plain.
    hatches = [hatch for _, hatch in fills]
    assert hatches[0] == hatches[-1] == ""
    assert len(set(hatches[1:-1]) - {""}) == classes - 2


def test_without_missing_values_the_legend_does_not_speak_of_them():
    figure = territory.choropleth(dict.fromkeys(CODES, 2), label="x", style="count", root=ROOT)
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["2 (101 départements)"]


def test_long_legend_lines_stand_in_one_column_inside_the_figure(shares):
    figure = territory.choropleth(
        shares,
        label="Part " * 30,
        missing="aucun opérateur documenté dans ce département à ce jour",
        root=ROOT,
    )
    svg(figure)
    box = figure.legends[0].get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.width
    assert box.y1 <= figure.axes[0].bbox.y0 + 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"99": 1.0}, "'99' is not a département"),
        ({1: 1.0}, "1 is not a département"),
        ({"01": float("inf")}, "infinite"),
        ({"01": "many"}, "not a number"),
        ({"01": None, "02": float("nan")}, "every value is missing"),
        ({}, "every value is missing"),
        (pd.Series([1.0, 2.0], index=["01", "01"]), "01 stands twice"),
    ],
)
def test_values_that_cannot_be_mapped_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        territory.choropleth(values, label="x", root=ROOT)


@pytest.mark.parametrize(
    "options",
    [
        {"classes": 1},
        {"classes": 6},
        {"breaks": []},
        {"breaks": [0.5, 0.2]},
        {"breaks": [1, 2, 3, 4, 5]},
    ],
)
def test_classes_that_no_legend_can_show_are_refused(options):
    with pytest.raises(ValueError, match=r"breaks|classes"):
        territory.choropleth({"01": 1.0}, label="x", root=ROOT, **options)


def test_the_locator_map_is_light_and_names_the_overseas_departements_that_it_shows():
    text = svg(territory.locator_map(["29", "971"], root=ROOT))
    assert said(text) == ["Guadeloupe"]
    assert len(text.encode("utf-8")) < 100_000


def test_a_tiny_perimeter_is_ringed_on_the_locator_map_and_a_large_one_is_not():
    def rings(codes):
        (axes,) = territory.locator_map(codes, root=ROOT).axes
        return [p for p in axes.patches if isinstance(p, mpl.patches.Circle)]

    assert len(rings(["75"])) == 1
    assert rings(["22", "29"]) == rings(["974"]) == []


@pytest.mark.parametrize("codes", [[], ["20"], "75"])
def test_a_locator_map_of_no_known_departement_is_refused(codes):
    with pytest.raises(ValueError, match="codes"):
        territory.locator_map(codes, root=ROOT)


def test_neighbours_are_read_off_shared_edges_not_shared_points(tmp_path):
    folder = tmp_path / "data" / "raw" / "territories"
    folder.mkdir(parents=True)

    def square(code, x, y):
        ring = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]
        about = {"code": code, "name": code, "frame": None}
        return {
            "type": "Feature",
            "properties": about,
            "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
        }

    features = [square("A", 0, 0), square("B", 1, 0), square("C", 1, 1)]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "departement_outlines.geojson").write_text(text, encoding="utf-8")
    assert territory.adjacency(tmp_path) == {"A": ("B",), "B": ("A", "C"), "C": ("B",)}
