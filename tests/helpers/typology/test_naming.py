import numpy as np
import pytest

from helpers.typology import find_rule, gibbs_classes, match_classes, name_classes, planted_classes

SHORT = {"n_chains": 2, "n_draws": 150, "burn_in": 300, "thin": 3}
SERVICES = [f"s{j:02d}" for j in range(24)]
OPERATORS = [f"op{i:02d}" for i in range(90)]


@pytest.fixture(scope="module")
def planted():
    return planted_classes(
        90, 24, np.random.default_rng(2), visits=np.full(90, 8), detection=(0.2, 0.5)
    )


@pytest.fixture(scope="module")
def posterior(planted):
    return gibbs_classes(planted.mentions, planted.visits, rng=np.random.default_rng(0), **SHORT)


@pytest.fixture(scope="module")
def named(posterior):
    return name_classes(posterior, SERVICES, OPERATORS)


def test_classes_are_named_by_their_most_over_represented_services(planted, posterior, named):
    assert len({c.name for c in named}) == 3
    for c in named:
        assert not c.known
        inside = posterior.partition == c.position
        for d in c.over:
            j = SERVICES.index(d.service)
            assert d.low <= d.difference <= d.high
            assert d.difference > 0
            assert planted.offered[inside, j].mean() > planted.offered[~inside, j].mean() - 0.05
        assert all(d.difference < 0 for d in c.under)
        assert c.name.startswith(f"+{c.over[0].service}")
        assert len(c.over) == 5


def test_paragon_belongs_and_every_operator_is_a_member_once(posterior, named):
    assert sorted(o for c in named for o in c.members) == OPERATORS
    for c in named:
        assert c.paragon in c.members
        assert posterior.memberships[OPERATORS.index(c.paragon), c.position] >= 0.9
        assert c.share_low <= c.share <= c.share_high


def test_rules_hold_what_they_say(posterior, named):
    table = posterior.offered >= 0.5
    for c in named:
        meets = table[:, [SERVICES.index(s) for s in c.rule.services]].all(axis=1)
        inside = posterior.partition == c.position
        assert c.rule.coverage == pytest.approx((meets & inside).sum() / inside.sum())
        assert c.rule.precision == pytest.approx((meets & inside).sum() / meets.sum())
        assert 1 <= len(c.rule.services) <= 3


def test_names_survive_row_and_column_order(planted, named):
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(90), rng.permutation(24)
    again = gibbs_classes(
        planted.mentions[rows][:, columns],
        planted.visits[rows],
        rng=np.random.default_rng(0),
        **SHORT,
    )
    # Another column order is another run of the sampler: names of an accepted baseline carry over all the same.
    baseline = {c.name: c.members for c in named}
    carried = name_classes(
        again, [SERVICES[j] for j in columns], [OPERATORS[i] for i in rows], baseline=baseline
    )
    assert {c.name for c in carried} == set(baseline)
    assert all(c.known for c in carried)
    for c in carried:
        assert len(set(c.members) ^ set(baseline[c.name])) <= 6


def test_row_order_alone_changes_no_name(planted, named):
    rows = np.random.default_rng(4).permutation(90)
    again = gibbs_classes(
        planted.mentions[rows], planted.visits[rows], rng=np.random.default_rng(0), **SHORT
    )
    assert name_classes(again, SERVICES, [OPERATORS[i] for i in rows]) == named


def test_baseline_names_are_matched_one_to_one_and_only_on_enough_overlap():
    classes = {"x": ["a", "b", "c"], "y": ["d", "e"], "z": ["f", "g", "h"]}
    baseline = {"B1": ["a", "b"], "B2": ["d", "e", "new"], "B3": ["a", "c", "f", "q"]}
    assert match_classes(classes, baseline) == {"x": "B1", "y": "B2", "z": None}
    assert match_classes(classes, baseline, min_overlap=0.2) == {"x": "B1", "y": "B2", "z": "B3"}
    assert match_classes(classes, {}) == {"x": None, "y": None, "z": None}


def test_shortest_rule_wins_among_equals():
    profiles = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    rule = find_rule(profiles, np.array([True, True, False, False]), ["b", "a", "c"])
    assert (rule.services, rule.coverage, rule.precision) == (("b",), 1.0, 1.0)
    pair = find_rule(profiles, np.array([True, False, True, False]), ["b", "a", "c"])
    assert pair.services == ("a", "c")


def test_one_class_has_no_differences():
    truth = planted_classes(60, 12, np.random.default_rng(1), shares=(1.0,))
    found = gibbs_classes(
        truth.mentions, truth.visits, rng=np.random.default_rng(0), max_classes=1, **SHORT
    )
    (only,) = name_classes(found, SERVICES[:12], OPERATORS[:60])
    assert (only.over, only.under, only.name) == ((), (), "undistinguished")


@pytest.mark.parametrize(
    ("services", "operators", "message"),
    [
        (SERVICES[:-1], OPERATORS, "services has 23 labels"),
        ([*SERVICES[:-1], "s00"], OPERATORS, "services: 's00' stands more than once"),
        (SERVICES, OPERATORS[:-1], "operators has 89 labels"),
    ],
)
def test_wrong_labels_are_refused(posterior, services, operators, message):
    with pytest.raises(ValueError, match=message):
        name_classes(posterior, services, operators)
