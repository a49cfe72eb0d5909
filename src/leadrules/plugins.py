"""Plugins: from entry points, or from what the host hands over, to a frozen catalogue of criteria.

A plugin is loaded when a rule file uses it, and verified once: what it says of its types is held
against it at every call. Whatever goes wrong in it becomes a `PluginError` that names it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from importlib import import_module, metadata, resources
from pathlib import Path
from typing import Any

import attrs

from leadrules.errors import PluginError
from leadrules.sdk import LeadView, Mark, mark_of
from leadrules.vocabulary import BOOL, DATE, DATETIME, NUMBER, TEXT, TEXTS, Type

CRITERIA = "leadrules.criteria"
"""The entry-point group of plugins: name -> a module or object with criteria."""
PACKS = "leadrules.packs"
"""The entry-point group of packs: name -> a package with rule files to include."""

_TYPES: Mapping[Any, Type] = {
    bool: BOOL,
    Decimal: NUMBER,
    str: TEXT,
    dt.datetime: DATETIME,
    dt.date: DATE,
    list[str]: TEXTS,
}
_TYPE_NAMES = "bool, Decimal, str, datetime, date, list[str]"


@attrs.frozen
class Parameter:
    """A parameter of a criterion.

    `type` is None for the one that takes the whole lead. `optional` takes unknown as None;
    `has_default` may be left out in a rule file.
    """

    name: str
    type: Type | None
    optional: bool = False
    has_default: bool = False


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
    """A verified criterion of a plugin."""

    origin: Origin
    name: str
    function: Callable[..., Any] = attrs.field(repr=False)
    parameters: tuple[Parameter, ...]
    returns: Type
    maybe_unknown: bool
    mark: Mark = attrs.field(repr=False)
    doc: str

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
        """Its parameters and result in the words of the language: `(job_title: text) number`."""
        given = [p for p in self.parameters if p.type is not None]
        inside = ", ".join(f"{p.name}: {p.type}{' = …' if p.has_default else ''}" for p in given)
        return f"({inside}) {self.returns}"

    def failed(self, problem: str, lead: str | None = None) -> PluginError:
        """Make the error that says what this criterion did wrong, and with which lead."""
        about = f", lead `{lead}`" if lead is not None else ""
        return PluginError(f"{self.origin}, criterion `{self.name}` version {self.version}{about}: {problem}")


@attrs.frozen
class Plugin:
    """A loaded plugin: its criteria by name, and a hash of its source."""

    origin: Origin
    criteria: Mapping[str, Criterion]
    source: str

    @property
    def identity(self) -> dict[str, Any]:
        """What of a plugin enters a ruleset's fingerprint."""
        return {
            "plugin": self.origin.plugin,
            "distribution": self.origin.distribution,
            "version": self.origin.version,
            "source": self.source,
            "criteria": {name: found.version for name, found in sorted(self.criteria.items())},
        }


@attrs.frozen
class Catalogue:
    """The plugins that rules may use.

    `given` are handed over by the host, by name: a module, or any object or mapping with criteria.
    They come before installed ones. `allowed` names the installed plugins and packs that may be used;
    None is all.
    """

    given: Mapping[str, Any] = attrs.field(factory=dict)
    allowed: frozenset[str] | None = None

    def names(self) -> list[str]:
        """Name every plugin that can be used, without loading any."""
        installed = {point.name for point in installed_points(CRITERIA)}
        return sorted({*self.given, *(installed if self.allowed is None else installed & self.allowed)})

    def load(self, name: str) -> Plugin:
        """Load and verify a plugin. Raises PluginError."""
        if name in self.given:
            found = self.given[name]
            return loaded(Origin(name), found)
        point = self._point(name, CRITERIA)
        return loaded(_origin(point), _imported(point))

    def pack_text(self, name: str, path: str) -> str:
        """Read a rule file of a pack. Raises PluginError for the pack, ValueError for the file."""
        point = self._point(name, PACKS)
        package = _imported(point)
        file = resources.files(package).joinpath(*path.split("/"))
        try:
            return file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"the pack `{name}` has no file `{path}`") from None

    def _point(self, name: str, group: str) -> metadata.EntryPoint:
        what = "plugin" if group == CRITERIA else "pack"
        found = {
            (_origin(point).distribution, point.value): point for point in installed_points(group) if point.name == name
        }
        if not found:
            raise PluginError(f"there is no {what} `{name}`")
        if self.allowed is not None and name not in self.allowed:
            raise PluginError(f"the {what} `{name}` is not allowed here")
        if len(found) > 1:
            brought = " and ".join(sorted(str(distribution) for distribution, _ in found))
            raise PluginError(f"two distributions bring a {what} `{name}`: {brought}")
        return next(iter(found.values()))


def installed_points(group: str) -> Iterator[metadata.EntryPoint]:
    """Give the installed entry points of a group, loading none."""
    yield from sorted(metadata.entry_points(group=group), key=lambda point: (point.name, point.value))


def _origin(point: metadata.EntryPoint) -> Origin:
    distribution = point.dist
    if distribution is None:
        return Origin(point.name)
    return Origin(point.name, distribution.name, distribution.version)


