"""The trace of compiled code: what may fire, in its order, how that is noted, and the results made of the notes.

What fires goes to the list `fired` as (head of the entry, points), where points that vary are units.
The parts of a result are made of the notes when they are asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import AuditEntry, ScoredLead, Transition, entries_of
from leadrules.canonical import canonical_json
from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.interpreter import ValidUntil
from leadrules.families import RESULT_LISTS
from leadrules.frozen import FrozenDict
from leadrules.heads import EntryHead, Fired, Notes, head_of, json_of, with_points
from leadrules.outputs import OutputValue, output_of, plain_outputs
from leadrules.stack import with_room
from leadrules.terms import EntryKind
from leadrules.units import Decimals, Numbers

FIRED = "fired"
GATED = "gated"
SEEN = ("fired", "id_", "instant", "values", "seen", "stages", "pii", "totals")
"""What is noted of the lead: what fired, its id, `as_of`, the values of fields, what was read of its events, the labels
held, whether values of `pii` fields are shown, and what events came to that are not at hand.

Nothing in it is the host's to change: texts, numbers and moments as they were given, and what was read of all else."""
MARKS = tuple(RESULT_LISTS)
"""What follows in the notes; then the proof, once it is made, dimensions, grades, labels, of each ladder
the label held and the rule that led to the new one, and the outputs."""

_MARKS = len(SEEN)
_PROOF = _MARKS + len(MARKS)

Prove = Callable[[Notes, Sequence[Fired]], dict[int, str]]
"""Gives the evidence of what fired, as canonical JSON by the index of the entry."""
Item = p.Dimension | p.PointsGroup | p.Persona | p.Rule | p.Total | p.Term
"""What an entry is of."""


def definitions_noted(program: p.Program, notes: Notes) -> Iterator[tuple[tuple[str, str], Any]]:
    """Give the units of dimensions, and the labels of grades and ladders, that notes hold, by kind and name."""
    noted = iter(notes[_PROOF + 1 :])
    for kind, named in (("dimension", program.dimensions), ("grade", program.grades), ("ladder", program.ladders)):
        yield from (((kind, one.name), next(noted)) for one in named)


@attrs.define
class ResultMaker:
    """Makes the parts of the results of one program from notes: a flat tuple, since it is made for every lead."""

    program: p.Program
    decimals: Decimals
    in_order: bool = True
    prove: Prove = attrs.field(init=False)
    read: Callable[[Notes], Reading] = attrs.field(init=False)
    lasting: ValidUntil | None = attrs.field(default=None, init=False)
    numbers: Numbers = attrs.field(init=False)
    keys: tuple[str, ...] = attrs.field(init=False)
    names: tuple[tuple[str, ...], ...] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        program = self.program
        self.numbers = Numbers(program.precision)
        named = (program.dimensions, program.grades, program.ladders)
        self.names = tuple(tuple(one.name for one in kind) for kind in named)
        self.keys = tuple(f"{canonical_json(name)}:" for kind in self.names for name in kind)

    def parts(self, notes: Notes) -> dict[str, Any]:
        """Give all parts but those that every result has at once."""
        dimensions, grades, ladders = self.names
        first = _PROOF + 1
        second = first + len(dimensions)
        third = second + len(grades)
        last = third + len(ladders)
        labels, changes = notes[third:last], notes[last : last + 2 * len(ladders)]
        parts: dict[str, Any] = {
            "dimensions": FrozenDict(zip(dimensions, map(self.decimals.__getitem__, notes[first:second]), strict=True)),
            "grades": FrozenDict(zip(grades, notes[second:third], strict=True)),
            "stages": FrozenDict(zip(ladders, labels, strict=True)),
            "outputs": FrozenDict(self._outputs(notes)),
            "unreadable": (),
            "transitions": (),
        }
        parts |= zip(MARKS, notes[_MARKS:_PROOF], strict=True)
        if labels != changes[::2]:
            steps = zip(ladders, changes[::2], labels, changes[1::2], strict=True)
            parts["transitions"] = tuple([Transition(*step) for step in steps if step[1] != step[2]])
        return parts

    def _outputs(self, notes: Notes) -> dict[str, OutputValue]:
        """Give the outputs, which stand last in the notes, as values of the language."""
        outputs = self.program.outputs
        noted = notes[len(notes) - len(outputs) :]
        return {one.name: output_of(value, one.body.type.kind) for one, value in zip(outputs, noted, strict=True)}

    def audit(self, notes: Notes) -> tuple[AuditEntry, ...]:
        """Give the audit; its evidence is made when it is first read."""
        return entries_of(notes[0] if self.in_order else self._fired(notes), self.decimals, notes)

    def written(self, notes: Notes) -> dict[str, str]:
        """Write the same parts as canonical JSON."""
        dimensions, labels = len(self.program.dimensions), notes[_PROOF + 1 : len(notes) - len(self.program.outputs)]
        ladders = dimensions + len(self.program.grades)
        changes = ladders + len(self.program.ladders)
        sums = [f"{key}{self.numbers[units]}" for key, units in zip(self.keys, labels[:dimensions], strict=False)]
        found = {
            "dimensions": f"{{{','.join(sums)}}}",
            "grades": _labels(self.keys[dimensions:ladders], labels[dimensions:ladders]),
            "stages": _labels(self.keys[ladders:], labels[ladders:changes]),
            "outputs": canonical_json(plain_outputs(self._outputs(notes))) if self.program.outputs else "{}",
        }
        for mark, given in zip(MARKS, notes[_MARKS:_PROOF], strict=True):
            found[mark] = canonical_json(given) if given else "[]"
        steps = zip(
            self.keys[ladders:], labels[changes::2], labels[ladders:changes], labels[changes + 1 :: 2], strict=True
        )
        changed = [
            f'{{"ladder":{key[:-1]},"before":{canonical_json(held)},"after":{canonical_json(label)}'
            f',"rule":{canonical_json(by)}}}'
            for key, held, label, by in steps
            if held != label
        ]
        found["transitions"] = f"[{','.join(changed)}]"
        return found

    def audit_written(self, notes: Notes) -> str:
        """Write the audit as canonical JSON."""
        return json_of(self._fired(notes), self.numbers, self.proof(notes))

    def proof(self, notes: Notes) -> Mapping[int, str]:
        """Give the evidence of entries by their index among the heads."""
        made: list[dict[int, str]] = notes[_PROOF]
        if not made:
            made.append(with_room(lambda: self.prove(notes, self._fired(notes))))
        return made[0]

    def valid_until(self, notes: Notes, result: ScoredLead) -> dt.datetime | None:
        """Say until when a result is valid."""
        assert self.lasting is not None
        return self.lasting(self.read(notes), result)

    def _fired(self, notes: Notes) -> Sequence[Fired]:
        fired: list[Fired] = notes[0]
        return fired if self.in_order else sorted(fired, key=_index)


