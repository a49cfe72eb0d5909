"""Reading CSV: encodings, delimiters, quotes, ragged rows, and what is said of a file that cannot be used."""

import csv
import datetime as dt
from pathlib import Path
from time import process_time

import pytest

from leadrules import LeadError, Ruleset
from leadrules.decoding.delimiters import sniffed
from leadrules.tables import FileProblem, Reject, Row, read_leads


def written(folder: Path, content: str | bytes, name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, *, name: str = "leads.csv", **options: object) -> list[Row | Reject]:
    return list(read_leads(written(folder, content, name), **options))


def attributes(rows: list[Row | Reject]) -> list[dict[str, str]]:
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.lead["attributes"] for row in rows]


def reasons(rows: list[Row | Reject]) -> list[tuple[int, str | None, str]]:
    return [(row.row, row.id, row.reason) for row in rows if isinstance(row, Reject)]


def problem(folder: Path, content: str | bytes, *, name: str = "leads.csv", **options: object) -> str:
    """What is said of the file, with its folder taken away."""
    with pytest.raises(FileProblem) as caught:
        read(folder, content, name=name, **options)
    return str(caught.value).replace(str(folder) + "/", "")


def test_a_row_is_a_lead_and_every_column_an_attribute(tmp_path):
    assert read(tmp_path, "id,Job Title\n 7 , Boss \n8,\n") == [
        Row(2, 2, {"id": "7", "attributes": {"id": " 7 ", "Job Title": " Boss "}, "events": [], "stages": {}}),
        Row(3, 3, {"id": "8", "attributes": {"id": "8", "Job Title": ""}, "events": [], "stages": {}}),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "id,city\n1,Łódź\n",
        "id,city\r\n1,Łódź\r\n",
        "id,city\r1,Łódź\r",
        "id,city\n1,Łódź",
        "\ufeffid,city\n1,Łódź\n",
        "id;city\n1;Łódź\n",
        "id\tcity\n1\tŁódź\n",
        "id|city\n1|Łódź\n",
        '"id","city"\n"1","Łódź"\n',
        " id , city \n1,Łódź\n",
        "\n\nid,city\n1,Łódź\n",
        "sep=;\nid;city\n1;Łódź\n",
        "\ufeffsep=;\r\nid;city\r\n1;Łódź\r\n",
        "sep=,\nid,city\n1,Łódź\n",
        "id,city,\n1,Łódź,\n",
    ],
)
def test_the_same_table_in_many_forms(tmp_path, content):
    assert attributes(read(tmp_path, content)) == [{"id": "1", "city": "Łódź"}]


def test_quotes_keep_delimiters_line_ends_and_quotes(tmp_path):
    rows = read(tmp_path, 'id,note\n1,"a, b\n""c"""\n2,plain 5" pipe\n')
    assert [row["note"] for row in attributes(rows)] == ['a, b\n"c"', 'plain 5" pipe']
    assert [(row.number, row.line) for row in rows] == [(2, 2), (3, 4)]


def test_tab_separated_by_suffix_and_any_delimiter_by_request(tmp_path):
    assert attributes(read(tmp_path, "id\ta,b,c\n1\tx,y,z\n", name="leads.tsv")) == [{"id": "1", "a,b,c": "x,y,z"}]
    assert attributes(read(tmp_path, "id:a\n1:x\n", delimiter=":")) == [{"id": "1", "a": "x"}]
    assert attributes(read(tmp_path, "id\ta\n1\tx\n", delimiter="tab")) == [{"id": "1", "a": "x"}]
    assert attributes(read(tmp_path, "id;a\n1;x\n", name="leads.tsv", delimiter=";")) == [{"id": "1", "a": "x"}]


def test_the_suffix_may_be_in_capitals(tmp_path):
    assert len(read(tmp_path, "id\n1\n", name="LEADS.CSV")) == 1


