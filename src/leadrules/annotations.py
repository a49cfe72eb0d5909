"""Annotations of a criterion's parameters and of its result, as types of the language."""

from __future__ import annotations

import datetime as dt
import json
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from leadrules.families import FIELD_TYPES, Kind
from leadrules.vocabulary import Type

TYPES: Mapping[Any, Type] = {type_.python: Type(type_.name) for type_ in FIELD_TYPES.values()}
TYPE_NAMES = "bool, Decimal, str, datetime, date, list[str]"
"""What a criterion may take and give, as a message names it."""


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


def fits(default: object, annotation: Any, optional: bool) -> bool:
    """Tell whether a default is of its parameter's type; a bool is no number, a datetime no date."""
    if default is None:
        return optional
    if annotation == list[str]:
        return isinstance(default, list) and all(isinstance(member, str) for member in default)
    return isinstance(default, annotation) and not (annotation is dt.date and isinstance(default, dt.datetime))


def kind_of(annotation: Any) -> Kind:
    """Give the kind of value that an annotation stands for. Raises TypeError.

    >>> kind_of(Decimal), kind_of(list[str])
    ('number', 'list of text')
    """
    if annotation not in TYPES:
        raise TypeError(f"{shown(annotation)} is none of {TYPE_NAMES}")
    return TYPES[annotation].kind


def without_none(annotation: Any) -> tuple[Any, bool]:
    """Take `| None` off an annotation, and tell whether it was there."""
    members = typing.get_args(annotation)
    if typing.get_origin(annotation) in {typing.Union, types.UnionType} and type(None) in members:
        rest = [member for member in members if member is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return annotation, False


def shown(annotation: Any) -> str:
    """Write an annotation as its author did."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
