"""A state as JSON: attributes and labels as they are, events in columns, exact numbers, times in UTC."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import operator
from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NoReturn

import attrs

from leadrules.as_of import read_as_of
from leadrules.engine.incremental.columns import Columns, json_value, not_a_state, plain_value_of, reading
from leadrules.engine.reference.conditions import Total
from leadrules.errors import StateError
from leadrules.history import Change
from leadrules.values import text_of_instant

VERSION = 3
"""The version of the form in which states are written."""

_OPENING = f'{{"state":{VERSION},"digest":"sha256:'
_DIGITS = 64


@attrs.frozen
class Forgotten:
    """What is known of events that are kept no more.

    `judged` are the versions of tables by which they were judged, `unreadable` names what could not be read of them.
    """

    judged: Mapping[str, Sequence[str]] = MappingProxyType({})
    unreadable: frozenset[str] = frozenset()


NOTHING_FORGOTTEN = Forgotten()


@attrs.frozen
class Stored:
    """What a state is made of. `totals` are by the number of a question among those of the rules.

    `fingerprint` is that of the rules which wrote it, `kept` the one of what they keep; `layout` says what
    the streams are. Of events, those apart that wait for their
    moment; both have the same `values`. `streams` are moments, packed, of those that do not follow from
    the columns; they were made by tables of the versions in `environment`. `mark` is an instant, or None
    where no result was asked for; `remember` is in microseconds. `most` is how many events there may be
    before they are looked through, and `again` the instant when that is worth it whatever came, if there is one.
    `changes` are those of the lead.
    """

    fingerprint: str
    kept: str
    layout: str
    environment: Mapping[str, str]
    lead: Mapping[str, Any]
    events: Columns
    waiting: Columns
    streams: Sequence[str]
    totals: Mapping[int, Total]
    mark: int | None
    remember: int
    most: int
    again: int | None
    forgotten: Forgotten
    changes: Sequence[Change] = ()


# ------------------------------------------------------------------- writing


def text_of(stored: Stored) -> str:
    """Write a state as compact JSON."""
    lead = stored.lead
    parts = {
        "again": "null" if stored.again is None else str(stored.again),
        "as_of": _canonical(None if stored.mark is None else text_of_instant(stored.mark)),
        "attributes": _canonical({name: json_value(value) for name, value in lead["attributes"].items()}),
        "environment": _canonical(stored.environment),
        "events": _events(stored.events),
        "fingerprint": _canonical(stored.fingerprint),
        "judged": _canonical(dict(stored.forgotten.judged)),
        "layout": _canonical(stored.layout),
        "lead": _canonical(lead["id"]),
        "most": str(stored.most),
        "remember": str(stored.remember),
        "stages": _canonical(lead["stages"]),
        "state_fingerprint": _canonical(stored.kept),
        "streams": "[" + ",".join([f'"{moments}"' for moments in stored.streams]) + "]",
        "totals": _canonical([[index, total.count, str(total.sum)] for index, total in sorted(stored.totals.items())]),
        "values": _canonical(stored.events.values),
        "waiting": _events(stored.waiting),
    }
    if stored.changes:
        changes = [[text_of_instant(one.at), one.part, one.name, json_value(one.value)] for one in stored.changes]
        parts["changes"] = _canonical(changes)
    if stored.forgotten.unreadable:
        parts["unreadable"] = _canonical(sorted(stored.forgotten.unreadable))
    parts = dict(sorted(parts.items()))
    content = "{" + ",".join([f'"{name}":{part}' for name, part in parts.items()]) + "}"
    return f'{_OPENING}{_sha256(content)}",{content[1:]}'


_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
"""Writes content in one way, whatever a database did to the order of its keys."""


def _events(events: Columns) -> str:
    """Write columns as `_canonical` does, in a quarter of the time: their long texts have nothing to escape."""
    types = []
    for type_, column in sorted(events.types.items()):
        ids = column.get("id")
        came = f',"came":"{column["came"]}"' if "came" in column else ""
        id_ = "" if ids is None else f',"id":"{ids}"' if isinstance(ids, str) else f',"id":{_canonical(ids)}'
        of = ",".join([f'{_name(name)}:"{indices}"' for name, indices in sorted(column["of"].items())])
        types.append(f'{_name(type_)}:{{"at":"{column["at"]}"{came}{id_},"of":{{{of}}}}}')
    return "{" + ",".join(types) + "}"


@functools.lru_cache(maxsize=4_096)
def _name(name: str) -> str:
    return _canonical(name)


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()


# ------------------------------------------------------------------- reading


def read_state(text: str | bytes | Mapping[str, Any], fingerprint: str, kept: str) -> Stored:
    """Read a state that was written for rules which keep the same. Raises StateError for any other text."""
    try:
        if isinstance(text, Mapping):  # of which nothing is shared
            text = json.dumps(dict(text))
        found = json.loads(text, parse_constant=_refused)
        version, digest = found.pop("state", None), found.pop("digest", None)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise not_a_state("it is not a JSON object") from None
    if version is None:
        raise not_a_state("it does not say that it is one")
    if type(version) is not int or version != VERSION:
        when = "an earlier" if type(version) is int and version < VERSION else "another"
        problem = f"this state of a lead was written by {when} version of leadrules"
        reason = f"{problem} (start again with all its events)"
        raise StateError(reason, code="state_of_other_rules", expected="what `to_json` wrote")
    if not _is_as_written(text, found, digest):
        raise not_a_state("it was changed after it was written")
    made_by, made_for = _part(found, "fingerprint", str), _part(found, "state_fingerprint", str)
    if made_for != kept:
        which = "another version of leadrules" if made_by == fingerprint else "rules that keep other things of a lead"
        raise StateError(
            f"this state was made by {which}: its state fingerprint is {made_for}, and that of these rules is "
            f"{kept} (load the rules that made it, or start again with all events)",
            code="state_of_other_rules",
            field="state_fingerprint",
            value=made_for,
            expected=kept,
        )
    return _stored(found)


def _is_as_written(text: object, found: Mapping[str, Any], digest: object) -> bool:
    """Tell whether content is what its digest was made of.

    Of a text that nobody touched, that is what follows the digest; whatever else wrote the same content
    in other spaces, order or escapes, written anew it is the same.
    """
    start = len(_OPENING) + _DIGITS + 2
    whole = isinstance(text, str) and text.startswith(_OPENING) and digest == f"sha256:{_sha256('{' + text[start:])}"
    return whole or digest == f"sha256:{_sha256(_canonical(found))}"


def _stored(found: Mapping[str, Any]) -> Stored:
    given, remember = _part(found, "attributes", dict), _part(found, "remember", int)
    values = _part(found, "values", list)
    with reading("attributes"):
        attributes = {name: plain_value_of(value) for name, value in given.items()}
    with reading("totals"):
        totals = {index: _total(count, text) for index, count, text in _part(found, "totals", list)}
    with reading("as_of"):
        mark = None if found["as_of"] is None else read_as_of(dt.datetime.fromisoformat(found["as_of"]))
    with reading("remember"):
        dt.timedelta(microseconds=remember)
    return Stored(
        found["fingerprint"],
        found["state_fingerprint"],
        _part(found, "layout", str),
        _part(found, "environment", dict),
        {"id": _part(found, "lead", str), "attributes": attributes, "stages": _part(found, "stages", dict)},
        Columns.of("events", _part(found, "events", dict), values),
        Columns.of("waiting", _part(found, "waiting", dict), values),
        _part(found, "streams", list),
        totals,
        mark,
        remember,
        _part(found, "most", int),
        _part(found, "again", int, type(None)),
        Forgotten(
            _versions(_part(found, "judged", dict)), _names(_part({"unreadable": [], **found}, "unreadable", list))
        ),
        _changes(_part({"changes": [], **found}, "changes", list)),
    )


def _changes(given: Sequence[Any]) -> tuple[Change, ...]:
    with reading("changes"):
        return tuple(
            Change(read_as_of(dt.datetime.fromisoformat(at)), "".join(name), plain_value_of(value), "".join(part))
            for at, part, name, value in given
        )


def _names(given: Sequence[Any]) -> frozenset[str]:
    with reading("unreadable"):
        return frozenset("".join(name) for name in given)


def _versions(judged: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    with reading("judged"):
        return {name: tuple(sorted({"".join(version) for version in versions})) for name, versions in judged.items()}


def _part(found: Mapping[str, Any], name: str, *kinds: type) -> Any:
    """Give a part, of a kind."""
    with reading(name):
        if type(found[name]) not in kinds:
            raise TypeError(f"{found[name]!r} is of another kind")
        return found[name]


def _total(count: int, text: str) -> Total:
    """Read a total. The sum is one whole number over another, which a power of ten in it is not."""
    return Total(operator.index(count), Fraction(*map(int, text.split("/"))))


def _refused(text: str) -> NoReturn:
    raise ValueError(text)
