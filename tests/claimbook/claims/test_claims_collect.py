import random

import nbformat.v4 as v4
import pytest
from books import executed

from claimbook.claims import collect
from claimbook.errors import UserError

NAMES = {"part": 0.385, "total": 66, "frame": {"a": 2}}
CELLS = [
    ("load", "frame = {}\ntotal = 66"),
    ("share", "part = 0.385"),
    ("finish", "frame['a'] = 2"),
    ("tell", "%%narrative\nLa part est de {{ part | percent }} sur {{ total | count }}."),
    ("draw", "frame = 3  # say: {{ frame['a'] | count }} classes"),
    ("again", "%%narrative\nEn somme, {{ part | percent(0) }}."),
    ("part-later", "part = 0"),
]


def by_expression(claims):
    return {claim["expression"]: claim for claim in claims}


def test_claims_know_where_they_are_stated_and_where_they_were_computed():
    claims = by_expression(collect(executed(CELLS, NAMES), "04_typology"))
    assert (claims["part"]["cell"], claims["part"]["computed_in"]) == ("tell", "share")
    assert (claims["total"]["cell"], claims["total"]["computed_in"]) == ("tell", "load")
    assert (claims['frame["a"]']["cell"], claims['frame["a"]']["computed_in"]) == ("draw", "draw")
    assert {claim["notebook"] for claim in claims.values()} == {"04_typology"}


def test_a_value_stated_twice_is_one_claim_with_two_statements():
    claim = by_expression(collect(executed(CELLS, NAMES), "n"))["part"]
    assert [(said["cell"], said["text"]) for said in claim["statements"]] == [
        ("tell", "38,5\u00a0%"),
        ("again", "39\u00a0%"),
    ]


def test_one_expression_with_two_values_is_refused_and_told_to_rename():
    book = executed(CELLS[:4], NAMES)
    book.cells += executed(CELLS[5:6], {**NAMES, "part": 0.4}).cells
    with pytest.raises(UserError, match=r"'tell' and 'again'.*0\.385 and then 0\.4.*another name"):
        collect(book, "n")


def test_ids_do_not_depend_on_where_the_cells_stand():
    tellers = [cell for cell in CELLS if "{{" in cell[1]]
    expected = {claim["id"] for claim in collect(executed(CELLS, NAMES), "n")}
    random.Random(3).shuffle(tellers)
    assert {claim["id"] for claim in collect(executed(tellers, NAMES), "n")} == expected


def test_an_unknown_origin_is_none_and_a_book_without_outputs_has_no_claims():
    (claim,) = collect(executed([("tell", "%%narrative\n{{ total | count }}")], NAMES), "n")
    assert claim["computed_in"] is None
    assert collect(v4.new_notebook(cells=[v4.new_code_cell("x = 1")]), "n") == []


def test_the_name_comes_from_the_file(tmp_path):
    path = tmp_path / "05_demand.ipynb"
    path.write_text(v4.writes(executed(CELLS, NAMES)))
    assert {claim["notebook"] for claim in collect(path)} == {"05_demand"}


def test_an_incomplete_claim_is_refused_with_its_cell():
    book = executed(CELLS[:4], NAMES)
    del book.cells[3].outputs[0].data["application/vnd.opsn.claims+json"]["claims"][0]["kind"]
    with pytest.raises(UserError, match=r"'tell'.*kind"):
        collect(book, "n")
