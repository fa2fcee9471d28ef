"""French names and tables of the typology."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from helpers import texts
from helpers import typology_tables as tables
from helpers.paths import project_root
from helpers.profiles import Profiles
from helpers.typology import assignment_rule, leading_services
from helpers.typology.cards import class_profiles
from tests.loading import cases

CHECKS = ("convergence", "none", "evidence", "number", "partition", "crossing", "stability")
LABELS = {"sig": "Information géographique", "ads": "Autorisations d'urbanisme"}
LABELS |= {"dpo": "Délégué et registre"}


@pytest.mark.parametrize(("code", "name"), cases(__file__)["signatures"])
def test_a_new_signature_is_told_by_its_services(code, name):
    assert tables.class_name(code, LABELS) == name


def test_an_accepted_name_depends_on_what_is_more_frequent_alone():
    known = set(pd.read_csv(project_root() / "data/raw/public-2026/services.csv").iloc[:, 0])
    for name, services in texts.read("typology")["names"].items():
        assert set(services) <= known
        code = " ".join(f"+{service}" for service in services)
        backwards = " ".join(f"+{service}" for service in reversed(services))
        for signature in (code, f"{backwards} -a_new_service"):
            assert tables.class_name(signature, {}) == name
            assert tables.class_name(f"{signature} (Alpha)", {}) == f"{name} (Alpha)"
        assert tables.class_name(f"{code} +a_new_service", {}) != name


def test_a_short_label_keeps_initials_in_capitals():
    assert tables.short_label("Parapheur et signature") == "parapheur"
    assert tables.short_label("SIG et cartes") == "SIG"


def test_every_code_has_french_words():
    assert all(tables.check_name(check) for check in CHECKS)
    frame = pd.DataFrame(
        {"verdict": ["undecided", "k classes"], "failed": ["+".join(CHECKS), ""]},
        index=pd.Index(["reading_a", "firm"], name="variant"),
    )
    named = tables.with_french_names(frame)
    assert named.index.tolist() == ["lecture par service seule", "mentions fermes seules"]
    assert named["verdict"].tolist() == ["indécis", "types"]
    assert named["failed"].iloc[0].endswith("service plus rare et stabilité")
    assert named["failed"].iloc[1] == "rien"


def test_services_stand_with_the_profile_that_they_lead(fitted, profiles):
    seen = profiles.offered
    table = class_profiles(fitted.posterior, fitted.named, seen)
    leading = leading_services(table, least=2, most=2)
    shown = tables.services_by_profile(table, leading, {})
    assert list(shown.index) == list(dict.fromkeys(s for own in leading.values() for s in own))
    first = fitted.named.iloc[0]
    own = seen.loc[fitted.mixture.labels_ == 0, shown.index[0]].mean()
    assert shown.iloc[0, 0] == pytest.approx(own)
    assert shown.columns[0].endswith(f"({first['n']})")


def test_questions_lead_to_questions_or_names(fitted, profiles):
    types = pd.Series(fitted.named["code"].to_numpy()[fitted.mixture.labels_], fitted.operators)
    rule = assignment_rule(profiles.offered, types, rng=np.random.default_rng(0))
    table = tables.questions_table(rule.questions, {})
    assert table.index.tolist() == list(rule.questions.index)
    ends = {*table["yes"], *table["no"]}
    names = {tables.class_name(code, {}) for code in types.unique()}
    assert {end for end in ends if not end.startswith("question ")} <= names


@pytest.fixture
def found(fitted, profiles):
    labels = {code: code.upper() for code in profiles.services}
    return tables.FoundClasses(fitted.mixture, profiles, labels, 0.8)


def test_cards_tell_what_a_profile_does(found):
    cards = found.cards(pd.Series("syndicat", index=found.profiles.operators))
    assert cards.shape == (4, 3)
    first, card = found.named.iloc[0], cards.iloc[:, 0]
    assert card["Exemple"] == first["paragon"]
    assert card["Formes juridiques"].endswith(f"{len(first['clear'])}")
    assert tables.short_label(found.labels[found.leading[first["code"]][0]]) in card.iloc[0]


def test_found_classes_share_out_the_operators(found):
    members = found.members()
    named = [name for names in members["names"] for name in names.split(", ") if name != "—"]
    assert sorted(named) == found.profiles.operators
    assert members["members"].sum() == len(named)
    assert members.index[-1] == "Entre deux profils"
    assert found.types.map({c: n for n, c in found.named["code"].items()}).equals(found.numbers)


def test_the_sharpest_service_has_the_widest_gap_among_leading_ones(found):
    sharpest, rates = found.sharpest(), found.rates
    leading = {code for own in found.leading.values() for code in own}
    gaps = (rates["seen"] - rates["rest_seen"])[rates["service_code"].isin(leading)]
    assert sharpest.seen - sharpest.rest == pytest.approx(gaps.max())
    assert sharpest.profile in found.names


def test_operators_outside_the_analysis_are_placed_by_what_they_show(found):
    own = found.profiles
    first = own.operators[0]

    def grown(table):
        return pd.concat([table, table.iloc[:1].rename(index={first: "zz"})])

    tables_of_all = map(grown, (own.state, own.mentions, own.visits))
    population = Profiles([*own.operators, "zz"], own.services, *tables_of_all)
    placed = found.place(population).set_index("operator")
    assert list(placed.index) == sorted(population.operators)
    assert placed.index[~placed["in_main_analysis"]].tolist() == ["zz"]
    chances = found.mixture.memberships_.max(axis=1)
    assert (placed.loc[own.operators, "placed"] == (chances >= 0.8)).all()
    assert not {"membership", "probability"} & set(placed)
    assert placed.loc["zz", "class_code"] == placed.loc[first, "class_code"]


MOVED = pd.DataFrame(
    {
        "candidate": [3, 3, 2],
        "verdict": ["undecided", "undecided", "k classes"],
        "failed": ["crossing", "number", ""],
        "ari": [0.9, 0.5, 0.2],
        "found": [[0.9, 0.1], [0.6, 0.7], [0.5, 0.0]],
    },
    index=pd.Index(["half_prior", "firm", "recent"], name="variant"),
)
TOLD = SimpleNamespace(verdict="undecided", candidate=3)


def test_persistence_counts_what_stays_and_names_what_does_not():
    kept = tables.persistence(MOVED, TOLD, ["Un", "Deux"], again_from=0.5)
    assert (kept.n, kept.n_same, kept.n_verdict, kept.n_types) == (3, 2, 2, 1)
    assert kept.exceptions == ["pages depuis 2018"]
    assert (kept.lowest, kept.median, kept.highest) == (0.2, 0.5, 0.9)
    assert (kept.firmest, kept.n_firmest) == ("Un", 3)
    assert tables.persistence(MOVED, TOLD, ["Un", "Deux"], again_from=0.95).firmest == ""
