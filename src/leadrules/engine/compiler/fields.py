"""How fields and properties are read: a quick look where the value is as expected, else its reader.

What the rules ask of a text alone is answered once per text: all those answers stand in one tuple,
which is remembered by the raw text.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from leadrules import program as p
from leadrules.conversions import Reader, reader_of_field, reader_of_property
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.compiler.conditions import FALSE, NONE, Conditions
from leadrules.engine.compiler.operands import Day, Flag, Moment, Number, Operand, Text, TextRead, Texts, Unsupported
from leadrules.engine.compiler.runtime import absent_is_unknown
from leadrules.engine.reference.conditions import Reading
from leadrules.families import Kind
from leadrules.lead import Facts
from leadrules.letters import Letters, worded
from leadrules.occurrences import Occurrence
from leadrules.spellings import are_plain
from leadrules.vocabulary import Field, Property

_SMALL = 2**29
"""Whole numbers below this size are compared fastest, and need no look at their range."""

_FEW = 4
"""So many names are found one by one before it is faster to look at all that there are."""


def named_plainly(given: Expr, read: Iterable[str], declared: Iterable[str], names: Names) -> Expr:
    """Write a test that no name in a mapping is a form of another, where all names that are `read` are there.

    Most leads have just those names, or all that the rules declare: then they are so many.
    """
    known = frozenset(read)
    others = sorted(frozenset(declared) - known)
    count = code.call(code.name("len"), given)
    found = [code.compare(count, "=", code.const(len(known)))]
    if 0 < len(others) <= _FEW:
        size = names.fresh("size")
        found = [code.compare(code.named_expr(size, count), "=", code.const(len(known)))]
        every = code.compare(code.name(size), "=", code.const(len(known) + len(others)))
        found.append(code.and_(every, *(code.compare(code.const(name), "in", given) for name in others)))
    return code.or_(*found, code.call(names.value(are_plain, "are_plain"), given))


TextQuestion = tuple[str, p.Condition | None]
"""What is asked of a text: `true` or `false` of a condition, or `text`, `folded` of the text itself."""


@attrs.define
class AboutText:
    """All that is asked of one text field or property, in the order in which it came up."""

    read: TextRead
    known: Expr
    remembered: runtime.Remembered
    asked: dict[TextQuestion, int] = attrs.field(factory=dict)

    def index(self, asked: TextQuestion) -> int:
        """Give the index of an answer in the tuple."""
        return self.asked.setdefault(asked, len(self.asked))

    @property
    def is_sparse(self) -> bool:
        """Tell whether an empty tuple may stand for answers that are all no.

        Most texts of events pass no filter at all, and those that do are found by that.
        """
        return isinstance(self.read, p.PropertyRead) and all(node is not None for _, node in self.asked)


_AT_HAND = Text(code.name("folded"), code.name("text"), plain=code.name("plain"), worded=code.name("worded"))


@attrs.define
class _OfText:
    """Inside the function that derives the answers: the one text is known."""

    read: TextRead
    shares: bool = False

    def answer(self, read: TextRead, node: p.Condition, *, wanted: bool) -> Expr | None:
        return None

    def field(self, field: Field) -> Operand:
        return _AT_HAND

    def property(self, node: p.PropertyRead) -> Operand:
        return _AT_HAND

    def _no(self, *_: Any) -> Any:
        raise Unsupported("only the text is read here")

    definition = count = moments = aggregate = clock = held = keep = fallback_truth = _no


@attrs.define
class Readers:
    """Makes the readers of one program, and writes what is asked of its texts.

    `validated` says that events were read before: what cannot be read of them is known to be unknown.
    """

    conditions: Conditions
    names: Names
    validated: bool = False
    texts: dict[tuple[TextRead, str], AboutText] = attrs.field(factory=dict)
    definitions: list[ast.FunctionDef] = attrs.field(factory=list)
    _derived: dict[str, runtime.Remembered] = attrs.field(factory=dict)

    # ----------------------------------------------------------------- texts

    def about(self, read: TextRead, event: str = "") -> AboutText:
        """Give what is asked of a text, by all, or by the filters on one type of event."""
        if isinstance(read, p.PropertyRead):
            read = p.PropertyRead(read.name, read.type)
        if (read, event) not in self.texts:
            scope = self.conditions.program.scope
            if isinstance(read, p.FieldRead):
                reader = reader_of_field(read.field, scope.zone, scope.most_characters)
            else:
                reader = self._of_property(Property(read.name, read.type))
            function = self.names.fresh("derive", read.field.name if isinstance(read, p.FieldRead) else read.name)
            remembered = runtime.Remembered(runtime.lasting(reader), _not_yet)
            self._derived[function] = remembered
            known = self.names.value(remembered)
            self.texts[read, event] = AboutText(read, known, remembered)
        return self.texts[read, event]

    def derivations(self) -> list[ast.FunctionDef]:
        """Write the functions from a text to all that is asked of it."""
        return [
            code.function_def(name, ["text"], self._derivation(about))
            for name, about in zip(self._derived, self.texts.values(), strict=True)
        ]

    def connect(self, namespace: dict[str, Any]) -> None:
        """Give the remembering dicts their compiled functions."""
        for name, remembered in self._derived.items():
            remembered.derive = namespace[name]

    def _derivation(self, about: AboutText) -> Block:
        context = _OfText(about.read)
        unknown = code.const(tuple(self._of_unknown(about.read, asked) for asked in about.asked))
        answers: Expr = code.tuple_of([self._of_known(context, asked) for asked in about.asked])
        if about.is_sparse:
            unknown = unknown if True in unknown.value else code.const(())  # type: ignore[operator]
            found = code.named_expr("found", answers)
            holds = code.compare(code.const(value=True), "in", found)
            answers = code.if_else(holds, code.name("found"), code.const(()))
        return [
            code.if_(code.compare(code.name("text"), "is", NONE), [code.return_(unknown)]),
            code.assign("folded", code.call(folding(self.names, self.conditions.letters), code.name("text"))),
            *self._other_forms(answers),
            code.return_(answers),
        ]

    def _other_forms(self, answers: Expr) -> Block:
        """Make the other forms of a text that its answers look at."""
        used = {node.id for node in ast.walk(answers) if isinstance(node, ast.Name)}
        plain = code.call(self.names.value(self.conditions.letters.plain, "plain"), code.name("text"))
        words = code.call(self.names.value(worded, "worded"), code.name("folded"))
        return [code.assign(name, form) for name, form in (("plain", plain), ("worded", words)) if name in used]

    def _of_known(self, context: _OfText, asked: TextQuestion) -> Expr:
        kind, node = asked
        if node is None:
            return code.name(kind)
        return self.conditions.test(node, context, wanted=kind == "true")

    def _of_unknown(self, read: TextRead, asked: TextQuestion) -> bool | None:
        """Answer for an unknown text, by the reference."""
        kind, node = asked
        return None if node is None else self._truth_of_unknown(read, node) is (kind == "true")

    def holds_of_unknown(self, read: TextRead, node: p.Condition) -> bool:
        """Tell whether a condition on one text is true of an unknown one."""
        return self._truth_of_unknown(read, node) is True

    def _truth_of_unknown(self, read: TextRead, node: p.Condition) -> bool | None:
        fields = {read.field.name: None} if isinstance(read, p.FieldRead) else {}
        reading = Reading(self.conditions.program, Facts(None, fields, (), {}, 0), 0)
        return reading.truth(node, Occurrence("", 0, None, {}))

    # ---------------------------------------------------------------- fields

    def field(self, field: Field, raw: str) -> Block:
        """Write the reading of a field, whose raw value stands in a variable, into that variable."""
        scope = self.conditions.program.scope
        reader = reader_of_field(field, scope.zone, scope.most_characters)
        kind = field.type.kind
        if kind == "number":
            reader = runtime.reader_of_number(reader)
        elif field.type.is_time:
            reader = runtime.Remembered(runtime.lasting(reader), runtime.same).__getitem__
        else:
            reader = runtime.lasting(reader)
        read: Block = [code.assign(raw, code.call(self.names.value(reader), code.name(raw)))]
        if field.default is None:
            read = [code.if_(code.compare(code.name(raw), "is not", NONE), read)]
        if kind == "number" and not field.unknown:
            return [code.if_(_is_small(code.name(raw)), [], read)]
        if kind == "bool":
            return [code.if_(_is_bool(code.name(raw)), [], read)]
        return read

    def property(self, prop: Property, value: Expr) -> Expr:
        """Write the reading of a property's raw value."""
        if prop.type.kind == "text":
            return code.subscript(self.about(p.PropertyRead(prop.name, prop.type)).known, value)
        raw = self.names.fresh("raw")
        reader = code.call(self.known_property(prop), code.name(raw))
        bound = code.named_expr(raw, value)
        if prop.type.kind == "number":
            whole = code.compare(code.call(code.name("type"), bound), "is", code.name("int"))
            return code.if_else(code.and_(whole, _in_range(code.name(raw))), code.name(raw), reader)
        return code.call(self.known_property(prop), value)

    def known_property(self, prop: Property) -> Expr:
        """Write the function that reads a property, absent ones included."""
        if prop.type.kind == "text":
            return code.attribute(self.about(p.PropertyRead(prop.name, prop.type)).known, "__getitem__")
        return self.names.value(self.reader_of_property(prop), ("reader", attrs.evolve(prop, name="", pii=False)))

    def _of_property(self, prop: Property) -> Reader:
        scope = self.conditions.program.scope
        read = reader_of_property(prop, scope.zone, scope.most_characters)
        return absent_is_unknown(read, validated=self.validated)

    def reader_of_property(self, prop: Property) -> Callable[[Any], Any]:
        """Make the reader of a property, absent ones included."""
        reader = self._of_property(prop)
        if prop.type.is_time:
            return runtime.Remembered(runtime.lasting(reader), runtime.same).__getitem__
        return runtime.reader_of_number(reader) if prop.type.kind == "number" else reader


