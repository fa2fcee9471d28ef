"""A change of a sentence, a caption, a scope, a heading or a number format is a change."""

import nbformat.v4 as v4
import pytest

from claimbook.claims import accept_text, accepted_text, text_changes, visible_text
from tests.claimbook.claims.books import executed, table_of
from tests.loading import cases

TOLD = "%%narrative\nLa part est de {{ part | percent }}.\nElle est basse."


def notebook(told=TOLD, heading="## Parts", style="percent", **texts):
    book = executed([("told", told)], {"part": 0.385})
    output = table_of(formats={"part": style}, **texts)
    book.cells += [v4.new_markdown_cell(heading), v4.new_code_cell(outputs=[output])]
    return visible_text(book).splitlines()


@pytest.mark.parametrize(("change", "before", "after"), cases(__file__)["wording"])
def test_each_change_of_wording_is_told_with_the_line_before_and_after(change, before, after):
    found = [line.replace("\u00a0", " ") for line in text_changes(notebook(), notebook(**change))]
    assert found == [f"-{before}", f"+{after}"]


def test_accepted_text_comes_back_and_many_changes_are_counted(tmp_path):
    assert accepted_text(tmp_path, "n") == ""
    accept_text(tmp_path, "n", "un\ndeux\n")
    assert accepted_text(tmp_path, "n") == "un\ndeux\n"
    assert text_changes(["a"], ["a"]) == []
    assert text_changes([], list("abcdefghijklmnopqrstuvwxyz"))[-1] == "6 further lines"
