"""Large programs: what is one too many is left to the reference, long functions are cut, and the bytes stay equal."""

import ast
import datetime as dt
import time

import pytest

from leadrules import InputError, Limits, Ruleset
from leadrules.engine.compiler import code, shapes, splitting
from leadrules.engine.compiler.shapes import Shapes
from leadrules.ruleset import program_of

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def event(type_, days, **properties):
    return {"type": type_, "at": AS_OF - dt.timedelta(days=days), "properties": properties}


LEAD = {
    "id": "42",
    "attributes": {"employees": 300, "country": "PL", "job_title": "Head of Sales", "budget": True},
    "events": [
        event("page_view", 1, url="/pricing", seconds=20),
        event("page_view", 9, url="/blog", seconds=5),
        event("page_view", 40, url="/pricing"),
        event("purchase", 3, amount=70, kind="new"),
        event("purchase", 2, amount=5),
        event("email_open", 4),
    ],
    "stages": {"stage": "mql"},
}
QUIET = {"id": "43", "attributes": {"employees": 3}, "events": []}

RULES = """
event purchase[amount: number, kind: text]
events bought = purchase | page_view
criterion large = employees >= 200
criterion keen = count(page_view within 30 days) >= 2 or large and budget
criterion spent = sum(amount of purchase)
dimension fit max 60
  large +10 | employees >= 50 +5 | else -1
  country in {"PL", "DE"} and not job_title contains "intern" +3
  rule capped: always +(employees / 7) max 20 points
  persona buyer +20
    job_title contains "sales" weight 2
    keen weight 1
  group bonus max 8
    need +1
    budget +4
    keen +5
dimension engagement within 90 days
  page_view +2 max 2 per day
  page_view[url contains "pric"] within 30 days +1
  page_view +(seconds / 3) fades over 30 days
  page_view +5 half-life 10 days
  purchase[amount > 10 and kind != "old"] +3 max 2
  purchase[amount > 10] since email_open +4
  bought +1
  any_event +0.5 max 1 points
  fit > 10 and spent > 5 +7 because "both"
total = fit + 2 * engagement max 100
grade g = score: A >= 60, B >= 20, C
segment s = score > 5 and keen
stages new < mql < sql exit lost
score > 10 -> mql
keen and g >= B -> sql
hold mql while large
email contains "x" -> lost
s and large -> tag "large"
not s -> tag "small"
"""


@pytest.fixture
def written(monkeypatch):
    """Collect the code that is written."""
    found: list[ast.FunctionDef] = []
    compiled = code.functions_of

    def functions_of(definitions, given, about):
        found.extend(definitions)
        return compiled(definitions, given, about)

    monkeypatch.setattr(code, "functions_of", functions_of)
    return found


def told(rules, lead):
    """Give what both engines say of a lead, and a state of it: a result, or its mistake."""
    found = []
    for ask in (
        lambda: rules.evaluate(lead, as_of=AS_OF),
        lambda: rules.explain(lead, as_of=AS_OF).result,
        lambda: rules.start(lead, remember=dt.timedelta(days=999)).result(as_of=AS_OF),
    ):
        try:
            found.append(ask().to_json())
        except InputError as error:
            found.append(str(error))
    return found


# ----------------------------------------------------------------- equal bytes


@pytest.mark.parametrize("most", [0, 60, 150, 300, 600, 10**9])
@pytest.mark.parametrize("before", ["", 'require budget before scoring because "no"\n'], ids=["", "gated"])
def test_what_is_left_to_the_reference_changes_no_byte(most, before):
    rules = Ruleset.from_text(before + RULES, limits=Limits(code=most))
    wrong = {**LEAD, "events": [event("purchase", 3, amount="much")]}
    for lead in (LEAD, QUIET, wrong, {**QUIET, "events": wrong["events"]}):
        assert len(set(told(rules, lead))) == 1


@pytest.mark.parametrize("part", [1, 2, 5, 20])
@pytest.mark.parametrize("before", ["", 'require budget before scoring because "no"\n'], ids=["", "gated"])
def test_a_function_that_is_cut_gives_the_same_bytes(monkeypatch, written, part, before):
    whole = Ruleset.from_text(before + RULES).evaluate(LEAD, as_of=AS_OF)
    monkeypatch.setattr(shapes, "LONG_CODE", 0)
    monkeypatch.setattr(splitting, "PART", part)
    rules = Ruleset.from_text(before + RULES)
    assert set(told(rules, LEAD)) == {whole.to_json()}
    assert len(set(told(rules, QUIET))) == 1
    assert sum(function.name.startswith("part_") for function in written) > 5


