"""What the declarations of fields and events say: types, names in the data, and how values are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leadrules.check.constants import constant, refuse_empty, typed
from leadrules.conversions import split_by
from leadrules.forms import numbers
from leadrules.forms.numbers import number_form
from leadrules.forms.times import time_form
from leadrules.letters import Letters
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Report
from leadrules.values import Value
from leadrules.vocabulary import OWN_PROPERTIES, EventType, Field, Property, Type


def _type(report: Report, spec: tree.TypeSpec, letters: Letters) -> Type:
    if spec.kind != "one of":
        return Type(spec.kind)  # type: ignore[arg-type]
    seen: set[str] = set()
    for choice in spec.choices:
        refuse_empty(report, choice)
        if letters.folded(choice.value.strip()) in seen:
            ignored = "case and accents are" if letters.accents_ignored else "case is"
            report.refuse("LR404", f'"{choice.value}" stands twice in the list ({ignored} ignored)', choice)
        seen.add(letters.folded(choice.value.strip()))
    if not seen:
        report.refuse("LR404", "`one of` needs at least one text", spec, 'write the allowed texts: `one of {"a", "b"}`')
    return Type("text", choices=tuple(choice.value.strip() for choice in spec.choices))


def field_of(report: Report, node: tree.FieldDeclaration, letters: Letters) -> Field:
    """Read the declaration of a field. Raises Refused, reported, for options that do not go together."""
    type_ = _type(report, node.type, letters)
    reading = _reading(report, node, type_)
    if (node.true_words or node.false_words) and type_.kind != "bool":
        words = node.true_words or node.false_words
        assert words is not None
        report.refuse(
            "LR403", f"`true` and `false` words are for bools, and `{node.name.name}` is a {type_.kind}", words
        )
    if (node.true_words is None) != (node.false_words is None):
        report.refuse(
            "LR403", "`true {…}` and `false {…}` go together", node.name, 'write both: `true {"yes"} false {"no"}`'
        )
    if node.protected and node.default is not None:
        report.refuse("LR403", "no rule reads a `protected` field, so it has no `default`", node.default)
    true_words, false_words = (_words(report, words, letters) for words in (node.true_words, node.false_words))
    if true_words & false_words and node.false_words is not None:
        report.refuse("LR403", "a word cannot mean both true and false", node.false_words)
    default = None if node.default is None else _default(report, node.default, type_, reading["split"], letters)
    return Field(
        name=node.name.name,
        type=type_,
        columns=each_once(report, node.columns),
        **reading,
        unknown=_words(report, node.unknown, letters),
        default=default,
        true_words=true_words,
        false_words=false_words,
        pii=node.pii,
        protected=node.protected,
        letters=letters,
    )


def _default(report: Report, node: tree.Node, type_: Type, split: tuple[str, ...], letters: Letters) -> Value:
    """Read a default; for a list it is a text as the data has it, its members apart as there."""
    value = typed(report, node, type_, letters).value
    if not isinstance(value, tuple):
        return value
    members = tuple(part.strip() for part in split_by(split)(value[0]) if part.strip())
    return members or report.refuse("LR405", "an empty list is unknown, which is no default", node)


def _reading(report: Report, node: tree.FieldDeclaration | tree.Property, type_: Type) -> dict[str, Any]:
    """Give the options that say how a value is read."""
    name, kind = node.name.name, type_.kind
    if node.forms and not (type_.is_time or kind == "number"):
        report.refuse("LR403", f"`as` gives the form of numbers and times, and `{name}` is a {kind}", node.forms[0])
    if node.split and kind != "list of text":
        help_ = f"write `{name}: list of text split {text_of(node.split[0])}`"
        report.refuse("LR403", f"`split` is for a list of text, and `{name}` is a {kind}", node.split[0], help_)
    for separator in node.split:
        if not separator.value:
            report.refuse("LR403", "nothing stands between the quotes", separator, "write what is between two members")
    return {
        "forms": _forms(report, node.forms, kind),
        "split": each_once(report, node.split),
        "lenient": node.lenient,
    }


def _forms(report: Report, forms: tuple[tree.Text, ...], kind: str) -> tuple[str, ...]:
    """Read the forms of a number or a time; what no value could be read by is refused."""
    for form in forms:
        try:
            number_form(form.value) if kind == "number" else time_form(form.value)
        except ValueError as problem:
            help_ = numbers.ADVICE if kind == "number" else _TIMES
            report.refuse("LR403", f'"{form.value}" is not the form of a {kind}: {problem}', form, help_)
    return each_once(report, forms)


_TIMES = (
    "write D, M and Y for day, month and year, h, m and s for the time: `D.M.YYYY`, `YYYY-MM-DD h:m`; "
    "or `epoch`, `epoch ms`"
)


def each_once(report: Report, texts: tuple[tree.Text, ...]) -> tuple[str, ...]:
    """Give the texts of a list with `or`; the same twice is refused."""
    seen: set[str] = set()
    for text in texts:
        if text.value in seen:
            report.refuse("LR404", f'"{text.value}" stands twice', text, "keep one of them")
        seen.add(text.value)
    return tuple(text.value for text in texts)


def event_of(report: Report, node: tree.EventDeclaration, letters: Letters) -> EventType:
    """Read the declaration of an event. Raises Refused, reported."""
    properties = properties_of(report, node, letters)
    identity = None if node.identity is None else node.identity.name
    if node.identity is not None and all(found.name != identity for found in properties):
        near = report.suggest(node.identity.name, [found.name for found in properties])
        help_ = f"did you mean `{near}`?" if near else f"declare it: `event {node.name.name}[{identity}: text]`"
        report.refuse("LR303", f"`{node.name.name}` has no property `{identity}`", node.identity, help_)
    if node.identity is not None:
        kind = next(found.type.kind for found in properties if found.name == identity)
        if kind not in {"text", "number"}:
            report.refuse(
                "LR403", f"a text or a number identifies an event, and `{identity}` is a {kind}", node.identity
            )
    for type_ in node.types:
        refuse_empty(report, type_)
    forms = _forms(report, node.forms, "datetime")
    return EventType(node.name.name, properties, forms, each_once(report, node.types), identity)


def _words(report: Report, words: tree.Set | None, letters: Letters) -> frozenset[str]:
    found = set()
    for item in words.items if words else ():
        if isinstance(item, tree.Number):
            found.add(constant(item).text.strip('"'))
        elif isinstance(item, tree.Text):
            refuse_empty(report, item)
            found.add(letters.folded(item.value.strip()))
        else:
            report.refuse("LR403", "only texts and numbers stand here", item, 'put the text in quotes: `{"n/a"}`')
    return frozenset(found)


def properties_of(report: Report, node: tree.EventDeclaration, letters: Letters) -> tuple[Property, ...]:
    """Read the properties that a declaration of an event names."""
    for item in node.properties:
        if item.name.name in {q.name for q in OWN_PROPERTIES}:
            report.refuse("LR302", f"every event already has `{item.name.name}`", item.name, "choose another name")
    return properties_in(report, node.properties, letters)


def properties_in(report: Report, items: Sequence[tree.Property], letters: Letters) -> tuple[Property, ...]:
    """Read what stands in the brackets of a declaration, each name once."""
    found: dict[str, Property] = {}
    for item in items:
        if item.name.name in found:
            report.refuse("LR301", f"property `{item.name.name}` is declared twice", item.name)
        type_ = _type(report, item.type, letters)
        found[item.name.name] = Property(
            item.name.name, type_, **_reading(report, item, type_), pii=item.pii, letters=letters
        )
    return tuple(found.values())
