"""An entry of an audit in words: why points were given, and what that rests on, for people who know no rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import AuditEntry
from leadrules.explain.wording import Words, alternative_words, shown

_MOST_EVENTS = 3
_HIDDEN = "[pii]"
_COUNTED = re.compile(r"count\(([^()]+)\)")


@attrs.define
class Sentences:
    """Words the entries of audits by one program."""

    program: p.Program
    words: Words = attrs.field(init=False)
    _rules: dict[str, p.Rule] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.words = Words(self.program.scope.zone)
        self._rules = {rule.id: rule for dimension in self.program.dimensions for rule in dimension.rules}

    def why(self, entry: AuditEntry) -> str:
        """Say why: the reason that the rules give, else the rule's name, else its condition in plain words."""
        if entry.kind != "points":
            return _LIMITS.get(entry.kind, "{}").format(plainly(entry.rule))
        if entry.because:
            return entry.because
        rule = self._rules.get(entry.rule)
        if rule is None or rule.name is not None:
            return plainly(entry.rule)
        return plainly(alternative_words(rule, entry.alternative))

    def reason(self, entry: AuditEntry) -> str:
        """Say why in one sentence: the reason that the rules give, else what the points rest on, else as `why` does."""
        rule = self._rules.get(entry.rule)
        if entry.kind != "points" or entry.because or rule is None or rule.name is not None:
            return self.why(entry)
        found = self.rests_on(entry)
        return found if found and _HIDDEN not in found else self.why(entry)

    def rests_on(self, entry: AuditEntry) -> str:
        """Say what the points rest on: values of the lead, and what it did; empty where an audit does not tell."""
        return "; ".join(self._parts(entry))

    def _parts(self, entry: AuditEntry) -> Iterator[str]:
        evidence = entry.evidence
        events = evidence.get("events")
        if events:
            yield self._events(events, evidence.get("earlier"))
        if "lines" in evidence:
            yield ", ".join(plainly(str(line)) for line in evidence["lines"])
            return
        for name, value in evidence.get("values", {}).items():
            told = self._value(plainly(str(name)), value)
            if told:
                yield told

    def _events(self, events: Any, earlier: Any) -> str:
        """Say which events: `email open 3×, latest 2026-11-20`."""
        counts: dict[str, int] = {}
        for event in events:
            counts[str(event["type"])] = counts.get(str(event["type"]), 0) + 1
        more = int(earlier["events"]) if isinstance(earlier, Mapping) else 0
        said = [f"{plainly(type_)} {number}×" if number > 1 else plainly(type_) for type_, number in counts.items()]
        told = ", ".join(said[:_MOST_EVENTS]) + (f" and {more} earlier" if more else "")
        latest = self.words.day(events[-1]["at"])
        alone = len(events) == 1 and not more
        return f"{told} on {latest}" if alone else f"{told}, latest {latest}"

    def _value(self, name: str, value: Any) -> str:
        if isinstance(value, Mapping) and "criterion" in value:
            value = value["value"]
        if value is True:
            return name
        if value is None:
            return f"{name} unknown"
        if value is False:
            return f"no {name}" if " " not in name else f"not {name}"
        if isinstance(value, Mapping):
            return f"no {name}" if value.get("events") == 0 else f"{name}: {self.words.events(value)}"
        counted = _COUNTED.fullmatch(name)
        if counted is not None:
            return f"{counted[1]} {shown(value)}×"
        if isinstance(value, list | tuple):
            return f"{name}: {', '.join(map(shown, value))}"
        return f"{name}: {shown(value)}"


_LIMITS = {"cap": "limit of {}", "weight": "weight of {}"}


def plainly(text: str) -> str:
    """Write what stands in rules without its marks: a name without backticks, `demo request` for an event."""
    return text.replace("`", "").replace("_", " ")
