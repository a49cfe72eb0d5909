"""The compiler: what it answers itself, what it leaves to the reference, and that no text becomes code."""

import ast
import datetime as dt
import gc
import linecache
import pickle
import re
import traceback
import types
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leadrules import AuditEntry, Event, InputError, Lead, Ruleset, ScoredLead
from leadrules.audit import RulesetIdentity
from leadrules.engine.compiler import assembly, code, source_of
from leadrules.engine.compiler.noted_lead import NotedLead
from leadrules.engine.compiler.runtime import Remembered
from leadrules.engine.reference import interpreter
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.evidence import Evidence
from leadrules.lead import LeadReader
from leadrules.ruleset import program_of
from leadrules.units import Decimals
from leadrules.values import decimal_of, rounded

TYPES = ("page_view", "blog_view")
AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def view(days=1.0, url="/pricing", **more):
    return {"type": "page_view", "at": AS_OF - days * DAY, "properties": {"url": url, "seconds": 20}} | more


LEAD = {
    "id": "42",
    "attributes": {"employees": 300, "country": "PL", "job_title": "Head of Sales", "budget": True},
    "events": [view(1), view(9, "/blog"), view(40), {"type": "email_open", "at": AS_OF - 3 * DAY}],
}


BESIDE = {"type": "page_view", "at": AS_OF - DAY, "url": "/pricing"}


@pytest.fixture
def alone(monkeypatch):
    """Take the reference away: whoever asks it fails."""

    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("the reference was asked")

    monkeypatch.setattr(interpreter, "evaluate", nobody)
    monkeypatch.setattr(LeadReader, "read", nobody)
    monkeypatch.setattr(NotedLead, "evidence", nobody)


@pytest.fixture
def written(monkeypatch):
    """Collect the code that is written."""
    found: list[ast.FunctionDef] = []
    compiled = code.functions_of

    def functions_of(definitions: Any, given: Any, about: str) -> Any:
        found.extend(definitions)
        return compiled(definitions, given, about)

    monkeypatch.setattr(code, "functions_of", functions_of)
    return found


def same(rules, lead, as_of=AS_OF):
    """Assert that both engines give the same bytes, and give the result."""
    result = rules.evaluate(lead, as_of=as_of)
    assert result.to_json() == rules.explain(lead, as_of=as_of).result.to_json()
    return result


# ----------------------------------------------------------------- what it does

NATIVE = [
    "employees >= 200 +10 | >= 50 +5 | else -1",
    'country in {"PL", "DE"} and not job_title contains "intern" +3',
    'job_title matches "^head" or job_title starts with "chief" +3',
    "at least 2 of (budget, authority, employees > 5) +1",
    "employees between 10 and 500 +1.25",
    "always +(employees / 7) max 20 points",
    "(employees + 2) > 5 +1",
    "greatest(employees, 5) > floor(2.5) +1",
    "email is unknown +1",
    "page_view +2",
    "page_view +2 max 1",
    "page_view +2 max 2 per day",
    "page_view +2 max 1 per url max 2",
    "page_view +2 max 1 every 10 days",
    "page_view +(seconds / 3) max 9 points per url max 10 points",
    "page_view +5 half-life 10 days",
    "page_view +5 half-life 6 hours max 2",
    "page_view +(seconds / 3) fades over 30 days",
    "page_view +5 drops 10% every 5 days when budget",
    "page_view +5 from 2026-05-01 until 2026-05-30",
    'page_view[url contains "pric"] within 30 days +1',
    'page_view[url = "/pricing" and seconds > 5] +1 max 2 per url',
    "page_view since email_open +1",
    "count(page_view within 7 days) >= 1 +4",
    "sum(seconds of page_view) > 10 and average(seconds of page_view) < 50 +4",
    "min(seconds of page_view) = max(seconds of page_view) +1",
    "distinct(url of page_view) = 2 and distinct(day of page_view) = 3 +1",
    'first(url of page_view) = "/pricing" and last(seconds of page_view) = 20 +1',
    "days since page_view < 5 and days until created > 3 +1",
    "created within 30 days +1",
    "page_view followed by email_open within 30 days +1",
    "page_view followed by page_view within 30 days +1",
    "page_view not followed by email_open within 2 hours +1",
    "no unsubscribe and activity +1",
]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("line", NATIVE)
def test_a_plain_lead_is_scored_without_the_reference(line):
    rules = Ruleset.from_text(f'{line}\nscore > 1 -> tag "x"\n')
    lead = LEAD | {"attributes": LEAD["attributes"] | {"created": AS_OF - DAY}}
    result = rules.evaluate(lead, as_of=AS_OF)
    assert sum(entry.points for entry in result.audit) == result.score


