"""Values of other libraries, and values that raise or lie: each is a value or a mistake, the same on every engine."""

import datetime as dt
import enum
import signal
import uuid
from collections import UserDict, UserString
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules import AsOfError, InputError, LeadError, Ruleset
from leadrules.foreign import Unheld

RULES = Ruleset.from_text("""
    field size: number
    field ok: bool
    field name: text
    field kind: one of {"a", "b"}
    field seen: datetime
    field born: date
    field tags: list of text
    field secret: text pii
    event visit[url: text, seconds: number, when: datetime, flag: bool]
    size >= 5 +5
    ok +1
    name = "x" +1
    kind = "a" +1
    seen > 2020-01-01 +1
    born > 2020-01-01 +1
    tags contains "x" +1
    secret is known +1
    visit[url contains "/pricing" or seconds > 3 or flag] +1
    days since last(when of visit) > 3 +1
    stages stage: lead < mql
      score >= 5 -> mql
""")
AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
FIELDS = ("size", "ok", "name", "kind", "seen", "born", "tags", "secret")
PROPERTIES = ("url", "seconds", "when", "flag")


def outcome(ask):
    """Give the bytes of a result, or what is wrong; anything else than an InputError goes on."""
    try:
        return ask()
    except InputError as error:
        str(error), error.reason.encode()
        return [mistake.to_dict() for mistake in error.mistakes]


def outcomes(lead):
    """Ask each engine about a lead: they agree."""
    first = outcome(lambda: RULES.evaluate(lead, as_of=AS_OF).to_json())
    assert outcome(lambda: RULES.explain(lead, as_of=AS_OF).result.to_json()) == first  # noqa: PLW0108 - it may raise
    assert outcome(lambda: [r.to_json() for r in RULES.score_many([lead], as_of=AS_OF)]) in ([first], first)
    started = outcome(lambda: RULES.start(lead).result(as_of=AS_OF).to_json())
    assert isinstance(started, list) or started == first
    RULES.check_lead(lead)
    return first


def read(field, raw):
    """Give the evidence of a field's value, or the sentence about it."""
    rules = Ruleset.from_text({"size": "field size: number", "name": "field name: text", "ok": "field ok: bool",
                               "seen": "field seen: datetime", "tags": "field tags: list of text"}[field]
                              + f"\n{field} is known +1")  # fmt: skip
    try:
        audit = rules.evaluate({"id": "1", "attributes": {field: raw}}, as_of=AS_OF).audit
    except InputError as error:
        return error.reason.removeprefix(f"field `{field}`: ")
    return audit[0].evidence["values"][field] if audit else None


class Raising:
    """Raises whatever is done with it."""

    def fail(self, *_):
        raise RuntimeError("no")

    __eq__ = __hash__ = __str__ = __repr__ = __len__ = __iter__ = __bool__ = __getattr__ = __int__ = __float__ = fail
    __contains__ = __lt__ = __call__ = fail

    @property
    def __class__(self):
        raise RuntimeError("no")


class LyingDecimal(Decimal):
    def is_finite(self):
        return True

    def __str__(self):
        return "7"


class LyingText(str):
    __slots__ = ()

    def strip(self, *_):
        return 5

    def __str__(self):
        return 7  # noqa: PLE0307 - it lies


class LyingTime(dt.datetime):
    def utcoffset(self):
        return "soon"


class Zone(dt.tzinfo):
    def utcoffset(self, _):
        raise RuntimeError("no")


class RaisingMapping(Mapping):
    def __getitem__(self, key):
        raise RuntimeError("no")

    def __iter__(self):
        raise RuntimeError("no")

    def __len__(self):
        return 3


class Colour(enum.Enum):
    RED = "x"


class Text(enum.StrEnum):
    RED = "x"


class Count(enum.IntEnum):
    MANY = 7


class Failing:
    """A query that fails when it is gone through."""

    def __iter__(self):
        raise RuntimeError("no")


RECURSIVE: list = []
RECURSIVE.append(RECURSIVE)
LOOP: dict = {}
LOOP["loop"] = LOOP
HOSTILE = [
    Raising(), LyingDecimal("NaN"), LyingDecimal("sNaN"), LyingDecimal(3), LyingText(" x "), LyingTime(2026, 1, 1),
    dt.datetime(2026, 1, 1, tzinfo=Zone()), RaisingMapping(), Colour.RED, Text.RED, Count.MANY, RECURSIVE, LOOP,
    [Raising()], {"a": Raising()}, 10**5_000, -(10**5_000), 1j, Fraction(1, 3), Fraction(4, 2), uuid.UUID(int=7),
    UserString("x"), UserDict({"id": "1"}), object(), object, Raising, range(3), bytearray(b"x"), memoryview(b"x"),
    float("nan"), Decimal("NaN"), Decimal("1E+999999"), "\ud800", "a\0", dt.time(3), dt.timedelta(3), {1, 2},
    frozenset("x"), Ellipsis, NotImplemented, lambda: 1, Failing(), ValueError("x"),
    type("Odd", (), {"id": Raising()})(),
]  # fmt: skip
PLACES = [("attributes", field) for field in FIELDS] + [("properties", name) for name in PROPERTIES]
PLACES += [("event", part) for part in ("type", "at", "id", "properties", "other")]
PLACES += [("lead", part) for part in ("id", "attributes", "events", "stages", "other")]
PLACES += [("stages", "stage"), ("events", ""), ("whole", "")]


