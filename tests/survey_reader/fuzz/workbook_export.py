"""Mutations of what a survey's workbook shows: cells, texts, merged cells, sheets."""

from __future__ import annotations

import re
import zipfile
from xml.sax.saxutils import escape

import numpy as np

from tests.survey_reader.fuzz import workbook_archive
from tests.survey_reader.fuzz.cases import HOSTILE, JUDGED, REFUSED, SAME, Case, pick
from tests.survey_reader.fuzz.workbook_archive import FILE, packed, parts

CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
STRING = re.compile(rb"(<t[^>]*>)(.*?)(</t>)", re.DOTALL)


def _sheets(documents: dict[str, bytes]) -> list[str]:
    # The first sheet is the one to read before the others: its cells are no answers.
    return sorted(name for name in documents if re.search(r"worksheets/sheet[2-9]\.xml$", name))


def cell_replaced(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    name = pick(rng, _sheets(documents))
    found = list(CELL.finditer(documents[name]))
    cell = pick(rng, found)
    new = _cell(cell[1] + cell[2], rng)
    documents[name] = documents[name][: cell.start()] + new + documents[name][cell.end() :]
    return Case("cell replaced", FILE, packed(documents), JUDGED)


def _cell(reference: bytes, rng: np.random.Generator) -> bytes:
    kind = rng.random()
    head = b'<c r="' + reference + b'"'
    if kind < 0.45:
        text = pick(rng, HOSTILE)
        # What XML cannot hold is written as spreadsheets write it.
        text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda c: f"_x{ord(c[0]):04X}_", text)
        return (
            head
            + b' t="inlineStr"><is><t xml:space="preserve">'
            + escape(text).encode()
            + b"</t></is></c>"
        )
    if kind < 0.75:
        numbers = [
            b"12",
            b"-1",
            b"0.45",
            b"1e999",
            b"NaN",
            b"1e308",
            b"46022",
            b"1E5",
            b"",
            b"abc",
            b"9" * 400,
            b"0.1",
            b"3",
        ]
        style = pick(rng, [b"", b' s="1"', b' s="2"', b' s="99"', b' s="-1"', b' s="x"'])
        return (
            head
            + style
            + pick(rng, [b"", b' t="n"', b' t="d"'])
            + b"><v>"
            + pick(rng, numbers)
            + b"</v></c>"
        )
    if kind < 0.85:
        value = pick(rng, [b"", b"<v>3</v>", b"<v>#REF!</v>"])
        formula = pick(
            rng, [b"SUM(A1:A9)", b"1/0", b"'[1]x'!A1", b"", b'HYPERLINK("http://example.org")']
        )
        kind_ = pick(
            rng,
            [
                b"",
                b' t="array" ref="A1:XFD1048576"',
                b' t="shared" si="0" ref="A1:B2"',
                b' t="dataTable"',
            ],
        )
        return head + b"><f" + kind_ + b">" + formula + b"</f>" + value + b"</c>"
    return head + pick(
        rng,
        [
            b' t="b"><v>1</v></c>',
            b' t="b"><v>7</v></c>',
            b' t="e"><v>#DIV/0!</v></c>',
            b' t="s"><v>0</v></c>',
            b' t="s"><v>999999</v></c>',
            b' t="s"><v>-1</v></c>',
            b' t="zzz"><v>1</v></c>',
            b' t="str"><v>Oui</v></c>',
            b"/>",
            b"><is><r><t>a</t></r><r><t>b</t></r></is></c>",
        ],
    )


