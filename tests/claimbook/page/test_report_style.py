"""The theme is light, and its colours reach the contrasts that WCAG asks for."""

import re

import pytest

from claimbook.figures.style import contrast
from claimbook.page import template
from claimbook.page.measure import criteria, main, weights
from claimbook.page.sample import sample_context, sample_notebook


def colours(theme):
    css = (template.HERE / template.STYLE).read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, flags=re.DOTALL)
    found = {}
    for block in blocks[: 1 if theme == "light" else 2]:
        found.update(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "soft", "accent"])
@pytest.mark.parametrize("ground", ["paper", "card", "wash"])
def test_text_reaches_four_and_a_half_to_one(theme, text, ground):
    found = colours(theme)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_alerts_marks_and_rules_that_carry_meaning_are_seen(theme):
    found = colours(theme)
    assert contrast(found["alert"], found["alert-wash"]) >= 4.5
    assert contrast(found["ink"], found["mark"]) >= 4.5
    assert contrast(found["line"], found["paper"]) >= 3


def test_the_theme_weighs_less_than_thirty_kilobytes():
    assert template.theme_bytes() < 30_000


def test_the_theme_loads_nothing():
    for name in (template.TEMPLATE, template.STYLE):
        text = (template.HERE / name).read_text(encoding="utf-8")
        assert not re.search(r"https?:|@import|<script|url\(", text.replace('href^="http"', ""))


def test_a_page_weighs_a_fraction_of_stock_nbconvert():
    size = weights(sample_notebook(hostile=False), sample_context())
    assert size["ours"] < size["stock"] / 4


def test_the_measures_are_printed(capsys):
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert "Theme: " in printed
    weighed = re.search(r"sample: ([\d,]+); stock nbconvert", printed)[1]
    assert f"total of 1: {weighed}; stock nbconvert" in printed
    assert re.search(r"RGAA 4\.1\.2: \d\d criteria apply", printed)


def test_the_list_of_criteria_is_read_from_its_table():
    assert criteria("| 1.1 | Images | x | y |\n| nope |\n| 12.6 | Zones | x | y |") == [
        ("1.1", "Images"),
        ("12.6", "Zones"),
    ]
