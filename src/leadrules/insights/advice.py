"""What to write into an example so that a condition comes out as wanted, in the words of the language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from leadrules import program as p
from leadrules.engine.reference.conditions import Truth, opposite
from leadrules.families import AGGREGATES, COMPARISONS, TEXT_TESTS
from leadrules.letters import REST
from leadrules.nodes import Node
from leadrules.values import text_of_number

WORDS: dict[Truth, str] = {True: "true", False: "false", None: "unknown"}


def advice(condition: p.Condition, wanted: Truth, program: p.Program) -> str:
    """Say what an example needs for a condition to be true, false or unknown."""
    return _advice(condition, wanted, program) or f"add an example in which it is {WORDS[wanted]}"


def _advice(condition: p.Condition, wanted: Truth, program: p.Program) -> str | None:
    if wanted is None:
        source = next(_sources(condition, program), None)
        return None if source is None else _without(source)
    match condition:
        case p.Not(member):
            return _advice(member, opposite(wanted), program)
        case p.Truth(p.FieldRead(field)):
            return _given(f"{field.name} = {WORDS[wanted]}")
        case p.Compare(op, p.FieldRead(field), p.Constant(value)):
            fitting = _fitting(op if wanted else COMPARISONS[op].opposite, value)
            return _given(f"{field.name} = {fitting}" if fitting else f"another `{field.name}`")
        case p.Between(p.FieldRead(field), p.Constant(low), p.Constant()):
            fitting = _fitting("=" if wanted else "<", low)
            return fitting and _given(f"{field.name} = {fitting}")
        case p.OneOf(p.FieldRead(field), choices):
            return _given(f"{field.name} = {choices[0].text}" if wanted else f"another `{field.name}`")
        case p.TextTest(kind, p.FieldRead(field), choices):
            literal = not TEXT_TESTS[kind].is_pattern and isinstance(choices[0], p.Constant)
            text = choices[0].text.replace(f'{REST}"', '"') if TEXT_TESTS[kind].of_words else choices[0].text
            fitting = _given(f"{field.name} = {text}") if literal else None
            return fitting if wanted else _given(f"another `{field.name}`")
        case p.IsKnown(p.FieldRead(field)):
            return _given(field.name) if wanted else _leave_out(field.name)
        case p.Happened(selection):
            return _given(_event(selection)) if wanted else f"add an example without {_marked(_event(selection))}"
        case _:
            return None


def _sources(node: Node, program: p.Program) -> Iterator[Node]:
    """Give the values whose being unknown can make a condition or value unknown, from left to right."""
    match node:
        case p.FieldRead(field):
            yield from () if field.default is not None else (node,)
        case p.MomentWithin(moment):
            yield from _sources(moment, program)
        case p.PropertyRead():
            yield node
        case p.Aggregate(function):
            yield from () if AGGREGATES[function].of([]) is not None else (node,)
        case p.DefinitionRead():
            behind = program.behind(node)
            yield from () if behind is None else _sources(behind, program)
        case p.CallNode(str() as plugin, name, names, arguments):
            optional = {parameter.name for parameter in program.functions[plugin, name].given if parameter.optional}
            for to, argument in zip(names, arguments, strict=True):
                yield from () if to in optional else _sources(argument, program)
        case p.Happened() | p.Count():
            return
        case _:
            for part in node.children():
                yield from _sources(part, program)


def _without(source: Node) -> str | None:
    if isinstance(source, p.FieldRead):
        return _leave_out(source.field.name)
    if isinstance(source, p.Aggregate):
        return f"add an example without `{source.selection.name}`"
    return None


def _leave_out(name: str) -> str:
    return f"add an example without `{name}`"


def _given(what: str) -> str:
    return f"add an example with {_marked(what)}"


def _marked(what: str) -> str:
    return what if "`" in what else f"`{what}`"


def _event(selection: p.Selection) -> str:
    return f"a fitting `{selection.name}`" if selection.filter or selection.looks_around else selection.name


def _fitting(op: str, value: object) -> str | None:
    """Give a literal that passes a comparison, the one on the border where that is one."""
    step = {">": 1, "<": -1, "!=": 1}.get(op, 0)
    if isinstance(value, bool):
        return WORDS[value if step == 0 else not value]
    if isinstance(value, Fraction):
        return text_of_number(value + step)
    if isinstance(value, dt.date) and dt.date.min < value < dt.date.max:
        return (value + dt.timedelta(days=step)).isoformat()
    return f'"{value}"' if isinstance(value, str) and step == 0 else None
