"""What hosts write, for type checkers: it is right where nothing is said, and wrong where an error is expected.

mypy and basedpyright read it; an expected error that is none is told, too. It is run as well.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypedDict, TypeVar, overload
from uuid import UUID

from leadrules import (
    Event,
    Eventlike,
    Explanation,
    Forecast,
    InputError,
    Lead,
    Leadlike,
    LeadState,
    PluginError,
    RuleExplanation,
    Ruleset,
    ScoredLead,
    Source,
)

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
RULES = Ruleset.from_text("email_open +5\nemployees > 5 +2")
AT = dt.datetime(2026, 5, 31, tzinfo=dt.UTC)

# ------------------------------------------------------------- models and mappings

EVENT = Event(type="email_open", at=AT)
MODELS: list[Leadlike] = [
    Lead(id="42", attributes={"employees": 7}, events=[EVENT], stages={"stage": "lead"}),
    Lead(id=42, events=(EVENT, Event(type="email_open", at="2026-05-30", id=7, properties={}))),
    Lead(id="42", events=[{"type": "email_open", "at": AT}]),
    {"id": "42", "attributes": {"employees": 7}, "events": [{"type": "email_open", "at": AT}]},
    {"id": UUID(int=1)},
]


class LeadRow(TypedDict):
    """A lead as a typed mapping."""

    id: str
    attributes: dict[str, int]


ROW: LeadRow = {"id": "42", "attributes": {"employees": 7}}
SCORED: ScoredLead = RULES.evaluate(ROW, as_of=NOW)

# ------------------------------------------------------------------------- objects


@dataclass(frozen=True)
class Opened:
    """An event that does not change."""

    at: dt.datetime
    type: str = "email_open"
    properties: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass
class Person:
    """A lead of a host, with more fields than those of a lead."""

    id: int
    attributes: dict[str, Any]
    events: list[Opened]
    tenant: str = "acme"


class Tuple(NamedTuple):
    """A lead as a tuple."""

    id: UUID
    attributes: dict[str, Decimal]
    events: tuple[Opened, ...]


class Computed:
    """A lead whose parts are computed."""

    id = "42"

    @property
    def attributes(self) -> dict[str, int]:
        """Compute what is known."""
        return {"employees": 7}

    @property
    def events(self) -> Iterator[Opened]:
        """Go through what it did."""
        yield Opened(AT)


T = TypeVar("T")


class Mapped(Generic[T]):
    """A column of an object-relational mapper: of the class itself, of an instance its value."""

    def __init__(self, value: T) -> None:
        """Hold a value."""
        self.value = value

    @overload
    def __get__(self, instance: None, owner: Any) -> "Mapped[T]": ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T: ...
    def __get__(self, instance: object | None, owner: Any) -> "Mapped[T] | T":
        """Give the value of an instance."""
        return self if instance is None else self.value


class Rows:
    """Related rows."""

    def all(self) -> list[Opened]:
        """Give all of them."""
        return [Opened(AT)]


class Stored:
    """A lead of an object-relational mapper."""

    id: Mapped[int] = Mapped(42)
    attributes: Mapped[dict[str, Any]] = Mapped({"employees": 7})
    events = Rows()


OBJECTS: list[Leadlike] = [
    Person(42, {"employees": 7}, [Opened(AT)]),
    Tuple(UUID(int=1), {"employees": Decimal(7)}, (Opened(AT),)),
    Computed(),
    Stored(),
]
for lead in OBJECTS:
    assert RULES.evaluate(lead, as_of=NOW).score == 7

# ------------------------------------------------------------------- what comes back

score: Decimal = SCORED.score
stage: str | None = SCORED.stage
explanation: Explanation = RULES.explain(Computed(), as_of=NOW)
rules: tuple[RuleExplanation, ...] = explanation.rules
forecast: Forecast = RULES.forecast(Stored(), as_of=NOW, days=2)
sources: tuple[Source, ...] = RULES.sources()
read: list[str] = [name for name, known in RULES.fields.items() if known.read]
state: LeadState = RULES.start(Person(42, {}, []))
happened: list[Eventlike] = [Opened(AT), EVENT, {"type": "email_open", "at": AT}]
for event in happened:
    state.add(event)
errors: list[InputError | PluginError] = [
    one for one in RULES.score_many(OBJECTS, as_of=lambda _: NOW, on_error="yield") if not isinstance(one, ScoredLead)
]
assert errors == []


# ----------------------------------------------------------------------- what is wrong


@dataclass
class Flat:
    """A row with a column for each attribute."""

    id: str
    employees: int


def wrong() -> None:
    """Say what no host should write; it is not run."""
    RULES.evaluate(Flat("42", 7), as_of=NOW)  # type: ignore[arg-type]
    RULES.evaluate("42", as_of=NOW)  # type: ignore[arg-type]
    RULES.evaluate(ROW)  # type: ignore[call-arg]
    Lead(id=4.5)  # type: ignore[arg-type]
    Lead(id="42", stagess={})  # type: ignore[call-arg]
    Event(type="email_open")  # type: ignore[call-arg]
    RULES.fields["x"] = RULES.fields["email"]  # type: ignore[index]
