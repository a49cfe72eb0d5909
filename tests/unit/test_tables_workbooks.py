"""Workbooks: which sheet, which header, typed cells, errors, merged cells, and what is broken."""

import datetime as dt
import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from leadrules import Ruleset
from leadrules.decoding.xls_records import extent_of_xls
from leadrules.tables import EventFile, FileProblem, Reject, Row, read_events, read_leads, score_files

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
XLS = Path(__file__).parent / "workbooks" / "leads.xls"
"""The table of `LEADS`, and a second sheet `Notes`, as old programs write them."""
LEADS = [
    ["id", "city", "size", "since", "ok"],
    [1, "Łódź", 62, dt.date(2026, 3, 1), True],
    [2, "Köln", 6.5, None, False],
    ["A-3"],
]
READ = [
    ("1", {"id": 1, "city": "Łódź", "size": 62, "since": dt.date(2026, 3, 1), "ok": True}),
    ("2", {"id": 2, "city": "Köln", "size": 6.5, "since": None, "ok": False}),
    ("A-3", {"id": "A-3", "city": None, "size": None, "since": None, "ok": None}),
]


def xlsx(path: Path, *sheets: list[list[object]], names: str = "ABCDE") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in zip(names, sheets, strict=False):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def ods(path: Path, *tables: str) -> Path:
    office = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = f'xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"'
    named = "".join(f'<table:table table:name="T{n}">{rows}</table:table>' for n, rows in enumerate(tables))
    body = f"<office:body><office:spreadsheet>{named}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def cell(value: object, more: str = "") -> str:
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}" {more}/>'
    return f'<table:table-cell office:value-type="string" {more}><text:p>{value}</text:p></table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def read(path, **options) -> list[tuple[str, dict[str, object]]]:
    return [(row.lead["id"], row.lead["attributes"]) for row in read_leads(path, **options)]


def problem(given, **options) -> str:
    with pytest.raises(FileProblem) as caught:
        list(read_leads(given, **options))
    return str(caught.value)


# --------------------------------------------------------------------- cells


def test_cells_are_typed_and_whole_numbers_are_whole(tmp_path):
    path = xlsx(tmp_path / "leads.xlsx", LEADS)
    assert read(path) == READ
    assert read_leads(path).remarks == ()
    assert [type(value) for value in read(path)[0][1].values()] == [int, str, int, dt.date, bool]


def test_an_old_workbook_reads_alike():
    assert read(XLS) == READ


def test_a_workbook_of_libreoffice_reads_alike(tmp_path):
    true = '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
    day = '<table:table-cell office:value-type="date" office:date-value="2026-03-01"/>'
    end = row('<table:table-cell table:number-columns-repeated="16384"/>', more='table:number-rows-repeated="1048500"')
    path = ods(
        tmp_path / "leads.ods",
        row(*map(cell, ("id", "city", "size", "since", "ok"))) + row(cell(1), cell("Łódź"), cell(62), day, true) + end,
    )
    assert read(path) == READ[:1]


def test_times_of_day_spans_and_moments(tmp_path):
    moment = dt.datetime(2026, 11, 1, 10, 5)  # noqa: DTZ001 - a spreadsheet knows no zones
    cells = [["id", "at", "clock", "span"], [1, moment, dt.time(9, 5), dt.timedelta(hours=30, seconds=5)]]
    path = xlsx(tmp_path / "leads.xlsx", cells)
    assert read(path)[0][1] == {"id": 1, "at": moment, "clock": "09:05:00", "span": "30:00:05"}


def test_spans_of_an_ods_longer_than_a_day_are_as_those_of_an_xlsx(tmp_path):
    spans = ("PT25H10M05S", "-PT30H00M00.5S", "PT14H30M00S")
    cells = "".join(f'<table:table-cell office:value-type="time" office:time-value="{span}"/>' for span in spans)
    path = ods(tmp_path / "leads.ods", row(*map(cell, ("id", "a", "b", "c"))) + row(cell(1), cells))
    assert read(path)[0][1] == {"id": 1, "a": "25:10:05", "b": "-30:00:00", "c": "14:30:00"}


