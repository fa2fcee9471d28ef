"""Names, paragons and rules of classes."""

import numpy as np
import pytest

from helpers.typology import name_classes
from helpers.typology.naming import find_rule, match_classes


def test_classes_are_named_by_the_services_that_clearly_set_them_apart(fitted):
    mean, ends = fitted.posterior.risk_differences()
    assert len({c.name for c in fitted.named}) == 3
    for c in fitted.named:
        for word in c.name.split():
            j = fitted.services.index(word[1:])
            low, high = ends[c.position, j]
            assert low > 0 if word[0] == "+" else high < 0
        clear = np.where(ends[c.position, :, 0] > 0, mean[c.position], 0)
        assert c.name.startswith(f"+{fitted.services[clear.argmax()]}")


def test_every_operator_is_a_member_once_and_rules_hold_what_they_say(fitted):
    posterior, table = fitted.posterior, fitted.posterior.offered >= 0.5
    assert sorted(o for c in fitted.named for o in c.members) == fitted.operators
    for c in fitted.named:
        assert c.paragon in c.members
        assert posterior.memberships[fitted.operators.index(c.paragon), c.position] >= 0.9
        assert c.share_low <= c.share <= c.share_high
        meets = table[:, [fitted.services.index(s) for s in c.rule.services]].all(axis=1)
        inside = posterior.partition == c.position
        assert c.rule.coverage == pytest.approx((meets & inside).sum() / inside.sum())
        assert c.rule.precision == pytest.approx((meets & inside).sum() / meets.sum())
        assert 1 <= len(c.rule.services) <= 3


def test_accepted_names_are_kept(fitted):
    accepted = {f"class {c.position}": c.members[3:] for c in fitted.named}
    named = name_classes(fitted.posterior, fitted.services, fitted.operators, baseline=accepted)
    assert [c.name for c in named] == ["class 0", "class 1", "class 2"]


def test_accepted_names_are_matched_one_to_one_and_only_on_enough_overlap():
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


def test_wrong_labels_are_refused(fitted):
    posterior, services, operators = fitted.posterior, fitted.services, fitted.operators
    for bad, message in (
        ((services[:-1], operators), "services has 23 labels"),
        (([*services[:-1], "s00"], operators), "services: 's00' stands more than once"),
        ((services, operators[:-1]), "operators has 89 labels"),
    ):
        with pytest.raises(ValueError, match=message):
            name_classes(posterior, *bad)