@pytest.mark.parametrize("line", NATIVE)
def test_it_gives_what_the_reference_gives(line):
    same(Ruleset.from_text(f'{line}\nscore > 1 -> tag "x"\n'), LEAD)


@pytest.mark.usefixtures("alone")
def test_outcomes_need_no_reference():
    rules = Ruleset.from_text("""
        dimension fit max 5
          employees > 5 +10
        persona boss +20 in fit
          budget weight 1
          authority weight 2
        total = 0.5 * fit + 3 max 100
        grade size = fit: A >= 5, B
        stages lead < mql exit lost forward only
          size = A -> mql
          hold mql while budget
        segment big = employees > 100
        require email is known because "no way to write"
        big -> tag "big"
        """)
    result = rules.evaluate(LEAD | {"stages": {"stage": "lead"}}, as_of=AS_OF)
    assert (result.score, result.grades, result.stage, result.segments) == (
        Decimal("5.5"),
        {"size": "A"},
        "lead",
        ("big",),
    )
    assert (result.tags, result.missing, result.transitions) == (("big",), ("no way to write",), ())
    assert [(entry.kind, entry.rule, entry.points) for entry in result.audit] == [
        ("points", "fit: employees > 5", 10),
        ("points", "boss", Decimal("6.67")),
        ("cap", "fit", Decimal("-11.67")),
        ("weight", "fit", Decimal("-2.5")),
        ("constant", "total", 3),
    ]


def test_what_it_has_no_form_for_is_asked_of_the_reference(monkeypatch):
    asked = []
    answer = Reading.truth
    rules = Ruleset.from_text("activity followed by page_view then activity and budget +1\nemployees > 5 +2\n")
    rules.evaluate({"id": "1"}, as_of=AS_OF)
    monkeypatch.setattr(Reading, "truth", lambda *given: asked.append(given[1].text) or answer(*given))
    assert rules.evaluate(LEAD, as_of=AS_OF).score == 3
    assert asked == ["activity followed by page_view then activity"]


@pytest.mark.parametrize(
    "text",
    [
        "grade g = score: " + ", ".join(f"L{i} >= {100 - i}" for i in range(90)) + ", last",
        "stages " + " < ".join(f"l{i}" for i in range(90)),
    ],
    ids=["grade", "ladder"],
)
def test_a_scale_of_many_labels_is_left_to_the_reference(text):
    same(Ruleset.from_text("page_view +5\n" + text), LEAD)


def test_many_alternatives_and_long_chains_compile():
    alternatives = " | ".join(f"employees = {n} +{n % 7}" for n in range(200, 400))
    members = ", ".join(f'"{n}"' for n in range(2_000))
    ors = " or ".join(f"employees = {n}" for n in range(2_000))
    deep = "not (" * 90 + "budget" + ")" * 90
    text = f"{alternatives}\ncountry in {{{members}}} +1\n{ors} +3\n{deep} +4\n"
    assert same(Ruleset.from_text(text), LEAD).score == 300 % 7 + 3 + 4


# -------------------------------------------------------------------- leads


@dataclass
class Happening:
    type: str
    at: dt.datetime
    properties: dict[str, Any] = field(default_factory=dict)


def models(lead):
    return Lead(**{**lead, "events": [Event(**event) for event in lead["events"]]})


def dataclasses(lead):
    return SimpleNamespace(**{**lead, "events": tuple(Happening(**event) for event in lead["events"])})


def proxies(lead):
    return MappingProxyType({**lead, "events": [MappingProxyType(event) for event in lead["events"]]})


def ordered(lead):
    events = [OrderedDict(event, properties=OrderedDict(event.get("properties", {}))) for event in lead["events"]]
    return OrderedDict(lead, attributes=OrderedDict(lead["attributes"]), events=events)


def defaulted(lead):
    return {**lead, "attributes": defaultdict(lambda: 1_000, lead["attributes"])}


def moments(change):
    return lambda lead: {**lead, "events": [event | {"at": change(event["at"])} for event in lead["events"]]}


def numbered(lead):
    return {**lead, "events": [event | {"id": f"e{i}"} for i, event in enumerate(lead["events"])]}