def test_a_workbook_may_be_packed_or_come_through_a_pipe(tmp_path):
    path = xlsx(tmp_path / "leads.xlsx", LEADS)
    packed = tmp_path / "leads.xlsx.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read(packed) == READ
    assert read(io.BytesIO(path.read_bytes()), input_format="xlsx") == READ


def test_errors_are_unknown_and_told(tmp_path):
    path = tmp_path / "leads.xlsx"
    book = openpyxl.Workbook()
    for cells in (["id", "size"], [1, 5], [2, "#N/A"], [3, "#DIV/0!"]):
        book.active.append(cells)
    book.save(path)
    assert [attributes["size"] for _, attributes in read(path)] == [5, None, None]
    said = "has 2 cells with an error such as `#N/A`, which are unknown (first in row 3)"
    assert read_leads(path).notes == (f"`{path}` {said}",)


def test_errors_of_libreoffice_are_told(tmp_path):
    error = '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p>'
    error += "</table:table-cell>"
    content = row(cell("id"), cell("size")) + row(cell(1), error.replace("calcext:", "table:"))
    path = ods(tmp_path / "leads.ods", content)
    assert "has 1 cell with an error such as `#N/A`, which is unknown (first in row 2)" in read_leads(path).notes[0]


def test_merged_cells_have_their_value_everywhere(tmp_path):
    path = tmp_path / "leads.xlsx"
    book = openpyxl.Workbook()
    for cells in (
        ["id", "company", "phone", None],
        [1, "Kestrel", "a", "b"],
        [2, None, "c", None],
        [3, "Amber", None, "d"],
    ):
        book.active.append(cells)
    book.active.merge_cells("B2:B3")
    book.active.merge_cells("C1:D1")
    book.save(path)
    leads = read_leads(path)
    assert leads.columns == ("id", "company", "phone", "phone (2)")
    assert [row.lead["attributes"]["company"] for row in leads] == ["Kestrel", "Kestrel", "Amber"]
    assert f"`{path}` has 2 areas of merged cells: each cell of one has its value" in leads.notes


# ------------------------------------------------------------ sheet and header


def test_the_first_sheet_is_read_and_the_others_are_named(tmp_path):
    path = xlsx(tmp_path / "leads.xlsx", LEADS, [["id"], ["b"]], [["id"], ["c"]])
    assert read(path) == READ
    assert read_leads(path).notes == (f"`{path}` is read from its sheet `A`; it has `B`, `C`, too: `sheet=…` chooses",)
    for asked in ("B", "b", 2, "2"):
        leads = read_leads(path, sheet=asked)
        assert [row.lead["id"] for row in leads] == ["b"]
        assert leads.remarks == ()
    assert problem(path, sheet="D") == (
        f"`{path}` has no sheet `D`\n  help: its sheets are `A`, `B`, `C`; name one with `sheet=…`"
    )
    assert problem(path, sheet=4).startswith(f"`{path}` has no sheet `4`\n")
    events = xlsx(tmp_path / "events.xlsx", [["x"]], [["lead_id", "type", "at"], [1, "visit", dt.date(2026, 1, 1)]])
    assert read_events(events, sheet="B").of("1")[0]["at"] == dt.date(2026, 1, 1)
    assert read_events(EventFile(events, sheet=2)).of("1")[0]["type"] == "visit"


