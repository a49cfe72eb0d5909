"""Names in files as people write them: `Job Title` is `job_title` where rules read that and nothing has just that name.

Case, accents, white space, `-`, `_` and what cannot be seen are passed over. An exact name wins over a near one; what
could be two things is refused, with the way to say which is meant.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Self

import attrs

from leadrules.letters import folded
from leadrules.ruleset import Ruleset, program_of
from leadrules.tables.problems import FileProblem
from leadrules.values import plain_name
from leadrules.vocabulary import Field, Scope

_DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"
_STROKES = str.maketrans({_DOTLESS: "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"})
"""Letters whose stroke is part of them, not a mark that could be taken off."""
_PASSED_OVER = frozenset("-_\N{NON-BREAKING HYPHEN}\N{EN DASH}")
_MOST_REMEMBERED = 1_000
_MOST_SHOWN = 8


@lru_cache(maxsize=10_000)
def squeezed(name: str) -> str:
    """Give what is compared of names that may be written otherwise.

    >>> squeezed("Liczba ciągników"), squeezed("LICZBA_CIAGNIKOW"), squeezed("Company.Size")
    ('liczbaciagnikow', 'liczbaciagnikow', 'company.size')
    """
    apart = unicodedata.normalize("NFKD", folded(plain_name(name))).translate(_STROKES)
    return "".join(c for c in apart if not (c.isspace() or c in _PASSED_OVER or _is_no_letter(c)))


def _is_no_letter(character: str) -> bool:
    """Tell whether it is a mark on a letter, or nothing that can be seen, such as a soft hyphen."""
    return bool(unicodedata.combining(character)) or unicodedata.category(character) == "Cf"


class Ambiguity(ValueError):
    """Names that could be two things: `problem` goes on after the name of a file, `advice` says what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        self.problem = problem
        self.advice = advice
        super().__init__(problem)


@attrs.frozen
class Asked:
    """Something that is looked for in a file: the names it may have there, the first that is there counts.

    `called` is what people call it, `cure` says what to write so that a column is meant and no other.
    """

    names: tuple[str, ...]
    called: str
    cure: Callable[[str], str]


@attrs.frozen
class Names:
    """What rules call the data that they read, so that files may have names that nearly equal theirs.

    `types` are the types of events that are known, by their names in the data; `read` those that rules look at.
    Made by `Names.of_rules`; without rules only ids, times and parts of events have such names.
    """

    fields: tuple[Asked, ...] = ()
    properties: tuple[Asked, ...] = ()
    types: Mapping[str, str] = attrs.field(factory=dict)
    read: frozenset[str] = frozenset()

    @classmethod
    def of_rules(cls, *rules: Ruleset) -> Self:
        """Collect the names of what rules read."""
        return cls.of(program_of(one).scope for one in rules)

    @classmethod
    def of(cls, scopes: Iterable[Scope], *fields: Field) -> Self:
        """Collect the names of what rules read, and of more fields."""
        all_ = [*scopes]
        read = {field.name: field for scope in all_ for field in scope.fields.values()}
        asked = {field.keys: _field(field) for field in [*read.values(), *fields]}
        asked |= {names: _ladder(ladder, names) for scope in all_ for ladder, names in scope.held_in.items()}
        properties = sorted({name for scope in all_ for name in scope.properties})
        types = {name: name for scope in all_ for name in scope.events}
        types |= {
            plain_name(type_.strip()): name
            for scope in all_
            for name, event in scope.events.items()
            for type_ in event.types
        }
        return cls(
            tuple(asked.values()),
            tuple(map(_property, properties)),
            types,
            frozenset(name for scope in all_ for name in scope.read),
        )


def _field(field: Field) -> Asked:
    return Asked(
        field.keys,
        f"field `{field.name}`",
        lambda column: f'say which in the rules: `field {field.name}: {field.type} from "{column}"`',
    )


def _ladder(ladder: str, names: tuple[str, ...]) -> Asked:
    return Asked(
        names,
        f"label of `{ladder}`",
        lambda column: f'say which in the rules: `stages {ladder}: … from "{column}"`',
    )


def _property(name: str) -> Asked:
    return Asked((name,), f"property `{name}`", lambda column: f"say which for the file of events: `{name}={column}`")


def part(name: str, called: str, option: str) -> Asked:
    """Ask for a column of a name that an option says."""
    return Asked((name,), called, lambda column: f"say which: `{option}` with `{column}`")


# ------------------------------------------------------------------- columns


def renamed(columns: Sequence[str], asked: Iterable[Asked], taken: Collection[str] = ()) -> dict[str, str]:
    """Give the columns that have near names, each with the name that it is read as. Raises Ambiguity.

    Columns that are `taken` are what the caller says that they are, and nothing else.
    """
    wanted = [*asked]
    exact = {plain_name(column.strip()) for column in columns}
    known = {name for one in wanted for name in one.names}
    by_form: dict[str, list[str]] = {}
    for column in columns:
        if column not in taken and plain_name(column.strip()) not in known:
            by_form.setdefault(squeezed(column), []).append(column)
    found: dict[str, tuple[str, Asked]] = {}
    for one in wanted:
        if exact.isdisjoint(one.names):
            for name in one.names:
                _claim(found, name, one, by_form.get(squeezed(name), []))
    return {column: name for column, (name, _) in found.items()}


