from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.typology import (
    gibbs_classes,
    name_classes,
    planted_classes,
    value_of_one_more_page,
    what_would_change,
)
from helpers.typology.agreement import compare_partitions
from helpers.typology.placement import place_operators
from helpers.typology.plane import correspondence_plane
from helpers.typology.report_operators import change_table, membership_table, operator_classes
from helpers.typology.report_tables import (
    CHECKS_FR,
    CHECKS_SHORT_FR,
    class_name,
    class_profiles,
    class_summary,
    depth_checks,
    describable,
    external_table,
    missing_conditions,
    quoted,
    short_label,
)

SHORT = {"n_chains": 2, "n_draws": 150, "burn_in": 300, "thin": 3}
N, M = 80, 20
SERVICES = [f"s{j:02d}" for j in range(M)]
OPERATORS = [f"op{i:02d}" for i in range(N)]
LABELS = {s: f"Service {s[1:]} et la suite" for s in SERVICES}


@pytest.fixture(scope="module")
def planted():
    return planted_classes(
        N, M, np.random.default_rng(2), visits=np.full(N, 7), detection=(0.2, 0.5)
    )


@pytest.fixture(scope="module")
def posterior(planted):
    return gibbs_classes(planted.mentions, planted.visits, rng=np.random.default_rng(0), **SHORT)


@pytest.fixture(scope="module")
def named(posterior):
    return name_classes(posterior, SERVICES, OPERATORS)


def frame(values):
    return pd.DataFrame(values, index=pd.Index(OPERATORS, name="operator"), columns=SERVICES)


def test_a_signature_becomes_french_words():
    labels = {
        "sig": "Information géographique",
        "ads": "Autorisations d'urbanisme",
        "dpo": "Délégué et registre",
    }
    assert (
        class_name("+sig -ads", labels)
        == "Information géographique\u202f; peu d’autorisations d'urbanisme"
    )
    assert class_name("+sig +dpo", labels) == "Information géographique et délégué"
    assert class_name("-ads -sig", labels).startswith("Peu de\u00a0: autorisations")
    assert class_name("-dpo", labels) == "Peu de délégué"
    assert class_name("undistinguished", labels) == "Sans service distinctif"
    assert class_name("+sig (Alpha)", labels).endswith("(Alpha)")


def test_a_short_label_keeps_initials_in_capitals():
    assert short_label("Parapheur et signature") == "parapheur"
    assert short_label("SIG et cartes") == "SIG"


def test_names_in_a_list_stand_between_quotation_marks():
    assert quoted(["Cartes"]) == ["«\u00a0cartes\u00a0»"]


def test_every_condition_of_the_rule_has_french_words():
    names = {"convergence", "none", "evidence", "number", "partition", "crossing", "stability"}
    assert set(CHECKS_FR) == set(CHECKS_SHORT_FR) == names
    assert missing_conditions("") == "rien"
    assert missing_conditions("crossing+stability") == "croisement et stabilité"


def test_the_summary_has_one_row_per_class_with_its_interval(named):
    table = class_summary(named, LABELS)
    assert list(table["code"]) == [c.name for c in named]
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()
    assert table["n"].sum() == N


def test_profiles_mark_only_clear_differences(posterior, named, planted):
    table = class_profiles(posterior, named, frame(planted.mentions > 0))
    assert len(table) == len(named) * M
    assert ((table["rate_low"] <= table["rate"]) & (table["rate"] <= table["rate_high"])).all()
    assert (table.loc[table["side"] == 1, "low"] > 0).all()
    assert (table.loc[table["side"] == -1, "high"] < 0).all()
    one = table[table["class_code"] == named[0].name].set_index("service_code")["seen"]
    assert np.allclose(
        one, (planted.mentions > 0)[posterior.partition == named[0].position].mean(axis=0)
    )


def test_a_posterior_of_one_class_is_explored_with_two():
    flat = planted_classes(40, 10, np.random.default_rng(5), shares=(1.0,), visits=np.full(40, 5))
    single = gibbs_classes(flat.mentions, flat.visits, rng=np.random.default_rng(1), **SHORT)
    assert single.n_classes == 1
    explored = describable(
        single, flat.mentions, flat.visits, rng=np.random.default_rng(2), **SHORT
    )
    assert explored.memberships.shape[1] in (1, 2)
    table = class_profiles(
        single,
        name_classes(single, SERVICES[:10], OPERATORS[:40]),
        frame_of(flat.mentions > 0, 40, 10),
    )
    assert (table["side"] == 0).all()


def frame_of(values, n, m):
    return pd.DataFrame(values, index=OPERATORS[:n], columns=SERVICES[:m])


def test_a_posterior_of_several_classes_is_kept(posterior, planted):
    assert (
        describable(posterior, planted.mentions, planted.visits, rng=np.random.default_rng(2))
        is posterior
    )


def test_placing_the_operators_of_the_analysis_gives_back_their_memberships(posterior, planted):
    placed = place_operators(posterior, planted.mentions, planted.visits)
    assert np.allclose(placed.sum(axis=1), 1)
    assert np.abs(placed - posterior.memberships).mean() < 0.03


def test_an_operator_with_one_silent_page_is_placed_less_surely(posterior, planted):
    silent = place_operators(posterior, np.zeros((1, M), int), [1]).max()
    assert silent < place_operators(posterior, planted.mentions, planted.visits).max(axis=1).mean()


