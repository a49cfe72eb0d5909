"""Columns, properties and types of events that nearly have the names that rules read."""

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from leadrules import Ruleset
from leadrules.ruleset import program_of
from leadrules.tables import FileProblem, Names, Reject, Row, read_events, read_leads, score_files
from leadrules.tables.near_names import squeezed

AS_OF = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
RULES = """
field ciągniki: number from "Liczba ciągników"
field size: number from "Size" or "Company Size"
event wizyta[url_strony: text] from "wizyta na stronie"

job_title = "CEO"  +1
ciągniki >= 5      +2
size > 5           +4
email_open         +8
wizyta[url_strony = "/a"] +16

stages stage: new < mql from "Etap"
  was mql -> mql
"""


def written(folder: Path, content: str, name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def names_of(text: str = RULES) -> Names:
    return Names.of([program_of(Ruleset.from_text(text)).scope])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Job Title", "job_title"),
        ("JOB-TITLE", "job title"),
        ("Liczba ciągników", "liczba_ciagnikow"),
        ("Województwo\N{NO-BREAK SPACE}1", "wojewodztwo1"),
        ("ŁÓDŹ", "lodz"),
        ("Straße", "STRASSE"),
    ],
)
def test_what_is_passed_over(one, other):
    assert squeezed(one) == squeezed(other)


@pytest.mark.parametrize(("one", "other"), [("a.b", "ab"), ("a", "b"), ("obrót (PLN)", "obrót"), ("a1", "a2")])
def test_what_is_not(one, other):
    assert squeezed(one) != squeezed(other)


def test_columns_count_for_fields_and_labels(tmp_path):
    path = written(tmp_path, "ID,Job Title,LICZBA CIAGNIKOW,company_size,ETAP\n1,CEO,7,9,mql\n")
    table = read_leads(path, names=names_of())
    result = Ruleset.from_text(RULES).evaluate(next(iter(table)).lead, as_of=AS_OF)
    assert (result.score, result.stages) == (7, {"stage": "mql"})
    assert table.notes == (
        (
            f"`{path}` is read with `ID` as `id`, `Job Title` as `job_title`, "
            "`LICZBA CIAGNIKOW` as `Liczba ciągników`, "
            "`company_size` as `Company Size`, `ETAP` as `Etap`"
        ),
    )
    assert table.remarks == table.notes
    assert table.id_column == "ID"


def test_without_names_they_are_exact(tmp_path):
    path = written(tmp_path, "id,Job Title\n1,CEO\n")
    rules = Ruleset.from_text(RULES)
    assert rules.evaluate(next(iter(read_leads(path))).lead, as_of=AS_OF).score == 0
    assert score_files(rules, leads=path, as_of=AS_OF).remarks == ()
    assert score_files(rules, leads=path, as_of=AS_OF, near_names=True).remarks != ()
    with pytest.raises(FileProblem, match="has no column `id`"):
        read_leads(written(tmp_path, "ID\n1\n"))


def test_an_exact_name_wins(tmp_path):
    path = written(tmp_path, "id,ID,Job Title,job_title,SIZE,Company Size\n1,2,x,CEO,1,9\n")
    table = read_leads(path, names=names_of())
    lead = next(iter(table)).lead
    assert (lead["id"], dict(table.read_as)) == ("1", {})
    assert Ruleset.from_text(RULES).evaluate(lead, as_of=AS_OF).score == 5


