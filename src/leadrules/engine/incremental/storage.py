"""A state as JSON: plain names and values, exact numbers, times in UTC."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

import attrs

from leadrules.engine.reference.conditions import Total
from leadrules.errors import InputError
from leadrules.lead import read_as_of
from leadrules.values import text_of_instant

VERSION = 1
"""The version of the form in which states are written."""


@attrs.frozen
class Stored:
    """What a state is made of. `totals` are by the index of a question among those of the rules.

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
    content = {
        "fingerprint": stored.fingerprint,
        "lead": stored.lead["id"],
        "as_of": None if stored.mark is None else text_of_instant(stored.mark),
        "remember": stored.remember,
        "most": stored.most,
        "attributes": stored.lead["attributes"],
        "stages": stored.lead["stages"],
        "events": [{**event, "at": event["at"].isoformat()} for event in stored.events],
        "settled": [[index, total.count, str(total.sum)] for index, total in sorted(stored.totals.items())],
    }
    whole = {"state": VERSION, "digest": _digest(content)} | content
    return json.dumps(whole, default=_written, ensure_ascii=False, separators=(",", ":"))


def _digest(content: Mapping[str, Any]) -> str:
    """Give what tells a state that is as it was written, whatever a database did to the order of its keys."""
    return "sha256:" + hashlib.sha256(json.dumps(content, default=_written, sort_keys=True).encode()).hexdigest()


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
        content = {key: part for key, part in found.items() if key not in {"state", "digest"}}
        digest = _digest(content)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise not_a_state("it is not a JSON object") from None
    if "state" not in found:
        raise not_a_state("it does not say that it is one")
    if found["state"] != VERSION:
        raise not_a_state(f"its form is not version {VERSION}")
    if found.get("digest") != digest:
        raise not_a_state("it was changed after it was written")
    if found["fingerprint"] != fingerprint:
        raise InputError(
            f"this state was made by other rules: their fingerprint is {found['fingerprint']}, and that of these is "
            f"{fingerprint} (load the rules that made it, or start again with all events)",
            field="fingerprint",
            value=found["fingerprint"],
            expected=fingerprint,
        )
    return _stored(found)


def _stored(found: Mapping[str, Any]) -> Stored:
    lead = {"id": found["lead"], "attributes": _all_read(found["attributes"]), "stages": found["stages"]}
    events = [
        {**event, "at": dt.datetime.fromisoformat(event["at"]), "properties": _all_read(event["properties"])}
        for event in found["events"]
    ]
    totals = {index: Total(count, Fraction(total)) for index, count, total in found["settled"]}
    mark = None if found["as_of"] is None else read_as_of(dt.datetime.fromisoformat(found["as_of"]))
    return Stored(found["fingerprint"], lead, events, totals, mark, found["remember"], found["most"])


def _all_read(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(value) if type(value) is dict else value for name, value in values.items()}


def _read(value: Mapping[str, str]) -> Any:
    """Read a value that says what it is."""
    match value:
        case {"datetime": text}:
            return dt.datetime.fromisoformat(text)
        case {"date": text}:
            return dt.date.fromisoformat(text)
        case _:
            return Decimal(value["number"])


def _refused(text: str) -> NoReturn:
    raise ValueError(text)
