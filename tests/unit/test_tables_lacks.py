"""What files lack for rules is said, so that no score is low without a word."""

import datetime as dt
import json
from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.tables import EventFile, Names, compare, read_leads, score_files
from leadrules.tables.lacks import close_column

AS_OF = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
RULES = """
field size: number from "company.size" or "Size"
employees >= 200 +20
size > 5         +1
demo_request     +5
page_view[seconds > 5] +1
stages stage: new < mql < sql
  score > 3 -> mql
  was sql   -> sql
stages other: a < b
  score > 3 -> b
"""


def written(folder: Path, content: str, name: str) -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def lacks(tmp_path, leads, events=None, *, rules=RULES, name="leads.csv"):
    given = None if events is None else written(tmp_path, events, "events.csv")
    summary = score_files(Ruleset.from_text(rules), leads=written(tmp_path, leads, name), events=given, as_of=AS_OF)
    return summary.lacks


def test_fields_that_no_row_has(tmp_path):
    found = lacks(tmp_path, "id,Number of Employees,Notes\n1,300,x\n")
    assert [(one.field.name, one.close) for one in found.missing_columns] == [
        ("employees", "Number of Employees"),
        ("size", None),
    ]
    sentence, lines = next(found.said())
    assert sentence == (
        "rules read `employees`, `company.size`, and no row has a column for that: they are unknown for every lead"
    )
    assert lines == ('field employees: number from "Number of Employees"',)
    assert next(found.sentences()) == f"{sentence} (write {lines[0]})"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("leads.csv", "id,employees,Size\n1,,\n"),
        ("leads.csv", "id,employees,company.size\n1,,\n"),
        ("leads.jsonl", '{"id": 1, "employees": 3}\n{"id": 2, "company": {"size": 3}}\n'),
        ("leads.csv", "id\n"),
    ],
)
def test_columns_that_are_there_in_some_way(name, text, tmp_path):
    assert lacks(tmp_path, text, name=name).missing_columns == ()


@pytest.mark.parametrize(
    ("key", "columns", "close"),
    [
        ("employees", "Notes,Number of Employees", "Number of Employees"),
        ("annual_revenue", "Revenue,Annual Revenue (PLN)", "Annual Revenue (PLN)"),
        ("employees", "Number of Employees in total,Employees now", "Employees now"),
        ("emplyees", "employees", "employees"),
        ("size", "City,Notes", None),
        ("age", "Package,Storage", None),
    ],
)
def test_the_close_column(key, columns, close):
    assert close_column(key, columns.split(",")) == close


HAVING = "id,employees,Size,Etap\n1,1,1,MQL\n2,1,1,sql\n"


def test_types_that_may_mean_one_event_are_one_line_that_stands(tmp_path):
    types = ["demo_requests", "demo_reqest", 'demo_request"']
    events = "lead_id,type,at\n" + "".join(f"1,{json.dumps(one)[1:-1]},2026-01-01\n" for one in types[:2])
    events += '1,"demo_request""",2026-01-01\n'
    found = lacks(tmp_path, HAVING, events)
    assert set(found.unknown_types) == set(types)
    ((said, (line,)),) = [one for one in found.said() if one[1]]
    assert said.startswith("3 events are of a type")
    declared = Ruleset.from_text(f"{line}\ndemo_request +5")
    for type_ in types:
        lead = {"id": "1", "attributes": {}, "events": [{"type": type_, "at": "2026-01-01T00:00:00Z"}]}
        assert declared.evaluate(lead, as_of=dt.datetime(2026, 1, 2, tzinfo=dt.UTC)).score == 5


def test_types_that_no_rule_knows(tmp_path):
    events = "lead_id,type,at\n1,demo_requests,2026-01-01\n2,demo_requests,2026-01-01\n1,odd,2026-01-01\n"
    events += "1,email_open,2026-01-01\n1,page_veiw,2026-01-01\n"
    found = lacks(tmp_path, HAVING, events)
    assert found.unknown_types == {"demo_requests": 2, "odd": 1, "page_veiw": 1}
    assert next(found.said()) == (
        (
            "4 events are of a type that no rule knows: `demo_requests` (2, is it `demo_request`?), `odd` (1), "
            "`page_veiw` (1, is it `page_view`?)"
        ),
        (
            'event demo_request from "demo_requests"',
            'event page_view[url: text, seconds: number] from "page_veiw"',
        ),
    )
    for line in next(found.said())[1]:
        Ruleset.from_text(line + "\nneed +1")


def test_rules_about_events_without_events(tmp_path):
    assert lacks(tmp_path, HAVING).unseen_types == ("demo_request", "page_view")
    assert lacks(tmp_path, HAVING, "lead_id,type,at\n").unseen_types == ()
    lead = {"id": 1, "events": [{"type": "email_open", "at": "2026-01-01"}]}
    assert lacks(tmp_path, json.dumps(lead), name="l.jsonl").unseen_types == ()
    assert lacks(tmp_path, HAVING, rules="employees > 5 +1").unseen_types == ()


