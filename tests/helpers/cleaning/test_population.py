"""Every named body is in one stratum, and the flow loses nobody."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.cleaning.population import STRATA, flow, left_out, strata
from tests.loading import cases

CASES = cases(__file__)
NO_LINKS = pd.DataFrame(columns=["operator", "predecessor", "kind"])
SERVICES = ["amenagement_thd", "achat_groupe", "sig"]
STATES = ["offered", "planned", "discontinued", "not_offered"]


def stratified(cells: dict, operators, links=NO_LINKS) -> pd.Series:
    rows = [(*key, state) for key, state in cells.items()]
    states = pd.DataFrame(rows, columns=["operator", "service_code", "state"])
    return strata(pd.DataFrame({"operator": operators}), states, links)


def of_one(services: dict[str, str], links=NO_LINKS) -> str:
    cells = {("Aa", code): state for code, state in services.items()}
    return stratified(cells, ["Aa"], links)["Aa"]


@pytest.mark.parametrize(("services", "expected"), CASES["strata"])
def test_a_body_is_where_its_living_services_put_it(services, expected):
    assert of_one(services) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("merger", "ended"), ("succession", "ended"), ("possible", "main")]
)
def test_a_body_that_merged_is_ended_only_where_a_page_says_so(kind, expected):
    links = pd.DataFrame([("Bb", "Aa", kind)], columns=["operator", "predecessor", "kind"])
    assert of_one({"sig": "offered"}, links) == expected


KEYS = st.tuples(st.sampled_from("ABCDEF"), st.sampled_from(SERVICES))


@given(st.dictionaries(KEYS, st.sampled_from(STATES)))
def test_the_flow_counts_every_body_once(cells):
    found = stratified(cells, list("ABCDEF"))
    steps = flow(found)
    assert set(found) <= set(STRATA)
    assert steps["n"].iloc[0] == 6
    assert steps["n"].iloc[-1] == (found == "main").sum()
    assert steps["n"].is_monotonic_decreasing


def test_who_is_left_out_stands_with_the_reason_largest_group_first():
    strata_of = {"a": "main", "b": "ended", "c": "unread", "d": "unread"}
    frame = pd.DataFrame(list(strata_of.items()), columns=["operator", "stratum"])
    out = left_out(frame)
    assert out["size"].to_dict() == {"unread": 2, "ended": 1}
    assert out.loc["unread", "names"] == "c, d"
