"""Results for people with a spreadsheet: their own columns, CSV as their country has it, workbooks, a list for each."""

import csv
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from leadrules import Ruleset
from leadrules.tables import CSV_FORMS, CsvForm, FileProblem, Row, read_leads, score_files, workbook_output

# The bars of today's Excel are an extension, which openpyxl passes over.
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")
NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = """\
ruleset acme version "7"
timezone "Europe/Warsaw"
field turnover: number as "1 234,5"
field founded: date as "DD.MM.YYYY"
field seen: datetime
field `Nazwa firmy`: text
turnover > 100       +12.5
country = "PL"       +8     because "in our country"
country = "DE"       -> tag "abroad"
demo_request         -> tag "called us"
stages owner: nobody < Kowalski < Nowak
  country = "PL"     -> Kowalski
  country = "DE"     -> Nowak
"""
LEADS = """\
Nazwa firmy;id;country;turnover;founded;seen;score;tel
=1+1;1;PL;1 234,5;09.11.2026;2026-11-20T10:00:00Z;77;+48 600
Łódź;2;DE;7;01.02.2025;;;007
Bez kraju;3;;0012;31.12.1899;;;
"""
RESULT = ["score", "points", "owner", "segments", "tags", "recommendations", "missing"]


@pytest.fixture
def rules(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("leads.csv").write_text(LEADS, "utf-8", newline="")
    return Ruleset.from_text(RULES)


def run(rules, **options):
    return score_files(rules, **{"leads": "leads.csv", "as_of": NOON, **options})


def rows_of(text, delimiter=","):
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


# ------------------------------------------------------------------- own columns


def test_all_columns_of_the_file_stand_before_the_results_in_its_order_and_spelling(rules):
    summary = run(rules, output="out.csv", keep="all")
    header, first, *_ = rows_of(Path("out.csv").read_text("utf-8"))
    assert header == ["Nazwa firmy", "id", "country", "turnover", "founded", "seen", "score (file)", "tel", *RESULT]
    assert first[:8] == ["'=1+1", "1", "PL", "1 234,5", "09.11.2026", "2026-11-20T10:00:00Z", "77", "+48 600"]
    assert first[8:] == ["20.5", "20.5", "Kowalski", "", "", "", ""]
    assert summary.remarks == ("the leads have a column `score`, as the results do: it is written as `score (file)`",)
    assert summary.formula == "=1+1"


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize("output", ["out.csv", "out.xlsx"])
def test_a_kept_range_stays_what_it_is_and_is_read_back_as_the_same(output):
    ranged = Ruleset.from_text('field size: number as "51-200"\nsize >= 50 +10')
    given = ["50-100", "200+", "> 500", "250", "-7"]
    Path("sizes.csv").write_text("id;size\n" + "".join(f"{at};{one}\n" for at, one in enumerate(given)), "utf-8")
    run(ranged, leads="sizes.csv", output=output, keep="all", form=CsvForm.of("excel-de") if "csv" in output else None)
    again = [row.lead["attributes"]["size"] for row in read_leads(output) if isinstance(row, Row)]
    assert [str(one) for one in again] == given
    run(ranged, leads=output, output="again.csv")
    assert [row[1] for row in rows_of(Path("again.csv").read_text("utf-8"))[1:]] == ["10", "10", "10", "10", "0"]


def test_two_columns_of_nearly_one_name_are_told_apart_and_the_results_are_not_blamed(rules):
    Path("twice.csv").write_text("id,Budget,budget\n1,yes,no\n", "utf-8")
    summary = run(rules, leads="twice.csv", output="out.csv", keep="all")
    assert rows_of(Path("out.csv").read_text("utf-8"))[0][:3] == ["id", "Budget", "budget (file)"]
    said = "the leads have a column `budget`, and another one of nearly that name: it is written as `budget (file)`"
    assert said in summary.remarks


def test_named_columns_stand_in_the_order_of_the_file_behind_the_id(rules):
    run(rules, output="out.csv", keep=["tel", "country"])
    header, *rows = rows_of(Path("out.csv").read_text("utf-8"))
    assert header == ["id", "country", "tel", *RESULT]
    assert [row[:3] for row in rows] == [["1", "PL", "+48 600"], ["2", "DE", "007"], ["3", "", ""]]


def test_a_column_that_is_not_there(rules):
    with pytest.raises(FileProblem, match=r"`leads.csv` has no column `Tel.` to keep\n  help: did you mean `tel`\?"):
        run(rules, output="out.csv", keep=["Tel."])
    assert not Path("out.csv").exists()


def test_a_renamed_column_of_an_earlier_result_finds_a_name_again(rules):
    Path("again.csv").write_text("id,score,score (file),Score\n1,5,6,7\n", "utf-8")
    run(rules, leads="again.csv", output="out.csv", keep="all")
    header, row = rows_of(Path("out.csv").read_text("utf-8"))
    assert header[:4] == ["id", "score (file)", "score (file) (file)", "Score (file 2)"]
    assert row[:4] == ["1", "5", "6", "7"]


@pytest.mark.parametrize("suffix", ["jsonl", "json"])
def test_kept_columns_in_json(rules, suffix):
    from leadrules.canonical import read_json

    run(rules, output=f"out.{suffix}", keep=["score", "tel"])
    text = Path(f"out.{suffix}").read_text("utf-8")
    found = read_json(text) if suffix == "json" else [read_json(line) for line in text.splitlines()]
    assert [one["columns"] for one in found] == [
        {"score": "77", "tel": "+48 600"},
        {"score": "", "tel": "007"},
        {"score": "", "tel": ""},
    ]
    assert found[0]["score"] == Decimal("20.5")


def test_records_of_json_have_no_columns_of_which_all_could_be_kept(rules):
    Path("leads.jsonl").write_text('{"id": 1, "country": "PL", "employees": 12, "tags": ["a"]}\n', "utf-8")
    with pytest.raises(FileProblem, match="name those to keep"):
        run(rules, leads="leads.jsonl", output="out.csv", keep="all")
    run(rules, leads="leads.jsonl", output="out.csv", keep=["employees", "tags", "nothing"])
    assert rows_of(Path("out.csv").read_text("utf-8"))[1][:4] == ["1", "12", '["a"]', ""]


def test_kept_columns_and_what_made_the_results_in_parquet(rules):
    run(rules, output="out.parquet", keep=["tel", "turnover"])
    table = parquet.read_table("out.parquet")
    assert table.column_names == ["id", "turnover", "tel", *RESULT]
    assert table.column("turnover").to_pylist() == ["1 234,5", "7", "0012"]
    about = {name.decode(): text.decode() for name, text in table.schema.metadata.items()}
    assert about["leadrules.fingerprint"] == rules.fingerprint
    assert (about["leadrules.ruleset"], about["leadrules.as_of"]) == ("acme", "2026-11-21T12:00:00Z")


# ------------------------------------------------------------------- forms of CSV


def test_csv_as_polish_excel_reads_it(rules):
    Path("bad.csv").write_text("id;turnover\n1;many\n", "utf-8")
    run(rules, output="out.csv", audit="audit.csv", keep="all", form=CsvForm.of("excel-pl"))
    text = Path("out.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfNazwa firmy;id;")
    first = rows_of(text.decode("utf-8-sig"), ";")[1]
    assert first[3:6] == ["1234,5", "09.11.2026", "20.11.2026 11:00:00"]
    assert first[8:10] == ["20,5", "20,5"]
    audit = rows_of(Path("audit.csv").read_text("utf-8-sig"), ";")
    assert audit[1][6] == "12,5"
    run(rules, leads="bad.csv", output="out.csv", rejects="rejects.csv", form=CsvForm.of("excel-pl"))
    assert Path("rejects.csv").read_bytes().startswith(b"\xef\xbb\xbfrow;id;reason\n2;1;")


def test_codes_with_leading_zeros_and_unreadable_values_stay_as_they_are(rules):
    run(rules, output="out.csv", keep="all", form=CsvForm.of("excel-us"))
    last = rows_of(Path("out.csv").read_text("utf-8-sig"))[3]
    assert last[3:5] == ["0012", "12/31/1899"]


def test_what_is_said_beside_a_preset_counts():
    form = CsvForm.of("excel-de", encoding="cp1250", delimiter="tab")
    assert (form.delimiter, form.decimal, form.encoding) == ("\t", ",", "cp1250")


@pytest.mark.parametrize("name", CSV_FORMS)
def test_every_preset_can_be_read_back(name):
    form = CsvForm.of(name)
    assert form.encoding == "utf-8-sig"
    assert form.delimiter not in form.number(Decimal("-1234.5")) + form.date(dt.date(2026, 1, 9))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"preset": "excel-poland"}, "`excel-poland` is no form of CSV"),
        ({"decimal": ","}, "a comma would stand between values and before decimals"),
        ({"decimal": "'"}, "`'` is no decimal sign"),
        ({"delimiter": "ab"}, "values cannot be separated by `ab`"),
        ({"delimiter": "-"}, "values cannot be separated by `-`"),
        ({"encoding": "utf-99"}, "`utf-99` is no encoding"),
        ({"dates": "DD.MM."}, "`DD.MM.` is no form of dates"),
    ],
)
def test_a_form_that_could_not_be_read_back(said, problem):
    with pytest.raises(FileProblem) as caught:
        CsvForm.of(**said)
    assert (caught.value.sentence, bool(caught.value.advice)) == (problem, True)


