"""Calls of plugins' criteria: values out, an answer back, held against what the criterion says of itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any
from zlib import crc32

from leadrules import program as p
from leadrules.characters import normalised
from leadrules.conversions import YEARS, plain_moment
from leadrules.criteria import DIGITS, Criterion, named, to_python, words_of
from leadrules.foreign import exactly
from leadrules.interruptions import raise_if_from_outside
from leadrules.lead import Facts
from leadrules.letters import Letters
from leadrules.occurrences import Occurrence
from leadrules.sdk import EventView, LeadView
from leadrules.values import MOST_DIGITS, Value, instant_of, moment_of
from leadrules.vocabulary import MOST_CHARACTERS, EventType, Type

_SAMPLE = 16
"""Of how many leads one is the sample of which a criterion is asked twice."""


def call(
    criterion: Criterion,
    arguments: Mapping[str, Value | None],
    view: Callable[[], LeadView],
    lead: str | None,
    letters: Letters,
) -> Value | None:
    """Ask a criterion; `arguments` are by parameter, `view` shows the lead where the criterion wants it.

    Unknown is passed as None to an optional parameter; any other unknown argument makes the answer
    unknown without a call. Of one lead in sixteen, the same ones always, the same question is asked
    again: it must have the same answer, and what was shown must be as it was. Raises PluginError, which
    names the criterion and the lead, where it fails or lies.
    """
    if any(_is_unknown(parameter.name, arguments) and not parameter.optional for parameter in criterion.parameters):
        return None
    given = _given(criterion, arguments, view, letters)
    answer = _asked(criterion, given, lead)
    twice = is_sample(criterion, lead)
    if twice or any(isinstance(value, list) for value in given.values()):
        again = _given(criterion, arguments, view, letters)
        _refuse_changes(criterion, given, again, lead)
        if twice and _asked(criterion, again, lead) != answer:
            raise criterion.failed("it answers differently to the same question", lead)
    return answer


def is_sample(criterion: Criterion, lead: str | None) -> bool:
    """Tell whether a criterion is asked twice about a lead: by the names alone, so every engine does alike."""
    return not crc32(f"{criterion.origin.plugin}.{criterion.name} {lead}".encode(errors="surrogatepass")) % _SAMPLE


def _is_unknown(name: str, arguments: Mapping[str, Value | None]) -> bool:
    return name in arguments and arguments[name] is None


def _given(
    criterion: Criterion, arguments: Mapping[str, Value | None], view: Callable[[], LeadView], letters: Letters
) -> dict[str, Any]:
    """Give what a criterion takes, made anew: nothing that it does to it reaches anyone else."""
    given: dict[str, Any] = {}
    for parameter in criterion.parameters:
        if parameter.type is None:
            given[parameter.name] = view()
        elif parameter.name in arguments:
            given[parameter.name] = _passed(arguments[parameter.name], parameter.type, letters)
    return given


def _passed(value: Value | None, type_: Type, letters: Letters) -> Any:
    """Give a value as a criterion takes it; one of a closed list as the criterion spells it."""
    found = to_python(value, type_.kind)
    if not type_.choices or found is None:
        return found
    spelled = {letters.folded(choice): choice for choice in reversed(type_.choices)}

    def own(text: str) -> str:
        return text if text in type_.choices else spelled[letters.folded(text)]

    return own(found) if isinstance(found, str) else [own(member) for member in found]


def _refuse_changes(criterion: Criterion, given: Mapping[str, Any], fresh: Mapping[str, Any], lead: str | None) -> None:
    for name, value in given.items():
        if value != fresh[name]:
            what = "what it was shown of the lead" if isinstance(value, LeadView) else f"its argument `{name}`"
            raise criterion.failed(f"it changes {what}, which is only to be read", lead)


def _asked(criterion: Criterion, given: Mapping[str, Any], lead: str | None) -> Value | None:
    try:
        with localcontext(DIGITS):  # its arithmetic is the same in every host, and its settings are its own
            answer = criterion.function(**given)
    except BaseException as problem:
        raise_if_from_outside(problem)
        raise criterion.failed(f"it failed with {named(problem)}", lead, words_of(problem)) from problem
    return answer_of(criterion, answer, lead)


def answer_of(criterion: Criterion, answer: Any, lead: str | None = None) -> Value | None:
    """Read an answer. Raises PluginError for one that is not of the type that the criterion says."""
    if answer is None:
        if not criterion.maybe_unknown:
            raise criterion.failed("it gives None, and does not say that it may (`-> … | None`)", lead)
        return None
    kind = criterion.returns.kind
    try:
        answer = _exactly(answer)
    except Exception as problem:
        raise_if_from_outside(problem)
        shown = f"{_shown_answer(answer)}, which cannot be read"
        reason = f"it gives {shown}: asking it failed with {named(problem)}"
        raise criterion.failed(reason, lead, words_of(problem)) from problem
    match kind, answer:
        case "bool", bool():
            return answer
        case "number", Decimal() if _is_short(answer):
            return Fraction(answer)
        case "text", str():
            return _among(criterion, _text(criterion, answer, lead), lead)
        case "datetime", dt.datetime() if answer.utcoffset() is not None and answer.year in YEARS:
            return instant_of(answer)
        case "date", dt.date() if not isinstance(answer, dt.datetime) and answer.year in YEARS:
            return answer
        case "list of text", list() if all(isinstance(member, str) for member in answer):
            members = (_among(criterion, _text(criterion, member, lead), lead) for member in answer)
            return tuple(member for member in members if member is not None) or None
        case _:
            raise criterion.failed(f"it gives {_shown_answer(answer)}, which is no {kind}{_hint(kind, answer)}", lead)


def _is_short(answer: Decimal) -> bool:
    """Tell whether a number is finite and has no more digits than numbers may, before anything is done with them."""
    _, digits, exponent = answer.as_tuple()
    if not isinstance(exponent, int):
        return False
    whole, decimals = answer.adjusted() + 1, -exponent
    return max(len(digits), whole, decimals) <= MOST_DIGITS


def _exactly(answer: Any) -> Any:
    """Give an answer of a subclass as what it is made of, whatever it says of itself."""
    if isinstance(answer, dt.date):
        return plain_moment(answer)
    return [exactly(member) for member in list.__iter__(answer)] if isinstance(answer, list) else exactly(answer)


def _shown_answer(answer: Any) -> str:
    try:
        shown = repr(answer)
    except BaseException as problem:  # noqa: BLE001 - what cannot be shown is told by its kind
        raise_if_from_outside(problem)
        shown = ""
    return f"{shown:.60} ({type(answer).__name__})" if shown else f"a {type(answer).__name__}"


def _hint(kind: str, answer: Any) -> str:
    """Say what was expected, where the kind alone would puzzle."""
    match kind, answer:
        case "number", Decimal():
            return " of at most 1,000 digits"
        case "number", _:
            return ": give a Decimal"
        case ("datetime", dt.datetime()) | ("date", dt.date()) if answer.year not in YEARS:
            return " from year 2 to 9998"
        case "datetime", dt.datetime():
            return " with a time zone"
        case _:
            return ""


def _text(criterion: Criterion, answer: str, lead: str | None) -> str | None:
    if len(answer) > MOST_CHARACTERS:
        raise criterion.failed(f"it gives a text of {len(answer):,} characters, more than {MOST_CHARACTERS:,}", lead)
    if any("\ud800" <= c <= "\udfff" or c == "\0" for c in answer):
        raise criterion.failed("it gives a text that is not Unicode", lead)
    return normalised(answer).strip() or None


def _among(criterion: Criterion, text: str | None, lead: str | None) -> str | None:
    """Give a text of a closed answer as it is. Raises PluginError for one that the criterion does not say."""
    choices = criterion.returns.choices
    if choices and text is not None and text not in choices:
        raise criterion.failed(f'it gives "{text:.60}", which its annotation does not name', lead)
    return text


def view_of(node: p.CallNode, program: p.Program, facts: Facts, as_of: int) -> LeadView:
    """Show a lead to a criterion: the fields and events that it asked for, and nothing that it could change."""
    attributes = {name: _shown(facts.attributes[name], program.fields[name].type.kind) for name in node.fields}
    shown = dict(zip(node.events, node.properties, strict=True))
    events = tuple(
        _event(event, program.events[event.type], shown[event.type]) for event in facts.events if event.type in shown
    )
    return LeadView(facts.lead, attributes, events, as_of=moment_of(as_of), timezone=program.timezone)


def _event(event: Occurrence, type_: EventType, shown: Sequence[str]) -> EventView:
    kinds = {q.name: q.type.kind for q in type_.properties}
    properties = {name: _shown(event.properties.get(name), kinds[name]) if name in kinds else None for name in shown}
    return EventView(event.type, moment_of(event.at), event.id, properties)


def _shown(value: Value | None, kind: str) -> Any:
    found = to_python(value, kind)
    return tuple(found) if isinstance(found, list) else found
