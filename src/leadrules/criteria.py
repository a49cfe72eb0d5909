"""Criteria: what a function marked by `@criterion` says of itself, verified, and a hash of its source.

A plugin is verified once, when it is loaded; what it says of its types is held against it at every
call. Whatever is wrong with it becomes a `PluginError` that names it.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from fractions import Fraction
from typing import Any, Protocol

import attrs

from leadrules.annotations import TYPE_NAMES, brief, fits, in_words, shown, type_of, without_none
from leadrules.errors import PluginError
from leadrules.interruptions import raise_if_from_outside
from leadrules.provenance import Untellable, configuration_of, hash_of_source
from leadrules.sdk import LeadView, Mark, mark_of
from leadrules.values import Value, decimal_of, moment_of, plain_name
from leadrules.vocabulary import Type

DIGITS = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
"""How criteria calculate: 28 significant digits, half to even."""

_USE_ONE = "use one of these types; a number is a `Decimal`, never a float"
MARK_ONE = "write `@criterion` (from leadrules.sdk) above each function that rules may call"
"""What to do about a plugin without criteria."""
NAME_CONFIGURATION = (
    "give the object or function an attribute or method `configuration` with plain values that say all that its "
    "answers depend on"
)
"""What to do about a plugin that holds what cannot be told apart."""


@attrs.frozen
class Parameter:
    """A parameter of a criterion.

    `type` is None for the one that takes the whole lead. `optional` takes unknown as None;
    `has_default` may be left out in a rule file, and `default` shows in its words what it is then.
    """

    name: str
    type: Type | None
    optional: bool = False
    has_default: bool = False
    default: str = ""

    def __str__(self) -> str:
        type_ = "lead" if self.type is None else brief(self.type)
        return f"{self.name}: {type_}" + (f" = {self.default}" if self.has_default else "")


@attrs.frozen
class Origin:
    """Where a plugin comes from: its name, and the distribution and version that brought it, if one did."""

    plugin: str
    distribution: str | None = None
    version: str | None = None

    def __str__(self) -> str:
        brought = f" ({self.distribution} {self.version})" if self.distribution else ""
        return f"plugin `{self.plugin}`{brought}"


@attrs.frozen
class Criterion:
    """A verified criterion of a plugin.

    `fields` and `events` are what it is shown of a lead, with the types it relies on; None is all.
    """

    origin: Origin
    name: str
    function: Callable[..., Any] = attrs.field(repr=False)
    parameters: tuple[Parameter, ...]
    returns: Type
    maybe_unknown: bool
    mark: Mark = attrs.field(repr=False)
    doc: str
    fields: Mapping[str, Type] | None = None
    events: Mapping[str, Mapping[str, Type]] | None = None

    @property
    def version(self) -> str:
        """The criterion's own version."""
        return self.mark.version

    @property
    def wants_lead(self) -> bool:
        """Tell whether it asks for the whole lead."""
        return any(parameter.type is None for parameter in self.parameters)

    @property
    def signature(self) -> str:
        """Its parameters and result in the words of the language: `(job_title: text, most: number = 5) number`."""
        return f"({', '.join(str(parameter) for parameter in self.given)}) {brief(self.returns)}"

    @property
    def given(self) -> tuple[Parameter, ...]:
        """The parameters that a rule file gives: all but the whole lead."""
        return tuple(parameter for parameter in self.parameters if parameter.type is not None)

    def failed(self, problem: str, lead: str | None = None, said: str | None = None) -> PluginError:
        """Make the error that says what this criterion did wrong, with which lead, and what it said itself."""
        about = f", lead `{lead}`" if lead is not None else ""
        error = PluginError(f"{self.origin}, criterion `{self.name}` version {self.version}{about}: {problem}")
        origin = self.origin
        return error.about(
            plugin=origin.plugin, distribution=origin.distribution, criterion=self.name, lead=lead, said=said
        )


