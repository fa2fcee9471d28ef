"""Mutations of a survey's workbook as an archive of documents, whatever these say."""

from __future__ import annotations

import functools
import io
import re
import warnings
import zipfile

import numpy as np

from tests.survey_reader.fuzz import cases
from tests.survey_reader.fuzz.cases import (
    JUDGED,
    REFUSED,
    SAME,
    SAME_OR_REFUSED,
    STRANGERS,
    Case,
    pick,
)

FILE = "reponses.xlsx"


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
            archive.writestr(
                zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, compress_type=method
            )
    return target.getvalue()


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
        documents[pick(rng, ["../../evil.xml", "/etc/passwd", name.upper(), name + "x"])] = (
            documents.pop(name)
        )
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
    pairs += pick(
        rng, [[], [("docProps/more.xml", b"<a/>")], [("xl/media/image1.png", b"\x89PNG\x00")]]
    )
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
    declared = (
        f'<?xml version="1.0" encoding="{encoding[:6].rstrip("-")}"?>' if rng.random() < 0.5 else ""
    )
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
)
RARE = (zip_bomb,)
