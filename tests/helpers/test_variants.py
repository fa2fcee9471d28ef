"""Profiles under other choices of evidence."""

import numpy as np
import pandas as pd
import pytest

from helpers import variants
from helpers.profiles import build_profiles

SERVICES = pd.DataFrame({"service_code": ["sig", "dpo_rgpd", "fibre"]})
COLUMNS = ["evidence_id", "operator", "service_code", "status", "page", "year", "weak", "reading"]
STATEMENTS = pd.DataFrame(
    [
        ("E1", "a", "sig", "offered", "p1", 2020, False, "A"),
        ("E2", "a", "sig", "offered", "p2", 2015, True, "A|B"),
        ("E3", "a", "dpo_rgpd", "offered", "p2", 2015, False, "B"),
        ("E4", "b", "fibre", "offered", "p3", pd.NA, False, "A"),
        ("E5", "b", "sig", "planned", "p3", pd.NA, False, "A"),
    ],
    columns=COLUMNS,
).astype({"year": "Int64"})
PAGES = pd.DataFrame(
    [("a", "p1", 2020, 1), ("a", "p2", 2015, 2), ("a", "p0", 2021, 0), ("b", "p3", pd.NA, 2)],
    columns=["operator", "page", "year", "n_statements"],
).astype({"year": "Int64"})


@pytest.fixture
def profiles():
    rows = [("a", "sig", "offered", 2), ("a", "dpo_rgpd", "offered", 1)]
    rows += [("b", "fibre", "offered", 1), ("b", "sig", "planned", 0)]
    states = pd.DataFrame(rows, columns=["operator", "service_code", "state", "n_pages"])
    operators = pd.DataFrame({"operator": ["a", "b"], "n_pages": [3, 1]})
    return build_profiles(operators, SERVICES, states)


@pytest.fixture
def found(profiles):
    options = {"least_pages": 1, "since": 2018, "roll_out": "fibre", "fewest": 1}
    every = variants.evidence_variants(profiles, STATEMENTS, PAGES, everyone=profiles, **options)
    return {variant.name: variant.profiles for variant in every}


def test_each_reading_counts_its_own_pages(found):
    assert found["reading_a"].visits.to_dict() == {"a": 2, "b": 1}
    assert found["reading_a"].mentions.loc["a"].tolist() == [2, 0, 0]
    assert found["reading_a"].state.loc["a", "dpo_rgpd"] == "unseen"
    # Reading B recorded the page that shows no service, and read nothing of b.
    assert found["reading_b"].visits.to_dict() == {"a": 2}
    assert found["reading_b"].mentions.loc["a"].tolist() == [1, 1, 0]


def test_weak_rows_old_pages_and_one_service_are_left_out(found, profiles):
    assert found["firm"].mentions.loc["a"].tolist() == [1, 1, 0]
    assert found["recent"].operators == ["a"]
    assert found["recent"].visits.to_dict() == {"a": 2}
    assert found["recent"].offered.loc["a"].tolist() == [True, False, False]
    assert found["no_roll_out"].services == ["sig", "dpo_rgpd"]
    assert found["main"].mentions.equals(profiles.mentions)
    assert found["firm"].state.loc["b", "sig"] == "planned"


def test_rows_that_nobody_confirmed_are_dropped_at_the_rate_of_the_second_reader(profiles):
    second = pd.DataFrame(
        {"evidence_id": ["E1", "E9", "E8", "E7"], "supports": ["yes", "partly", "yes", "na"]}
    )
    assert variants.doubtful_share(second) == (1, 3)
    # The doubtful row of b stands on sixty pages, of which each draw keeps its own.
    many = [STATEMENTS.query("operator == 'b'").assign(page=f"p{n}") for n in range(60)]
    draws = variants.drop_doubtful(
        profiles,
        pd.concat([STATEMENTS.query("operator == 'a'"), *many]),
        PAGES,
        second,
        n_draws=10,
        rng=np.random.default_rng(0),
    )
    mentions = np.array([one.mentions.to_numpy() for one in draws])
    assert mentions[:, 0, 0].min() == 1, "the confirmed row stays"
    assert mentions[:, 1, 2].mean() / 60 == pytest.approx(2 / 3, abs=0.06)
    assert all(one.visits.equals(profiles.visits) for one in draws)


def test_shares_have_their_range_over_variants_and_draws(found, profiles):
    main = variants.Variant("main", profiles)
    others = [variants.Variant(name, found[name]) for name in ("reading_b", "no_roll_out")]
    out = variants.coverage_ranges([main, *others], [found["firm"], found["reading_a"]])
    assert out.index.tolist() == list(profiles.services)
    # Reading B read one operator alone; reading A does not show his data protection officer.
    assert out.loc["dpo_rgpd"].tolist() == [0.5, 0, 1]
    assert out.loc["fibre"].tolist() == [0.5, 0, 0.5]
    mean = variants.mean_services([main, variants.Variant("reading_a", found["reading_a"])])
    assert mean.to_dict() == {"main": 1.5, "reading_a": 1.0}


def test_conclusions_are_asked_of_each_variant_and_draw(found, profiles):
    forms = pd.Series({"a": "centre_de_gestion", "b": "gip"})
    held = variants.statements_hold(profiles, forms, "sig")
    assert held == {"no_majority": False, "first_service": True, "dpo_centres": True}
    tried = [variants.Variant("main", profiles), variants.Variant("a", found["reading_a"])]
    draws = [profiles, found["reading_a"]]
    table = variants.conclusions(tried, draws, forms, "sig")
    assert table.loc["dpo_centres"].tolist() == [1, 2, ["a"], 0.5]
    assert "dpo_centres" not in variants.statements_hold(profiles.of(["b"]), forms, "sig")


def test_pages_that_show_one_service_are_counted_by_operator(profiles):
    assert variants.one_service_share(profiles, STATEMENTS) == pytest.approx(2 / 3)
