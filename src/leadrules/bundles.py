"""Bundles: all that a ruleset was made of in one text, to be kept, sent, and loaded again without a disk.

A bundle is canonical JSON. It brings texts and params; plugins it only names, with what tells each apart. Its digest
tells of accidents, such as a text that was cut off or edited; it is no signature.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from importlib import metadata
from pathlib import PurePosixPath
from typing import Any, NoReturn

import attrs

from leadrules.canonical import canonical_json
from leadrules.errors import BundleError, PluginError
from leadrules.program import Program
from leadrules.syntax.files import MAIN, Files
from leadrules.syntax.report import listed
from leadrules.values import decimal_of, plain_name

FORMAT = "leadrules bundle 1"
_FAMILY = FORMAT.rpartition(" ")[0]
_PARTS: Mapping[str, type] = {
    "format": str,
    "leadrules": str,
    "fingerprint": str,
    "name": str,
    "rules": str,
    "files": dict,
    "params": dict,
    "plugins": dict,
    "digest": str,
}

Identities = Mapping[str, Mapping[str, Any]]
"""By plugin what tells it apart: distribution, version, hash of its source, versions of its criteria."""


@attrs.frozen
class Bundle:
    """What stands in a bundle. `texts` are by path, the main file's under `""`."""

    leadrules: str
    fingerprint: str
    name: str
    texts: Mapping[str, str]
    params: Mapping[str, str | bool]
    plugins: Identities
    lenient: bool = False

    def refuse_others(self, fingerprint: str, here: Identities) -> None:
        """Raise PluginError or BundleError where what was loaded of it is not what was put into it."""
        if fingerprint == self.fingerprint:
            return
        refuse_other_plugins(self.name, "bundled", self.plugins, here)
        own = metadata.version("leadrules")
        raise BundleError(
            f"these rules mean something else to leadrules {own} than to {self.leadrules}, which wrote the bundle "
            f"(install leadrules=={self.leadrules}, or load the texts in it by themselves)"
        )


def refuse_other_plugins(name: str, how: str, there: Identities, here: Identities) -> None:
    """Raise PluginError where plugins are others here than they were where rules were `how` (`pickled`)."""
    others = sorted(plugin for plugin in {*there, *here} if there.get(plugin) != here.get(plugin))
    if others:
        which = "another plugin than there is" if len(others) == 1 else "other plugins than there are"
        differs = "differs" if len(others) == 1 else "differ"
        versions = [
            f"`{plugin}` was {_brought(there[plugin])} and is {_brought(here[plugin])}"
            for plugin in others
            if plugin in there and plugin in here and _brought(there[plugin]) != _brought(here[plugin])
        ]
        told = f" ({', '.join(versions)})" if versions else ""
        raise PluginError(f"{name} was {how} with {which} here: {listed(others)} {differs}{told}")


def _brought(identity: Mapping[str, Any]) -> str:
    distribution, version = identity.get("distribution"), identity.get("version")
    return f"{distribution} {version}" if distribution else "one of the host"


def bundle_of(
    files: Files, params: Mapping[str, Any], program: Program, fingerprint: str, *, lenient: bool = False
) -> str:
    """Write a bundle; `params` are those that the host gave, and `lenient` is in it where it was asked for."""
    texts = files.frozen().texts
    named = {plain_name(str(name)) for name in params}
    given = {name: value for name, value in program.values.items() if plain_name(name) in named}
    found = {
        "format": FORMAT,
        "leadrules": metadata.version("leadrules"),
        "fingerprint": fingerprint,
        "name": PurePosixPath(files.name.replace("\\", "/")).name,
        "rules": texts.pop(MAIN),
        "files": dict(sorted(texts.items())),
        "params": {name: _written(given[name]) for name in sorted(given)},
        "plugins": {name: dict(program.identities[name]) for name in sorted(program.identities)},
        **({"lenient": True} if lenient else {}),
    }
    return canonical_json({**found, "digest": _digest(found)})


def _written(value: Any) -> str | bool:
    """Write the value of a param as a host may give it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Fraction):
        return format(decimal_of(value), "f")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _digest(found: Mapping[str, Any]) -> str:
    """Give the sha256 of the parts, in whatever order a database may have kept them."""
    return f"sha256:{hashlib.sha256(_ordered(found).encode()).hexdigest()}"


_ordered = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode


# -------------------------------------------------------------------- reading


def read_bundle(text: str | bytes, most: int) -> Bundle:
    """Read a bundle of at most so many bytes. Raises BundleError for what is none, or was changed."""
    found = _parsed(text, most)
    if not isinstance(found, dict) or not str(found.get("format")).startswith(_FAMILY):
        _refuse("this is no bundle of rules: it does not say so in `format`")
    if found["format"] != FORMAT:
        _refuse("this bundle was written by a later leadrules, in a form that this one does not know")
    if not _is_whole(found) or found.pop("digest") != _digest(found):
        _refuse("the bundle was changed or cut off after it was written: its digest is another")
    texts = {**found["files"], MAIN: found["rules"]}
    return Bundle(
        found["leadrules"],
        found["fingerprint"],
        found["name"],
        texts,
        found["params"],
        found["plugins"],
        found.get("lenient", False),
    )


def _is_whole(found: Mapping[str, Any]) -> bool:
    """Tell whether all parts are there, and no other but `lenient`, each of its type."""
    if found.keys() - {"lenient"} != _PARTS.keys() or found.get("lenient", True) is not True:
        return False
    if any(type(found[name]) is not kind for name, kind in _PARTS.items()):
        return False
    inside = (("files", str), ("params", str | bool), ("plugins", dict))
    return all(isinstance(one, kind) for name, kind in inside for one in found[name].values())


def _parsed(text: str | bytes, most: int) -> Any:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if not isinstance(data, bytes | bytearray | memoryview):
        _refuse("a bundle is a text, as `Ruleset.bundle` gives it, or that in UTF-8")
    if len(data) > most:
        _refuse(f"the bundle has {len(data):,} bytes, more than {most:,} (`Limits(bundle_bytes=…)` allows more)")
    try:
        return json.loads(bytes(data).decode("utf-8-sig"), object_pairs_hook=_object)
    except (ValueError, RecursionError):
        _refuse("this is no bundle of rules: it is not JSON, or was cut off")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(reason: str) -> NoReturn:
    raise BundleError(reason) from None