def test_hidden_sheets_are_read_only_where_they_are_asked_for(tmp_path):
    path = xlsx(tmp_path / "leads.xlsx", [["id"], ["a"]], [["id"], ["b"]])
    book = openpyxl.load_workbook(path)
    book["A"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    leads = read_leads(path)
    assert ([row.lead["id"] for row in leads], leads.remarks) == (["b"], ())
    assert [row.lead["id"] for row in read_leads(path, sheet="A")] == ["a"]


def test_the_header_may_stand_below_a_title(tmp_path):
    path = xlsx(
        tmp_path / "leads.xlsx", [["All leads of 2026"], [], [], [None, "id", "size"], [None, 1, 5], [], [None, 2, 6]]
    )
    leads = read_leads(path)
    rows = list(leads)
    assert [(row.number, row.lead["attributes"]) for row in rows] == [
        (5, {"id": 1, "size": 5}),
        (7, {"id": 2, "size": 6}),
    ]
    assert leads.columns == ("id", "size")
    assert leads.remarks == (
        f"`{path}` has its header in row 4; what stands above it is passed over",
        f"`{path}` has 1 row without any value, passed over",
    )
    assert leads.read_rows == 3


def test_rows_are_told_by_their_numbers_in_the_sheet(tmp_path):
    path = xlsx(tmp_path / "leads.xlsx", [[], ["id", "need"], [1, "yes"], [1, "no"], [None, "no", "x"], [3, "maybe"]])
    summary = score_files(Ruleset.from_text("need +1"), leads=path, as_of=NOON)
    assert summary.reasons[0] == "row 4 has the id `1` of row 3"
    assert summary.reasons[1] == "row 5 has no id (`id` is empty)"
    assert summary.reasons[2].startswith("row 6: field `need`")
    assert summary.remarks == (
        f"`{path}` has values in column 3, which has no name: they are passed over (first in row 5)",
    )
    assert summary.rows == summary.scored + summary.rejected + summary.blank == 4


@pytest.mark.parametrize("content", [[], [[None, " "]]])
def test_a_sheet_without_anything(tmp_path, content):
    path = xlsx(tmp_path / "leads.xlsx", content, [["id"]])
    assert problem(path) == (
        f"`{path}` has nothing in its sheet `A`\n  help: its other sheets are `B`: name one with `sheet=…`"
    )


# -------------------------------------------------------------------- broken


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"<html><table><tr><td>id</td></tr></table>", "is HTML, whatever its name says"),
        (b"id\tcity\n1\tx\n", "is text, whatever its name says\n  help: let its name end in `.csv`"),
        (b"PK\x03\x04 and no more", "cannot be read as a workbook: "),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read as a workbook: "),
    ],
)
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_what_is_no_workbook(tmp_path, content, said, suffix):
    path = tmp_path / f"leads.{suffix}"
    path.write_bytes(content)
    assert problem(path).startswith(f"`{path}` {said}")


def test_a_workbook_that_was_cut_or_changed_is_told(tmp_path):
    whole = xlsx(tmp_path / "whole.xlsx", LEADS * 50).read_bytes()
    path = tmp_path / "leads.xlsx"
    for place in range(0, len(whole), 97):
        for content in (whole[:place], whole[:place] + b"\xff\x00\xfe" + whole[place + 3 :]):
            path.write_bytes(content)
            try:
                list(read_leads(path))
            except FileProblem as error:
                assert str(path) in str(error)  # noqa: PT017 - some changes do no harm


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_cell_far_from_the_table_is_told_and_takes_no_memory(tmp_path, kind):
    path = tmp_path / f"leads.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(["id"])
        book.active["XFD1048576"] = 1
        book.save(path)
    else:
        far = '<table:table-cell table:number-columns-repeated="16383"/>' + cell("x")
        ods(path, row(cell("id")) + row(more='table:number-rows-repeated="1048574"') + row(far))
    said = "has cells down to row 1,048,576 and over to column 16,384 in the sheet"
    assert problem(path).startswith(f"`{path}` {said}")


