"""Rows from whatever file somebody sends, or a refusal; never more than a refusal."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroad import spreadsheet
from postroad.spreadsheet import (
    BYTES,
    COLUMNS,
    LONGEST,
    ROWS,
    Locked,
    NoHeadings,
    NoRows,
    NotASpreadsheet,
    OpenQuote,
    TooLarge,
    TooManyRows,
    TooWide,
    Unreadable,
    read,
    table,
)

OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
STAMP = datetime.fromisoformat("2020-09-14 13:05:00")
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def lines(sent: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read(sent)]


def xlsx(*rows, change=lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(made := io.BytesIO())
    return made.getvalue()


def ods(rows: str) -> bytes:
    """`rows` is what stands within the sheet's element."""
    content = (
        f'<office:document-content xmlns:office="{OASIS}office:1.0" '
        f'xmlns:table="{OASIS}table:1.0" xmlns:text="{OASIS}text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="One">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{OASIS}manifest:1.0"/>'
    parts = {"mimetype": ODS, "META-INF/manifest.xml": manifest, "content.xml": content}
    return folder(parts)


def folder(parts: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def repacked(sent: bytes, change) -> bytes:
    with zipfile.ZipFile(io.BytesIO(sent)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return folder({name: change(name, content) for name, content in parts.items()})


def ods_cell(text: str, more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


# CSV


@pytest.mark.parametrize(
    "sent",
    [
        "Code,Town\nLEE,Peño\n".encode(),
        "\ufeffCode,Town\r\nLEE,Peño\r\n".encode(),
        "Code,Town\nLEE,Peño\n".encode("cp1252"),
        "Code;Town\nLEE;Peño\n".encode("utf-16"),
        "Code\tTown\nLEE\tPeño\n".encode("utf-16-le"),
        "Code\tTown\nLEE\tPeño\n".encode("utf-16-be"),
        "sep=;\nCode;Town\nLEE;Peño".encode(),
        "Code|Town\rLEE|Peño".encode(),
        "Code,Town\nLEE,Pen\u0303o\n".encode(),  # the accent as a sign of its own
        '"Code","Town"\n LEE ,"\xa0Peño\x00"\n'.replace("\x00", "\x07").encode(),
    ],
)
def test_a_list_is_the_same_in_every_encoding(sent):
    assert lines(sent) == [("Code", "Town"), ("LEE", "Peño")]


def test_a_cell_keeps_its_line_breaks_and_a_row_its_number():
    sent = b'Code,Address\n\nLEE,"100 Main St\r\nLee, MA"\n,,,\nPIT,1 Wendell Ave\n'
    rows = read(sent)
    assert [row.line for row in rows] == [1, 3, 5]
    assert rows[1].cells == ("LEE", "100 Main St\nLee, MA")


def test_a_formula_of_a_csv_file_is_its_own_text():
    assert lines(b'name\n"=HYPERLINK(""http://x"")"\n')[1] == ('=HYPERLINK("http://x")',)


def test_a_number_that_a_csv_file_marks_as_text_keeps_its_zeros():
    (_headings, row) = read(b'Barcode,Name\n="00123",Ada\n')
    assert row.cells == ("00123", "Ada")


def test_a_quotation_mark_without_its_partner_is_told_with_its_line():
    with pytest.raises(OpenQuote) as no:
        read(b'code,name\nLEE,"Lee Library\nPIT,Athenaeum\n')
    assert no.value.facts["line"] >= 2


# Workbooks


def test_a_workbook_says_what_it_shows():
    sent = xlsx(
        ["Code", "Since", "Card", "Share", "Lends", "At"],
        ["LEE", STAMP, 21234000000001, 0.25, True, time(9, 30)],
        ["PIT", date(2020, 9, 14), "0123", None, False],
    )
    assert lines(sent)[1:] == [
        ("LEE", "2020-09-14 13:05:00", "21234000000001", "0.25", "TRUE", "09:30:00"),
        ("PIT", "2020-09-14", "0123", "", "FALSE"),
    ]


def test_a_formula_is_never_evaluated():
    sent = xlsx(["a", "b"], ["x", '=HYPERLINK("http://x","y")'], ["=1+1", "z"])
    assert lines(sent)[1:] == [("x", '=HYPERLINK("http://x","y")'), ("=1+1", "z")]


def test_a_formula_with_a_result_is_its_result():
    def reckon(name: str, content: bytes) -> bytes:
        return content.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>"
        )

    assert lines(repacked(xlsx(["a"], ["=1+1"]), reckon)) == [("a",), ("2",)]


def test_a_cell_over_several_rows_is_said_of_each():
    def merge(sheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("A5:B5")

    rows = [["Code", "Note"], ["LEE", "closed"], [None, "open"], ["PIT", "open"], ["The end", None]]
    wanted = [("Code", "Note"), ("LEE", "closed"), ("LEE", "open"), ("PIT", "open"), ("The end",)]
    assert lines(xlsx(*rows, change=merge)) == wanted
    row = "<table:table-row>{}</table:table-row>"
    covered = "<table:covered-table-cell/>"
    tall = ods_cell("LEE", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
    assert (
        lines(
            ods(
                row.format(ods_cell("Code") + ods_cell("Note"))
                + row.format(tall + ods_cell("closed"))
                + row.format(covered + ods_cell("open"))
                + row.format(ods_cell("PIT") + ods_cell("open"))
                + row.format(ods_cell("The end"))
            )
        )
        == wanted
    )


def test_what_stands_far_down_and_right_keeps_its_place():
    def place(sheet) -> None:
        sheet["C4"], sheet["D4"], sheet["C7"] = "Code", "Town", "LEE"

    rows = read(xlsx(change=place))
    assert [(row.line, row.cells) for row in rows] == [
        (4, ("", "", "Code", "Town")),
        (7, ("", "", "LEE")),
    ]


def test_hidden_and_empty_sheets_are_passed_over():
    book = openpyxl.Workbook()
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Empty")
    book.create_sheet("List").append(["=A1", "LEE"])
    book.active = 2
    book.save(made := io.BytesIO())
    assert lines(made.getvalue()) == [("=A1", "LEE")]


# Limits


def test_as_many_rows_as_we_take_are_taken():
    sent = b"code\n" + b"LEE\n" * ROWS
    assert len(read(sent)) == ROWS + 1
    with pytest.raises(TooManyRows):
        read(sent + b"PIT\n")


def test_a_workbook_of_as_many_rows_as_we_take_is_read():
    repeated = f'<table:table-row table:number-rows-repeated="{ROWS}">'
    rows = read(ods(repeated + ods_cell("LEE") * 5 + "</table:table-row>"))
    assert len(rows) == ROWS


@pytest.mark.parametrize(
    ("sent", "no"),
    [
        (b"x" * (BYTES + 1), TooLarge),
        (b"", NoRows),
        (b"\n,,\n \n", NoRows),
        (b"a," * COLUMNS + b"b", TooWide),
        (b"a\n" + b"b" * (LONGEST + 1), TooWide),
        (b"a\n" + b"b" * 200_000, TooWide),
        (b"%PDF-1.7 ...", NotASpreadsheet),
        (b"\xd0\xcf\x11\xe0" + bytes(600), NotASpreadsheet),
        (b"\x89PNG\r\n\x1a\n\0\0\0", NotASpreadsheet),
        (b"\xff\xfe\x00\xd8" * 100, NotASpreadsheet),
        (b"a\0\0\0" * 100, NotASpreadsheet),
        (b"name\n\x81\x8d\xff", NotASpreadsheet),
        (b"PK\x03\x04" + b"\xff" * 100, Unreadable),
        (folder({"word/document.xml": "<w/>"}), NotASpreadsheet),
        (folder({"mimetype": ODS, "content.xml": "<broken"}), Unreadable),
        (folder({"xl/workbook.xml": ""}), Unreadable),
        (xlsx(["a"])[:-40], Unreadable),
    ],
)
def test_what_cannot_be_taken_is_refused(sent, no):
    with pytest.raises(no):
        read(sent)


@pytest.mark.parametrize(
    ("pack", "no"),
    [
        # As much memory as there is, for two cells.
        (lambda: xlsx(["a"], change=lambda sheet: sheet.cell(1_048_576, 16_384, "z")), Unreadable),
        (
            lambda: ods(
                '<table:table-row table:number-rows-repeated="1048576">'
                + ods_cell("LEE", 'table:number-columns-repeated="16384"')
                + "</table:table-row>"
            ),
            Unreadable,
        ),
        # As much room as there is, for a few bytes.
        (
            lambda: folder({"xl/workbook.xml": "<w/>", "xl/media/x": bytes(130_000_000)}),
            TooLarge,
        ),
        # One long text, said again by each cell.
        (
            lambda: ods("<table:table-row>" + ods_cell("x" * 9000) * 150 + "</table:table-row>"),
            None,
        ),
    ],
    ids=["wide workbook", "wide sheet", "large picture", "long text"],
)
def test_a_small_file_cannot_take_all_there_is(pack, no):
    sent = pack()
    assert len(sent) < 200_000
    if no is None:
        assert len(read(sent)) == 1
        return
    with pytest.raises(no):
        read(sent)


def test_a_workbook_that_says_one_text_many_times_is_too_large():
    row = f'<table:table-row table:number-rows-repeated="{ROWS}">'
    with pytest.raises(TooLarge):
        read(ods(row + ods_cell("x" * 2000) + "</table:table-row>"))


def test_a_folder_that_lies_about_its_size_is_refused():
    true = folder({"xl/workbook.xml": "<w/>", "xl/x.xml": b"a" * 5_000_000})
    size = (5_000_000).to_bytes(4, "little")
    with pytest.raises(Unreadable):
        read(true.replace(size, (10).to_bytes(4, "little")))


def test_an_entity_that_grows_without_end_is_refused():
    def bomb(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return content
        levels = "".join(f'<!ENTITY l{n} "{"".join([f"&l{n - 1};"] * 10)}">' for n in range(1, 10))
        head = f'<!DOCTYPE x [<!ENTITY l0 "ha">{levels}]>'.encode()
        return head + content.replace(b"<f>1+1</f>", b"<f>&l9;</f>")

    with pytest.raises(Unreadable):
        read(repacked(xlsx(["a"], ["=1+1"]), bomb))


def test_a_locked_workbook_asks_for_one_without_a_password():
    locked = (
        f'<manifest:manifest xmlns:manifest="{OASIS}manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml">'
        "<manifest:encryption-data></manifest:encryption-data>"
        "</manifest:file-entry></manifest:manifest>"
    )
    with pytest.raises(Locked):
        read(folder({"mimetype": ODS, "META-INF/manifest.xml": locked, "content.xml": "?"}))
    with pytest.raises(Locked):
        read(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400).filter(lambda sent: not sent.startswith(b"PK")))
def test_any_bytes_are_rows_or_a_refusal(sent):
    try:
        rows = read(sent)
    except Unreadable:
        return
    assert (
        all(cell.isprintable() or "\n" in cell for row in rows for cell in row.cells if cell)
        or rows
    )


# Headings and days


def test_headings_are_known_by_their_words_below_a_title():
    rows = read(b"Our list of today\n\nLIBRARY CODE,Town,Shoe size\nLEE,Lee,9\nPIT\n")
    found = table(rows, {"code": ("Code", "Library code"), "town": ("Town", "City")}, ["code"])
    assert found.columns == {"code": 0, "town": 1}
    assert found.unknown == ("Shoe size",)
    assert [found.cell(row, "town") for row in found.rows] == ["Lee", ""]
    assert [row.line for row in found.rows] == [4, 5]
    assert found.cell(found.rows[0], "phone") == ""


@pytest.mark.parametrize(
    ("sent", "cells"),
    [
        (b"Cards of 11/26/2026\nBarcode;Name\n12;Ada\n", ("12", "Ada")),
        (b"Cards, of Nov 26, 2026\nBarcode\tName\n12\tLovelace, Ada\n", ("12", "Lovelace, Ada")),
        (b"Cards, ours\n\nBarcode;Name;Expires\n", None),
        (b" \n;;\nBarcode;Name\n12;Ada\n", ("12", "Ada")),
        (b"Barcode;Name\n12;Lovelace, Ada, Countess, of\n", ("12", "Lovelace, Ada, Countess, of")),
    ],
)
def test_below_a_title_the_cells_are_parted_as_the_headings_are(sent, cells):
    found = table(read(sent), {"barcode": ("Barcode",), "name": ("Name",)}, ["barcode", "name"])
    assert [row.cells for row in found.rows] == ([cells] if cells else [])


def test_a_list_without_its_headings_says_which():
    with pytest.raises(NoHeadings) as no:
        table(read(b"LEE,Lee\n"), {"code": ("Code",), "town": ("Town",)}, ["code", "town"])
    assert no.value.facts["needed"] == ("Code", "Town")


@pytest.mark.parametrize(
    ("at", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_a_column_is_called_as_the_spreadsheet_calls_it(at, letters):
    assert spreadsheet.column(at) == letters


@pytest.mark.parametrize(
    "text",
    [
        "2020-09-04",
        "2020-09-04 00:00:00",
        "2020-09-04T13:05:00Z",
        "9/4/2020",
        "09/04/20",
        "9/4/2020 1:05 PM",
        "9/4/2020 13:05:09",
        "4-Sep-2020",
        "4-Sep-20",
        "Sep 4, 2020",
        "September 4, 2020",
        "Sept. 4, 2020",
        "4 September 2020",
        "09-04-2020",
        "9-4-20",
        "20200904",
        "44078",
        "44078.5",
    ],
)
def test_a_day_is_read_as_it_is_written(text):
    assert spreadsheet.day(text) == date(2020, 9, 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "14/9/2020",
        "2020-13-01",
        "9/31/2020",
        "9/4",
        "12",
        "123456",
        "20201399",
        "14-9-2020",
        "Sep 2020",
        "9/4/2020 13:05 PM",
        "9/4/2020 25:05",
        "9/4/2020 1:05:09:10",
        "13:05",
    ],
)
def test_what_is_not_surely_a_day_is_none(text):
    assert spreadsheet.day(text) is None


def test_the_time_of_a_stamp_is_kept():
    assert str(spreadsheet.moment("2020-09-04T13:05:09.250Z")) == "2020-09-04 13:05:09"
    assert str(spreadsheet.moment("4 Sept. 2020, 1:05 pm")) == "2020-09-04 13:05:00"
    assert str(spreadsheet.moment("9-4-20 7:05")) == "2020-09-04 07:05:00"
    assert str(spreadsheet.moment("9/4/2020 1:05:09 PM")) == "2020-09-04 13:05:09"
    assert str(spreadsheet.moment("44078.5")) == "2020-09-04 12:00:00"