def repeated(lead):
    return {**lead, "events": [event | {"id": name} for event in lead["events"] for name in (" a", "a", "b")]}


WARSAW = dt.timezone(dt.timedelta(hours=2))
SHAPES = {
    "models": models,
    "dataclasses": dataclasses,
    "proxies": proxies,
    "ordered": ordered,
    "defaulted": defaulted,
    "text": moments(dt.datetime.isoformat),
    "offsets": moments(lambda at: at.astimezone(WARSAW)),
    "naive": moments(lambda at: at.replace(tzinfo=None)),
    "days": moments(lambda at: at.date()),
    "numbered": numbered,
    "repeated": repeated,
    "misspelt": lambda lead: {**lead, "events": [e | {"type": f" {e['type']} "} for e in lead["events"]]},
    "unknown types": lambda lead: {**lead, "events": [{"type": "nobody knows", "at": "never"}, *lead["events"]]},
    "late": lambda lead: {**lead, "events": [*lead["events"], view(-3), view(-9, id="x"), view(-400, "?")]},
    "odd": lambda lead: {**lead, "id": 42, "attributes": {"employees": "3e2", "budget": "yes", "country": " pl"}},
    "bare": lambda lead: {"id": lead["id"]},
    "events of any kind": lambda lead: {**lead, "events": {id(event): event for event in lead["events"]}.values()},
    "empty": lambda lead: {**lead, "attributes": None, "events": None, "stages": None},
}
RULES = Ruleset.from_text("""
    employees >= 200 and budget +10
    country = "PL" +1
    page_view[url = "/pricing"] +3 half-life 30 days
    page_view +1 max 2 per day
    email_open +2
    days since page_view < 5 +5
    page_view followed by email_open within 60 days -> mql
    """)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_a_lead_is_read(shape):
    result = same(RULES, shape(LEAD))
    assert result.lead == "42"


def test_events_that_can_be_gone_through_once_are_scored_by_every_engine():
    expected = RULES.evaluate(LEAD, as_of=AS_OF).to_json()
    for odd in ({}, {"attributes": LEAD["attributes"] | {"employees": "3e2"}}, {"id": 42}):
        lead = {**LEAD, **odd}
        assert RULES.evaluate({**lead, "events": iter(LEAD["events"])}, as_of=AS_OF).to_json() == expected
        assert RULES.explain({**lead, "events": iter(LEAD["events"])}, as_of=AS_OF).result.to_json() == expected
        assert RULES.start({**lead, "events": iter(LEAD["events"])}).result(as_of=AS_OF).to_json() == expected
    late = [*LEAD["events"], view(at=AS_OF.isoformat(), id="  é ")]  # read with care, by the reference in the end
    expected = RULES.explain({**LEAD, "events": late}, as_of=AS_OF).result.to_json()
    assert RULES.evaluate({**LEAD, "events": iter(late)}, as_of=AS_OF).to_json() == expected


def test_a_lead_is_never_changed():
    lead = defaulted(LEAD)
    before = repr(lead)
    RULES.evaluate(lead, as_of=AS_OF).to_json()
    assert repr(lead) == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "the lead has no id"),
        ({"attributes": [1]}, "attributes: a list is not an object of names and values"),
        ({"attributes": {"employees": True}}, "field `employees`: `true` is not a number"),
        ({"events": {}}, "events: an object is not a list of events"),
        ({"events": [view(), 5]}, "events (number 2 of 2): `5` is not an event"),
        ({"events": [view(), {"at": AS_OF}]}, "an event (number 2 of 2) has no type"),
        ({"events": [view(at="soon")]}, "event `page_view`: `at`: `soon` is not a datetime"),
        ({"events": [view(at=dt.datetime(1, 1, 1, tzinfo=dt.UTC))]}, "is out of range"),
        ({"events": [view(at=dt.datetime(9999, 1, 1, tzinfo=dt.UTC))]}, "is out of range"),
        ({"events": [view(id=1.5)]}, "`id`: `1.5` is not a text"),
        ({"events": [view(url=["/"])]}, "property `url`: a list is not a text"),
        ({"events": [view(properties="x")]}, "properties: `x` is not an object"),
        ({"stages": {"stage": 7}}, "stages: `7` is not a label of `stage`"),
        (
            {"attributes": {"employees": True}, "events": [view(id=1.5, seconds="x"), view(at=1, properties={})]},
            "4 mistakes",
        ),
    ],
)
def test_mistakes_are_told_as_the_reference_tells_them(change, reason):
    messages = []
    for read in (RULES.evaluate, RULES.explain):
        with pytest.raises(InputError) as caught:
            read(LEAD | change, as_of=AS_OF)
        messages.append((str(caught.value), caught.value.mistakes))
    assert messages[0] == messages[1]
    assert reason in messages[0][0]


