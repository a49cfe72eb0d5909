"""The law that a result tells what was scored, whatever becomes of the lead afterwards, and changes in place."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping, MutableMapping, MutableSequence
from typing import Any

from leadrules.errors import LeadrulesError
from leadrules.ruleset import Ruleset
from leadrules.testing.comparing import outcome, same
from leadrules.testing.drawn_leads import RawLead

_OTHERS = ("changed", "/pricing", 7, None, True, ["changed"], dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
Answer = Callable[[Ruleset, Any, dt.datetime], Any]


def _of_a_state(rules: Ruleset, lead: Any, as_of: dt.datetime) -> Any:
    return rules.start(lead).result(as_of=as_of)


_ANSWERS: Mapping[str, Answer] = {
    "evaluate": lambda rules, lead, as_of: rules.evaluate(lead, as_of=as_of),
    "evaluate with pii": lambda rules, lead, as_of: rules.evaluate(lead, as_of=as_of, pii=True),
    "score_many": lambda rules, lead, as_of: next(iter(rules.score_many([lead], as_of=as_of))),
    "explain": lambda rules, lead, as_of: rules.explain(lead, as_of=as_of),
    "forecast": lambda rules, lead, as_of: rules.forecast(lead, as_of=as_of, days=2),
    "a state": _of_a_state,
}


def later_changes_are_irrelevant(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that no change in place of a lead, after it was scored, changes a byte of what is told of it."""
    chance = random.Random(seed)  # noqa: S311 changes test data
    for name, answer in _ANSWERS.items():
        expected = outcome(answer, rules, copied(lead), as_of)
        given = copied(lead)
        try:
            found = answer(rules, given, as_of)
        except LeadrulesError:
            continue
        change(given, chance)
        same(f"a change of the lead after {name} changes what it says", expected, outcome(lambda found=found: found))


def copied(value: Any) -> Any:
    """Give a lead of its own: mappings as dicts and lists as lists, all the way down."""
    if isinstance(value, Mapping):
        return {key: copied(part) for key, part in value.items()}
    return [copied(part) for part in value] if isinstance(value, list) else value


def change(lead: Any, chance: random.Random) -> None:
    """Change a lead in place: values, events, what is in lists, and what there is at all."""
    containers = [*_containers(lead)]
    for container in chance.sample(containers, chance.randint(1, len(containers))):
        if isinstance(container, MutableMapping):
            _change_mapping(container, chance)
        else:
            _change_list(container, chance)


def _containers(value: Any) -> Iterator[MutableMapping[Any, Any] | MutableSequence[Any]]:
    if isinstance(value, MutableMapping):
        yield value
        for part in value.values():
            yield from _containers(part)
    elif isinstance(value, list):
        yield value
        for part in value:
            yield from _containers(part)


def _change_mapping(mapping: MutableMapping[Any, Any], chance: random.Random) -> None:
    names = [*mapping]
    match chance.choice(("value", "value", "value", "remove", "add", "clear")):
        case "value" if names:
            name = chance.choice(names)
            mapping[name] = _other(mapping[name], chance)
        case "remove" if names:
            del mapping[chance.choice(names)]
        case "clear":
            mapping.clear()
        case _:
            mapping[chance.choice(("id", "url", "stages", "beside"))] = chance.choice(_OTHERS)


def _change_list(members: MutableSequence[Any], chance: random.Random) -> None:
    match chance.choice(("replace", "remove", "repeat", "reverse", "clear", "append")):
        case "replace" if members:
            place = chance.randrange(len(members))
            members[place] = _other(members[place], chance)
        case "remove" if members:
            del members[chance.randrange(len(members))]
        case "repeat" if members:
            members.append(chance.choice(members))
        case "reverse":
            members.reverse()
        case "clear":
            members.clear()
        case _:
            members.append(chance.choice(_OTHERS))


def _other(value: Any, chance: random.Random) -> Any:
    """Give something else, rather of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + chance.choice((-1, 1, 100))
        case str():
            return value + chance.choice(("x", "/pricing", " "))
        case dt.datetime() if value.year in range(3, 9998):
            return value + dt.timedelta(days=chance.choice((-1, -40, 3)), seconds=chance.choice((0, 1)))
        case _:
            return chance.choice(_OTHERS)
