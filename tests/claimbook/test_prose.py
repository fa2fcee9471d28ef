import html
import math
import re
from types import SimpleNamespace

import mistune
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from markupsafe import escape
from traitlets.config import Config

from claimbook import CLAIMS_MIME
from claimbook.prose import NarrativeError, expect_extension, render, say
from tests.loading import cases

CASES = cases(__file__, "prose.yml")
NAMES = {
    "part": np.float64(0.385),
    "n": np.int64(1234),
    "operators": ["Mégalis", "Soluris"],
    "ci": (0.351, 0.419),
    "p": 0.003,
    "nan": math.nan,
    "frame": pd.DataFrame({"a": [1, 2]}, index=["x", "y"]),
    "label": "Noyau commun",
    "dpo": SimpleNamespace(value=0.385, low=0.351, high=0.419, k=25, n=66),
}


def rendered(template, **more):
    return render(template, {**NAMES, **more}, 'narrative cell "test"')


def only_claim(template, **more):
    (claim,) = rendered(template, **more).claims
    return claim


@pytest.mark.parametrize(("hole", "text", "kind", "value", "tolerance"), CASES["holes"])
def test_a_hole_is_written_in_french_and_recorded_as_a_claim(hole, text, kind, value, tolerance):
    claim = only_claim(f"{{{{ {hole} }}}}")
    assert claim["text"].replace("\u00a0", " ") == text
    assert (claim["kind"], claim["value"]) == (kind, value)
    assert type(claim["value"]) is type(value)
    assert claim["tolerance"] == pytest.approx(tolerance)


@pytest.mark.parametrize(("template", "told"), CASES["sentences"])
def test_the_sentence_of_a_claim_is_the_whole_sentence_without_markup(template, told):
    sentences = [claim["sentence"].replace("\u00a0", " ") for claim in rendered(template).claims]
    assert ", ".join(sentences) == told


def test_values_stand_in_elements_that_carry_their_id_in_typeset_prose():
    result = rendered("Part : {{ part | percent }} ?")
    anchor = f'<a class="claim" data-claim="{result.claims[0]["id"]}">'
    assert result.plain == "Part\u00a0: 39\u00a0%\u202f?"
    assert f"{anchor}39\u00a0&#37;</a>" in result.markdown
    assert f"{anchor}39\u00a0%</a>" in result.html


HOSTILE = CASES["hostile"]


@given(st.sampled_from(HOSTILE) | st.text(min_size=1).filter(str.strip))
def test_any_value_stays_text_in_markdown_and_html(value):
    result = rendered("Nom {{ value }} fin.", value=value)
    plugins = ["table", "url", "math", "strikethrough"]
    page = mistune.create_markdown(escape=False, plugins=plugins)(result.markdown)
    for markup in (page, f"<p>{result.html}</p>"):
        found = re.fullmatch(r'<p>Nom <a [a-z0-9="\s-]+>([^<>]*)</a> fin\.</p>\s*', markup)
        assert found
        if value in HOSTILE:
            assert html.unescape(found[1]).strip() == " ".join(value.split())


@pytest.mark.parametrize(("template", "words"), CASES["refused"])
def test_what_cannot_be_written_is_one_error_that_names_cell_line_and_remedy(template, words):
    with pytest.raises(NarrativeError) as caught:
        render(f"Une.\n{template}", NAMES, 'narrative cell "Une."', first_line=2)
    message = str(caught.value)
    assert message.startswith('narrative cell "Une.", line 3: ') and "Remedy: " in message
    assert words in message


def test_one_expression_cannot_state_two_values():
    values = iter([0.1, 0.2])
    with pytest.raises(NarrativeError, match="another name"):
        rendered("{{ f() | percent }} et {{ f() | percent }}", f=lambda: next(values))


def test_spacing_quotes_and_place_change_no_id_and_another_expression_or_filter_does():
    same = "{{ frame.loc['x', 'a']|count }}", 'Ailleurs.\n\n{{   frame.loc[ "x","a" ]  | count  }}.'
    assert {only_claim(template)["id"] for template in same} == {"frame-loc-x-a-count-219f29"}
    others = "{{ part | percent }}", "{{ part | decimal }}", "{{ ci[0] | percent }}"
    assert len({only_claim(template)["id"] for template in others}) == 3