@pytest.mark.parametrize(
    ("sample", "mark"),
    [
        ("id;a;b\n1;2,5;3,5\n2;1,0;2,0\n", ";"),
        ("id,a\n1,x;y;z\n2,x;y\n", ","),
        ("id;note\n1;a, b, c\n2;d, e, f\n", ";"),
        ('"id";"a,b,c"\n1;2\n', ";"),
        ('id,"x;y;z;w"\n1,2\n', ","),
        ("id|a,b\n1|2,3\n", "|"),
        ("id\n1\n2\n", ","),
        ("a;b\n", ";"),
        ("a b\n", ","),
        # Both split every row alike; the header that has the wanted column wins.
        ("id,a;b\n1,2;3\n", ","),
        ("id;a,b\n1;2,3\n", ";"),
    ],
)
def test_the_delimiter_is_recognised(sample, mark):
    assert sniffed(sample, ("id",), whole=True) == mark


def test_a_sample_that_cannot_be_split_is_no_obstacle():
    assert sniffed('id;a\n1;"' + "x" * (csv.field_size_limit() + 1), ("id",), whole=True) == ";"


def test_a_cut_last_row_does_not_count(tmp_path):
    assert sniffed("id;a\n1;2\n3", ("id",), whole=False) == ";"
    big = "id;a,b\n" + "".join(f"{n};{n},{n}\n" for n in range(20_000))
    assert len(attributes(read(tmp_path, big))) == 20_000


@pytest.mark.parametrize("mark", ["", ",,", '"', "\n", " ", "a", "1"])
def test_a_delimiter_is_one_mark(tmp_path, mark):
    if mark == "":
        assert len(read(tmp_path, "id\n1\n", delimiter=mark)) == 1
        return
    assert problem(tmp_path, "id\n1\n", delimiter=mark) == (
        f"`leads.csv` cannot be split at `{mark}`\n  help: a delimiter is one mark, such as `,`, `;`, `|` or `tab`"
    )


# ------------------------------------------------------------------- rejects


def test_ragged_rows_are_left_out_and_the_rest_is_read(tmp_path):
    rows = read(tmp_path, "id,a,b\n1,x,y\n2,x\n3,x,y,z,w\n4,x,y\n")
    assert [row.number for row in rows if isinstance(row, Row)] == [2, 5]
    assert reasons(rows) == [
        (3, None, "row 3 has 2 values, the header has 3 columns"),
        (4, None, "row 4 has 5 values, the header has 3 columns"),
    ]


def test_one_value_is_one_value(tmp_path):
    assert reasons(read(tmp_path, "id,a\n1\n")) == [(2, None, "row 2 has 1 value, the header has 2 columns")]
    assert reasons(read(tmp_path, "id\n1,2\n")) == [(2, None, "row 2 has 2 values, the header has 1 column")]


def test_blank_rows_count_as_rows_and_hold_no_lead(tmp_path):
    rows = read(tmp_path, "id,a\n1,x\n\n , \n,\n2,y\n\n")
    assert [(row.number, row.line, row.lead["id"]) for row in rows] == [(2, 2, "1"), (6, 6, "2")]


def test_a_row_without_id_is_left_out(tmp_path):
    assert reasons(read(tmp_path, "id,a\n ,x\n1,y\n")) == [(2, None, "row 2 has no id (`id` is empty)")]


def test_an_id_that_is_no_text_is_left_out(tmp_path):
    assert reasons(read(tmp_path, "id,a\n\0,x\n")) == [
        (2, None, "row 2 has no id (`\ufffd` holds a NUL character (remove it))")
    ]


def test_of_one_id_the_first_row_counts(tmp_path):
    rows = read(tmp_path, "id,a\n7,x\n8,y\n 7 ,z\n7,w\n")
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["7", "8"]
    assert reasons(rows) == [(4, "7", "row 4 has the id `7` of row 2"), (5, "7", "row 5 has the id `7` of row 2")]


def test_rows_may_be_numbered(tmp_path):
    rows = read(tmp_path, "name\nAnn\nAnn\n", id_column="#")
    assert [row.lead["id"] for row in rows] == ["2", "3"]
    assert attributes(rows) == [{"name": "Ann"}, {"name": "Ann"}]


