"""What the author of a plugin imports: `@criterion`, `LeadView` and `versioned`.

A criterion is a pure, annotated function. The decorator only marks it; `leadrules.plugins` verifies
the mark when a rule file asks for the plugin, and freezes what it finds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, overload

import attrs

__all__ = ["EventView", "LeadView", "Scalar", "Written", "criterion", "mark_of", "versioned"]

Scalar = bool | Decimal | str | dt.datetime | dt.date | list[str]
"""What a criterion takes and gives; `None` stands for unknown where a type says so."""

Function = TypeVar("Function", bound=Callable[..., Any])
_MARK = "__leadrules_criterion__"


_NO_DEFAULT = object()


class _Shown(Mapping[str, Any]):
    """What a view holds by name, for reading alone; who looks for anything else is told where to name it."""

    __slots__ = ("_found",)

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found: Mapping[str, Any] = MappingProxyType(dict(found))

    def __getitem__(self, name: str) -> Any:
        try:
            return self._found[name]
        except KeyError:
            advice = "name it in `fields` or `events` of `@criterion`"
            raise KeyError(f"`{name}` is not shown: {advice}") from None

    def get(self, name: str, default: Any = _NO_DEFAULT) -> Any:
        """Look up what is shown; only who says what stands for it otherwise may ask for what is not."""
        return self[name] if default is _NO_DEFAULT else self._found.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return repr(dict(self._found))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self._found),)


def _in_order(events: Iterable[EventView]) -> tuple[EventView, ...]:
    return tuple(events)


@attrs.frozen
class EventView:
    """One event of a lead, as a criterion sees it.

    `at` is in UTC. `properties` has the properties that the criterion names in `events`, by name, and all
    that are declared where it names none; None is unknown. Any other is a KeyError, as in `LeadView`.
    Nothing of it can be changed.
    """

    type: str
    at: dt.datetime
    id: str | None = None
    properties: Mapping[str, Any] = attrs.field(factory=dict, converter=_Shown)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.type, self.at, self.id, dict(self.properties))


@attrs.frozen
class LeadView:
    """A lead, as a criterion sees it that asks for the whole of it.

    `attributes` has the fields by name, None where unknown; protected fields are left out. `events`
    are in order of time, without repeats, none later than `as_of`, which is in UTC. `timezone` is
    that of the ruleset, by its IANA name. Nothing of it can be changed.

    Looking up a name that is not shown raises KeyError, by `attributes[name]` and `attributes.get(name)`
    alike; `attributes.get(name, None)` gives None for it.

    >>> lead = LeadView("1", {"company": "Acme"}, as_of=dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    >>> lead.attributes["company"], lead.events, lead.timezone
    ('Acme', (), 'UTC')
    """

    id: str | None
    attributes: Mapping[str, Any] = attrs.field(factory=dict, converter=_Shown)
    events: tuple[EventView, ...] = attrs.field(default=(), converter=_in_order)
    as_of: dt.datetime = attrs.field(kw_only=True)
    timezone: str = attrs.field(default="UTC", kw_only=True)

    def __reduce__(self) -> tuple[Any, ...]:
        return _lead_view, (self.id, dict(self.attributes), self.events, self.as_of, self.timezone)


def _lead_view(
    id_: str | None, attributes: dict[str, Any], events: tuple[EventView, ...], as_of: dt.datetime, timezone: str
) -> LeadView:
    return LeadView(id_, attributes, events, as_of=as_of, timezone=timezone)


@attrs.frozen
class Written:
    """An argument as a rule file writes it, for a check of arguments that bear on each other.

    `text` is what stands there. `value` is that of a literal, as the criterion would get it, and `...`
    for what only a lead tells.
    """

    text: str
    value: Any = ...


@attrs.frozen
class Mark:
    """What `@criterion` says of a function, not yet verified.

    `checks` has, by parameter, a function that raises ValueError for a literal that makes no sense;
    `together` is one that takes all arguments that are written, and raises it where they do not go together.
    `fields` and `events` narrow what a `LeadView` holds, with types; None is everything in scope.
    `deprecated` says what to write instead; `formerly` are its former names, `renamed` those of parameters.
    """

    version: str
    name: str | None = None
    checks: Mapping[str, Callable[[Any], object]] = attrs.field(factory=dict)
    together: Callable[[Mapping[str, Written]], object] | None = None
    fields: Mapping[str, Any] | None = None
    events: Mapping[str, Mapping[str, Any]] | None = None
    deprecated: str | None = None
    formerly: tuple[str, ...] = ()
    renamed: Mapping[str, str] = attrs.field(factory=dict)


@overload
def criterion(function: Function, /) -> Function: ...
@overload
def criterion(
    *,
    version: str = "1",
    name: str | None = None,
    checks: Mapping[str, Callable[[Any], object]] | None = None,
    together: Callable[[Mapping[str, Written]], object] | None = None,
    fields: Mapping[str, Any] | None = None,
    events: Mapping[str, Mapping[str, Any]] | None = None,
    deprecated: str | None = None,
    formerly: Iterable[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Callable[[Function], Function]: ...
def criterion(  # noqa: PLR0913 - all that a criterion may say of itself, by name
    function: Function | None = None,
    /,
    *,
    version: str = "1",
    name: str | None = None,
    checks: Mapping[str, Callable[[Any], object]] | None = None,
    together: Callable[[Mapping[str, Written]], object] | None = None,
    fields: Mapping[str, Any] | None = None,
    events: Mapping[str, Mapping[str, Any]] | None = None,
    deprecated: str | None = None,
    formerly: Iterable[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Function | Callable[[Function], Function]:
    """Mark a function as a criterion that rule files can call.

    Its parameters are annotated with `bool`, `Decimal`, `str`, `datetime`, `date`, `list[str]`, or
    `LeadView` for the whole lead; its result with one of the first six. `X | None` as a parameter
    takes unknown as None; any other unknown argument makes the result unknown without a call. `| None`
    as a result may be unknown. The docstring is its reference page.

    `version` is the criterion's own, and changes whenever its answers may. `checks` refuses literals
    when a rule file is checked: by parameter, a function that raises ValueError with a sentence.
    `together` is one that takes all arguments of a call that are written, by parameter, and raises it
    where they do not go together.

    `fields` and `events` say what a `LeadView` is to hold, with the types it relies on:
    `fields={"fleet": Decimal}`, `events={"page_view": {"seconds": Decimal}}`. A rule file that declares
    them otherwise is told so when it is checked; a group of events may be named, too. Only what they
    name is read of a lead and shown; all in scope where they are None.

    What changes with time keeps working, with a warning where a rule file is checked: `deprecated` says
    what to write instead of this criterion, `formerly` has the names that it had, and `renamed` the
    names that parameters had, each with the one of today.

    >>> @criterion(version="2")
    ... def initials(first_name: str, last_name: str) -> str:
    ...     "Give the initials of a person."
    ...     return first_name[:1] + last_name[:1]
    >>> initials("Made", "Up")
    'MU'
    """

    def marked(function: Function) -> Function:
        if mark_of(function) is not None:
            named = getattr(function, "__name__", "the function")
            raise ValueError(f"`{named}` is a criterion already: define another function that calls it")
        mark = Mark(version, name, MappingProxyType(dict(checks or {})), together, fields, events)
        mark = attrs.evolve(mark, deprecated=deprecated, formerly=_names(formerly), renamed=dict(renamed or {}))
        setattr(function, _MARK, mark)
        return function

    return marked if function is None else marked(function)


def _names(given: Iterable[str]) -> tuple[str, ...]:
    """Give names as a tuple; a single name, which is a text too, is one and not its letters."""
    return (given,) if isinstance(given, str) else tuple(given)


def versioned(own: str, *distributions: str) -> str:
    """Give the version of a criterion whose answers depend on other distributions, too: `1 (tzdata 2026.1)`.

    Their lists, number plans and clocks change with their releases. With their versions in the
    criterion's, a ruleset's fingerprint tells two environments apart that may answer differently.
    Raises `importlib.metadata.PackageNotFoundError` for one that is not installed.

    >>> versioned("1")
    '1'
    >>> versioned("1", "tzdata").startswith("1 (tzdata ")
    True
    """
    from importlib import metadata

    names = ", ".join(f"{name} {metadata.version(name)}" for name in distributions)
    return f"{own} ({names})" if names else own


def mark_of(function: object) -> Mark | None:
    """Give the mark that `@criterion` left on a function, or None."""
    found = getattr(function, _MARK, None)
    return found if isinstance(found, Mark) else None
