"""What a ruleset says of itself: what it was made of, what it declares, and what of that its rules read."""

import datetime as dt
import hashlib
import json
import pickle
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from leadrules import Dimension, Grade, Ladder, Property, Ruleset, Source
from leadrules.sdk import criterion

MAIN = """\
ruleset acme version "2"
timezone "Europe/Warsaw"
use crm
include "parts/more.leadrules"
list targets from "lists/targets.csv"
param least = 10
param span = 30 days
param word = "pro"
param on = true
param day = 2026-05-01
field size: number from "Company Size"
field plan: one of {"free", "pro"} pii
field skin: text protected
event visit[url: text, seconds: number pii]
event never

dimension fit max 30
  size >= least +10 | >= 5 +5
  company in targets +2
  crm.ok(plan) +1
dimension interest min -5
  visit[url contains "/pricing"] +2 max 3
  group deep max 4
    distinct(url of visit within span) > 2 +1
score > 3 -> mql
was mql -> tag "again"
budget -> tag "money"
need -> recommend "call"
need -> recommend "call"
segment big = size > 1000
stages lead < mql exit lost forward only
grade profile = fit: A >= 20, B
grade action = interest: "1" >= 2, "2"
grade both = profile, action

example "one"
  given size = 20
  expect score = 10 and stage = mql
  expect fit = 11
"""
MORE = "dimension land\n  country = word +1\n"
TARGETS = "Kestrel\nAmber\n"
FILES = {"parts/more.leadrules": MORE, "lists/targets.csv": TARGETS, "unused.leadrules": "need +1\n"}


@criterion(version="7")
def ok(plan: str) -> bool:
    """Tell."""
    return plan == "pro"


CRM = {"crm": {"ok": ok}}


@pytest.fixture(scope="module")
def rules():
    return Ruleset.from_text(MAIN, "acme.leadrules", files=FILES, criteria=CRM, params={"least": "20"})


@pytest.fixture
def folder(tmp_path) -> Path:
    for name, text in {"acme.leadrules": MAIN, **FILES}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8", newline="")
    return tmp_path


def digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def test_the_sources_are_all_that_was_read_and_nothing_else(rules):
    assert rules.sources() == (
        Source("rules", "acme.leadrules", digest(MAIN), len(MAIN)),
        Source("include", "parts/more.leadrules", digest(MORE), len(MORE)),
        Source("list", "lists/targets.csv", digest(TARGETS), len(TARGETS)),
    )
    assert [source.path for source in rules.sources()] == [None, None, None]


def test_rules_from_files_say_the_same_and_where_those_are(rules, folder):
    (folder / "acme.leadrules").write_bytes(b"\xef\xbb\xbf" + MAIN.encode())
    loaded = Ruleset.from_file(folder / "acme.leadrules", criteria=CRM, params={"least": 20})
    assert loaded.sources() == rules.sources()
    names = ("acme.leadrules", "parts/more.leadrules", "lists/targets.csv")
    assert [source.path for source in loaded.sources()] == [folder / name for name in names]
    for part in ("fields", "events", "ladders", "grades", "dimensions", "params", "criteria"):
        assert getattr(loaded, part) == getattr(rules, part)


def test_a_pickled_ruleset_has_the_same_sources_without_a_disk(folder):
    loaded = Ruleset.from_file(folder / "acme.leadrules", criteria=CRM)
    again = pickle.loads(pickle.dumps(loaded))  # noqa: S301 our own bytes
    assert again.sources() == loaded.sources()
    assert {source.path for source in again.sources()} == {None}


def test_a_file_of_a_pack_is_a_source_with_what_brings_it(distribute):
    files = {"packed/__init__.py": "", "packed/bant.leadrules": "budget +5\n"}
    distribute("packed", files, version="3.1", points="[leadrules.packs]\npacked = packed\n")
    rules = Ruleset.from_text('include "pack:packed/bant.leadrules"')
    (source,) = rules.sources()[1:]
    assert source == Source("pack", "pack:packed/bant.leadrules", digest("budget +5\n"), 10)
    assert (source.distribution, source.version, source.path) == ("packed", "3.1", None)


def test_fields_are_those_that_are_known_and_marked_that_are_read(rules):
    assert [name for name, field in rules.fields.items() if field.declared] == ["size", "plan", "skin"]
    size, plan, skin = (rules.fields[name] for name in ("size", "plan", "skin"))
    assert (size.type, size.column, size.choices, size.read, size.pii) == ("number", "Company Size", (), True, False)
    assert (plan.type, plan.column, plan.choices, plan.read, plan.pii) == ("text", "plan", ("free", "pro"), True, True)
    assert (skin.protected, skin.read) == (True, False)
    assert not rules.fields["email"].declared
    assert Ruleset.from_text("field employees: number\nemployees > 5 +5").fields["employees"].declared
    read = {name for name, field in rules.fields.items() if field.read}
    assert read == {"size", "plan", "company", "country", "budget", "need"}


def test_events_and_properties_are_marked_that_are_read(rules):
    visit = rules.events["visit"]
    assert (visit.read, visit.declared) == (True, True)
    assert visit.properties == {
        "url": Property("url", "text", (), pii=False, read=True),
        "seconds": Property("seconds", "number", (), pii=True, read=False),
    }
    assert (rules.events["never"].read, rules.events["never"].declared) == (False, True)
    assert (rules.events["email_open"].read, rules.events["email_open"].declared) == (False, False)


