"""Events in columns by their type, as states are stored: few long texts, taken apart when they are needed.

Moments are whole microseconds of eight bytes, values indices in one list of all that occur; the bytes
stand in base64, little end first.
"""

from __future__ import annotations

import binascii
import contextlib
import datetime as dt
import json
import re
import sys
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from leadrules.errors import InputError, StateError
from leadrules.occurrences import NEVER_LATE, PlainEvent
from leadrules.values import moment_of

MOMENTS = "q"
"""Whole numbers of eight bytes."""

PENDING = 2**63 - 1
"""Stands for the moment that is asked for next."""

Column = Mapping[str, Any]
"""The events of a type in order of time: `at`, and where any event has such, `id` and, by property, `of`.

`came` has when the last of them came in, where that is after they happened and is to be remembered.
"""


def not_a_state(why: str) -> StateError:
    """Make the error about a text that leadrules did not write."""
    expected = "what `to_json` wrote"
    return StateError(f"this is not a state of a lead: {why} (give {expected})", code="not_a_state", expected=expected)


@contextlib.contextmanager
def reading(part: str) -> Iterator[None]:
    """Read a part of a state. Raises InputError for whatever is wrong there: its digest alone was right."""
    try:
        yield
    except (ArithmeticError, AttributeError, InputError, LookupError, TypeError, ValueError) as error:
        raise not_a_state(f"its `{part}` cannot be read") from error


def packed(numbers: array[int]) -> str:
    """Write whole numbers."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return binascii.b2a_base64(numbers, newline=False).decode()


def unpacked(text: str, kind: str, into: array[int] | None = None) -> array[int]:
    """Read whole numbers that `packed` wrote."""
    numbers = array(kind) if into is None else into
    numbers.frombytes(binascii.a2b_base64(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def json_value(value: Any) -> Any:
    """Give a plain value in the types of JSON; one that it has no form for, or not for all its digits, says what it is.

    A date as text might be read by another pattern.
    """
    match value:
        case Decimal():
            return {"number": str(value)}
        case dt.datetime():
            return {"datetime": _whole_minutes(value).isoformat()}
        case dt.date():
            return {"date": value.isoformat()}
        case _:
            return value


def plain_value_of(value: Any) -> Any:
    """Give a value that `json_value` made of one."""
    match value:
        case {"number": text}:
            return Decimal(text)
        case {"datetime": text}:
            return dt.datetime.fromisoformat(text)
        case {"date": text}:
            return dt.date.fromisoformat(text)
        case _:
            return value


def _whole_minutes(moment: dt.datetime) -> dt.datetime:
    """Give a moment whose offset is of whole minutes, as times are written; that of old local times is not."""
    offset = moment.utcoffset()
    return moment if offset is None or not offset % dt.timedelta(minutes=1) else moment.astimezone(dt.UTC)


@attrs.frozen
class Columns:
    """Events by type. `values` are those of properties, in JSON; the first is none at all."""

    types: Mapping[str, Column]
    values: Sequence[Any]
    _rows: dict[str, _Rows] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    @classmethod
    def of(cls, part: str, types: Mapping[str, Column], values: Sequence[Any]) -> Columns:
        """Give what was stored as a part. Raises InputError where texts are missing or their lengths do not fit."""
        with reading(part):
            for column in types.values():
                count, ids = _count(column["at"]), column.get("id")
                lengths = {_size(text) for text in column["of"].values()}
                rows = count if ids is None else ids.count(" ") + 1 if isinstance(ids, str) else len(ids)
                came = _count(column.get("came", ""))
                if isinstance(ids, list) and any(type(id_) is not str for id_ in ids):
                    raise TypeError("an id is no text")
                if rows != count or came > count or not lengths <= {2 * count, 4 * count}:
                    raise ValueError("columns differ in length")
        return cls(types, values)

    def __len__(self) -> int:
        return sum([_count(column["at"]) for column in self.types.values()])

    def moments(self, type_: str, into: array[int] | None = None) -> array[int]:
        """Give when the events of a type were, in order."""
        with reading("events"):
            return unpacked(self.types[type_]["at"] if type_ in self.types else "", MOMENTS, into)

    def plain(self) -> list[dict[str, Any]]:
        """Give all events in their plainest form."""
        return [event for type_ in self.types for event in self.plain_of(type_)]

    def plain_of(self, type_: str) -> list[dict[str, Any]]:
        """Give the events of a type in their plainest form, in order of time."""
        if type_ not in self.types:
            return []
        with reading("events"):
            return self._plain_of(type_, self.moments(type_))

    def _plain_of(self, type_: str, moments: array[int]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [{"type": type_, "at": moment_of(at), "properties": {}} for at in moments]
        for name, text in self.types[type_]["of"].items():
            for event, index in zip(found, _indices(text, len(moments)), strict=True):
                if index:
                    event["properties"][name] = plain_value_of(self.values[index])
        for event, id_ in zip(found, self._ids(type_), strict=False):
            if id_:
                event["id"] = id_
        return found

    def find(self, type_: str, id_: str) -> tuple[dict[str, Any], int] | None:
        """Give the event of a type and id, of several the one that is remembered longest, and when it came in."""
        column = self.types.get(type_, {})
        if "id" not in column:
            return None
        if type_ not in self._rows:
            self._rows[type_] = _Rows(column["id"])
        rows = self._rows[type_].of(id_)
        if not rows:
            return None
        with reading("events"):
            row = max(rows, key=lambda row: max(_number(column["at"], MOMENTS, row), _came(column, row)))
            return {**self._event(type_, row), "id": id_}, _came(column, row)

    def came(self, type_: str) -> array[int]:
        """Give when the events of a type came in, in order of when they happened."""
        column = self.types.get(type_, {})
        with reading("events"):
            last = unpacked(column.get("came", ""), MOMENTS)
            return _NEVER_LATE * (_count(column.get("at", "")) - len(last)) + last

    def arrived(self, moment: int) -> Columns:
        """Let what waited for the next moment that is asked for have come in at this one."""
        changed = {}
        for type_, column in self.types.items():
            if "came" in column:
                with reading("events"):
                    came = unpacked(column["came"], MOMENTS)
                if PENDING in came:
                    settled = array(MOMENTS, [moment if one == PENDING else one for one in came])
                    changed[type_] = {**column, "came": packed(settled)}
        return Columns({**self.types, **changed}, self.values) if changed else self

    def _event(self, type_: str, row: int) -> dict[str, Any]:
        """Give the event of a row but for its id, and read no other."""
        column, properties = self.types[type_], {}
        count = _count(column["at"])
        for name, text in column["of"].items():
            index = _number(text, _kind(text, count), row)
            if index:
                properties[name] = plain_value_of(self.values[index])
        return {"type": type_, "at": moment_of(_number(column["at"], MOMENTS, row)), "properties": properties}

    def plus(self, events: Iterable[PlainEvent], final: int = NEVER_LATE) -> Columns:
        """Give these events and others. When they came in is of no account where that was at `final` or before."""
        by_type: defaultdict[str, list[PlainEvent]] = defaultdict(list)
        for event in events:
            by_type[event.occurrence.type].append(event)
        if not by_type:
            return self
        codes = _Codes(self.values)
        with reading("events"):
            changed = {type_: self._column(type_, of_type, codes, final) for type_, of_type in by_type.items()}
        return Columns({**self.types, **changed}, codes.values)

    def _column(self, type_: str, events: Sequence[PlainEvent], codes: _Codes, final: int) -> Column:
        """Put events of a type among those that there are."""
        moments, came = self.moments(type_), self.came(type_)
        column = self.types.get(type_, {"of": {}})
        first = len(moments) - _count(column.get("came", ""))
        ids = self._ids(type_) or [""] * len(moments)
        indices = {name: _indices(text, len(moments)) for name, text in column["of"].items()}
        for event in events:
            one, given = event.occurrence, event.plain["properties"]
            row = bisect_right(moments, one.at)
            for name in sorted(given.keys() - indices.keys()):
                indices[name] = array("H", bytes(2 * len(moments)))
            for name, of in indices.items():
                indices[name] = _with(of, row, codes.of(given[name]) if name in given else 0)
            moments.insert(row, one.at)
            came.insert(row, event.came)
            ids.insert(row, one.id or "")
            is_late = event.came > max(final, one.at)
            first = min(first, row) if is_late else first + (row <= first)
        found: dict[str, Any] = {
            "at": packed(moments),
            "of": {name: packed(indices[name]) for name in sorted(indices)},
        }
        if any(ids):
            added = (event.occurrence.id or "" for event in events)
            is_simple = isinstance(column.get("id", ""), str) and all(map(_is_simple, added))
            found["id"] = " ".join(ids) if is_simple else ids
        while first < len(came) and came[first] <= max(final, moments[first]):
            first += 1
        if first < len(came):
            found["came"] = packed(came[first:])
        return found

    def _ids(self, type_: str) -> list[str]:
        """Give the ids of the events of a type, empty texts where there are none; nothing where none has any."""
        ids = self.types.get(type_, {}).get("id", [])
        return ids.split(" ") if isinstance(ids, str) else [*ids]


NO_EVENTS = Columns({}, [None])
_NEVER_LATE = array(MOMENTS, [NEVER_LATE])


class _Codes:
    """Indices of values, each once."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = [*values]
        self._texts = {value: index for index, value in enumerate(values) if type(value) is str}
        self._others: dict[str, int] | None = None

    def of(self, value: Any) -> int:
        """Give the index of a value, which has one from now on."""
        if type(value) is str:
            found = self._texts.setdefault(value, len(self.values))
        else:
            value = json_value(value)
            found = self._known_others().setdefault(json.dumps(value), len(self.values))
        if found == len(self.values):
            self.values.append(value)
        return found

    def _known_others(self) -> dict[str, int]:
        """Give the indices of what is no text by its JSON, which tells apart what Python takes for equal."""
        if self._others is None:
            others = ((index, value) for index, value in enumerate(self.values) if type(value) is not str)
            self._others = {json.dumps(value): index for index, value in others}
        return self._others