def test_the_id_column_stays_an_attribute(tmp_path):
    rows = read(tmp_path, "email,a\nann@example.com,x\n", id_column="email")
    assert rows[0].lead["id"] == rows[0].lead["attributes"]["email"] == "ann@example.com"


def test_columns_called_events_and_stages_are_attributes(tmp_path):
    rows = read(tmp_path, "id,events,stages,attributes\n1,5,mql,x\n")
    assert rows[0].lead == {
        "id": "1",
        "attributes": {"id": "1", "events": "5", "stages": "mql", "attributes": "x"},
        "events": [],
        "stages": {},
    }


def test_text_after_a_closing_quote(tmp_path):
    rows = read(tmp_path, 'id,a\n1,"x"y\n2,z\n')
    assert reasons(rows) == [
        (
            2,
            None,
            'row 2 has text after a closing quote, where `,` is expected (write a quote inside quotes twice: `""`)',
        )
    ]
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["2"]


def test_a_quote_that_never_closes(tmp_path):
    rows = read(tmp_path, 'id,a\n1,x\n2,"y\n3,z\n')
    assert reasons(rows) == [(3, None, "row 3 has a quote, opened on line 3 or below, that is never closed")]


def test_a_value_without_end(tmp_path):
    rows = read(tmp_path, f'id,a\n1,"{"x" * (csv.field_size_limit() + 1)}"\n2,y\n')
    assert reasons(rows) == [(2, None, "row 2 has a value of over 131,072 characters (was a quote left open?)")]
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["2"]


def test_as_of_stands_in_a_column(tmp_path):
    rows = read(tmp_path, "id,when\n1, 2026-01-01 \n2,\n", as_of_column="when")
    assert rows[0].as_of == "2026-01-01"
    assert reasons(rows) == [(3, "2", "row 3 has no time to be scored at (`when` is empty)")]


# ------------------------------------------------------------------ problems


def test_a_header_alone_is_no_lead(tmp_path):
    assert read(tmp_path, "id,a\n") == []
    assert read(tmp_path, "id") == []


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff", ",,\n"])
def test_an_empty_file(tmp_path, content):
    said = "`leads.csv` is empty\n  help: its first row should name the columns"
    assert problem(tmp_path, content) == said


def test_two_columns_of_one_name(tmp_path):
    path = written(tmp_path, "id,a,b, a,a (2),a\n1,2,3,4,5,6\n")
    leads = read_leads(path)
    assert leads.columns == ("id", "a", "b", "a (3)", "a (2)", "a (4)")
    assert leads.notes == (f"`{path}` has columns of one name: the further ones are read as `a (3)`, `a (4)`",)
    assert attributes(list(leads)) == [{"id": "1", "a": "2", "b": "3", "a (3)": "4", "a (2)": "5", "a (4)": "6"}]


def test_columns_and_values_without_a_name(tmp_path):
    content = "id;a;;\n1;x\n2;x;;\n3;x;;;;\n;;;;;;\n4;x;y;\n5;x;;;z\n6\n"
    leads = read_leads(written(tmp_path, content))
    rows = list(leads)
    assert leads.columns == ("id", "a")
    assert attributes([row for row in rows if isinstance(row, Row)]) == [{"id": n, "a": "x"} for n in "1234"]
    assert reasons(rows) == [
        (7, None, "row 7 has 5 values, the header has 4 columns"),
        (8, None, "row 8 has 1 value, the header has 4 columns"),
    ]
    assert leads.remarks == (
        f"{leads.called} has values in column 3, which has no name: they are passed over (first in row 6)",
        f"{leads.called} has 1 row without any value, passed over",
    )
    assert leads.read_rows == 7