def test_labels_that_are_asked_for_and_never_given(tmp_path):
    found = lacks(tmp_path, HAVING)
    assert [(one.ladder, one.close) for one in found.missing_labels] == [("stage", "Etap")]
    assert [*found.sentences()][-1] == (
        "rules ask which label of `stage` a lead held, and no lead has one; where a column holds it, "
        'write stages stage: … from "Etap"'
    )
    held = RULES.replace("< mql < sql", '< mql < sql from "Etap"')
    assert lacks(tmp_path, HAVING, rules=held).missing_labels == ()
    assert (
        lacks(tmp_path, "id,Etap\n1,\n", rules=held).missing_labels == ()
    )  # a column that is there, if nobody held one
    other = lacks(tmp_path, HAVING, rules=held.replace("Etap", "Phase"))
    assert [*other.sentences()][-1] == (
        "rules read `Phase` for the label that a lead held, and no row has a column for that; where a column holds it, "
        'write stages stage: … from "Etap"'
    )
    one = '{"id": 1}\n{"id": 2, "stages": {"stage": "mql"}}\n'
    assert lacks(tmp_path, one, name="l.jsonl").missing_labels == ()


def test_labels_are_looked_for_as_the_rules_compare_texts(tmp_path):
    rules = 'stages nowy < "Gorący"\nneed -> "Gorący"\nwas "Gorący" +5\n'
    held = "id,need,Etap\n1,,goracy\n"
    assert [one.close for one in lacks(tmp_path, held, rules=rules).missing_labels] == [None]
    ignoring = lacks(tmp_path, held, rules=f"accents ignored\n{rules}")
    assert [one.close for one in ignoring.missing_labels] == ["Etap"]


@pytest.mark.parametrize(
    ("stages", "asked"),
    [
        ("stages s: a < b\n  need -> b", []),
        ("stages s: a < b forward only\n  need -> b", ["s"]),
        ("stages s: a < b\n  need -> b\n  hold b while budget", ["s"]),
        ("stages s: a < b\n  need -> b\nwas b +1", ["s"]),
    ],
)
def test_which_rules_ask_for_held_labels(stages, asked, tmp_path):
    assert [one.ladder for one in lacks(tmp_path, "id,need,budget\n1,,\n", rules=stages).missing_labels] == asked


def test_a_summary_is_plain_data(tmp_path):
    events = EventFile(
        written(tmp_path, "who,at\n9,2026-01-01\n", "e.csv"), columns={"lead": "who"}, constants={"type": "x"}
    )
    leads = written(tmp_path, "id,employees\n1,many\n", "l.csv")
    summary = score_files(Ruleset.from_text(RULES), leads=leads, events=events, as_of=AS_OF)
    plain = json.loads(json.dumps(summary.to_dict()))
    assert (plain["rejected"], plain["left_out"], plain["unmatched_leads"]) == (1, 1, ["9"])
    assert plain["unreadable"][0]["cure"] == "field employees: number else unknown"
    assert plain["lacks"]["missing_columns"] == [{"field": "size", "column": "company.size", "close": None}]


def test_a_comparison_counts_what_rejected_rows_hold(tmp_path):
    leads = written(tmp_path, "id,employees,Size,job_title\n1,1 200,,x\n2,7,big,\n3,7,,\n3,8,,\n", "l.csv")
    rules = Ruleset.from_text(RULES + 'job_title = "x" +1\nneed +1')
    found = compare(rules, read_leads(leads, names=Names.of_rules(rules)))
    assert (found.leads, found.readable) == (4, 1)
    assert found.always_unknown == ()
    assert [(one.name, one.count) for one in found.unreadable] == [("employees", 1), ("size", 1)]
    assert [one.row for one in found.other_rejects] == [5]
    assert [one.column for one in found.missing_columns] == ["need"]
    assert found.to_dict()["unreadable"][0]["examples"] == ["1 200"]


@pytest.mark.parametrize(
    ("declared", "cure"),
    [
        ("list of text", 'field topics: list of text from "Topics" split ";"'),
        ("list of text pii", 'field topics: list of text from "Topics" split ";" pii'),
        ('list of text split ";"', None),
        ('list of text split "," or ";"', None),
        ("text", None),
    ],
)
def test_lists_that_are_split_at_both_signs(declared, cure, tmp_path):
    rules = f'field topics: {declared} from "Topics"\ntopics contains "x" +1'
    leads = 'id,Topics\n1,"Media (a, b);x"\n2,"x, y; z"\n3,a;b\n4,"a, b"\n5,\n'
    said = [*lacks(tmp_path, leads, rules=rules).said()]
    if cure is None:
        assert said == []
        return
    such = "" if "pii" in declared else ", such as `Media (a, b);x`"
    sentence = f"2 values of `topics` are split at `,` and `;` alike{such}; where `;` alone is meant"
    assert said == [(sentence, (cure,))]
