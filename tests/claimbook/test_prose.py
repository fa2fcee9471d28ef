import html
import io
import math
import pickle
import re
from contextlib import redirect_stderr, redirect_stdout

import mistune
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from markupsafe import escape
from traitlets.config import Config

from claimbook.prose import (
    CLAIMS_MIME,
    NarrativeError,
    claim_id,
    render,
    root_names,
    say,
    seuil,
    thresholds,
)

NAMES = {
    "part": np.float64(0.385),
    "n": np.int64(1234),
    "operators": ["Mégalis", "Soluris"],
    "ci": (0.351, 0.419),
    "p": 0.003,
    "nan": math.nan,
    "inf": math.inf,
    "none": None,
    "missing": pd.NA,
    "frame": pd.DataFrame({"a": [1, 2]}, index=["x", "y"]),
    "label": "Noyau commun",
}


def rendered(template, **more):
    return render(template, {**NAMES, **more}, 'narrative cell "test"')


def only_claim(template, **more):
    (claim,) = rendered(template, **more).claims
    return claim


@pytest.mark.parametrize(
    ("template", "text", "kind", "value", "tolerance"),
    [
        ("{{ part | percent }}", "38,5\u00a0%", "share", 0.385, 0.0005),
        ("{{ part | percent(0) }}", "39\u00a0%", "share", 0.385, 0.0005),
        ("{{ part - 0.3 | points }}", "8,5\u00a0points", "share", 0.385 - 0.3, 0.0005),
        ("{{ part | evolution }}", "+38,5\u00a0%", "ratio", 0.385, 0.0005),
        ("{{ n | count }}", "1\u202f234", "count", 1234, 0.0),
        ("{{ part | decimal(digits=3) }}", "0,385", "ratio", 0.385, 0.385e-6),
        ("{{ part | decimal(digits=2, tolerance=0.01) }}", "0,39", "ratio", 0.385, 0.01),
        ("{{ n | euros }}", "1\u202f234\u00a0€", "amount", 1234.0, 1234e-6),
        ("{{ ci | interval }}", "35,1\u00a0% à 41,9\u00a0%", "interval", [0.351, 0.419], 0.0005),
        ("{{ [2, 5] | interval('count') }}", "2 à 5", "interval", [2, 5], 0.0),
        ("{{ 2026 | year }}", "2026", "year", 2026, 0.0),
        ("{{ '2026-03-01' | date }}", "1er\u00a0mars\u00a02026", "date", "2026-03-01", 0.0),
        (
            "{{ operators | enumeration }}",
            "Mégalis et Soluris",
            "list of names",
            ["Mégalis", "Soluris"],
            0.0,
        ),
        ("{{ ['é', 'z', 'a'] | names }}", "a, é et z", "set of names", ["a", "z", "é"], 0.0),
        ("{{ label | name }}", "Noyau commun", "name", "Noyau commun", 0.0),
        ("{{ label }}", "Noyau commun", "text", "Noyau commun", 0.0),
        ("{{ p | decision('diffère', 'ne diffère pas') }}", "diffère", "decision", True, 0.0),
        (
            "{{ p | decision('diffère', 'ne diffère pas', level=0.001) }}",
            "ne diffère pas",
            "decision",
            False,
            0.0,
        ),
        ("{{ frame.a.sum() | count }}", "3", "count", 3, 0.0),
        ("{{ frame.loc['x', 'a'] | count }}", "1", "count", 1, 0.0),
    ],
)
def test_a_hole_is_written_in_french_and_recorded_as_a_claim(
    template, text, kind, value, tolerance
):
    claim = only_claim(template)
    assert claim["text"] == text
    assert (claim["kind"], claim["value"]) == (kind, value)
    assert type(claim["value"]) is type(value)
    assert claim["tolerance"] == pytest.approx(tolerance)


def test_a_claim_has_the_fields_that_readers_of_the_ledger_expect():
    assert list(only_claim("La part est de {{ part | percent }}.")) == [
        "id",
        "expression",
        "filter",
        "kind",
        "value",
        "unit",
        "tolerance",
        "text",
        "sentence",
    ]


def test_kind_and_unit_can_be_stated():
    claim = only_claim("{{ part | decimal(unit='ETP', kind='workforce') }}")
    assert (claim["unit"], claim["kind"]) == ("ETP", "workforce")


