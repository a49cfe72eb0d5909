"""What loads is evaluated, in any thread and at any depth of the caller's calls."""

import datetime as dt
import pickle
import sys
import threading

import pytest

from leadrules import Ruleset
from leadrules.insights.mutants import mutants_of
from leadrules.ruleset import program_of
from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse

AS_OF = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
SMALL_STACK = 64 * 1024
HEAD = (
    'table t = {"a": "a"}\nfield need: bool\nfield budget: bool\nevent page_view[seconds: number]\n'
    "stages mql < sql\nscore > 3 -> sql\n"
)
VISIT = {"type": "page_view", "at": "2026-11-01T10:00:00Z", "properties": {"seconds": 4}}
LEADS = [
    {"id": "1", "attributes": {"need": True, "budget": True, "employees": 5}, "events": [VISIT]},
    {"id": "1", "attributes": {"need": "yes", "employees": "5 "}, "events": [VISIT | {"at": "2026-11-01"}]},
    {"id": "1", "attributes": {}, "events": []},
]
DEEP = {
    "not": "not " * 190 + "need +1",
    "brackets": "(need or (budget and " * 49 + "budget" + "))" * 49 + " +1",
    "sum": "(" + " + ".join(["employees"] * 100) + ") > 3 +1",
    "points": "need +(" + " + ".join(["employees"] * 100) + ")",
    "nested sum": "(" + "employees + (" * 90 + "employees" + ")" * 91 + " > 3 +1",
    "calls": "abs(" * 98 + "employees" + ")" * 98 + " > 3 +1",
    "values": "(" + "(1 if need | else " * 90 + "employees" + ")" * 90 + ") > 3 +1",
    "conditions of values": "need +(1 if " + "(1 if " * 45 + "need" + " | else 2) > 1" * 45 + " | else 3)",
    "truths of values": "(need if budget | else " * 90 + "need" + ")" * 90 + " +1",
    "texts of values": "(" + '("a" if need | else ' * 90 + "job_title" + ")" * 90 + ') = "a" +1',
    "values of events": "page_view[(" + "(1 if seconds > 3 | else " * 60 + "seconds" + ")" * 60 + ") > 3] +1",
    "lookups": "t(" * 90 + "job_title" + ")" * 90 + ' = "a" +1',
    "at least": "at least 1 of (need, " * 98 + "budget" + ")" * 98 + " +1",
    "filter": "page_view[" + "(seconds > 1 or (seconds < 9 and " * 48 + "seconds > 4" + "))" * 48 + "] +1",
    "property": "page_view[(" + " + ".join(["seconds"] * 100) + ") > 3] +1",
    "persona": "persona p +5\n    " + "not " * 190 + "need weight 1",
}
STEPS = {
    "and": "c{} and budget",
    "or": "c{} or budget",
    "not": "not c{}",
    "alone": "c{}",
    "at least": "at least 1 of (c{0}, budget, c{0})",
    "is known": "c{} is known",
    "conditional": "c{0} if budget | not c{0} if need",
    "twice": "(not c{0} and budget) or c{0}",
}


def chain(step, count, first="need"):
    links = "".join(f"criterion c{i} = {step.format(i - 1)}\n" for i in range(1, count))
    return f"criterion c0 = {first}\n{links}"


CHAINS = {
    **{name: chain(step, 600) + "c599 +1\n" for name, step in STEPS.items()},
    "sum": chain("c{} + 1", 600, "employees") + "c599 > 3 +1\n",
    "points": chain("c{} + 1", 600, "employees") + "need +(c599)\n",
    "text": chain('c{} or job_title contains "x"', 600) + "c599 +1\n",
    "filter": chain("c{0} or not c{0}", 600) + "page_view[c599 and seconds > 1] +1\n",
    "events": chain("c{} or page_view", 600) + "c599 +1\n",
    "segments": chain("c{0} and not c{0} or employees > 5", 200).replace("criterion", "segment") + "c199 +1\n",
    "requirement": chain("not c{}", 600) + "require c599 before scoring\nneed +1\n",
    "stage": chain("not c{}", 600) + "c599 -> mql\n",
}


def faces(text):
    """Do all that a ruleset does, and give what it says."""
    rules = Ruleset.from_text(HEAD + text + "\n")
    told = [rules.warnings]
    for lead in LEADS:
        found = rules.evaluate(lead, as_of=AS_OF)
        assert rules.start(lead).result(as_of=AS_OF) == found
        explained = rules.explain(lead, as_of=AS_OF)
        assert explained.result == found
        told += [found.to_json(), str(explained), explained.unknown, str(explained.why_not("sql"))]
    assert pickle.loads(pickle.dumps(rules)) == rules  # noqa: S301 - our own bytes
    return told


def in_a_small_thread(work):
    """Do something in a thread with a small stack."""
    found = []
    before = threading.stack_size(SMALL_STACK)
    try:
        thread = threading.Thread(target=lambda: found.append(work()))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    return found[0]


def deep(frames, work):
    """Do something so many calls deep."""
    return work() if frames == 0 else deep(frames - 1, work)


def depth():
    frame, found = sys._getframe(), 0
    while frame is not None:
        frame, found = frame.f_back, found + 1
    return found


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_what_nests_deeply_needs_no_deep_stack(text):
    expected = faces(text)
    assert in_a_small_thread(lambda: faces(text)) == expected
    left = sys.getrecursionlimit() - depth()
    assert deep(left - 90, lambda: faces(text)) == expected


@pytest.mark.parametrize("text", CHAINS.values(), ids=CHAINS.keys())
def test_criteria_that_build_on_each_other_need_no_deep_stack(text):
    assert in_a_small_thread(lambda: faces(text))


def test_written_anew_and_mutated():
    for text in DEEP.values():
        parsed, _ = parse(text + "\n", "rules")
        assert in_a_small_thread(lambda: format_file(parsed)) == format_file(parsed)  # noqa: B023 - called at once
        rules = Ruleset.from_text(HEAD + text + "\n")
        assert sum(1 for _ in mutants_of(program_of(rules))) > 0


def test_the_depth_of_what_is_shown_of_criteria_is_bounded():
    rules = Ruleset.from_text(HEAD + CHAINS["and"])
    (part,) = next(rule for rule in rules.explain({"id": "1"}, as_of=AS_OF).rules if rule.kind == "scoring").unmet
    levels = 0
    while part.members:
        part, levels = part.members[0], levels + 1
    assert levels == 60


def test_evidence_shows_the_first_hundred_values_and_says_that_there_are_more():
    rules = Ruleset.from_text(HEAD + chain("c{} and budget", 100) + "c99 +1\nc97 +1\n")
    result = rules.evaluate(LEADS[0], as_of=AS_OF)
    many, few = (entry.evidence for entry in result.audit)
    assert (len(many["values"]), many["more"]) == (100, True)
    assert (len(few["values"]), "more" in few) == (100, False)
    assert rules.explain(LEADS[0], as_of=AS_OF).result.to_json() == result.to_json()
