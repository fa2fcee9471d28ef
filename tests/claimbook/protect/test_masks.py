"""Sentences of a confidential edition write no value that rests on few, and ask for its base."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook import CLAIMS_MIME
from claimbook.errors import UserError
from claimbook.prose import Narrative, NarrativeError, render, seuil
from claimbook.protect.masks import Masked, is_hidden
from claimbook.results import read_results, results_path
from helpers.estimates import Estimate, share
from tests.claimbook.protect.hand_made import POLICY
from tests.loading import cases

CASES = cases(__file__, "masks.yml")
NAMES = {
    "few": share(2, 66),
    "most": share(64, 66),
    "some": share(20, 66),
    "of_two": share(1, 2),
    "mean": Estimate(5.5, 4.1, 6.9, 12, 12),
    "mean_of_nine": Estimate(5.5, 4.1, 6.9, 9, 9),
    "k": 2,
    "n": 66,
    "plain": 0.3,
    "bounds": (0.008, 0.104),
    "seuil": seuil,
}


def text(template, **names):
    return render(template, NAMES | names, "cell").plain.replace("\u00a0", " ")


def test_an_open_edition_writes_every_value():
    shown = text("{{ k | count }} sur {{ n | count }}, {{ few | percent }}, {{ few | count }}.")
    assert shown == "2 sur 66, 3 %, 2."
    assert CLAIMS_MIME not in Narrative(render("Sans.", {}, "cell"))._repr_mimebundle_()


@pytest.mark.parametrize("hole", ["percent", "interval", "with_interval", "count", "decimal"])
@pytest.mark.parametrize("name", ["few", "most", "of_two"])
def test_few_and_all_but_few_are_written_alike(confidential, name, hole):
    (claim,) = render(f"{{{{ {name} | {hole} }}}}", NAMES, "cell").claims
    assert (claim["text"], claim["value"]) == ("non publié", {"masked": "non publié"})


@pytest.mark.parametrize(("template", "shown"), CASES["shown"].items())
def test_a_confidential_edition_writes_what_rests_on_enough(confidential, template, shown):
    assert text(template) == shown


@pytest.mark.parametrize(("hole", "message"), CASES["refused"].items())
def test_a_statistic_that_does_not_carry_its_counts_is_refused(confidential, hole, message):
    with pytest.raises(NarrativeError, match=f"line 1: .*{message}"):
        text(f"{{{{ {hole} }}}}")


def test_what_another_notebook_states_may_be_cited_and_a_mask_stays_one(tmp_path, confidential):
    stored = {"share": Masked().plain(), "mean": 5.25, "bounds": [0.25, 0.5], "n": 66}
    path = results_path(tmp_path, "03_map")
    path.parent.mkdir()
    path.write_text(json.dumps({"title": "T", "answer": "A", "values": stored}), encoding="utf-8")
    found = read_results(tmp_path, "03_map")
    template = "{{ r['share'] | percent }}, {{ r['mean'] | decimal }}, {{ r['bounds'] | interval }}"
    assert text(template, r=found) == "non publié, 5,25, 25 à 50 %" and found.get("share") is None
    with pytest.raises(UserError, match="cannot be compared"):
        found["share"] < 0.5  # noqa: B015


@given(st.integers(0, 80), st.integers(1, 80))
def test_a_share_is_masked_just_when_it_tells_of_too_few(k, n):
    k = min(k, n)
    hidden = is_hidden("percent", SimpleNamespace(**vars(share(k, n))), None, POLICY)
    assert hidden == (n < 3 or 0 < k < 3 or 0 < n - k < 3)