def test_the_sentence_of_a_claim_is_the_whole_sentence_without_markup():
    claims = rendered(
        "## Titre\n\nA. La **part** est de {{ part | percent }} : `code` [ici](a.html). Après.\n"
    ).claims
    assert claims[0]["sentence"] == "La part est de 38,5\u00a0%\u00a0: code ici."


def test_a_sentence_that_goes_on_in_the_next_line_is_one_sentence():
    claims = rendered("La part est de\n{{ part | percent }} en tout.\nAutre.").claims
    assert claims[0]["sentence"] == "La part est de 38,5\u00a0% en tout."


def test_list_items_headings_and_table_rows_are_sentences_of_their_own():
    claims = rendered(
        "### Sur {{ n | count }}\n- un {{ part | percent }}\n- deux {{ label }}\n"
    ).claims
    assert [claim["sentence"] for claim in claims] == [
        "Sur 1\u202f234",
        "un 38,5\u00a0%",
        "deux Noyau commun",
    ]


def test_prose_around_the_holes_is_typeset_in_french():
    assert rendered("La part : {{ part | percent }} ; vrai ?").plain == (
        "La part\u00a0: 38,5\u00a0%\u202f; vrai\u202f?"
    )


def test_values_stand_in_elements_that_carry_their_id():
    result = rendered("Part : {{ part | percent }}.")
    identifier = result.claims[0]["id"]
    assert f'<a class="claim" data-claim="{identifier}">38&#44;5\u00a0&#37;</a>' in result.markdown
    assert f'<a class="claim" data-claim="{identifier}">38,5\u00a0%</a>' in result.html


HOSTILE = [
    "<script>alert(1)</script>",
    "**gras** _it_ `code`",
    "[a](javascript:alert(1))",
    "a | b",
    "\n# titre\n- item",
    "{{ 7*7 }} {% if x %}",
    "https://example.org",
    "&lt;b&gt; &amp;",
    "$x$ \\(y\\)",
    "'\"><img src=x onerror=y>",
    "\ue0000\ue001",
    "1. liste",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_stay_text_in_markdown_and_html(hostile):
    result = rendered("Nom {{ hostile }} fin.", hostile=hostile)
    page = mistune.create_markdown(escape=False, plugins=["table", "url", "math", "strikethrough"])(
        result.markdown
    )
    shown = " ".join(hostile.split())
    for markup in (page, f"<p>{result.html}</p>"):
        inner = re.search(
            r'<a class="claim" data-claim="[a-z0-9-]+">(.*?)</a>', markup, re.DOTALL
        ).group(1)
        assert "<" not in inner and ">" not in inner
        assert html.unescape(inner).strip() == shown
        assert re.sub(r"<a .*?</a>", "X", markup, flags=re.DOTALL).strip() == "<p>Nom X fin.</p>"


def test_a_name_cannot_turn_the_direction_of_the_sentence():
    assert rendered("Nom {{ value }} fin.", value="a\u202eb").plain == "Nom ab fin."


@settings(deadline=None)
@given(st.text(min_size=1).filter(str.strip))
def test_any_value_stays_inside_its_element(value):
    result = rendered("Nom {{ value }} fin.", value=value)
    page = mistune.create_markdown(escape=False, plugins=["table", "url", "math"])(result.markdown)
    assert re.fullmatch(
        r'<p>Nom <a class="claim" data-claim="[a-z0-9-]+">[^<>]*</a> fin\.</p>\s*', page
    )


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ nan | percent }}", ["nan | percent", "finite", "not nan"]),
        ("{{ inf | decimal }}", ["inf | decimal", "finite"]),
        ("{{ none | count }}", ["none | count", "NoneType"]),
        ("{{ missing | percent }}", ["missing | percent"]),
        ("{{ [0.1, nan] | interval }}", ["interval", "finite"]),
        ("{{ nan | decision('a', 'b') }}", ["p-value"]),
        ("{{ unknown | percent }}", ["'unknown' is undefined"]),
        ("{{ unknown }}", ["'unknown' is undefined"]),
        ("{{ frame.zz | count }}", ["zz"]),
        ("{{ label.upper().zz }}", ["zz"]),
        ("{{ part }}", ["without a filter", "| percent"]),
        ("{{ n }}", ["without a filter", "| count"]),
        ("{{ operators }}", ["without a filter", "| enumeration"]),
        ("{{ [] | enumeration }}", ["at least one name"]),
        ("{{ 38.5 | percent }}", ["between 0 and 1"]),
        ("{{ 1.5 | count }}", ["whole"]),
        ("{{ part | round }}", ["no filter 'round'"]),
        ("{{ part | nothing }}", ["no filter 'nothing'"]),
        ("{{ part | percent(digits=99) }}", ["digits"]),
        ("{{ part | percent(colour=1) }}", ["colour"]),
        ("{{ part | percent(digits=unknown) }}", ["'unknown' is undefined"]),
        ("{{ 1 / 0 | count }}", ["ZeroDivisionError"]),
        ("{{ part | decimal(tolerance=0.5) }}", ["would accept 0"]),
        ("{{ part | decimal(tolerance=-1) }}", ["tolerance"]),
        ("{{ n | count(tolerance=1) }}", ["exactly"]),
        ("{{ ci | interval(tolerance=0.4) }}", ["would accept 0"]),
        ("{{ seuil('inconnu') | percent }}", ["no threshold 'inconnu'"]),
        ("{{ part | percent ", ["never closed"]),
        ("{{ }}", ["nothing between"]),
        ("{{ part +* 2 | percent }}", ["cannot read"]),
        ("{{ part | percent(2 }}", []),
        ("{% if part > 0.1 %}a", ["not closed"]),
        ("{% else %}", ["else"]),
        ("{% if p %}{% else %}{% elif n %}{% endif %}", ["put {% else %} last"]),
        ("{% for x in operators %}{% endfor %}", ["for", "not for sentences"]),
        ("{% set x = 1 %}", ["set"]),
        ("{% raw %}{{ x }}{% endraw %}", ["raw"]),
        ("{% if nan > 0.5 %}a{% endif %}", ["missing value"]),
        ("{% if 0.5 < frame.zz %}a{% endif %}", ["zz"]),
        ("{% if nan %}a{% endif %}", ["missing value"]),
        ("{% if unknown %}a{% endif %}", ["'unknown' is undefined"]),
        ("{% if part > seuil('inconnu') %}a{% endif %}", ["no threshold"]),
    ],
)
def test_what_cannot_be_written_is_one_error_that_names_cell_line_and_hole(template, words):
    with pytest.raises(NarrativeError) as caught:
        render(
            f"Première ligne.\n{template}", NAMES, 'narrative cell "Première ligne."', first_line=2
        )
    message = str(caught.value)
    assert message.startswith('narrative cell "Première ligne.", line 3: ')
    assert "Remedy: " in message
    for word in words:
        assert word in message


def test_a_tiny_share_gets_a_tolerance_that_zero_does_not_meet():
    claim = only_claim("{{ 0.0003 | percent(2) }}")
    assert 0 < claim["tolerance"] < 0.0003


def test_zero_keeps_the_tolerance_of_its_kind():
    assert only_claim("{{ 0.0 | percent }}")["tolerance"] in (0.0, 0.0005)


def test_one_expression_cannot_state_two_values():
    values = iter([0.1, 0.2])
    with pytest.raises(NarrativeError, match="another name"):
        rendered("{{ f() | percent }} et {{ f() | percent }}", f=lambda: next(values))


def test_spacing_and_quotes_and_place_change_no_id():
    first = only_claim("{{ frame.loc['x', 'a']|count }}")
    second = only_claim('Ailleurs.\n\n{{   frame.loc[ "x","a" ]  | count  }} autre.')
    assert first["id"] == second["id"]


def test_another_expression_or_filter_is_another_id():
    identifiers = {
        only_claim(template)["id"]
        for template in (
            "{{ part | percent }}",
            "{{ part | decimal }}",
            "{{ ci[0] | percent }}",
            "{{ ci[1] | percent }}",
        )
    }
    assert len(identifiers) == 4


@settings(deadline=None)
@given(st.text(min_size=1), st.sampled_from(["percent", "count"]))
def test_ids_are_safe_in_attributes_and_stable(expression, name):
    identifier = claim_id(expression, name)
    assert re.fullmatch(r"[a-z0-9-]+", identifier)
    assert identifier == claim_id(expression, name)


GRADED = """{% if part > seuil("majorité") %}
La majorité mutualise.
{% elif part > 0.3 %}
    Une minorité de {{ part | percent }} mutualise.
{% else %}
Presque personne ne mutualise.
{% endif %}
"""