def _claim(found: dict[str, tuple[str, Asked]], name: str, one: Asked, columns: Sequence[str]) -> None:
    if not columns:
        return
    if len(columns) > 1:
        problem = f"has two columns for the {one.called}: `{columns[0]}` and `{columns[1]}`"
        raise Ambiguity(problem, one.cure(columns[0]))
    _, other = found.setdefault(columns[0], (name, one))
    if other is not one:
        problem = f"has the column `{columns[0]}` for the {other.called} and the {one.called}"
        raise Ambiguity(problem, other.cure(columns[0]))


@attrs.define
class Renaming:
    """Renames the columns of a file, or those of each record where every record has its own, and remembers which."""

    asked: tuple[Asked, ...]
    taken: frozenset[str] = frozenset()
    seen: dict[str, str] = attrs.field(factory=dict)
    _known: dict[tuple[str, ...], dict[str, str]] = attrs.field(factory=dict)

    def of(self, columns: Iterable[str]) -> Mapping[str, str]:
        """Give the columns that have near names, each with the name that it is read as. Raises Ambiguity."""
        key = tuple(columns)
        found = self._known.get(key)
        if found is None:
            found = renamed(key, self.asked, self.taken)
            if len(self._known) < _MOST_REMEMBERED:
                self._known[key] = found
            self.seen |= found
        return found


@attrs.define
class TypeNames:
    """Gives types of events the names that rules have for them, and remembers which it changed."""

    names: Names
    seen: dict[str, str] = attrs.field(factory=dict)
    _known: dict[str, str] = attrs.field(factory=dict)
    _by_form: dict[str, dict[str, str]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for type_, name in self.names.types.items():
            self._by_form.setdefault(squeezed(type_), {})[name] = type_

    def of(self, raw: object) -> object:
        """Give the declared name of a type that is nearly it, and anything else as it is. Raises Ambiguity."""
        if not isinstance(raw, str):
            return raw
        if raw not in self._known:
            found = self._found(raw)
            if len(self._known) >= _MOST_REMEMBERED:
                return found
            self._known[raw] = found
        return self._known[raw]

    def _found(self, raw: str) -> str:
        if plain_name(raw.strip()) in self.names.types:
            return raw
        near: list[str] = [*self._by_form.get(squeezed(raw), {})]
        if not near:
            return raw
        if len(near) > 1:
            problem = f"has the type `{raw.strip()}` for the events `{near[0]}` and `{near[1]}`"
            raise Ambiguity(problem, f'say which in the rules: `event {near[0]} from "{raw.strip()}"`')
        if near[0] in self.names.read:
            self.seen[raw.strip()] = near[0]
        return near[0]


class NearLeads:
    """Gives leads the names that rules have for what is in them, and remembers which it gave: `seen`.

    What has a near name stands under its own name as well, since results may show it.
    """

    def __init__(
        self,
        names: Names,
        columns: Sequence[str] | None,
        problem_of: Callable[[str, str | None], FileProblem],
        seen: Mapping[str, str],
    ) -> None:
        """Look at the columns of a file, where it has any. Raises FileProblem where one is ambiguous."""
        self._fields = Renaming(names.fields)
        self._properties = Renaming(names.properties)
        self._types = TypeNames(names)
        self.seen: dict[str, str] = {**seen}
        if columns is not None:
            try:
                self.seen |= self._fields.of(columns)
            except Ambiguity as twice:
                raise problem_of(twice.problem, twice.advice) from None

    def attributes(self, given: dict[str, Any]) -> dict[str, Any]:
        """Give attributes, also under the names that rules have for them. Raises Ambiguity."""
        return self._both(self._fields, given)

    def event(self, event: Any) -> Any:
        """Give an event of a record the names that rules have. Raises Ambiguity."""
        if type(event) is not dict:
            return event
        type_ = self._types.of(event.get("type"))
        self.seen |= self._types.seen
        properties = event.get("properties")
        if type(properties) is dict:
            return {**event, "type": type_, "properties": self._both(self._properties, properties)}
        return {**event, "type": type_} if type_ is not event.get("type") else event

    def _both(self, renaming: Renaming, given: dict[str, Any]) -> dict[str, Any]:
        near = renaming.of(given)
        if not near:
            return given
        self.seen |= near
        return given | {name: given[other] for other, name in near.items()}


def sentence_of(seen: Mapping[str, str]) -> str | None:
    """Say which names are read as others, after the name of a file; None where none is."""
    if not seen:
        return None
    first = [f"`{name}` as `{other}`" for name, other in [*seen.items()][:_MOST_SHOWN]]
    more = f" and {len(seen) - _MOST_SHOWN:,} more so" if len(seen) > _MOST_SHOWN else ""
    return f"is read with {', '.join(first)}{more}"
