"""Which outcomes a condition can have: true, false, unknown.

Only what provably cannot be is left out, so that nobody is asked for an example that does not
exist. What cannot be decided here counts as possible.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import attrs

from leadrules import program as p
from leadrules.criteria import Criterion as Function
from leadrules.engine.reference.conditions import Truth, at_least, both, either, opposite

ALL: tuple[Truth, ...] = (True, False, None)
_MOST_COMBINED = 12


@attrs.frozen
class Outcomes:
    """Tells the possible outcomes of the conditions of one program."""

    criteria: Mapping[str, p.Criterion]
    segments: Mapping[str, p.Segment]
    functions: Mapping[tuple[str, str], Function]

    @classmethod
    def of(cls, program: p.Program) -> Outcomes:
        """Take the definitions that conditions may read from a program."""
        criteria = {c.name: c for c in program.criteria}
        return cls(criteria, {s.name: s for s in program.segments}, program.functions)

    def possible(self, condition: p.Condition) -> tuple[Truth, ...]:
        """Give the outcomes that a condition can have, in the order true, false, unknown.

        >>> from leadrules import Ruleset
        >>> program = Ruleset.from_text("employees is known and employees > 9 +5").program
        >>> guarded = program.dimensions[0].items[0].alternatives[0].condition
        >>> Outcomes.of(program).possible(guarded)
        (True, False)
        """
        sources = list(dict.fromkeys(self._sources_of(condition)))
        tests = list(dict.fromkeys(self._tests_of(condition)))
        if len(sources) + len(tests) > _MOST_COMBINED:
            return ALL if sources else ALL[:2]
        found = set()
        for known in itertools.product((True, False), repeat=len(sources)):
            is_known = dict(zip(sources, known, strict=True))
            truths = [self._outcomes_of_test(test, is_known) for test in tests]
            for combined in itertools.product(*truths):
                found.add(self._combined(condition, dict(zip(tests, combined, strict=True))))
        return tuple(truth for truth in ALL if truth in found)

    # ---------------------------------------------------------------- tests

    def _opened(self, condition: p.Condition) -> p.Condition:
        """Give the condition behind a criterion or segment, else the condition itself."""
        while isinstance(condition, p.Truth):
            read = condition.value
            if isinstance(read, p.ConditionValue):
                condition = read.condition
            elif isinstance(read, p.DefinitionRead) and read.kind == "segment":
                condition = self.segments[read.name].condition
            elif isinstance(read, p.DefinitionRead) and read.kind == "criterion":
                body = self.criteria[read.name].body
                condition = body.condition if isinstance(body, p.ConditionValue) else p.Truth(body)
            else:
                break
        return condition

    def _tests_of(self, condition: p.Condition) -> Iterator[p.Condition]:
        condition = self._opened(condition)
        match condition:
            case p.Or(members) | p.And(members) | p.AtLeast(_, members):
                for member in members:
                    yield from self._tests_of(member)
            case p.Not(member):
                yield from self._tests_of(member)
            case _:
                yield condition

    def _combined(self, condition: p.Condition, truths: Mapping[p.Condition, Truth]) -> Truth:
        condition = self._opened(condition)
        match condition:
            case p.Or(members):
                return either(self._combined(member, truths) for member in members)
            case p.And(members):
                return both(self._combined(member, truths) for member in members)
            case p.AtLeast(count, members):
                return at_least(count, [self._combined(member, truths) for member in members])
            case p.Not(member):
                return opposite(self._combined(member, truths))
            case _:
                return truths[condition]

    def _outcomes_of_test(self, test: p.Condition, known: Mapping[p.ValueNode, bool]) -> tuple[Truth, ...]:
        """Give the outcomes of one test, where it is given which sources are known."""
        sources = list(self._sources_of(test))
        unknown = [source for source in sources if not known[source]]
        match test:
            case p.Always():
                return (True,)
            case p.IsKnown():
                return (not unknown,)
            case p.Truth(p.Constant(value)):
                return (bool(value),)
            case p.Between() | p.TextTest() if unknown:
                return ALL  # one side alone may decide
            case _:
                return (None,) if unknown else (True, False)

    # -------------------------------------------------------------- sources

    def unknown_sources(self, condition: p.Condition) -> tuple[p.ValueNode, ...]:
        """Give the values whose being unknown can make a condition unknown, from left to right."""
        return tuple(dict.fromkeys(self._sources_of(condition)))

    def _sources_of(self, condition: p.Condition) -> Iterator[p.ValueNode]:
        condition = self._opened(condition)
        match condition:
            case p.Or(members) | p.And(members) | p.AtLeast(_, members):
                for member in members:
                    yield from self._sources_of(member)
            case p.Not(member):
                yield from self._sources_of(member)
            case p.Compare(_, left, right):
                yield from self._sources_of_values((left, right))
            case p.Between(value, low, high):
                yield from self._sources_of_values((value, low, high))
            case p.OneOf(value) | p.IsKnown(value) | p.Truth(value):
                yield from self._sources_of_value(value)
            case p.TextTest(_, subject, choices):
                yield from self._sources_of_values((subject, *choices))
            case p.FieldWithin(field) if field.default is None:
                yield p.FieldRead(field, text=field.name)
            case _:
                return

    def _sources_of_values(self, nodes: tuple[p.ValueNode, ...]) -> Iterator[p.ValueNode]:
        for node in nodes:
            yield from self._sources_of_value(node)

    def _sources_of_value(self, node: p.ValueNode) -> Iterator[p.ValueNode]:
        """Give what can make a value unknown: fields without a default, values of no events, divisions, some calls."""
        match node:
            case p.FieldRead(field) if field.default is None:
                yield node
            case p.PropertyRead():
                yield node
            case p.Aggregate(function) if function not in {"sum", "distinct"}:
                yield node
            case p.DefinitionRead("criterion", name):
                yield from self._sources_of_value(self.criteria[name].body)
            case p.DefinitionRead("segment", name):
                if None in self.possible(self.segments[name].condition):
                    yield node
            case p.DaysBetween(_, moment):
                yield from self._sources_of_value(moment)
            case p.Negative(operand):
                yield from self._sources_of_value(operand)
            case p.Arithmetic(op, left, right):
                yield from self._sources_of_values((left, right))
                if op == "/" and not (isinstance(right, p.Constant) and right.value):
                    yield node
            case p.CallNode(None, _, _, arguments):
                yield from self._sources_of_values(arguments)
            case p.CallNode(str() as plugin, name, names, arguments):
                called = self.functions[plugin, name]
                optional = {parameter.name for parameter in called.given if parameter.optional}
                needed = [one for to, one in zip(names, arguments, strict=True) if to not in optional]
                yield from self._sources_of_values(tuple(needed))
                if called.maybe_unknown:
                    yield node
            case p.ConditionValue(condition):
                if None in self.possible(condition):  # one unknown part need not make it unknown
                    yield node
            case _:
                return
