"""What must be installed for a rule file to load: plugins and packs, and the distributions that bring them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import attrs

from leadrules.plugins import CRITERIA, PACKS, Catalogue, how_to_get, installed_points, origin_of
from leadrules.syntax import tree
from leadrules.syntax.files import PACK, Files
from leadrules.syntax.includes import expand
from leadrules.syntax.parser import DEFAULT_LIMITS


@attrs.frozen
class Need:
    """A plugin (`kind` is `plugin`) or pack that a rule file asks for, and what brings it here, if anything does."""

    kind: str
    name: str
    distribution: str | None = None
    version: str | None = None

    @property
    def requirement(self) -> str:
        """A line for pip: what brings it here, or what to do where nothing does."""
        if self.distribution is None:
            return f"# the {self.kind} `{self.name}` is not installed here: {how_to_get(self.name)}"
        return f"{self.distribution}=={self.version}"

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data: kind, name, distribution, version."""
        return attrs.asdict(self)


def needs_of(path: Path) -> tuple[Need, ...]:
    """Give the plugins and packs that a rule file and all that it includes ask for, in order, each once.

    Nothing of them is imported but the packs, whose files may ask for more.
    """
    files = Files.on_disk(path, packs=Catalogue().pack_text)
    expanded = expand(files, DEFAULT_LIMITS)
    asked = [*_asked(expanded.statements), *(_asked(expanded.main.statements) if expanded.main else ())]
    asked += [(PACKS, key.removeprefix(PACK).partition("/")[0]) for key in files.texts if key.startswith(PACK)]
    return tuple(_need(group, name) for group, name in dict.fromkeys(asked))


def requirements_of(needs: tuple[Need, ...]) -> list[str]:
    """Give lines for pip: leadrules itself, then what brings the plugins and packs, each once."""
    own = f"leadrules=={metadata.version('leadrules')}"
    return list(dict.fromkeys([own, *(need.requirement for need in needs)]))


def _asked(statements: tuple[tree.Statement, ...]) -> Iterator[tuple[str, str]]:
    for node in statements:
        if isinstance(node, tree.Use):
            yield CRITERIA, node.name.name
        elif isinstance(node, tree.Include) and node.path.value.startswith(PACK):
            yield PACKS, node.path.value.removeprefix(PACK).partition("/")[0]


def _need(group: str, name: str) -> Need:
    kind = "plugin" if group == CRITERIA else "pack"
    point = next((point for point in installed_points(group) if point.name == name), None)
    if point is None:
        return Need(kind, name)
    origin = origin_of(point)
    return Need(kind, name, origin.distribution, origin.version)
