"""Laws of reading a lead: order means nothing, and whatever is given, facts or an input error comes out."""

import datetime as dt
import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from leadrules.errors import InputError
from leadrules.lead import Facts, LeadReader
from leadrules.values import instant_of, zone
from leadrules.vocabulary import BOOL, DATE, DATETIME, NUMBER, TEXT, TEXTS, EventType, Field, Property, Scope, Type

TYPES = (NUMBER, TEXT, BOOL, DATE, DATETIME, TEXTS, Type("text", ("a", "B")))
KINDS = ("number", "text", "bool", "date", "datetime", "texts", "choice")
FIELDS = {name: Field(name, type_) for name, type_ in zip(KINDS, TYPES, strict=True)}
FIELDS |= {
    "sifted": Field("sifted", NUMBER, unknown=frozenset({"n/a", "-1"}), pii=True),
    "by_pattern": Field("by_pattern", DATE, forms=("D.M.YYYY",)),
    "consent": Field("consent", BOOL, true_words=frozenset({"tak"}), false_words=frozenset({"nie"}), default=False),
}
PROPERTIES = tuple(Property(name, type_) for name, type_ in zip(KINDS, TYPES, strict=True))
SCOPE = Scope(
    FIELDS,
    {"visit": EventType("visit", PROPERTIES), "click": EventType("click"), "unread": EventType("unread")},
    {"visit": frozenset(KINDS[:4]), "click": frozenset()},
    {"stage": ("lead", "mql")},
    zone("Europe/Warsaw"),
)
READER = LeadReader(SCOPE)
AS_OF = instant_of(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))

YEAR_3, YEAR_9997 = (dt.datetime(year, 1, 1) for year in (3, 9997))  # noqa: DTZ001 hypothesis adds the timezone

texts = st.sampled_from(["", " ", "a", "b", "yes", "0", "1", "12.5", "1e9", "n/a", "tak", "2026-05-05", "1.2.2026"])
times = st.sampled_from(["2026-05-05", "2026-05-05T10:00:00Z", "2026-05-05T12:00:00+02:00", "2026-12-01T00:00:00"])
scalars = st.none() | st.booleans() | st.integers(-3, 3) | texts
numbers = st.integers() | st.floats() | st.decimals() | st.decimals(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    scalars
    | numbers
    | st.text(st.characters(), max_size=12)
    | st.binary(max_size=4)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
    | times,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def mapping_of(names, values):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))


events = st.fixed_dictionaries(
    {"type": st.sampled_from(["visit", "click", "unread", "elsewhere", " visit"]), "at": times},
    optional={
        "id": st.sampled_from([None, "", "e", "f", 7]),
        "properties": mapping_of(
            KINDS, scalars | st.lists(texts, max_size=2) | st.just(1.5) | st.dates(max_value=dt.date(2030, 1, 1))
        ),
    },
)
leads = st.fixed_dictionaries(
    {"id": st.just("1"), "attributes": mapping_of(FIELDS, scalars | times), "events": st.lists(events, max_size=8)}
)
garbage = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 9) | anything,
        "attributes": mapping_of(FIELDS, anything) | anything,
        "events": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "type": st.sampled_from(["visit", "click"]) | anything,
                    "at": times | anything,
                    "id": anything,
                    "properties": mapping_of(KINDS, anything) | anything,
                },
            )
            | anything,
            max_size=4,
        )
        | anything,
        "stages": st.fixed_dictionaries({"stage": anything}) | anything,
    },
)


def attempt(lead: object) -> Facts | InputError:
    try:
        return LeadReader(SCOPE).read(lead, AS_OF)
    except InputError as error:
        return error


def outcome(lead: object) -> Facts | set[tuple[str | None, ...]]:
    """Give the facts, or what is wrong, but for the places of events: both must not depend on order."""
    try:
        return READER.read(lead, AS_OF)
    except InputError as error:
        return {(one.code, one.field, one.event_id, one.value, one.expected) for one in error.mistakes}


def mixed(lead, seed):
    """Give the same lead with every mapping and the events in another order."""
    chance = random.Random(seed)  # noqa: S311 shuffles test data

    def shuffled(value):
        if isinstance(value, dict):
            pairs = [(name, shuffled(part)) for name, part in value.items()]
            chance.shuffle(pairs)
            return dict(pairs)
        return value

    reordered = [shuffled(event) for event in lead["events"]]
    chance.shuffle(reordered)
    return {**shuffled(lead), "events": reordered}


@given(leads, st.integers())
def test_the_order_of_events_and_attributes_means_nothing(lead, seed):
    assert outcome(lead) == outcome(mixed(lead, seed))


@given(leads)
def test_reading_twice_gives_the_same(lead):
    assert outcome(lead) == outcome(lead)


@given(garbage | anything)
def test_anything_gives_facts_or_an_input_error(lead):
    facts = attempt(lead)
    if isinstance(facts, InputError):
        assert facts.reason.isprintable()
        return
    assert list(facts.attributes) == list(FIELDS)
    assert all(event.at <= AS_OF for event in facts.events)


@given(leads)
def test_events_are_in_order_and_each_id_of_a_type_stands_once(lead):
    facts = outcome(lead)
    if isinstance(facts, set):
        return
    assert [e.at for e in facts.events] == sorted(e.at for e in facts.events)
    named = [(e.type, e.id) for e in facts.events if e.id]
    assert len(named) == len(set(named))


@given(leads)
def test_giving_events_twice_changes_nothing_where_they_have_ids(lead):
    named = [{**event, "id": str(place)} for place, event in enumerate(lead["events"])]
    doubled = outcome({**lead, "events": named + named})
    once = outcome({**lead, "events": named})
    if isinstance(once, set):
        assert doubled == once
    else:
        assert doubled.events == once.events


@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers() | st.floats(allow_nan=False))
def test_a_number_means_the_same_as_its_text(number):
    given_ = {"id": "1", "attributes": {"number": number}}
    written = {"id": "1", "attributes": {"number": str(number)}}
    one, other = outcome(given_), outcome(written)
    assert one == other or isinstance(one, set) is isinstance(other, set) is True


@given(st.decimals(min_value=-1000, max_value=1000, places=3))
def test_a_decimal_is_read_exactly(number):
    facts = outcome({"id": "1", "attributes": {"number": number}})
    assert isinstance(facts, Facts)
    value = facts.attributes["number"]
    assert Decimal(value.numerator) / Decimal(value.denominator) == number


@given(st.datetimes(YEAR_3, YEAR_9997, timezones=st.timezones()))
def test_an_instant_means_the_same_as_its_text_in_utc(moment):
    text = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    one = outcome({"id": "1", "attributes": {"datetime": moment, "date": moment}})
    other = outcome({"id": "1", "attributes": {"datetime": text, "date": text}})
    assert one == other
    assert isinstance(one, Facts)
