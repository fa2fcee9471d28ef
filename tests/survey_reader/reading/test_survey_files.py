"""Files are told apart by their content, and one that could do harm is refused before it is unpacked."""

import csv
import datetime as dt
import io
import struct
import zipfile

import pytest

from claimbook.errors import DataError
from tests.survey_reader.reading.small import (
    FIRST,
    HEADER,
    SECOND,
    faults,
    read,
    text_file,
    values,
    workbook,
)

ROWS = [HEADER, FIRST, SECOND]
BOOK = workbook({"Réponses": ROWS})


def documents(content=BOOK):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist()}


def packed(parts, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def changed(name, change):
    parts = documents()
    parts[name] = change(parts[name])
    return packed(parts)


MERGED = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_of_a_text_file_are_found(tmp_path, encoding, delimiter):
    rows = [[str(cell).replace(",", ".") for cell in row] for row in ROWS]
    content = text_file(rows, delimiter).decode("utf-8").encode(encoding)
    survey = read(tmp_path, content)
    assert survey.problems == []
    assert values(survey)["R2"]["operator"] == "Fictif Deux"
    assert survey.structure.export.form.endswith(encoding.removesuffix("-sig"))


def test_a_workbook_and_a_text_file_say_the_same(tmp_path):
    assert values(read(tmp_path, BOOK)) == values(read(tmp_path, text_file(ROWS)))


# Made only when they are wanted: some are large.
REFUSED = {
    "nothing": (lambda: b"", "the file is empty"),
    "blanks": (lambda: b" \r\n ", "the file is empty"),
    "a NUL byte": (lambda: b"a;\x00;b\n", "NUL byte"),
    "no text": (lambda: b"\x81\x8d\x8f;a\n", "neither UTF-8 nor Windows cp1252"),
    "an open quote": (lambda: b"N\xb0;Date\n" + b'"R1;2\n' * 3, "cannot be split into cells"),
    "a million rows": (lambda: b"N\xb0;Date\n" + b"R1;2\n" * 1_000_001, "more than 100,000 rows"),
    "a huge cell": (
        lambda: b"N\xb0;Date\n" + b"x" * 200_000 + b";2\n",
        "cannot be split into cells",
    ),
    "xls": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "an old .xls workbook"),
    "no archive": (lambda: b"PK\x03\x04" + b"\0" * 60, "the workbook is damaged"),
    "half a workbook": (lambda: BOOK[: len(BOOK) // 2], "the workbook is damaged"),
    "ods": (
        lambda: packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "not an .xlsx workbook",
    ),
    "an empty workbook": (
        lambda: packed({"[Content_Types].xml": b"<a"}),
        "the workbook is damaged",
    ),
    "a bomb": (lambda: packed({**documents(), "x.bin": b"\0" * 150_000_000}), "unpacks to"),
    "parts": (
        lambda: packed({**documents(), **{f"{i}.txt": b"" for i in range(2100)}}),
        "twice, or too many",
    ),
    "cells": (lambda: changed(SHEET, lambda x: x + b"<c/>" * 5_000_000), "rows or 1,000,000 cells"),
    "entities": (
        lambda: changed(SHEET, lambda x: b'<!DOCTYPE x [<!ENTITY a "aa">]>' + x),
        "declares entities",
    ),
    "hidden entities": (
        lambda: changed(SHEET, lambda x: ("<!DOCTYPE x>" + x.decode()).encode("utf-16")),
        "declares entities",
    ),
    "an encoding": (
        lambda: changed(SHEET, lambda x: b'<?xml version="1.0" encoding="cp037"?>' + x),
        "an encoding that workbooks do not have",
    ),
    "a far cell": (
        lambda: changed(SHEET, lambda x: x.replace(b'r="F3"', b'r="XFD1048576"')),
        "rows or 1,000,000 cells",
    ),
    "a wide merge": (
        lambda: changed(SHEET, lambda x: x.replace(b"</sheetData>", b"</sheetData>" + MERGED)),
        "rows or 1,000,000 cells",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_export_or_could_do_harm_is_refused(tmp_path, name):
    make, problem = REFUSED[name]
    with pytest.raises(DataError) as caught:
        read(tmp_path, make())
    assert problem in str(caught.value) and "Remedy: " in str(caught.value)


@pytest.mark.parametrize("length", [40_000, 200_000])
def test_a_long_cell_is_refused_whatever_other_libraries_allow_in_this_process(tmp_path, length):
    before = csv.field_size_limit(2**31 - 1)
    try:
        with pytest.raises(DataError, match="cannot be split into cells") as caught:
            read(tmp_path, b"N\xb0;Date\n" + b"x" * length + b";2\n")
    finally:
        csv.field_size_limit(before)
    assert "line 2" in str(caught.value) and "32,767 characters" in str(caught.value)


def test_a_part_that_unpacks_to_more_than_the_directory_says_is_refused(tmp_path):
    content = bytearray(changed(SHEET, lambda x: x + b" " * 10_000_000))
    name = SHEET.encode()
    central = content.rindex(name) - 46
    assert content[central : central + 4] == b"PK\x01\x02"
    struct.pack_into("<I", content, central + 24, 5000)
    with pytest.raises(DataError, match="damaged"):
        read(tmp_path, bytes(content))


def test_an_encrypted_part_is_refused(tmp_path):
    content = bytearray(BOOK)
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DataError, match="password"):
        read(tmp_path, bytes(content))


def test_a_missing_file_is_told_as_missing(tmp_path):
    from survey_reader import read_survey
    from tests.survey_reader.reading.small import mapping

    with pytest.raises(DataError, match="cannot be read"):
        read_survey(tmp_path / "none.xlsx", mapping(tmp_path), [])


def test_numbers_dates_and_truth_values_of_a_workbook_are_read_as_such(tmp_path):
    first = ["R1", dt.datetime(2026, 2, 1), "Un", None, "SM", 22.5]
    rows = [HEADER, first, ["R2", dt.date(2026, 2, 2), "Deux", None, "SM", 3]]
    found = values(read(tmp_path, workbook({"A": rows})))
    assert (found["R1"]["day"], found["R1"]["staff"]) == ("2026-02-01", "22.5")
    assert (found["R2"]["day"], found["R2"]["staff"]) == ("2026-02-02", "3")


def test_a_formula_is_refused_where_an_answer_is_read_and_no_matter_elsewhere(tmp_path):
    rows = [HEADER, [*FIRST[:5], "=6+6"], ["Total", None, None, None, None, "=SUM(F2:F2)"]]
    (fault,) = faults(read(tmp_path, workbook({"A": rows})))
    assert "line 2" in fault and "a formula" in fault and "paste it as values" in fault


def test_a_link_on_a_blank_cell_is_no_answer(tmp_path):
    link = b'</sheetData><hyperlinks><hyperlink ref="D2:F3" location="Oui"/></hyperlinks>'
    rows = [HEADER, [*FIRST[:3], None, None, None], [*SECOND[:3], None, "SM", None]]
    parts = documents(workbook({"A": rows}))
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", link)
    survey = read(tmp_path, packed(parts))
    assert survey.problems == []
    assert "form" not in values(survey)["R1"] and values(survey)["R2"]["form"] == "sm"


def test_characters_that_a_workbook_writes_as_escapes_are_read(tmp_path):
    rows = [HEADER, ["R1", "01/02/2026", "Fictif_x0020_Un", None, "SM_x000D_", 1]]
    assert values(read(tmp_path, workbook({"A": rows})))["R1"]["operator"] == "Fictif Un"
