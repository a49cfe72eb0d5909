"""Reads the tables of a file: those written in it, and those of files beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Protocol

import attrs

from leadrules.check.constants import constant, refuse_empty
from leadrules.check.declarations import properties_in
from leadrules.conversions import reader_of_field
from leadrules.errors import PluginError
from leadrules.foreign import Unreadable
from leadrules.letters import Letters
from leadrules.program.tables import TableColumn
from leadrules.syntax import tree
from leadrules.syntax.report import Report, listed
from leadrules.values import Value, Zone, plain_name
from leadrules.vocabulary import TEXT, Property

Rows = list[tuple[int, list[str]]]
"""Rows of a file by their number."""


class Beside(Protocol):
    """What reads the files beside a rule file; raises ValueError with a sentence for people where it cannot."""

    def read_list(self, file: str, path: str, column: str | None) -> list[str]:
        """Read the texts of a list: of a path that a rule file names, in a column."""
        ...

    def read_table(self, file: str, path: str, key: str) -> tuple[list[str], int, Rows]:
        """Read the header of a table, the place of its key in that, and its rows."""
        ...


class _NothingBeside:
    """Rules that were not loaded from a file have no folder to read others from."""

    def read_list(self, file: str, path: str, column: str | None) -> list[str]:  # noqa: ARG002 - as Beside has it
        raise ValueError(f"`{path}` cannot be read, since these rules were not loaded from a file")

    def read_table(self, file: str, path: str, key: str) -> tuple[list[str], int, Rows]:  # noqa: ARG002 - as above
        raise ValueError(f"`{path}` cannot be read, since these rules were not loaded from a file")


NOTHING_BESIDE: Beside = _NothingBeside()


@attrs.define
class KnownTable:
    """A table that the rules may ask: its columns by name, each read when it is asked for; `repeated` stand twice."""

    columns: Mapping[str, Callable[[], TableColumn]]
    repeated: frozenset[str] = frozenset()
    _read: dict[str, TableColumn] = attrs.field(factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of its columns; none where the file itself holds it."""
        return [name for name in self.columns if name]

    def column(self, name: str) -> TableColumn:
        """Give a column that there is."""
        if name not in self._read:
            self._read[name] = self.columns[name]()
        return self._read[name]


def table_of(report: Report, node: tree.TableDeclaration, beside: Beside, zone: Zone, letters: Letters) -> KnownTable:
    """Read a table. Raises Refused, reported."""
    if node.path is None:
        written = _written(report, node, letters)
        return KnownTable({"": lambda: written})
    return _from_file(report, node, beside, zone, letters)


# ------------------------------------------------------------ in the rule file


def _written(report: Report, node: tree.TableDeclaration, letters: Letters) -> TableColumn:
    found: dict[str, Value] = {}
    first: dict[str, tree.Pair] = {}
    kind = None
    for pair in node.pairs:
        refuse_empty(report, pair.key)
        key = letters.folded(pair.key.value.strip())
        if key in found:
            help_ = f"the first is {first[key].key.value!r} in line {first[key].span.line}; case makes no difference"
            report.refuse("LR614", f'the key "{pair.key.value}" stands twice', pair.key, help_.replace("'", '"'))
        if isinstance(pair.value, tree.Text):
            refuse_empty(report, pair.value)
        if isinstance(pair.value, tree.Duration):
            report.refuse("LR404", "a table holds texts, numbers, dates, `true` and `false`", pair.value)
        value = constant(pair.value)
        kind = kind or value.type
        if value.type != kind:
            message = f"the values of a table are of one type, and {value.text} is a {value.type.kind}"
            report.refuse("LR401", message, pair.value, f"the first is a {kind.kind}")
        found[key], first[key] = value.value, pair
    assert kind is not None
    return TableColumn(kind, found)


# ----------------------------------------------------------- in a file beside it


def _from_file(report: Report, node: tree.TableDeclaration, beside: Beside, zone: Zone, letters: Letters) -> KnownTable:
    assert node.path is not None
    assert node.key is not None
    try:
        header, place, rows = beside.read_table(node.span.file, node.path.value, node.key.value)
    except ValueError as problem:
        report.refuse("LR610", str(problem), node.path, report.near(node.path.value, problem))
    except PluginError as problem:
        report.refuse("LR621", str(problem), node.path, problem.help)
    reading = _Reading(report, node, node.path, header, [name for name in header if name], letters)
    keys = reading.keys(place, rows)
    declared = reading.declared(properties_in(report, node.columns, letters))
    columns = {}
    plain = [plain_name(name) for name in header]
    for at, name in enumerate(plain):
        if name and plain.count(name) == 1:
            prop = declared.get(at, Property(name, TEXT, letters=letters))
            columns[name] = functools.partial(reading.column, at, prop, keys, zone)
    table = KnownTable(columns, frozenset(name for name in plain if name and plain.count(name) > 1))
    for at in declared:
        if plain[at] in columns:
            table.column(plain[at])  # so that a value that cannot be read is told, whoever asks for it
    return table


@attrs.frozen
class _Reading:
    """One file while it is read; `named` are the names of its columns."""

    report: Report
    node: tree.TableDeclaration
    path: tree.Text
    header: list[str]
    named: list[str]
    letters: Letters

    def keys(self, place: int, rows: Rows) -> list[tuple[int, str, list[str]]]:
        """Give the rows with their folded keys, each there and once."""
        seen: dict[str, int] = {}
        found = []
        for number, row in rows:
            written = row[place] if len(row) > place else ""
            if not written:
                self._refuse("LR610", f"row {number} of `{self.path.value}` has no key", "give it one, or take it out")
            key = self.letters.folded(written)
            if key in seen:
                message = f'the key "{written}" stands twice in `{self.path.value}`, in rows {seen[key]} and {number}'
                self._refuse("LR614", message, "keep one of the two rows")
            seen[key] = number
            found.append((number, key, row))
        return found

    def declared(self, properties: tuple[Property, ...]) -> dict[int, Property]:
        """Give the declared columns by their places."""
        plain = [plain_name(name) for name in self.header]
        found = {}
        for prop, written in zip(properties, self.node.columns, strict=True):
            if prop.name not in plain:
                near = self.report.suggest(prop.name, self.named)
                help_ = f"did you mean `{near}`?" if near else f"its columns are {listed(self.named)}"
                message = f"`{self.path.value}` has no column `{prop.name}`"
                self.report.refuse("LR303", message, written.name, help_)
            found[plain.index(prop.name)] = prop
        return found

    def column(self, at: int, prop: Property, keys: list[tuple[int, str, list[str]]], zone: Zone) -> TableColumn:
        """Read the values of a column; an empty cell is unknown."""
        read = reader_of_field(prop.field, zone)
        values: dict[str, Value] = {}
        for number, key, row in keys:
            written = row[at] if len(row) > at else ""
            value: Value | None = None
            try:
                value = read(written) if written else None
            except Unreadable as problem:
                if prop.lenient:
                    continue
                message = f"row {number} of `{self.path.value}`, `{prop.name}`: `{written:.60}` {problem}"
                self._refuse("LR610", message, "mend the file, or write `else unknown` behind the type")
            if value is not None:
                values[key] = value
        return TableColumn(prop.type, values, prop.pii)

    def _refuse(self, code: str, message: str, advice: str) -> None:
        self.report.refuse(code, message, self.path, advice)
