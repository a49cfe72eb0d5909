"""What can go wrong, as data: spans, diagnostics and the exceptions that carry them.

A mistake in a rule file is a :class:`Diagnostic`; all of a file's diagnostics are collected,
sorted and raised together. The lowest module of the package: it imports nothing of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, Self

import attrs

Severity = Literal["error", "warning"]


@attrs.frozen(order=True)
class Span:
    """Where something stands in a rule file.

    `start` and `end` are character offsets into the file's text, half-open; `line` and `column`
    count from 1, and the column is in characters.
    """

    file: str
    start: int
    end: int
    line: int
    column: int


_LONG = re.compile(r"(`[^`]{60})[^`]{80,}(`)|(\"[^\"]{60})[^\"]{80,}(\")")
_WIDTH = 160
_LEAD_IN = 60


def _shortened(sentence: Any) -> Any:
    """Cut what is quoted in a sentence where it is very long; None stays None."""
    if sentence is None or len(sentence) < 200:
        return sentence
    return _LONG.sub(lambda m: f"{m[1] or m[3]}…{m[2] or m[4]}", sentence)


def _excerpt(line: str, at: int) -> tuple[str, int]:
    """Give the part of a long line around a place, and that place in it."""
    if len(line) <= _WIDTH:
        return line, at
    start = max(0, min(at - _LEAD_IN, len(line) - _WIDTH))
    part = line[start : start + _WIDTH]
    cut, rest = "…" if start else "", "…" if start + _WIDTH < len(line) else ""
    return f"{cut}{part}{rest}", at - start + len(cut)


@attrs.frozen
class Diagnostic:
    """One thing to say about a rule file.

    `code` is stable (`LR101`), `message` says what is wrong in the words of the language, `help`
    says what to do about it, and `source` is the line of the file that `span` begins on.
    """

    code: str
    message: str = attrs.field(converter=_shortened)
    span: Span
    help: str | None = attrs.field(default=None, converter=_shortened)
    severity: Severity = "error"
    source: str = ""

    def render(self) -> str:
        """Draw the diagnostic for a person: place, code, message, source line, caret, help.

        What could control a terminal, in a name or a source line, is left out.
        """
        place = f"{self.span.file}:{self.span.line}:{self.span.column}"
        lines = [f"{place}: {self.severity} {self.code}: {self.message}"]
        if self.source.strip():
            number = str(self.span.line)
            margin = " " * len(number)
            shown, at = _excerpt(self.source, self.span.column - 1)
            before = shown[:at]
            width = max(1, min(self.span.end - self.span.start, len(shown) - at))
            lead_in = "".join("\t" if c == "\t" else " " * cells_of(c) for c in before)
            carets = "^" * max(1, cells_of(shown[at : at + width]))
            lines += [f" {number} | {shown}", f" {margin} | {lead_in}{carets}"]
        if self.help:
            lines.append(f"  help: {self.help}")
        return "".join(c for c in "\n".join(lines) if c.isprintable() or c in "\n\t")

    def to_dict(self) -> dict[str, Any]:
        """Give the diagnostic as plain data: code, severity, message, help, file, line, column, end."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "help": self.help,
            "file": self.span.file,
            "line": self.span.line,
            "column": self.span.column,
            "start": self.span.start,
            "end": self.span.end,
        }