def test_a_letter_that_the_encoding_does_not_have(rules):
    with pytest.raises(FileProblem, match=r"cannot be written as \S+, which has no `Ł`"):
        run(rules, output="out.csv", keep="all", form=CsvForm.of(encoding="cp1252"))
    assert not Path("out.csv").exists()


def test_a_header_that_a_spreadsheet_would_run_is_made_harmless(rules):
    Path("leads.csv").write_text("id,=cmd|' /C calc'!A0\n1,x\n", "utf-8")
    assert run(rules, output="out.csv", keep="all").formula == "=cmd|' /C calc'!A0"
    assert rows_of(Path("out.csv").read_text("utf-8"))[0][1] == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["0012", "1-10", "3/4", "1.5.2026", "12e5", "1" * 16, " 007 "])
def test_a_text_that_a_spreadsheet_changes_is_told(rules, text):
    Path("leads.csv").write_text(f"id,code\n1,{text}\n", "utf-8")
    told = (
        f"a spreadsheet takes `{text.strip()}` in `code` for a number or a date, and shows it otherwise: "
        "write `.xlsx`, where every text stays one, or import it as text"
    )
    assert run(rules, output="out.csv", keep="all", form=CsvForm.of("excel-us")).remarks == (told,)
    assert run(rules, output="out.csv", keep="all").remarks == ()
    assert run(rules, output="out.xlsx", keep="all").remarks == ()