def test_moments_of_any_kind():
    naive = AS_OF.replace(tzinfo=None)
    for as_of in (None, naive, AS_OF.date(), dt.datetime(1, 1, 1, tzinfo=dt.UTC)):
        for lead in (LEAD, {"id": "1", "attributes": {}, "events": []}):
            with pytest.raises(InputError, match="as_of"):
                Ruleset.from_text("page_view +1").evaluate(lead, as_of=as_of)
    for as_of in (AS_OF, AS_OF.astimezone(WARSAW), AS_OF - 5 * DAY, AS_OF, dt.datetime(900, 1, 1, tzinfo=dt.UTC)):
        same(RULES, LEAD, as_of)


# ------------------------------------------------------------------- results


def test_evidence_is_right_though_the_lead_has_changed_since():
    lead = LEAD | {"attributes": dict(LEAD["attributes"]), "events": list(LEAD["events"])}
    expected = RULES.explain(lead, as_of=AS_OF).result.to_json()
    result = RULES.evaluate(lead, as_of=AS_OF)
    lead["attributes"]["employees"] = 1
    lead["events"].append(view(0))
    del lead["events"][0]
    assert result.to_json() == expected


PROVEN = [
    "employees >= 200 +10 | >= 50 +5 | else -1",
    "employees < 200 +10 | >= 5000 +5 | else -1.5",
    'country in {"PL", "DE"} and (employees > 5000 or not job_title contains "intern") +3 max 2 points',
    "need or budget +1",
    'page_view +2 because "reads"',
    "page_view +2 max 30 points",
    "page_view +0",
    "page_view +2 max 21 when employees > 3",
    "page_view +2 max 1 per day",
    "page_view +2 max 2 every 10 days max 1 per month",
    "page_view +5 half-life 10 days max 9",
    "page_view +5 fades over 30 hours",
    "page_view +5 drops 10% every 5 days max 1 per week",
    'page_view[url contains "pric"] within 30 days +1',
    'content[url = "/pricing"] +1 max 3',
    "content +1.25 max 2",
    "blog_view +1",
    "count(page_view within 7 days) >= 1 +4",
    "days since page_view < 5 and days since blog_view >= 0 +3",
    "page_view within 9 days and no unsubscribe +4",
    "created within 30 days or employees is known +1",
    "dimension other max 3\n  page_view +2",
    "dimension other min 40\n  email_open +2\ntotal = 0.5 * other + 1 max 7",
    "group some max 3\n  page_view +2",
    "stages warm < hot\nwas hot +2",
]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("rule", PROVEN)
def test_common_evidence_needs_no_reference(rule):
    rules = Ruleset.from_text(
        f"event page_view[url: text, seconds: number]\nevents content = page_view | blog_view\n{rule}"
    )
    events = [view(days, "/pricing" if days % 3 else "/blog") for days in range(25)]
    events += [
        {"type": "blog_view", "at": AS_OF - dt.timedelta(days=2, microseconds=1200), "id": "b1"},
        *LEAD["events"][3:],
    ]
    lead = LEAD | {"events": events, "stages": {"stage": "hot"}}
    evidence = [entry.evidence for entry in rules.evaluate(lead, as_of=AS_OF).audit]
    assert len(evidence) > 0


@pytest.mark.parametrize("rule", PROVEN)
def test_evidence_is_that_of_the_reference(rule):
    rules = Ruleset.from_text(
        f"event page_view[url: text, seconds: number]\nevents content = page_view | blog_view\n{rule}"
    )
    plain = [view(days, "/pricing" if days % 3 else "/blog") for days in range(25)]
    named = {"type": "blog_view", "at": AS_OF - dt.timedelta(days=2, microseconds=1200), "id": "b1"}
    forms = {
        "in order": plain[::-1],
        "the latest first": [*plain, named],
        "of one moment": [view(1), view(1, "/blog"), view(1, "/a"), named | {"at": AS_OF - DAY}, view(3)],
        "with ids": [event | {"id": f"e {place}"} for place, event in enumerate(plain)],
        "in other zones": [event | {"at": event["at"].astimezone(WARSAW)} for event in plain],
        "as text": [event | {"at": event["at"].isoformat(), "type": " page_view "} for event in plain],
        "without properties": [{"type": "page_view", "at": event["at"], "properties": None} for event in plain],
        "none": [],
    }
    for events in forms.values():
        lead = LEAD | {"events": events, "stages": {"stage": "hot"}}
        result = same(rules, lead)
        expected = rules.explain(lead, as_of=AS_OF).result
        assert [repr(entry.to_dict()) for entry in result.audit] == [repr(entry.to_dict()) for entry in expected.audit]


