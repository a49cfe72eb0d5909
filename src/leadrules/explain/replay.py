"""Whether a stored result comes out again, and if not, why: other rules, plugins, versions, or another lead.

Two results are compared; what made the first is told by its `environment`, as far as it says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import MASK, AuditEntry, RulesetIdentity, ScoredLead
from leadrules.canonical import canonical_json
from leadrules.check.checker import with_plugins
from leadrules.conversions import listed
from leadrules.document import Document
from leadrules.families import RESULT_LISTS
from leadrules.frozen import frozen, thawed
from leadrules.terms import DifferingPart, ReplayReasonKind
from leadrules.values import instant_of, text_of_instant

_TABLES = {"tzdata": "time zones", "re2": "the library behind `matches`", "unicode": "Unicode"}
_SHOWN = 60


@attrs.frozen
class Difference(Document):
    """A part of a result that is another now.

    `part` is `lead`, `score`, `dimension`, `grade`, `stage`, `output`, a list (`segments`, `tags`, `recommendations`,
    `missing`), `transition` or `audit`; `name` is that of the dimension, grade, ladder or output, or the rule of the
    entry, None of the others. `before` is what stands in the stored result, `after` what came out now, as plain data;
    None where there is none.
    """

    part: DifferingPart
    name: str | None
    before: Any = attrs.field(converter=frozen)
    after: Any = attrs.field(converter=frozen)

    @property
    def text(self) -> str:
        """The difference in words."""
        what = self.part if self.name is None else f"{self.part} `{self.name}`"
        if self.part != "audit":
            return f"{what}: {_shown(self.before)} then, {_shown(self.after)} now"
        if self.before is None or self.after is None:
            entry, there, not_there = (
                (self.after, "now", "then") if self.before is None else (self.before, "then", "now")
            )
            return f"{what}: {entry['points']:+f} points {there}, no entry {not_there}"
        changed = [key for key, part in self.before.items() if part != self.after[key]]
        told = [f"{key} {_shown(self.before[key])} then, {_shown(self.after[key])} now" for key in changed]
        return f"{what}: {'; '.join(told)}"

    def to_dict(self) -> dict[str, Any]:
        """Give the difference as plain data: part, name, before, after."""
        return {"part": self.part, "name": self.name, "before": thawed(self.before), "after": thawed(self.after)}


@attrs.frozen
class ReplayReason(Document):
    """Why another result came out.

    `kind` is `rules` (others, by their fingerprint), `plugins` (the same rules with other plugins), `leadrules` or
    `tables` (another version), `lead` (another lead, or other labels, attributes or events of it), or `unknown`: the
    rules are the same, and the result does not say which versions made it. `text` is a sentence for people. `before`
    and `after` are what was and what is, as plain data: a fingerprint, a version, an id, a value; None where there is
    nothing to say.
    """

    kind: ReplayReasonKind
    text: str
    before: Any = attrs.field(default=None, converter=frozen)
    after: Any = attrs.field(default=None, converter=frozen)

    def to_dict(self) -> dict[str, Any]:
        """Give the reason as plain data: kind, text, before, after."""
        return {"kind": self.kind, "text": self.text, "before": thawed(self.before), "after": thawed(self.after)}


@attrs.frozen
class Replay(Document):
    """Whether a stored result comes out again. `str()` is for people.

    `stored` is the result that was given, `result` the one that these rules give of the lead as of the same moment:
    with values of `pii` fields as the stored one shows them, and without audit where that has none. `same` tells that
    both have the same bytes. Otherwise `reasons` say why, and `differences` what is other besides the fingerprint.
    """

    stored: ScoredLead
    result: ScoredLead
    reasons: tuple[ReplayReason, ...]
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Tell whether the same bytes came out."""
        return not self.reasons

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data: lead, as_of, same, stored and result (their digests), reasons, differences."""
        return {
            "lead": self.stored.lead,
            "as_of": text_of_instant(instant_of(self.stored.as_of)),
            "same": self.same,
            "stored": self.stored.digest,
            "result": self.result.digest,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "differences": [difference.to_dict() for difference in self.differences],
        }

    def __str__(self) -> str:
        about = "The lead" if self.stored.lead is None else f"Lead {self.stored.lead}"
        about = f"{about} as of {text_of_instant(instant_of(self.stored.as_of))}"
        if self.same:
            return f"{about}: the same result comes out"
        lines = [f"{about}: another result comes out", *(f"- {reason.text}" for reason in self.reasons)]
        if not self.differences:
            return "\n".join([*lines, "All else is the same"])
        return "\n".join([*lines, "What is other", *(f"- {difference.text}" for difference in self.differences)])


def replay(
    stored: ScoredLead,
    evaluate: Callable[[bool], ScoredLead],
    program: p.Program,
    fingerprint_of: Callable[[p.Program], str],
) -> Replay:
    """Compare a stored result with what rules give now; `evaluate` shows values of `pii` fields where it is told to."""
    ways = [_as_stored(stored, evaluate(shown)) for shown in (False, True)]
    masked = [abs(_masked(stored) - _masked(result)) for result, _ in ways]
    result, differences = ways[(len(ways[1][1]), masked[1]) < (len(ways[0][1]), masked[0])]
    if stored.to_json() == result.to_json():
        return Replay(stored, result, (), ())
    reasons = tuple(_of_rules(stored.ruleset, result.ruleset, program, fingerprint_of))
    reasons += tuple(_of_versions(stored, result))
    of_lead = tuple(_of_lead(stored, result, differences, program))
    if not reasons and not of_lead:
        of_lead = (_last(stored),)
    return Replay(stored, result, (*reasons, *of_lead), tuple(differences))


def _as_stored(stored: ScoredLead, result: ScoredLead) -> tuple[ScoredLead, list[Difference]]:
    """Leave out the audit where the stored result has none; find what differs."""
    same = result if stored.audit or not result.audit else result.without_audit()
    return same, list(_differences(stored, same))


def _masked(result: ScoredLead) -> int:
    """Count the values that are masked in the evidence of a result."""
    return sum(entry.evidence_json().count(f'"{MASK}"') for entry in result.audit)


# ----------------------------------------------------------------- differences


def _differences(stored: ScoredLead, result: ScoredLead) -> Iterator[Difference]:
    one, two = stored.to_dict(), result.to_dict()
    for part in ("lead", "score"):
        yield from _differing(part, None, one[part], two[part])
    for part, of in (("dimension", "dimensions"), ("grade", "grades"), ("stage", "stages"), ("output", "outputs")):
        before, after = one.get(of, {}), two.get(of, {})
        for name in {**before, **after}:
            yield from _differing(part, name, before.get(name), after.get(name))
    for part in RESULT_LISTS:
        yield from _differing(part, None, one[part], two[part])
    changes = [{change["ladder"]: change for change in each["transitions"]} for each in (one, two)]
    for name in {**changes[0], **changes[1]}:
        yield from _differing("transition", name, changes[0].get(name), changes[1].get(name))
    entries = [_entries(each) for each in (stored, result)]
    for key in {**entries[0], **entries[1]}:
        before, after = (None if key not in found else found[key].to_dict() for found in entries)
        yield from _differing("audit", key[1], before, after)


def _differing(part: Any, name: str | None, before: Any, after: Any) -> Iterator[Difference]:
    if canonical_json(before) != canonical_json(after):
        yield Difference(part, name, before, after)


def _entries(result: ScoredLead) -> dict[tuple[str, str, int], AuditEntry]:
    """Give the entries of an audit by kind, rule, and which of that kind and rule they are."""
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str, int], AuditEntry] = {}
    for entry in result.audit:
        found[entry.kind, entry.rule, seen[entry.kind, entry.rule]] = entry
        seen[entry.kind, entry.rule] += 1
    return found


def _shown(value: Any) -> str:
    """Write a value for people: a text as it is, of much its beginning."""
    if value is None:
        return "none"
    text = value if isinstance(value, str) else f"{value:f}" if isinstance(value, Decimal) else canonical_json(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


# --------------------------------------------------------------------- reasons


def _of_rules(
    then: RulesetIdentity, now: RulesetIdentity, program: p.Program, fingerprint_of: Callable[[p.Program], str]
) -> Iterator[ReplayReason]:
    """Say that the rules are others, or the same with other plugins."""
    plugins = () if then.environment is None else tuple(_of_plugins(then.environment, now.environment or {}))
    if then.fingerprint == now.fingerprint:
        if (then.name, then.version) != (now.name, now.version):  # which only a changed text can say
            yield ReplayReason("rules", f"the result says that {_called(then)} made it, and these are {_called(now)}")
        return
    known = {reason.before["plugin"]: reason.before for reason in plugins if "plugin" in _mapping(reason.before)}
    as_then = attrs.evolve(program, canonical=with_plugins(program.canonical, known))
    if not plugins or fingerprint_of(as_then) != then.fingerprint:
        text = f"the rules are others: {_called(then)} made the result, and these are {_called(now)}"
        yield ReplayReason("rules", text, then.fingerprint, now.fingerprint)
    yield from plugins


def _called(rules: RulesetIdentity) -> str:
    named = [rules.name or "", "" if rules.version is None else f"version {rules.version}", rules.fingerprint[:19]]
    return " ".join(part for part in named if part)


def _of_plugins(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[ReplayReason]:
    before, after = _mapping(then.get("plugins")), _mapping(now.get("plugins"))
    for name in sorted({*before, *after}):
        one, two = before.get(name), after.get(name)
        if one == two:
            continue
        if one is None or two is None:
            text = f"the plugin `{name}` is used {'now, and was not then' if one is None else 'no more'}"
        else:
            was, is_ = _brought(one), _brought(two)
            if was == is_:
                others = [key for key in {**_mapping(one), **_mapping(two)} if _mapping(one).get(key) != two.get(key)]
                text = f"the plugin `{name}` is another, though it is {is_} as before: its {listed(others)} changed"
            else:
                text = f"the plugin `{name}` is another: it is {is_} here, and was {was}"
        yield ReplayReason("plugins", text, one, two)


def _brought(plugin: Any) -> str:
    found = _mapping(plugin)
    if found.get("distribution") is None:
        return "handed over by the host"
    return f"{found['distribution']} {found.get('version')}"


def _of_versions(stored: ScoredLead, result: ScoredLead) -> Iterator[ReplayReason]:
    """Say which versions are others; nothing where the stored result does not tell."""
    then, now = stored.environment, result.environment
    if then is None or now is None:
        return
    if then.get("leadrules") != now["leadrules"]:
        text = f"leadrules is {now['leadrules']} here, and was {_shown(then.get('leadrules'))}"
        yield ReplayReason("leadrules", text, then.get("leadrules"), now["leadrules"])
    for name, what in _TABLES.items():
        if then.get(name) != now[name]:
            text = f"{what} ({name}): the version is {now[name]} here, and was {_shown(then.get(name))}"
            yield ReplayReason("tables", text, then.get(name), now[name])


def _of_lead(
    stored: ScoredLead, result: ScoredLead, differences: list[Difference], program: p.Program
) -> Iterator[ReplayReason]:
    """Say what of the lead is other, as far as the results show it: its id, labels held, fields, events."""
    if stored.lead != result.lead:
        text = f"the result is of lead {_shown(stored.lead)}, and this is lead {_shown(result.lead)}"
        yield ReplayReason("lead", text, stored.lead, result.lead)
    then, now = _held(stored), _held(result)
    for ladder in then.keys() & now.keys():
        if then[ladder] != now[ladder]:
            text = f"the lead held {_label(then[ladder])} of `{ladder}` then, and holds {_label(now[ladder])} now"
            yield ReplayReason("lead", f"{text} (give its `stages` as they were)", then[ladder], now[ladder])
    before, after = _fields(stored, program), _fields(result, program)
    for name in before:
        if name in after and before[name] != after[name] and type(before[name]) is type(after[name]):
            text = f"`{name}` of the lead reads {_shown(after[name])} now, and read {_shown(before[name])} then"
            yield ReplayReason("lead", text, before[name], after[name])
    if stored.ruleset.fingerprint != result.ruleset.fingerprint:
        return  # of other rules other events may count
    for one in differences:
        if one.part == "audit" and one.before is not None and one.after is not None:
            was, is_ = _happened(one.before["evidence"]), _happened(one.after["evidence"])
            if was != is_:
                yield ReplayReason("lead", f"other events count for `{one.name}`", was, is_)


def _fields(result: ScoredLead, program: p.Program) -> dict[str, Any]:
    """Give the values of fields that the evidence of a result shows."""
    values = [_mapping(entry.evidence.get("values")) for entry in result.audit]
    shown = {name: value for each in values for name, value in each.items() if name in program.fields}
    return {name: value for name, value in shown.items() if value != MASK}


def _held(result: ScoredLead) -> dict[str, str | None]:
    """Give the labels that a lead held when it was scored: what has no transition is held as it is."""
    changed = {change.ladder: change.before for change in result.transitions}
    return {ladder: changed.get(ladder, label) for ladder, label in result.stages.items()}


def _label(label: str | None) -> str:
    return "no label" if label is None else f"`{label}`"


def _happened(evidence: Mapping[str, Any]) -> Any:
    """Give what an entry says of when which events happened; None where it lists none."""
    events = evidence.get("events")
    if not isinstance(events, list):
        return None
    earlier = _mapping(evidence.get("earlier")).get("events", 0)
    listed_ = [{key: _mapping(event).get(key) for key in ("type", "at", "id", "properties")} for event in events]
    return {"events": listed_, "earlier": earlier}


def _last(stored: ScoredLead) -> ReplayReason:
    """Say what is left where nothing else is to blame."""
    if stored.environment is None:
        return ReplayReason(
            "unknown",
            "the rules are the same: the lead is another, or another version of leadrules or its tables made the "
            "result, which does not say (write it with `to_json(environment=True)`)",
        )
    return ReplayReason("lead", "rules and versions are the same: the lead is another than the one that was scored")


def _mapping(value: Any) -> Mapping[str, Any]:
    """Give what is one as a mapping; what was read of a text may be anything."""
    return value if isinstance(value, Mapping) else {}