@pytest.mark.parametrize(
    ("header", "advice"),
    [
        ("ID,name", "is it `ID`? name the column with `id_column=…`"),
        ("Prospect ID,name", "is it `Prospect ID`? name the column with `id_column=…`"),
        ("name,ContactId", "is it `ContactId`? name the column with `id_column=…`"),
        ("name,lead_id", "is it `lead_id`? name the column with `id_column=…`"),
        ("name,paid", "name the column with `id_column=…`"),
    ],
)
def test_no_id_column(tmp_path, header, advice):
    columns = ", ".join(f"`{name}`" for name in header.split(","))
    assert problem(tmp_path, header + "\n1,2\n") == (
        f"`leads.csv` has no column `id` for the id of the lead; its columns are {columns}\n  help: {advice}"
    )


def test_the_wrong_delimiter(tmp_path):
    assert problem(tmp_path, "id;name\n1;x\n", delimiter=",") == (
        "`leads.csv` has no column `id` for the id of the lead; its columns are `id;name`\n"
        "  help: it looks separated by `;`: give that as the delimiter"
    )
    assert "separated by a tab" in problem(tmp_path, "id\tname\n1\tx\n", delimiter="|")


def test_no_column_for_the_time_of_scoring(tmp_path):
    assert problem(tmp_path, "id,asof\n1,2\n", as_of_column="as_of") == (
        "`leads.csv` has no column `as_of` for the time of scoring; its columns are `id`, `asof`\n"
        "  help: is it `asof`? name the column with `as_of_column=…`"
    )


def test_a_header_that_cannot_be_read(tmp_path):
    assert problem(tmp_path, '"id"x,a\n1,2\n') == (
        "`leads.csv` has no header that can be read: line 1 has text after a closing quote, where `,` is expected "
        '(write a quote inside quotes twice: `""`)\n  help: is the delimiter right?'
    )


@pytest.mark.parametrize(
    ("content", "line", "offset"),
    [
        (b"id,city\n1,K\xc3\xb6ln\n2,M\xc3\xbcnchen\n3,K\xf6ln\n", "4", "30"),
        (b"id,a\n1," + b"x" * ((1 << 20) - 8) + b"\xc3\xa9,\xc3(\n", "2", "1,048,578"),
    ],
)
def test_what_is_utf_8_but_for_a_byte_is_told_where(tmp_path, content, line, offset):
    assert problem(tmp_path, content, id_column="#") == (
        f"`leads.csv` is not UTF-8: line {line} has a byte that belongs to another encoding (byte {offset} of the file)"
        "\n  help: say which encoding it is in with `encoding=…`, such as `windows-1250`, or "
        "save it again as UTF-8 (in Excel: `CSV UTF-8`)"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04....[Content_Types].xml....", "is a workbook (.xlsx), whatever its name says"),
        (b"PK\x03\x04....leads.csv", "is a ZIP archive, whatever its name says\n  help: unpack it first"),
        (b"\x89PNG\r\n\x1a\n", "is a picture (PNG), whatever its name says"),
        (b"PAR1....PAR1", "is a Parquet file, whatever its name says\n  help: let its name end in `.parquet`"),
    ],
)
def test_a_file_of_another_kind_is_told_what_it_is(tmp_path, content, said):
    assert problem(tmp_path, content).startswith(f"`leads.csv` {said}")


def test_a_missing_file(tmp_path):
    written(tmp_path, "id\n", "leads.csv")
    with pytest.raises(FileProblem) as caught:
        read_leads(tmp_path / "lead.csv")
    assert str(caught.value) == f"`{tmp_path}/lead.csv` does not exist\n  help: is it `{tmp_path}/leads.csv`?"
    with pytest.raises(FileProblem) as caught:
        read_leads(tmp_path / "no" / "leads.csv")
    assert str(caught.value).endswith(f"does not exist\n  help: the folder `{tmp_path}/no` does not exist either")


def test_a_folder(tmp_path):
    (tmp_path / "leads.csv").mkdir()
    with pytest.raises(FileProblem, match="is a folder without a file that can be read"):
        read_leads(tmp_path / "leads.csv")