@pytest.mark.parametrize(
    "events",
    [
        "event page_view[url: text]",
        "event page_view[url: text]\nevent blog_view[url: text]",
        "",
    ],
)
def test_events_with_and_without_an_id_keep_their_own(events):
    """Whether properties are read of no type, of some, or of all: what is noted of an event differs."""
    filters = ["url", "url" if "blog_view[" in events else ""] if events else ["", ""]
    page, blog = (f'{type_}[{f} contains "a"]' if f else type_ for type_, f in zip(TYPES, filters, strict=True))
    rules = Ruleset.from_text(f"{events}\n{page} +1\n{blog} +2 half-life 30 days\n{blog} +3 max 1 every 1 days")
    mixed = [
        {"type": type_, "at": AS_OF - dt.timedelta(days=days), "properties": {"url": "/a"}}
        | ({"id": f"e{days}"} if days % named == 0 else {})
        for named in (2, 3)
        for days, type_ in enumerate([*TYPES, "other", *TYPES, *reversed(TYPES)] * 3, named)
    ]
    for given in (
        mixed[:21],
        mixed[:21][::-1],
        mixed[21:],
        [*mixed[:5], *mixed[:5]],
        [mixed[0] | {"id": None}, mixed[1]],
    ):
        later = {"type": "page_view", "at": AS_OF + DAY}
        for one in ([*given], [*given, later], [later, *given]):
            result = same(rules, LEAD | {"events": one})
            assert result.audit
            texts = [listed["id"] for entry in result.audit for listed in entry.evidence["events"] if "id" in listed]
            assert set(texts) == {event["id"] for event in one if event.get("id") and event["type"] != "other"}


@pytest.mark.parametrize("rule", ["page_view +1", "page_view +1 max 1", 'page_view[url contains "a"] +1'])
def test_events_of_the_hour_that_comes_twice_are_listed_in_their_order(rule):
    """Of two moments of one zone Python compares what the clock showed."""
    rules = Ruleset.from_text(f"event page_view[url: text]\n{rule}")
    zone = ZoneInfo("Europe/Warsaw")
    again, before = (
        dt.datetime(2025, 10, 26, 2, minute, tzinfo=zone, fold=fold) for minute, fold in ((30, 1), (40, 0))
    )
    for moments in ((before, again), (again, before), (before, before.astimezone(dt.UTC), again)):
        events = [{"type": "page_view", "at": at, "properties": {"url": f"/{at.tzinfo}a"}} for at in moments]
        result = same(rules, LEAD | {"events": events})
        (entry,) = result.audit
        assert entry.evidence["events"][-1]["at"] == "2025-10-26T01:30:00Z"


def test_evidence_is_asked_for_once_and_for_what_fired_alone(monkeypatch):
    asked = []
    of_rule = Evidence.of_rule
    monkeypatch.setattr(
        Evidence, "of_rule", lambda self, rule, score: asked.append(rule.id) or of_rule(self, rule, score)
    )
    rules = Ruleset.from_text("page_view +(seconds)\nunsubscribe +(employees)\nemail_open +1")
    result = rules.evaluate(LEAD, as_of=AS_OF)
    assert result.to_json() == result.to_json()
    assert result.audit[0].evidence["events"][0]["points"] == 20
    assert asked == ["page_view"]


def test_a_result_is_a_value():
    result = RULES.evaluate(LEAD, as_of=AS_OF)
    copy = pickle.loads(pickle.dumps(result))  # noqa: S301
    assert type(copy) is ScoredLead
    assert {type(entry) for entry in copy.audit} == {AuditEntry}
    assert copy == result
    assert copy.digest == result.digest
    assert isinstance(result, ScoredLead)
    assert all(isinstance(entry, AuditEntry) for entry in result.audit)
    assert result.without_audit().audit == ()
    assert result.stage == "mql" == result.stages["stage"]
    assert Ruleset.from_text("email_open +1").evaluate(LEAD, as_of=AS_OF).stage is None