def _imported(point: metadata.EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as problem:  # whatever a plugin does on import is its own failure
        reason = str(problem) or "it failed without a word"
        raise PluginError(f"{_origin(point)} cannot be imported from `{point.value}`: {reason}") from problem


# ------------------------------------------------------------------ verifying


def loaded(origin: Origin, found: Any) -> Plugin:
    """Verify a plugin's criteria and freeze them. Raises PluginError for the first that is wrong."""
    criteria: dict[str, Criterion] = {}
    for attribute, function in _functions(found):
        mark = mark_of(function)
        if mark is None:
            continue
        name = mark.name or attribute
        if name in criteria and criteria[name].function is not function:
            raise PluginError(f"{origin} has two criteria named `{name}`")
        criteria[name] = verified(origin, name, function, mark)
    if not criteria:
        raise PluginError(f"{origin} has no criteria: mark its functions with `@criterion`")
    return Plugin(origin, types.MappingProxyType(dict(sorted(criteria.items()))), _hash_of_source(found, criteria))


def _functions(found: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(found, Mapping):
        return list(found.items())
    if callable(found) and mark_of(found) is not None:
        return [(found.__name__, found)]
    return [(name, getattr(found, name)) for name in dir(found) if not name.startswith("__")]


def verified(origin: Origin, name: str, function: Callable[..., Any], mark: Mark) -> Criterion:
    """Verify what a criterion says of itself. Raises PluginError."""

    def refuse(problem: str) -> PluginError:
        return PluginError(f"{origin}, criterion `{name}` version {mark.version}: {problem}")

    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise refuse("it is not a plain function")
    try:
        hints = typing.get_type_hints(function)
        written = inspect.signature(function).parameters
    except (NameError, TypeError, ValueError) as problem:
        raise refuse(f"its annotations cannot be read: {problem}") from problem
    doc = inspect.cleandoc(function.__doc__ or "").strip()
    if not doc:
        raise refuse("it has no docstring, which is its reference page")
    version: object = mark.version  # an author without a type checker may give anything
    if not isinstance(version, str) or not version.strip():
        raise refuse("its version is not a text")
    parameters = tuple(_parameter(parameter, hints, refuse) for parameter in written.values())
    if sum(parameter.type is None for parameter in parameters) > 1:
        raise refuse("it asks for the lead twice")
    for checked in mark.checks:
        if checked not in {parameter.name for parameter in parameters if parameter.type is not None}:
            raise refuse(f"it checks `{checked}`, which is no parameter of it")
    if "return" not in hints:
        raise refuse(f"it does not say what it gives (one of {_TYPE_NAMES})")
    returns, maybe_unknown = _without_none(hints["return"])
    if returns not in _TYPES:
        raise refuse(f"it gives `{_shown(returns)}`, which is none of {_TYPE_NAMES}")
    return Criterion(origin, name, function, parameters, _TYPES[returns], maybe_unknown, mark, doc)


def _parameter(written: inspect.Parameter, hints: Mapping[str, Any], refuse: Callable[[str], PluginError]) -> Parameter:
    name = written.name
    if written.kind not in {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}:
        raise refuse(f"its parameter `{name}` cannot be given by name")
    if name not in hints:
        raise refuse(f"its parameter `{name}` is not annotated (with one of {_TYPE_NAMES}, or LeadView)")
    annotation, optional = _without_none(hints[name])
    if annotation is LeadView:
        return Parameter(name, None)
    if annotation not in _TYPES:
        raise refuse(f"its parameter `{name}` is `{_shown(annotation)}`, which is none of {_TYPE_NAMES}, LeadView")
    return Parameter(name, _TYPES[annotation], optional, written.default is not inspect.Parameter.empty)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    members = typing.get_args(annotation)
    if typing.get_origin(annotation) in {typing.Union, types.UnionType} and type(None) in members:
        rest = [member for member in members if member is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return annotation, False


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


# --------------------------------------------------------------------- source


def _hash_of_source(found: Any, criteria: Mapping[str, Criterion]) -> str:
    """Hash what a plugin's answers can depend on: its package's files, its module's, or its functions' text."""
    digest = hashlib.sha256()
    for name, data in _source(found, criteria):
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return "sha256:" + digest.hexdigest()


def _source(found: Any, criteria: Mapping[str, Criterion]) -> Iterator[tuple[str, bytes]]:
    file = getattr(found, "__file__", None) if isinstance(found, types.ModuleType) else None
    if file is not None and Path(file).name == "__init__.py":
        folder = Path(file).parent
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                yield path.relative_to(folder).as_posix(), path.read_bytes()
    elif file is not None:
        yield Path(file).name, Path(file).read_bytes()
    else:
        for name, criterion in criteria.items():
            yield name, _text_of_function(criterion.function).encode()


def _text_of_function(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(type(function)))}"


@attrs.frozen
class Handed:
    """A catalogue in a form that pickles: a module that the host handed over goes by its name."""

    parts: tuple[tuple[str, bool, Any], ...]
    allowed: frozenset[str] | None

    @classmethod
    def of(cls, catalogue: Catalogue) -> Handed:
        """Take a catalogue apart."""
        parts = [
            (name, True, found.__name__) if isinstance(found, types.ModuleType) else (name, False, found)
            for name, found in catalogue.given.items()
        ]
        return cls(tuple(parts), catalogue.allowed)

    def catalogue(self) -> Catalogue:
        """Put it together again."""
        given = {name: import_module(found) if is_module else found for name, is_module, found in self.parts}
        return Catalogue(given, self.allowed)
