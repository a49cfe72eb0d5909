"""What the parts of a file read of a lead, so that only what the rules read is looked at."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.define
class Reads:
    """What a part of a file reads of a lead: fields, properties by type of event, and criteria that read more."""

    fields: dict[str, None] = attrs.field(factory=dict)
    events: dict[str, set[str]] = attrs.field(factory=dict)
    criteria: dict[str, None] = attrs.field(factory=dict)
    noted: set[tuple[tuple[str, ...], str]] = attrs.field(factory=set)

    def with_criteria(self, of_criteria: Mapping[str, Reads]) -> Reads:
        """Give it with what the criteria read that it asks, and those that they ask."""
        found = Reads(dict(self.fields), {name: set(properties) for name, properties in self.events.items()})
        waiting, found.criteria = list(self.criteria), dict(self.criteria)
        while waiting:
            one = of_criteria.get(waiting.pop(), Reads())
            found.fields |= one.fields
            for type_, properties in one.events.items():
                found.events.setdefault(type_, set()).update(properties)
            waiting += [name for name in one.criteria if name not in found.criteria]
            found.criteria |= one.criteria
        return found
