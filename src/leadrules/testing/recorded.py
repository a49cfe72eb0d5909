"""What worked cases ask a criterion: the calls in the files `cases/*.toml` and `*.tsv` of its plugin, recorded."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from leadrules.criteria import Criterion
from leadrules.errors import LeadrulesError
from leadrules.program import Program
from leadrules.testing.case_files import WorkedCase, answers_in, asked_program, read_cases

_MOST = 30


def calls_in_cases(function: Callable[..., Any]) -> list[dict[str, Any]]:
    """Give the arguments with which the cases of a function's plugin call it, each once, at most 30 of them.

    The cases are those in the folder `cases` beside or above its source. A case that asks something
    else, or fails, is passed over: it is a test of its own.
    """
    found: list[dict[str, Any]] = []
    for case in _cases_of(function):
        for call in _recorded(case, function):
            if call not in found:
                found.append(call)
            if len(found) == _MOST:
                return found
    return found


def _cases_of(function: Callable[..., Any]) -> Iterator[WorkedCase]:
    name = function.__name__
    for path in _files_beside(function):
        if name in path.read_text("utf-8", errors="replace"):
            try:
                yield from (case for case in read_cases(path) if name in str(case.table.get("call", "")))
            except ValueError:  # pytest says what is wrong with the file
                continue


def _files_beside(function: Callable[..., Any]) -> list[Path]:
    try:
        source = Path(inspect.getsourcefile(inspect.unwrap(function)) or "")
    except TypeError:
        return []
    for folder in list(source.parents)[:4]:
        if (folder / "cases").is_dir():
            return sorted([*folder.glob("cases/*.toml"), *folder.glob("cases/*.tsv")])
    return []


def _recorded(case: WorkedCase, function: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    try:
        program = asked_program(case.table)
        if program is not None and any(one.function is function for one in program.functions.values()):
            answers_in(case, _recording(program, function, calls))
    except (AssertionError, LeadrulesError):
        pass  # the case is a test of its own, and says so there
    yield from calls


def _recording(program: Program, function: Callable[..., Any], calls: list[dict[str, Any]]) -> Program:
    def record(**arguments: Any) -> Any:
        calls.append(dict(arguments))
        return function(**arguments)

    def recording(one: Criterion) -> Criterion:
        return attrs.evolve(one, function=record) if one.function is function else one

    functions: Mapping[tuple[str, str], Criterion] = {key: recording(one) for key, one in program.functions.items()}
    return attrs.evolve(program, functions=functions)