@pytest.mark.parametrize(
    ("rules", "header", "said"),
    [
        (
            'job_title = "a" +1',
            "id,Job Title,JOB-TITLE",
            (
                "has two columns for the field `job_title`: `Job Title` and `JOB-TITLE`\n"
                '  help: say which in the rules: `field job_title: text from "Job Title"`'
            ),
        ),
        (
            "field jobtitle: text\njob_title = jobtitle +1",
            "id,Job Title",
            (
                "has the column `Job Title` for the field `job_title` and the field `jobtitle`\n"
                '  help: say which in the rules: `field job_title: text from "Job Title"`'
            ),
        ),
        (
            'stages s: a < b from "Etap"\n  was b -> b',
            "id,ETAP,Étap",
            (
                "has two columns for the label of `s`: `ETAP` and `Étap`\n"
                '  help: say which in the rules: `stages s: … from "ETAP"`'
            ),
        ),
        ("need +1", "ID,Id,need", "has two columns for the id of the lead: `ID` and `Id`\n"),
    ],
)
def test_what_could_be_two_things_is_refused(rules, header, said, tmp_path):
    path = written(tmp_path, header + "\n")
    with pytest.raises(FileProblem) as caught:
        read_leads(path, names=names_of(rules))
    assert said in str(caught.value)


def test_events_have_near_names_too(tmp_path):
    header = "Lead ID,Type,AT,URL strony\n"
    rows = "1,EMAIL_OPEN,2026-03-01,\n1,Wizyta na  Stronie,2026-03-01,/a\n1,other kind,2026-03-01,\n"
    path = written(tmp_path, header + rows, "e.csv")
    table = read_events(path, names=names_of())
    assert [event["type"] for event in table.of("1")] == ["email_open", "wizyta", "other kind"]
    assert table.of("1")[1]["properties"] == {"url_strony": "/a"}
    assert table.notes == (
        (
            f"`{path}` is read with `Lead ID` as `lead_id`, `Type` as `type`, "
            "`AT` as `at`, `URL strony` as `url_strony`, "
            "`EMAIL_OPEN` as `email_open`, `Wizyta na  Stronie` as `wizyta`"
        ),
    )


def test_a_type_that_could_be_two_is_refused(tmp_path):
    path = written(tmp_path, "lead_id,type,at\n1,DEMO REQUEST,2026-03-01\n", "e.csv")
    with pytest.raises(FileProblem) as caught:
        read_events(path, names=names_of("event DemoRequest\nDemoRequest +1\ndemo_request +1"))
    assert "has the type `DEMO REQUEST` for the events" in str(caught.value)
    assert 'from "DEMO REQUEST"`' in str(caught.value)


def test_each_record_of_json_has_its_own_names(tmp_path):
    records = [
        {"ID": 9, "id": 1, "Job Title": "CEO", "events": [{"type": "Email Open", "at": "2026-03-01"}]},
        {"id": 2, "attributes": {"JOB TITLE": "CEO", "Size": 9}},
        {"id": 3, "Job Title": "CEO", "job-title": "CEO"},
    ]
    path = written(tmp_path, "\n".join(map(json.dumps, records)), "leads.jsonl")
    table = read_leads(path, names=names_of())
    rows = list(table)
    rules = Ruleset.from_text(RULES)
    assert [rules.evaluate(row.lead, as_of=AS_OF).score for row in rows if isinstance(row, Row)] == [9, 5]
    assert isinstance(rows[2], Reject)
    assert "row 3 has two columns for the field `job_title`" in rows[2].reason
    event = {"Lead_ID": 1, "Type": "WIZYTA", "at": "2026-03-01", "properties": {"URL Strony": "/a"}}
    events = read_events(written(tmp_path, json.dumps(event), "e.jsonl"), names=names_of())
    assert events.of("1") == [{"type": "wizyta", "at": "2026-03-01", "id": None, "properties": {"url_strony": "/a"}}]


def test_near_columns_of_parquet_are_loaded(tmp_path):
    path = tmp_path / "leads.parquet"
    parquet.write_table(pa.table({"Id": ["1"], "Job Title": ["CEO"], "else": ["x"]}), path)
    lead = next(iter(read_leads(path, names=names_of(), only=["job_title"]))).lead
    assert lead == {
        "id": "1",
        "attributes": {"Id": "1", "Job Title": "CEO", "job_title": "CEO"},
        "events": [],
        "stages": {},
    }
