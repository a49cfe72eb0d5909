"""Plugins: from entry points, or from what the host hands over, to a frozen catalogue of criteria.

A plugin is loaded when a rule file uses it. Whatever goes wrong in it becomes a `PluginError` that
names it.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module, resources
from typing import TYPE_CHECKING, Any

import attrs

from leadrules.criteria import Origin, Plugin, loaded, named, words_of
from leadrules.errors import MissingFile, MissingPlugin, PluginError, closest
from leadrules.interruptions import raise_if_from_outside

if TYPE_CHECKING:
    from importlib import metadata
    from importlib.resources.abc import Traversable

CRITERIA = "leadrules.criteria"
"""The entry-point group of plugins: name -> a module or object with criteria."""
PACKS = "leadrules.packs"
"""The entry-point group of packs: name -> a package with rule files to include."""
FIRST_PARTY = frozenset({"behaviour", "calendar", "contact", "frameworks", "geo", "title"})
"""The plugins that are made together with leadrules, each in a distribution of its own."""


@attrs.frozen
class Catalogue:
    """The plugins that rules may use.

    `given` are handed over by the host, by name: a module, or any object or mapping with criteria.
    They come before installed ones. `allowed` names the installed plugins and packs that may be used,
    each with the distribution that must bring it, or None where any may; None is all.
    """

    given: Mapping[str, Any] = attrs.field(factory=dict)
    allowed: Mapping[str, str | None] | None = None

    def names(self) -> list[str]:
        """Name every plugin that can be used, without loading any."""
        installed = {point.name for point in installed_points(CRITERIA)}
        return sorted({*self.given, *(installed if self.allowed is None else installed & self.allowed.keys())})

    def load(self, name: str) -> Plugin:
        """Load and verify a plugin. Raises PluginError."""
        if name in self.given:
            return loaded(Origin(name), self.given[name])
        return installed_plugin(self._point(name, CRITERIA))

    def pack_text(self, name: str, path: str) -> str:
        """Read a rule file of a pack. Raises PluginError for the pack, ValueError for the file."""
        folder = pack_folder(self._point(name, PACKS))
        try:
            return folder.joinpath(*path.split("/")).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            known = (file.name for file in folder.iterdir() if file.name.endswith(".leadrules"))
            raise MissingFile(f"the pack `{name}` has no file `{path}`", known) from None

    def pack_origin(self, name: str) -> Origin:
        """Say what brings a pack. Raises PluginError."""
        return origin_of(self._point(name, PACKS))

    def _point(self, name: str, group: str) -> metadata.EntryPoint:
        what = "plugin" if group == CRITERIA else "pack"
        found = {(str(origin_of(point)), point.value): point for point in installed_points(group) if point.name == name}
        if not found:
            raise MissingPlugin(f"there is no {what} `{name}`", how_to_get(name))
        if self.allowed is not None and name not in self.allowed:
            raise PluginError(f"the {what} `{name}` is not allowed here")
        if len(found) > 1:
            brought = " and ".join(sorted(brought_by(point) for point in found.values()))
            raise PluginError(f"two distributions bring a {what} `{name}`: {brought}")
        point = next(iter(found.values()))
        wanted = None if self.allowed is None else self.allowed[name]
        if wanted is not None and _plain_name(origin_of(point).distribution or "") != _plain_name(wanted):
            raise PluginError(f"the {what} `{name}` is allowed from {wanted}, and {brought_by(point)} brings it")
        return point


def allowed_plugins(names: Iterable[str] | None, given: Iterable[str] = ()) -> dict[str, str | None] | None:
    """Read which plugins and packs may be used: `title`, or `title=leadrules-title` with who must bring it.

    None is all. Those `given` by the host, by their names, may be used in any case, and be named.
    Raises PluginError for a name that is not installed, TypeError for what is no list of names.
    """
    if names is None:
        return None
    if isinstance(names, str):
        raise TypeError(f"`plugins` is a list of names: write [{names!r}]")
    given_names: Any = names
    try:
        texts = [*given_names]
    except TypeError:
        texts = [given_names]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError('`plugins` is a list of names, which are texts: write ["title"]')
    found = {}
    for text in texts:
        name, equals, distribution = text.partition("=")
        found[name.strip()] = distribution.strip() if equals else None
    known = {point.name for group in (CRITERIA, PACKS) for point in installed_points(group)} if found else set()
    for name in found:
        if name not in known | {*given}:
            near = closest(name, sorted(known))
            help_ = f"did you mean `{near}`?" if near else how_to_get(name)
            raise PluginError(f"`{name}` is to be allowed, and there is no such plugin or pack", help_)
    return found


def how_to_get(name: str) -> str:
    """Say how to install a plugin or pack that is missing."""
    distribution = f"leadrules-{name.replace('_', '-')}"
    if name not in FIRST_PARTY:
        return (
            f"by custom it is in {distribution}: `pip install {distribution}`, or in its own folder `pip install -e .`"
        )
    return f"`pip install {distribution}`, or in the folder of leadrules itself `pip install ./plugins/{distribution}`"


def _plain_name(distribution: str) -> str:
    """Give the form in which names of distributions are compared."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


