"""What files may look like, at the command line: encodings, sheets, several files, and what is said of each."""

import openpyxl
import pytest

RULES = 'event visit[place: text]\nfield city: text\ncity = "Łódź" +10\nvisit[place = "Łódź"] +1\n'
AT = ("--as-of", "2026-11-21")
READ_AS = "is read as Windows-1250 (`Łódź`, not `£ódŸ` as Windows-1252 has it)"


@pytest.fixture(autouse=True)
def files(here):
    (here / "r.leadrules").write_text(RULES, "utf-8")
    (here / "in").mkdir()
    (here / "in" / "a.csv").write_bytes("id;city\nA;Łódź\n".encode("cp1250"))
    (here / "in" / "b.csv").write_text("id,city\nB,Łódź\nA,Köln\n", "utf-8")
    (here / "events.csv").write_bytes("lead_id;type;at;place\nA;visit;2026-11-01;Łódź\n".encode("cp1250"))


def test_an_encoding_is_said_and_may_be_decided(leadrules):
    run = leadrules("score", "r.leadrules", "in/a.csv", "--events", "events.csv", *AT, "-o", "-")
    assert [line.split(",")[:2] for line in run.stdout.splitlines()[1:]] == [["A", "11"]]
    assert f"note: `in/a.csv` {READ_AS}; --encoding says otherwise\n" in run.stderr
    assert f"note: `events.csv` {READ_AS}; --events-encoding says otherwise\n" in run.stderr
    run = leadrules("score", "r.leadrules", "in/a.csv", "--encoding", "windows-1252", *AT, "-o", "-")
    assert [line.split(",")[:2] for line in run.stdout.splitlines()[1:]] == [["A", "0"]]
    assert "is read as" not in run.stderr
    run = leadrules("score", "r.leadrules", "in/a.csv", "--encoding", "elvish", *AT)
    assert (run.exit_code, "cannot be read as `elvish`" in run.stderr) == (2, True)


@pytest.mark.parametrize(
    "command",
    [("explain", "r.leadrules", "in/a.csv", "--lead", "A", *AT), ("infer", "in/a.csv")],
    ids=["explain", "infer"],
)
def test_each_command_says_how_it_reads(leadrules, command):
    run = leadrules(*command)
    assert run.exit_code == 0
    assert f"`in/a.csv` {READ_AS}; --encoding says otherwise" in run.stderr


@pytest.mark.parametrize("leads", [("in",), ("in/a.csv", "in/b.csv"), ("in/*.csv",)])
def test_leads_of_several_files(leadrules, leads):
    run = leadrules("score", "r.leadrules", *leads, *AT, "-o", "-")
    assert run.exit_code == 3
    assert [line.split(",")[:2] for line in run.stdout.splitlines()[1:]] == [["A", "10"], ["B", "10"]]
    assert "row 3 of `in/b.csv` has the id `A` of row 2 of `in/a.csv`" in run.stderr


def test_leads_to_check_against_may_be_a_folder(leadrules):
    run = leadrules("check", "r.leadrules", "--against", "in")
    assert "in/a.csv, in/b.csv: 2 of 3 leads can be read" in run.stdout


def test_standard_input_comes_alone(leadrules):
    run = leadrules("score", "r.leadrules", "-", "in/a.csv", *AT)
    assert (run.exit_code, "standard input comes alone" in run.stderr) == (2, True)


def test_a_sheet_is_said_and_may_be_chosen(here, leadrules):
    book = openpyxl.Workbook()
    for name, rows in (("Leads", [["id", "city"], ["A", "Łódź"]]), ("Old", [["id", "city"], ["Z", "Köln"]])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    visits = book.create_sheet("Visits")
    for row in (["lead_id", "type", "at", "place"], ["A", "visit", "2026-11-01", "Łódź"]):
        visits.append(row)
    del book["Sheet"]
    book.save(here / "book.xlsx")
    run = leadrules(
        "score", "r.leadrules", "book.xlsx", "--events", "book.xlsx", "--events-sheet", "Visits", *AT, "-o", "-"
    )
    assert [line.split(",")[:2] for line in run.stdout.splitlines()[1:]] == [["A", "11"]]
    assert "`book.xlsx` is read from its sheet `Leads`; it has `Old`, `Visits`, too: --sheet chooses" in run.stderr
    run = leadrules("score", "r.leadrules", "book.xlsx", "--sheet", "2", *AT, "-o", "-")
    assert [line.split(",")[:2] for line in run.stdout.splitlines()[1:]] == [["Z", "0"]]
