"""The status page: what is there, how long it takes, with which versions, and the same bytes at every build."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest

from claimbook.build.layout import Chapter
from claimbook.build.status import CLASSES, UNDECLARED, declared, fragment, too_slow
from claimbook.errors import UserError


def chapter(tmp_path, **opsn):
    path = tmp_path / "03_service_map.ipynb"
    cells = [{"cell_type": "markdown", "source": ["# Qui fait quoi ? <i>\n"]}]
    path.write_text(json.dumps({"cells": cells, "metadata": {"opsn": opsn}}), encoding="utf-8")
    return Chapter(path)


def test_a_notebook_is_shown_with_the_class_that_it_declares(tmp_path):
    listed = [chapter(tmp_path, runtime="moins de 10 s")]
    page = fragment(
        SimpleNamespace(chapters=listed, named=lambda name: f"{name}.html"), {"numpy": "2.4.0"}
    )
    assert '<a href="03_service_map.html">Qui fait quoi ? &lt;i&gt;</a>' in page
    assert "<td>notebooks/03_service_map.ipynb</td><td>moins de 10 s</td>" in page
    assert '<th scope="row">numpy</th><td>2.4.0</td>' in page


def test_a_notebook_that_declares_nothing_says_so(tmp_path):
    assert declared(chapter(tmp_path)) == UNDECLARED


def test_an_unknown_class_is_refused_with_those_that_exist(tmp_path):
    with pytest.raises(
        UserError, match=r"03_service_map\.ipynb.*'bientôt'\. Use one of: moins de 10 s, "
    ):
        declared(chapter(tmp_path, runtime="bientôt"))


@pytest.mark.parametrize(
    ("runtime", "seconds", "slow"),
    [
        ("moins de 10 s", 19, False),
        ("moins de 10 s", 21, True),
        ("plus d’une minute", 9e9, False),
        ("", 9e9, False),
    ],
)
def test_only_a_notebook_that_took_much_longer_than_declared_is_slow(
    tmp_path, runtime, seconds, slow
):
    assert too_slow(chapter(tmp_path, runtime=runtime), seconds) is slow


def test_every_notebook_of_the_collection_declares_its_class(built):
    assert [c.name for c in built.layout.chapters if c.runtime not in CLASSES] == []


def test_the_index_leads_to_the_page_which_has_no_measured_time(built):
    assert 'href="status.html"' in (built.layout.reports / "index.html").read_text(encoding="utf-8")
    page = (built.layout.reports / "status.html").read_text(encoding="utf-8")
    body = re.sub(r"<style.*?</style>|<meta[^>]*>", "", page, flags=re.DOTALL)
    assert all(f"{c.name}.html" in body for c in built.layout.chapters)
    assert not re.search(r"\d[,.]\d+\s*s\b|\d\d:\d\d", body)