def lead_with(raw, place, name):
    event = {"type": "visit", "at": "2026-05-31T10:00:00Z", "id": "e", "properties": {"url": "/pricing", "seconds": 2}}
    lead = {"id": "1", "attributes": {"size": 7, "ok": True}, "events": [event], "stages": {"stage": "lead"}}
    if place == "whole":
        return raw
    if place == "events":
        lead["events"] = [event, raw]
    else:
        {"lead": lead, "event": event, "properties": event["properties"]}.get(place, lead.get(place))[name] = raw
    return lead


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join(place).strip("-"))
def test_whatever_stands_anywhere_is_a_value_or_a_mistake(place):
    for raw in HOSTILE:
        outcomes(lead_with(raw, *place))


@given(st.data())
def test_whatever_stands_in_several_places_is_a_value_or_a_mistake(data):
    lead = lead_with(7, "attributes", "size")
    for place, name in data.draw(st.lists(st.sampled_from(PLACES[:-2]), min_size=1, max_size=4, unique=True)):
        raw = HOSTILE[data.draw(st.integers(0, len(HOSTILE) - 1))]
        event = lead["events"][0] if type(lead["events"]) is list and lead["events"] else {}
        at = {"lead": lead, "event": event}.get(place)
        at = event.get("properties") if place == "properties" else lead.get(place) if at is None else at
        if type(at) is dict:
            at[name] = raw
    outcomes(lead)


@pytest.mark.parametrize("index", range(len(HOSTILE)))
def test_whatever_is_given_to_a_state_or_for_a_moment_is_taken_or_refused(index):
    raw = HOSTILE[index]
    state = RULES.start({"id": "1"})
    before = state.to_json()
    for change in (
        lambda: state.add(raw),
        lambda: state.add({"type": "visit", "at": raw}),
        lambda: state.add({"type": "visit", "at": "2026-01-01", "id": raw, "properties": {"url": raw, "seconds": raw}}),
        lambda: state.update(raw),
        lambda: state.update({"name": raw, "size": raw}, stages={"stage": raw}),
    ):
        if isinstance(outcome(change), list):
            assert state.to_json() == before
        before = state.to_json()
    for ask in (RULES.evaluate, RULES.explain, RULES.forecast):
        with pytest.raises(AsOfError):
            ask({"id": "1"}, as_of=raw)
    with pytest.raises(AsOfError):
        state.result(as_of=raw)


FAILED = "asking it failed with RuntimeError"


