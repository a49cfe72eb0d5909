"""Calls of plugins' criteria: values out, an answer back, held against what the criterion says of itself."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from leadrules.engine import program as p
from leadrules.lead import Facts, Occurrence
from leadrules.plugins import Criterion
from leadrules.sdk import EventView, LeadView
from leadrules.values import Value, decimal_of, instant_of, moment_of
from leadrules.vocabulary import EventType

_DIGITS = Context(prec=28)
_LARGEST_EXPONENT = 1_000
_YEARS = range(2, 9999)


def call(
    criterion: Criterion,
    arguments: Mapping[str, Value | None],
    view: LeadView | None,
    lead: str | None,
    *,
    twice: bool = False,
) -> Value | None:
    """Ask a criterion; `arguments` are by parameter, `view` is the lead where the criterion wants it.

    Unknown is passed as None to an optional parameter; any other unknown argument makes the answer
    unknown without a call. With `twice`, the same question is asked again and must have the same
    answer. Raises PluginError, which names the criterion and the lead, where it fails or lies.
    """
    given: dict[str, Any] = {}
    for parameter in criterion.parameters:
        if parameter.type is None:
            given[parameter.name] = view
        elif parameter.name in arguments:
            value = arguments[parameter.name]
            if value is None and not parameter.optional:
                return None
            given[parameter.name] = to_python(value, parameter.type.kind)
    answer = _asked(criterion, given, lead)
    if twice and _asked(criterion, _copied(given), lead) != answer:
        raise criterion.failed("it answers differently to the same question", lead)
    return answer


def _copied(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, list) else value for name, value in given.items()}


def _asked(criterion: Criterion, given: Mapping[str, Any], lead: str | None) -> Value | None:
    try:
        answer = criterion.function(**given)
    except Exception as problem:  # whatever a plugin raises is its own failure, and is raised on by name
        raise criterion.failed(f"it failed with: {str(problem) or 'an error without words'}", lead) from problem
    return _from_python(criterion, answer, lead)


def to_python(value: Value | None, kind: str) -> Any:
    """Give a value as a criterion takes it.

    A number whose decimals do not end is rounded to 28 significant digits; an instant becomes a
    datetime in UTC.
    """
    if isinstance(value, Fraction):
        try:
            return decimal_of(value)
        except ValueError:
            return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
    if kind == "datetime" and isinstance(value, int):
        return moment_of(value)
    return list(value) if isinstance(value, tuple) else value


def _from_python(criterion: Criterion, answer: Any, lead: str | None) -> Value | None:
    """Read an answer; refuses one that is not of the type that the criterion says."""
    if answer is None:
        if not criterion.maybe_unknown:
            raise criterion.failed("it gives no answer, and does not say that it may (`| None`)", lead)
        return None
    kind = criterion.returns.kind
    match kind, answer:
        case "bool", bool():
            return answer
        case "number", Decimal() if answer.is_finite() and abs(answer.adjusted()) < _LARGEST_EXPONENT:
            return Fraction(answer)
        case "text", str():
            return _text(criterion, answer, lead)
        case "datetime", dt.datetime() if answer.tzinfo is not None and answer.year in _YEARS:
            return instant_of(answer)
        case "date", dt.date() if not isinstance(answer, dt.datetime) and answer.year in _YEARS:
            return answer
        case "list of text", list() if all(isinstance(member, str) for member in answer):
            members = (_text(criterion, member, lead) for member in answer)
            return tuple(member for member in members if member is not None) or None
        case _:
            pass
    raise criterion.failed(f"it gives {answer!r:.60}, which is no {kind}", lead)


def _text(criterion: Criterion, answer: str, lead: str | None) -> str | None:
    if any("\ud800" <= c <= "\udfff" or c == "\0" for c in answer):
        raise criterion.failed("it gives a text that is not Unicode", lead)
    return unicodedata.normalize("NFC", answer).strip() or None


def view_of(node: p.CallNode, program: p.Program, facts: Facts, as_of: int) -> LeadView:
    """Show a lead to a criterion: the fields and events that it asked for, and nothing that it could change."""
    attributes = {name: _shown(facts.attributes[name], program.fields[name].type.kind) for name in node.fields}
    events = tuple(_event(event, program.events[event.type]) for event in facts.events if event.type in node.events)
    return LeadView(facts.lead, MappingProxyType(attributes), events, moment_of(as_of), program.timezone)


def _event(event: Occurrence, type_: EventType) -> EventView:
    properties = {q.name: _shown(event.properties.get(q.name), q.type.kind) for q in type_.properties}
    return EventView(event.type, moment_of(event.at), event.id, MappingProxyType(properties))


def _shown(value: Value | None, kind: str) -> Any:
    found = to_python(value, kind)
    return tuple(found) if isinstance(found, list) else found