@pytest.mark.parametrize(("part", "sentence", "value"), CASES["grades"])
def test_a_graded_wording_is_a_claim_under_one_id_whatever_the_branch(part, sentence, value):
    result, sentence = rendered(CASES["graded"], part=part), sentence.replace(" %", "\u00a0%")
    grade = result.claims[0]
    assert (grade["kind"], grade["value"], grade["sentence"]) == ("grade", value, sentence)
    assert result.plain.strip() == sentence and "\n " not in f"\n{result.markdown}"
    assert grade["id"] == rendered(CASES["graded"], part=0.99).claims[0]["id"]


def test_a_chosen_plural_is_a_claim_without_an_element_of_its_own():
    result = rendered("{{ n | count }} {{ n | plural('opérateur', 'opérateurs') }}")
    assert result.claims[1]["value"] == "opérateurs"
    assert result.markdown.endswith("</a> opérateurs")


def test_said_is_a_string_with_claims_and_html():
    said = say("Part <de> {{ part | percent }}", NAMES)
    assert said == "Part <de> 39\u00a0%"
    assert said.claims == rendered("Part <de> {{ part | percent }}").claims
    assert str(escape(said)).startswith('Part &lt;de&gt; <a class="claim" data-claim="part-')


@pytest.fixture
def run(monkeypatch):
    """Run a cell in a shell with the extension: result, published data, printed text."""
    styled = []
    monkeypatch.setattr("claimbook.figures.use_style", lambda: styled.append(True))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_line_magic("load_ext", "claimbook")
    shell.run_line_magic("reload_ext", "claimbook")
    assert styled == [True, True]

    def run(cell, **names):
        shell.user_ns.update(names)
        with capture_output() as shown:
            result = shell.run_cell(cell, store_history=False)
        return result, [output.data for output in shown.outputs], shown.stdout + shown.stderr

    yield run
    InteractiveShell.clear_instance()


def test_a_narrative_cell_publishes_markdown_text_and_claims(run):
    result, (bundle,), out = run("%%narrative\nPart de {{ part | percent }}.", part=0.385)
    assert result.success and out == ""
    assert set(bundle) == {"text/markdown", "text/plain", CLAIMS_MIME}
    assert bundle["text/plain"] == "Part de 39\u00a0%."
    assert bundle[CLAIMS_MIME]["claims"][0]["value"] == 0.385
    assert set(run("%%narrative\nSimple.")[1][0]) == {"text/markdown", "text/plain"}
    said = "from claimbook.prose import say\nassert say('{{ x | percent }}') == '50\\u00a0%'"
    assert run(said, x=0.5)[0].success


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("%%narrative\nBonjour.\nPart {{ absent | percent }}.", "line 3: .*'absent' is undefined"),
        ("from claimbook.errors import UserError\nraise UserError('No x')", "^UserError: No x$"),
    ],
)
def test_a_mistake_shows_as_one_line(run, cell, told):
    result, published, out = run(cell)
    assert not result.success and not published
    assert re.search(told, out.strip()) and len(out.strip().splitlines()) == 1


@pytest.mark.parametrize(("written", "expected"), CASES["completed"])
def test_tab_completes_filters_and_variables(run, written, expected):
    assert run("part, part_of_it = 1, 2")[0].success
    with provisionalcompleter():
        completer = InteractiveShell.instance().Completer
        found = {found.text for found in completer.completions(written, len(written))}
    assert found == set(expected)


def test_a_notebook_without_the_extension_says_what_is_missing(run):
    shell = InteractiveShell.instance()
    shell.run_line_magic("unload_ext", "claimbook")
    expect_extension()
    assert "Remedy: run '%load_ext claimbook' first" in run("%%narrative\nBonjour.")[2]
    shell.run_line_magic("load_ext", "claimbook")
    assert run("%%narrative\nBonjour.")[0].success
