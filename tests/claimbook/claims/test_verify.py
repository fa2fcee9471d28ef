import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.build.acceptance import verify_report
from claimbook.claims import Rebuilt, build_stamp, check_page, collect, read_stamp, seal
from claimbook.errors import UserError
from claimbook.tables import replace_text
from tests.claimbook.claims.books import executed
from tests.loading import cases

TOLD = "Part de {{ part | percent(1) }} pour {{ n | count }} entités <b>lues</b>."
CELLS = [
    ("tell", f"%%narrative\n{TOLD}"),
    ("more", "%%narrative\nLe plus grand est {{ name | name }}."),
]
NAMES = {"part": 0.385, "n": 66, "name": "Mégalis & <Cie>"}


FILES = ("book.ipynb", "lock.txt", "raw/b.csv", "raw/a.csv", "module.py")


@pytest.fixture
def project(tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def stamp(project, book, files=FILES):
    names = {"edition": "public-2026", "name": "book", "package": "1.0"}
    files = [project / name for name in files]
    return build_stamp(executed=book, root=project, files=files, **names)


def build(project, body="", **names):
    book = executed(CELLS, {**NAMES, **names})
    prose = "\n".join(cell.outputs[0].data["text/markdown"] for cell in book.cells)
    head = '<head><meta charset="utf-8"><meta name="opsn-stamp" content=""></head>'
    page = f"<html>{head}<body>{prose}{body}<br></body></html>"
    return Rebuilt(seal(page, stamp(project, book)), collect(book, "book"))


def test_the_stamp_names_every_input_and_no_path_of_the_machine(project):
    content = read_stamp(build(project).page)
    assert list(content["inputs"]) == sorted(FILES)
    assert (content["package"], content["edition"]) == ("1.0", "public-2026")
    assert str(project) not in build(project).page


def test_a_file_outside_the_project_is_refused(project):
    with pytest.raises(UserError, match=r"lies outside"):
        stamp(project, executed([], {}), files=[project.parent / "x.csv"])


CSV = '<a download="x.csv" href="data:text/csv;base64,MQ==">x</a>'
BODY = f'<style>p {{}}</style><p>Le plus petit.</p><svg aria-label="a"><path d="M0 0"/></svg>{CSV}'


@pytest.mark.parametrize("forge", [False, True])
@pytest.mark.parametrize(("old", "new"), cases(__file__)["forgeries"])
def test_a_tampered_page_is_found_even_if_its_seal_is_forged(project, old, new, forge):
    page = build(project, BODY).page
    tampered = page.replace(old, new)
    assert tampered != page
    tampered = seal(tampered, read_stamp(tampered)) if forge else tampered
    verdict = check_page(tampered, build(project, BODY))
    assert verdict.code == 2 and len(verdict.reasons) >= 1 + (not forge)
    assert ("altered" in str(verdict)) != forge


def test_a_tolerance_in_a_forged_stamp_counts_for_nothing(project):
    page = build(project).page
    content = read_stamp(page)
    name = next(name for name in content["claims"]["values"] if name.startswith("part"))
    content["claims"]["values"][name] |= {"value": 0.9, "tolerance": 1.0}
    verdict = check_page(seal(page, content), build(project))
    assert verdict.code == 2 and "0.9 became 0.385" in str(verdict)


def test_a_carriage_return_in_an_output_is_no_alteration(project, capsys):
    rebuilt, path = build(project, "<pre>10 %\r20 %\r\n</pre>\n"), project / "page.html"
    replace_text(path, rebuilt.page)
    assert verify_report(path, lambda content: rebuilt) == 0
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert verify_report(path, lambda content: rebuilt) == 1
    assert "CRLF" in capsys.readouterr().out


@given(st.data())
def test_any_changed_character_is_found(data):
    content = {"edition": "e", "name": "n", "claims": {"values": {}}}
    page = seal('<meta name="opsn-stamp" content="">é corps', content)
    again = Rebuilt(f"{page} ", [])
    place = data.draw(st.integers(0, len(page) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda char: char != page[place]))
    with contextlib.suppress(UserError):  # the stamp itself may not be readable any more
        assert "altered" in str(check_page(page[:place] + other + page[place + 1 :], again))


@pytest.mark.parametrize(
    ("names", "status", "code", "told"),
    [
        ({}, "identical", 0, []),
        ({"part": 0.38501}, "within tolerance", 1, ["0.385 became 0.38501"]),
        ({"part": 0.5, "n": 67}, "different", 2, ["66 became 67", "0.385 became 0.5"]),
    ],
)
def test_values_that_come_back_otherwise_are_listed(project, names, status, code, told):
    verdict = check_page(build(project).page, build(project, **names))
    assert (verdict.status, verdict.code) == (status, code)
    assert [reason.partition(": ")[2] for reason in verdict.reasons][: len(told)] == told


def test_a_claim_that_is_gone_is_different(project):
    rebuilt = build(project)
    verdict = check_page(build(project).page, Rebuilt(rebuilt.page + " ", rebuilt.claims[:-1]))
    assert verdict.code == 2 and "no longer stated" in str(verdict)


def test_an_input_that_moves_nothing_is_within_tolerance_and_named(project):
    page = build(project).page
    (project / "lock.txt").write_text("newer")
    verdict = check_page(page, build(project))
    assert verdict.code == 1 and "input changed since: lock.txt" in str(verdict)


def test_a_page_without_one_readable_stamp_is_refused(project):
    page = build(project).page
    twice = page.replace("<body>", '<meta name="opsn-stamp" content=""><body>')
    broken = re.sub(r'(opsn-stamp" content=")[^"]*', r"\1nothing", page)
    for bad in ["<html></html>", twice, broken]:
        with pytest.raises(UserError):
            read_stamp(bad)