def cells_of(text: str) -> int:
    """Count the terminal cells of a text: none for marks that join the letter before, two for wide letters."""
    if text.isascii() and text.isprintable():
        return len(text)
    import unicodedata

    def cells(character: str) -> int:
        if unicodedata.category(character) in {"Mn", "Me", "Cf", "Cc"}:
            return 0
        return 2 if unicodedata.east_asian_width(character) in "WF" else 1

    return sum(map(cells, text))


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort diagnostics by file and position, errors before warnings at one place, each once."""
    return tuple(
        sorted(
            dict.fromkeys(diagnostics),
            key=lambda d: (d.span.file, d.span.start, d.severity, d.code, d.message),
        )
    )


def closest(name: str, names: Iterable[str]) -> str | None:
    """Give the name of which one is probably a slip; None where none is close.

    >>> closest("Emplyees", ["country", "employees"])
    'employees'
    >>> closest("COUNTRY", ["county", "country"])
    'country'
    """
    return Slips().closest(name, names)


def close_names(name: str, names: Iterable[str], most: int = 3, *, alike: float = 0.6) -> list[str]:
    """Give the names of which one may be a slip, closest first, for a person to choose from.

    Those that differ in case alone are the only ones, where there are any. `alike` is the least share
    of letters that two names have in common. A text that is longer than any name is a slip of none.
    """
    return Slips().close_names(name, names, most, alike=alike)


_LONGEST_NAME = 200


class Slips:
    """Finds the names of which others are slips, in one file or lead, for as long as that takes no long time.

    To compare two names takes as long as the product of their lengths says, but to see that they have few
    letters in common no more than their sum. After so many `letters` nothing more is found: whoever makes
    very many mistakes is helped with the first ones only.
    """

    def __init__(self, letters: int = 10_000_000) -> None:
        self._letters = letters

    def closest(self, name: str, names: Iterable[str]) -> str | None:
        """Give the name of which one is probably a slip; None where none is close, and where time is up."""
        return next(iter(self.close_names(name, names, 1, alike=0.75)), None)

    def close_names(self, name: str, names: Iterable[str], most: int, *, alike: float) -> list[str]:
        """Do what the function of this name does; there are none where time is up."""
        if self._letters < 0:
            return []
        import difflib

        known, plain = sorted(set(names)), name.casefold()
        same = [other for other in known if other.casefold() == plain]
        if same or len(name) > _LONGEST_NAME:
            return same[:most]
        matcher = difflib.SequenceMatcher(b=name)
        found = []
        for other in known:
            both = len(name) + len(other)
            if 2 * min(len(name), len(other)) < alike * both:
                continue
            matcher.set_seq1(other)
            self._letters -= 5 * both
            if matcher.quick_ratio() < alike:
                continue
            self._letters -= len(name) * len(other)
            if self._letters < 0:
                return []
            share = matcher.ratio()
            if share >= alike:
                found.append((share, other))
        return [other for _, other in sorted(found, reverse=True)[:most]]


class MissingFile(ValueError):
    """A file that a rule file names and that is not there; `known` are the names of those beside it."""

    def __init__(self, message: str, known: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.known = tuple(sorted(known))


class LeadrulesError(Exception):
    """The base of every exception that leadrules raises on purpose."""


class RulesetError(LeadrulesError):
    """A rule file cannot be used. `diagnostics` holds every mistake of the file, in order."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = in_order(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.diagnostics,)


class RuleFileError(RulesetError):
    """A rule file of which there is no text: it is not there, cannot be opened, is no text or is too large.

    What a rule file names and is not there, such as a file to include, is a mistake of the one that names it:
    a `RuleCheckError`.
    """


class RuleSyntaxError(RulesetError):
    """A rule file with a statement that is not of the language."""


class RuleCheckError(RulesetError):
    """A rule file that can be read but means nothing: unknown names, wrong types, cycles."""


INPUT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "not_a_lead": "what was given has not the shape of a lead",
        "not_an_event": "what stands among the events has not the shape of one",
        "unknown_key": "something stands beside the parts of a lead or event, where no rule would read it",
        "missing_part": "an object lacks a part of a lead or event",
        "not_an_object": "what holds names and values, such as `attributes`, or a change is of another shape",
        "not_a_list": "`events` or `changes` is not a list",
        "missing_id": "the lead has no id",
        "missing_type": "an event has no type",
        "missing_time": "an event has no time",
        "too_many_events": "the lead has more events than the limits allow",
        "too_much_work": "to score the lead, or to look ahead, takes more work than the limits allow",
        "too_many_changes": "the lead has more changes than the limits allow",
        "changed_twice": "a name has two values at one moment among the changes",
        "wrong_type": "a value is not of its type",
        "bad_text": "a text that holds what no text may hold, such as half a character",
        "not_finite": "a number that is infinite or none",
        "out_of_range": "a number or time that is too large, too small or too long",
        "not_in_calendar": "a day or time that does not exist",
        "not_one_of": "a text that is not one of those the field allows",
        "unknown_label": "a label that its ladder does not have; only `check_lead` tells of it",
        "named_twice": "several names in the lead are one name to the rules, such as `m²` and `m2`",
        "unknown_field": "an attribute that the rules do not know; only `check_lead` tells of it",
        "unknown_event_type": "a type of event that the rules do not know; only `check_lead` tells of it",
        "unknown_property": "a property that its type of event does not have; only `check_lead` tells of it",
        "unknown_ladder": "a label of a ladder that the rules do not have; only `check_lead` tells of it",
        "too_many_unknown": "more than 1,000 names that the rules do not know; only `check_lead` tells of it",
        "no_offset": "a datetime without time zone, read in that of the rules; only `check_lead` tells of it",
        "bad_as_of": "the moment of scoring is no datetime with a time zone",
        "bad_days": "the days of a forecast are no whole number from 1 on",
        "as_of_in_the_past": "a state was asked for a later moment before",
        "not_a_state": "a text that is no state, or was changed",
        "not_a_result": "a text that is no result, or was changed",
        "state_in_use": "a state that another thread is using",
        "event_forgotten": "an event that is to be removed from a state, which remembers none such",
        "event_changed": "an audit that does not follow from the events: a state was forged, or a criterion is fickle",
        "state_of_other_rules": "a state that other rules made",
        "unreadable": "something else that cannot be read; the sentence says what",
    }
)
"""The codes of mistakes in what is given to be scored, and what each means."""


