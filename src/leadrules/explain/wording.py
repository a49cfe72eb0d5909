"""The words for what an explanation holds: values, events, what is not true and why."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Literal

import attrs

from leadrules.explain.answers import RuleExplanation
from leadrules.explain.reasons import Gap, Unmet
from leadrules.program import Rule
from leadrules.terms import BEFORE_SCORING
from leadrules.values import Zone, instant_of

WIDTH = 100
"""Columns of a text for people, if not said otherwise."""

_LONGEST_VALUE = 40
_WIDEST_CELL = 46
_LEAST_CELL = 20

Role = Literal["title", "heading", "points", "cap", "ruler", "sum", "unmet", "missing", "unknown", "note"]


@attrs.frozen
class Line:
    """A line of text, and what it is: who prints it may colour it by its `role`."""

    role: Role
    text: str


@attrs.frozen
class Row:
    """A row of a table: a short first cell, the text of a rule, and what there is to say of it."""

    role: Role
    first: str
    text: str
    note: str = ""


def table(rows: Sequence[Row], *, width: int, right: bool = False) -> list[Line]:
    """Lay out rows in three columns of at most `width`, long cells wrapped; `right` aligns the first column there.

    No word is broken that fits into a line: where one is too long for its column, or little is left for
    the third, that stands below the second.
    """
    if not rows:
        return []
    first = max(len(row.first) for row in rows)
    middle = min(_WIDEST_CELL * width // WIDTH, max(len(row.text) for row in rows))
    last = width - 2 - first - 2 - middle - 2
    lines = []
    for row in rows:
        head = row.first.rjust(first) if right else row.first.ljust(first)
        for place, cells in enumerate(_cells(row, middle, last)):
            lines.append(line(row.role, f"  {head if place == 0 else ' ' * first}  {cells}"))
    return lines


def _cells(row: Row, middle: int, last: int) -> Iterator[str]:
    """Give the second and third cell of a row, line by line."""
    whole = middle + 2 + last
    if not row.note:
        yield from _wrapped(row.text, whole) or [""]
    elif last < _LEAST_CELL or _longest_word(row.text) > middle or _longest_word(row.note) > last:
        yield from _wrapped(row.text, whole)
        yield from (f"  {note}" for note in _wrapped(row.note, whole - 2))
    else:
        for text, note in zip_longest(_wrapped(row.text, middle), _wrapped(row.note, last), fillvalue=""):
            yield f"{text.ljust(middle)}  {note}"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, _LEAST_CELL), break_on_hyphens=False)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def paragraph(role: Role, text: str, width: int, *, indent: int = 2) -> list[Line]:
    """Give a text in lines of at most `width`, those after the first indented."""
    room, hanging = max(width, _LEAST_CELL + indent), " " * indent
    told = textwrap.wrap(line(role, text).text, room, subsequent_indent=hanging, break_on_hyphens=False)
    return [Line(role, one) for one in told]


def line(role: Role, text: str) -> Line:
    """Give a line in which nothing can steer a terminal."""
    return Line(role, "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text).rstrip())


def plural(count: int | Decimal, noun: str) -> str:
    """Write a count and its noun: `1 event`, `12 events`."""
    return f"{shown(count)} {noun}" if count == 1 else f"{shown(count)} {noun}s"


def alternative_words(rule: Rule, alternative: str | None) -> str:
    """Give the text of the alternative that counted, a bare name as words; of `else`, that none did."""
    if alternative == "else":
        others = [condition.text for condition in rule.conditions]
        return f"not {others[0]}" if len(others) == 1 else f"none of {', '.join(others)}"
    text = alternative or rule.text
    return text.replace("_", " ") if text.isidentifier() else text


@attrs.frozen
class Words:
    """Words for what was found; days are those of the ruleset's timezone."""

    zone: Zone

    def day(self, instant: str) -> str:
        """Write the day of an instant as it stands in evidence."""
        return self.zone.day(instant_of(dt.datetime.fromisoformat(instant))).isoformat()

    # ------------------------------------------------------------ what is not true

    def reasons(self, unmet: Iterable[Unmet], own: str = "") -> str:
        """Say why something is not true; a part whose text is `own` is not named again."""
        return "; ".join(self.reason(part, own) for part in unmet)

    def reason(self, unmet: Unmet, own: str = "") -> str:
        """Say why one part is not true: `authority is unknown`, `employees >= 200: employees = 20`."""
        details = self._details(unmet)
        state = "unknown" if unmet.truth is None else "false"
        if unmet.text == own:
            if unmet.truth is None and details and _is_call(unmet.found.get(own)):
                return f"unknown ({details})"
            return "no such event" if details == "none" else details or state
        if _is_name(unmet):
            return f"{unmet.text} is {state}" + (f" ({details})" if details else "")
        return f"no {unmet.text}" if details == "none" else f"{unmet.text}: {details or state}"

    def _details(self, unmet: Unmet) -> str:
        if _is_name(unmet) and unmet.members:
            return self.reasons(unmet.members)
        parts = self.values(unmet.found, unmet.text)
        gaps = [leaf.gap for leaf in unmet.leaves() if leaf.gap is not None]
        return ", ".join([*parts, *(_gap_words(gap, unmet.text) for gap in dict.fromkeys(gaps))])

    # ---------------------------------------------------------------- what was found

    def values(self, found: Mapping[str, Any], own: str = "") -> list[str]:
        """Say what was found; a truth about `own` itself is not repeated."""
        answers = {key: _answer(value) for key, value in found.items()}
        told = {key: value for key, value in answers.items() if key != own or not _is_truth(key, value)}
        return [self._value(key, value, alone=key == own or len(found) == 1) for key, value in told.items()]

    def _value(self, name: str, value: Any, *, alone: bool) -> str:
        if isinstance(value, Mapping):
            words = self.events(value)
            return words if alone else f"{name}: {words}"
        if name.startswith("was "):
            return f"held {value or 'no label'}"
        return f"{name} unknown" if value is None else f"{name} = {shown(value)}"

    def events(self, found: Mapping[str, Any]) -> str:
        """Say how many events there are, when the latest was, and what answered it."""
        if not found["events"]:
            return "none"
        answered = self._answered(found["listed"][-1]) if "listed" in found else ""
        return f"{plural(found['events'], 'event')}, latest {self.day(found['latest'])}{answered}"

    def _answered(self, event: Mapping[str, Any]) -> str:
        """Say what answered an event, if anything had to: `, then demo_request on 2025-12-20`."""
        return "".join(
            f", {'after' if one['at'] < event['at'] else 'then'} {one['type']} on {self.day(one['at'])}"
            for one in event.get("answered_by", ())
        )

    # ------------------------------------------------------------------ what counted

    def found(self, rule: RuleExplanation) -> str:
        """Say what a true condition rests on, its reason first."""
        parts = [] if rule.because is None else [rule.because]
        values = self.values(rule.evidence.get("values", {}), rule.text)
        return "; ".join([*parts, ", ".join(values)] if values else parts)

    def required(self, rule: RuleExplanation) -> str:
        """Name what is required, and the label that needs it where not all do."""
        needed = f" ({rule.part})" if rule.part and rule.part != BEFORE_SCORING else ""
        return f"{rule.outcome or ''}{needed}"

    def requirement(self, rule: RuleExplanation) -> str:
        """Say why a requirement is not met; its condition is not repeated where it is the reason given."""
        return self.reasons(rule.unmet, rule.text if rule.outcome == rule.text else "")

    def rule(self, rule: RuleExplanation) -> str:
        """Say what a scoring rule or persona that fired rests on, its reason first."""
        parts = [] if rule.because is None else [rule.because]
        if rule.kind == "persona":
            parts += self._persona(rule)
        elif rule.scores == "each":
            parts += self._kept(rule)
        own = rule.text if rule.alternative is None else rule.alternatives[rule.alternative - 1].text
        values = {} if rule.kind == "persona" else rule.evidence.get("values", {})
        return "; ".join([*parts, *([", ".join(told)] if (told := self.values(values, own)) else [])])

    def _persona(self, rule: RuleExplanation) -> list[str]:
        found = rule.evidence
        true = f"weight {shown(found['weight'])} of {shown(found['of'])}: {', '.join(found['lines'])}"
        return [true, *([f"without {self.reasons(rule.unmet)}"] if rule.unmet else [])]

    def _kept(self, rule: RuleExplanation) -> list[str]:
        events = rule.evidence["events"]
        words = "events" if rule.selected is None else plural(rule.selected, "event")
        if rule.selected is not None and rule.kept != rule.selected:
            words += f", {rule.kept} kept by " + ", ".join(f"`{limit}`" for limit in rule.event_limits)
        latest = self.day(events[-1]["at"])
        words += f" on {latest}" if rule.selected == 1 else f", latest {latest}"
        words += self._answered(events[-1])
        return [words] if rule.decay is None else [words, rule.decay]


def _is_name(unmet: Unmet) -> bool:
    """Tell whether a part is only the name of something that is true or false."""
    return unmet.text in unmet.found and _is_truth(unmet.text, _answer(unmet.found[unmet.text]))


def _is_call(value: Any) -> bool:
    """Tell whether a finding is the answer of a plugin's criterion."""
    return isinstance(value, Mapping) and "criterion" in value


def _answer(value: Any) -> Any:
    """Give the answer alone of a plugin's criterion, whose arguments and versions stand beside it in evidence."""
    return value["value"] if _is_call(value) else value


def _is_truth(text: str, value: Any) -> bool:
    """Tell whether what was found for a text is only whether it is true; of `was X` it is the label held."""
    return (value is None or isinstance(value, bool)) and not text.startswith("was ")


def _gap_words(gap: Gap, text: str) -> str:
    amount = plural(gap.amount, gap.unit.removesuffix("s"))
    what = "" if gap.of in text else f" of {gap.of}"
    return f"{amount}{what} {'too many' if gap.over else 'missing'}"


def shown(value: Any) -> str:
    """Write a value of evidence for people, long texts cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        return "{" + ", ".join(map(shown, value)) + "}"
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