def _labels(keys: Sequence[str], labels: Sequence[str]) -> str:
    return f"{{{','.join([key + canonical_json(label) for key, label in zip(keys, labels, strict=True)])}}}"


def _index(fired: Fired) -> int:
    return fired[0][3]


@attrs.define
class Trace:
    """The entries that an audit may have, in their order, by what they are of."""

    maker: ResultMaker
    heads: list[EntryHead] = attrs.field(factory=list)
    items: list[Item] = attrs.field(factory=list)
    indices: dict[tuple[str, str], int] = attrs.field(factory=dict)
    _latest: int = -1

    @classmethod
    def of(cls, program: p.Program) -> Trace:
        """Give every entry that a program may write."""
        trace = cls(ResultMaker(program, Decimals(program.precision)))
        for dimension in program.dimensions:
            for item in dimension.items:
                trace._item(item)
            trace._add("dimension", dimension.name, "cap", dimension.name, dimension)
        total = program.total
        if total.terms is not None:
            for dimension in program.dimensions:
                trace._add("weight", dimension.name, "weight", dimension.name, dimension, total)
            for index, term in enumerate(total.terms):
                if term.dimension is None:
                    trace._add("constant", str(index), "constant", "total", term)
            trace._add("total", "", "cap", "total", total)
        return trace

    def fire(self, body: Block, index: int, units: Expr, names: Names, alternative: int = 0) -> None:
        """Write that an entry fires with so many units, by one of a rule's alternatives."""
        self.fires(index)
        head = self.alternative(index, alternative)
        if isinstance(units, code.Literal):
            assert isinstance(units.value, int)
            row = with_points(head, self.maker.decimals[units.value])
            body.append(code.append(FIRED, names.named(row, ("fired", index, alternative, units.value), head[1])))
        else:
            body.append(
                code.append(FIRED, code.cell_of(names.named(head, ("head", index, alternative), head[1]), units))
            )

    def fire_one(self, body: Block, index: int, units: Expr, names: Names, alternative: Expr) -> None:
        """Write that an entry fires with so many units, by the alternative of a rule that code finds out."""
        self.fires(index)
        item = self.items[index]
        assert isinstance(item, p.Rule)
        heads = self.alternatives(index)
        head = code.subscript(names.named(heads, ("heads", index), item.id), alternative)
        body.append(code.append(FIRED, code.cell_of(head, units)))

    def fires(self, index: int) -> None:
        """Note that code is written which fires an entry; one before what was written last must be sorted."""
        self.maker.in_order = self.maker.in_order and index >= self._latest
        self._latest = index

    def _item(self, item: p.Rule | p.PointsGroup | p.Persona) -> None:
        if isinstance(item, p.Rule):
            self._add("rule", item.id, "points", item.id, item)
            self._add("rule's cap", item.id, "cap", item.id, item)
        elif isinstance(item, p.Persona):
            self._add("persona", item.name, "points", item.name, item)
        else:
            for rule in item.rules:
                self._item(rule)
            self._add("group", item.name, "cap", item.name, item)

    def _add(self, of: str, name: str, kind: EntryKind, rule: str, item: Item, at: p.Node | None = None) -> None:
        index = self.indices[of, name] = len(self.heads)
        because = item.because if isinstance(item, p.Rule) and kind == "points" else None
        self.items.append(item)
        place = (item if at is None else at).place
        self.heads.append(head_of(kind, rule, because, index=index, maker=self.maker, **place))

    def alternatives(self, index: int) -> tuple[EntryHead, ...]:
        """Give the heads of the entries that the alternatives of a rule fire, in their order."""
        item = self.items[index]
        assert isinstance(item, p.Rule)
        return tuple(self.alternative(index, which) for which in range(len(item.alternatives)))

    def alternative(self, index: int, alternative: int) -> EntryHead:
        """Give the head of an entry that one of a rule's alternatives fires."""
        item = self.items[index]
        if self.heads[index][0] != "points" or not isinstance(item, p.Rule) or len(item.alternatives) == 1:
            return self.heads[index]
        return head_of(
            "points",
            item.id,
            item.because,
            index=index,
            maker=self.maker,
            which=alternative,
            alternative=item.told(alternative),
            **item.place,
        )