def test_an_id_that_a_spreadsheet_changes_is_told_and_what_it_reads_right_is_not(rules):
    Path("leads.csv").write_text("id;turnover;founded;tel\n1;1234,50;09.11.2026;51-200\n00042;;;\n", "utf-8")
    summary = run(rules, output="out.csv", keep="all", form=CsvForm.of("excel-pl"))
    assert [remark.split(" for ")[0] for remark in summary.remarks] == ["a spreadsheet takes `00042` in `id`"]


# ------------------------------------------------------------------- workbooks


def test_a_workbook_has_numbers_days_and_texts(rules):
    run(rules, output="out.xlsx", keep="all")
    book = openpyxl.load_workbook("out.xlsx")
    assert book.sheetnames == ["Leads", "Reasons"]
    leads, reasons = book
    cells = {cell.value: leads.cell(2, cell.column) for cell in leads[1]}
    assert (cells["Nazwa firmy"].value, cells["Nazwa firmy"].data_type) == ("=1+1", "s")
    assert (cells["turnover"].value, cells["score"].value) == (1234.5, 20.5)
    assert cells["founded"].value == dt.datetime(2026, 11, 9)  # noqa: DTZ001 - a day
    assert cells["seen"].value == dt.datetime(2026, 11, 20, 11)  # noqa: DTZ001 - by the clock of the rules
    assert (cells["founded"].is_date, cells["seen"].number_format) == (True, "m/d/yy h:mm")
    assert (cells["tel"].value, cells["score (file)"].value) == ("+48 600", "77")
    assert [leads.cell(4, column).value for column in (4, 5)] == ["0012", "1899-12-31"]

    assert (leads.freeze_panes, leads.auto_filter.ref) == ("A2", "A1:O4")
    assert leads.column_dimensions["A"].width > 8
    assert (leads.page_setup.orientation, leads.page_setup.fitToHeight) == ("landscape", 0)
    assert (leads.sheet_properties.pageSetUpPr.fitToPage, leads.print_title_rows) == (True, "$1:$1")
    told = [[cell.value for cell in row] for row in reasons.iter_rows()]
    assert told == [
        ["lead", "points", "why", "what it rests on", "rule"],
        ["1", 12.5, "turnover > 100", "turnover: 1234.5", "turnover > 100"],
        ["1", 8, "in our country", "country: PL", 'country = "PL"'],
    ]
    about = {one.name: one.value for one in book.custom_doc_props.props}
    assert about["leadrules.fingerprint"] == rules.fingerprint


