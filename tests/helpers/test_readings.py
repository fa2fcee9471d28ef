"""Readings: what each shows, what all missed, and what the register shows beside them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import readings, register
from helpers.paths import project_root

RAW = project_root() / "data" / "raw" / "public-2026"


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(RAW / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def base():
    """Return operators of both readings, families and pairs, straight from the raw tables."""
    # As they were counted by hand: rows that came later are left out.
    first = table("service_evidence").query("evidence_id <= 'E2143'")
    fixed = table("protocol_evidence").query("evidence_id <= 'P0824'")
    fixed = fixed.assign(reading=fixed["protocol"].map({"P1": "B", "P2": "C"}))
    statements = pd.concat([first.assign(reading="A"), fixed])
    statements = statements.rename(columns={"opsn_name": "operator"})
    looks = table("protocol_looks")
    operators = sorted(set(looks.loc[looks["protocol"] == "P1", "opsn_name"]))
    services = table("services")
    families = dict(zip(services["service_code"], services["family_code"], strict=True))
    return operators, families, readings.shown_pairs(statements, operators), statements, looks


def test_counts_and_estimate_are_those_of_an_independent_recount(base):
    operators, families, pairs, *_ = base
    out = readings.completeness(
        pairs, operators, families, rng=np.random.default_rng(1), n_resamples=300
    )
    whole = out.loc["all"]
    assert (whole["n_a"], whole["n_b"], whole["n_both"], whole["k"]) == (382, 321, 252, 451)
    # Chapman 1951, by hand.
    estimate = 383 * 322 / 253 - 1
    assert whole["n"] == round(estimate)
    assert whole["value"] == pytest.approx(451 / estimate)
    assert whole["low"] < whole["value"] < whole["high"]
    assert whole["overlap"] == pytest.approx(252 / 451)
    by_family = out.drop("all")
    assert by_family["k"].sum() == 451
    assert (by_family["n"] >= by_family["k"]).all() and (by_family["value"] <= 1).all()


def test_one_reading_is_a_table_of_every_operator_and_service(base):
    operators, families, pairs, _, looks = base
    found = readings.shown_by(pairs, "B", operators, list(families))
    assert found.shape == (len(operators), len(families))
    assert found.to_numpy().sum() == pairs["B"].sum() == 321
    logged = looks.assign(reading=looks["protocol"].map({"P1": "B", "P2": "C"}))
    logged = logged.rename(columns={"opsn_name": "operator"})
    assert readings.asked_operators(logged, [*operators, "nobody"]) == operators


def test_the_third_reading_knew_ninety_four_per_cent(base):
    _, families, pairs, *_ = base
    out = readings.third_reading(pairs, families)
    assert (out.loc["all", "k"], out.loc["all", "n"]) == (61, 65)
    assert (out.loc["securite", "k"], out.loc["securite", "n"]) == (13, 14)
    assert (out.loc["dematerialisation", "k"], out.loc["dematerialisation", "n"]) == (6, 8)
    # As in test_headlines, by R.
    assert tuple(out.loc["all", ["low", "high"]]) == pytest.approx((0.8521785, 0.9758110))


def test_the_register_shows_what_the_pages_do_not(base):
    _, _, pairs, *_ = base
    out = readings.visibility(list(table("dpo_operators")["opsn_name"]), pairs, "dpo_rgpd")
    assert (readings.visibility(["a"], pairs, "never seen")["k"] == 0).all()
    assert out["k"].to_dict() == {"A": 7, "B": 4, "either": 7} and (out["n"] == 26).all()
    numbers = ["communes", "communes_with_dpo"]
    frame = table("dpo_departements").astype(dict.fromkeys(numbers, int))
    assert register.communes_with_delegate(frame) == pytest.approx(0.535, abs=0.0005)
    out = register.by_main_delegate(frame)
    assert out["n_departements"].to_dict() == {"opsn": 35, "cdg": 35, "other": 31}


def test_every_query_was_asked_once_of_every_operator(base):
    operators, _, pairs, statements, looks = base
    looks = looks.rename(columns={"opsn_name": "operator"}).astype(
        {"n_about_operator": int, "n_with_service": int}
    )
    fixed = statements[statements["reading"] != "A"].rename(columns={"first_query": "query"})
    out = readings.query_yield(looks, fixed, pairs)
    assert (out.loc["all"] == out.drop(index="all").sum()).all()
    assert (out.loc["Q1":"Q6", "n_looks"] == len(operators)).all()
    assert (out["n_new"] <= out["n_pairs"]).all()
    # Every pair of reading B counts for one query, the first that showed it.
    fixed_queries = out.loc["Q1":"Q6"]
    assert fixed_queries["n_pairs"].sum() == pairs["B"].sum()
    assert fixed_queries["n_new"].sum() == (pairs["B"] & ~pairs["A"]).sum()
    assert (out["n_with_service"] <= out["n_pages"]).all()


def test_without_a_second_reading_nothing_is_said_of_what_was_missed(base):
    operators, families, _, statements, looks = base
    first = statements[statements["reading"] == "A"].assign(query="")
    none = readings.shown_pairs(first, [])
    out = readings.completeness(none, [], families, rng=np.random.default_rng(1), n_resamples=9)
    assert (out[["n_a", "n_b", "n_both", "k", "n"]] == 0).all(axis=None)
    assert out[["value", "low", "high", "overlap"]].isna().all(axis=None)
    assert readings.third_reading(none, families)["value"].isna().all()
    looks = looks.iloc[:0].rename(columns={"opsn_name": "operator"})
    looks = looks.astype({"n_about_operator": int, "n_with_service": int})
    assert readings.query_yield(looks, first, none).loc["all"].tolist() == [0] * 6
    alone = readings.each_alone(readings.shown_pairs(first, operators), operators, list(families))
    assert list(alone) == ["A"]


@given(st.integers(0, 400), st.integers(0, 400), st.data())
def test_the_estimate_is_never_below_what_was_seen(first, second, data):
    both = data.draw(st.integers(0, min(first, second)))
    assert readings.chapman(first, second, both) >= first + second - both - 1e-9
