"""Annotations of a criterion's parameters and of its result, as types of the language."""

from __future__ import annotations

import datetime as dt
import json
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from leadrules.characters import normalised
from leadrules.families import FIELD_TYPES
from leadrules.letters import folded
from leadrules.vocabulary import Type

_TYPES: Mapping[Any, Type] = {type_.python: Type(type_.name) for type_ in FIELD_TYPES.values()}
TYPE_NAMES = "bool, Decimal, str, datetime, date, list[str], Literal[…] of texts"
"""What a criterion may take and give, as a message names it."""
_MOST_CHOICES = 6


def type_of(annotation: Any) -> Type:
    """Give the type of value that an annotation stands for. Raises TypeError.

    A `Literal` of texts is a text of a closed list, and `list[Literal[…]]` a list of such.

    >>> str(type_of(Decimal)), str(type_of(typing.Literal["car", "van"]))
    ('number', 'one of {"car", "van"}')
    """
    annotation = _named_by(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return Type("text", choices=_choices(arguments))
    if origin is list and typing.get_origin(_named_by(arguments[0])) is typing.Literal:
        return Type("list of text", choices=type_of(arguments[0]).choices)
    try:
        return _TYPES[annotation]
    except (KeyError, TypeError):  # TypeError: what cannot be hashed
        raise TypeError(f"`{shown(annotation)}`, which is none of {TYPE_NAMES}") from None


def _named_by(annotation: Any) -> Any:
    """Give what a `type X = …` stands for."""
    while hasattr(annotation, "__value__"):
        annotation = annotation.__value__
    return annotation


def _choices(found: tuple[Any, ...]) -> tuple[str, ...]:
    """Give the texts of a Literal. Raises TypeError for what no rule file could write or tell apart."""
    for one in found:
        if not isinstance(one, str):
            raise TypeError(f"a `Literal` with {one!r}, which is no text")
        if not one or one != normalised(one).strip():
            raise TypeError(f"a `Literal` with {one!r}, which is empty, has white space around it or is not in NFC")
    if len({folded(one) for one in found}) < len(found):
        raise TypeError("a `Literal` with texts that differ in case only, and rule files do not tell them apart")
    return found


def without_none(annotation: Any) -> tuple[Any, bool]:
    """Take `| None` off an annotation, and tell whether it was there; `Literal["a", None]` has it too."""
    annotation = _named_by(annotation)
    members = typing.get_args(annotation)
    if typing.get_origin(annotation) in {typing.Union, types.UnionType} and type(None) in members:
        rest = [member for member in members if member is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    if typing.get_origin(annotation) is typing.Literal and None in members:
        return typing.Literal[tuple(member for member in members if member is not None)], True
    return annotation, False


def brief(type_: Type) -> str:
    """Write a type for a signature; of many choices some.

    >>> brief(Type("text", tuple("abcdefghi")))
    'one of {"a", "b", "c", "d" and 5 more}'
    """
    if len(type_.choices) <= _MOST_CHOICES:
        return str(type_)
    some = attrs.evolve(type_, choices=type_.choices[: _MOST_CHOICES - 2])
    return f"{str(some).removesuffix('}')} and {len(type_.choices) - len(some.choices)} more}}"


def shown(annotation: Any) -> str:
    """Write an annotation as its author did."""
    return annotation.__name__ if type(annotation) is type else str(annotation)


# ------------------------------------------------------------------- defaults


def in_words(default: object) -> str:
    """Write a default as a rule file would."""
    match default:
        case None:
            return "unknown"
        case bool():
            return str(default).lower()
        case Decimal():
            return format(default, "f")
        case str():
            return json.dumps(default, ensure_ascii=False)
        case list():
            return "{" + ", ".join(map(in_words, default)) + "}"
        case dt.date():
            return default.isoformat()
        case _:
            return str(default)


def fits(default: object, type_: Type) -> bool:
    """Tell whether a default is of its parameter's type; a bool is no number, a datetime no date."""
    match type_.kind, default:
        case "text", str():
            return not type_.choices or default in type_.choices
        case "list of text", list():
            return all(fits(member, Type("text", type_.choices)) for member in default)
        case "number", Decimal():
            return default.is_finite()
        case "datetime", dt.datetime():
            return default.utcoffset() is not None
        case "date", dt.date():
            return not isinstance(default, dt.datetime)
        case "bool", bool():
            return True
        case _:
            return False
