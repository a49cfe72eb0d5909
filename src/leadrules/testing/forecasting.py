"""The laws of forecasts: what one says is what scoring says, at every moment of its span."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leadrules import program as p
from leadrules.as_of import read_as_of
from leadrules.audit import ScoredLead
from leadrules.engine.spans.search import AHEAD, mapping_of
from leadrules.errors import LeadrulesError
from leadrules.explain.forecast import Forecast
from leadrules.families import RESULT_LISTS
from leadrules.lead import LeadReader
from leadrules.outputs import in_words
from leadrules.ruleset import Ruleset, program_of
from leadrules.testing.comparing import outcome, same
from leadrules.testing.drawn_leads import RawLead
from leadrules.values import DAY, HOUR, instant_of, moment_of

_DAYS = (1, 2, 8, 40, 100, 400)
_MOMENTS = 40
"""So many moments are looked at."""
_LISTS = {one.noun: one.name for one in RESULT_LISTS.values()}


def forecast_comes_true(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that at every moment of its span `evaluate` gives the labels, outputs and lists that a forecast says.

    Each stage is held from the moment on that it is reached. Looked at are moments near what the rules may cross,
    and moments of chance. A refused lead is refused alike.
    """
    chance = random.Random(seed)  # noqa: S311 chooses test data
    days = chance.choice(_DAYS)
    try:
        rules.evaluate(lead, as_of=as_of)
    except LeadrulesError:
        expected = outcome(rules.evaluate, lead, as_of=as_of)
        same("a forecast refuses otherwise", expected, outcome(rules.forecast, lead, as_of=as_of, days=days))
        return
    found = rules.forecast(lead, as_of=as_of, days=days)
    if found.restless or found.open_ended:
        return
    known = _as_of(rules, lead, as_of)
    told = [one.name for one in program_of(rules).outputs if one.body.type.kind != "number"]
    moments = {moment_of(at) for at in _near(rules, known, as_of, found.until, chance)}
    edges = [change.at for change in found.changes]
    moments |= {edge + dt.timedelta(microseconds=one) for edge in edges for one in (-1, 0, 1)} | {found.until}
    for moment in sorted(one for one in moments if as_of < one <= found.until):
        held = _said(found, moment, told, before=True)["stages"]
        result = rules.evaluate({**known, "stages": held}, as_of=moment)
        said, is_ = _said(found, moment, told), _labels(result, told)
        assert said == is_, f"at {moment.isoformat()} the forecast says {said}, and evaluate {is_}\n{found}"
        for change in found.changes:
            assert change.at != moment or change.score == result.score
    assert _labels(found.then, told) == _said(found, found.until, told)


