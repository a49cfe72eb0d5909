"""What would read values that a field cannot read."""

import datetime as dt

import pytest

from leadrules import Ruleset
from leadrules.conversions import reader_of_field
from leadrules.tables import score_files
from leadrules.tables.cures import cure_for, written
from leadrules.values import zone
from leadrules.vocabulary import BOOL, DATE, DATETIME, NUMBER, TEXT, TEXTS, Field, Type

UTC = zone("UTC")
AS_OF = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("type_", "texts", "cure", "other"),
    [
        (NUMBER, "1 234,50|54 300 000,00", 'number as "1 234,50"', None),
        (NUMBER, "6,5|10,25", 'number as "6,5"', None),
        (NUMBER, "1,200|54,000", 'number as "1,234"', "6,5"),
        (NUMBER, "$1,200,000|$900", 'number as "$1,234"', None),
        (NUMBER, "45%|100 %", 'number as "12%"', None),
        (NUMBER, "1 200 zł|12,5 zł", 'number as "1 234,50 zł"', None),
        (NUMBER, "12k|3k", 'number as "12k"', None),
        (NUMBER, "51-200|1,001-5,000", 'number as "1,001-5,000"', None),
        (NUMBER, "n/a|-|Brak danych", 'number unknown {"-", "brak danych", "n/a"}', None),
        (NUMBER, "ok. 40|6,5", 'number as "6,5" else unknown', None),
        (NUMBER, "many", "number else unknown", None),
        (DATE, "15.12.2026|1.2.2026", 'date as "D.M.YYYY"', None),
        (DATE, "11/30/2026|01/02/2026", 'date as "M/D/YYYY"', None),
        (DATE, "01/02/2026", 'date as "D/M/YYYY"', "M/D/YYYY"),
        (DATE, "15.12.2026|11/30/2026", 'date as "D.M.YYYY" or "M/D/YYYY"', None),
        (DATE, "soon|next spring|later|1.2.2026", 'date as "D.M.YYYY" else unknown', None),
        (NUMBER, "many|some|few|6,5", 'number as "6,5" else unknown', None),
        (NUMBER, "PLN -5|12 szt.", 'number as "12 PLN" or "12 szt"', None),
        (DATE, "12.2125|99.99.2026", "date else unknown", None),
        (DATE, "next spring|1.2.2026", 'date as "D.M.YYYY" else unknown', None),
        (DATETIME, "20.11.2026 09:15|1.2.2026 10:00", 'datetime as "D.M.YYYY h:m"', None),
        (DATETIME, "11/18/2026 3:04 PM", 'datetime as "M/D/YYYY h:m AM"', None),
        (DATETIME, "1793914260000", 'datetime as "epoch ms"', None),
        (DATETIME, "1793914260", 'datetime as "epoch"', None),
        (BOOL, "TAK|nie", 'bool true {"tak"} false {"nie"}', None),
        (BOOL, "tak|chyba", 'bool true {"tak"} false {"nie"} else unknown', None),
        (BOOL, "chyba", "bool else unknown", None),
        (Type("text", ("a",)), "Gdańsk", 'one of {"a", "Gdańsk"}', None),
        (Type("text", ("a",)), "b|c|d|e|f|g", 'one of {"a"} else unknown', None),
        (TEXT, "x", "text else unknown", None),
        (TEXTS, "x", "list of text else unknown", None),
    ],
)
def test_the_likely_cure(type_, texts, cure, other):
    each = texts.split("|")
    found = cure_for(Field("x", type_), each, UTC)
    assert written(found.field) == cure
    if not found.field.lenient:
        reader = reader_of_field(found.field, UTC)
        assert all(text.lower() in found.field.unknown or reader(text) is not None for text in each)
    assert found.or_form == other


def test_what_is_declared_stays():
    field = Field("x", NUMBER, columns=("X y",), forms=("1 234",), unknown=frozenset({"?"}), pii=True)
    assert written(cure_for(field, ["6,5", "n/a"], UTC).field) == (
        'number from "X y" as "1 234" or "6,5" unknown {"?", "n/a"} pii'
    )


@pytest.mark.parametrize(
    ("field", "text", "cure", "other"),
    [
        (Field("x", DATE, forms=("DD/MM/YYYY",)), "07/30/2023", 'date as "DD/MM/YYYY" else unknown', "M/D/YYYY"),
        (Field("x", DATE, forms=("M/D/YYYY h:m",)), "30/07/2023", 'date as "M/D/YYYY h:m" else unknown', "D/M/YYYY"),
        (Field("x", DATE, forms=("M.D.YYYY",)), "30.7.2023", 'date as "M.D.YYYY" else unknown', "D.M.YYYY"),
        (Field("x", DATE, forms=("DD/MM/YYYY",)), "7.30.2023", 'date as "DD/MM/YYYY" else unknown', None),
        (Field("x", DATE, forms=("DD/MM/YYYY",)), "30.7.2023", 'date as "DD/MM/YYYY" or "D.M.YYYY"', None),
        (Field("x", NUMBER, forms=("1,234.50",)), "6,5", 'number as "1,234.50" else unknown', "6,5"),
        (Field("x", NUMBER, forms=("6,5",)), "1,234,567", 'number as "6,5" else unknown', "1,234"),
        (Field("x", NUMBER, forms=("1 234",)), "6,5", 'number as "1 234" or "6,5"', None),
    ],
)
def test_no_form_is_added_that_reads_otherwise_what_a_declared_one_reads(field, text, cure, other):
    found = cure_for(field, [text], UTC)
    assert (written(found.field), found.or_form) == (cure, other)


