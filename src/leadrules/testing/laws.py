"""What holds for every ruleset, lead and moment, as functions: each raises AssertionError where it does not.

A lead may be one that the rules refuse: then the refusal must be the same. `seed` chooses an order.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from typing import Any

from leadrules import program as p
from leadrules.as_of import read_as_of
from leadrules.audit import AuditEntry, RulesetIdentity, ScoredLead
from leadrules.canonical import canonical_json
from leadrules.engine.reference import interpreter
from leadrules.errors import LeadrulesError
from leadrules.lead import LeadReader
from leadrules.ruleset import Ruleset, program_of
from leadrules.syntax import tree
from leadrules.syntax.files import MAIN
from leadrules.syntax.formatter import text_of
from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse
from leadrules.testing.comparing import outcome, same
from leadrules.testing.drawn_leads import RawLead
from leadrules.values import moment_of, plain_name

Load = Callable[[str], Ruleset]
"""Makes a ruleset of a text; `Ruleset.from_text`, unless a plugin's rules need more."""

_GARBAGE = ("garbage", None, 7.5, [1], {"a": "b"})


# ------------------------------------------------------------------ the engines


def engines_agree(rules: Ruleset, lead: RawLead, as_of: dt.datetime) -> None:
    """Assert that `evaluate` and `explain` give what the reference interpreter gives, to the byte.

    The result is compared before and after its audit is made, and with `pii` shown.
    """
    for pii in (False, True):
        expected = outcome(_reference, rules, lead, as_of, pii=pii)
        found = outcome(rules.evaluate, lead, as_of=as_of, pii=pii)
        same("evaluate differs from the interpreter", expected, found)
        explained = outcome(_explained, rules, lead, as_of, pii=pii)
        same("explain differs from the interpreter", expected, explained)


def _reference(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, pii: bool) -> ScoredLead:
    instant = read_as_of(as_of)
    facts = LeadReader(program_of(rules).scope).read(lead, instant)
    identity = RulesetIdentity(rules.name, rules.version, rules.fingerprint)
    return interpreter.evaluate(program_of(rules), facts, instant, identity, show_pii=pii)


def _explained(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, pii: bool) -> ScoredLead:
    return rules.explain(lead, as_of=as_of, pii=pii).result


def audit_adds_up(result: ScoredLead) -> None:
    """Assert that the points of the audit are the score, and those of each dimension its value.

    Where a requirement stops the scoring, everything is 0 and the audit is empty.
    """
    total = sum((entry.points for entry in result.audit), Decimal(0))
    if total != result.score:
        shown = "\n".join(f"  {entry!r}" for entry in result.audit)
        raise AssertionError(f"the audit adds up to {total}, and the score is {result.score}:\n{shown}")
    for entry in result.audit:
        _tells_its_points(entry)


def _tells_its_points(entry: AuditEntry) -> None:
    """Assert that the evidence of an entry tells its points, where it has a `from` and `to`, or events."""
    evidence = entry.evidence
    if entry.kind in {"cap", "weight"} and evidence["to"] - evidence["from"] != entry.points:
        raise AssertionError(f"{entry!r} is not the difference in its evidence: {dict(evidence)}")
    events = evidence.get("events", ())
    earlier = evidence.get("earlier", {"points": 0})["points"]
    if events and sum(event["points"] for event in events) + earlier != entry.points:
        raise AssertionError(f"{entry!r} is not the sum of its events: {events}")


# ----------------------------------------------------------------- what means nothing


