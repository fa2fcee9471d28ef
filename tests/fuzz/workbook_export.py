"""Mutations of a survey's workbook: of its archive, of its documents, of its cells."""

from __future__ import annotations

import functools
import io
import re
import warnings
import zipfile
from xml.sax.saxutils import escape

import numpy as np

from tests.fuzz import cases
from tests.fuzz.cases import HOSTILE, JUDGED, REFUSED, SAME, SAME_OR_REFUSED, STRANGERS, Case, pick

FILE = "reponses.xlsx"
CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
STRING = re.compile(rb"(<t[^>]*>)(.*?)(</t>)", re.DOTALL)


@functools.lru_cache(maxsize=4)
def _parts(content: bytes) -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return tuple((part.filename, archive.read(part)) for part in archive.infolist())


def parts(content: bytes) -> dict[str, bytes]:
    """Return the documents of a workbook by name."""
    return dict(_parts(content))


def packed(documents, method=zipfile.ZIP_STORED) -> bytes:
    """Return documents, a mapping or pairs, as an archive."""
    target = io.BytesIO()
    pairs = documents.items() if isinstance(documents, dict) else documents
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in pairs:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, compress_type=method)
    return target.getvalue()


def _sheets(documents: dict[str, bytes]) -> list[str]:
    # The first sheet is the one to read before the others: its cells are no answers.
    return sorted(name for name in documents if re.search(r"worksheets/sheet[2-9]\.xml$", name))


def bytes_changed(content: bytes, rng: np.random.Generator) -> Case:
    change = pick(rng, [cases.flipped, cases.truncated, cases.spliced, cases.inserted])
    return Case(f"archive {change.__name__}", FILE, change(content, rng), JUDGED)


def stranger(content: bytes, rng: np.random.Generator) -> Case:
    return Case("another file", FILE, pick(rng, STRANGERS), REFUSED)


