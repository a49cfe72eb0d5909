"""Rows of totals at the end of reports are no leads, and are told."""

from pathlib import Path

import openpyxl
import pytest

from leadrules.tables import Reject, Row, read_leads
from leadrules.tables.totals import total_in


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def read(text, **options):
    Path("leads.csv").write_text(text, "utf-8")
    table = read_leads("leads.csv", **options)
    found = list(table)
    rejects = [(one.row, one.id, one.reason) for one in found if isinstance(one, Reject)]
    return [one.lead["id"] for one in found if isinstance(one, Row)], rejects, table


@pytest.mark.parametrize(
    "word",
    ["Summe", "RAZEM:", "Total", "Grand total", "Total général", "Suma końcowa", "Ogółem", "Gesamtergebnis", "Łącznie",
     "Grand Totals (2 records)", "Total (2)", "Summe: 2", "Összesen", "Итого", "Średnia"],
)  # fmt: skip
def test_one_at_the_end_is_left_out_and_told(word):
    ids, rejects, table = read(f'id,city,employees\n1,x,3\n2,y,4\n\n"{word}",,"7 000,50 zł"\n')
    assert ids == ["1", "2"]
    reason = f"row 5 is a total and no lead, it seems: `{word}`, and else nothing but numbers (take it out of the file)"
    assert rejects == [(5, word, reason)]
    assert table.read_rows == 4


def test_several_and_lines_below_them():
    ids, rejects, _ = read("id,employees\n1,3\n2,4\nSumme,7\nMittelwert,3.5\nConfidential\n")
    assert ids == ["1", "2"]
    assert [row for row, _, _ in rejects] == [6, 4, 5]


def test_the_word_may_stand_in_the_first_column_that_is_filled():
    text = ",company,id,employees\n,Kestrel,1,3\n,Razem,,7\n"
    assert read(text)[0] == ["1"]
    assert read(text, id_column="#")[0] == ["2"]


@pytest.mark.parametrize(
    "text",
    [
        "id,company,city\n1,x,y\n2,Total,Paris\n",
        "company,id,city\nx,1,y\nTotal,2,Paris\n",
        "id,company\nTotal,3\n",
        "id,employees\n1,3\ntotalizer,3\n",
        "id,employees,active\n1,3,yes\nSum,3,yes\n",
    ],
)
def test_what_may_be_a_lead_is_one(text):
    ids, rejects, table = read(text)
    assert (len(ids), rejects, table.remarks) == (text.count("\n") - 1, [], ())


def test_one_above_other_leads_is_read_and_told():
    ids, rejects, table = read("id,employees\n1,3\nZwischensumme,3\nSubtotal,3\n2,4\nSumme,7\n")
    assert ids == ["1", "Zwischensumme", "Subtotal", "2"]
    assert len(rejects) == 1
    (said,) = table.remarks
    assert said == (
        "`leads.csv` has a row that looks like a total, and is read as a lead since leads stand below it: row 3 "
        "(`Zwischensumme`), and 1 more; take it away if it is one"
    )


def test_one_of_a_workbook():
    book = openpyxl.Workbook()
    for cells in (["id", "employees"], [1, 3], [2, 4], ["Suma", 7]):
        book.active.append(cells)
    book.save("leads.xlsx")
    assert [isinstance(one, Reject) for one in read_leads("leads.xlsx")] == [False, False, True]


def test_json_has_none():
    Path("leads.jsonl").write_text('{"id": "1", "employees": 3}\n{"id": "Summe", "employees": 3}\n', "utf-8")
    assert all(isinstance(one, Row) for one in read_leads("leads.jsonl"))


def test_a_day_or_an_answer_is_no_number():
    assert total_in({"id": "Summe", "active": True}, "id") is None