@attrs.frozen
class Plugin:
    """A loaded plugin: its criteria by name, a hash of its source, and one of what it holds beside it, if anything."""

    origin: Origin
    criteria: Mapping[str, Criterion]
    source: str
    configuration: str | None = None

    @property
    def former(self) -> dict[str, Criterion]:
        """The criteria by the names that they had."""
        return {before: found for found in self.criteria.values() for before in found.mark.formerly}

    @property
    def identity(self) -> dict[str, Any]:
        """What of a plugin enters a ruleset's fingerprint."""
        return {
            "plugin": self.origin.plugin,
            "distribution": self.origin.distribution,
            "version": self.origin.version,
            "source": self.source,
            "criteria": {name: found.version for name, found in sorted(self.criteria.items())},
            **({} if self.configuration is None else {"configuration": self.configuration}),
        }


# ------------------------------------------------------------------ verifying


def loaded(origin: Origin, found: Any, *, home: types.ModuleType | None = None) -> Plugin:
    """Verify a plugin's criteria and freeze them. Raises PluginError for the first that is wrong.

    `home` is the package whose files its answers can depend on, where that is more than `found`.
    """
    criteria: dict[str, Criterion] = {}
    for attribute, function, mark in marked(origin, found):
        name = attribute if mark.name is None else mark.name
        if name in criteria and criteria[name].function is not function:
            raise PluginError(f"{origin} has two criteria named `{name}`")
        criteria[name] = verified(origin, name, function, mark)
    for name, criterion in criteria.items():
        for before in criterion.mark.formerly:
            if before in criteria:
                raise PluginError(f"{origin}: `{name}` was formerly `{before}`, and there is a criterion of that name")
    if not criteria:
        raise PluginError(f"{origin} has no criteria: mark its functions with `@criterion`", MARK_ONE)
    functions = {name: criterion.function for name, criterion in criteria.items()}
    source, configuration = hash_of_source(found, home, functions), None
    if home is None:  # what is installed is all of its package
        try:
            configuration = configuration_of(found, functions)
        except Untellable as problem:
            raise PluginError(f"{origin}: {problem}", NAME_CONFIGURATION) from None
    return Plugin(origin, types.MappingProxyType(dict(sorted(criteria.items()))), source, configuration)


def marked(origin: Origin, found: Any) -> list[tuple[str, Any, Mark]]:
    """Give the functions of a plugin that are marked as criteria, by attribute. Raises PluginError."""
    try:
        functions = ((name, function, mark_of(function)) for name, function in _functions(found))
        return [(name, function, mark) for name, function, mark in functions if mark is not None]
    except BaseException as problem:
        raise_if_from_outside(problem)
        error = PluginError(f"{origin} cannot be looked through: {named(problem)}")
        raise error.about(plugin=origin.plugin, distribution=origin.distribution, said=words_of(problem)) from problem