@pytest.mark.parametrize(
    "rules",
    [
        'field x: number from "A \\"b\\"" as "1 234" unknown {"?"} default 7 pii',
        'field x: bool true {"a"} false {"b"} default false',
        'field x: list of text split ";" or "|" default "a; b"',
        'field x: date as "D.M.YYYY" default 2026-01-02 else unknown',
        'field x: one of {"a", "b"} default "a"',
        "field x: text protected",
    ],
)
def test_a_field_is_written_as_it_would_be_declared(rules):
    field = Ruleset.from_text(f"{rules}\nneed +1")._program.fields["x"]
    again = Ruleset.from_text(f"field x: {written(field)}\nneed +1")._program.fields["x"]
    assert again == field


RULES = """
field size: number from "Size"
field phone_count: number from "Phone" pii
event visit[seconds: number]
size >= 5 +1
phone_count > 1 +2
visit[seconds > 5] +4
"""


def files(tmp_path):
    (tmp_path / "l.csv").write_text('id,Size,Phone\n1,"1 200",x\n2,"6,5",2\n3,7,2\n3,7,2\n4,7,\n', "utf-8")
    rows = '1,visit,2026-01-01,"7,5"\n2,visit,2026-01-01,9\n4,visit,1.2.2026,9\n'
    (tmp_path / "e.csv").write_text(f"lead_id,type,at,seconds\n{rows}", "utf-8")
    return {"leads": tmp_path / "l.csv", "events": tmp_path / "e.csv", "as_of": AS_OF}


def test_what_cannot_be_read_is_told_by_column(tmp_path):
    summary = score_files(Ruleset.from_text(RULES), **files(tmp_path))
    assert (summary.scored, summary.rejected) == (1, 4)
    assert {one.name: (one.count, one.examples, one.cure, one.row) for one in summary.unreadable} == {
        "size": (2, ("1 200", "6,5"), 'field size: number from "Size" as "1 234,50"', 2),
        "phone_count": (1, (), 'field phone_count: number from "Phone" else unknown pii', 2),
        "visit.seconds": (1, ("7,5",), 'event visit[seconds: number as "6,5"]', None),
        "at": (1, ("1.2.2026",), 'event any_event at as "D.M.YYYY"', None),
    }
    assert summary.other_reasons == ("row 5 has the id `3` of row 4",)
    assert summary.unreadable[0].sentence() == (
        "`size` (column `Size`): 2 values cannot be read: `1 200`, `6,5` (first in row 2)"
    )


def test_lenient_rules_score_them_and_say_the_same(tmp_path):
    rules = Ruleset.from_text(RULES, lenient=True)
    summary = score_files(rules, **files(tmp_path), output=tmp_path / "s.csv")
    assert (summary.scored, summary.rejected, summary.rejected_events) == (4, 1, 1)
    assert {one.name: (one.count, one.cure) for one in summary.unreadable} == {
        "size": (2, 'field size: number from "Size" as "1 234,50"'),
        "phone_count": (1, None),
        "visit.seconds": (1, 'event visit[seconds: number as "6,5"]'),
        "at": (1, 'event any_event at as "D.M.YYYY"'),
    }


def test_a_cure_cures(tmp_path):
    given = files(tmp_path)
    columns = score_files(Ruleset.from_text(RULES), **given).unreadable
    lines = [line for line in RULES.splitlines() if not line.startswith(("field", "event"))]
    cured = Ruleset.from_text("\n".join([*(one.cure for one in columns), *lines]))
    summary = score_files(cured, **given)
    assert (summary.scored, [one.name for one in summary.unreadable]) == (4, ["phone_count"])


def test_days_as_a_spreadsheet_counts_them_are_told(tmp_path):
    leads, events = tmp_path / "leads.csv", tmp_path / "events.csv"
    leads.write_text("id,signed,size\n1,46000,x\n2,45992.5,46000 x\n3,12345,\n", "utf-8")
    events.write_text("lead_id,type,at\n3,demo,46000\n", "utf-8")
    rules = Ruleset.from_text(
        "field signed: date\nfield size: number\nsigned is known +1\nsize > 1 +1\ndemo +1\nevent demo\n"
    )
    summary = score_files(rules, leads=leads, events=events, as_of=dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    hint = "`46000` looks like 2025-12-09 as a spreadsheet counts days: show the column as dates there, and save it"
    assert {one.name: one.hint for one in summary.unreadable} == {"signed": hint, "at": hint, "size": None}
    assert summary.unreadable[0].sentence().endswith(f"(first in row 2); {hint}")
