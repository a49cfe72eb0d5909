"""Outputs in everything that is made of a result: JSON, tables, explanations, forecasts, comparisons, states."""

import csv
import datetime as dt
import json
import pickle
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from leadrules import Ruleset, ScoredLead
from leadrules.insights import compare_scored
from leadrules.insights.impact import Limit, diff_rules, limit_names
from leadrules.tables import CsvForm, read_scored, score_files

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
TEXT = """
timezone "Europe/Warsaw"
field interests: list of text
field signed: date
output owner = "Nowak" if country = "PL" | "=Weber" if country = "DE"
output share = employees / 3
output big = employees > 100
output signed_on = signed
output since = created
output about = interests
output warm = count(email_open within 10 days) >= 1
dimension fit
  employees > 100 +10
"""
RULES = Ruleset.from_text(TEXT)
LEAD = {
    "id": "1",
    "attributes": {
        "country": "PL",
        "employees": 200,
        "signed": "2026-03-07",
        "created": "2026-05-01T10:30:00Z",
        "interests": ["crm", "erp"],
    },
    "events": [{"type": "email_open", "at": "2026-05-30T12:00:00Z"}],
}
NOBODY = {"id": "2", "attributes": {}, "events": []}
KNOWN = {
    "owner": "Nowak",
    "share": Decimal("66.666667"),
    "big": True,
    "signed_on": "2026-03-07",
    "since": "2026-05-01T10:30:00Z",
    "about": ("crm", "erp"),
    "warm": True,
}
UNKNOWN = {**dict.fromkeys(KNOWN), "warm": False}


def copied(result):
    return pickle.loads(pickle.dumps(result))  # noqa: S301 - its own


def test_a_result_has_them_in_order_of_declaration():
    for lead, outputs in ((LEAD, KNOWN), (NOBODY, UNKNOWN)):
        result = RULES.evaluate(lead, as_of=NOW)
        assert dict(result.outputs) == outputs
        assert [*result.outputs] == [*KNOWN]
        assert RULES.explain(lead, as_of=NOW).result.to_json() == result.to_json()


def test_json_has_them_after_the_stage_and_is_read_back():
    result = RULES.evaluate(LEAD, as_of=NOW)
    found = json.loads(result.to_json())
    assert [*found][7:10] == ["stage", "outputs", "segments"]
    assert found["outputs"]["about"] == ["crm", "erp"]
    for again in (ScoredLead.from_json(result.to_json()), copied(result), result.without_audit()):
        assert again.outputs == result.outputs
    assert ScoredLead.from_json(result.to_json()).digest == result.digest


def test_without_outputs_json_does_not_speak_of_them():
    result = Ruleset.from_text("need +1").evaluate(NOBODY, as_of=NOW)
    assert "outputs" not in result.to_dict()
    assert "outputs" not in json.loads(result.to_json())
    assert ScoredLead.from_json(result.to_json()).outputs == {}


def test_the_digest_and_the_fingerprint_tell_of_them():
    other = Ruleset.from_text(TEXT.replace("Nowak", "Kowalska"))
    assert other.fingerprint != RULES.fingerprint
    assert other.evaluate(LEAD, as_of=NOW).digest != RULES.evaluate(LEAD, as_of=NOW).digest


def test_the_rules_name_them_and_their_kinds():
    kinds = {name: output.kind for name, output in RULES.outputs.items()}
    assert kinds == {
        "owner": "text",
        "share": "number",
        "big": "bool",
        "signed_on": "date",
        "since": "datetime",
        "about": "list of text",
        "warm": "bool",
    }


def test_an_explanation_says_what_they_are_and_rest_on():
    explanation = RULES.explain(LEAD, as_of=NOW)
    owner = next(rule for rule in explanation.rules if rule.id == "owner")
    assert (owner.kind, owner.fired, owner.outcome) == ("output", True, "Nowak")
    assert owner.evidence["values"] == {"country": "PL"}
    assert "owner: Nowak" in str(explanation)
    unknown = next(rule for rule in RULES.explain(NOBODY, as_of=NOW).rules if rule.id == "owner")
    assert (unknown.fired, unknown.outcome) == (None, "unknown")


def test_a_forecast_tells_of_those_that_are_no_numbers():
    rules = Ruleset.from_text(TEXT + "output days = days since email_open\n")
    changes = rules.forecast(LEAD, as_of=NOW, days=30).changes
    assert [(one.kind, one.name, one.before, one.after) for one in changes] == [("output", "warm", "yes", "no")]
    assert changes[0].text == "warm: yes -> no"
    assert changes[0].causes
    assert rules.next_change(LEAD, as_of=NOW) == dt.datetime(2026, 6, 2, 12, tzinfo=dt.UTC)
    assert RULES.next_change(LEAD, as_of=NOW) == changes[0].at


def test_a_state_gives_the_same():
    state = RULES.start({**LEAD, "events": []})
    for event in LEAD["events"]:
        state.add(event)
    state.advance(as_of=NOW)
    assert state.result(as_of=NOW).to_json() == RULES.evaluate(LEAD, as_of=NOW).to_json()


