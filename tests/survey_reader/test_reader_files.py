"""Files are told apart by their content; one that cannot be an export is refused."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from survey_reader import DataError, read_survey
from tests.survey_reader.small import (
    FIRST,
    HEADER,
    SECOND,
    faults,
    mapping,
    read,
    text_file,
    values,
    workbook,
)

ROWS = [HEADER, FIRST, SECOND]
BOOK = workbook({"Réponses": ROWS})
SHEET = "xl/worksheets/sheet1.xml"
MERGED = b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
LINK = b'</sheetData><hyperlinks><hyperlink ref="D2:F3" location="Oui"/></hyperlinks>'


def documents(content=BOOK):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist()}


def packed(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def changed(old, new, content=BOOK):
    parts = documents(content)
    return packed(parts | {SHEET: parts[SHEET].replace(old, new, 1)})


def encrypted():
    content = bytearray(BOOK)
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_of_a_text_file_are_found(tmp_path, encoding, delimiter):
    rows = [[str(cell).replace(",", ".") for cell in row] for row in ROWS]
    survey = read(tmp_path, text_file(rows, delimiter).decode("utf-8").encode(encoding))
    assert survey.problems == []
    assert values(survey)["R2"]["operator"] == "Fictif Deux"
    assert survey.form.endswith(encoding.removesuffix("-sig"))


def test_a_workbook_and_a_text_file_say_the_same(tmp_path):
    assert values(read(tmp_path, BOOK)) == values(read(tmp_path, text_file(ROWS)))


# Made only when they are wanted: some are large.
REFUSED = {
    "the file is empty": lambda: b" \r\n ",
    "NUL byte": lambda: b"a;\x00;b\n",
    "neither UTF-8 nor Windows cp1252": lambda: b"\x81\x8d\x8f;a\n",
    "probably Mac Roman": lambda: "N°;société numérique".encode("mac_roman"),
    "probably ISO 8859-15": lambda: "N°;société à c\u0153ur, 35 \u20ac".encode("iso8859-15"),
    "probably DOS": lambda: "N°;société numérique".encode("cp850"),
    "cannot be split into cells": lambda: b"N\xb0;Date\n" + b'"R1;2\n' * 3,
    "more than 100,000 rows": lambda: b"N\xb0;Date\n" + b"R1;2\n" * 100_001,
    "the workbook is damaged": lambda: BOOK[: len(BOOK) // 2],
    "is damaged (CalamineError": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "the file is no workbook": lambda: packed({"mimetype": b"application/vnd.oasis"}),
    "the file is a PDF": lambda: b"%PDF-1.7\n%\xe2\xe3",
    "the file is a page of the web": lambda: b"\xef\xbb\xbf\n<html><table><tr><td>Oui",
    "an XML spreadsheet of 2003": lambda: (
        b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    ),
    "the file is a Strict Open XML workbook": lambda: packed(
        {"xl/workbook.xml": b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'}
    ),
    "a cell lies far outside": lambda: packed({**documents(), "x.bin": b"\0" * 150_000_000}),
    "rows, or a cell lies far": lambda: changed(b"</sheetData>", MERGED),
    "password required": encrypted,
}


@pytest.mark.parametrize("problem", REFUSED)
def test_a_file_that_is_no_export_is_refused(tmp_path, problem):
    with pytest.raises(DataError, match="Remedy: ") as caught:
        read(tmp_path, REFUSED[problem]())
    assert problem in str(caught.value)


def test_a_cell_far_from_the_table_is_refused(tmp_path):
    with pytest.raises(DataError, match="more than 100,000 rows"):
        read(tmp_path, changed(b'r="F3"', b'r="XFD1048576"'))


def test_a_missing_file_is_reported_as_missing(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_survey(tmp_path / "none.xlsx", mapping(tmp_path), [])


def test_numbers_and_dates_of_a_workbook_are_read_as_such(tmp_path):
    first = ["R1", dt.datetime(2026, 2, 1), "Un", None, "SM", 22.5]
    rows = [HEADER, first, ["R2", dt.date(2026, 2, 2), "Deux", None, "SM", 3]]
    found = values(read(tmp_path, workbook({"A": rows})))
    assert (found["R1"]["day"], found["R1"]["staff"]) == ("2026-02-01", "22.5")
    assert (found["R2"]["day"], found["R2"]["staff"]) == ("2026-02-02", "3")


FONTS = ({"strike": True}, {"vertAlign": "superscript"})
LEFT_OPEN = [
    ("=6+6", {}, "line 2, column 'Effectif (F)': the cell holds a formula"),
    (12, {"number_format": '0" kg"'}, "not a number (value: '12 kg')"),
    (1500, {"number_format": '[>=1000]0.0,"k";0'}, "the format of the cell"),
    (1500, {"number_format": '"n.c."'}, "the format of the cell"),
    (1500, {"number_format": ";;;"}, "the format of the cell"),
    *((12, {"font": Font(**font)}, "a part of the cell is") for font in FONTS),
    *((CellRichText("1", TextBlock(InlineFont(**f), "2")), {}, "a part of the") for f in FONTS),
]


@pytest.mark.parametrize(("value", "style", "problem"), LEFT_OPEN)
def test_a_cell_that_leaves_its_number_open_is_refused_where_an_answer_is_read(
    tmp_path, value, style, problem
):
    rows = [HEADER, [*FIRST[:5], value], ["Total", None, None, None, None, "=SUM(F2:F2)"]]
    (fault,) = faults(read(tmp_path, workbook({"A": rows}, styles={"A": {"F2": style}})))
    assert problem in fault


def test_a_link_on_a_blank_cell_is_no_answer(tmp_path):
    rows = [HEADER, [*FIRST[:3], None, None, None], [*SECOND[:3], None, "SM", None]]
    survey = read(tmp_path, changed(b"</sheetData>", LINK, workbook({"A": rows})))
    assert survey.problems == []
    assert "form" not in values(survey)["R1"] and values(survey)["R2"]["form"] == "sm"


def test_characters_that_a_workbook_writes_as_escapes_are_read(tmp_path):
    rows = [HEADER, ["R1", "01/02/2026", "Fictif_x0020_Un", None, "SM_x000D_", 1]]
    assert values(read(tmp_path, workbook({"A": rows})))["R1"]["operator"] == "Fictif Un"


def test_a_raised_ending_is_text(tmp_path):
    cell = CellRichText("1", TextBlock(InlineFont(vertAlign="superscript"), "er"), " pôle")
    row = [*FIRST[:2], cell, *FIRST[3:]]
    assert values(read(tmp_path, workbook({"A": [HEADER, row]})))["R1"]["operator"] == "1er pôle"
