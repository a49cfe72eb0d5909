"""A state as JSON: plain names and values, exact numbers, times in UTC."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

import attrs

from leadrules.engine.conditions import Total
from leadrules.errors import InputError
from leadrules.lead import read_as_of
from leadrules.values import text_of_instant

VERSION = 1
"""The version of the form in which states are written."""

_FINGERPRINT = re.compile("sha256:[0-9a-f]{64}")
_KEYS = ("state", "fingerprint", "lead", "as_of", "remember", "most", "attributes", "stages", "events", "settled")


@attrs.frozen
class Stored:
    """What a state is made of. `totals` are by the place of a question among those of the rules.

    `mark` is an instant, or None where no result was asked for; `remember` is in microseconds. `most`
    is how many events there may be before they are looked through.
    """

    fingerprint: str
    lead: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    totals: Mapping[int, Total]
    mark: int | None
    remember: int
    most: int


def not_a_state(why: str) -> InputError:
    """Make the error about a text that leadrules did not write."""
    return InputError(
        f"this is not a state of a lead: {why} (give what `to_json` wrote)", expected="what `to_json` wrote"
    )


# ------------------------------------------------------------------- writing


def text_of(stored: Stored) -> str:
    """Write a state as compact JSON."""
    whole = {
        "state": VERSION,
        "fingerprint": stored.fingerprint,
        "lead": stored.lead["id"],
        "as_of": None if stored.mark is None else text_of_instant(stored.mark),
        "remember": stored.remember,
        "most": stored.most,
        "attributes": stored.lead["attributes"],
        "stages": stored.lead["stages"],
        "events": [{**event, "at": event["at"].isoformat()} for event in stored.events],
        "settled": [[place, total.count, str(total.sum)] for place, total in sorted(stored.totals.items())],
    }
    return json.dumps(whole, default=_written, ensure_ascii=False, separators=(",", ":"))


def _written(value: Any) -> dict[str, str]:
    """Write a value that JSON has no form for, or not for all of its digits, with what it is.

    A date as text might be read by another pattern.
    """
    match value:
        case Decimal():
            return {"number": str(value)}
        case dt.datetime():
            return {"datetime": _whole_minutes(value).isoformat()}
        case _:
            return {"date": value.isoformat()}


def _whole_minutes(moment: dt.datetime) -> dt.datetime:
    """Give a moment whose offset is of whole minutes, as times are written; that of old local times is not."""
    offset = moment.utcoffset()
    return moment if offset is None or not offset % dt.timedelta(minutes=1) else moment.astimezone(dt.UTC)


# ------------------------------------------------------------------- reading


def read_state(text: str, fingerprint: str) -> Stored:
    """Read a state that was written for rules of a fingerprint. Raises InputError for any other text."""
    try:
        found = json.loads(text, parse_constant=_refused)
    except (ValueError, TypeError, RecursionError):
        raise not_a_state("it is not JSON") from None
    if not isinstance(found, dict) or "state" not in found:
        raise not_a_state("it does not say that it is one")
    if found["state"] != VERSION:
        raise not_a_state(f"its form is not version {VERSION}")
    lacking = [key for key in _KEYS if key not in found]
    if lacking:
        raise not_a_state(f"it has no `{lacking[0]}`")
    if not isinstance(found["fingerprint"], str) or not _FINGERPRINT.fullmatch(found["fingerprint"]):
        raise not_a_state("its `fingerprint` is of a wrong form")
    if found["fingerprint"] != fingerprint:
        raise InputError(
            f"this state was made by other rules: their fingerprint is {found['fingerprint']}, and that of these is "
            f"{fingerprint} (load the rules that made it, or start again with all events)",
            field="fingerprint",
            value=found["fingerprint"],
            expected=fingerprint,
        )
    try:
        return _stored(found)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        raise not_a_state("a part of it is of a wrong form") from None


def _stored(found: Mapping[str, Any]) -> Stored:
    lead = {"id": found["lead"], "attributes": _all_read(found["attributes"]), "stages": found["stages"]}
    events = [_event(event) for event in found["events"]]
    totals = {_count(place): Total(_count(count), _sum(total)) for place, count, total in found["settled"]}
    mark = None if found["as_of"] is None else read_as_of(dt.datetime.fromisoformat(found["as_of"]))
    remember = dt.timedelta(microseconds=_count(found["remember"])) // dt.timedelta(microseconds=1)
    return Stored(found["fingerprint"], lead, events, totals, mark, remember, _count(found["most"]))


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    """Read the parts of an event; its properties are read with the rules, as those of any event."""
    found = {"type": event["type"], "at": dt.datetime.fromisoformat(event["at"])}
    found["properties"] = _all_read(event["properties"])
    if "id" in event:
        found["id"] = event["id"]
    texts = (found["type"], found.get("id", ""))
    if found["at"].tzinfo is not dt.UTC or any(type(text) is not str for text in texts):
        raise ValueError(event)
    return found


def _all_read(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(value) if type(value) is dict else value for name, value in values.items()}


def _read(value: Any) -> Any:
    match value:
        case {"datetime": str() as text}:
            return dt.datetime.fromisoformat(text)
        case {"date": str() as text}:
            return dt.date.fromisoformat(text)
        case {"number": str() as text}:
            return Decimal(text)
        case _:
            raise ValueError(value)


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _sum(text: str) -> Fraction:
    """Read a fraction as it was written, and no other form: an exponent may ask for more digits than there is room."""
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator), int(denominator or 1))


def _refused(text: str) -> NoReturn:
    raise ValueError(text)