@attrs.frozen
class Mistake:
    """One mistake in what is given to be scored.

    `code` is stable, one of `INPUT_CODES`; `message` is the sentence for people. `field` names the
    attribute (`employees`), the property (`page_view.seconds`) or the part (`events`), `event` is the
    index of the event among those given, from 0, and `event_id` its id; `value` is what was found, as
    text (`[pii]` in its place where the field is masked), `expected` what would have been accepted.
    Each of them is None where there is nothing to say.
    """

    code: str = attrs.field(validator=attrs.validators.in_(INPUT_CODES))
    message: str
    field: str | None = None
    event: int | None = None
    event_id: str | None = None
    value: str | None = None
    expected: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the mistake as plain data."""
        return attrs.asdict(self)


_MOST_TOLD = 10


class InputError(LeadrulesError):
    """What is given to be scored cannot be: a lead, an event, a moment or a state.

    `mistakes` has all that is wrong with it, `lead` the lead's id where known. `reason` is one
    sentence about the mistakes without the lead. `code`, `field`, `value` and `expected` are those of
    the first mistake.
    """

    def __init__(
        self,
        reason: str = "",
        *,
        code: str = "unreadable",
        lead: str | None = None,
        field: str | None = None,
        value: str | None = None,
        expected: str | None = None,
        mistakes: Sequence[Mistake] = (),
    ) -> None:
        """Tell of one mistake, or of those that are given."""
        found = tuple(mistakes) or (Mistake(code, reason, field, value=value, expected=expected),)
        self.mistakes: tuple[Mistake, ...] = found
        self.lead = lead
        about = "" if lead is None else f"lead `{_printable(lead)}`: "
        told = _told(found)
        if len(told) == 1:
            text = about + told[0]
        else:
            text = "\n".join([f"{about}{len(found):,} mistakes", *(f"- {sentence}" for sentence in told)])
        super().__init__(text)

    @property
    def reason(self) -> str:
        """All mistakes in one line, without the lead; of very many the first ten."""
        return "; ".join(_told(self.mistakes))

    @property
    def code(self) -> str:
        """The code of the first mistake."""
        return self.mistakes[0].code

    @property
    def field(self) -> str | None:
        """What the first mistake is about."""
        return self.mistakes[0].field

    @property
    def value(self) -> str | None:
        """What was found at the first mistake, as text."""
        return self.mistakes[0].value

    @property
    def expected(self) -> str | None:
        """What would have been accepted in place of the first mistake."""
        return self.mistakes[0].expected

    def about(self, lead: str) -> Self:
        """Give the same error, which says what lead it is about."""
        return type(self)(mistakes=self.mistakes, lead=lead)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.mistakes, self.lead)


class LeadError(InputError):
    """A lead, or an event of one, that the rules cannot read."""


class AsOfError(InputError):
    """A moment, of scoring or of when events came in, that is none, has no time zone, or is before the latest asked."""


class StateError(InputError):
    """A text that `Ruleset.resume` cannot go on with: of other rules, changed, or no state at all."""


class ResultError(InputError):
    """A text that `ScoredLead.from_json` cannot read: changed, or no result at all."""


def _told(mistakes: Sequence[Mistake]) -> list[str]:
    """Give the sentences of mistakes, of very many the first ten and how many more there are."""
    told = [mistake.message for mistake in mistakes[:_MOST_TOLD]]
    more = len(mistakes) - len(told)
    return [*told, f"and {more:,} more"] if more else told


def _printable(text: str, most: int = 60) -> str:
    """Keep a lead's id from disturbing a terminal or filling a page."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _rebuilt(kind: type[InputError], mistakes: tuple[Mistake, ...], lead: str | None) -> InputError:
    return kind(mistakes=mistakes, lead=lead)


class BundleError(LeadrulesError):
    """A text that `Ruleset.from_bundle` cannot go by: no bundle, changed, too large, or of another leadrules."""


class PluginError(LeadrulesError):
    """A plugin that cannot be loaded, lies about its types or fails.

    Its text names the culprit; `help` says what to do about it, where there is something to do. As far as they are
    known, `plugin`, `criterion` and `lead` give the names and the id that the text has, and `distribution` the
    installed package that brings the plugin. Where the plugin raised something, `said` is what that says in its
    own words, which end the text, too, and may hold values of the lead; None where it has none.
    """

    plugin: str | None = None
    distribution: str | None = None
    criterion: str | None = None
    lead: str | None = None
    said: str | None = None

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help

    def about(
        self,
        *,
        plugin: str | None = None,
        distribution: str | None = None,
        criterion: str | None = None,
        lead: str | None = None,
        said: str | None = None,
    ) -> Self:
        """Say as data whom the error is about, and what it said itself; give the error."""
        self.plugin, self.distribution, self.criterion, self.lead = plugin, distribution, criterion, lead
        self.said = said
        return self


class MissingPlugin(PluginError):
    """A plugin or pack that a rule file asks for and that nothing brings."""


class PluginLoadError(RuleCheckError, PluginError):
    """A rule file that uses a plugin which cannot be loaded. `diagnostics` say so where the file uses it."""
