"""Facts of an operator: what the tables document, and nothing else."""

import pytest

from claimbook.errors import UserError
from helpers.operators.facts import FactBook
from tests.helpers.operators.tiny import HOSTILE, TABLES, TinyStudy


def test_an_operator_is_asked_for_by_its_name(book):
    for stranger in ("Gamma", "alpha", "../Alpha", ""):
        with pytest.raises(UserError, match="There is no operator"):
            book[stranger]


def test_a_service_is_told_by_its_firm_pages_latest_first_and_a_weak_one_apart(facts):
    services = facts["Alpha"].services
    told = services[["service_code", "kind", "evidence_id"]].to_numpy().tolist()
    assert told == [
        ["formation", "planned", "E3"],
        ["achats", "weak", "EA"],
        ["sig", "firm", "E0"],
        ["sig", "firm", "E1"],
    ]
    assert facts["Alpha"].not_seen == ["Hébergement"]
    assert facts["Alpha"].labels("firm", "weak") == ["Achat groupé", "Information géographique"]


def test_neighbours_are_active_and_around_peers_share_form_and_firm_services(facts):
    assert (facts["Alpha"].here, facts["Alpha"].near) == ([], ["Bêta", "Nulle part"])
    assert facts["Bêta"].here == []
    assert facts["Fini"].here == ["Bêta"]
    assert facts["Partout"].here == facts["Partout"].near == facts[HOSTILE].near == []
    assert facts["Alpha"].peers == {"Bêta": ["Information géographique"]}
    assert facts["Fini"].peers == facts[HOSTILE].peers == {}


def test_too_many_equal_peers_are_no_peers():
    names = [f"S{n}" for n in range(8)]
    head, alpha, *_ = TABLES["operators"]
    places = [[*[name, *alpha[1:]]] for name in names]
    states = [[name, "sig", "offered", 1, 1] for name in names]
    states += [[name, "cloud", "offered", 1, 1] for name in names[:3]]
    study = TinyStudy(operators=[head, *places], states=[TABLES["states"][0], *states])
    book = FactBook(study)
    both = ["Information géographique", "Hébergement"]
    assert book["S0"].peers == {"S1": both, "S2": both}
    assert book["S5"].peers == {}


def test_cooperation_is_told_from_its_side_ended_last_and_mergers_are_history(facts):
    told = facts["Alpha"].cooperation[["partner", "kind", "status"]].to_numpy().tolist()
    assert told == [
        ["Bêta", "provides_to", "active"],
        ["Réseau", "membership", "unknown"],
        ["Bêta", "one_off", "ended"],
        ["Partout", "one_off", "ended"],
    ]
    assert list(facts["Bêta"].cooperation["kind"]) == ["receives_from", "one_off"]
    assert list(facts["Bêta"].predecessors["name"]) == ["Vieux Bêta", "Fini"]
    assert list(facts["Fini"].successors["name"]) == ["Bêta"]
    assert facts["Alpha"].successors.empty


def test_a_type_is_told_where_membership_is_clear_and_the_table_is_there(facts):
    assert {name for name, own in facts.items() if own.profile} == {"Alpha"}
    for classes in (None, [["operator", "class_name"], ["Alpha", "x"]]):
        assert FactBook(TinyStudy(classes=classes))["Alpha"].profile == ""
