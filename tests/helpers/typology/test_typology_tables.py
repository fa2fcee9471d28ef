"""French names and tables of the typology."""

import numpy as np
import pandas as pd
import pytest

from helpers import typology_tables as tables
from helpers.sources import open_edition, read_raw
from helpers.typology import value_of_one_more_page, what_would_change
from helpers.typology.robustness import DECLARED_METHODS, METHODS

CHECKS = ("convergence", "none", "evidence", "number", "partition", "crossing", "stability")


@pytest.fixture(scope="module")
def labels(fitted):
    return {s: f"Service {s[1:]} et la suite" for s in fitted.services}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("+sig -ads", "Information géographique\u202f; peu d’autorisations d'urbanisme"),
        ("+sig +dpo", "Information géographique et délégué"),
        ("-ads -sig", "Peu de\u00a0: autorisations d'urbanisme et information géographique"),
        ("-dpo", "Peu de délégué"),
        ("undistinguished", "Sans service distinctif"),
        ("+sig (Alpha)", "Information géographique (Alpha)"),
    ],
)
def test_a_signature_becomes_french_words(code, name):
    labels = {
        "sig": "Information géographique",
        "ads": "Autorisations d'urbanisme",
        "dpo": "Délégué et registre",
    }
    assert tables.class_name(code, labels) == name


def test_a_short_label_keeps_initials_in_capitals():
    assert tables.short_label("Parapheur et signature") == "parapheur"
    assert tables.short_label("SIG et cartes") == "SIG"
    assert tables.quoted(["Cartes"]) == ["«\u00a0cartes\u00a0»"]


def test_every_code_has_french_words():
    assert all(tables.check_name(check) for check in CHECKS)
    assert tables.missing_conditions("") == "rien"
    assert tables.missing_conditions("+".join(CHECKS)).endswith("croisement et stabilité")
    codes = [*METHODS, *DECLARED_METHODS]
    assert tables.with_french_names(pd.DataFrame({"method": codes}))["method"].notna().all()
    names = tables.with_french_names(pd.DataFrame({"variant": ["depth=1", "depth=4", "www.fr"]}))
    assert names["variant"].tolist() == ["au moins 1 page", "au moins 4 pages", "www.fr"]
    assert tables.verdict_name("undecided", short=True) == "question ouverte"


def test_accepted_names_are_made_of_services_and_no_operator_stands_twice():
    edition, accepted = "public-2026", tables.accepted_classes("public-2026")
    services = set(read_raw(open_edition(edition))["services"]["service_code"])
    words = [word for name in accepted for word in name.split()]
    assert {word[1:] for word in words} <= services
    assert {word[0] for word in words} <= set("+-")
    members = [operator for group in accepted.values() for operator in group]
    assert len(members) == len(set(members))


def test_the_table_of_operators_names_each_once_with_its_class_and_probability(fitted, labels):
    chances = fitted.posterior.memberships
    visits = pd.Series(7, index=[*fitted.operators, "zz"])
    groups = [(fitted.operators, chances, True), (["zz"], chances[:1], False)]
    summary = tables.class_summary(fitted.named, labels)
    table = tables.operator_classes(groups, summary, visits, clear_from=0.8)
    assert list(table["operator"]) == [*fitted.operators, "zz"]
    assert np.allclose(table["membership"][:90], chances.max(axis=1))
    assert (table["placed"] == (table["membership"] >= 0.8)).all()
    assert (table["second_membership"] <= table["membership"]).all()
    assert table["in_main_analysis"].tolist() == [True] * 90 + [False]


def test_what_moves_most_easily_comes_first(fitted, planted, labels):
    evidence, rng = (planted.mentions, planted.visits), np.random.default_rng(0)
    change = what_would_change(
        fitted.posterior, *evidence, services=fitted.services, operators=fitted.operators
    )
    gain = value_of_one_more_page(fitted.posterior, *evidence, n_draws=20, rng=rng)
    visits, names = pd.Series(7, index=fitted.operators), list(fitted.named["code"])
    table = tables.change_table(change, gain, visits, names, labels)
    needed = change.loc[table["operator"], "n_services"].replace(-1, 10**6).to_numpy()
    assert (np.diff(needed) >= 0).all()


def test_survival_words_follow_the_limits():
    tried = [("x", [True] * 9 + [False]), ("y", [True, False]), ("z", [False])]
    table = tables.survival(tried, holds_from=0.9, fails_below=0.5)
    assert table["word"].tolist() == ["tient", "fragile", "ne tient pas"]
    assert table["true"].tolist() == [9, 1, 0]
    with pytest.raises(ValueError, match="tried nowhere"):
        tables.survival([("x", [])], holds_from=0.9, fails_below=0.5)
