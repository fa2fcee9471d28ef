import numpy as np
import pandas as pd
import pytest

from benchmarks.simulation import planted_classes
from helpers.profiles import Profiles, build_profiles
from helpers.typology.robustness import (
    METHODS,
    Universe,
    Variant,
    declared_variants,
    evidence_variants,
    leave_one_out,
    more_frequent_inside,
    multiverse,
    recount,
    recoveries,
    together,
    verdicts,
)

SERVICES = ["roll", "sig", "dpo"]
STATEMENTS = pd.DataFrame(
    [
        ("A", "sig", "offered", "site.fr/1", 2020, False),
        ("A", "sig", "offered", "press.fr/1", 2010, True),
        ("A", "dpo", "planned", "site.fr/2", 2021, False),
        ("B", "roll", "offered", "press.fr/2", 2019, False),
        ("B", "sig", "offered", "press.fr/3", None, True),
        ("C", "dpo", "offered", "own.fr/1", 2022, False),
    ],
    columns=["operator", "service_code", "status", "page", "year", "weak"],
).astype({"year": "Int64"})


def small() -> Profiles:
    states = pd.DataFrame(
        [
            ("A", "sig", "offered", 2, 1),
            ("A", "dpo", "planned", 0, 0),
            ("B", "roll", "offered", 1, 1),
            ("B", "sig", "offered", 1, 0),
            ("C", "dpo", "offered", 1, 1),
        ],
        columns=["operator", "service_code", "state", "n_pages", "n_firm_pages"],
    )
    operators = pd.DataFrame({"operator": ["C", "A", "B"], "n_pages": [1, 3, 2]})
    return build_profiles(operators, pd.DataFrame({"service_code": SERVICES}), states)


def planted(n=50, m=10, seed=3) -> Profiles:
    truth = planted_classes(
        n, m, np.random.default_rng(seed), visits=np.full(n, 8), detection=(0.3, 0.6)
    )
    names, services = [f"o{i:02d}" for i in range(n)], [f"s{j}" for j in range(m)]
    mentions = pd.DataFrame(truth.mentions, index=names, columns=services)
    state = mentions.gt(0).replace({True: "offered", False: "unseen"})
    return Profiles(names, services, state, mentions, pd.Series(truth.visits, index=names))


def universe(labels, name="v", k=2):
    profiles = planted(len(labels))
    return Universe(
        Variant("f", name, profiles), "m", k, pd.Series(labels, index=profiles.operators)
    )


def test_a_service_whose_pages_are_all_left_out_becomes_unseen():
    firm = recount(small(), STATEMENTS[~STATEMENTS["weak"]])
    assert firm.state.loc["B", "sig"] == "unseen"
    assert firm.mentions.loc["A", "sig"] == 1
    assert firm.state.loc["A", "dpo"] == "planned"
    assert firm.visits.to_dict() == {"A": 2, "B": 1, "C": 1}


def test_variants_keep_the_evidence_that_their_name_says():
    found = evidence_variants(
        small(),
        STATEMENTS,
        least_pages=1,
        depths=(2,),
        since=2018,
        rollout="roll",
        rollout_only=["B"],
    )
    by_name = {v.name: v.profiles for v in found}
    assert found[0].name == "rule"
    assert by_name["depth=2"].operators == ["A", "B"]
    assert "roll" not in by_name["rollout_service"].services
    assert by_name["rollout_operators"].operators == ["A", "C"]
    assert by_name["firm"].visits["B"] == 1
    assert by_name["since=2018"].mentions.loc["A", "sig"] == 1


def test_only_sources_that_speak_of_several_operators_are_left_out():
    found = leave_one_out(small(), STATEMENTS, least_pages=1, source_operators=2)
    assert [v.name for v in found if v.family == "source"] == ["press.fr"]
    assert found[-1].profiles.operators == ["A", "C"]
    assert sum(v.family == "service" for v in found) == 3


def test_every_method_gives_exactly_the_number_of_groups_in_every_row_order():
    profiles = planted()
    variant = Variant("f", "v", profiles)
    shuffled = profiles.of(list(np.random.default_rng(0).permutation(profiles.operators)))
    runs = [
        multiverse([v], list(METHODS), (2, 3), n_starts=5, deep=4, rng=np.random.default_rng(1))
        for v in (variant, Variant("f", "v", shuffled))
    ]
    for one, other in zip(*runs, strict=True):
        assert one.labels.nunique() <= one.n_clusters
        pd.testing.assert_series_equal(one.labels, other.labels[one.labels.index])


