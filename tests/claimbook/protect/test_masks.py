"""Sentences of a confidential edition mask small values and ask who stands behind a statistic."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.claims import ledger_text
from claimbook.errors import UserError
from claimbook.prose import Narrative, NarrativeError, narrative, render, say
from claimbook.protect.masks import Masked, mask_of
from claimbook.results import read_results, results_path
from tests.claimbook.protect.hand_made import POLICY

NAMES = {"k": 2, "most": 64, "n": 66, "share": 2 / 66, "rest": 64 / 66, "mean": 5.5, "p": 0.3}
NAMES["bounds"] = (0.008, 0.104)
CLAIMS = "application/vnd.opsn.claims+json"


def text(template, respondents=None):
    return render(template, NAMES, "cell", respondents=respondents).plain.replace("\u00a0", " ")


def test_an_open_edition_writes_every_value():
    shown = text("{{ k | count }} sur {{ n | count }}, {{ share | percent(respondents=n) }}.")
    assert shown == "2 sur 66, 3 %."
    assert CLAIMS not in Narrative(render("Sans.", {}, "cell"))._repr_mimebundle_()


@pytest.mark.parametrize(
    ("template", "respondents", "shown"),
    [
        ("{{ k | count }} {{ k | plural('un', 'des') }}", None, "moins de 3 des"),
        ("{{ share | percent }}", 66, "non publié"),
        ("{{ rest | percent }}", 66, "non publié"),
        ("{{ most | count }} opérateurs", 66, "non publié opérateurs"),
        ("{{ n | count }}, {{ p | percent }}", 66, "66, 30 %"),
        ("{{ k | count(respondents=False) }}", None, "2"),
        ("{{ mean | decimal(respondents=false) }}", None, "5,50"),
        ("{{ mean | decimal }}", 2, "non publié"),
        (
            "{{ share | percent }} ({{ bounds | interval }}). Ou {{ p | percent }}.",
            66,
            "non publié (non publié). Ou 30 %.",
        ),
    ],
)
def test_a_confidential_edition_masks_what_rests_on_few(confidential, template, respondents, shown):
    assert text(template, respondents) == shown


def test_an_interval_that_tells_its_share_is_not_published(confidential):
    names = {"small": (0.00834991, 0.10392522), "large": (0.20554021, 0.42218807)}
    template = "De {{ small | interval }}. De {{ large | interval }}."
    shown = render(template, names, "cell", respondents=66).plain
    assert shown.startswith("De non publié. De 21 à")


@pytest.mark.parametrize(
    ("hole", "few", "many"),
    [
        ("percent", "non publié", "30 %"),
        ("interval", "non publié", "21 à 42 %"),
        ("with_interval", "non publié", "30 % (21 à 42 %)"),
    ],
)
def test_an_estimate_masks_itself_where_its_base_or_its_number_is_small(
    confidential, hole, few, many
):
    few_of_66 = SimpleNamespace(value=2 / 66, low=0.00834991, high=0.10392522, k=2, n=66)
    of_2 = SimpleNamespace(value=0.5, low=0.1, high=0.9, k=1, n=2)
    several = SimpleNamespace(value=20 / 66, low=0.20554021, high=0.42218807, k=20, n=66)
    for estimate, shown in [(few_of_66, few), (of_2, "non publié"), (several, many)]:
        text = render(f"{{{{ e | {hole} }}}}", {"e": estimate}, "cell").plain
        assert text.replace("\u00a0", " ") == shown


@pytest.mark.parametrize("filter_name", ["percent", "count"])
def test_a_mask_does_not_tell_whether_few_said_yes_or_few_did_not(filter_name):
    few, most = (k if filter_name == "count" else k / 66 for k in (2, 64))
    masks = [mask_of(filter_name, value, 66, POLICY) for value in (few, most)]
    assert masks[0] == masks[1] and masks[0].text == "non publié"


@pytest.mark.parametrize(("n", "masked"), [(9, True), (10, False)])
def test_the_interval_of_a_mean_needs_ten_operators(n, masked):
    assert (mask_of("interval", (3.21, 7.77), n, POLICY) is not None) == masked


@pytest.mark.parametrize(
    "template", ["{{ mean | decimal }}", "{{ share | percent }}", "{{ bounds | interval }}"]
)
def test_a_statistic_that_does_not_say_who_stands_behind_it_is_refused(confidential, template):
    with pytest.raises(NarrativeError, match=r"line 1: .*does not say how many operators"):
        text(template)


def test_the_claim_holds_the_mask_and_never_the_value(confidential):
    template = "{{ share | percent }} ({{ bounds | interval }}), {{ k | count }}."
    claims = render(template, NAMES, "c", respondents=66).claims
    assert [c["text"] for c in claims] == ["non publié", "non publié", "non publié"]
    stored = json.dumps([c["value"] for c in claims])
    assert "0.0303" not in stored and "0.104" not in stored
    assert ledger_text([{**c, "notebook": "x"} for c in claims])


def test_a_narrative_cell_takes_the_operators_behind_it(confidential):
    shell = SimpleNamespace(user_ns=NAMES)
    shown = narrative("respondents=n", "{{ mean | decimal }}", shell)
    assert shown.plain == say("{{ mean | decimal }}", NAMES, respondents=66) == "5,50"
    assert shown._repr_mimebundle_()[CLAIMS]["protected"] == "secrete"
    for line, message in [
        ("respondents=unknown", r"line 1: .*respondents=unknown"),
        ("respondents=mean", "must be a number of operators"),
        ("what", "takes no option"),
    ]:
        with pytest.raises(NarrativeError, match=message):
            narrative(line, "{{ k | count }}", shell)


def test_a_value_of_another_notebook_comes_back_as_a_mask(tmp_path):
    mask = Masked("moins de 4,5\u00a0%", 0.0, 0.045)
    stored = {"title": "T", "answer": "A", "values": {"share": mask.plain(), "n": 66}}
    results_path(tmp_path, "03_map").parent.mkdir()
    results_path(tmp_path, "03_map").write_text(json.dumps(stored), encoding="utf-8")
    found = read_results(tmp_path, "03_map")
    assert (found["n"], found["share"]) == (66, mask)


def test_a_mask_compares_where_its_bounds_decide():
    mask = Masked("moins de 3", 0, 2)
    assert mask < 5 and mask <= 2 and not mask > 2 and mask >= 0
    assert mask == Masked("moins de 3", 0, 2) != Masked("moins de 3", 0, 1)
    for compare in (lambda: mask < 1, lambda: mask > 1):
        with pytest.raises(UserError, match="cannot be told"):
            compare()


@given(st.integers(0, 80), st.integers(1, 80))
def test_a_share_is_masked_just_when_it_tells_of_too_few(k, n):
    k = min(k, n)
    mask = mask_of("percent", k / n, n, POLICY)
    assert (mask is not None) == (n < 3 or 0 < k < 3 or 0 < n - k < 3)
    assert mask is None or mask.low <= k / n <= mask.high


@pytest.mark.parametrize(("k", "n"), [(0, 2), (2, 2), (1, 1), (0, 1)])
def test_of_fewer_operators_than_the_threshold_no_count_is_told(k, n):
    assert mask_of("count", k, n, POLICY).text == "moins de 3"
    assert mask_of("count", 0, 66, POLICY) is None