# ------------------------------------------------------------------ installed


def installed_points(group: str) -> list[metadata.EntryPoint]:
    """Give the installed entry points of a group, sorted, loading none."""
    from importlib import metadata

    try:
        found = list(metadata.entry_points(group=group))
    except Exception:  # noqa: BLE001 - one broken distribution must not hide the others; `doctor` names it
        found = [point for points in _readable_points() for point in points if point.group == group]
    return sorted(found, key=lambda point: (point.name, point.value))


def _readable_points() -> Iterator[Iterable[metadata.EntryPoint]]:
    """Give the entry points of every distribution that has readable ones, the first of a name only."""
    from importlib import metadata

    seen = set()
    for distribution in metadata.distributions():
        try:
            name, points = distribution.name, tuple(distribution.entry_points)
        except Exception:  # noqa: BLE001, S112 - as above
            continue
        if name not in seen:
            seen.add(name)
            yield points


def origin_of(point: metadata.EntryPoint) -> Origin:
    """Say where an entry point comes from."""
    try:
        assert point.dist is not None
        return Origin(point.name, point.dist.name, point.dist.version)
    except Exception:  # noqa: BLE001 - a distribution without readable metadata has no name
        return Origin(point.name)


def brought_by(point: metadata.EntryPoint) -> str:
    """Name the distribution of an entry point, and its version."""
    origin = origin_of(point)
    return f"{origin.distribution} {origin.version}" if origin.distribution else "one without a name"


def installed_plugin(point: metadata.EntryPoint) -> Plugin:
    """Load and verify the plugin of an entry point. Raises PluginError."""
    found = imported(point)
    return loaded(origin_of(point), found, home=_home(point.module))


def _home(module: str) -> types.ModuleType | None:
    """Give the outermost package of a module that is made of files; a namespace is not."""
    parts = module.split(".")
    names = (".".join(parts[: end + 1]) for end in range(len(parts)))
    found = (sys.modules.get(name) for name in names)
    return next((package for package in found if getattr(package, "__file__", None)), None)


def pack_folder(point: metadata.EntryPoint) -> Traversable:
    """Give the folder of a pack's rule files. Raises PluginError."""
    package = imported(point)
    if not isinstance(package, types.ModuleType) or not hasattr(package, "__path__"):
        raise PluginError(f"the pack of {origin_of(point)} is no package: `{point.value}`")
    return resources.files(package)


def imported(point: metadata.EntryPoint) -> Any:
    """Import what an entry point names. Raises PluginError, whose cause is what went wrong."""
    try:
        return point.load()
    except BaseException as problem:  # whatever a plugin does on import is its own failure
        raise_if_from_outside(problem)
        origin = origin_of(point)
        error = PluginError(f"{origin} cannot be imported from `{point.value}`: {named(problem)}")
        raise error.about(plugin=origin.plugin, distribution=origin.distribution, said=words_of(problem)) from problem


@attrs.frozen
class PickledCatalogue:
    """A catalogue in a form that pickles: a module that the host handed over goes by its name."""

    parts: tuple[tuple[str, bool, Any], ...]
    allowed: Mapping[str, str | None] | None

    @classmethod
    def of(cls, catalogue: Catalogue) -> PickledCatalogue:
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
