"""What the form of a lead costs, and what each thing that is asked of a result, by the medium rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.contest import PLANS, Mismatch, evaluating
from benchmarks.report import Table, compared
from benchmarks.timing import Step, every, in_turn
from benchmarks.workload.leads import AS_OF, made_up_leads
from benchmarks.workload.leads import Lead as Plain
from benchmarks.workload.rule_file import text_of
from leadrules import Lead, Ruleset
from leadrules.as_of import read_as_of
from leadrules.audit import RulesetIdentity, ScoredLead
from leadrules.engine.reference import interpreter
from leadrules.lead import LeadReader
from leadrules.ruleset import program_of

BASE = "evaluate, leads as dicts, times as datetimes"


def measure(quick: bool) -> tuple[Table, ...]:
    """Time each form of the leads, and each question."""
    rules = Ruleset.from_text(text_of(PLANS["medium"]))
    leads = list(made_up_leads(20 if quick else 400))
    taken = in_turn(_forms(rules, leads) | _questions(rules, leads), 3 if quick else 11)
    title = f"use: {len(leads)} leads, {len(PLANS['medium'].rules)} rules"
    return (Table(title, compared("what", taken, BASE, "µs", 1e6 / len(leads)), "ratio: to the first line"),)


def _forms(rules: Ruleset, leads: list[Plain]) -> dict[str, Sequence[Step]]:
    texts = [_with_events(lead, lambda event: {**event, "at": event["at"].isoformat()}) for lead in leads]
    named = [_with_events(lead, lambda event: {**event, "id": str(id(event))}) for lead in leads]
    models = [Lead(**lead) for lead in leads]
    forms: dict[str, list[Any]] = {
        BASE: leads,
        "evaluate, every event with an id": named,
        "evaluate, times as text": texts,
        "evaluate, leads as `Lead`": models,
    }
    for form in forms.values():
        _compare(rules, leads, form)
    return {name: every(form, evaluating(rules)) for name, form in forms.items()}


def _with_events(lead: Plain, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Plain:
    return {**lead, "events": [change(event) for event in lead["events"]]}


def _compare(rules: Ruleset, leads: list[Plain], form: list[Any]) -> None:
    for lead, other in zip(leads, form, strict=True):
        if rules.evaluate(lead, as_of=AS_OF).score != rules.evaluate(other, as_of=AS_OF).score:
            raise Mismatch(f"two forms of lead {lead['id']} have different scores")


def _questions(rules: Ruleset, leads: list[Plain]) -> dict[str, Sequence[Step]]:
    questions: dict[str, Callable[[Plain], object]] = {
        "evaluate, and read the audit": evaluating(rules, audit=True),
        "evaluate, and read all evidence": lambda lead: [
            entry.evidence for entry in rules.evaluate(lead, as_of=AS_OF).audit
        ],
        "evaluate, and `without_audit().to_json()`": lambda lead: (
            rules.evaluate(lead, as_of=AS_OF).without_audit().to_json()
        ),
        "evaluate, and `to_json()`, evidence included": lambda lead: rules.evaluate(lead, as_of=AS_OF).to_json(),
        "the reference engine, evidence included": _reference(rules),
        "explain": lambda lead: rules.explain(lead, as_of=AS_OF),
    }
    return {name: every(leads, question) for name, question in questions.items()}


def _reference(rules: Ruleset) -> Callable[[Plain], ScoredLead]:
    reader = LeadReader(program_of(rules).scope)
    identity = RulesetIdentity(rules.name, rules.version, rules.fingerprint)
    instant = read_as_of(AS_OF)
    return lambda lead: interpreter.evaluate(program_of(rules), reader.read(lead, instant), instant, identity)