def test_what_results_can_have(rules):
    assert rules.ladders == {"stage": Ladder("stage", ("lead", "mql"), ("lost",), forward_only=True)}
    assert rules.grades == {
        "profile": Grade("profile", ("A", "B")),
        "action": Grade("action", ("1", "2")),
        "both": Grade("both", ("A1", "A2", "B1", "B2")),
    }
    assert rules.dimensions == {
        "land": Dimension("land", None, None),
        "fit": Dimension("fit", None, Decimal(30)),
        "interest": Dimension("interest", Decimal(-5), None),
    }
    assert (rules.segments, rules.tags, rules.recommendations) == (("big",), ("again", "money"), ("call",))
    assert rules.timezone == "Europe/Warsaw"


def test_params_have_the_values_that_hold(rules):
    assert rules.params == {
        "least": Decimal(20),
        "span": dt.timedelta(days=30),
        "word": "pro",
        "on": True,
        "day": dt.date(2026, 5, 1),
    }


def test_rules_say_where_they_stand_and_what_is_kept_for_them(rules):
    told = [(rule.text, rule.points, rule.dimension, rule.group, rule.scores, rule.keeps) for rule in rules.rules]
    assert told == [
        ("country = word", ("+1",), "land", None, "once", "bounded"),
        ("size >= least | >= 5", ("+10", "+5"), "fit", None, "once", "bounded"),
        ("company in targets", ("+2",), "fit", None, "once", "bounded"),
        ("crm.ok(plan)", ("+1",), "fit", None, "once", "bounded"),
        ('visit[url contains "/pricing"]', ("+2",), "interest", None, "each", "bounded"),
        ("distinct(url of visit within span) > 2", ("+1",), "interest", "deep", "once", "bounded"),
    ]
    assert [(rule.file, rule.line) for rule in rules.rules][:2] == [("parts/more.leadrules", 2), (None, 18)]
    assert Ruleset.from_text("distinct(url of page_view) > 2 +1").rules[0].keeps == "distinct"


def test_criteria_of_plugins_that_are_used(rules, distribute):
    (found,) = rules.criteria
    assert (found.plugin, found.name, found.version, found.distribution) == ("crm", "ok", "7", None)
    code = '''
from leadrules.sdk import criterion

@criterion(version="2")
def good(company: str) -> bool:
    """Tell."""
    return True
'''
    distribute("acmecrm", code, version="4.5")
    (found,) = Ruleset.from_text("use acmecrm\nacmecrm.good(company) +1").criteria
    assert (found.plugin, found.version, found.distribution, found.distribution_version) == (
        "acmecrm",
        "2",
        "acmecrm",
        "4.5",
    )


def test_examples_tell_what_they_expected(rules):
    (example,) = rules.run_examples()
    assert (example.name, example.passed, example.result.score) == ("one", False, Decimal(10))
    assert [(one.text, one.truth) for one in example.expectations] == [
        ("score = 10 and stage = mql", True),
        ("fit = 11", False),
    ]
    assert example.expectations[1].found == {"fit": Decimal(10)}
    assert [one.line for one in example.expectations] == [38, 39]


def test_nothing_of_it_can_be_changed(rules):
    for part in (rules.fields, rules.events, rules.ladders, rules.grades, rules.dimensions, rules.params):
        with pytest.raises(TypeError):
            part["x"] = None
    with pytest.raises(TypeError):
        rules.events["visit"].properties["x"] = None
    for one in (rules.fields["size"], rules.ladders["stage"], rules.rules[0], rules.sources()[0]):
        with pytest.raises(AttributeError):
            one.name = "x"
    with pytest.raises(AttributeError):
        rules.fields = {}
    assert not hasattr(rules, "program")


def test_all_of_it_can_be_written_as_json(rules, folder):
    loaded = Ruleset.from_file(folder / "acme.leadrules", criteria=CRM)
    mappings = (loaded.fields, loaded.events, loaded.ladders, loaded.grades, loaded.dimensions)
    parts = [one for mapping in mappings for one in mapping.values()]
    parts += [*loaded.rules, *loaded.criteria, *loaded.sources(), *loaded.run_examples()]
    for part in parts:
        plain = json.loads(json.dumps(part.to_dict(), default=float))
        assert [*plain] == [one.name for one in attrs.fields(type(part))]
    assert rules.ladders["stage"].to_dict() == {
        "name": "stage",
        "labels": ["lead", "mql"],
        "exits": ["lost"],
        "forward_only": True,
    }
    seconds = {"name": "seconds", "type": "number", "choices": [], "pii": True, "read": False}
    assert rules.events["visit"].to_dict()["properties"]["seconds"] == seconds
    assert loaded.sources()[0].to_dict()["path"] == str(folder / "acme.leadrules")
    (example,) = loaded.run_examples()
    assert example.to_dict()["result"] == example.result.to_dict()


def test_grades_together_may_stand_before_those_that_they_are_made_of():
    rules = Ruleset.from_text(
        "grade cell = a, b, c\ngrade a = age: x >= 1, y\ngrade b = age: m >= 2, n\ngrade c = age: k >= 3, l\n"
    )
    assert list(rules.grades) == ["cell", "a", "b", "c"]
    assert rules.grades["cell"].labels == ("xmk", "xml", "xnk", "xnl", "ymk", "yml", "ynk", "ynl")