def test_rules_that_are_left_stand_in_the_audit_in_their_places():
    text = "page_view +1\nneed +2\nemployees > 5 +(employees / 7) max 20 points\nbudget +3"
    rules = Ruleset.from_text(text, limits=Limits(code=40))
    assert 0 < sum(Shapes.of(program_of(rules)).is_left(rule) for rule in program_of(rules).rules) < 4
    audit = rules.evaluate(LEAD, as_of=AS_OF).audit
    assert [(entry.kind, entry.line) for entry in audit] == [("points", 1), ("points", 3), ("cap", 3), ("points", 4)]


# ------------------------------------------------------------------- how much


def lines(count, pattern):
    return "\n".join(pattern.replace("#", str(n)) for n in range(count)) + "\n"


HONEST = (
    'page_view[url contains "/#"] +5',
    "employees > # +10 | > 5 +2",
    'job_title contains "word #" and country = "PL" +3',
    "email_open within 30 days +2 max 3 per day",
)
PURCHASE = "event purchase[amount: number]\n"
LARGE = {
    "any event": lambda n: lines(n // 5, "event e#[p: text]") + lines(5, 'any_event[p = "#"] +1'),
    "groups in groups": lambda n: (
        lines(n // 8, "event e#")
        + "events g0 = e0\n"
        + "".join(f"events g{k} = g{k - 1} | e{k}\n" for k in range(1, n // 8))
        + lines(n // 8, "g# +1")
    ),
    "since": lambda n: PURCHASE + lines(n, "count(page_view since email_open since purchase[amount > #]) > # +1"),
    "half-lives": lambda n: PURCHASE + lines(n, "purchase[amount > #] +3 half-life 5 days max 2 per day"),
    "sums": lambda n: PURCHASE + lines(n, "sum(amount of purchase[amount > # and amount < 7]) > 5 +1"),
    "nots": lambda n: lines(n // 8, "not " * 190 + "employees > # +1"),
    "tags": lambda n: PURCHASE + lines(n, 'count(purchase[amount > #]) > 2 -> tag "t#"'),
    "criteria": lambda n: (
        PURCHASE + lines(n, "criterion c# = count(purchase[amount > #]) > 2") + lines(n // 2, "c# and need +1")
    ),
}


def test_of_as_many_rules_as_people_write_none_is_left(monkeypatch):
    monkeypatch.setattr(shapes, "LONG_CODE", shapes.LONG_CODE // 10)
    tenth = Limits(code=Limits().code // 10)
    program = program_of(Ruleset.from_text("".join(lines(180, pattern) for pattern in HONEST), limits=tenth))
    measured = Shapes.of(program)
    assert [rule.id for rule in program.rules if measured.is_left(rule)] == []
    some = program_of(Ruleset.from_text("".join(lines(80, pattern) for pattern in HONEST)))
    assert not Shapes.of(some).is_long


@pytest.mark.parametrize("made", LARGE.values(), ids=LARGE)
def test_what_is_written_has_an_end(monkeypatch, written, made):
    def nodes(count):
        written.clear()
        rules = Ruleset.from_text(made(count), limits=Limits(code=4_000))
        rules.evaluate(LEAD, as_of=AS_OF)
        return sum(1 for function in written for _ in ast.walk(function))

    monkeypatch.setattr(shapes, "LONG_CODE", 2_000)
    few, many = nodes(300), nodes(600)
    assert few < 40_000
    assert many < few + 30 * 300  # what is left to the reference is named, and no more


def test_no_function_is_longer_than_python_takes_in_its_stride(monkeypatch, written):
    monkeypatch.setattr(shapes, "LONG_CODE", 2_000)
    monkeypatch.setattr(splitting, "PART", 100)
    Ruleset.from_text(LARGE["since"](300)).evaluate(LEAD, as_of=AS_OF)
    longest = max(sum(isinstance(node, ast.stmt) for node in ast.walk(function)) for function in written)
    assert longest < 3 * splitting.PART


@pytest.mark.slow
@pytest.mark.parametrize("made", LARGE.values(), ids=LARGE)
def test_as_much_as_a_file_may_hold_is_compiled_in_time(made):
    rules = Ruleset.from_text(made(9_900)[: 1024 * 1024].rpartition("\n")[0])
    start = time.process_time()
    rules.evaluate(LEAD, as_of=AS_OF)
    assert time.process_time() - start < 20
