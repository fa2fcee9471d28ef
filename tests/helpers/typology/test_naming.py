"""Names, paragons and rules of classes."""

import numpy as np
import pytest

from helpers.typology import name_classes
from helpers.typology.description import find_rule, match_classes


def test_classes_are_named_by_the_services_that_clearly_set_them_apart(fitted):
    mean, ends = fitted.posterior.risk_differences()
    assert fitted.named["code"].nunique() == 3
    for c, code in fitted.named["code"].items():
        for word in code.split():
            j = fitted.services.index(word[1:])
            low, high = ends[c, j]
            assert low > 0 if word[0] == "+" else high < 0
        clear = np.where(ends[c, :, 0] > 0, mean[c], 0)
        assert code.startswith(f"+{fitted.services[clear.argmax()]}")


def test_every_operator_is_a_member_once_and_rules_hold_what_they_say(fitted):
    posterior, table = fitted.posterior, fitted.posterior.offered >= 0.5
    assert sorted(fitted.named["members"].sum()) == fitted.operators
    for c in fitted.named.itertuples():
        assert c.paragon in c.members
        assert posterior.memberships[fitted.operators.index(c.paragon), c.Index] >= 0.9
        assert c.low <= c.share <= c.high
        meets = table[:, [fitted.services.index(s) for s in c.services]].all(axis=1)
        inside = posterior.partition == c.Index
        assert c.coverage == pytest.approx((meets & inside).sum() / inside.sum())
        assert c.precision == pytest.approx((meets & inside).sum() / meets.sum())
        assert 1 <= len(c.services) <= 3


def test_accepted_names_are_kept(fitted):
    accepted = {f"class {c}": own[3:] for c, own in fitted.named["members"].items()}
    named = name_classes(fitted.posterior, fitted.services, fitted.operators, baseline=accepted)
    assert list(named["code"]) == ["class 0", "class 1", "class 2"]


def test_accepted_names_are_matched_one_to_one_and_only_on_enough_overlap():
    classes = {"x": ["a", "b", "c"], "y": ["d", "e"], "z": ["f", "g", "h"]}
    baseline = {"B1": ["a", "b"], "B2": ["d", "e", "new"], "B3": ["a", "c", "f", "q"]}
    assert match_classes(classes, baseline) == {"x": "B1", "y": "B2"}
    assert match_classes(classes, {}) == {}


def test_shortest_rule_wins_among_equals():
    profiles = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    rule = find_rule(profiles, np.array([True, True, False, False]), ["b", "a", "c"])
    assert rule == (["b"], 1.0, 1.0)
    pair = find_rule(profiles, np.array([True, False, True, False]), ["b", "a", "c"])
    assert pair[0] == ["a", "c"]
