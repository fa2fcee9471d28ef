"""Headline numbers, computed again from the raw tables by other means than the project's code.

Constants come from R 4.2; the command stands beside each.
"""

import csv
import itertools

import networkx as nx
import numpy as np
import pytest
from scipy.stats import binomtest

from helpers.paths import project_root

RAW = project_root() / "data" / "raw" / "public-2026"


def rows(name: str) -> list[dict]:
    with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def value(public):
    """Return a function that gives the value of a hole of a notebook of the built collection."""

    def of(notebook: str, expression: str, written: str | None = None):
        found = [
            claim["value"]
            for claim in public.claims[notebook]
            if claim["expression"] == expression and written in (None, claim["filter"])
        ]
        assert found, f"{notebook} states no {{{{ {expression} }}}}"
        return found[0]

    return of


def operators(public, *strata: str) -> list[str]:
    """Return the operators of some strata, from the tidy table alone."""
    table = public.load("operators")
    return table.loc[table["stratum"].isin(strata), "operator"].tolist()


@pytest.fixture(scope="module")
def readings():
    """Return the pairs of operator and service that readings A, B and C show offered."""
    refuted = {row["evidence_id"] for row in rows("refuted_rows")}
    found = {"A": set(), "B": set(), "C": set()}
    for row in rows("service_evidence"):
        if row["status"] == "offered" and row["evidence_id"] not in refuted:
            found["A"].add((row["opsn_name"], row["service_code"]))
    for row in rows("protocol_evidence"):
        if row["status"] == "offered":
            reading = {"P1": "B", "P2": "C"}[row["protocol"]]
            found[reading].add((row["opsn_name"], row["service_code"]))
    return found


def test_what_two_readings_missed(value, readings, public):
    population = set(operators(public, "main"))
    asked = {r["opsn_name"] for r in rows("protocol_looks") if r["protocol"] == "P1"} & population
    a, b, c = ({pair for pair in readings[name] if pair[0] in asked} for name in "ABC")
    # R: chapman <- function(a, b, m) (a + 1) * (b + 1) / (m + 1) - 1; chapman(380, 321, 252)
    # [1] 483.9091
    assert (len(a), len(b), len(a & b)) == (380, 321, 252)
    estimate = (len(a) + 1) * (len(b) + 1) / (len(a & b) + 1) - 1
    assert estimate == pytest.approx(483.9091, abs=1e-4)
    assert value("03_service_map", "seen_share.k") == len(a | b)
    assert value("03_service_map", "seen_share.n") == round(estimate)
    share = value("03_service_map", "seen_share", "percent")
    assert share == pytest.approx(len(a | b) / estimate, abs=1e-6)
    assert len(c & (a | b)) == value("03_service_map", "test.k")
    assert len(c) == value("03_service_map", "test.n", "count")


def test_the_interval_of_the_third_reading(value):
    # R: prop.test(61, 65, correct = FALSE)$conf.int
    # [1] 0.8521785 0.9758110
    low, high = value("03_service_map", "test", "interval")
    assert (low, high) == pytest.approx((0.8521785, 0.9758110), abs=1e-6)
    known = binomtest(61, 65).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((known.low, known.high), abs=1e-9)


def test_the_share_of_security(value, readings, public):
    population = set(operators(public, "main"))
    security = {r["service_code"] for r in rows("services") if r["family_code"] == "securite"}
    shown = {pair for pair in readings["A"] | readings["B"] if pair[1] in security}
    ended = {
        (row["opsn_name"], row["service_code"])
        for name in ("service_evidence", "protocol_evidence")
        for row in rows(name)
        if row["status"] in ("discontinued", "not_offered")
    }
    never_ended = {operator for operator, service in shown - ended} & population
    at_most = {operator for operator, _ in shown} & population
    share = value("03_service_map", "security", "percent") * len(population)
    assert len(never_ended) <= round(share) <= len(at_most)
    # R: prop.test(35, 86, correct = FALSE)$conf.int
    # [1] 0.3092912 0.5126173
    low, high = value("08_pathways", "security", "with_interval")[1:]
    assert (low, high) == pytest.approx((0.3092912, 0.5126173), abs=1e-6)


def test_the_register(value):
    table = rows("dpo_departements")
    equipped = sum(int(row["communes_with_dpo"]) for row in table)
    communes = sum(int(row["communes"]) for row in table)
    assert communes == 34875
    assert value("06_uneven_mutualisation", "now", "percent") == pytest.approx(equipped / communes)
    kinds = [row["structure_kind"] for row in table]
    assert [kinds.count(kind) for kind in ("opsn", "cdg", "other")] == [35, 35, 31]
    assert value("00_synthesis", "providers.opsn", "count") == 35


def test_the_inequality_of_services_seen(value, public):
    states = public.load("states")
    offered = states.loc[states["state"] == "offered", "operator"].tolist()
    counts = np.array([offered.count(name) for name in operators(public, "main")])
    # Half the mean absolute difference over the mean, pair by pair.
    gaps = [abs(int(a) - int(b)) for a, b in itertools.product(counts, counts)]
    gini = np.mean(gaps) / (2 * counts.mean())
    assert value("06_uneven_mutualisation", 'ginis["seen"]') == pytest.approx(gini, abs=1e-9)


def test_the_parts_of_the_network(value, public):
    bodies = {*operators(public, "main", "roll_out", "purchasing")}
    graph = nx.Graph()
    for row in rows("cooperation"):
        ends = {row["source_name"], row["target_name"]}
        direct = row["kind"] in ("alliance", "shared_platform", "provides_to")
        if direct and row["status"] in ("active", "unknown") and ends <= bodies:
            graph.add_edge(*ends)
    assert value("07_complementarity", "n_links") == graph.number_of_edges()
    assert value("07_complementarity", "n_parts") == nx.number_connected_components(graph)
