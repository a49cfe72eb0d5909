"""Values that rules cannot read, by column: how many, some of them, and what to write so that they are read."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from leadrules.errors import LeadError, Mistake
from leadrules.lead import LeadReader
from leadrules.ruleset import Ruleset, program_of
from leadrules.tables.cures import Cure, cure_for, cure_for_moments, quoted, written
from leadrules.tables.error_cells import SAID, is_error_cell
from leadrules.tables.leads import Row
from leadrules.tables.rejects import Reject
from leadrules.tables.scoring import Scored
from leadrules.values import instant_of
from leadrules.vocabulary import DATETIME, Field, Scope, Type

_MOST_REMEMBERED = 1_000
_EXAMPLES = 3
_MASKED = "[pii]"
_OF_VALUES = frozenset(
    {"wrong_type", "not_one_of", "not_finite", "out_of_range", "not_in_calendar", "not_a_number", "missing_time"}
)


@attrs.frozen
class UnreadableColumn:
    """The values of a column that the rules cannot read.

    `name` is the field's (`employees`), the property's (`page_view.seconds`), or `at` for the times of events;
    `column` is its first name in the data. `count` is how many values there are, `examples` the first three
    different ones, none where they are personal. `cure` is what to write in the rules so that they are read, or are
    unknown, None where nothing would read more of them than what is written; `or_form` is a form that would read them
    in another way. `row` is that of the first lead with such a value in a field. `hint` says what one of the examples
    is that is no value, such as an error of a spreadsheet, or is a day as a spreadsheet counts it.
    """

    name: str
    column: str
    count: int
    examples: tuple[str, ...]
    cure: str | None
    or_form: str | None = None
    row: int | None = None
    hint: str | None = None

    def sentence(self) -> str:
        """Say it to a person."""
        values = "1 value" if self.count == 1 else f"{self.count:,} values"
        some = ", ".join(f"`{one}`" if one else "an empty one" for one in self.examples)
        shown = f"{': ' if self.count == len(self.examples) else ', such as '}{some}" if some else ""
        place = "" if self.row is None else f" (row {self.row})" if self.count == 1 else f" (first in row {self.row})"
        is_same = self.column in (self.name, self.name.rpartition(".")[2])
        column = "" if is_same else f" (column `{self.column}`)"
        hint = f"; {self.hint}" if self.hint else ""
        return f"`{self.name}`{column}: {values} cannot be read{shown}{place}{hint}"

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**attrs.asdict(self), "examples": list(self.examples)}


@attrs.define
class UnreadableValues:
    """Gathers what the rules could not read, of rejects and of leads whose unreadable values are unknown."""

    scope: Scope
    reader: LeadReader
    lenient: bool
    counts: Counter[tuple[str, bool]] = attrs.field(factory=Counter)
    rows: dict[str, int] = attrs.field(factory=dict)
    texts: dict[tuple[str, bool], dict[str, None]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, rules: Ruleset) -> UnreadableValues:
        """Begin to gather."""
        scope = program_of(rules).scope
        return cls(scope, LeadReader(leniently(scope, lenient=False)), rules.lenient)

    def add(self, one: Scored | Reject) -> bool:
        """Take one more lead or reject; tell whether values of columns are all that is wrong with it."""
        if isinstance(one, Reject):
            return self._mistakes(one.mistakes, one.row)
        if one.result.unreadable:
            self.add_lead(one.row, instant_of(one.result.as_of))
        return True

    def add_lead(self, row: Row, as_of: int) -> None:
        """Take a lead with values that cannot be read, and are unknown."""
        try:
            self.reader.read(row.lead, as_of)
        except LeadError as error:
            self._mistakes(error.mistakes, row.number)

    def _mistakes(self, mistakes: Sequence[Mistake], row: int) -> bool:
        of_values = [one for one in mistakes if one.code in _OF_VALUES and one.field and self._is_column(one)]
        for one in of_values:
            assert one.field is not None
            is_event = one.event is not None
            key = ("at" if is_event and one.field.endswith(".at") else one.field, is_event)
            self.counts[key] += 1
            if not is_event:
                self.rows.setdefault(one.field, row)
            seen = self.texts.setdefault(key, {})
            value = "" if one.code == "missing_time" else one.value
            if value is not None and value != _MASKED and len(seen) < _MOST_REMEMBERED:
                seen[value] = None
        return bool(mistakes) and len(of_values) == len(mistakes)

    def _is_column(self, mistake: Mistake) -> bool:
        name = mistake.field or ""
        if mistake.event is None:
            return name in self.scope.fields
        type_, _, prop = name.partition(".")
        event = self.scope.events.get(type_)
        return event is not None and (prop == "at" or event.property(prop) is not None)

    def columns(self) -> tuple[UnreadableColumn, ...]:
        """Give the columns, those with most such values first."""
        return tuple(self._column(*key, count) for key, count in self.counts.most_common())

    def _column(self, name: str, is_event: bool, count: int) -> UnreadableColumn:
        texts = [*self.texts.get((name, is_event), ())]
        examples = tuple(texts[:_EXAMPLES])
        if name == "at" and is_event:
            forms, other = cure_for_moments((), filter(None, texts), self.scope.zone)
            cure = f"event any_event at as {' or '.join(map(quoted, forms))}" if forms else None
            return UnreadableColumn(name, name, count, examples, cure, other, hint=_hint(examples, DATETIME))
        if not is_event:
            field = self.scope.fields[name]
            better, other = self._better(field, texts)
            cure = None if better is None else f"field {_name(name)}: {written(better)}"
            column = (field.columns or (name,))[0]
            hint = _hint(examples, field.type)
            return UnreadableColumn(name, column, count, examples, cure, other, self.rows[name], hint)
        type_, _, own = name.partition(".")
        prop = self.scope.events[type_].property(own)
        assert prop is not None
        better, other = self._better(prop.field, texts)
        cure = None if better is None else f"event {_name(type_)}[{_name(own)}: {written(better)}]"
        return UnreadableColumn(name, own, count, examples, cure, other, hint=_hint(examples, prop.type))

    def _better(self, field: Field, texts: Sequence[str]) -> tuple[Field | None, str | None]:
        """Give how a field would read more of the texts, None where nothing would; and a form of another way."""
        found = cure_for(field, texts, self.scope.zone) if texts else Cure(attrs.evolve(field, lenient=True))
        keeps = field.lenient and not self.lenient
        better = attrs.evolve(found.field, lenient=found.field.lenient or keeps)
        return (None, None) if better == field else (better, found.or_form)


def _hint(examples: Sequence[str], type_: Type) -> str | None:
    """Say what a value is that is none, or is written as a program keeps it."""
    for one in examples:
        if is_error_cell(one):
            return f"`{one}` is {SAID}"
        if type_.is_time and (day := _day_counted(one)) is not None:
            return f"`{one}` looks like {day} as a spreadsheet counts days: show the column as dates there, and save it"
    return None


def _day_counted(text: str) -> dt.date | None:
    """Give the day that a spreadsheet keeps as this number, counted from 1899-12-30; None for no likely one."""
    if not re.fullmatch(r"[0-9]{5}([.,][0-9]+)?", text) or not _LIKELY_DAYS[0] <= int(text[:5]) <= _LIKELY_DAYS[1]:
        return None
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(text[:5]))


_LIKELY_DAYS = 29_221, 55_152  # 1980 to 2050


def _name(name: str) -> str:
    return name if re.fullmatch(r"[^\W\d]\w*", name) else f"`{name}`"


def leniently(scope: Scope, *, lenient: bool) -> Scope:
    """Give a scope in which every field and property may be unreadable, or none."""
    fields: Mapping[str, Field] = {name: attrs.evolve(one, lenient=lenient) for name, one in scope.fields.items()}
    events = {
        name: attrs.evolve(event, properties=tuple(attrs.evolve(one, lenient=lenient) for one in event.properties))
        for name, event in scope.events.items()
    }
    return attrs.evolve(scope, fields=fields, events=events)