def test_decimals_are_written_minimally():
    for precision in range(7):
        decimals = Decimals(precision)
        for units in (0, 1, -1, 10, 25, 40_000_000, 20_500_000, -123_456_789, 10**21):
            scaled = decimal_of(rounded(units, 0) / 10**precision)
            assert repr(decimals[units]) == repr(scaled)


# ------------------------------------------------------------------ hostility

HOSTILE = """
event `import`[`__class__`: text, `None`: number, `x y`: text]
event `a b`
field `__import__`: text from "__import__('os').system('x')"
field `lambda`: number from "'\\"); raise SystemExit #"
field `zażółć`: text
criterion `exec` = `__import__` contains "{0.__class__}\\n\\\\' + os + '"
`exec` +1 because "\\"\\"\\"%s{}"
`lambda` > 1 +2
`import`[`__class__` = "__subclasses__()" and `None` > 0] +3 max 2 per `x y`
`a b` +4
`zażółć` = "ß" +5
stages `def` < `class`
  `import` -> `class`
score > 1 -> tag "'; import os; '"
"""


def test_no_text_of_a_rule_file_becomes_code(written):
    rules = Ruleset.from_text(HOSTILE)
    lead = {
        "id": "__main__",
        "attributes": {
            "__import__('os').system('x')": "a{0.__class__}\n\\' + os + 'b",
            "'\"); raise SystemExit #": 5,
            "zażółć": "SS",
        },
        "events": [
            {"type": "import", "at": AS_OF, "properties": {"__class__": "__SUBCLASSES__()", "None": 1, "x y": "{}"}},
            {"type": "a b", "at": AS_OF},
        ],
    }
    result = same(rules, lead)
    assert (result.score, result.stage, result.tags) == (15, "class", ("'; import os; '",))
    allowed = re.compile(rf"({'|'.join(WORDS.split())})(_[A-Za-z0-9]+)*_\d+|" + "|".join(FIXED.split()))
    names = {node.id for function in written for node in ast.walk(function) if isinstance(node, ast.Name)}
    assert {name for name in names if not allowed.fullmatch(name)} == set()
    attributes = {node.attr for function in written for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    assert attributes <= set(ATTRIBUTES.split())


WORDS = """
K about age ages answers at by column count cut decayed derive edge event events field found given grade held kept known
left moments pair passing places points properties property raw rows score share since stage start
sum total value weighed
"""
FIXED = """error
lead as_of pii otherwise clock moment instant now today id_ attributes events stages values fired missing by ids
seen event place kept last size unordered at
result text folded found gated reference segments tags recommendations _
type str dict list int len zip map sum min max KeyError TypeError
"""
ATTRIBUTES = """
get isascii isalnum append __getitem__ days seconds startswith endswith rule truth value _lead _instant _ruleset
_score _stage _parts _audit _maker _notes tzinfo astimezone
"""


def test_the_source_of_the_written_code_can_be_seen(written):
    rules = Ruleset.from_text(HOSTILE)
    rules.evaluate({"id": "1"}, as_of=AS_OF)
    identity = RulesetIdentity(None, None, rules.fingerprint)
    source = source_of(program_of(rules), identity, LeadReader(program_of(rules).scope))
    module = compile(source, "shown", "exec")
    (shown,) = [c for c in module.co_consts if isinstance(c, types.CodeType) and c.co_name == "score"]
    run = rules._compiled.__code__
    assert (shown.co_code, shown.co_names, shown.co_varnames) == (run.co_code, run.co_names, run.co_varnames)
    assert [f.name for f in ast.parse(source).body] == [f.name for f in written]
    comments = [line.strip() for line in source.split("\n") if line.lstrip().startswith("# ")]
    assert comments == [f"# line {rule.line}: {rule.id}" for rule in program_of(rules).rules]


def test_a_traceback_shows_the_written_code_for_as_long_as_its_rules_live(monkeypatch):

    def raise_on(error):
        raise error

    monkeypatch.setattr(assembly, "_of_a_value", raise_on)
    rules = Ruleset.from_text('ruleset acme version "1"\nemail_open +5 max 3')
    with pytest.raises(TypeError) as caught:
        rules.evaluate({"id": "1", "attributes": {}, "events": None}, as_of=AS_OF)
    *_, frame = traceback.extract_tb(caught.tb)
    assert frame.filename.startswith("<leadrules acme ")
    assert (frame.name, frame.line) == ("score", "raise TypeError")
    assert "# line 2: email_open\n" in "".join(linecache.getlines(frame.filename)).replace("  ", "")
    caught = None
    del rules
    gc.collect()
    assert linecache.getlines(frame.filename) == []


def test_code_is_compiled_however_deep_its_brackets_are():
    deep = code.const(1)
    for _ in range(300):
        deep = code.call(code.name("abs"), deep)
    namespace = code.functions_of([code.function_def("deep", [], [code.return_(deep)])], {}, "deep")
    assert namespace["deep"]() == 1


def test_comments_are_lines_that_cannot_end():
    said = code.comment('it\'s "said"\nraise SystemExit')
    source = code.source_of(
        [code.function_def("f", [], [code.pass_(), said, code.return_(code.const("# 'not this'"))])]
    )
    assert source.split("\n")[1:] == [
        "    pass",
        '    # it\'s "said" raise SystemExit',
        "    return \"# 'not this'\"",
        "",
    ]


def test_the_written_code_is_of_a_few_names_only(written):
    Ruleset.from_text("page_view +1\nemployees > 5 +1").evaluate({"id": "1"}, as_of=AS_OF)
    (function, *_) = [f for f in written if f.name == "score"]
    constants = {type(node.value) for node in ast.walk(function) if isinstance(node, ast.Constant)}
    assert constants <= {str, int, bool, types.NoneType, tuple}


# --------------------------------------------------------------------- bounds


def test_what_is_remembered_of_texts_is_bounded():
    made: list[str] = []
    known = Remembered(lambda raw: raw, lambda text: made.append(text) or (text,))
    for place in range(10_000):
        assert known[str(place)] == (str(place),)
    assert len(known) < 5_000
    assert known["x" * 1_000] == ("x" * 1_000,)
    assert "x" * 1_000 not in known
    before = len(made)
    assert known["9999"] == ("9999",)
    assert len(made) == before


def test_it_is_compiled_once_and_only_when_it_is_needed(monkeypatch):
    compiled = []
    function = assembly._Compilation.function
    monkeypatch.setattr(assembly._Compilation, "function", lambda self: compiled.append(1) or function(self))
    rules = Ruleset.from_text("page_view +1")
    assert compiled == []
    for _ in range(3):
        rules.evaluate(LEAD, as_of=AS_OF)
    assert compiled == [1]


def test_properties_that_would_make_up_a_value_are_asked_for_none():
    rules = Ruleset.from_text('page_view[seconds = 0] +5\npage_view[url contains "x"] +3\nneed +1')
    properties = defaultdict(lambda: "x", seconds=0)
    numbers = defaultdict(int)
    events = [view(1) | {"properties": given} for given in (properties, numbers)]
    assert rules.evaluate({"id": "1", "attributes": {}, "events": events}, as_of=AS_OF).score == 5
    assert (dict(properties), dict(numbers)) == ({"seconds": 0}, {})


@pytest.mark.parametrize("span", ["418986 weeks", "99999999999 weeks", "4223371680 minutes"])
@pytest.mark.parametrize(
    "rule",
    [
        "email_open followed by page_view within {} +1",
        "email_open not followed by page_view within {} +1",
        "email_open not followed by email_open within {} +1",
        "email_open within {} +1",
        "created within {} +1",
        "no purchase within {} +1",
        "email_open +1  max 1 every {}",
    ],
)
def test_spans_that_reach_beyond_all_time(rule, span):
    rules = Ruleset.from_text(rule.format(span))
    events = [{"type": "email_open", "at": "0003-05-01"}, {"type": "page_view", "at": "2026-05-02"}]
    lead = {"id": "1", "attributes": {"created": "2026-01-01"}, "events": events}
    for as_of in (dt.datetime(2026, 6, 1, tzinfo=dt.UTC), dt.datetime(9997, 12, 31, tzinfo=dt.UTC)):
        result = rules.evaluate(lead, as_of=as_of)
        assert result.to_json() == rules.explain(lead, as_of=as_of).result.to_json()
        assert rules.start(lead).result(as_of=as_of).to_json() == result.to_json()
        rules.forecast(lead, as_of=as_of, days=30)
