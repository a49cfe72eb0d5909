"""Canonical JSON: the one way to write plain data, so that what is equal has the same bytes; and to read it exactly."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from leadrules.frozen import FrozenDict, FrozenList

quoted = json.encoder.encode_basestring
"""Writes a text; letters stay as they are."""


def canonical_json(value: Any) -> str:
    """Write plain data as compact JSON: letters unescaped, numbers exact and minimal, order kept.

    Takes dicts with text keys, lists, tuples, text, bools, None, ints and finite decimals; raises
    TypeError for anything else, floats included.
    """
    write = _WRITERS.get(type(value))
    if write is None:
        write = next((write for kind, write in _WRITERS.items() if isinstance(value, kind)), None)
        if write is None:
            raise TypeError(f"not plain data: {type(value).__name__}")
    return write(value)


def _object(value: Mapping[str, Any]) -> str:
    if not value:
        return "{}"
    return f"{{{','.join([f'{quoted(key)}:{canonical_json(part)}' for key, part in value.items()])}}}"


def _array(value: Sequence[Any]) -> str:
    if not value:
        return "[]"
    return f"[{','.join([canonical_json(part) for part in value])}]"


def minimal(number: Decimal) -> str:
    """Write a number exactly, with no more digits than it needs."""
    text = str(number)
    if "E" in text:
        text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    str: quoted,
    int: str,
    Decimal: minimal,
    dict: _object,
    FrozenDict: _object,
    list: _array,
    FrozenList: _array,
    tuple: _array,
    Mapping: _object,
}
"""How plain data is written, by its type; a bool stands before the int that it is too."""


def read_json(text: str | bytes) -> Any:
    """Read JSON exactly: numbers as decimals, each key once. Raises ValueError with a sentence for people."""
    try:
        return _read(text if isinstance(text, str) else bytes(text).decode())
    except RecursionError:
        problem = "it is nested too deeply"
    except (ValueError, TypeError, InvalidOperation):
        problem = "it is not JSON"
    raise ValueError(problem)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


_read = json.JSONDecoder(
    parse_float=Decimal, parse_int=Decimal, parse_constant=_refused, object_pairs_hook=_once
).decode
