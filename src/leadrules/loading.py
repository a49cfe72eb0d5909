"""From the files of rules to their checked program, or to the error that says all that is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from leadrules.check.checker import Checked, check
from leadrules.errors import (
    Diagnostic,
    PluginLoadError,
    RuleCheckError,
    RuleFileError,
    RulesetError,
    RuleSyntaxError,
    Span,
    in_order,
)
from leadrules.plugins import Catalogue, allowed_plugins
from leadrules.program import Program
from leadrules.syntax import tree
from leadrules.syntax.codes import FILE_CODES
from leadrules.syntax.files import Files
from leadrules.syntax.includes import expand
from leadrules.syntax.parser import Limits

DEFAULT_LIMITS = Limits()


def catalogue_of(plugins: Iterable[str] | None, criteria: Mapping[str, Any] | None) -> Catalogue:
    """Give what rules may use: the installed plugins that are allowed, and those that the host hands over."""
    return Catalogue(dict(criteria or {}), allowed_plugins(plugins, criteria or ()))


def check_files(
    files: Files,
    params: Mapping[str, Any],
    limits: Limits = DEFAULT_LIMITS,
    catalogue: Catalogue | None = None,
    *,
    lenient: bool = False,
) -> Checked:
    """Parse and check a rule file: its program where there is no error, and all diagnostics."""
    expanded = expand(files, limits)
    if not expanded.texts:
        return Checked(None, expanded.diagnostics)
    checked = check(
        expanded.statements,
        expanded.texts,
        params=params,
        beside=files,
        excused=expanded.words_of_the_broken,
        catalogue=catalogue,
        limits=limits,
        lenient=lenient,
    )
    diagnostics = in_order((*expanded.diagnostics, *checked.diagnostics))
    program = None if expanded.broken else checked.program
    return Checked(program, diagnostics, expanded.statements, expanded.texts, tuple(files.remarks.values()))


def review(checked: Checked) -> Checked:
    """Add what the analysis finds to what a check found, and leave out the warnings that `# ok: LR2xx` silences."""
    from leadrules.analysis import analyse, silence

    found = checked.diagnostics
    if checked.program is not None:
        found = in_order((*found, *analyse(checked.program, checked.statements, checked.texts)))
    return attrs.evolve(checked, diagnostics=silence(found, checked.statements, checked.texts))


def program_asked(
    known: Checked,
    condition: str,
    name: str,
    files: Files,
    catalogue: Catalogue,
    *,
    params: Mapping[str, Any],
    limits: Limits,
    lenient: bool,
) -> Program:
    """Give the program of checked rules with a last example that expects a condition, its scope with all that it reads.

    `name` stands for the file in diagnostics, which show the condition as it was given. Raises RulesetError.
    """
    before = f'example "{name}"\nexpect '
    asked = expand(Files.of_text(f"{before}{condition}\n", name, {}), limits)
    if asked.diagnostics:
        raise error_of([_of_condition(one, condition, name, before) for one in asked.diagnostics])
    statements = tuple(one for one in known.statements if not isinstance(one, _TESTS))
    checked = check(
        (*statements, *asked.statements),
        {**known.texts, **asked.texts},
        params=params,
        beside=files,
        catalogue=catalogue,
        limits=limits,
        lenient=lenient,
    )
    if checked.program is None:
        errors = [one for one in checked.diagnostics if one.severity == "error"]
        raise error_of([_of_condition(one, condition, name, before) for one in errors])
    return attrs.evolve(checked.program, scope=checked.program.tested or checked.program.scope, asked=None)


def _of_condition(one: Diagnostic, condition: str, name: str, before: str) -> Diagnostic:
    """Give a diagnostic its place in a condition, which stood in a line with something `before` it."""
    if one.span.file != name:
        return one
    start, end = (max(place - len(before), 0) for place in (one.span.start, one.span.end))
    return attrs.evolve(one, span=Span(name, start, end, 1, start + 1), source=condition)


_TESTS = (tree.Example, tree.Given, tree.Expect)


def fingerprint_of(program: Program) -> str:
    """Give the sha256 of what a program means."""
    return "sha256:" + hashlib.sha256(program.canonical.encode()).hexdigest()


def error_of(errors: list[Diagnostic]) -> RulesetError:
    """Make the error about rules that are wrong, of the kind that their mistakes are of."""
    if any(d.code == "LR621" for d in errors):
        return PluginLoadError(errors)
    if all(d.code in FILE_CODES for d in errors):
        return RuleFileError(errors)
    is_syntax = all(d.code < "LR2" for d in errors)
    return RuleSyntaxError(errors) if is_syntax else RuleCheckError(errors)