def test_points_show_the_same_decimals_and_the_score_has_a_bar(rules):
    run(rules, output="out.xlsx", keep="all")
    leads, reasons = openpyxl.load_workbook("out.xlsx")
    ruled = {(str(found.sqref), rule.type): rule for found in leads.conditional_formatting for rule in found.rules}
    assert set(ruled) == {("I2:I4", "notContainsBlanks"), ("I2:I4", "dataBar"), ("J2:J4", "notContainsBlanks")}
    assert ruled["I2:I4", "notContainsBlanks"].dxf.numFmt.formatCode == "0.0"
    assert [str(found.sqref) for found in reasons.conditional_formatting] == ["B2:B3"]
    assert [cell.alignment.horizontal for cell in (leads["I1"], leads["I2"], leads["A2"])] == ["right", "right", None]


def test_whole_points_show_no_decimals(rules):
    Path("leads.csv").write_text("id,turnover,country\n1,7,PL\n", "utf-8")
    run(rules, output="out.xlsx")
    leads, _ = openpyxl.load_workbook("out.xlsx")
    assert [rule.type for found in leads.conditional_formatting for rule in found.rules] == ["dataBar"]


def test_another_program_reads_the_same_from_a_workbook(rules):
    run(rules, output="out.xlsx", keep="all")
    header, first, *_ = CalamineWorkbook.from_path("out.xlsx").get_sheet_by_name("Leads").to_python()
    found = dict(zip(header, first, strict=True))
    assert (found["Nazwa firmy"], found["turnover"], found["founded"]) == ("=1+1", 1234.5, dt.date(2026, 11, 9))


def test_a_sheet_that_is_full_goes_on_on_the_next(rules, monkeypatch):
    sheet = workbook_output.Workbook.sheet
    monkeypatch.setattr(workbook_output.Workbook, "sheet", lambda *a, **k: sheet(*a, **k, most=3))
    summary = run(rules, output="out.xlsx")
    book = openpyxl.load_workbook("out.xlsx")
    assert book.sheetnames == ["Leads", "Leads 2", "Reasons"]
    assert [sheet.auto_filter.ref for sheet in book] == ["A1:H3", "A1:H2", "A1:E3"]
    assert [row[0].value for row in book["Leads 2"].iter_rows()] == ["id", "3"]
    assert summary.remarks == ("a sheet has room for 2 rows: `Leads` goes on on 2 sheets",)


