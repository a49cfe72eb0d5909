"""Events in columns are the events that were put in, in order of time."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from leadrules import Ruleset
from leadrules.engine.incremental.columns import NO_EVENTS, Columns
from leadrules.lead import LeadReader
from leadrules.occurrences import NEVER_LATE
from leadrules.ruleset import program_of

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
RULES = Ruleset.from_text("""
    event page_view[url: text, seconds: number, tags: list of text, seen: bool, due: date, sent: datetime]
    page_view[url is known and seconds > 0 and tags contains "a" and seen and due is known and sent is known] +1
    email_open +1
""")
READER = LeadReader(program_of(RULES).scope)


def plain(*events):
    return READER.plain_events("1", [{"type": "page_view", "at": START} | event for event in events])


def again(columns: Columns) -> Columns:
    found = json.loads(json.dumps({"types": columns.types, "values": columns.values}))
    return Columns(found["types"], found["values"])


def test_values_of_every_kind_come_back():
    given = {
        "url": '/ü "x"',
        "seconds": Decimal("1.50"),
        "tags": ["a", 7],
        "seen": True,
        "due": dt.date(2026, 3, 4),
        "sent": dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    }
    events = plain({"properties": given}, {"properties": {"seconds": 1}})
    columns = again(NO_EVENTS.plus(events))
    assert columns.plain() == [event.plain for event in events]
    assert [type(value) for value in columns.plain()[0]["properties"].values()] == [
        type(value) for value in events[0].plain["properties"].values()
    ]


def test_true_and_one_are_two_values():
    events = plain({"properties": {"seen": True, "seconds": 1}})
    (event,) = again(NO_EVENTS.plus(events)).plain()
    assert event["properties"]["seen"] is True
    assert event["properties"]["seconds"] is not True


@pytest.mark.parametrize(
    "ids", [["a", "b"], ["a b", "c"], ['"', "\\"], ["ü", "é"], ["a", None], [None, "b"], ["aa", "a"], [None, None]]
)
def test_ids_come_back_whatever_they_hold(ids):
    events = plain(*({"id": id_} if id_ else {} for id_ in ids))
    columns = again(NO_EVENTS.plus(events))
    assert [event.get("id") for event in columns.plain()] == ids
    for _ in range(20):
        for event in events:
            if event.occurrence.id:
                assert columns.find("page_view", event.occurrence.id) == (event.plain, NEVER_LATE)
        for other in ("other", "b c", "a b c", "aaa", '"\\'):
            assert columns.find("page_view", other) is None
        assert columns.find("email_open", "a") is None


@pytest.mark.parametrize("values", [3, 2**16 + 3])
def test_one_event_is_read_as_all_are(values):
    given = [
        {
            "at": START + dt.timedelta(days=row, microseconds=row),
            "id": f"{row}0",
            "properties": {"url": f"/{row % 3}"} | ({"seconds": row} if row % 2 else {}),
        }
        for row in range(-40, 40)
    ]
    columns = again(Columns({}, [None, *range(1_000_000, 1_000_000 + values)]).plus(plain(*given)))
    found = columns.plain()
    assert len(found) == len(columns) == 80
    for event in found[::-1]:
        assert columns.find("page_view", event["id"]) == (event, NEVER_LATE)


def test_events_stand_in_order_of_time_and_each_with_its_own_values():
    days = {"/0": 5, "/1": 2, "/2": 9, "/3": 2, "/4": 0}
    given = ({"at": START + dt.timedelta(days=day), "properties": {"url": url}} for url, day in days.items())
    columns = NO_EVENTS
    for event in plain(*given):
        columns = again(columns.plus([event]))
    found = [((event["at"] - START).days, event["properties"]["url"]) for event in columns.plain()]
    assert found == [(0, "/4"), (2, "/1"), (2, "/3"), (5, "/0"), (9, "/2")]


def test_more_values_than_two_bytes_can_number():
    events = plain({"properties": {"url": "/a"}}, {"properties": {"url": "/b"}}, {})
    columns = Columns({}, [None, *range(2**16 - 2)]).plus(events[:1])
    columns = again(again(columns).plus(events[1:]))
    assert len(columns.values) == 2**16 + 1
    assert columns.plain() == [event.plain for event in events]
