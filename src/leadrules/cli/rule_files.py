"""The rule file of a command, with the values and plugins that the command line gives it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

from leadrules.check.checker import Checked
from leadrules.cli.running import Stop
from leadrules.criteria import named
from leadrules.errors import PluginError
from leadrules.interruptions import raise_if_from_outside
from leadrules.loading import check_files
from leadrules.plugins import Catalogue, allowed_plugins
from leadrules.ruleset import Ruleset
from leadrules.syntax.files import Files
from leadrules.vocabulary import BOOL

_SUFFIX = ".leadrules"
_ORDER = "the rules come first, then the leads: leadrules score rules.leadrules leads.csv"
_BOOLS = {"true": True, "false": False}


@attrs.frozen
class Given:
    """What a command gives a rule file: params and modules with criteria, as written, and the plugins it may use.

    All plugins may be used where `plugins` is None. With `lenient` what cannot be read is unknown.
    """

    params: Sequence[str] = ()
    plugins: Sequence[str] | None = None
    criteria: Sequence[str] = ()
    lenient: bool = False


def read_params(given: Sequence[str]) -> dict[str, str]:
    """Read `name=value` pairs. Raises Stop."""
    params: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise Stop(f"--param: `{pair}` is not a name and a value", "write it as --param mql_at=60")
        if name.strip() in params:
            raise Stop(f"--param: `{name.strip()}` is given twice")
        params[name.strip()] = value.strip()
    return params


def read_criteria(given: Sequence[str]) -> dict[str, ModuleType]:
    """Read `name=module` pairs, and import the modules: those in the working directory, too. Raises Stop."""
    found: dict[str, ModuleType] = {}
    if given and "" not in sys.path:
        sys.path.insert(0, "")
    for pair in given:
        name, equals, module = (part.strip() for part in pair.partition("="))
        if not equals or not name or not module:
            raise Stop(f"--criteria: `{pair}` is not a name and a module", "write it as --criteria crm=acme.crm")
        try:
            found[name] = import_module(module)
        except BaseException as problem:  # noqa: BLE001 - whatever a module does on import is its own failure
            raise_if_from_outside(problem)
            raise Stop(f"--criteria: `{module}` cannot be imported: {named(problem)}") from None
    return found


def refuse_leads(path: Path) -> None:
    """Refuse a file of leads where rules are wanted: what it is told by its name. Raises Stop."""
    if path.suffix.lower() == _SUFFIX:
        return
    from leadrules.tables.formats import SUFFIXES

    if any(suffix.lower() in SUFFIXES for suffix in path.suffixes[-2:]):
        raise Stop(f"`{path}` is a file of data by its name, and no rules", _ORDER)


def refuse_rules(path: Path) -> None:
    """Refuse a rule file where leads are wanted: what it is told by its name. Raises Stop."""
    if path.suffix.lower() == _SUFFIX:
        raise Stop(f"`{path}` is a rule file by its name, and no file of leads", _ORDER)


def params_for(path: Path, given: Given) -> dict[str, str | bool]:
    """Read params in the types that the rule file gives them: only `true` and `false` need to know."""
    texts = read_params(given.params)
    if not any(value.lower() in _BOOLS for value in texts.values()):
        return dict(texts)
    program = _checked(path, {}, given).program
    bools = {name for name, param in program.params.items() if param.type == BOOL} if program else set()
    return {
        name: _BOOLS[value.lower()] if name in bools and value.lower() in _BOOLS else value
        for name, value in texts.items()
    }


def check_file(path: Path, given: Given) -> Checked:
    """Check a rule file on disk. Raises Stop."""
    refuse_leads(path)
    return _checked(path, params_for(path, given), given)


def _checked(path: Path, params: Mapping[str, Any], given: Given) -> Checked:
    criteria = read_criteria(given.criteria)
    catalogue = Catalogue(criteria, _allowed(given, criteria))
    return check_files(
        Files.on_disk(path, packs=catalogue.pack_text), params, catalogue=catalogue, lenient=given.lenient
    )


def _allowed(given: Given, criteria: Mapping[str, Any]) -> dict[str, str | None] | None:
    try:
        return allowed_plugins(given.plugins, criteria)
    except PluginError as problem:
        raise Stop(f"--allow-plugin: {problem}", problem.help) from None


def load_rules(path: Path, given: Given) -> Ruleset:
    """Load a rule file; its warnings are for `check` to tell. Raises Stop and RulesetError."""
    refuse_leads(path)
    criteria = read_criteria(given.criteria)
    _allowed(given, criteria)
    params = params_for(path, given)
    return Ruleset.from_file(path, params=params, plugins=given.plugins, criteria=criteria, lenient=given.lenient)