def next_change_is_the_first(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that a result stays the same up to its next change, and is another then; and that results say so."""
    chance = random.Random(seed)  # noqa: S311 chooses test data
    try:
        result = rules.evaluate(lead, as_of=as_of)
    except LeadrulesError:
        return
    known, found = _as_of(rules, lead, as_of), rules.next_change(lead, as_of=as_of)
    for engine, said in (("evaluate", result), ("explain", rules.explain(lead, as_of=as_of).result)):
        same(f"the result of {engine} is valid until another moment", str(found), str(said.valid_until))
    until = as_of + dt.timedelta(days=20_000) if found is None else found
    moments = {moment_of(at) for at in _near(rules, known, as_of, until, chance)}
    if found is not None:
        moments.add(found - dt.timedelta(microseconds=1))
    for moment in (one for one in moments if as_of <= one < until):
        later = rules.evaluate(known, as_of=moment)
        assert _parts(later) == _parts(result), f"at {moment.isoformat()} {_parts(result)} is {_parts(later)} already"
    if found is not None and instant_of(found) != read_as_of(as_of) + AHEAD:
        later = rules.evaluate(known, as_of=found)
        assert _parts(later) != _parts(result), f"at {found.isoformat()} {_parts(result)} does not change"


def a_state_foresees_the_same(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that a state forecasts what the rules forecast of all that it has taken in, and is as it was before."""
    chance = random.Random(seed)  # noqa: S311 chooses test data
    try:
        state = rules.start({**lead, "events": []}, remember=dt.timedelta(hours=chance.choice((0, 26, 24 * 500))))
        events = [*(lead.get("events") or ())]
        chance.shuffle(events)
        for event in events:
            state.add(event)
        rules.evaluate(lead, as_of=as_of)
    except LeadrulesError:
        return
    for hours in (-24 * 30, -24 * 5, -5):
        state.advance(as_of=as_of + dt.timedelta(hours=hours))
        state._most = 0  # noqa: SLF001 - forget now, not only once there are many
    days, text = chance.choice(_DAYS), state.to_json()
    expected = [outcome(rules.forecast, lead, as_of=as_of, days=days), rules.next_change(lead, as_of=as_of)]
    found = [outcome(state.forecast, as_of=as_of, days=days), state.next_change(as_of=as_of)]
    same("a state foresees otherwise", str(expected), str(found))
    same("a forecast changes the state", text, state.to_json())
    results = [state.result(as_of=as_of), state.explain(as_of=as_of).result]
    state.add({"type": events[0]["type"], "at": as_of} if events else {"type": "activity", "at": as_of})
    for result in results:
        same("the result of a state is valid until another moment", str(expected[1]), str(result.valid_until))


def _as_of(rules: Ruleset, lead: RawLead, as_of: dt.datetime) -> dict[str, Any]:
    """Give a lead as it is known at a moment, without what happens later."""
    return mapping_of(LeadReader(program_of(rules).scope).read(lead, read_as_of(as_of)), program_of(rules))


def _near(
    rules: Ruleset, lead: Mapping[str, Any], as_of: dt.datetime, until: dt.datetime, chance: random.Random
) -> Iterator[int]:
    """Give instants near what the rules may cross after a moment, and some of chance."""
    program, first, last = program_of(rules), instant_of(as_of), instant_of(until)
    anchors = [instant_of(event["at"]) for event in lead["events"]]
    for value in lead["attributes"].values():
        if isinstance(value, dt.datetime):
            anchors.append(instant_of(value))
        elif isinstance(value, dt.date):
            anchors.append(program.scope.zone.midnight(value))
    spans = [one.within for one in program.find(p.Selection, p.Relation, p.MomentWithin) if one.within is not None]
    yield first + 1
    for _ in range(_MOMENTS):
        at = chance.randint(first, max(first, last))
        if anchors and chance.random() < 0.7:
            at = chance.choice(anchors)
            if spans and chance.random() < 0.5:
                at += chance.choice(spans)
            else:
                unit = chance.choice((DAY, DAY, HOUR))
                at += ((chance.randint(first, max(first, last)) - at) // unit) * unit
        elif chance.random() < 0.3:
            at = program.scope.zone.midnight(program.scope.zone.day(at))
        yield at + chance.choice((-1, 0, 1))


def _said(found: Forecast, moment: dt.datetime, told: Sequence[str], *, before: bool = False) -> dict[str, Any]:
    """Give the labels and lists that a forecast says for a moment, or for the one before it."""
    said = _labels(found.now, told)
    for change in found.changes:
        if change.at > moment or (before and change.at == moment):
            break
        if change.kind in _LISTS:
            texts = said[_LISTS[change.kind]]
            said[_LISTS[change.kind]] = texts - {change.before} if change.after is None else texts | {change.after}
        else:
            said[f"{change.kind}s"][change.name] = change.after
    return said


def _labels(result: ScoredLead, told: Sequence[str]) -> dict[str, Any]:
    lists = {name: frozenset(getattr(result, name)) for name in RESULT_LISTS}
    outputs = {name: in_words(result.outputs[name]) for name in told}
    return {"stages": dict(result.stages), "grades": dict(result.grades), "outputs": outputs, **lists}


def _parts(result: ScoredLead) -> dict[str, Any]:
    lists = {name: getattr(result, name) for name in RESULT_LISTS}
    return {
        "score": result.score,
        "dimensions": dict(result.dimensions),
        "stages": dict(result.stages),
        "grades": dict(result.grades),
        "outputs": dict(result.outputs),
        **lists,
    }
