"""What is written of a state: its form, what may write it anew, and what is no state."""

import base64
import copy
import datetime as dt
import hashlib
import json
import struct
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from leadrules import InputError, Ruleset, StateError
from leadrules.engine.incremental import identity, log
from leadrules.values import instant_of

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
NO_TIME = dt.timedelta(0)


def at(days: float) -> dt.datetime:
    return START + dt.timedelta(days=days)


def opened(days: float, id_: str) -> dict[str, object]:
    return {"type": "email_open", "at": at(days), "id": id_}


def message(error) -> str:
    return str(error.value)


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is not a JSON object"),
        ("{]", "it is not a JSON object"),
        ("[" * 100_000, "it is not a JSON object"),
        ('{"state":3,"a":NaN}', "it is not a JSON object"),
        ("[1]", "it is not a JSON object"),
        (None, "it is not a JSON object"),
        ('{"id":"1"}', "it does not say that it is one"),
        ('{"state":3}', "it was changed after it was written"),
        ('{"state":3,"digest":[],"a":"\\ud800"}', "it was changed after it was written"),
    ],
)
def test_what_is_no_state_is_refused(text, why):
    with pytest.raises(InputError) as error:
        Ruleset.from_text("email_open +5").resume(text)
    assert message(error) == f"this is not a state of a lead: {why} (give what `to_json` wrote)"


OTHERS = {"2": "an earlier", "4": "another", '"3"': "another", "true": "another", "3.0": "another"}


@pytest.mark.parametrize(("version", "which"), OTHERS.items())
def test_a_state_of_another_version_says_so(version, which):
    with pytest.raises(InputError) as error:
        Ruleset.from_text("email_open +5").resume(f'{{"state":{version}}}')
    told = f"this state of a lead was written by {which} version of leadrules (start again with all its events)"
    assert message(error) == told


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("fingerprint", "sha256:0"),
        ("digest", "sha256:0"),
        ("lead", "2"),
        ("as_of", "2026-01-01"),
        ("remember", -1),
        ("most", 0.5),
        ("attributes", {"country": "DE"}),
        ("stages", 5),
        ("events", {"email_open": {"at": "AAAAAAAAAAA=", "of": {}}}),
        ("streams", ["AAAAAAAAAAA="]),
        ("values", [None, 1]),
        ("layout", "0"),
        ("environment", {}),
        ("totals", [[0, 1, "1e999999999999"]]),
        ("more", 1),
    ],
)
def test_a_state_that_was_changed_is_refused(part, value):
    rules = Ruleset.from_text("email_open +5\ncountry is known +1")
    state = rules.start({"id": "1"})
    state.advance(as_of=NOW)
    with pytest.raises(InputError, match="it was changed after it was written"):
        rules.resume(json.dumps({**json.loads(state.to_json()), part: value}))


def with_digest_anew(found: dict) -> str:
    """Write content that somebody changed with the digest that belongs to it."""
    content = {name: part for name, part in found.items() if name not in {"state", "digest"}}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    return json.dumps({"state": 3, "digest": digest, **content}, ensure_ascii=False)


FORGED = """
    page_view[seconds > 1] +(seconds)
    page_view[url contains "a"] +1 half-life 9 days max 2 per day
    any_event +1
    email_open within 30 days +1
    employees > 1 +1
"""


