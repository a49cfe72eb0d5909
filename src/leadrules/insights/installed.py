"""What plugins and packs are installed, what is broken among them, and how to mend it.

One that is broken is told like the others and stops none of them. Looking means loading: everything
installed is imported, which scoring never does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import metadata
from importlib.resources.abc import Traversable
from typing import Any

import attrs

from leadrules.criteria import MARK_ONE, Criterion, Origin, Parameter, marked, verified
from leadrules.errors import PluginError, closest
from leadrules.plugins import CRITERIA, PACKS, brought_by, imported, installed_points, origin_of, pack_folder
from leadrules.syntax.parser import parse
from leadrules.vocabulary import Type

_SUFFIX = ".leadrules"
_CONFIGURED = 'mend `{}` under `[project.entry-points."{}"]` in its pyproject.toml, and install it again'
_AS_TOLD = "mend it as the message says, and install it again"


@attrs.frozen
class Problem:
    """Something broken: what it is, and what to do about it."""

    what: str
    mend: str

    def to_dict(self) -> dict[str, str]:
        """Give it as plain data: what, mend."""
        return {"what": self.what, "mend": self.mend}


@attrs.frozen
class PackFile:
    """A rule file of a pack: its path, as `include` wants it after the pack's name, and its first comment."""

    path: str
    about: str

    def to_dict(self) -> dict[str, str]:
        """Give it as plain data: path, about."""
        return {"path": self.path, "about": self.about}


@attrs.frozen
class Installed:
    """A plugin (`kind` is `plugin`) or pack: where it comes from, what it holds, what is broken in it.

    `criteria` are those that are whole, by name; `files` are a pack's, by path.
    """

    kind: str
    origin: Origin
    criteria: tuple[Criterion, ...] = ()
    files: tuple[PackFile, ...] = ()
    problems: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        origin = self.origin
        found: dict[str, Any] = {
            "kind": self.kind,
            "name": origin.plugin,
            "distribution": origin.distribution,
            "version": origin.version,
            "problems": [problem.to_dict() for problem in self.problems],
        }
        if self.kind == "plugin":
            return found | {"criteria": [_plain(criterion) for criterion in self.criteria]}
        return found | {"files": [file.to_dict() for file in self.files]}


def summary_of(criterion: Criterion) -> str:
    """Give the first line of a criterion's docstring."""
    return criterion.doc.partition("\n")[0]


