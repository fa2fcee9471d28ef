"""Names, members and profiles of classes."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.typology import class_profiles, leading_services, name_classes


def test_classes_are_named_by_the_services_that_clearly_set_them_apart(fitted):
    mean, ends = fitted.posterior.risk_differences()
    assert fitted.named["code"].nunique() == 3
    for c, code in fitted.named["code"].items():
        for word in code.split():
            low, high = ends[c, fitted.services.index(word[1:])]
            assert low > 0 if word[0] == "+" else high < 0
        clear = np.where(ends[c, :, 0] > 0, mean[c], 0)
        assert code.startswith(f"+{fitted.services[clear.argmax()]}")


def test_members_are_clear_and_paragons_are_members(fitted):
    posterior = fitted.posterior
    assert fitted.named["n"].sum() == 90
    for row in fitted.named.itertuples():
        places = [fitted.operators.index(name) for name in row.clear]
        assert (posterior.memberships[places, row.Index] >= 0.8).all()
        assert row.paragon in row.clear
        assert row.low <= row.value <= row.high


def test_a_class_without_clear_members_has_no_paragon(fitted):
    unsure = replace(fitted.posterior, memberships=np.full((90, 3), 1 / 3))
    named = name_classes(unsure, fitted.services, fitted.operators)
    assert named["clear"].tolist() == [[], [], []]
    assert (named["paragon"] == "").all()


def test_profiles_mark_only_clear_differences(profiles, fitted):
    seen = profiles.offered
    table = class_profiles(fitted.posterior, fitted.named, seen)
    assert len(table) == 3 * 24
    assert (table.loc[table["side"] == 1, "low"] > 0).all()
    assert (table.loc[table["side"] == -1, "high"] < 0).all()
    all_seen = np.tile(seen.mean().to_numpy(), 3)
    share = table["n"] / 90
    assert np.allclose(table["seen"] * share + table["rest_seen"] * (1 - share), all_seen)


def test_three_services_lead_where_fewer_are_clear_and_never_more_than_asked():
    table = pd.DataFrame({"service_code": list("abcdef"), "side": [1, 0, 0, 0, 0, -1]})
    table = table.assign(class_code="x", difference=[0.5, 0.4, 0.3, 0.2, 0.1, -0.1])
    assert leading_services(table) == {"x": ["a", "b", "c"]}
    table["side"] = [1, 1, 1, 1, 1, 1]
    assert leading_services(table, most=4) == {"x": ["a", "b", "c", "d"]}