@pytest.mark.parametrize(("name", "what"), [("leads.docx", "ends in `.docx`"), ("leads", "has no suffix")])
def test_an_unknown_format(tmp_path, name, what):
    assert problem(tmp_path, "id\n", name=name) == (
        f"`{name}` {what}, which is no known format\n"
        "  help: the formats are `.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.json`, `.parquet`, `.xlsx`, `.xlsm`, "
        "`.xls`, `.ods`, each also packed "
        "as `.gz` or `.zst`; name one of another name with `input_format=…`"
    )


def test_a_path_may_be_text(tmp_path):
    assert len(list(read_leads(str(written(tmp_path, "id\n1\n"))))) == 1


def test_the_columns_are_known_before_reading(tmp_path):
    assert read_leads(written(tmp_path, "id,a\n1,x\n")).columns == ("id", "a")


# ------------------------------------------------------- no row without a word


def remarks(folder: Path, content: str, name: str = "leads.csv") -> list[str]:
    table = read_leads(written(folder, content, name))
    list(table)
    return [remark.replace(str(folder) + "/", "") for remark in table.remarks]


def test_a_quote_that_nobody_closes_costs_its_own_row_alone(tmp_path):
    rows = read(tmp_path, 'id,employees,note\n1,20,a\n2,20,"b\n3,20,c\n4,20,d\n')
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["1", "3", "4"]
    assert reasons(rows) == [(3, None, "row 3 has a quote, opened on line 3 or below, that is never closed")]
    assert [(row.number, row.line) for row in rows if isinstance(row, Row)] == [(2, 2), (4, 4), (5, 5)]


def test_a_quote_too_many_in_a_large_file_costs_one_row(tmp_path):
    lines = [f"{n},20,{'x' * 20}" for n in range(20_000)]
    lines[5] = '5,20,"b'
    rows = read(tmp_path, "id,employees,note\n" + "\n".join(lines) + "\n")
    assert len(rows) == 20_000
    assert [row.row for row in rows if isinstance(row, Reject)] == [7]


def test_a_quote_that_a_later_one_does_not_close_well_costs_its_own_row_alone(tmp_path):
    rows = read(tmp_path, 'id,note\n1,"b\n2,c\n3,"d"\n4,e\n')
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["2", "3", "4"]
    said = "row 2 has a quote that is not closed on its line, and the next quote, on line 4, has text after it"
    assert reasons(rows) == [(2, None, said)]


def test_a_value_that_holds_what_looks_like_rows_is_told(tmp_path):
    (told,) = remarks(tmp_path, 'id,employees,note\n1,20,a\n2,20,"b\n3,20,c\n4,20,d"\n5,20,e\n')
    assert told == (
        "`leads.csv` may have lost rows: row 3 has a value in quotes from line 3 to line 5, "
        "and lines of it look like rows; is a quote too many there?"
    )


def test_a_value_over_several_lines_is_told(tmp_path):
    assert remarks(tmp_path, 'id,city,note\n1,x,"a\nb, c\nd"\n2,"y\nz",e\n') == [
        "`leads.csv` has 2 rows with a value over several lines, the first is row 2 from line 2 to line 4"
    ]


def test_a_row_over_several_lines_of_another_width_is_told_with_its_lines(tmp_path):
    rows = read(tmp_path, 'id,note\n1,"b\n2,c",d\n3,e\n')
    assert reasons(rows) == [(2, None, "row 2 has 3 values from line 2 to line 3, the header has 2 columns")]


@pytest.mark.parametrize("name", ["leads.csv", "leads.jsonl"])
def test_rows_without_any_value_are_counted(tmp_path, name):
    content = {"leads.csv": "id,note\n1,a\n,\n , \n\n2,b\n", "leads.jsonl": '{"id":1}\n\n \n\n{"id":2}\n'}[name]
    assert remarks(tmp_path, content, name) == [f"`{name}` has 3 rows without any value, passed over"]