def cell_moved(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    name = pick(rng, _sheets(documents))
    cell = pick(rng, list(CELL.finditer(documents[name])))
    where = pick(
        rng,
        [
            b"XFD1048576",
            b"A1048576",
            b"XFD1",
            b"ZZZ1",
            b"A0",
            b"A99999999",
            b"",
            b"1A",
            b"B2",
            b"DZ7",
            b"A20",
        ],
    )
    moved = cell[0].replace(cell[1] + cell[2], where, 1)
    documents[name] = documents[name][: cell.start()] + moved + documents[name][cell.end() :]
    return Case("cell moved", FILE, packed(documents), JUDGED)


def strings_changed(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    change = pick(rng, [b"%s ", b" %s", b"\xc2\xa0%s\xc2\xa0", b"%s\xe2\x80\x8b", b"%s\n"])
    old = documents["xl/sharedStrings.xml"]
    tail = b'<t xml:space="preserve">'
    new = STRING.sub(lambda found: tail + change.replace(b"%s", found[2]) + found[3], old)
    documents["xl/sharedStrings.xml"] = new
    return Case("spaces in every string", FILE, packed(documents), SAME)


def string_replaced(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    old = documents["xl/sharedStrings.xml"]
    found = pick(rng, list(STRING.finditer(old)))
    text = re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda c: f"_x{ord(c[0]):04X}_", pick(rng, HOSTILE)
    )
    new = b'<t xml:space="preserve">' + escape(text).encode() + b"</t>"
    documents["xl/sharedStrings.xml"] = old[: found.start()] + new + old[found.end() :]
    return Case("string replaced", FILE, packed(documents), JUDGED)


def merged(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    name = pick(rng, _sheets(documents))
    ranges = [
        b"A1:XFD1048576",
        b"A7:B8",
        b"D7:D9",
        b"E7:E7",
        b"C8:F8",
        b"A99:C120",
        b"B7",
        b"x",
        b"A&#49;:XFD1048576",
        b"D9:D7",
    ]
    new = b'<mergeCell ref="' + pick(rng, ranges) + b'"/>'
    link = b'<hyperlinks><hyperlink ref="' + pick(rng, ranges) + b'" location="x"/></hyperlinks>'
    text = documents[name]
    text = text.replace(
        b"</mergeCells>", new + b"</mergeCells>" + (link if rng.random() < 0.3 else b"")
    )
    documents[name] = text
    return Case("merged cells", FILE, packed(documents), JUDGED)


def sheets_changed(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    book = documents["xl/workbook.xml"]
    tags = re.findall(rb"<sheet [^>]*/>", book)
    kind = int(rng.integers(4))
    if kind == 0:
        order = [tags[i] for i in rng.permutation(len(tags))]
        book, expect = book.replace(b"".join(tags), b"".join(order)), SAME
    elif kind == 1:
        tag = pick(rng, tags[1:])
        book, expect = book.replace(tag, b""), REFUSED
    elif kind == 2:
        tag = pick(rng, tags[1:])
        name = pick(rng, ["Feuille 12", "Réponses", "x" * 400, "\u202eabc", "&lt;b&gt;"]).encode()
        book, expect = (
            book.replace(tag, re.sub(rb'name="[^"]*"', b'name="' + name + b'"', tag)),
            SAME,
        )
    else:
        tag = pick(rng, tags[1:])
        book, expect = book.replace(tag, tag.replace(b'state="visible"', b'state="hidden"')), SAME
    documents["xl/workbook.xml"] = book
    return Case("sheets changed", FILE, packed(documents), expect)


def epoch_changed(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    book = documents["xl/workbook.xml"]
    documents["xl/workbook.xml"] = book.replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
    return Case("dates from 1904", FILE, packed(documents), JUDGED)


def too_large(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    name = pick(rng, _sheets(documents))
    kind = int(rng.integers(3))
    if kind == 0:
        more = b"".join(
            b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (r, r) for r in range(100, 1_000_100)
        )
    elif kind == 1:
        more = b'<row r="100">' + b"<c/>" * 4_000_000 + b"</row>"
    else:
        more = (
            b'<row r="100"><c r="A100" t="inlineStr"><is><t>'
            + b"x" * 3_000_000
            + b"</t></is></c></row>"
        )
    documents[name] = documents[name].replace(b"</sheetData>", more + b"</sheetData>")
    return Case("too large", FILE, packed(documents, zipfile.ZIP_DEFLATED), REFUSED)


MUTATIONS = (
    *workbook_archive.MUTATIONS,
    *(cell_replaced,) * 8,
    *(cell_moved,) * 2,
    strings_changed,
    *(string_replaced,) * 4,
    *(merged,) * 2,
    sheets_changed,
    epoch_changed,
)
RARE = (too_large, *workbook_archive.RARE)