def test_what_a_cell_cannot_hold_is_a_text_or_is_told(rules):
    import json

    lead = {"id": "1", "long": "x" * 40_000, "big": 12345678901234567890, "list": ["a", "b"], "odd": "a\x07\ud800"}
    Path("leads.jsonl").write_text(json.dumps(lead) + "\n", "utf-8")
    summary = run(rules, leads="leads.jsonl", output="out.xlsx", keep=["long", "big", "list", "missing"])
    row = [cell.value for cell in openpyxl.load_workbook("out.xlsx")["Leads"][2]]
    assert (len(row[1]), row[2], row[3], row[4]) == (32_767, "12345678901234567890", "a; b", None)
    assert summary.remarks[0].startswith("the leads have a column `missing`")
    assert summary.remarks[1] == "1 text has more than the 32,767 characters of a cell, and stand cut in the workbook"


# ------------------------------------------------------------------- a list for each


def test_a_file_for_each_value(rules):
    run(rules, output="list-{}.csv", by="owner", keep=["tel"])
    found = {path.name: [row[0] for row in rows_of(path.read_text("utf-8"))] for path in Path().glob("list-*")}
    assert found == {
        "list-Kowalski.csv": ["id", "1"],
        "list-Nowak.csv": ["id", "2"],
        "list-nobody.csv": ["id", "3"],
    }


def test_a_lead_stands_in_the_list_of_each_of_its_tags_and_one_without_in_that_of_none(rules):
    run(rules, output="{}.jsonl", by="tags")
    assert sorted(path.name for path in Path().glob("*.jsonl")) == ["abroad.jsonl", "none.jsonl"]


def test_names_of_files_that_values_would_share_or_that_no_system_takes(rules):
    Path("leads.csv").write_text("id,rep\n1,a/b\n2,a?b\n3,A-B\n4,\n", "utf-8")
    run(rules, output="{}.csv", by="rep")
    assert sorted(path.stem for path in Path().glob("*.csv")) == ["A-B 3", "a-b", "a-b 2", "leads", "none"]


def test_a_sheet_for_each_value(rules):
    Path("leads.csv").write_text("id,rep\n1,[x]\n2,\n3,History\n4,Reasons\n" + f"5,{'r' * 40}\n", "utf-8")
    run(rules, output="out.xlsx", by="rep")
    book = openpyxl.load_workbook("out.xlsx")
    lists = ["-x-", "none", "History 2", "Reasons 2", "r" * 31]
    assert book.sheetnames == [*lists, "Reasons"]
    assert book.active.title == "-x-"
    with zipfile.ZipFile("out.xlsx") as package:
        names = re.findall(r'localSheetId="([0-9]+)"[^>]*>([^<]+)!', package.read("xl/workbook.xml").decode())
    assert {int(number): name.strip("'") for number, name in names} == dict(enumerate([*lists, "Reasons"]))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"output": "out.csv", "by": "owner"}, "has no `{}` in its name"),
        ({"output": "{}.csv", "by": "ownr"}, "there is no column `ownr`\n  help: did you mean `owner`?"),
        ({"output": io.StringIO(), "by": "owner"}, "there is one stream to write to"),
    ],
)
def test_lists_that_cannot_be_written(rules, options, problem):
    with pytest.raises(FileProblem) as caught:
        run(rules, **options)
    assert problem in str(caught.value)


def test_a_column_with_a_value_for_each_lead_makes_no_lists(rules):
    Path("leads.csv").write_text("id,n\n" + "".join(f"{n},{n}\n" for n in range(300)), "utf-8")
    with pytest.raises(FileProblem, match="choose a column with fewer values"):
        run(rules, leads=read_leads("leads.csv"), output="{}.csv", by="n")
    assert [path.name for path in Path().glob("*.csv")] == ["leads.csv"]