def _plain(criterion: Criterion) -> dict[str, Any]:
    return {
        "name": criterion.name,
        "version": criterion.version,
        "signature": criterion.signature,
        "about": summary_of(criterion),
        "doc": criterion.doc,
        "parameters": [_parameter(parameter) for parameter in criterion.given],
        "gives": {**_type(criterion.returns), "may_be_unknown": criterion.maybe_unknown},
        "asks_for_the_lead": criterion.wants_lead,
        "fields": None if criterion.fields is None else {n: _type(type_) for n, type_ in criterion.fields.items()},
        "events": None
        if criterion.events is None
        else {event: {n: _type(type_) for n, type_ in found.items()} for event, found in criterion.events.items()},
        "deprecated": criterion.mark.deprecated,
        "formerly": list(criterion.mark.formerly),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    assert parameter.type is not None
    return {
        "name": parameter.name,
        **_type(parameter.type),
        "takes_unknown": parameter.optional,
        "default": parameter.default if parameter.has_default else None,
    }


def _type(type_: Type) -> dict[str, Any]:
    return {"type": type_.kind, **({"one_of": list(type_.choices)} if type_.choices else {})}


def survey() -> tuple[Installed, ...]:
    """Load everything that is installed: plugins by name, then packs by name, then what cannot even be listed."""
    plugins = [_plugin(point) for point in installed_points(CRITERIA)]
    packs = [_pack(point) for point in installed_points(PACKS)]
    return (*_with_rivals(plugins, CRITERIA), *_with_rivals(packs, PACKS), *_unreadable(), *_misspelt())


# ------------------------------------------------------------------- plugins


def _plugin(point: metadata.EntryPoint) -> Installed:
    origin = origin_of(point)
    try:
        found = marked(origin, imported(point))
    except PluginError as error:
        return Installed("plugin", origin, problems=(_not_loaded(point, error),))
    criteria: list[Criterion] = []
    problems: list[Problem] = []
    for attribute, function, mark in found:
        try:
            criteria.append(verified(origin, attribute if mark.name is None else mark.name, function, mark))
        except PluginError as error:
            problems.append(Problem(str(error), error.help or _AS_TOLD))
    if not found:
        problems.append(Problem(f"{origin} has no criteria", MARK_ONE))
    problems += _twice(origin, criteria)
    return Installed("plugin", origin, tuple(sorted(criteria, key=lambda c: c.name)), problems=tuple(problems))


def _twice(origin: Origin, criteria: Sequence[Criterion]) -> Iterator[Problem]:
    first: dict[str, Criterion] = {}
    for criterion in criteria:
        if first.setdefault(criterion.name, criterion).function is not criterion.function:
            yield Problem(f"{origin} has two criteria named `{criterion.name}`", "rename one of them")


def _not_loaded(point: metadata.EntryPoint, error: PluginError) -> Problem:
    """Tell a missing dependency, an entry point to nothing, and a mistake in the plugin apart."""
    cause = error.__cause__
    if isinstance(cause, ModuleNotFoundError) and cause.name:
        ours = point.module.partition(".")[0]
        if cause.name.partition(".")[0] != ours:
            return Problem(str(error), f"install what it needs: pip install {cause.name.partition('.')[0]}")
        return Problem(str(error), _CONFIGURED.format(f'{point.name} = "{point.value}"', point.group))
    if cause is None or (isinstance(cause, AttributeError) and point.attr):
        return Problem(str(error), _CONFIGURED.format(f'{point.name} = "{point.value}"', point.group))
    return Problem(str(error), f'see where it fails: python -c "import {point.module}"')


def _with_rivals(found: Sequence[Installed], group: str) -> Iterator[Installed]:
    """Add what is wrong where two distributions bring one name."""
    points = installed_points(group)
    for one in found:
        rivals = {brought_by(point) for point in points if point.name == one.origin.plugin}
        if len(rivals) > 1:
            what = f"two distributions bring a {one.kind} `{one.origin.plugin}`: {' and '.join(sorted(rivals))}"
            yield attrs.evolve(one, problems=(*one.problems, Problem(what, "uninstall one of them")))
        else:
            yield one


# --------------------------------------------------------------------- packs


def _pack(point: metadata.EntryPoint) -> Installed:
    origin = origin_of(point)
    try:
        found = list(_rule_files(pack_folder(point)))
    except PluginError as error:
        return Installed("pack", origin, problems=(_not_loaded(point, error),))
    if not found:
        what = f"the pack of {origin} has no rule files"
        mend = f"put `*{_SUFFIX}` files into its package, and list them as package data"
        return Installed("pack", origin, problems=(Problem(what, mend),))
    problems = [problem for path, text in found for problem in _mistakes(origin, path, text)]
    files = tuple(PackFile(path, _about(text)) for path, text in found)
    return Installed("pack", origin, files=files, problems=tuple(problems))


def _rule_files(folder: Traversable, inside: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _rule_files(entry, f"{inside}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            yield inside + entry.name, entry.read_bytes().decode("utf-8-sig", errors="replace")


def _about(text: str) -> str:
    first = text.partition("\n")[0].strip()
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def _mistakes(origin: Origin, path: str, text: str) -> Iterator[Problem]:
    """Tell the first mistake of a rule file that cannot be read."""
    errors = [d for d in parse(text, f"pack:{origin.plugin}/{path}")[1] if d.severity == "error"]
    if errors:
        first = errors[0]
        yield Problem(f"{first.span.file}:{first.span.line}: {first.message}", first.help or "mend the rule file")


# ---------------------------------------------------------------- everything


def _misspelt() -> Iterator[Installed]:
    """Name the entry points of groups that nobody reads, though they look like ours."""
    for distribution in metadata.distributions():
        try:
            points = tuple(distribution.entry_points)
        except Exception:  # noqa: BLE001, S112 - told by `_unreadable`
            continue
        for point in points:
            if point.group.partition(".")[0].startswith("leadrules") and point.group not in {CRITERIA, PACKS}:
                near = closest(point.group, [CRITERIA, PACKS]) or CRITERIA
                what = f"nobody reads the entry-point group `{point.group}` of {brought_by(point)}"
                mend = f'write `[project.entry-points."{near}"]` in its pyproject.toml, and install it again'
                yield Installed("plugin", origin_of(point), problems=(Problem(what, mend),))


def _unreadable() -> Iterator[Installed]:
    """Name the distributions whose entry points cannot be read: nobody knows what they would bring."""
    for distribution in metadata.distributions():
        try:
            tuple(distribution.entry_points)
        except Exception as problem:  # noqa: BLE001 - told, with the distribution named
            name = distribution.metadata["Name"]
            what = f"the entry points of {name} cannot be read: {problem}"
            mend = f"install it again: pip install --force-reinstall {name}"
            yield Installed("plugin", Origin(name, name, distribution.version), problems=(Problem(what, mend),))