def forged_state():
    """Give rules, and the parts of a state of theirs that has some of everything."""
    rules = Ruleset.from_text(FORGED)
    state = rules.start({"id": "1", "attributes": {"employees": Decimal("1.50")}}, remember=NO_TIME)
    for days in range(40):
        state.add({"type": "page_view", "at": at(days), "id": days, "properties": {"url": "/a", "seconds": days}})
        state.add(opened(days, f"{days} ü"))
    state.advance(as_of=at(39))
    state.add(opened(40, "later"))
    return rules, json.loads(state.to_json())


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("fingerprint", 5),
        ("layout", None),
        ("state_fingerprint", 5),
        ("lead", {}),
        ("as_of", 5),
        ("as_of", "2026-01-01T00:00:00"),
        ("as_of", "soon"),
        ("remember", "1"),
        ("remember", 10**30),
        ("most", 0.5),
        ("most", True),
        ("judged", []),
        ("judged", {"tzdata": [5]}),
        ("attributes", []),
        ("attributes", {"employees": {"number": "many"}}),
        ("attributes", {"employees": {"date": 5}}),
        ("stages", 5),
        ("environment", "2026a"),
        ("events", []),
        ("events", {"email_open": {}}),
        ("events", {"email_open": {"at": 5, "of": {}}}),
        ("events", {"email_open": {"at": "AAAAAAAAAAA=", "of": {"url": "AAA="}, "id": "a b"}}),
        ("events", {"email_open": {"at": "AAAAAAAAAAA=", "of": {"url": "AAAAAAAAAAA="}}}),
        ("events", {"email_open": {"at": "AAAAAAA=", "of": {}}}),
        ("events", {"email_open": {"at": "AAAAAAAA//8=", "of": {}, "id": ["a", "b"]}}),
        ("waiting", []),
        ("waiting", {"email_open": {}}),
        ("values", {}),
        ("values", None),
        ("streams", []),
        ("streams", 5),
        ("streams", ["A"] * 9),
        ("streams", [5] * 9),
        ("totals", [[0, 1]]),
        ("totals", [[0, 1, "1/0"]]),
        ("totals", [[0, 1, "1e999999999999"]]),
        ("totals", [[0, "1", "1"]]),
        ("totals", [[[], 1, "1"]]),
        ("totals", 5),
    ],
)
def test_a_state_that_was_forged_is_refused_by_what_cannot_be_read(part, value):
    rules, found = forged_state()
    rules.resume(with_digest_anew(found))
    with pytest.raises(InputError) as error:
        rules.resume(with_digest_anew({**found, part: value}))
    assert message(error) == (f"this is not a state of a lead: its `{part}` cannot be read (give what `to_json` wrote)")
    with pytest.raises(InputError, match=f"its `{part}` cannot be read"):
        rules.resume(with_digest_anew({name: other for name, other in found.items() if name != part}))


def changed(value):
    """Give a JSON value with one thing in it changed or left out, in many ways."""
    for other in (None, True, -1, 10**20, 1.5, "x", "é", "AAAA", "AAAAAAAAAAA=", "//////////8=", [], [None], {}):
        if other != value:
            yield other
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in [*inner]:
        less = copy.copy(value)
        del less[key]
        yield less
        for other in changed(part):
            more = copy.copy(value)
            more[key] = other
            yield more


def test_whatever_is_forged_is_refused_in_words_or_goes_on():
    rules, found = forged_state()
    refused = 0
    for other in changed(found):
        if not isinstance(other, dict):
            continue
        try:
            state = rules.resume(with_digest_anew(other))
            state.add({"type": "page_view", "at": at(30), "id": 30, "properties": {"url": "/a", "seconds": 30}})
            state.result(as_of=NOW)
            rules.resume(state.to_json())
        except InputError:
            refused += 1
    assert refused > 300


def as_jsonb(text: str) -> str:
    """Write a state as a database does that keeps shorter keys first, with spaces."""

    def ordered(value):
        if not isinstance(value, dict):
            return [ordered(one) for one in value] if isinstance(value, list) else value
        return {key: ordered(value[key]) for key in sorted(value, key=lambda key: (len(key), key))}

    return json.dumps(ordered(json.loads(text)), ensure_ascii=False)


REWRITTEN = {
    "as it is": str,
    "a new line": lambda text: text + "\n",
    "a new line of Windows": lambda text: text + "\r\n",
    "a space before": lambda text: " " + text,
    "bytes": str.encode,
    "compact, escaped": lambda text: json.dumps(json.loads(text), separators=(",", ":")),
    "spaced, escaped": lambda text: json.dumps(json.loads(text)),
    "indented": lambda text: json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n",
    "indented as lines of Windows": lambda text: json.dumps(json.loads(text), indent=2).replace("\n", "\r\n"),
    "sorted": lambda text: json.dumps(json.loads(text), sort_keys=True, indent=1),
    "sorted, compact": lambda text: json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")),
    "escaped slashes": lambda text: text.replace("/", "\\/"),
    "jsonb": as_jsonb,
}


