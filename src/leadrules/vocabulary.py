"""What a lead can have and do: types, fields, events, and the standard vocabulary.

A file's own declaration replaces the standard one of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

import attrs

from leadrules.families import FIELD_TYPES, Kind
from leadrules.letters import ACCENTED, Letters
from leadrules.values import Value, Zone, plain_name
from leadrules.work import Work


@attrs.frozen
class Type:
    """The type of a value. `choices` closes a text (`one of`), or the texts of a list.

    `scale` names the grade or ladder of a label. An empty `choices` is an open text. Choices keep their
    written form and order.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    scale: str | None = None

    @property
    def is_time(self) -> bool:
        """Tell whether its values are days or moments."""
        return self.kind != "label" and FIELD_TYPES[self.kind].time

    def folded_choices(self, letters: Letters = ACCENTED) -> frozenset[str]:
        """Give the choices in the form of comparison."""
        return frozenset(map(letters.folded, self.choices))

    def __str__(self) -> str:
        if self.choices:
            of = "one of" if self.kind == "text" else "list of"
            return of + " {" + ", ".join(f'"{choice}"' for choice in self.choices) + "}"
        return f"label of `{self.scale}`" if self.scale else self.kind


NUMBER = Type("number")
TEXT = Type("text")
BOOL = Type("bool")
DATE = Type("date")
DATETIME = Type("datetime")
TEXTS = Type("list of text")


@attrs.frozen
class Field:
    """An attribute of a lead.

    `columns` are its names in the data where those differ: the first that is there counts. `forms` are
    those of a number or a time (`1 234,50`, `D.M.YYYY`), `split` what stands between the members of a
    list; `lenient` says that what cannot be read is unknown. `unknown` are the texts that mean unknown,
    in the form of comparison; `default` what stands for unknown; `true_words` and `false_words` replace
    the usual words of a bool, also folded. `letters` are those of its file.
    """

    name: str
    type: Type
    columns: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    lenient: bool = False
    unknown: frozenset[str] = frozenset()
    default: Value | None = None
    true_words: frozenset[str] = frozenset()
    false_words: frozenset[str] = frozenset()
    pii: bool = False
    protected: bool = False
    letters: Letters = ACCENTED

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The names in the data, in the form in which names are compared; the first that is there counts."""
        return tuple(map(plain_name, self.columns or (self.name,)))

    @cached_property
    def key(self) -> str:
        """The first of its names in the data: the one to write."""
        return self.keys[0]


@attrs.frozen
class Property:
    """A property of an event. `pii` masks it in evidence; the other options are those of a field."""

    name: str
    type: Type
    forms: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    lenient: bool = False
    pii: bool = False
    letters: Letters = ACCENTED

    @cached_property
    def field(self) -> Field:
        """The field that reads the same."""
        reading = {"forms": self.forms, "split": self.split, "lenient": self.lenient}
        return Field(self.name, self.type, **reading, pii=self.pii, letters=self.letters)  # type: ignore[arg-type]


@attrs.frozen
class EventType:
    """A type of event and its declared properties, by name, in order of declaration.

    `types` are its names in the data where those differ, `forms` those of its `at`; the property
    `identity` identifies it as an id does.
    """

    name: str
    properties: tuple[Property, ...] = ()
    forms: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    identity: str | None = None

    def property(self, name: str) -> Property | None:
        """Give the declared property of that name, if there is one."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Property]:
        return {found.name: found for found in self.properties}


OWN_PROPERTIES = (Property("at", DATETIME), Property("day", DATE))
"""What every event has: its instant, and its calendar day in the ruleset's timezone."""


def _fields(type_: Type, names: str, *, pii: bool = False) -> dict[str, Field]:
    return {name: Field(name, type_, pii=pii) for name in names.split()}


STANDARD_FIELDS: Mapping[str, Field] = MappingProxyType(
    _fields(TEXT, "email phone first_name last_name", pii=True)
    | _fields(TEXT, "company job_title website city region language country industry source channel campaign")
    | _fields(NUMBER, "employees annual_revenue age")
    | _fields(BOOL, "budget authority need timing")
    | _fields(DATETIME, "created")
)
"""The fields that every file has without declaring them."""


def _event(name: str, texts: str = "", numbers: str = "") -> EventType:
    typed = [Property(p, TEXT) for p in texts.split()] + [Property(p, NUMBER) for p in numbers.split()]
    return EventType(name, tuple(typed))


STANDARD_EVENTS: Mapping[str, EventType] = MappingProxyType(
    {
        event.name: event
        for event in (
            _event("email_open"),
            _event("email_click"),
            _event("email_reply"),
            _event("email_bounce"),
            _event("page_view", "url", "seconds"),
            _event("pricing_view"),
            _event("form_submit", "form"),
            _event("newsletter_signup"),
            _event("content_download", "title topic"),
            _event("whitepaper_download", "title topic"),
            _event("blog_view", "url topic"),
            _event("video_view", "title", "seconds"),
            _event("webinar_signup", "title"),
            _event("webinar_attended", "title"),
            _event("demo_request"),
            _event("trial_start"),
            _event("meeting_booked"),
            _event("call_answered"),
            _event("chat_started"),
            _event("ad_click", "campaign"),
            _event("social_engagement", "network"),
            _event("event_attended", "title"),
            _event("purchase", "", "amount"),
            _event("unsubscribe"),
            _event("spam_complaint"),
        )
    }
)
"""The events that every file has without declaring them."""

STANDARD_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "activity": tuple(
            name for name in STANDARD_EVENTS if name not in {"email_bounce", "unsubscribe", "spam_complaint"}
        )
    }
)
"""The event groups that every file has without declaring them."""


MOST_CHARACTERS = 200_000
"""How long a text of a lead may be, or the members of a list together; with very many patterns less."""


MOST_CODE = 180_000
"""How much code may be written of one program: some 8,000 rules as people write them, or 5 seconds of compiling."""


@attrs.frozen
class Scope:
    """What the rules of one file read of a lead: all that input is validated against.

    `fields` are the fields read, by name. `events` are all event types in scope, by name, and
    `read` names, for each event type that the rules look at, the properties they read (maybe none);
    an event of another type is passed over unread. `ladders` gives each ladder's labels, exits
    included, and `held_in` the attributes that hold a label where there are such. `zone` is the
    ruleset's timezone, `most_events` the limit of events of one lead, `most_characters` that of one text,
    `most_code` how much of the rules is compiled, and `work` says what it takes to score a lead. `letters` is how
    texts are compared.
    """

    fields: Mapping[str, Field]
    events: Mapping[str, EventType]
    read: Mapping[str, frozenset[str]]
    ladders: Mapping[str, tuple[str, ...]]
    zone: Zone
    most_events: int = 100_000
    most_characters: int = MOST_CHARACTERS
    most_code: int = MOST_CODE
    work: Work = attrs.field(factory=Work)
    held_in: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    letters: Letters = ACCENTED

    @property
    def attributes(self) -> frozenset[str]:
        """The names under which a lead's attributes are looked up."""
        return frozenset(key for field in self.fields.values() for key in field.keys) | self.held_names

    @property
    def held_names(self) -> frozenset[str]:
        """The names of attributes that hold labels."""
        return frozenset(name for names in self.held_in.values() for name in names)

    @property
    def properties(self) -> frozenset[str]:
        """The names of all properties that may be read of an event, were it only to put events in order."""
        return frozenset(one.name for name in self.read for one in self.events[name].properties)