@pytest.mark.parametrize(
    ("field", "raw", "found"),
    [
        ("name", uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ("name", Text.RED, "x"),
        ("name", LyingText(" x "), "x"),
        ("size", Count.MANY, 7),
        ("size", LyingDecimal("3"), 3),
        ("size", LyingDecimal("NaN"), "`NaN` is not a finite number (leave out what is not known)"),
        ("name", Colour.RED, "a Python `Colour` is not a text (give a text)"),
        ("size", Fraction(1, 3), "a Python `Fraction` is not a number (give an int, a Decimal or a float)"),
        ("name", float("nan"), "`nan` is not a text (NaN is no value: leave out what is not known)"),
        ("tags", {"a"}, "a set is not a list of text (give a list)"),
        ("size", (1, 2), "a list is not a number (give one value)"),
        ("seen", [dt.date(2026, 1, 1)], "a list is not a datetime (give one value)"),
        ("ok", {"a": True}, "an object is not true or false (give one value)"),
        ("tags", {"a": 1}, 'an object is not a list of text (write a list, or one text such as "a, b")'),
        ("seen", LyingTime(2026, 1, 1), "2026-01-01T00:00:00Z"),
        (
            "seen",
            dt.datetime(2026, 1, 1, tzinfo=Zone()),
            "this value cannot be read: " + FAILED,
        ),
    ],
)
def test_values_of_programs(field, raw, found):
    assert read(field, raw) == found


def test_what_raises_is_told_where_it_stands():
    lead = {"id": "1", "attributes": {"name": Raising()}, "events": [RaisingMapping()], "stages": RaisingMapping()}
    with pytest.raises(LeadError) as caught:
        RULES.evaluate(lead, as_of=AS_OF)
    assert [(one.code, one.field, one.event) for one in caught.value.mistakes] == [
        ("unreadable", "name", None),
        ("unreadable", "events", 0),
        ("unreadable", "stages", None),
    ]


def test_a_query_that_fails_says_why():
    with pytest.raises(LeadError, match=f"events: what was given cannot be read: {FAILED}") as caught:
        RULES.evaluate({"id": "1", "events": Failing()}, as_of=AS_OF)
    assert caught.value.code == "unreadable"


def test_numbers_of_numpy():
    np = pytest.importorskip("numpy")
    assert read("size", np.int32(7)) == read("size", np.uint64(7)) == 7
    assert read("size", np.float64(0.1)) == Decimal("0.1")
    assert read("size", np.float32(0.5)) == Decimal("0.5")
    assert read("size", np.float32(0.1)) == Decimal("0.10000000149011612")
    assert read("size", np.array(7)) == "a Python `ndarray` is not a number (give an int, a Decimal or a float)"
    assert read("size", np.float32("nan")) == "`nan` is not a finite number (leave out what is not known)"
    assert read("ok", np.bool_(True)) is True
    assert read("ok", np.bool_(False)) is False
    assert read("name", np.str_("x")) == "x"
    assert read("seen", np.datetime64("2026-01-01T10:00:00.123456789")) == "2026-01-01T10:00:00.123456Z"
    assert read("seen", np.datetime64("2026-01-01")) == "2026-01-01T00:00:00Z"
    assert read("seen", np.datetime64("NaT")) is None
    assert read("tags", np.array(["a", "x"])) == ["a", "x"]
    assert read("size", np.array([7])) == "a list is not a number (give one value)"
    assert read("size", np.timedelta64(7, "D")).startswith("a Python `timedelta` is not a number")
    assert read("name", np.timedelta64(7, "ns")) == "a Python `timedelta` is not a text (give a text)"
    assert "is not a datetime" in read("seen", np.int64(7))
    for raw in (
        np.bool_(True),
        np.int8(3),
        np.array([[1]]),
        np.array([1.5, None]),
        np.datetime64("NaT"),
        np.complex64(1),
    ):
        for place in PLACES:
            outcomes(lead_with(raw, *place))


def test_values_of_pandas():
    pd = pytest.importorskip("pandas")
    assert read("size", pd.NA) is read("name", pd.NA) is read("ok", pd.NA) is read("seen", pd.NaT) is None
    assert read("seen", pd.Timestamp("2026-01-01T10:00:00.5Z")) == "2026-01-01T10:00:00.5Z"
    frame = pd.DataFrame({"id": [1, 2], "size": [7, None], "name": ["x", None]}).convert_dtypes()
    leads = [{"id": str(row.pop("id")), "attributes": row} for row in frame.to_dict("records")]
    assert [result.score for result in RULES.score_many(leads, as_of=AS_OF)] == [6, 0]
    for raw in (pd.NA, pd.NaT, pd.Timestamp("2026-01-01"), pd.Timedelta(3), pd.Series([1]), frame):
        for place in PLACES:
            outcomes(lead_with(raw, *place))


class Alarm(TimeoutError):
    """What the handler of a host's signal raises."""


def ring(*_):
    raise Alarm


class Ringing(str):
    """A text during whose reading a signal comes in."""

    __slots__ = ()

    def __hash__(self):
        signal.raise_signal(signal.SIGUSR1)
        return 7

    __eq__ = str.__eq__


class Interrupted:
    """A lead during whose reading a signal comes in."""

    attributes: dict = {}  # noqa: RUF012
    events = ()

    @property
    def id(self):
        signal.raise_signal(signal.SIGUSR1)


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="signals of POSIX")
def test_what_the_handler_of_a_signal_raises_is_no_mistake_of_a_lead():
    before = signal.signal(signal.SIGUSR1, ring)
    try:
        with pytest.raises(Alarm):
            RULES.evaluate(lead_with(Ringing("x"), "attributes", "name"), as_of=AS_OF)
        with pytest.raises(Alarm):
            RULES.explain(Interrupted(), as_of=AS_OF)
    finally:
        signal.signal(signal.SIGUSR1, before)


LATE = Unheld("12000-01-01", "is out of range", "write a year from 2 to 9998", "out_of_range")
SEEN = {"type": "page_view", "at": "2026-01-01"}
HELD_NOWHERE = {
    "field `f`": {"attributes": {"f": LATE}},
    "event `page_view`: `at`": {"events": [SEEN | {"at": LATE}]},
    "event `page_view`: `id`": {"events": [SEEN | {"id": LATE}]},
    "event `page_view`: property `p`": {"events": [SEEN | {"properties": {"p": LATE}}]},
}


@pytest.mark.parametrize("place", HELD_NOWHERE)
@pytest.mark.parametrize("kind", ["number", "bool", "text", "date", "datetime", "list of text", 'one of {"a", "b"}'])
def test_a_value_that_python_cannot_hold_is_told_alike_by_all_engines(kind, place):
    rules = Ruleset.from_text(
        f"field f: {kind}\nevent page_view[p: number]\nf is known +1\npage_view[p is known] +1\npage_view +1"
    )
    lead = {"id": "1", **HELD_NOWHERE[place]}
    for ask in (partial(rules.evaluate, as_of=AS_OF), partial(rules.explain, as_of=AS_OF), rules.start):
        with pytest.raises(LeadError) as caught:
            ask(lead)
        assert str(caught.value) == f"lead `1`: {place}: `12000-01-01` is out of range (write a year from 2 to 9998)"
        assert caught.value.code == "out_of_range"
