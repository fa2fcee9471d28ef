"""Whole exports: each is read as it is told, or refused with its place and a remedy."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from survey_reader import DataError, inspect, read_mapping, read_survey
from survey_reader.sheets import number_shown
from survey_reader.text import moment_of, unreadable
from tests.loading import cases
from tests.survey_reader.small import (
    CELLS,
    DEPARTEMENTS,
    FIRST,
    HEADER,
    MAPPING,
    SECOND,
    faults,
    mapping,
    read,
    read_rows,
    rules,
    text_file,
    values,
    workbook,
)

HERE = Path(__file__).parent
EXPORTS = cases(__file__, "exports.yml")
CASES = EXPORTS["cases"]


def survey_of(folder, case):
    text = MAPPING.replace(case.get("drop", "\0"), "") + case.get("mapping", "")
    text = text.replace(*case.get("swap", ("\0", "")), 1)
    if "sheets" in case:
        content = workbook(case["sheets"], case.get("merged"), hidden=case.get("hidden", {}))
    else:
        header = case.get("header", HEADER) + case.get("columns", [])
        content = text_file([header, *case["rows"]])
    return read(folder, content, text)


@pytest.mark.parametrize("name", CASES)
def test_an_export_is_read_or_refused_as_told(tmp_path, name):
    case = CASES[name]
    survey = survey_of(tmp_path, case)
    found, told, refused = values(survey), faults(survey), case.get("refused", [])
    assert len(told) == len(refused), told
    assert all(part in fault for part, fault in zip(refused, told, strict=True)), told
    assert case.keys() & {"refused", "read", "keys", "aside"}
    for key, answers in case.get("read", {}).items():
        for variable, value in answers.items():
            assert found[key].get(variable, "none") == value
    assert set(case.get("keys", found)) == set(found)
    assert set(case.get("rules", [])) <= set(rules(survey))
    assert case.get("aside", [row.rule for row in survey.rows]) == [r.rule for r in survey.rows]


@pytest.mark.parametrize("above", [0, 1, 30])
def test_a_header_is_found_below_any_number_of_notes(tmp_path, above):
    survey = read(tmp_path, text_file([*[["Enquête", "lire"]] * above, HEADER, FIRST, SECOND]))
    assert survey.problems == [] and values(survey)["R2"]["staff"] == "22.5"


def test_the_first_fault_is_raised_with_its_place_value_and_remedy(tmp_path):
    survey = read(tmp_path, workbook({"Réponses": [HEADER, [*FIRST[:4], "SARL", "beaucoup"]]}))
    place = r"answers\.xlsx, sheet 'Réponses', line 2, column 'Forme juridique \(E\)'"
    with pytest.raises(DataError, match=f"{place}.*'SARL'.*Remedy: .*1 further fault"):
        survey.check()
    assert read_rows(tmp_path, FIRST).check() is None


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
    "but an archive (.zip)": lambda: packed({"reponses.csv": b"a;b"}),
    "a compressed file": lambda: b"\x1f\x8b\x08\0\0",
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


FONTS = ({"strike": True}, {"vertAlign": "superscript"})
LEFT_OPEN = [
    ("#N/A", {}, "an error value"),
    ("=6+6", {}, "line 2, column 'Effectif (F)': the cell holds a formula"),
    (12, {"number_format": '0" kg"'}, "not a number (value: '12 kg')"),
    (1500, {"number_format": '[>=1000]0.0,"k";0'}, "the format of the cell"),
    (1500, {"number_format": '"n.c."'}, "the format of the cell"),
    *((7, {"number_format": f}, "the format of the cell") for f in (";;;", "0,", '"R"000')),
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


def test_what_stands_under_a_merged_cell_is_refused(tmp_path):
    under = b'</sheetData><mergeCells><mergeCell ref="E2:E3"/></mergeCells>'
    (fault,) = faults(read(tmp_path, changed(b"</sheetData>", under)))
    assert "line 3, column 'Forme juridique (E)': the cell is merged" in fault


def test_a_link_on_a_blank_cell_is_no_answer(tmp_path):
    rows = [HEADER, [*FIRST[:3], None, None, None], [*SECOND[:3], None, "SM", None]]
    survey = read(tmp_path, changed(b"</sheetData>", LINK, workbook({"A": rows})))
    assert survey.problems == []
    assert "form" not in values(survey)["R1"] and values(survey)["R2"]["form"] == "sm"


def test_a_raised_ending_is_text(tmp_path):
    cell = CellRichText("1", TextBlock(InlineFont(vertAlign="superscript"), "er"), " pôle")
    row = [*FIRST[:2], cell, *FIRST[3:]]
    assert values(read(tmp_path, workbook({"A": [HEADER, row]})))["R1"]["operator"] == "1er pôle"


WORKBOOKS = HERE / "cases" / "workbooks"
SCORES = "answers: {low: [Faible], high: [Forte]}"
DEMAND = MAPPING + f"  - {{variable: demand, type: choice, question: Demande, {SCORES}}}\n"


@pytest.mark.parametrize("path", sorted(WORKBOOKS.iterdir()), ids=lambda path: path.name)
def test_other_workbooks_are_read_unless_a_value_could_tell_less_than_its_cell(tmp_path, path):
    if path.stem in ("plain", "euro"):
        survey = read_survey(path, mapping(tmp_path), DEPARTEMENTS)
        assert survey.problems == [] and values(survey)["R2"]["staff"] == "22.5"
        assert values(survey)["R2"]["day"] == "2026-02-03"
    else:
        with pytest.raises(DataError, match=r"only .xlsx tells.*Remedy: save it as .xlsx"):
            read_survey(path, mapping(tmp_path), DEPARTEMENTS)


@pytest.mark.parametrize(("number", "number_format", "told"), CELLS["formats"])
def test_a_number_is_what_its_format_shows(number, number_format, told):
    assert number_shown(number, number_format) == told


@pytest.mark.parametrize("text", CELLS["wrong_table"])
def test_text_decoded_by_another_table_is_refused_wherever_it_comes_from(text):
    assert "wrong table" in unreadable(text)


def test_codes_that_are_no_numbers_are_refused_where_numbers_are_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(text_file([[*HEADER, "Demande"], [*FIRST, "Forte"]]))
    path, declared = tmp_path / "a.csv", mapping(tmp_path, DEMAND)
    assert faults(read_survey(path, declared, DEPARTEMENTS)) == []
    (fault,) = faults(read_survey(path, declared, DEPARTEMENTS, scales=["demand"]))
    assert "'low' (Faible) is an answer to 'demand' that is no number" in fault
    mixed = mapping(tmp_path, DEMAND.replace("{low", "{1: [Nulle], 2: [Basse], low"))
    assert "nothing would be read" in faults(read_survey(path, mixed, DEPARTEMENTS))[0]


@pytest.mark.parametrize(("text", "meant"), CELLS["moments"].items())
def test_a_timestamp_tells_day_and_time(text, meant):
    found = moment_of(text)
    assert (found.isoformat() if found else None) == meant


def test_the_month_may_come_first_where_it_is_declared():
    assert moment_of("03/02/2026 04:58:40 pm", True).isoformat() == "2026-03-02T16:58:40"


def test_what_is_recognised_is_shown_sheet_by_sheet_and_question_by_question(tmp_path):
    rows = [*FIRST[:5], "environ 12"], ["R9", "05/02/2026", *FIRST[2:5], "NSP"], ["TEST"]
    sheets = {"A": [HEADER, *rows, ["R4", None, "FictifUn"]], "Lisez-moi": [["x"]]}
    shown = inspect(read(tmp_path, workbook(sheets)))
    for part in (
        "workbook (.xlsx)",
        "Sheets left out: 'Lisez-moi'",
        "Sheet 'A': header in row 1, 6 of 6 columns recognised",
        "-> staff (number)",
        "sheet 'A', line 4: test_row ('TEST')",
        "R1 goes into R9 ('Fictif Un')",
        "sm 2",
        "approximate_number",
        "Nothing stops the build: 2 operators.",
        "'Fictif Un' and 'FictifUn'",
    ):
        assert part in shown, part


def test_what_stops_the_build_is_listed_once_with_remedies(tmp_path):
    header = [*HEADER[:4], "Statut juridique", "Effectif", "Durée"]
    rows = [[*FIRST[:5], "beaucoup", "60"], [*SECOND[:5], "beaucoup", "70"]]
    shown = inspect(read_rows(tmp_path, *rows, header=header))
    assert "UNKNOWN" in shown and "left out" in shown
    assert "'beaucoup'" in shown and "(2 times)" in shown and shown.count("Remedy: ") == 3
    assert "What stops the build: 4" in shown


def test_a_long_list_of_faults_is_cut(tmp_path):
    rows = [[f"R{i}", "", f"Fictif {i}", "", f"forme {i}", ""] for i in range(90)]
    shown = inspect(read_rows(tmp_path, *rows))
    assert "What stops the build: 90" in shown and "... and 50 others" in shown


def case(name):
    (path,) = (path for path in (HERE / "cases" / name).iterdir() if path.name != "mapping.yml")
    return read_survey(path, read_mapping(path.with_name("mapping.yml")), DEPARTEMENTS)


def test_numbers_are_read_in_the_unit_that_their_format_shows():
    survey = case("kfmt")
    assert survey.problems == []
    budgets = [answers["budget"] for answers in values(survey).values()]
    assert budgets == ["350000", "350000", "2500000", "1200000"]
    assert [answers["share"] for answers in values(survey).values()][:2] == ["45", "45"]


@pytest.mark.parametrize(("name", "problems"), EXPORTS["open"].items())
def test_an_export_that_leaves_a_value_open_is_refused(name, problems):
    found = faults(case(name))
    assert all(any(problem in fault for fault in found) for problem in problems)


def test_an_export_in_another_encoding_is_refused_with_the_likely_one():
    with pytest.raises(DataError, match="nor Windows cp1252 but probably Mac Roman"):
        case("enc_mac_roman")
