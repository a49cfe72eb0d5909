"""Results of the leads alone for which a condition of the language is true."""

import datetime as dt
import json
from pathlib import Path

import attrs
import pytest

from leadrules import Ruleset, RulesetError
from leadrules.tables import read_leads, score_files
from leadrules.tables.scoring import score_rows
from leadrules.tables.where import Where

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = """\
param enough = 20
field region: text
criterion large = employees >= 100
segment local = country = "PL"
require email is known or region is known
dimension fit
  large            +20
  budget           +5
dimension engagement
  email_open       +2
grade cell = fit: A >= 20, B
stages stage: lead < mql exit lost
  score >= enough  -> mql
  country = "XX"   -> lost
budget             -> tag "rich"
example "its own"
  given budget = true, email = "a@b.example"
  expect score = 5
"""
LEADS = """\
{"id": "1", "employees": 200, "country": "PL", "region": "Śląskie", "age": 50}
{"id": "2", "employees": 200, "country": "DE", "region": "Bayern", "budget": true, "age": "many"}
{"id": "3", "employees": 5, "country": "XX", "email": "x@y.z", "events": [{"type": "email_open", "at": "2026-11-20"}]}
{"id": "4", "country": "PL"}
"""
CASES = {
    'stage >= mql and region = "Śląskie"': ["1"],
    "stage = lost": ["3"],
    "cell = A and budget": ["2"],
    "score between 20 and 22": ["1"],
    "engagement > 0": ["3"],
    'tags contains "rich"': ["2"],
    'missing contains "email is known or region is known"': ["4"],
    "region is known": ["1", "2"],
    'not (country = "PL")': ["2", "3"],
    "email_open within 7 days": ["3"],
    "large": ["1", "2"],
    "local": ["1", "4"],
    "score >= enough": ["1", "2"],
    "age > 40": ["1"],
}


@pytest.fixture
def rules(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("leads.jsonl").write_text(LEADS, "utf-8")
    return Ruleset.from_text(RULES)


def kept(rules, where, **options):
    summary = score_files(rules, leads="leads.jsonl", as_of=NOON, output="out.jsonl", where=where, **options)
    return summary, [json.loads(line)["lead"] for line in Path("out.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("where", "leads"), CASES.items())
def test_only_leads_for_which_it_is_true(rules, where, leads):
    summary, found = kept(rules, where)
    assert found == leads
    assert (summary.scored, summary.unwritten) == (4, 4 - len(leads))
    assert summary.remarks[0].endswith("left out")


@pytest.mark.parametrize("where", CASES)
def test_what_the_results_say_is_what_scoring_again_says(rules, where):
    condition = Where.of(rules, where)
    again = attrs.evolve(condition, needs_rules=True)
    scored = list(score_rows(rules, read_leads("leads.jsonl"), lambda _: NOON))
    assert [condition.holds(one) for one in scored] == [again.holds(one) for one in scored]


def test_results_are_the_same_as_without_and_from_several_workers(rules):
    _, found = kept(rules, "large", workers=2)
    assert found == ["1", "2"]
    score_files(rules, leads="leads.jsonl", as_of=NOON, output="all.jsonl")
    lines = Path("all.jsonl").read_text("utf-8").splitlines()
    assert Path("out.jsonl").read_text("utf-8").splitlines() == lines[:2]


def test_the_audit_and_progress_have_the_same_leads(rules):
    seen = []
    kept(rules, "large", audit="audit.jsonl", progress=lambda one: seen.append(one.result.lead))
    assert seen == ["1", "2"]
    audit = Path("audit.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["lead"] for line in audit} == {"1", "2"}


def test_a_value_that_only_the_condition_reads_and_that_cannot_be_read_is_told(rules):
    summary, _ = kept(rules, "age > 40")
    assert summary.remarks[0] == "3 leads do not meet `age > 40`, and are left out"
    assert summary.remarks[1].startswith("1 of them cannot be asked: row 2: field `age`: `many` is not a number")


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("stage >= mqll", "`stage` has no label `mqll`"),
        ('regoin = "x"', "there is no `regoin`"),
        ("score >", "expected a value"),
        ("score", "a condition"),
        ("budget\nemail_open +5", ""),
        ('budget\nexample "x"', ""),
    ],
)
def test_what_is_no_condition(rules, where, told):
    with pytest.raises(RulesetError) as caught:
        kept(rules, where)
    assert told in str(caught.value)
    assert not Path("out.jsonl").exists()


@pytest.mark.parametrize(
    ("where", "place", "shown"),
    [
        ("regoin  = 5 or budget", "--where:1:1: ", " 1 | regoin  = 5 or budget\n   | ^^^^^^\n"),
        ("budget and\nstage is mql", "--where:1:18: ", " 1 | budget and stage is mql\n   |                  ^^\n"),
        ('budget and score > "x"', "--where:1:12: ", ' 1 | budget and score > "x"\n   |            ^^^^^^^^^^^'),
        ("score >", "--where:1:8: ", " 1 | score >\n   |        ^"),
    ],
)
def test_a_mistake_shows_the_condition_as_it_was_typed(rules, where, place, shown):
    with pytest.raises(RulesetError) as caught:
        Where.of(rules, where)
    assert str(caught.value).startswith(place)
    assert shown in str(caught.value)
    (mistake,) = caught.value.diagnostics
    assert 0 <= mistake.span.start <= mistake.span.end <= len(where)


def test_spaces_in_a_text_are_its_own(rules):
    assert '"a  b"' in str(Where.of(rules, 'region = "a  b"').program.examples[-1].expectations[0].text)
