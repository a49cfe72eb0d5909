"""Read JSON and JSON lines: numbers kept exactly, an object with one name twice refused."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

import attrs

from leadrules.tables.inputs import Input
from leadrules.tables.kinds import refuse_encoding, refuse_other_kinds
from leadrules.tables.records import LONGEST_ROW, TOO_LONG, BadRecord, Record, RecordFile, Remarks, Wanted, text_of

MOST_OF_LIST = 1 << 30
"""How many bytes a packed list may unpack to: 1 GiB."""
_SKIPPED = 1 << 20


@attrs.frozen
class _Fault:
    """Stands in decoded JSON where something cannot be a value; `reason` follows a name such as `row 17`."""

    reason: str


class _Decoder:
    """Decodes JSON, and remembers whether a fault stands in what it decoded."""

    def __init__(self) -> None:
        self.found_fault = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=self._decimal,
            parse_int=self._integer,
            parse_constant=self._constant,
        )

    def decode(self, text: str) -> Any:
        """Give the value of a JSON text. Raises _NotJsonError."""
        self.found_fault = False
        try:
            return self._decoder.decode(text)
        except json.JSONDecodeError as error:
            raise _NotJsonError("is not JSON", error.lineno, error.colno) from None
        except RecursionError:
            raise _NotJsonError("is nested too deeply", 1, 1) from None

    def _fault(self, reason: str) -> _Fault:
        self.found_fault = True
        return _Fault(reason)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Fault:
        values = dict(pairs)
        if len(values) == len(pairs):
            return values
        seen: set[str] = set()
        repeated = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        return self._fault(f"gives `{repeated}` twice in one object")

    def _constant(self, name: str) -> _Fault:
        return self._fault(f"holds {name}, which is not a number (leave out what is not known)")

    def _decimal(self, text: str) -> Decimal | _Fault:
        try:
            return Decimal(text)
        except InvalidOperation:
            return self._fault("holds a number that is out of range")

    def _integer(self, text: str) -> int | _Fault:
        try:
            return int(text)
        except ValueError:
            return self._fault("holds a number of too many digits")

    def record(self, number: int, line: int | None, value: object) -> Record | BadRecord:
        """Make a record of a decoded value, if it is a faultless object."""
        fault = _first_fault(value) if self.found_fault else None
        if fault:
            return BadRecord(number, line, fault.reason)
        if not isinstance(value, dict):
            return BadRecord(number, line, "is not an object in braces `{…}`")
        return Record(number, line, value)


def _first_fault(value: object) -> _Fault | None:
    if isinstance(value, _Fault):
        return value
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((fault for member in members if (fault := _first_fault(member))), None)


class _NotJsonError(ValueError):
    """Text that is not JSON: what is wrong, and where."""

    def __init__(self, problem: str, line: int, column: int) -> None:
        self.line = line
        self.column = column
        super().__init__(problem)


# ---------------------------------------------------------------- JSON lines


def open_json_lines(given: Input, wanted: Wanted) -> RecordFile:
    """Open a file with a JSON object on each line. A line that cannot be read is a bad record."""
    refuse_other_kinds(given)
    remarks = text_of(given, wanted, pages=False)  # programs write JSON, and hardly in a code page
    if given.is_whole and not given.start.strip():
        raise given.problem("is empty", "each line should be a JSON object")
    return RecordFile(given, None, _lines(given, remarks), remarks=remarks)


def _lines(given: Input, remarks: Remarks) -> Iterator[Record | BadRecord]:
    decoder = _Decoder()
    with given.opened() as file:
        for number, raw in enumerate(iter(lambda: file.readline(LONGEST_ROW + 1), b""), start=1):
            if len(raw) > LONGEST_ROW:
                _skip_line(file, raw)
                yield BadRecord(number, number, TOO_LONG)
                continue
            line = (raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw).rstrip(b"\r\n")
            if line.strip():
                yield _line(decoder, number, line)
            else:
                remarks.blank += 1


def _skip_line(file: BinaryIO, begun: bytes) -> None:
    while begun and not begun.endswith(b"\n"):
        begun = file.readline(_SKIPPED)


def _line(decoder: _Decoder, number: int, raw: bytes) -> Record | BadRecord:
    try:
        return decoder.record(number, number, decoder.decode(raw.decode()))
    except UnicodeDecodeError as error:
        return BadRecord(number, number, f"is not UTF-8 (byte {error.start + 1} of the line)")
    except _NotJsonError as error:
        return BadRecord(number, number, f"{error} (column {error.column})")


# ---------------------------------------------------------------------- JSON


def open_json(given: Input, wanted: Wanted) -> RecordFile:
    """Open a file that is one JSON list of objects, or an object that holds the list under `wanted.key`.

    It is read as a whole, so memory grows with it.
    """
    refuse_other_kinds(given)
    remarks = text_of(given, wanted, pages=False)  # programs write JSON, and hardly in a code page
    try:
        with given.opened() as file:
            text = _whole(given, file).removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        refuse_encoding(given)
    shape = f"it should be a list of objects, or an object with `{wanted.key}`: `[…]`"
    if not text.strip():
        raise given.problem("is empty", shape)
    decoder = _Decoder()
    try:
        value = decoder.decode(text)
    except _NotJsonError as error:
        advice = "a file with an object on each line ends in `.jsonl`" if _is_lines(text) else None
        raise given.problem(f"{error} (line {error.line}, column {error.column})", advice) from None
    if isinstance(value, _Fault):
        raise given.problem(value.reason)
    members = value.get(wanted.key) if isinstance(value, dict) else value
    if not isinstance(members, list):
        raise given.problem(f"holds no list of {wanted.key}", shape)
    records = (decoder.record(number, None, member) for number, member in enumerate(members, start=1))
    return RecordFile(given, None, records, remarks=remarks)


def _whole(given: Input, file: BinaryIO) -> bytes:
    """Read a file into memory; what is packed may be small and unpack to more than there is room for."""
    found = file.read(MOST_OF_LIST + 1) if given.packing is not None else file.read()
    if given.packing is not None and len(found) > MOST_OF_LIST:
        advice = "give it as `.jsonl`, which is read line by line"
        raise given.problem(f"unpacks to more than {MOST_OF_LIST:,} bytes", advice)
    return found


def _is_lines(text: str) -> bool:
    first, _, rest = text.strip().partition("\n")
    try:
        return bool(rest) and isinstance(_Decoder().decode(first), dict)
    except _NotJsonError:
        return False
