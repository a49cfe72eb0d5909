"""Where a lead's data has other names than its rules: several columns of a field, paths, types of event, labels.

Everything here takes mappings whose names are in the form of comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from leadrules.conversions import asked
from leadrules.foreign import Unheld, Unreadable, exactly, natural
from leadrules.letters import ACCENTED, Letters
from leadrules.shape import named_plainly
from leadrules.spellings import Twice
from leadrules.values import plain_name
from leadrules.vocabulary import Scope


def there(value: object) -> bool:
    """Tell whether an attribute is there: null and an empty text are not; what cannot be asked is."""
    if type(value) is not str:
        try:
            value = asked(natural, value)
        except Unreadable:
            return True
    return value is not None and not (type(value) is str and not value.strip())


def first_there(given: Mapping[str, Any], keys: Sequence[str]) -> Any:
    """Give the first attribute that is there, None where none is; one that cannot be asked for is an `Unheld`.

    A name with points in it that no attribute has is a path through objects.

    >>> first_there({"company": {"size": 7}, "employees": 9}, ("company.size", "employees"))
    7
    """
    for key in keys:
        value = _at(given, key)
        if there(value):
            return value
    return None


def found_under(given: Mapping[str, Any], keys: Sequence[str]) -> list[tuple[str, Any]]:
    """Give the attributes that are named, whatever their values, by their names or paths."""
    found = []
    for key in keys:
        value = _at(given, key)
        if value is not None or not given.keys().isdisjoint(beginnings(key)):
            found.append((key, value))
    return found


def beginnings(key: str) -> list[str]:
    """Give the attributes under which a value may stand: its name, and what its path may begin with.

    >>> beginnings("company.size")
    ['company', 'company.size']
    """
    return [key[:end] for end in (*(at for at, sign in enumerate(key) if sign == "."), len(key))]


def _at(given: Mapping[str, Any], key: str) -> Any:
    """Give what stands under a name or path."""
    if key in given or "." not in key:
        return given.get(key)
    try:
        return asked(_along, given, key, {})
    except Unreadable as error:
        return Unheld("", error.problem, error.advice, error.code)


def _along(given: Mapping[str, Any], key: str, met: dict[tuple[int, str], object]) -> Any:
    """Follow a path. Whatever objects hold themselves, each is asked once for the rest of the path: `met` has them."""
    if key in given or "." not in key:
        return given.get(key)
    outer, _, inner = key.partition(".")
    while inner:
        value = given.get(outer)
        if type(value) is Twice:
            return value
        if isinstance(value, Mapping) and (id(value), inner) not in met:
            met[id(value), inner] = value
            found = _along(named_plainly(value) or {}, inner, met)
            if found is not None:
                return found
        more, _, inner = inner.partition(".")
        outer = f"{outer}.{more}"
    return None


@attrs.frozen
class Naming:
    """The names in the data of what rules read.

    `keys` has the names of each field that has several, or a path, by the first of them; `types` the
    declared name of each type of event in the data, `columns` the attributes that hold a ladder's label
    and `labels` the labels by the text there, in the form in which `letters` compare.
    """

    keys: Mapping[str, tuple[str, ...]]
    types: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, Mapping[str, str]]
    letters: Letters = ACCENTED

    @classmethod
    def of(cls, scope: Scope) -> Naming:
        """Collect the names of a scope."""
        fields = (field.keys for field in scope.fields.values())
        keys = {of_field[0]: of_field for of_field in fields if len(of_field) > 1 or "." in of_field[0]}
        types = {plain_name(type_.strip()): name for name, event in scope.events.items() for type_ in event.types}
        fold = scope.letters.folded
        labels = {ladder: {fold(label): label for label in scope.ladders[ladder]} for ladder in scope.held_in}
        return cls(keys, types, scope.held_in, labels, scope.letters)

    def attributes(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give attributes under the first name of each field."""
        if not self.keys:
            return given
        return {**given, **{key: first_there(given, keys) for key, keys in self.keys.items()}}

    def stages(self, given: Mapping[str, Any], attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the labels that a lead holds: those that it says itself, then those in its attributes."""
        if not self.columns:
            return given
        found = {ladder: self._label(ladder, attributes) for ladder in self.columns}
        there_ = {ladder: label for ladder, label in found.items() if label is not None}
        return {**there_, **{name: label for name, label in given.items() if there(label) or name not in there_}}

    def _label(self, ladder: str, attributes: Mapping[str, Any]) -> Any:
        """Give what the attributes say of a ladder: its label, in whatever case it is written there."""
        raw = exactly(first_there(attributes, self.columns[ladder]))
        return self.labels[ladder].get(self.letters.folded(raw.strip()), raw) if type(raw) is str else raw
