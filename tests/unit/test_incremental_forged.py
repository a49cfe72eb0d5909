"""A state is data from a database: whatever is written into it is refused in words, or goes on."""

import base64
import binascii
import copy
import datetime as dt
import hashlib
import json
import random
import time
from decimal import Decimal

import pytest

from leadrules import InputError, Ruleset

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
RULES = Ruleset.from_text("""
    event page_view[url: text, seconds: number, tags: list of text, ok: bool, due: date, sent: datetime]
    page_view[seconds > 1] +(seconds)
    page_view[url contains "a"] +1 half-life 9 days max 2 per day
    any_event +1
    email_open within 30 days +1
    employees > 1 +1
    city = "x" +1
    created < 2026-01-01 +1
    distinct(url of page_view) > 2 +3
    max(seconds of page_view) > 3 +1
    sum(seconds of page_view) > 3 +1
    page_view +1 max 3 per url
    page_view[ok and due is known and sent is known and tags contains "a"] +1
    email_open followed by page_view within 3 days +1
    page_view since email_open +1
    stages a < b
    score > 3 -> b
""")
ODD = [
    *(None, True, -1, 0, 10**20, -(2**63), 2**63 - 1, 1.5, 1e308, "", "x", "é", "\ud800", "AAAA", "AAAAAAAAAAA="),
    *("/////////38=", "AAAAAAAAAIA=", "1e99999999", "-1/0", "1/3", "9" * 5_000, [], [None], [[]], {}, ["x"] * 3),
    *({"number": "1e99999999"}, {"number": "sNaN"}, {"number": 5}, {"number": "1E+5000"}, {"datetime": "2026-01-01"}),
    *({"datetime": "0001-01-01T00:00:00+23:59"}, {"date": "2026-99-99"}, {"page_view": {}}),
]
NAMES = ["new", "page_view", "email_open", "at", "id", "came", "of", "url", "stage"]


def at(days: float) -> dt.datetime:
    return START + dt.timedelta(days=days)


def view(days: float) -> dict[str, object]:
    more = {"tags": ["a", 1], "ok": True, "due": dt.date(2026, 1, 2), "sent": at(3)}
    properties = {"url": f"/a{days % 5}", "seconds": days, **more}
    return {"type": "page_view", "at": at(days), "id": days, "properties": properties}


def written(remember: int) -> dict[str, object]:
    attributes = {"employees": Decimal("1.50"), "city": "x", "created": at(-500)}
    lead = {"id": "1", "attributes": attributes, "stages": {"stage": "a"}}
    state = RULES.start(lead, remember=dt.timedelta(days=remember))
    for days in range(60):
        state.add(view(days))
        state.add({"type": "email_open", "at": at(days), "id": f"{days} ü"})
    state.advance(as_of=at(45))
    state.add({"type": "email_open", "at": at(3), "id": "late"})
    return json.loads(state.to_json())


STATES = [written(remember) for remember in (0, 7, 900)]


def with_digest_anew(found: dict) -> str:
    content = {name: part for name, part in found.items() if name not in {"state", "digest"}}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = "sha256:" + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return json.dumps({"state": found.get("state"), "digest": digest, **content})


def places(value, place=()):
    if place:
        yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*place, key))


def other_text(text: str, chance: random.Random) -> str:
    """Change a byte of what base64 says, or a letter, or the length."""
    way = chance.random()
    if way < 0.5:
        try:
            data = bytearray(base64.b64decode(text))
            data[chance.randrange(len(data))] = chance.choice([0, 255, 128, 127, chance.randrange(256)])
            return base64.b64encode(data).decode()
        except (binascii.Error, ValueError):
            return text[::-1]
    place = chance.randrange(len(text))
    if way < 0.7:
        return text[:place]
    return text * 2 if way < 0.8 else text[:place] + chance.choice(' "\\\0é=/A') + text[place + 1 :]


def forged(chance: random.Random) -> str:
    found = copy.deepcopy(chance.choice(STATES))
    for _ in range(chance.choice([1, 1, 2])):
        known = list(places(found))
        known = [place for place in known if place[0] != "values" or chance.random() < 0.2]
        *path, key = chance.choice(known)
        part = found
        for one in path:
            part = part[one]
        way = chance.random()
        if isinstance(part[key], str) and part[key] and way < 0.5:
            part[key] = other_text(part[key], chance)
        elif way < 0.8:
            part[key] = chance.choice(ODD)
        elif way < 0.9:
            del part[key]
        elif isinstance(part, dict):
            part[chance.choice(NAMES)] = chance.choice([*ODD, part[key]])
        else:
            part.insert(key, chance.choice([*ODD, part[key]]))
    return with_digest_anew(found)


def use(text: str) -> None:
    """Do with a state what a host may do."""
    state = RULES.resume(text)
    state.add(view(30))
    state.add({"type": "email_open", "at": at(40), "id": "40 ü"})
    RULES.resume(copy.copy(state).to_json())
    state.result(as_of=NOW).to_json()
    state._most = 0
    state.result(as_of=NOW + dt.timedelta(days=300)).to_json()
    RULES.resume(state.to_json()).result(as_of=NOW + dt.timedelta(days=301)).to_json()


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_written_into_a_state_is_refused_or_goes_on(seed):
    chance = random.Random(seed)  # noqa: S311 chooses test data
    refused = 0
    for _ in range(25):
        text = forged(chance)
        begun = time.process_time()
        try:
            use(text)
        except InputError:
            refused += 1
        assert time.process_time() - begun < 2
    assert 0 < refused < 25


def test_what_is_not_forged_goes_on():
    for state in STATES:
        use(with_digest_anew(state))