def test_a_replay_names_the_one_that_is_other():
    stored = RULES.evaluate(LEAD, as_of=NOW)
    changed = {**LEAD, "attributes": {**LEAD["attributes"], "country": "DE"}}
    found = RULES.replay(stored, changed)
    assert [one.text for one in found.differences] == ["output `owner`: Nowak then, =Weber now"]


def test_a_diff_counts_the_leads_of_which_one_is_other():
    other = Ruleset.from_text(TEXT.replace("Nowak", "Kowalska"))
    impact = diff_rules(RULES, other, [LEAD, NOBODY], as_of=NOW)
    assert [(one.kind, one.what) for one in impact.changes] == [("output", "changed")]
    assert dict(impact.outputs) == {"owner": 1}
    (move,) = impact.moves
    assert [shift.to_dict() for shift in move.shifts] == [
        {"kind": "output", "name": "owner", "before": "Nowak", "after": "Kowalska"}
    ]
    names = limit_names(RULES, other)
    for text in ("owner changes > 0", "output changes > 0"):
        assert Limit.of(text, names).exceeded(impact)
    assert not Limit.of("big changes > 0", names).exceeded(impact)


# --------------------------------------------------------------------- tables


@pytest.fixture
def leads(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(
        "id,country,employees,signed,created,interests\n"
        '1,PL,200,2026-03-07,2026-05-01T10:30:00Z,"crm,erp"\n'
        "2,,,,,\n"
        "3,DE,1,2026-01-01,2026-01-01T00:00:00Z,erp\n",
        "utf-8",
    )
    return path


def written(leads, name, **options):
    path = leads.with_name(name)
    score_files(RULES, leads=leads, output=path, as_of=NOW, **options)
    return path


def test_csv_has_a_column_of_each(leads):
    rows = list(csv.DictReader(written(leads, "out.csv").read_text("utf-8").splitlines()))
    assert [*rows[0]][:10] == ["id", "score", "fit", *KNOWN]
    told = ["Nowak", "66.666667", "true", "2026-03-07", "2026-05-01T10:30:00Z", "crm; erp", "false"]
    assert [rows[0][name] for name in KNOWN] == told
    assert [rows[1][name] for name in KNOWN] == [""] * 6 + ["false"]
    assert rows[2]["owner"] == "'=Weber"


def test_csv_for_a_spreadsheet_has_their_form(leads):
    path = written(leads, "out.csv", form=CsvForm.of("excel-pl"))
    row = path.read_text("utf-8-sig").splitlines()[1].split(";")
    assert row[4:8] == ["66,666667", "true", "07.03.2026", "01.05.2026 12:30:00"]


def test_parquet_has_them_typed(leads):
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(written(leads, "out.parquet"))
    types = [str(table.schema.field(name).type) for name in KNOWN]
    decimal, moment = "decimal128(38, 6)", "timestamp[us, tz=UTC]"
    assert types == ["string", decimal, "bool", "date32[day]", moment, "list<element: string>", "bool"]
    first, second, _ = table.select([*KNOWN]).to_pylist()
    moment = dt.datetime(2026, 5, 1, 10, 30, tzinfo=dt.UTC)
    days = {"signed_on": dt.date(2026, 3, 7), "since": moment, "about": ["crm", "erp"], "warm": False}
    assert first == {**KNOWN, **days}
    assert second == UNKNOWN


def test_a_workbook_has_days_and_numbers(leads):
    rows = CalamineWorkbook.from_path(written(leads, "out.xlsx")).get_sheet_by_name("Leads").to_python()
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["share"], row["big"], row["about"]) == (66.666667, True, "crm; erp")
    assert (row["signed_on"], row["since"]) == (dt.date(2026, 3, 7), dt.datetime(2026, 5, 1, 12, 30))  # noqa: DTZ001 - by the clock of the rules


def test_json_lines_are_results(leads):
    lines = written(leads, "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["outputs"]["owner"] for line in lines] == ["Nowak", None, "=Weber"]


def test_leads_are_listed_by_one(leads):
    written(leads, "{}.csv", by="owner")
    assert sorted(path.name for path in leads.parent.glob("*.csv")) == [
        "=Weber.csv",
        "Nowak.csv",
        "leads.csv",
        "none.csv",
    ]


def test_a_lead_is_asked_for_by_one(leads):
    path = written(leads, "out.csv", where='owner = "Nowak" and big')
    assert [line.split(",")[0] for line in path.read_text("utf-8").splitlines()] == ["id", "1"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_files_of_results_are_compared_by_them(leads, suffix):
    before = read_scored(written(leads, f"before.{suffix}"))
    same = compare_scored(before, read_scored(written(leads, f"now.{suffix}")))
    assert same.same == 3
    leads.write_text(leads.read_text("utf-8").replace("1,PL,", "1,DE,"), "utf-8")
    found = compare_scored(before, read_scored(written(leads, f"now.{suffix}")))
    assert [(one.lead, one.values["owner"]) for one in found.differences] == [("1", ("Nowak", "=Weber"))]


def test_results_of_two_formats_are_the_same(leads):
    known = {name: read_scored(written(leads, f"out.{name}")).leads for name in ("csv", "jsonl", "parquet")}
    for name in ("owner", "share", "big", "signed_on", "since", "about"):
        values = {suffix: [lead.values[name] for lead in found.values()] for suffix, found in known.items()}
        assert values["csv"] == values["jsonl"] == values["parquet"], name
