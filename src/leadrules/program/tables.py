"""The tables that a file looks things up in, as values by key."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping

import attrs

from leadrules.frozen import frozen
from leadrules.values import Value
from leadrules.vocabulary import Type


@attrs.frozen
class TableColumn:
    """The values of a column by key, in the form in which texts are compared; an empty cell has none."""

    type: Type
    values: Mapping[str, Value] = attrs.field(converter=frozen)
    pii: bool = False

    @functools.cached_property
    def digest(self) -> str:
        """The sha256 of its values by key: what tells columns of one type apart."""
        rows = [(key, repr(value)) for key, value in sorted(self.values.items())]
        return hashlib.sha256(json.dumps([self.type.kind, rows]).encode()).hexdigest()


@attrs.frozen
class Table:
    """A table by its name. One that the file itself holds has one column, whose name is empty."""

    name: str
    columns: Mapping[str, TableColumn] = attrs.field(converter=frozen)
