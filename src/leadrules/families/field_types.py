"""Types of fields and properties: what a value is, and what may be asked of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

import attrs

Kind = Literal["number", "text", "bool", "date", "datetime", "list of text", "label"]
"""The kind of a value: a type that fields have, or a label of a grade or ladder."""


@attrs.frozen
class FieldType:
    """One type.

    `python` is what a plugin's criterion takes and gives. `ordered` values can be told which is less;
    a `time` has a moment, for windows and counts of days. `ask` is how a rule file asks something of
    a value, with `{}` for its name; None where the value is an answer itself.
    """

    name: Kind
    python: Any
    ask: str | None
    ordered: bool = False
    time: bool = False


FIELD_TYPES: Mapping[str, FieldType] = MappingProxyType(
    {
        type_.name: type_
        for type_ in (
            FieldType("number", Decimal, "{} >= 10", ordered=True),
            FieldType("text", str, '{} = "…"'),
            FieldType("bool", bool, None),
            FieldType("date", dt.date, "{} within 30 days", ordered=True, time=True),
            FieldType("datetime", dt.datetime, "{} within 30 days", ordered=True, time=True),
            FieldType("list of text", list[str], '{} contains "…"'),
        )
    }
)
"""By name, in the order in which messages list them."""

ORDERED = frozenset({"label", *(name for name, type_ in FIELD_TYPES.items() if type_.ordered)})
"""Kinds that `<` and `between` compare: labels by their grade or ladder."""