def document_changed(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    name = pick(rng, list(documents))
    change = pick(rng, [cases.flipped, cases.truncated, cases.spliced, cases.inserted])
    documents[name] = change(documents[name], rng)
    return Case(f"document {change.__name__}", FILE, packed(documents), JUDGED)


def document_missing(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    name = pick(rng, list(documents))
    if rng.random() < 0.5:
        del documents[name]
    else:
        documents[pick(rng, ["../../evil.xml", "/etc/passwd", name.upper(), name + "x"])] = documents.pop(name)
    return Case("document missing", FILE, packed(documents), JUDGED)


def document_doubled(content: bytes, rng: np.random.Generator) -> Case:
    # Which of two documents of one name would be read depends on the reader.
    documents = list(_parts(content))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Case("document doubled", FILE, packed([*documents, pick(rng, documents)]), REFUSED)


def documents_moved(content: bytes, rng: np.random.Generator) -> Case:
    documents = list(_parts(content))
    method = pick(rng, [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2])
    pairs = [documents[i] for i in rng.permutation(len(documents))]
    pairs += pick(rng, [[], [("docProps/more.xml", b"<a/>")], [("xl/media/image1.png", b"\x89PNG\x00")]])
    return Case("documents moved", FILE, packed(pairs, method), SAME)


def mixed_up(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    a, b = (list(documents)[int(i)] for i in rng.choice(len(documents), size=2, replace=False))
    documents[a], documents[b] = documents[b], documents[a]
    return Case("documents mixed up", FILE, packed(documents), JUDGED)


def zip_bomb(content: bytes, rng: np.random.Generator) -> Case:
    """Let a document unpack to 150 MB, whatever the directory of the archive says of it."""
    documents = parts(content)
    name = pick(rng, [*documents, "xl/media/image1.png"])
    documents.pop(name, None)
    documents[name] = b" " * 150_000_000
    written = bytearray(packed(documents, zipfile.ZIP_DEFLATED))
    if rng.random() < 0.5:
        said = written.rfind(b"PK\x01\x02") + 24
        written[said : said + 4] = int(rng.integers(10, 5000)).to_bytes(4, "little")
    return Case("zip bomb", FILE, bytes(written), REFUSED)


def entity_bomb(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    name = pick(rng, [n for n in documents if n.endswith((".xml", ".rels"))])
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 9))
    kind = pick(
        rng,
        [
            f'<!DOCTYPE x [<!ENTITY l0 "ha">{levels}]>',
            f'<!DOCTYPE x [<!ENTITY l0 "{"a" * 50_000}">]>',
            '<!DOCTYPE x [<!ENTITY l0 SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
        ],
    )
    text = documents[name].decode("utf-8")
    text = re.sub(r"^<\?xml.*?\?>", "", text)
    start = re.search(r"<[A-Za-z]", text).start()
    used = text.replace("</t>", "&l8;&l0;</t>", 1) if "</t>" in text else text
    encoding = pick(rng, ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
    declared = f'<?xml version="1.0" encoding="{encoding[:6].rstrip("-")}"?>' if rng.random() < 0.5 else ""
    documents[name] = (declared + text[:start] + kind + used[start:]).encode(encoding)
    return Case("entity bomb", FILE, packed(documents), REFUSED)


def recoded(content: bytes, rng: np.random.Generator) -> Case:
    documents = parts(content)
    name = pick(rng, [n for n in documents if n.endswith(".xml")])
    encoding = pick(rng, ["utf-16", "utf-8-sig", "cp037", "latin-1", "utf-7"])
    text = re.sub(r"^<\?xml.*?\?>", "", documents[name].decode("utf-8"))
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    documents[name] = (declared + text).encode(encoding, "xmlcharrefreplace")
    expect = SAME_OR_REFUSED if encoding in ("utf-16", "utf-8-sig") else JUDGED
    return Case(f"document in {encoding}", FILE, packed(documents), expect)


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
        return head + b' t="inlineStr"><is><t xml:space="preserve">' + escape(text).encode() + b"</t></is></c>"
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
        return head + style + pick(rng, [b"", b' t="n"', b' t="d"']) + b"><v>" + pick(rng, numbers) + b"</v></c>"
    if kind < 0.85:
        value = pick(rng, [b"", b"<v>3</v>", b"<v>#REF!</v>"])
        formula = pick(rng, [b"SUM(A1:A9)", b"1/0", b"'[1]x'!A1", b"", b'HYPERLINK("http://example.org")'])
        kind_ = pick(
            rng, [b"", b' t="array" ref="A1:XFD1048576"', b' t="shared" si="0" ref="A1:B2"', b' t="dataTable"']
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
        rng, [b"XFD1048576", b"A1048576", b"XFD1", b"ZZZ1", b"A0", b"A99999999", b"", b"1A", b"B2", b"DZ7", b"A20"]
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
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda c: f"_x{ord(c[0]):04X}_", pick(rng, HOSTILE))
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
    text = text.replace(b"</mergeCells>", new + b"</mergeCells>" + (link if rng.random() < 0.3 else b""))
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
        book, expect = book.replace(tag, re.sub(rb'name="[^"]*"', b'name="' + name + b'"', tag)), SAME
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
        more = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (r, r) for r in range(100, 1_000_100))
    elif kind == 1:
        more = b'<row r="100">' + b"<c/>" * 4_000_000 + b"</row>"
    else:
        more = b'<row r="100"><c r="A100" t="inlineStr"><is><t>' + b"x" * 3_000_000 + b"</t></is></c></row>"
    documents[name] = documents[name].replace(b"</sheetData>", more + b"</sheetData>")
    return Case("too large", FILE, packed(documents, zipfile.ZIP_DEFLATED), REFUSED)


MUTATIONS = (
    *(bytes_changed,) * 3,
    stranger,
    *(document_changed,) * 6,
    document_missing,
    document_doubled,
    documents_moved,
    mixed_up,
    entity_bomb,
    recoded,
    *(cell_replaced,) * 8,
    *(cell_moved,) * 2,
    strings_changed,
    *(string_replaced,) * 4,
    *(merged,) * 2,
    sheets_changed,
    epoch_changed,
)
RARE = (too_large, zip_bomb)