@pytest.mark.parametrize("rewritten", REWRITTEN.values(), ids=REWRITTEN)
def test_a_state_may_be_written_anew_by_what_stores_it(rewritten):
    rules = Ruleset.from_text('page_view +(seconds)\npage_view[url = "/é"] +1\ncity is known +1')
    state = rules.start({"id": "é/1", "attributes": {"city": "Łódź/x"}}, remember=NO_TIME)
    for days in range(40):
        properties = {"url": "/é", "seconds": 0.5}
        state.add({"type": "page_view", "at": at(days), "id": f"{days}/ü", "properties": properties})
    state.advance(as_of=NOW)
    text = state.to_json()
    again = rules.resume(rewritten(text))
    assert again.to_json() == text
    assert again.result(as_of=NOW).to_json() == state.result(as_of=NOW).to_json()


def test_a_state_of_other_rules_is_refused():
    one, other = (Ruleset.from_text(f"{event} +5") for event in ("email_open", "email_click"))
    with pytest.raises(StateError) as error:
        other.resume(one.start({"id": "1"}).to_json())
    assert message(error) == (
        "this state was made by rules that keep other things of a lead: its state fingerprint is "
        f"{one.state_fingerprint}, and that of these rules is {other.state_fingerprint} "
        "(load the rules that made it, or start again with all events)"
    )


def test_a_state_of_a_leadrules_that_keeps_other_things_is_refused(monkeypatch):
    rules = Ruleset.from_text("email_open +5")
    text = rules.start({"id": "1"}).to_json()
    assert rules.resume(text).to_json() == text
    monkeypatch.setattr(identity, "KEEPS", 0)
    with pytest.raises(StateError, match="was made by another version of leadrules: its state fingerprint is"):
        Ruleset.from_text("email_open +5").resume(text)


def test_by_rules_with_other_streams_the_events_of_a_state_are_sorted_anew():
    rules = "email_open[day > 2026-01-03] +1\nemail_click[day > 2026-01-04] +1"
    before = Ruleset.from_text(rules)
    after = Ruleset.from_text("\n".join(rules.splitlines()[::-1]))
    state = before.start({"id": "1"})
    for days in range(9):
        state.add(opened(days, f"{days}") | {"type": ("email_open", "email_click")[days % 2]})
    assert state.result(as_of=NOW).score == 5
    assert json.loads(state.to_json())["layout"] != json.loads(after.start({"id": "1"}).to_json())["layout"]
    assert after.resume(state.to_json()).result(as_of=NOW).score == 5


def test_by_other_tables_the_events_of_a_state_are_sorted_anew(monkeypatch):
    text = 'page_view[url matches "^/a"] +1 max 1 per day'
    state = Ruleset.from_text(text).start({"id": "1"})
    for days in range(9):
        state.add({"type": "page_view", "at": at(days), "properties": {"url": "/a"}})
    assert state.result(as_of=NOW).score == 9
    stored = state.to_json()
    monkeypatch.setattr(Ruleset, "environment", {"tzdata": "2050a"})
    monkeypatch.setattr(log.EventLog, "of", lambda *_: pytest.fail("streams are taken as they are"))
    again = Ruleset.from_text(text).resume(stored)
    assert again.result(as_of=NOW).score == 9
    assert json.loads(again.to_json())["environment"] == {"tzdata": "2050a"}


# ---------------------------------------------------------------------- JSON