def test_zeros_taken_as_missing_leave_out_operators_without_any_cell():
    profiles = planted()
    profiles.state.iloc[0] = "unseen"
    profiles.mentions.iloc[0] = 0
    variants, rng = [Variant("f", "v", profiles)], np.random.default_rng(1)
    found = multiverse(variants, ["zeros_missing"], (2,), n_starts=3, deep=9, rng=rng)
    assert profiles.operators[0] not in found[0].labels.index


def test_pairs_are_counted_only_where_both_were_read():
    one, two = universe([0, 0, 1, 1, 1, 0]), universe([0, 1, 1, 1, 0, 0])
    two = Universe(two.variant, "m", 2, two.labels.iloc[:3])
    share = together([one, two], one.variant.profiles.operators)
    assert share.iloc[0, 1] == 0.5
    assert share.iloc[1, 2] == 0.5
    assert share.iloc[3, 4] == 1.0
    assert (np.diag(share) == 1).all()


def test_a_group_is_recovered_whatever_its_number():
    names = planted(6).operators
    reference = pd.Series(["a", "a", "a", "b", "b", "b"], index=names)
    table = recoveries([universe([1, 1, 1, 0, 0, 0]), universe([0, 0, 0, 0, 0, 1])], reference)
    assert table.loc[0, ["ari", "a", "b"]].tolist() == [1.0, 1.0, 1.0]
    assert table.loc[1, "a"] == pytest.approx(3 / 5)
    assert table.loc[1, "b"] == pytest.approx(1 / 3)


def test_a_service_is_asked_only_where_the_service_was_kept():
    profiles = planted(6)
    profiles.state.loc[:, "s0"] = ["offered"] * 3 + ["unseen"] * 3
    reference = pd.Series(["a", "a", "a", "b", "b", "b"], index=profiles.operators)
    labels = pd.Series([1, 1, 1, 0, 0, 0], index=profiles.operators)
    kept = Universe(Variant("f", "v", profiles), "m", 2, labels)
    lost = Universe(Variant("f", "w", profiles.without(["s0"])), "m", 2, labels)
    assert more_frequent_inside([kept, lost], reference, "a", "s0") == [True]
    assert more_frequent_inside([kept, lost], reference, "b", "s0") == [False]


def test_the_rule_is_applied_to_each_variant():
    variants = [Variant("f", "v", planted()), Variant("f", "w", planted(40))]
    chains = {"n_chains": 2, "n_draws": 30, "burn_in": 60, "thin": 1}
    table = verdicts(variants, n_null=3, n_resamples=10, rng=np.random.default_rng(1), **chains)
    again = verdicts(variants, n_null=3, n_resamples=10, rng=np.random.default_rng(1), **chains)
    pd.testing.assert_frame_equal(table, again)
    assert table["n_operators"].tolist() == [50, 40]
    assert set(table["verdict"]) <= {"k classes", "no classes", "undecided"}


def answered() -> tuple[Profiles, pd.DataFrame]:
    """Four operators: A offers a service with a partner alone, B plans one, C leaves one out."""
    roll = {
        "A": ("offered", 0),
        "B": ("not_offered", 0),
        "C": ("not_offered", 0),
        "D": ("offered", 1),
    }
    sig = {"A": ("offered", 1), "B": ("planned", 0), "C": ("offered", 1), "D": ("not_offered", 0)}
    dpo = {"A": ("not_offered", 0), "B": ("offered", 1), "D": ("not_offered", 0)}
    rows = [
        (operator, service, state, int(state == "offered"), firm)
        for service, answers in zip(SERVICES, (roll, sig, dpo), strict=True)
        for operator, (state, firm) in answers.items()
    ]
    states = pd.DataFrame(
        rows, columns=["operator", "service_code", "state", "n_pages", "n_firm_pages"]
    )
    operators = pd.DataFrame({"operator": list("ABCD"), "n_pages": 1})
    return build_profiles(operators, pd.DataFrame({"service_code": SERVICES}), states), states


def test_answers_are_kept_in_other_defensible_ways():
    profiles, states = answered()
    whole, without, alone, planned, complete = (
        v.profiles for v in declared_variants(profiles, states, rollout="roll")
    )
    assert whole is profiles
    assert without.services == ["sig", "dpo"]
    assert alone.state.loc["A", "roll"] == "not_offered"
    assert alone.mentions.loc["A"].tolist() == [0, 1, 0]
    assert alone.state.loc["D", "roll"] == "offered"
    assert planned.mentions.loc["B", "sig"] == 1
    assert complete.operators == ["A", "B", "D"]
    assert profiles.state.loc["A", "roll"] == "offered", "the profiles given must stay as they were"