def test_a_header_of_many_columns_is_read_in_no_time(tmp_path):
    names = [f"column {n}" for n in range(80_000)]
    begun = process_time()
    (row,) = read(tmp_path, ",".join(["id", *names]) + "\n" + ",".join(["1"] * 80_001) + "\n")
    assert len(row.lead["attributes"]) == 80_001
    assert process_time() - begun < 4
    leads = read_leads(written(tmp_path, ",".join(["id", *names, *names]) + "\n"))
    assert leads.columns[-1] == "column 79999 (2)"
    assert leads.notes[0].endswith("`column 4 (2)` and 79,995 more")
    assert process_time() - begun < 8


def test_a_column_is_found_by_the_form_in_which_rules_compare_names(tmp_path):
    leads, events = tmp_path / "leads.csv", tmp_path / "events.csv"
    leads.write_text("id,m²,Lead\u00a0Source,ﬀ,x²,x2\n1,9,web,3,1,2\n", "utf-8")
    events.write_text("lead_id,type,at,m²\n1,visit,2026-01-01T00:00:00Z,4\n", "utf-8")
    (row,) = read_leads(leads, events=events)
    assert isinstance(row, Row)
    found = {"id": "1", "m²": "9", "Lead\u00a0Source": "web", "ﬀ": "3", "x²": "1", "x2": "2"}
    assert row.lead["attributes"] == found
    assert row.lead["events"][0]["properties"] == {"m²": "4"}
    field = "field `m²`: number\nfield `Lead\u00a0Source`: text\nevent visit[`m²`: number]\n"
    rules = Ruleset.from_text(f'{field}`m²` > 5 +1\n`Lead Source` = "web" +10\nvisit[`m²` = 4] +100')
    as_of = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    assert rules.evaluate(row.lead, as_of=as_of).score == 111
    with pytest.raises(LeadError, match="`x2` and `x²` are one name"):
        Ruleset.from_text("field x2: number\nx2 > 1 +1").evaluate(row.lead, as_of=as_of)


@pytest.mark.parametrize("title", ["Export, of 20 November\n", "All customers\n\n", "a,b,c\nd,e,f\n"])
def test_a_title_above_the_header_is_passed_over_and_told(tmp_path, title):
    leads = read_leads(written(tmp_path, f"{title}ID;firma\n1;Amber\n2;Birch\n"), id_column="ID")
    rows = list(leads)
    first = title.count("\n") + 2
    assert [(row.number, row.lead["id"]) for row in rows] == [(first, "1"), (first + 1, "2")]
    assert attributes(rows)[0] == {"ID": "1", "firma": "Amber"}
    assert leads.remarks == (f"{leads.called} has its header in row {first - 1}; what stands above it is passed over",)


def test_the_first_row_is_the_header_where_none_has_more_of_the_columns(tmp_path):
    assert attributes(read(tmp_path, "id,note\n1,id\n2,note\n")) == [
        {"id": "1", "note": "id"},
        {"id": "2", "note": "note"},
    ]
    said = problem(tmp_path, "name,size\nAmber,5\n")
    assert "its columns are `name`, `size`" in said


@pytest.mark.parametrize("again", ["id,note", "\ufeffid,note", ' id ,"note"'])
def test_a_header_that_stands_once_more_is_a_reject(tmp_path, again):
    rows = read(tmp_path, f"id,note\n1,a\n{again}\n2,b\n")
    said = "row 3 is the header once more, as where files were put together (take it away)"
    assert reasons(rows) == [(3, None, said)]
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["1", "2"]


@pytest.mark.parametrize("start", ["<!DOCTYPE html>\n<html>", "<html>", "\ufeff \n<table>", "<?xml version='1.0'?>"])
def test_html_is_called_that(tmp_path, start):
    said = problem(tmp_path, f"{start}<tr><td>id</td></tr>\n")
    assert said.startswith("`leads.csv` is HTML, whatever its name says\n  help: open it where it comes from"), said


def test_a_column_may_have_a_name_in_brackets(tmp_path):
    assert attributes(read(tmp_path, "<id>,id\n7,1\n")) == [{"<id>": "7", "id": "1"}]