def test_a_state_is_plain_json():
    rules = Ruleset.from_text("page_view +1\npage_view[seconds > 1] +(seconds / 3) max 1\ncountry is known +1")
    state = rules.start({"id": "42", "attributes": {"country": "PL", "other": 1}}, remember=NO_TIME)
    for days in range(40):
        state.add({"type": "page_view", "at": at(days), "id": days, "properties": {"seconds": 0.5 * days, "x": 1}})
    state.advance(as_of=NOW)
    found = json.loads(state.to_json())
    events = found.pop("events")["page_view"]
    assert found.pop("digest").startswith("sha256:")
    assert len(found.pop("layout")) == 12
    assert found.pop("environment") == rules.environment
    assert found == {
        "state": 3,
        "fingerprint": rules.fingerprint,
        "state_fingerprint": rules.state_fingerprint,
        "lead": "42",
        "as_of": "2026-06-01T00:00:00Z",
        "remember": 0,
        "most": 40,
        "again": None,
        "judged": {name: [version] for name, version in rules.environment.items()},
        "attributes": {"country": "PL"},
        "stages": {},
        "streams": [],
        "totals": [[1, 20, "20"]],
        "waiting": {},
        "values": [None, *({"number": f"{days / 2:.1f}"} for days in range(20, 40))],
    }
    assert numbers_in(events["at"], "q") == [instant_of(at(days)) for days in range(20, 40)]
    assert numbers_in(events["of"]["seconds"], "H") == [*range(1, 21)]
    assert events["id"] == " ".join(map(str, range(20, 40)))


def numbers_in(text: str, kind: str) -> list[int]:
    """Read whole numbers of eight (`q`) or two (`H`) bytes, little end first, from base64."""
    return [number for (number,) in struct.iter_unpack(f"<{kind}", base64.b64decode(text))]


WARSAW = ZoneInfo("Europe/Warsaw")


class Money(Decimal):
    """A number of a library, which writes itself in another way when it is formatted."""

    def __format__(self, _: str) -> str:
        return f"{self} PLN"


@pytest.mark.parametrize(
    "attributes",
    [
        {"size": 0.1, "sure": 1.0, "odd": dt.date(2026, 3, 4), "born": dt.date(2026, 3, 4)},
        {
            "size": Decimal("1E+2"),
            "sure": "tak",
            "odd": "2026-04-03",
            "born": dt.datetime(2026, 3, 4, 23, 30, tzinfo=WARSAW),
        },
        {"size": 10**29, "sure": False, "odd": dt.datetime(2026, 3, 4, 5), "names": ("a", 7, None)},  # noqa: DTZ001
        {"size": " 12 ", "sure": "n/a", "odd": dt.datetime(1900, 1, 1, tzinfo=WARSAW), "names": "a; b"},
        {"size": "n/a", "Größe": 7, "odd": "2026-03-04T05:06:07Z"},
        {"size": 1e30, "Größe": Decimal("1.5E+30")},
        {"size": Money("12.5"), "Größe": Money("1E+30")},
    ],
)
def test_values_mean_the_same_after_they_were_written(attributes):
    rules = Ruleset.from_text("""
        timezone "Europe/Warsaw"
        field size: number unknown {"n/a"}
        field sure: bool true {"tak", "1"} false {"nie"} unknown {"n/a"}
        field odd: datetime as "YYYY-DD-MM"
        field born: date
        field names: list of text
        field wide: number from "Größe"
        always +(size / 1000) max 99 points
        sure +1
        odd < 2026-04-01 +(days since odd)
        born = 2026-03-04 +1
        names contains "a" +1
        wide > 5 +1
    """)
    lead = {"id": "1", "attributes": attributes}
    expected = rules.evaluate(lead, as_of=NOW).to_json()
    state = rules.start(lead)
    assert state.result(as_of=NOW).to_json() == expected
    again = rules.resume(state.to_json())
    assert again.result(as_of=NOW).to_json() == expected
    assert rules.resume(again.to_json()).to_json() == again.to_json()


def test_numbers_of_more_than_thirty_digits_are_read_again():
    rules = Ruleset.from_text("page_view +(seconds / seconds)")
    state = rules.start({"id": "1"})
    state.add({"type": "page_view", "at": at(1), "properties": {"seconds": 2e30}})
    assert rules.resume(state.to_json()).result(as_of=NOW).score == 1