def operand_of(kind: Kind, variable: Expr, names: Names, letters: Letters, *, optional: bool = True) -> Operand:
    """Give what a variable holds, by the kind of its type; texts apart."""
    match kind:
        case "number":
            return Number(variable, optional=optional)
        case "bool":
            return Flag(variable, code.compare(variable, "is", FALSE))
        case "date":
            return Day(variable, optional)
        case "datetime":
            return Moment(variable, optional)
        case "list of text":
            return Texts(
                code.call(names.value(runtime.members, "members"), folding(names, letters), variable), variable
            )
        case "text" | "label":
            raise Unsupported("a variable of this kind")


def folding(names: Names, letters: Letters) -> Expr:
    """Write the function that gives a text in the form of comparison."""
    return names.value(letters.folded, "folded")


def _is_small(raw: Expr) -> Expr:
    return code.and_(code.compare(code.call(code.name("type"), raw), "is", code.name("int")), _in_range(raw))


def _in_range(raw: Expr) -> Expr:
    return code.between(code.const(-_SMALL), "<", raw, "<", code.const(_SMALL))


def _is_bool(raw: Expr) -> Expr:
    return code.or_(code.compare(raw, "is", code.const(value=True)), code.compare(raw, "is", FALSE))


def _not_yet(_: object) -> Any:
    raise runtime.Irregular
