"""Checks calls of plugins' criteria: arguments to parameters, types, and literals that make no sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from leadrules import program as p
from leadrules.annotations import brief
from leadrules.check.folding import constant_of
from leadrules.check.moving import refuse_moving
from leadrules.check.names import Names
from leadrules.check.reads import Reads
from leadrules.check.resolver import Place, told
from leadrules.check.views import View, view_of
from leadrules.criteria import Criterion, Parameter, Plugin, named, to_python
from leadrules.interruptions import raise_if_from_outside
from leadrules.sdk import Written
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Refused, Report, listed, quoted
from leadrules.values import Value
from leadrules.vocabulary import TEXTS


class Expressions(Protocol):
    """What a call needs of whoever checks its arguments."""

    names: Names
    report: Report
    used: set[str]
    functions: dict[tuple[str, str], Criterion]
    reads: Reads

    def value(self, node: tree.Condition | tree.Set, place: Place) -> p.ValueNode:
        """Check a value."""
        ...

    def choices(
        self, node: tree.Set | tree.Condition, scale: str | None, place: Place
    ) -> list[tuple[p.ValueNode, tree.Node]]:
        """Check a set or a list."""
        ...


def plugin_call(expressions: Expressions, node: tree.Call, place: Place) -> p.CallNode:
    """Check `plugin.criterion(…)`."""
    criterion = _criterion(expressions, node)
    if place.filter and criterion.wants_lead:
        expressions.report.refuse(
            "LR409",
            f"a filter reads properties and fields, and `{criterion.name}` asks for the whole lead",
            node,
            "ask for it beside the selection, with `when` or `and`",
        )
    usage = f"it is `{node.plugin.name if node.plugin else ''}.{criterion.name}{criterion.signature}`"
    given = _given(expressions, node, criterion, usage)
    names, arguments, failed = [], [], False
    for parameter, written in given:
        try:
            arguments.append(_argument(expressions, written, parameter, criterion, usage, place))
            names.append(parameter.name)
        except Refused:
            failed = True
    if failed:
        raise Refused
    if criterion.mark.together is not None:
        _check_together(expressions, node, criterion, dict(zip(names, arguments, strict=True)))
    view = view_of(expressions, node, criterion) if criterion.wants_lead else View()
    expressions.functions[criterion.origin.plugin, criterion.name] = criterion
    return p.CallNode(
        criterion.origin.plugin,
        criterion.name,
        tuple(names),
        tuple(arguments),
        criterion.returns,
        view.fields,
        view.events,
        view.properties,
        **told(node),
    )


def _criterion(expressions: Expressions, node: tree.Call) -> Criterion:
    assert node.plugin is not None
    report, alias, name = expressions.report, node.plugin.name, node.function.name
    plugins = expressions.names.plugins
    if alias not in plugins:
        if expressions.names.kind(alias) == "plugin" or alias in report.excused:
            raise Refused  # why it is missing stands at its `use`
        near = report.suggest(alias, plugins)
        help_ = f"did you mean `{near}`?" if near else f"say so at the top of the file: `use {text_of(node.plugin)}`"
        report.refuse("LR303", f"no plugin `{alias}` is in use", node.plugin, help_)
    plugin: Plugin = plugins[alias]
    expressions.used.add(alias)
    if name in plugin.former:
        now = plugin.former[name]
        report.warn("LR240", f"`{alias}.{name}` is now `{now.name}`", node.function, f"write `{alias}.{now.name}`")
        return now
    if name not in plugin.criteria:
        near = report.suggest(name, plugin.criteria)
        help_ = f"did you mean `{alias}.{near}`?" if near else f"it has {listed(plugin.criteria)}"
        report.refuse("LR303", f"the plugin `{alias}` has no criterion `{name}`", node.function, help_)
    found = plugin.criteria[name]
    if found.mark.deprecated is not None:
        report.warn("LR240", f"`{alias}.{name}` is going away", node.function, found.mark.deprecated or None)
    return found


def _given(
    expressions: Expressions, node: tree.Call, criterion: Criterion, usage: str
) -> list[tuple[Parameter, tree.Argument]]:
    """Match arguments to parameters: by position first, then by name, each once."""
    report = expressions.report
    parameters = list(criterion.given)
    found: dict[str, tree.Argument] = {}
    for index, argument in enumerate(node.arguments):
        _refuse_equals_sign(expressions, argument, criterion)
        if argument.name is None and index >= len(parameters):
            report.refuse("LR413", f"`{criterion.name}` takes {_arguments(len(parameters))}", argument, usage)
        name = parameters[index].name if argument.name is None else argument.name.name
        if argument.name is not None and name in criterion.mark.renamed:
            before, name = name, criterion.mark.renamed[name]
            message = f"`{before}` of `{criterion.name}` is now `{name}`"
            report.warn("LR240", message, argument.name, f"write `{name}: {text_of(argument.value)}`")
        if name not in {parameter.name for parameter in parameters}:
            near = report.suggest(name, [parameter.name for parameter in parameters])
            help_ = f"did you mean `{near}`?" if near else usage
            report.refuse("LR413", f"`{criterion.name}` has no parameter `{name}`", argument, help_)
        if name in found:
            report.refuse("LR413", f"`{name}` is given twice", argument, usage)
        found[name] = argument
    missing = [q.name for q in parameters if q.name not in found and not q.has_default]
    if missing:
        report.refuse("LR413", f"`{criterion.name}` also needs {listed(missing)}", node, usage)
    return [(parameter, found[parameter.name]) for parameter in parameters if parameter.name in found]


def _refuse_equals_sign(expressions: Expressions, argument: tree.Argument, criterion: Criterion) -> None:
    """Refuse `most = 3`, as Python writes `most: 3`, where `most` is a parameter and nothing else."""
    written = argument.value
    if argument.name is not None or not isinstance(written, tree.Compare) or written.op != "=":
        return
    name = written.left.name if isinstance(written.left, tree.Name) else None
    if name in {parameter.name for parameter in criterion.given} and name not in expressions.names.known():
        meant = f"write `{name}: {text_of(written.right)}`"
        expressions.report.refuse("LR413", f"`{name}` is given by a colon, not by `=`", argument, meant)


def _arguments(count: int) -> str:
    return "one argument" if count == 1 else f"{count or 'no'} arguments"


def _argument(
    expressions: Expressions,
    written: tree.Argument,
    parameter: Parameter,
    criterion: Criterion,
    usage: str,
    place: Place,
) -> p.ValueNode:
    assert parameter.type is not None
    report, kind = expressions.report, parameter.type.kind
    if kind == "list of text" and _is_list(expressions, written.value):
        value: p.ValueNode = _list(expressions, written.value, place)
    else:
        value = expressions.value(written.value, place)
    refuse_moving(report, value, written)
    if {value.type.kind, kind} == {"date", "datetime"}:
        value = p.Converted(value, parameter.type, text=value.text, span=value.span)
    if value.type.kind != kind and not (kind == "text" and value.type.kind == "label"):
        report.refuse(
            "LR401",
            f"`{parameter.name}` of `{criterion.name}` is a {kind}, and `{value.text}` is a {value.type.kind}",
            written,
            usage,
        )
    if parameter.type.choices:
        _refuse_others(expressions.names, value, parameter, criterion, written)
    refuses = criterion.mark.checks.get(parameter.name)
    constant = None if refuses is None else constant_of(value, expressions)
    if constant is not None:
        _check_literal(expressions, written, constant, criterion, parameter)
    return value


def _refuse_others(
    names: Names, value: p.ValueNode, parameter: Parameter, criterion: Criterion, written: tree.Argument
) -> None:
    """Refuse a value that can be none of those that a closed parameter takes."""
    report, letters = names.report, names.letters
    assert parameter.type is not None
    about = f"`{parameter.name}` of `{criterion.name}`"
    if isinstance(value, p.Constant):
        found = value.value if isinstance(value.value, tuple) else (str(value.value),)
    elif value.type.choices:
        found = value.type.choices
    else:
        message = f"{about} is {brief(parameter.type)}, and `{value.text}` may be any text"
        help_ = f"write one of {quoted(parameter.type.choices)}, or declare a field `one of {{…}}` of these"
        report.refuse("LR401", message, written, help_)
    for text in found:
        if letters.folded(text) not in parameter.type.folded_choices(letters):
            near = report.suggest(text, parameter.type.choices)
            help_ = f'did you mean "{near}"?' if near else f"it is one of {quoted(parameter.type.choices)}"
            report.refuse("LR407", f'{about} is never "{text}"', written, help_)


def _check_together(
    expressions: Expressions, node: tree.Call, criterion: Criterion, arguments: Mapping[str, p.ValueNode]
) -> None:
    """Refuse arguments that do not go together, where the criterion says so."""
    assert criterion.mark.together is not None
    written = {name: Written(value.text, _known(constant_of(value, expressions))) for name, value in arguments.items()}
    try:
        criterion.mark.together(written)
    except ValueError as problem:
        words = f": {problem}" if str(problem) else ""
        expressions.report.refuse("LR622", f"`{criterion.name}` refuses these arguments{words}", node)
    except BaseException as problem:  # noqa: BLE001 - its own failure, reported by name
        raise_if_from_outside(problem)
        reason = f"its check of all arguments failed with {named(problem)}"
        expressions.report.refuse("LR621", str(criterion.failed(reason)), node)


def _known(constant: p.Constant | None) -> Any:
    """Give what a criterion would get; `...` for what only a lead tells."""
    return ... if constant is None else to_python(constant.value, constant.type.kind)


def _check_literal(
    expressions: Expressions, written: tree.Argument, value: p.Constant, criterion: Criterion, parameter: Parameter
) -> None:
    report = expressions.report
    try:
        accepted = criterion.mark.checks[parameter.name](to_python(value.value, value.type.kind))
    except ValueError as problem:
        words = f": {problem}" if str(problem) else ""
        report.refuse("LR622", f"`{criterion.name}` refuses {value.text}{words}", written)
    except BaseException as problem:  # noqa: BLE001 - its own failure, reported by name
        raise_if_from_outside(problem)
        reason = f"its check of `{parameter.name}` failed with {named(problem)}"
        report.refuse("LR621", str(criterion.failed(reason)), written)
    if accepted is False:
        report.refuse("LR622", f"`{criterion.name}` refuses {value.text}", written)
    if accepted is not None and accepted is not True:
        reason = f"its check of `{parameter.name}` gives neither None nor False"
        report.refuse("LR621", str(criterion.failed(reason)), written, "let it raise ValueError with a sentence")


def _is_list(expressions: Expressions, node: tree.Condition | tree.Set) -> bool:
    return isinstance(node, tree.Set) or (isinstance(node, tree.Name) and expressions.names.kind(node.name) == "list")


def _list(expressions: Expressions, node: tree.Condition | tree.Set, place: Place) -> p.Constant:
    """Give a set or a declared list of texts as one value."""
    texts: list[str] = []
    for choice, written in expressions.choices(node, None, place):
        if not isinstance(choice, p.Constant) or not isinstance(choice.value, str):
            expressions.report.refuse("LR401", "a list of texts is wanted here", written)
        texts.append(choice.value)
    value: Value = tuple(texts)
    return p.Constant(value, TEXTS, **told(node))