def order_is_irrelevant(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that the order of events, attributes, properties and labels changes no byte."""
    chance = random.Random(seed)  # noqa: S311 shuffles test data
    same("the order of input changes the result", *_both(rules, lead, _mixed(lead, chance), as_of))
    before, after = (outcome(rules.explain, each, as_of=as_of) for each in (lead, _mixed(lead, chance)))
    same("the order of input changes the explanation", before, after)


def _mixed(value: Any, chance: random.Random) -> Any:
    """Give a lead with its mappings and its events in another order; lists of values keep theirs."""
    if not isinstance(value, Mapping):
        return value
    pairs = [(key, _mixed(part, chance)) for key, part in value.items()]
    chance.shuffle(pairs)
    mixed = dict(pairs)
    if isinstance(mixed.get("events"), list):
        mixed["events"] = [_mixed(event, chance) for event in mixed["events"]]
        chance.shuffle(mixed["events"])
    return mixed


def unread_is_irrelevant(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that an attribute, event or property that no rule reads changes no byte, whatever it holds.

    A declared property puts events in order where nothing else does, so one that no rule reads is
    added only where there is one event of a type.
    """
    chance, scope = random.Random(seed), program_of(rules).scope  # noqa: S311 chooses test data
    read = {plain_name(key) for field in scope.fields.values() for key in field.keys}
    attributes = {name: chance.choice(_GARBAGE) for name in ("unread", "Ünread") if name not in read}
    strays: list[Any] = [{"type": "nobody knows", "at": chance.choice(("never", None))}]
    strays += [{"type": event, "at": "never"} for event in scope.events if event not in scope.read][:1]
    changed = {
        **lead,
        "attributes": {**attributes, **(lead.get("attributes") or {})},
        "events": [*strays, *(_with_unread(event, lead, rules, chance) for event in lead.get("events") or ())],
        "stages": {**(lead.get("stages") or {}), **({} if "unread" in scope.ladders else {"unread": "x"})},
    }
    same("what no rule reads changes the result", *_both(rules, lead, changed, as_of))


def _with_unread(event: Any, lead: RawLead, rules: Ruleset, chance: random.Random) -> Any:
    scope, type_ = program_of(rules).scope, event["type"]
    declared = scope.events.get(type_)
    names = [] if declared is None else [q.name for q in declared.properties]
    alone = sum(plain_name(str(other["type"]).strip()) == type_ for other in lead["events"]) == 1
    identity = None if declared is None else declared.identity
    extra = [name for name in names if alone and name not in scope.read.get(type_, ()) and name != identity]
    extra += [] if "unheard of" in names else ["unheard of"]
    properties = event.get("properties") or {}
    return {**event, "properties": {**properties, **{name: chance.choice(_GARBAGE) for name in extra}}}


def future_and_duplicates_are_irrelevant(rules: Ruleset, lead: RawLead, as_of: dt.datetime) -> None:
    """Assert that events after `as_of`, and later events with the id of another, change no byte."""
    scope, instant = program_of(rules).scope, read_as_of(as_of)
    later = [{"type": event, "at": moment_of(instant + 1), "id": None} for event in scope.read]
    given = lead.get("events") or ()
    copies = [event for event in given if event["type"] in scope.read and event.get("id") not in {None, ""}]
    try:
        found = LeadReader(scope).read(lead, instant).events
    except LeadrulesError:
        found = ()
    repeats = [{"type": event.type, "at": moment_of(event.at + 1), "id": event.id} for event in found if event.id]
    changed = {**lead, "events": [*later, *copies, *given, *repeats]}
    same("future or repeated events change the result", *_both(rules, lead, changed, as_of))


# ------------------------------------------------------------------ texts of rules


def formatting_keeps_the_fingerprint(text: str, *, load: Load = Ruleset.from_text) -> None:
    """Assert that a file and its canonical form have one tree and one fingerprint."""
    file, _ = parse(text, "rules.leadrules")
    formatted = _written(file.statements)
    again, _ = parse(formatted, "rules.leadrules")
    if again.statements != file.statements:
        raise AssertionError(f"formatting changes the tree of\n{text}\nwhich becomes\n{formatted}")
    if load(text).fingerprint != load(formatted).fingerprint:
        raise AssertionError(f"formatting changes the fingerprint of\n{text}\nwhich becomes\n{formatted}")


def layout_is_irrelevant(text: str, lead: RawLead, as_of: dt.datetime, *, load: Load = Ruleset.from_text) -> None:
    """Assert that a file as it is laid out by `leadrules fmt`, and one with comments, give the same bytes.

    So caches and stored digests may go by the fingerprint: where it is equal, results are.
    """
    file, _ = parse(text, "rules.leadrules")
    commented = "\n# a comment\n\n".join(["", *map(text_of, file.statements)])
    for other in (format_file(file), f"{commented}\n"):
        before, after = load(text), load(other)
        if before.fingerprint != after.fingerprint:
            raise AssertionError(f"the layout changes the fingerprint of\n{text}\nwhich becomes\n{other}")
        results = (outcome(rules.evaluate, lead, as_of=as_of) for rules in (before, after))
        same(f"the layout changes the result; the other layout is\n{other}", *results)


def _written(statements: Sequence[tree.Statement]) -> str:
    return "".join(text_of(statement) + "\n" for statement in statements)


def rules_order_is_irrelevant(
    text: str, lead: RawLead, as_of: dt.datetime, *, seed: int = 0, load: Load = Ruleset.from_text
) -> None:
    """Assert that the order of rules and personas in a dimension or group changes nothing but the audit's order.

    There rules that are alike share out `~2` otherwise.
    """
    shuffled = with_rules_shuffled(text, seed)
    before, after = (_essence(load(each), lead, as_of) for each in (text, shuffled))
    same(f"the order of the rules changes the result; the other order is\n{shuffled}", before, after)


def with_rules_shuffled(text: str, seed: int) -> str:
    """Write rules with the scoring rules and personas of each dimension or group in another order."""
    file, _ = parse(text, "rules.leadrules")
    return _written(_rules_shuffled(file.statements, random.Random(seed)))  # noqa: S311 shuffles test data


def _rules_shuffled(statements: Sequence[tree.Statement], chance: random.Random) -> list[tree.Statement]:
    found: list[tree.Statement] = []
    run: list[list[tree.Statement]] = []
    for statement in statements:
        if isinstance(statement, tree.PersonaLine) and run:
            run[-1].append(statement)
        elif isinstance(statement, tree.Rule | tree.Persona):
            run.append([statement])
        else:
            found += _flat(run, chance)
            run = []
            found.append(statement)
    return found + _flat(run, chance)


def _flat(run: list[list[tree.Statement]], chance: random.Random) -> list[tree.Statement]:
    chance.shuffle(run)
    return [statement for block in run for statement in block]


def _essence(rules: Ruleset, lead: RawLead, as_of: dt.datetime) -> str:
    """Give a result without what names rules and lines, the audit's entries in an order of their own."""
    try:
        result = rules.evaluate(lead, as_of=as_of)
    except LeadrulesError as error:
        return str(error)
    whole = result.to_dict() | {"ruleset": None, "audit": None}
    entries = sorted(canonical_json([e.kind, e.points, e.because, e.evidence]) for e in result.audit)
    return canonical_json([whole, entries])


# ------------------------------------------------------------------------ time


def decay_never_gains(
    rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, later: dt.timedelta = dt.timedelta(days=1)
) -> None:
    """Assert that no event gives a decaying rule more, in size, at a later moment than at `as_of`.

    Only rules whose points before decay stay the same over time are looked at.
    """
    decaying = {rule.id for rule in program_of(rules).rules if rule.decay is not None and _settled(rule)}
    try:
        before, after = (_points_of_events(rules, lead, moment, decaying) for moment in (as_of, as_of + later))
    except LeadrulesError:
        return  # an event that is read only later is one that cannot be
    for event in before.keys() & after.keys():
        if abs(after[event]) > abs(before[event]):
            raise AssertionError(f"{event} gives {before[event]}, and {after[event]} after {later} more")


def _settled(rule: p.Rule) -> bool:
    settled = (p.Constant, p.FieldRead, p.PropertyRead, p.Arithmetic, p.Negative)
    return all(isinstance(node, settled) for node in rule.alternatives[0].points.walk())


def _points_of_events(
    rules: Ruleset, lead: RawLead, as_of: dt.datetime, of: set[str]
) -> dict[tuple[str, str], Decimal]:
    """Give the points of each event under each rule, by the rule and the event as the evidence shows it."""
    found = {}
    for entry in rules.evaluate(lead, as_of=as_of, pii=True).audit:
        if entry.kind == "points" and entry.rule in of:
            for event in entry.evidence.get("events", ()):  # a persona may have a rule's name
                shown = {name: part for name, part in event.items() if name != "points"}
                found[entry.rule, canonical_json(shown)] = event["points"]
    return found


# --------------------------------------------------------------------- elsewhere


def replay_gives_the_digest(rules: Ruleset, lead: RawLead, as_of: dt.datetime) -> None:
    """Assert that what an audit names gives its digest again.

    The ruleset is restored from its bundle, and once more from its source with a comment before it, the
    lead is read from JSON, and the moment is the result's own.
    """
    restored = Ruleset.from_bundle(
        rules.bundle(),
        limits=rules._limits,  # noqa: SLF001 - what a host knows of its own rules
        criteria=rules._catalogue.given,  # noqa: SLF001
    )
    if restored.bundle() != rules.bundle():
        raise AssertionError("the bundle of a bundle is another")
    stored: RawLead = json.loads(json.dumps(lead, default=_as_json))
    try:
        first = rules.evaluate(lead, as_of=as_of)
    except LeadrulesError:
        return
    moment = dt.datetime.fromisoformat(first.to_dict()["as_of"])
    for other in (restored, _commented(rules)):
        if other.fingerprint != rules.fingerprint:
            raise AssertionError("the same rules have another fingerprint, restored or with a comment")
        again = other.evaluate(stored, as_of=moment)
        same("a replay gives another result", first.to_json(), again.to_json())
        if first != again or hash(first) != hash(again) or first.digest != again.digest:
            raise AssertionError("a replay gives another digest, or a result that is not equal")


def _commented(rules: Ruleset) -> Ruleset:
    """Load a ruleset's files again, the main one with a comment before its first line."""
    files = rules._files.frozen()  # noqa: SLF001
    text = files.texts[MAIN].removeprefix("\ufeff")
    files.texts[MAIN] = f"# a comment\n\n{text}"
    return Ruleset._from_files(files, rules._params, rules._limits, rules._catalogue, lenient=rules.lenient)  # noqa: SLF001


def _as_json(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def threads_agree(rules: Ruleset, leads: Sequence[RawLead], as_of: dt.datetime, *, workers: int = 8) -> None:
    """Assert that threads which share a ruleset give the digests of a serial run."""
    with ThreadPoolExecutor(workers) as executor:
        _agree(executor, rules, leads, as_of)


def processes_agree(rules: Ruleset, leads: Sequence[RawLead], as_of: dt.datetime, *, workers: int = 2) -> None:
    """Assert that new processes, each with a pickled ruleset, give the digests of a serial run."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        _agree(executor, rules, leads, as_of)


def _agree(executor: Executor, rules: Ruleset, leads: Sequence[RawLead], as_of: dt.datetime) -> None:
    """Compare, the executor first: what a ruleset makes when it is first used, it makes under load."""
    evaluate = partial(rules.evaluate, as_of=as_of)
    found = [result.digest for result in executor.map(evaluate, leads, chunksize=50)]
    serial = [evaluate(lead).digest for lead in leads]
    if found != serial:
        place = next(i for i, (one, other) in enumerate(zip(serial, found, strict=True)) if one != other)
        raise AssertionError(f"lead {place} has another result in a worker: {leads[place]}")


def _both(rules: Ruleset, lead: RawLead, changed: RawLead, as_of: dt.datetime) -> tuple[str, str]:
    return outcome(rules.evaluate, lead, as_of=as_of), outcome(rules.evaluate, changed, as_of=as_of)
