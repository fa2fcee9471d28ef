"""Profiles under other choices of evidence."""

import numpy as np
import pandas as pd
import pytest

from helpers import variants
from helpers.profiles import build_profiles
from tests.helpers.tables import tables

TABLES = tables("variants")
STATEMENTS, PAGES = TABLES["statements"], TABLES["pages"]
PROFILES = build_profiles(TABLES["operators"], TABLES["services"], TABLES["states"])
OPTIONS = {"least_pages": 1, "since": 2018, "roll_out": "fibre", "fewest": 1}
EVERY = variants.evidence_variants(PROFILES, STATEMENTS, PAGES, everyone=PROFILES, **OPTIONS)
FOUND = {variant.name: variant.profiles for variant in EVERY}


def test_each_reading_counts_its_own_pages():
    assert FOUND["reading_a"].visits.to_dict() == {"a": 2, "b": 1}
    assert FOUND["reading_a"].mentions.loc["a"].tolist() == [2, 0, 0]
    assert FOUND["reading_a"].state.loc["a", "dpo_rgpd"] == "unseen"
    # Reading B recorded the page that shows no service, and read nothing of b.
    assert FOUND["reading_b"].visits.to_dict() == {"a": 2}
    assert FOUND["reading_b"].mentions.loc["a"].tolist() == [1, 1, 0]


def test_weak_rows_old_pages_and_one_service_are_left_out():
    assert FOUND["firm"].mentions.loc["a"].tolist() == [1, 1, 0]
    assert FOUND["recent"].operators == ["a"]
    assert FOUND["recent"].visits.to_dict() == {"a": 2}
    assert FOUND["recent"].offered.loc["a"].tolist() == [True, False, False]
    assert FOUND["no_roll_out"].services == ["sig", "dpo_rgpd"]
    assert FOUND["main"].mentions.equals(PROFILES.mentions)
    assert FOUND["firm"].state.loc["b", "sig"] == "planned"


def test_rows_that_nobody_confirmed_are_dropped_at_the_rate_of_the_second_reader():
    second = TABLES["second"]
    assert variants.doubtful_share(second) == (1, 3)
    # The doubtful row of b stands on sixty pages, of which each draw keeps its own.
    many = [STATEMENTS.query("operator == 'b'").assign(page=f"p{n}") for n in range(60)]
    draws = variants.drop_doubtful(
        PROFILES,
        pd.concat([STATEMENTS.query("operator == 'a'"), *many]),
        PAGES,
        second,
        n_draws=10,
        rng=np.random.default_rng(0),
    )
    mentions = np.array([one.mentions.to_numpy() for one in draws])
    assert mentions[:, 0, 0].min() == 1, "the confirmed row stays"
    assert mentions[:, 1, 2].mean() / 60 == pytest.approx(2 / 3, abs=0.06)
    assert all(one.visits.equals(PROFILES.visits) for one in draws)


def test_shares_have_their_range_over_variants_and_draws():
    main = variants.Variant("main", PROFILES)
    others = [variants.Variant(name, FOUND[name]) for name in ("reading_b", "no_roll_out")]
    out = variants.coverage_ranges([main, *others], [FOUND["firm"], FOUND["reading_a"]])
    assert out.index.tolist() == list(PROFILES.services)
    # Reading B read one operator alone; reading A does not show his data protection officer.
    assert out.loc["dpo_rgpd"].tolist() == [0.5, 0, 1]
    assert out.loc["fibre"].tolist() == [0.5, 0, 0.5]
    mean = variants.mean_services([main, variants.Variant("reading_a", FOUND["reading_a"])])
    assert mean.to_dict() == {"main": 1.5, "reading_a": 1.0}


def test_conclusions_are_asked_of_each_variant_and_draw():
    forms = pd.Series({"a": "centre_de_gestion", "b": "gip"})
    held = variants.statements_hold(PROFILES, forms, "sig")
    assert held == {"no_majority": False, "first_service": True, "dpo_centres": True}
    tried = [variants.Variant("main", PROFILES), variants.Variant("a", FOUND["reading_a"])]
    draws = [PROFILES, FOUND["reading_a"]]
    table = variants.conclusions(tried, draws, forms, "sig")
    assert table.loc["dpo_centres"].tolist() == [1, 2, ["a"], 0.5]
    assert "dpo_centres" not in variants.statements_hold(PROFILES.of(["b"]), forms, "sig")


def test_pages_that_show_one_service_are_counted_by_operator():
    assert variants.one_service_share(PROFILES, STATEMENTS) == pytest.approx(2 / 3)
