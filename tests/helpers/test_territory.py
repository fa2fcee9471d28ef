import json

import networkx as nx
import numpy as np
import pytest

from claimbook.errors import DataError, UserError
from helpers import territory
from helpers.paths import project_root
from tests.loading import cases

ROOT = project_root()
CODES = territory.departements()["code"].tolist()
NEAR = territory.adjacency()
COMMUNES = territory.communes()


def test_root_is_that_of_the_variable_else_above_the_folder_else_of_the_package(
    monkeypatch, tmp_path
):
    monkeypatch.delenv("OPSN_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert project_root() == ROOT
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "datapackage.json").write_text("{}", encoding="utf-8")
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert project_root() == tmp_path
    monkeypatch.setenv("OPSN_ROOT", str(ROOT))
    assert project_root() == ROOT
    monkeypatch.setenv("OPSN_ROOT", str(tmp_path / "deep"))
    with pytest.raises(UserError, match="OPSN_ROOT"):
        project_root()


def test_loaders_keep_codes_as_text_and_populations_as_numbers():
    departements, regions = territory.departements(), territory.regions()
    assert [len(t) for t in (departements, regions, COMMUNES)] == [101, 18, 35039]
    assert departements["code"].tolist()[:2] == ["01", "02"]
    assert set(departements["region"]) == set(regions["code"])
    assert COMMUNES["population"].dtype == "Int64" and COMMUNES["population"].isna().sum() == 6
    assert COMMUNES.loc[COMMUNES["code"] == "2A004", "name"].tolist() == ["Ajaccio"]


def test_populations_add_up_to_the_official_total_of_2020_and_mayotte_2017():
    population = territory.weights()["population"]
    assert population.index.tolist() == CODES
    # Insee, Populations légales 2020: France without Mayotte; Populations légales de Mayotte 2017.
    assert population.drop("976").sum() == 67_162_154
    assert population["976"] == 256_518
    # Insee, Populations légales 2020, chiffres des départements.
    assert population[["75", "59", "48", "973"]].tolist() == [2_145_906, 2_607_746, 76_633, 285_133]


def test_neighbours_are_those_of_the_official_limits():
    for line in cases(__file__)["neighbours"].split("|"):
        code, *near = line.split()
        assert NEAR[code] == tuple(near), code


def test_the_graph_of_neighbours_is_that_of_france():
    graph = nx.Graph([(code, other) for code, near in NEAR.items() for other in near])
    assert list(NEAR) == CODES
    assert graph.number_of_edges() == 239 == sum(map(len, NEAR.values())) / 2
    assert nx.number_of_selfloops(graph) == 0
    mainland, corsica = sorted(nx.connected_components(graph), key=len, reverse=True)
    assert (len(mainland), corsica) == (94, {"2A", "2B"})
    assert max(CODES, key=lambda code: len(NEAR[code])) == "77"


def test_every_departement_has_closed_outlines_with_its_official_name():
    shapes = territory.outlines()
    names = territory.departements().set_index("code")["name"].to_dict()
    assert {code: shape.name for code, shape in shapes.items()} == names
    for ring in (ring for shape in shapes.values() for ring in shape.rings):
        assert np.array_equal(ring[0], ring[-1])


def test_neighbours_are_read_off_shared_edges_not_shared_points(tmp_path):
    def square(code, x, y):
        ring = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]
        about = {"code": code, "name": code, "frame": None}
        return {"properties": about, "geometry": {"coordinates": [[ring]]}}

    features = [square("A", 0, 0), square("B", 1, 0), square("C", 1, 1)]
    folder = tmp_path / "data" / "raw" / "territories"
    folder.mkdir(parents=True)
    file = folder / "departement_outlines.geojson"
    file.write_text(json.dumps({"features": features}), encoding="utf-8")
    assert territory.adjacency(tmp_path) == {"A": ("B",), "B": ("A", "C"), "C": ("B",)}
    with pytest.raises(DataError, match=r"data/raw/territories/communes\.csv.*missing"):
        territory.communes(tmp_path)


def test_what_a_departement_weighs_is_counted_from_its_communes():
    weights = territory.weights(2000)
    assert weights.index.tolist() == CODES
    lot = COMMUNES[COMMUNES["departement"] == "46"]
    assert weights.loc["46", "communes"] == len(lot)
    assert weights.loc["46", "small"] == sum(size < 2000 for size in lot["population"])
    assert weights.loc["75"].tolist() == [2_145_906, 1, 0]
