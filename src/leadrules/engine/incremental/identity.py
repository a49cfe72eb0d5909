"""What states of a program keep, as one text: two programs of one text can go on with each other's states.

That text says what is read of leads and events, and what each question needs of the past; nothing of what a
program makes of the answers, of names for people, of order, or of where things stand.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import attrs

from leadrules import program as p
from leadrules.engine.incremental.streams import StreamKey
from leadrules.engine.incremental.uses import RuleUse, Use, is_static
from leadrules.vocabulary import OWN_PROPERTIES, EventType, Field, Type

KEEPS = 2
"""The version of what is kept for a question: another one does not go on with states of this."""

_PASSED_OVER = frozenset({"pii", "protected", "letters"})
"""Attributes of fields and properties: what is about results alone, and what the whole file says."""


def state_fingerprint(program: p.Program, uses: Iterable[Use]) -> str:
    """Give the sha256 of what states of a program keep: `sha256:` and 64 digits."""
    scope = program.scope
    read = {name: _event(scope.events[name], properties) for name, properties in scope.read.items()}
    kept = {
        "keeps": KEEPS,
        "timezone": program.timezone,
        "precision": program.precision,
        "accents": not program.scope.letters.accents_ignored,
        "fields": sorted(_text(_said(field, choices=True)) for field in scope.fields.values()),
        "ladders": sorted(scope.ladders),
        "events": read,
        "questions": sorted({question_of(use, program.precision) for use in uses}),
    }
    if program.ignores:
        kept["ignores"] = sorted(_text(_said(ignore.selection)) for ignore in program.ignores)
    return "sha256:" + hashlib.sha256(_text(kept).encode()).hexdigest()


def layout_of(streams: Iterable[StreamKey]) -> str:
    """Give the beginning of the sha256 of streams in their order."""
    return hashlib.sha256(_text([_said(stream) for stream in streams]).encode()).hexdigest()[:12]


def question_of(use: Use, precision: int) -> str:
    """Say what a question needs of the past; two of one text need the same, and have the same totals."""
    selection = use.selection
    since = [_since(one) for one in selection.since if isinstance(one, p.SinceEvent) and is_static(one.filter)]
    parts: dict[str, Any] = {
        "types": list(use.types),
        "filter": _said(selection.filter) if use.is_judged else None,
        "within": selection.within,
        "since": since,
        "kind": type(use).__name__ if use.is_final else "all",
    }
    if isinstance(use, RuleUse):
        parts["season"] = [_said(use.rule.first_day), _said(use.rule.last_day)]
    if selection.sees_all:
        parts["sees_all"] = True
    if use.is_final:
        parts["kept"] = use.kept_by(precision)
    return _text({name: _said(part) for name, part in parts.items()})


def _since(since: p.SinceEvent) -> list[Any]:
    return [list(since.types), _said(since.filter)]


def _event(event: EventType, read: frozenset[str]) -> list[Any]:
    """Say what is kept of events of a type: where a property is read, all that are declared."""
    own = {own.name for own in OWN_PROPERTIES if event.property(own.name) is None}
    names = sorted(read - own)
    declared = sorted(event.properties, key=lambda prop: prop.name)
    found = [names, [_said(prop, choices=True) for prop in declared] if names else []]
    return found if event.identity is None else [*found, event.identity]


def _said(value: Any, *, choices: bool = False) -> Any:
    """Say a value in JSON, by what it means alone. `choices` says which texts a type allows, too."""
    match value:
        case None | bool() | int() | str():
            return value
        case Fraction():
            return ["number", str(value)]
        case dt.date():
            return ["date", value.isoformat()]
        case tuple() | list():
            return [_said(one, choices=choices) for one in value]
        case frozenset():
            return sorted(_said(one, choices=choices) for one in value)
        case Mapping():
            return {name: _said(one, choices=choices) for name, one in value.items()}
        case Type() if not choices:
            return [value.kind, value.scale]
        case Field() if not choices:
            return ["field", value.name]
        case p.OneOf() | p.TextTest():  # of any order
            subject = value.value if isinstance(value, p.OneOf) else [value.kind, _said(value.subject)]
            return [type(value).__name__, _said(subject), sorted(_text(_said(choice)) for choice in value.choices)]
        case p.Lookup():  # by what its table holds, whatever that is called
            return ["Lookup", value.contents, _said(value.key)]
        case _:  # a node, or what it is made of
            names = [one.name for one in attrs.fields(type(value)) if one.eq and one.name not in _PASSED_OVER]
            return [type(value).__name__, *(_said(getattr(value, name), choices=choices) for name in names)]


_text = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode
