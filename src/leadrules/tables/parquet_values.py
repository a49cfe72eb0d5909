"""Values of an Arrow array as Python has them: exactly, or as what says why there is no such value.

Arrow's own conversion stops a whole file at the first value that Python cannot hold, such as a time
after the year 9999. Here that value becomes an :class:`~leadrules.foreign.Unheld`, which matters only where
rules read it. Moments are made of their whole numbers: no time zone is looked up, since an instant is
one in any zone, and what is finer than a microsecond is cut, as in text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pyarrow as pa
from pyarrow import types

from leadrules.conversions import YEARS_ADVICE
from leadrules.foreign import Unheld

_NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_DAY = 86_400 * 1_000_000
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - of wall clocks
_EPOCH_UTC = _EPOCH.replace(tzinfo=dt.UTC)
_FIRST_DAY = dt.date(1970, 1, 1).toordinal()
_DAYS_OF_400_YEARS = 146_097
_LONGEST = 60

Values = Callable[[Any], list[Any]]


def values_of(array: Any) -> list[Any]:
    """Give the values of an array in order; None where there is none.

    Structs are dicts, and so are maps; moments with a time zone are datetimes in UTC, times of day and
    UUIDs are texts. Raises what Arrow does where the array itself is damaged.
    """
    for is_of, read in _READERS:
        if is_of(array.type):
            return read(array)
    return _one_by_one(array)


def _plain(array: Any) -> list[Any]:
    found: list[Any] = array.to_pylist()
    return found


def _one_by_one(array: Any) -> list[Any]:
    """Read values of a type that is not known here, as far as Arrow can."""
    return [_as_python(scalar) for scalar in array]


def _as_python(scalar: Any) -> Any:
    try:
        value = scalar.as_py()
    except (ValueError, TypeError, ArithmeticError, LookupError, NotImplementedError, pa.ArrowException):
        return Unheld("", f"is of a type that cannot be read ({scalar.type})")
    is_read = value is None or type(value) in {bool, int, float, str, bytes}
    return value if is_read else Unheld("", f"is of a type that cannot be read ({scalar.type})")


def _each(array: Any, read: Callable[[Any], Any]) -> list[Any]:
    return [None if value is None else read(value) for value in array.to_pylist()]


# ---------------------------------------------------------------------- texts


def _texts(array: Any) -> list[Any]:
    try:
        return _plain(array)
    except UnicodeDecodeError:
        return _each(array.cast(pa.large_binary()), _text)


def _text(raw: bytes) -> str | Unheld:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        shown = raw[: _LONGEST * 4].decode("utf-8", "replace")
        return Unheld(shown, "is not UTF-8", "write the text in UTF-8", "bad_text")


# -------------------------------------------------------------------- moments


def _timestamps(array: Any) -> list[Any]:
    nanoseconds = _NANOSECONDS[array.type.unit]
    start = _EPOCH if array.type.tz is None else _EPOCH_UTC

    def read(count: int) -> dt.datetime | Unheld:
        microseconds = count * nanoseconds // 1_000
        try:
            return start + dt.timedelta(microseconds=microseconds)
        except OverflowError:
            days, rest = divmod(microseconds, _DAY)
            return _out_of_range(f"{_day_beyond(days)} {_clock(rest * 1_000)}")

    return _each(array.cast(pa.int64()), read)


def _days(array: Any) -> list[Any]:
    return _each(array.cast(pa.int32()), _day)


def _days_in_milliseconds(array: Any) -> list[Any]:
    return _each(array.cast(pa.int64()), lambda count: _day(count * 1_000 // _DAY))


def _day(days: int) -> dt.date | Unheld:
    try:
        return dt.date.fromordinal(_FIRST_DAY + days)
    except (ValueError, OverflowError):
        return _out_of_range(_day_beyond(days))


def _day_beyond(days: int) -> str:
    """Write a day that is not in Python's calendar: every 400 years are alike."""
    cycles, rest = divmod(days, _DAYS_OF_400_YEARS)
    alike = dt.date.fromordinal(_FIRST_DAY + rest)
    year = alike.year + 400 * cycles
    return f"{'-' if year < 0 else ''}{abs(year):04}-{alike:%m-%d}"


def _out_of_range(text: str) -> Unheld:
    return Unheld(text, "is out of range", YEARS_ADVICE, "out_of_range")


def _clocks(array: Any) -> list[Any]:
    nanoseconds = _NANOSECONDS[array.type.unit]
    numbers = pa.int32() if types.is_time32(array.type) else pa.int64()

    def read(count: int) -> str | Unheld:
        if 0 <= count * nanoseconds < _DAY * 1_000:
            return _clock(count * nanoseconds)
        return Unheld(str(count), "is no time of a day", code="out_of_range")

    return _each(array.cast(numbers), read)


def _clock(nanoseconds: int) -> str:
    """Write a time of day.

    >>> _clock(45_000_000_000), _clock(1_500_000)
    ('00:00:45', '00:00:00.0015')
    """
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{fraction:09}".rstrip("0") if fraction else text


def _durations(array: Any) -> list[Any]:
    span = Unheld("", "cannot be read", "give it as a number, such as of days", kind="a span of time")
    return [None if is_null else span for is_null in array.is_null().to_pylist()]


# --------------------------------------------------------------------- nested


def _lists(array: Any) -> list[Any]:
    if not len(array):
        return []
    offsets = array.offsets.to_pylist()
    members = values_of(array.values.slice(offsets[0], offsets[-1] - offsets[0]))
    return _parts(array, offsets, members)


def _parts(array: Any, offsets: Sequence[int], members: list[Any]) -> list[Any]:
    first = offsets[0]
    return [
        members[start - first : end - first] if is_valid else None
        for is_valid, start, end in zip(array.is_valid().to_pylist(), offsets, offsets[1:], strict=False)
    ]


def _lists_of_one_size(array: Any) -> list[Any]:
    size = array.type.list_size
    members = values_of(array.values.slice(array.offset * size, len(array) * size))
    return _parts(array, range(0, (len(array) + 1) * size, size) if size else [0] * (len(array) + 1), members)


def _maps(array: Any) -> list[Any]:
    if not len(array):
        return []
    offsets = array.offsets.to_pylist()
    first, count = offsets[0], offsets[-1] - offsets[0]
    names, values = (values_of(part.slice(first, count)) for part in (array.keys, array.items))
    pairs = _parts(array, offsets, [*zip(names, values, strict=True)])
    return [None if members is None else _object(members) for members in pairs]


def _structs(array: Any) -> list[Any]:
    names = [field.name for field in array.type]
    columns = [values_of(column) for column in array.flatten()]
    rows = zip(*columns, strict=True) if columns else [()] * len(array)
    make = _object if len(set(names)) < len(names) else dict[str, Any]
    return [
        make([*zip(names, row, strict=True)]) if is_valid else None
        for is_valid, row in zip(array.is_valid().to_pylist(), rows, strict=True)
    ]


def _object(pairs: Sequence[tuple[Any, Any]]) -> dict[str, Any] | Unheld:
    """Make an object of names and values, where each name is a text and stands once."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if type(name) is not str:
            return Unheld("", "has names that are no texts", kind="an object")
        if name in found:
            return Unheld("", f"gives `{name[:_LONGEST]}` twice", kind="an object")
        found[name] = value
    return found


def _coded(array: Any) -> list[Any]:
    values = values_of(array.dictionary)
    return [None if index is None else values[index] for index in array.indices.to_pylist()]


def _extended(array: Any) -> list[Any]:
    found = values_of(array.storage)
    if array.type.extension_name == "arrow.uuid":
        return [raw and str(UUID(bytes=raw)) for raw in found]
    if array.type.extension_name == "arrow.bool8":
        return [raw if raw is None else bool(raw) for raw in found]
    return found


_READERS: tuple[tuple[Callable[[Any], bool], Values], ...] = (
    (lambda kind: types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind), _texts),
    (lambda kind: types.is_primitive(kind) and not types.is_temporal(kind), _plain),
    (types.is_timestamp, _timestamps),
    (types.is_date32, _days),
    (types.is_date64, _days_in_milliseconds),
    (types.is_time, _clocks),
    (lambda kind: types.is_duration(kind) or types.is_interval(kind), _durations),
    (lambda kind: types.is_decimal(kind) or types.is_null(kind), _plain),
    (
        lambda kind: (
            types.is_binary(kind)
            or types.is_large_binary(kind)
            or types.is_binary_view(kind)
            or types.is_fixed_size_binary(kind)
        ),
        _plain,
    ),
    (types.is_map, _maps),
    (lambda kind: types.is_list(kind) or types.is_large_list(kind), _lists),
    (types.is_fixed_size_list, _lists_of_one_size),
    (types.is_struct, _structs),
    (types.is_dictionary, _coded),
    (lambda kind: isinstance(kind, pa.BaseExtensionType), _extended),
)
"""How values of each type are read, the first that fits."""
