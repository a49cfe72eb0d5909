"""The ids of records that were merged into a lead: their events are its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import attrs

from leadrules.errors import InputError
from leadrules.tables.ids import id_in_file, is_no_id

_BETWEEN = re.compile("[,;]")


@attrs.define
class Aliases:
    """Who has which further ids: each counts for one lead, and is no lead's own."""

    owners: dict[str, tuple[str, str]] = attrs.field(factory=dict)

    def __contains__(self, id_: str) -> bool:
        return id_ in self.owners

    def add(self, raw: Any, column: str, lead: str, called: str, leads: Collection[str]) -> Sequence[str]:
        """Give the further ids of a lead, of a row that is called so. Raises InputError for one that is another's."""
        ids = [id_ for id_ in dict.fromkeys(_ids(raw)) if id_ != lead]
        for id_ in ids:
            owner, row = self.owners.get(id_, (lead, ""))
            if owner != lead:
                raise InputError(f"has `{id_}` in `{column}`, as {row} has, and its events count for one lead alone")
            if id_ in leads:
                raise InputError(f"has `{id_}` in `{column}`, which is a lead of the file, too")
        self.owners |= dict.fromkeys(ids, (lead, called))
        return ids

    def refuse(self, lead: str) -> None:
        """Raise InputError for a lead that was merged into another."""
        if lead in self.owners:
            owner, row = self.owners[lead]
            raise InputError(f"has the id `{lead}`, which {row} has among those that were merged into `{owner}`")


def _ids(raw: Any) -> list[str]:
    """Read the ids of a cell, or of a list."""
    members = _BETWEEN.split(raw) if isinstance(raw, str) else raw if isinstance(raw, list | tuple) else [raw]
    return [id_in_file(member) for member in members if not is_no_id(member)]
