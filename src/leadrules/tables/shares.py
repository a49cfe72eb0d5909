"""Fields that are declared in percent, and come as shares: a cell that shows 45% holds 0.45."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from leadrules.values import text_of_number
from leadrules.vocabulary import Field, Scope

_PERCENT = "%"


@attrs.frozen
class Shares:
    """A field or property in percent of which all numbers are from -1 to 1, as those of cells that show percent.

    `name` is the field's, or the property's (`purchase.discount`); `form` is that of its forms which has the `%`.
    `count` is how many such numbers there are, 0 aside, and `example` the first, None where it is personal.
    """

    name: str
    form: str
    count: int
    example: str | None

    @property
    def sentence(self) -> str:
        """Say it to a person."""
        numbers = "1 value is a number" if self.count == 1 else f"{self.count:,} values are numbers"
        such = "" if self.example is None else f" such as {self.example}"
        said = "a cell that shows 45% holds 0.45, and rules read that (ask for 0.45, or save the sheet as CSV)"
        return f"`{self.name}` is declared as `{self.form}`, and {numbers}{such}: {said}"

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return attrs.asdict(self)


@attrs.define
class ShareNumbers:
    """Looks at the numbers of what is declared in percent: of `fields`, and of `properties` by type and name."""

    fields: dict[str, Field]
    properties: Mapping[str, Mapping[str, Field]]
    seen: dict[str, Shares | None] = attrs.field(factory=dict)

    @classmethod
    def of(cls, scope: Scope) -> ShareNumbers:
        """Begin, with what rules read."""
        fields = {name: field for name, field in scope.fields.items() if _form(field) is not None}
        properties: dict[str, dict[str, Field]] = {}
        for type_, read in scope.read.items():
            event = scope.events[type_]
            found = {one.name: one.field for one in event.properties if one.name in read and _form(one.field)}
            if found:
                properties |= dict.fromkeys((type_, *event.types), found)
        return cls(fields, properties)

    def add(self, attributes: Mapping[str, Any], events: object) -> None:
        """Look at a lead."""
        for name, field in self.fields.items():
            self._look(name, field, next((attributes[key] for key in field.keys if key in attributes), None))
        for event in events if self.properties and isinstance(events, list) else ():
            type_, given = (event.get("type"), event.get("properties")) if isinstance(event, Mapping) else (None, None)
            if isinstance(type_, str) and isinstance(given, Mapping):
                for name, field in self.properties.get(type_, {}).items():
                    self._look(f"{type_}.{name}", field, given.get(name))

    def _look(self, name: str, field: Field, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
            return
        before = self.seen.get(name, Shares(name, _form(field) or "", 0, None))
        if not -1 <= value <= 1:
            self.seen[name] = None
        elif value and before is not None:
            first = None if field.pii else text_of_number(Fraction(str(value)))
            self.seen[name] = attrs.evolve(before, count=before.count + 1, example=before.example or first)

    def found(self) -> tuple[Shares, ...]:
        """Give what comes as shares alone."""
        return tuple(one for one in self.seen.values() if one is not None)


def _form(field: Field) -> str | None:
    return next((form for form in field.forms if _PERCENT in form), None) if field.type.kind == "number" else None