def test_a_table_is_no_workbook_and_a_workbook_no_table(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes(xlsx(tmp_path / "leads.xlsx", LEADS).read_bytes())
    assert problem(path) == (
        f"`{path}` is a workbook (.xlsx), whatever its name says\n"
        "  help: let its name end in `.xlsx`, or say `input_format=…`"
    )
    assert read(path, input_format="xlsx") == READ
    path.write_text("id\n1\n")
    assert problem(path, sheet="A") == f"`{path}` is no workbook, and has no sheets\n  help: leave out `sheet=…`"
    assert problem(tmp_path / "leads.xlsx", encoding="utf-8").endswith("leave out `encoding=…`")


def test_what_is_missing_is_said_with_how_to_install_it(tmp_path, monkeypatch):
    path = xlsx(tmp_path / "leads.xlsx", LEADS)
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    assert problem(path) == (
        f"`{path}` needs python-calamine to be read\n  help: install it with: pip install 'leadrules[excel]'"
    )


def test_a_header_that_stands_once_more_in_a_sheet_is_a_reject(tmp_path):
    rows = list(read_leads(xlsx(tmp_path / "leads.xlsx", [["id", "note"], [1, "a"], ["id", "note"], [2, "b"]])))
    assert [(row.row, row.reason) for row in rows if isinstance(row, Reject)] == [
        (3, "row 3 is the header once more, as where files were put together (take it away)")
    ]
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["1", "2"]


def test_formulas_without_a_value_and_hidden_rows_are_told(tmp_path):
    path = tmp_path / "leads.xlsx"
    book = openpyxl.Workbook()
    for cells in (["id", "size"], [1, "=1+2"], [2, 6], [3, "=A2"], [4, 7]):
        book.active.append(cells)
    for hidden in (3, 5, 9):
        book.active.row_dimensions[hidden].hidden = True
    book.save(path)
    assert [attributes["size"] for _, attributes in read(path)] == [None, 6, None, 7]
    formulas, rows = read_leads(path).notes
    assert formulas == (
        f"`{path}` has 2 formulas that no program has calculated, which are unknown (first in row 2): open it in a "
        "spreadsheet, and save it"
    )
    assert rows == f"`{path}` has 2 rows that are hidden, or filtered out, and read as any other"


@pytest.mark.parametrize(
    ("stored", "found"),
    [(b"<f>2+3</f><v>5</v>", 5), (b'<f t="shared" si="0"/><v>5</v>', 5), (b"<f>2+3</f><v></v>", None)],
)
def test_a_formula_that_was_calculated_is_its_value(tmp_path, stored, found):
    path = xlsx(tmp_path / "leads.xlsx", [["id", "size"], [1, 5]])
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "new.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == sheet:
                text = text.replace(b"<v>5</v>", stored)
                text = text.replace(b'<c r="B2" t="n">', b'<c r="B2" t="str">') if found is None else text
            new.writestr(name, text)
    assert read(tmp_path / "new.xlsx")[0][1]["size"] == found
    assert read_leads(tmp_path / "new.xlsx").notes == ()


def test_rows_that_a_filter_of_libreoffice_hides_are_told(tmp_path):
    shown = row(cell("id")) + row(cell(1))
    path = ods(tmp_path / "leads.ods", shown + row(cell(2), more='table:visibility="filter"'))
    assert len(read(path)) == 2
    said = "has 1 row that is hidden, or filtered out, and read as any other"
    assert read_leads(path).notes == (f"`{path}` {said}",)


def patched_xls(path: Path, **places: bytes) -> Path:
    """Write the old workbook with other records in some places of its one stream, which stands there in one piece."""
    data = bytearray(XLS.read_bytes())
    for place, record in places.items():
        at = int(place.removeprefix("at"))
        data[at : at + len(record)] = record
    path.write_bytes(data)
    return path


def test_errors_and_hidden_rows_of_an_old_workbook_are_told(tmp_path):
    data = XLS.read_bytes()
    assert read_leads(XLS).notes[1:] == ()
    number = data.index(b"\x7e\x02\x0a\x00")
    row, column = data[number + 4 : number + 6], data[number + 6 : number + 8]
    error = b"\x05\x02\x0a\x00" + row + column + data[number + 8 : number + 10] + b"\x2a\x01"
    hidden = data.index(b"\x08\x02\x10\x00")
    flags = bytes([data[hidden + 16] | 0x20])
    path = patched_xls(tmp_path / "leads.xls", **{f"at{number}": error, f"at{hidden + 16}": flags})
    notes = [note.removeprefix(f"`{path}` ") for note in read_leads(path).notes]
    assert f"has 1 cell with an error such as `#N/A`, which is unknown (first in row {row[0] + 1})" in notes
    assert "has 1 row that is hidden, or filtered out, and read as any other" in notes


@pytest.mark.parametrize("cut", [600, 1_600, 3_000])
def test_an_old_workbook_that_is_laid_out_otherwise_tells_nothing(cut):
    assert extent_of_xls(io.BytesIO(XLS.read_bytes()[:cut]), 0) is None
    assert extent_of_xls(io.BytesIO(XLS.read_bytes()), 99) is None
    assert extent_of_xls(io.BytesIO(b"PK\x03\x04"), 0) is None