def test_silence_says_nothing_where_pages_never_mention_what_is_offered(posterior):
    mute = replace(posterior, detection=np.full_like(posterior.detection, 1e-9))
    placed = place_operators(mute, np.zeros((1, M), int), [5], n_draws=10**6)
    assert np.allclose(placed[0], posterior.shares.mean(axis=0), atol=1e-3)


@pytest.mark.parametrize(
    ("mentions", "visits", "draws", "message"),
    [
        (np.zeros((1, M), int), [0], 10, "0 pages read"),
        (np.zeros((1, 3), int), [2], 10, "3 services where the posterior has 20"),
        (np.zeros((1, M), int), [2], 0, "n_draws"),
    ],
)
def test_placement_refuses_impossible_evidence(posterior, mentions, visits, draws, message):
    with pytest.raises(ValueError, match=message):
        place_operators(posterior, mentions, visits, n_draws=draws)


def test_the_handoff_names_each_operator_once_with_its_class_and_probability(posterior, named):
    visits = pd.Series(7, index=[*OPERATORS, "zz"])
    groups = [(OPERATORS, posterior.memberships, True), (["zz"], posterior.memberships[:1], False)]
    table = operator_classes(groups, named, LABELS, visits, clear_from=0.8)
    assert list(table["operator"]) == [*OPERATORS, "zz"]
    assert np.allclose(
        table.loc[table["operator"] != "zz", "membership"], posterior.memberships.max(axis=1)
    )
    assert (table["placed"] == (table["membership"] >= 0.8)).all()
    assert (table["second_membership"] <= table["membership"]).all()
    assert not table.set_index("operator").loc["zz", "in_main_analysis"]


def test_memberships_are_sorted_by_class_then_certainty(posterior, named):
    names = [c.name for c in named]
    table = membership_table(OPERATORS, posterior.memberships, names)
    best = table.to_numpy().argmax(axis=1)
    assert (np.diff(best) >= 0).all()
    assert set(table.index) == set(OPERATORS)


def test_what_moves_most_easily_comes_first(posterior, named, planted):
    change = what_would_change(
        posterior, planted.mentions, planted.visits, services=SERVICES, operators=OPERATORS
    )
    gain = value_of_one_more_page(
        posterior, planted.mentions, planted.visits, n_draws=20, rng=np.random.default_rng(0)
    )
    table = change_table(
        change, gain, pd.Series(7, index=OPERATORS), [c.name for c in named], LABELS
    )
    needed = change.loc[table["operator"], "n_services"].replace(-1, 10**6).to_numpy()
    assert (np.diff(needed) >= 0).all()


def test_depth_checks_leave_out_the_correlation_of_a_tree():
    visits = np.array([1, 1, 9, 9])
    table = depth_checks(
        {"tree": np.array([0, 0, 1, 1]), "mixture": np.eye(2)[[0, 1, 0, 1]]}, visits
    )
    assert table["eta_squared"].tolist() == pytest.approx([1.0, 0.0])
    assert table["correlation"].isna().tolist() == [True, True]


def test_external_variables_carry_adjusted_p_values():
    memberships = np.repeat(np.eye(2), 30, axis=0)
    variables = {"form": pd.Series(["a"] * 30 + ["b"] * 30), "noise": pd.Series(["x", "y"] * 30)}
    table, tests = external_table(
        memberships, variables, ["A", "B"], n_resamples=99, rng=np.random.default_rng(1)
    )
    assert tests["p_adjusted"].tolist() == pytest.approx([0.02, 1.0])
    form = table[(table["variable"] == "form") & (table["category"] == "a")].set_index("class")[
        "estimate"
    ]
    assert form.to_dict() == pytest.approx({"A": 1.0, "B": 0.0})


def test_partitions_are_compared_whatever_their_numbers():
    same = compare_partitions([0, 0, 1, 1], [1, 1, 0, 0], list("abcd"))
    assert same.ari == 1.0
    assert same.differing == ()
    moved = compare_partitions([0, 0, 1, 1], [2, 0, 1, 1], list("abcd"))
    assert moved.differing == ("a",) or moved.differing == ("b",)
    with pytest.raises(ValueError, match="as many of each"):
        compare_partitions([0, 1], [0], ["a", "b"])


def test_the_plane_is_that_of_standardised_columns_whatever_the_row_order():
    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        rng.random((30, 8)) < 0.4, index=[f"o{i:02d}" for i in range(30)], columns=list("abcdefgh")
    )
    plane = correspondence_plane(table)
    values = table.to_numpy(dtype=float)
    scores = (values - values.mean(axis=0)) / values.std(axis=0)
    left, singular, _ = np.linalg.svd(scores / np.sqrt(8), full_matrices=False)
    assert np.allclose(np.abs(plane.rows.to_numpy()), np.abs((left * singular)[:, :2]), atol=1e-6)
    excess = np.maximum(singular**2 / 30 - 1 / 8, 0) ** 2
    assert plane.inertia == pytest.approx(tuple((excess / excess.sum())[:2]), abs=1e-6)
    shuffled = correspondence_plane(table.iloc[rng.permutation(30)])
    pd.testing.assert_frame_equal(shuffled.rows.sort_index(), plane.rows)


def test_the_plane_needs_two_services_that_vary():
    with pytest.raises(ValueError, match="1 service"):
        correspondence_plane(pd.DataFrame({"a": [0, 1, 0], "b": [1, 1, 1]}))
    with pytest.raises(ValueError, match="0 and 1"):
        correspondence_plane(pd.DataFrame({"a": [0, 2, 0], "b": [1, 0, 1]}))