@pytest.mark.parametrize(
    ("part", "sentence", "value"),
    [
        (0.7, "La majorité mutualise.", 'part>seuil("majorité")'),
        (0.4, "Une minorité de 40,0\u00a0% mutualise.", "part>0.3"),
        (0.1, "Presque personne ne mutualise.", "sinon"),
    ],
)
def test_a_graded_wording_is_a_claim_under_one_id_whatever_the_branch(part, sentence, value):
    result = rendered(GRADED, part=part)
    grade = result.claims[0]
    assert (grade["kind"], grade["value"], grade["sentence"]) == ("grade", value, sentence)
    assert result.plain.strip() == sentence
    assert not re.search(r"^ ", result.markdown, re.MULTILINE)
    assert grade["id"] == rendered(GRADED, part=0.99).claims[0]["id"]


def test_a_chosen_plural_is_a_claim_without_an_element_of_its_own():
    result = rendered("{{ n | count }} {{ n | plural('opérateur', 'opérateurs') }}")
    assert result.plain == "1\u202f234 opérateurs"
    assert result.claims[1]["value"] == "opérateurs"
    assert result.markdown.endswith("</a> opérateurs")


def test_a_threshold_has_a_value_and_a_meaning():
    assert seuil("majorité") == thresholds["majorité"].value == 0.5
    assert all(0 < limit.value < 1 and limit.meaning for limit in thresholds.values())


def test_said_is_a_string_with_claims_that_survives_escape_and_pickle():
    said = say("Part <de> {{ part | percent }}", NAMES)
    assert said == "Part <de> 38,5\u00a0%"
    assert str(escape(said)).startswith(
        'Part &lt;de&gt; <a class="claim" data-claim="part-percent-'
    )
    again = pickle.loads(pickle.dumps(said))
    assert (again, again.claims, again.__html__()) == (said, said.claims, said.__html__())


def test_root_names_are_the_variables_that_an_expression_starts_from():
    assert root_names('frame.loc["x"].a + total[0] | length') == {"frame", "total"}
    assert root_names('part > seuil("majorité") / other < 1') == {"part", "other"}


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.setattr("claimbook.figures.use_style", lambda: None)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_line_magic("load_ext", "claimbook")
    yield shell
    InteractiveShell.clear_instance()


def run(shell, cell):
    published = []
    shell.display_pub.publish = lambda data, metadata=None, **_: published.append(data)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        result = shell.run_cell(cell, store_history=False)
    return result, published, out.getvalue(), err.getvalue()


def test_a_narrative_cell_publishes_markdown_text_and_claims(shell):
    shell.user_ns["part"] = 0.385
    result, published, out, err = run(shell, "%%narrative\nLa part est de {{ part | percent }}.")
    assert result.success and (out, err) == ("", "")
    (bundle,) = published
    assert set(bundle) == {"text/markdown", "text/plain", CLAIMS_MIME}
    assert bundle["text/plain"] == "La part est de 38,5\u00a0%."
    assert bundle[CLAIMS_MIME]["claims"][0]["value"] == 0.385


def test_a_narrative_cell_without_holes_publishes_no_claims(shell):
    _, published, _, _ = run(shell, "%%narrative\nSimple.")
    assert set(published[0]) == {"text/markdown", "text/plain"}


def test_an_error_in_a_narrative_cell_shows_as_one_line(shell):
    result, published, out, err = run(shell, "%%narrative\nBonjour.\nPart {{ absent | percent }}.")
    assert isinstance(result.error_in_exec, NarrativeError) and not published
    shown = (out + err).strip()
    assert "line 3" in shown and "'absent' is undefined" in shown and "Traceback" not in shown
    assert len(shown.splitlines()) == 1


def test_an_option_behind_the_magic_is_refused(shell):
    result, _, _, _ = run(shell, "%%narrative --fast\nBonjour.")
    assert isinstance(result.error_in_exec, NarrativeError)


def test_say_reads_the_variables_of_the_notebook(shell):
    result, _, _, _ = run(
        shell, "from claimbook.prose import say\nx = 0.5\nsaid = say('{{ x | percent }}')"
    )
    assert result.success and shell.user_ns["said"] == "50,0\u00a0%"


def test_loading_the_extension_sets_the_style_of_the_figures(shell, monkeypatch):
    called = []
    monkeypatch.setattr("claimbook.figures.use_style", lambda: called.append(True))
    shell.run_line_magic("reload_ext", "claimbook")
    assert called == [True]