def _functions(found: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(found, Mapping):
        return list(found.items())
    if isinstance(found, types.ModuleType):
        return [(name, value) for name, value in vars(found).items() if callable(value) and _is_of(found, name, value)]
    if callable(found) and mark_of(found) is not None:
        return [(getattr(found, "__name__", "criterion"), found)]
    return [(name, getattr(found, name)) for name in dir(found) if not name.startswith("__")]


def _is_of(module: types.ModuleType, name: str, value: Any) -> bool:
    """Tell whether something in a module is for rule files: of its `__all__`, else what it defines itself.

    What it imports from another package for its own use is not, and neither is what begins with `_`.
    """
    exported = getattr(module, "__all__", None)
    if exported is not None:
        return name in exported
    if name.startswith("_") or getattr(module, "__file__", None) is None:
        return not name.startswith("_")
    return str(getattr(value, "__module__", "")).partition(".")[0] == module.__name__.partition(".")[0]


def verified(origin: Origin, name: str, function: Callable[..., Any], mark: Mark) -> Criterion:
    """Verify what a criterion says of itself. Raises PluginError."""

    def refuse(problem: str, help: str | None = None) -> PluginError:
        error = PluginError(f"{origin}, criterion `{name}` version {mark.version}: {problem}", help)
        return error.about(plugin=origin.plugin, distribution=origin.distribution, criterion=name)

    _verify_mark(name, mark, refuse)
    if any(test(function) for test in _NOT_PLAIN):
        raise refuse("it is not a plain function", "write it with `def`, and `return` the answer")
    try:
        hints = typing.get_type_hints(function)
        written = inspect.signature(function).parameters
    except BaseException as problem:
        raise_if_from_outside(problem)
        help_ = None
        if isinstance(problem, NameError):
            help_ = "import what its annotations name, and not only under `if TYPE_CHECKING:`"
        raise refuse(f"its annotations cannot be read: {named(problem)}", help_) from problem
    doc = inspect.cleandoc(function.__doc__ or "").strip()
    if not doc:
        help_ = "write what it answers as its docstring; the first line shows in lists and messages"
        raise refuse("it has no docstring, which is its reference page", help_)
    parameters = tuple(_parameter(parameter, hints, refuse) for parameter in written.values())
    _verify_view(mark, parameters, refuse)
    if "return" not in hints:
        help_ = "annotate what it returns; `| None` where it may be unknown"
        raise refuse(f"it does not say what it gives (one of {TYPE_NAMES})", help_)
    returns, maybe_unknown = without_none(hints["return"])
    try:
        returned = type_of(returns)
    except TypeError as problem:
        raise refuse(f"it gives {problem}", _USE_ONE) from None
    fields, events = _view(mark, refuse)
    return Criterion(origin, name, function, parameters, returned, maybe_unknown, mark, doc, fields, events)


_NOT_PLAIN = (
    lambda function: isinstance(function, functools.partial),
    inspect.isclass,
    inspect.iscoroutinefunction,
    inspect.isgeneratorfunction,
    inspect.isasyncgenfunction,
)


class Refuse(Protocol):
    """Makes the error that says what is wrong with a criterion, and what to do about it."""

    def __call__(self, problem: str, help: str | None = None) -> PluginError: ...


def _verify_mark(name: object, mark: Mark, refuse: Refuse) -> None:
    version: object = mark.version  # an author without a type checker may give anything
    if not isinstance(version, str) or not version.strip():
        raise refuse("its version is not a text")
    if not isinstance(name, str) or not name.isidentifier() or name != plain_name(name):
        raise refuse("its name is not a name: letters, digits and `_`, a letter first")
    if not all(map(callable, mark.checks.values())):
        raise refuse("its `checks` are functions")
    if mark.together is not None and not callable(mark.together):
        raise refuse("its `together` is a function")


def _verify_view(mark: Mark, parameters: tuple[Parameter, ...], refuse: Refuse) -> None:
    leads = sum(parameter.type is None for parameter in parameters)
    if leads > 1:
        raise refuse("it asks for the lead twice")
    if not leads and (mark.fields is not None or mark.events is not None):
        raise refuse("it names fields or events, and has no parameter of type LeadView to see them in")
    for checked in mark.checks:
        if checked not in {parameter.name for parameter in parameters if parameter.type is not None}:
            raise refuse(f"it checks `{checked}`, which is no parameter of it")
    now = {parameter.name for parameter in parameters if parameter.type is not None}
    for before, after in mark.renamed.items():
        if after not in now or before in now:
            raise refuse(f"it says that `{before}` is now `{after}`, and its parameters are {', '.join(sorted(now))}")


def _view(mark: Mark, refuse: Refuse) -> tuple[Mapping[str, Type] | None, Mapping[str, Mapping[str, Type]] | None]:
    """Read the types of what a criterion is to be shown of a lead."""
    fields: Any = mark.fields  # an author without a type checker may give anything
    events: Any = mark.events
    if fields is not None and not isinstance(fields, Mapping):
        help_ = 'write what type each has: `fields={"company": str, "employees": Decimal}`'
        raise refuse("its `fields` say no types", help_)
    if events is not None and not (
        isinstance(events, Mapping) and all(isinstance(e, Mapping) for e in events.values())
    ):
        help_ = 'write which properties it looks at: `events={"page_view": {"url": str}, "email_open": {}}`'
        raise refuse("its `events` name no properties", help_)
    read_events = (
        None
        if events is None
        else {name: _types(properties, f"property {{}} of `{name}`", refuse) for name, properties in events.items()}
    )
    return None if fields is None else _types(fields, "field {}", refuse), read_events


def _types(found: Mapping[str, Any], what: str, refuse: Refuse) -> dict[str, Type]:
    types_ = {}
    for name, annotation in found.items():
        try:
            types_[name] = type_of(annotation)
        except TypeError as problem:
            raise refuse(f"its {what.format(f'`{name}`')} is {problem}", _USE_ONE) from None
    return types_


def _parameter(written: inspect.Parameter, hints: Mapping[str, Any], refuse: Refuse) -> Parameter:
    name = written.name
    if written.kind not in {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}:
        raise refuse(f"its parameter `{name}` cannot be given by name")
    if name not in hints:
        help_ = "annotate every parameter: `def f(text: str, most: Decimal = Decimal(5)) -> Decimal`"
        raise refuse(f"its parameter `{name}` is not annotated (with one of {TYPE_NAMES}, or LeadView)", help_)
    annotation, optional = without_none(hints[name])
    if annotation is LeadView:
        return Parameter(name, None)
    try:
        type_ = type_of(annotation)
    except TypeError as problem:
        raise refuse(f"its parameter `{name}` is {problem}, LeadView", _USE_ONE) from None
    if written.default is inspect.Parameter.empty:
        return Parameter(name, type_, optional)
    if not (fits(written.default, type_) or (optional and written.default is None)):
        raise _unfit(name, type_, written.default, shown(hints[name]), refuse)
    return Parameter(name, type_, optional, has_default=True, default=in_words(written.default))


def _unfit(name: str, type_: Type, default: object, annotation: str, refuse: Refuse) -> PluginError:
    match type_.kind, default:
        case "datetime", dt.datetime():
            return refuse(f"the default of its parameter `{name}` has no time zone", "write `tzinfo=dt.UTC`")
        case "number", Decimal():
            return refuse(f"the default of its parameter `{name}` is {default}, which is no number of a rule file")
        case _:
            pass
    problem = f"its parameter `{name}` is `{annotation}`, and its default {default!r:.60} is not"
    return refuse(problem, "give the default the parameter's type, such as `Decimal(5)`")


# ---------------------------------------------------- values, and what was raised


def to_python(value: Value | None, kind: str) -> Any:
    """Give a value as a criterion takes it.

    A number whose decimals do not end is rounded to 28 significant digits; an instant becomes a
    datetime in UTC.
    """
    if isinstance(value, Fraction):
        try:
            return decimal_of(value)
        except ValueError:
            return DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
    if kind == "datetime" and isinstance(value, int):
        return moment_of(value)
    return list(value) if isinstance(value, tuple) else value


def named(problem: BaseException) -> str:
    """Say what was raised: its kind, and its words where it has some.

    >>> named(KeyError("x")), named(ValueError())
    ("KeyError: 'x'", 'ValueError')
    """
    words = words_of(problem)
    return f"{type(problem).__name__}: {words}" if words else type(problem).__name__


def words_of(problem: BaseException) -> str | None:
    """Give the words of what was raised; None where it has none."""
    try:
        return str(problem) or None
    except BaseException as another:  # noqa: BLE001 - an exception without words is named by its kind
        raise_if_from_outside(another)
        return None