_is_simple = re.compile(r"[!#-\[\]-~]*").fullmatch
"""Whether an id has nothing that must be escaped, and no space."""


class _Rows:
    """Finds the row of an id: in their text, which a few events need read no further, then in an index of all."""

    __slots__ = ("_index", "_looks", "_text")

    def __init__(self, ids: str | Sequence[str]) -> None:
        self._index = None if isinstance(ids, str) else _index_of(ids)
        self._text = f" {ids} "
        self._looks = 0

    def of(self, id_: str) -> Sequence[int]:
        """Give the rows of an id: more than one where it came again when it was no longer remembered."""
        if self._index is None and self._looks >= _FEW_LOOKS:
            self._index = _index_of(self._text[1:-1].split(" "))
        if self._index is not None:
            return self._index.get(id_, ())
        self._looks += 1
        rows, text, sought = [], self._text, f" {id_} "
        start = text.find(sought) if _is_simple(id_) else -1
        while start >= 0:
            rows.append(text.count(" ", 0, start))
            start = text.find(sought, start + 1)
        return rows


_FEW_LOOKS = 16
"""So often the text of ids is searched before it is worth an index."""


def _index_of(ids: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, id_ in enumerate(ids):
        if id_:
            found.setdefault(id_, []).append(row)
    return found


def _came(column: Column, row: int) -> int:
    """Read when one event came in."""
    last = _count(column.get("came", ""))
    index = row - _count(column["at"]) + last
    return NEVER_LATE if index < 0 else _number(column["came"], MOMENTS, index)


def _count(text: str) -> int:
    """Tell how many moments there are."""
    return _size(text) // 8


def _size(text: str) -> int:
    """Tell how many bytes there are."""
    return len(text) * 3 // 4 - text[-2:].count("=")


def _kind(text: str, count: int) -> str:
    """Tell whether so many indices are of two bytes or, where there are many values, of four."""
    return "I" if len(text) >= 4 * count * 4 // 3 else "H"


def _indices(text: str, count: int) -> array[int]:
    return unpacked(text, _kind(text, count))


def _number(text: str, kind: str, row: int) -> int:
    """Read one of the numbers that `packed` wrote: in four letters there are three bytes."""
    size = array(kind).itemsize
    skipped, first = divmod(row * size, 3)
    letters = text[4 * skipped : 4 * (skipped + (first + size + 2) // 3)]
    return int.from_bytes(binascii.a2b_base64(letters)[first : first + size], "little", signed=kind == MOMENTS)


def _with(indices: array[int], row: int, index: int) -> array[int]:
    """Put an index at a row."""
    if index >= 2**16 and indices.typecode == "H":
        indices = array("I", indices)
    indices.insert(row, index)
    return indices
