"""Sentences of a confidential edition mask small counts and shares, and ask who stands behind a statistic."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook import protect as disclosure
from claimbook.claims import ledger_text
from claimbook.errors import UserError
from claimbook.prose import Narrative, NarrativeError, render
from claimbook.prose import narrative, say
from claimbook.protect.masks import Masked, mask_of
from claimbook.results import read_results

NAMES = {
    "k": 2,
    "most": 64,
    "n": 66,
    "share": 2 / 66,
    "rest": 64 / 66,
    "mean": 5.5,
    "bounds": (0.008, 0.104),
    "p": 0.3,
}
POLICY = disclosure.Policy("secrete", confidential=True)


def text(template, respondents=None):
    return render(template, NAMES, "cell", respondents=respondents).plain


def test_an_open_edition_writes_every_value():
    assert text("{{ k | count }} sur {{ n | count }}, {{ share | percent(respondents=n) }}.") == (
        "2 sur 66, 3,0\u00a0%."
    )


def test_small_counts_and_shares_are_masked(confidential):
    assert (
        text("{{ k | count }} {{ k | plural('opérateur', 'opérateurs') }}.")
        == "moins de 3 opérateurs."
    )
    assert text("Part : {{ share | percent }}.", 66) == "Part\u00a0: moins de 4,5\u00a0%."
    assert text("Part : {{ rest | percent }}.", 66) == "Part\u00a0: plus de 95,5\u00a0%."
    assert text("{{ most | count }} opérateurs.", 66) == "plus de 63 opérateurs."
    assert (
        text("{{ n | count }} opérateurs, {{ p | percent }}.", 66) == "66 opérateurs, 30,0\u00a0%."
    )


def test_what_counts_no_operator_is_written(confidential):
    assert text(
        "{{ k | count(respondents=False) }} classes, {{ mean | decimal(respondents=false) }}."
    ) == ("2 classes, 5,50.")


def test_an_interval_beside_a_masked_share_is_not_published(confidential):
    assert text(
        "{{ share | percent }} (intervalle : {{ bounds | interval }}). Ou {{ p | percent }}.", 66
    ) == ("moins de 4,5\u00a0% (intervalle\u00a0: non publié). Ou 30,0\u00a0%.")


def test_an_interval_that_tells_its_share_is_not_published(confidential):
    from helpers.indicators import wilson

    names = {"small": wilson(2, 66), "large": wilson(20, 66)}
    shown = render(
        "De {{ small | interval }}. De {{ large | interval }}.", names, "cell", respondents=66
    ).plain
    assert shown.startswith("De non publié. De 20,")


def test_a_statistic_that_does_not_say_who_stands_behind_it_is_refused(confidential):
    for template in ("{{ mean | decimal }}", "{{ share | percent }}", "{{ bounds | interval }}"):
        with pytest.raises(
            NarrativeError, match=r"cell, line 1: .*does not say how many operators"
        ):
            text(template)
    assert text("{{ mean | decimal }}", 2) == "non publié"


def test_the_claim_holds_the_mask_and_never_the_value(confidential):
    claims = render(
        "{{ share | percent }} ({{ bounds | interval }}), {{ k | count }}.",
        NAMES,
        "c",
        respondents=66,
    ).claims
    assert [c["text"] for c in claims] == ["moins de 4,5\u00a0%", "non publié", "moins de 3"]
    stored = json.dumps([c["value"] for c in claims])
    assert "0.0303" not in stored and "0.104" not in stored
    assert ledger_text([{**c, "notebook": "x"} for c in claims])


def test_a_narrative_cell_takes_the_operators_behind_it(confidential):
    class Shell:
        user_ns = NAMES

    assert narrative("respondents=n", "{{ mean | decimal }}", Shell).plain == "5,50"
    with pytest.raises(NarrativeError, match=r"line 1: .*respondents=unknown"):
        narrative("respondents=unknown", "x", Shell)
    with pytest.raises(NarrativeError, match="must be a number of operators"):
        narrative("respondents=mean", "{{ mean | decimal }}", Shell)
    with pytest.raises(NarrativeError, match="takes no option"):
        narrative("what", "x", Shell)
    assert say("{{ mean | decimal }}", NAMES, respondents=66) == "5,50"


def test_what_is_shown_says_that_it_was_protected(confidential):
    bundle = Narrative(render("Sans valeur.", {}, "cell"))._repr_mimebundle_()
    assert bundle["application/vnd.opsn.claims+json"] == {"claims": [], "protected": "secrete"}
    disclosure.reset()
    assert list(Narrative(render("Sans valeur.", {}, "cell"))._repr_mimebundle_()) == [
        "text/markdown",
        "text/plain",
    ]


def test_a_told_value_comes_back_as_a_mask_and_is_stated_as_one(tmp_path, confidential):
    (tmp_path / "results").mkdir()
    value = Masked("moins de 4,5\u00a0%", 0.0, 0.045).plain()
    told = {"title": "T", "answer": "A", "values": {"share": value, "n": 66}}
    (tmp_path / "results" / "03_map.json").write_text(json.dumps(told), encoding="utf-8")
    found = read_results(tmp_path, "03_map")
    assert found["n"] == 66
    shown = render("{{ told['share'] | percent }}", {"results": found}, "cell", respondents=66)
    assert shown.plain == "moins de 4,5\u00a0%"


def test_a_mask_compares_where_its_bounds_decide():
    mask = Masked("moins de 3", 0, 2)
    assert (
        mask < 5 and mask <= 2 and not mask > 2 and mask >= 0 and mask == Masked("moins de 3", 0, 2)
    )
    for compare in (lambda: mask < 1, lambda: mask > 1):
        with pytest.raises(UserError, match="cannot be told"):
            compare()


def test_a_mask_survives_the_ledger():
    for mask in (Masked("moins de 3", 0, 2), Masked("non publié", float("-inf"), float("inf"))):
        assert Masked.from_plain(json.loads(json.dumps(mask.plain()))) == mask
    assert Masked.from_plain({"masked": "x"}) is None and Masked.from_plain(3) is None


@given(st.integers(0, 80), st.integers(1, 80))
def test_a_share_is_masked_just_when_it_tells_of_too_few(k, n):
    k = min(k, n)
    mask = mask_of("percent", k / n, n, POLICY)
    small = n < 3 or 0 < k < 3 or 0 < n - k < 3
    assert (mask is not None) == small
    if mask is not None:
        assert mask.low <= k / n <= mask.high


@pytest.mark.parametrize(("k", "n"), [(0, 2), (2, 2), (1, 1), (0, 1)])
def test_of_fewer_operators_than_the_threshold_no_count_is_told(confidential, k, n):
    assert mask_of("count", k, n, POLICY).text == "moins de 3"
    assert mask_of("count", 0, 66, POLICY) is None
