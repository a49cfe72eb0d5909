"""Worked cases in files: rules and a lead with what comes of it, or a criterion with what it gives.

pytest collects them by itself from `cases/*.toml` and `cases/*.tsv`; `read_cases` is for other runners.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import attrs

from leadrules.as_of import read_as_of
from leadrules.audit import ScoredLead
from leadrules.engine.reference.evidence import plain
from leadrules.engine.reference.interpreter import run as answers_of
from leadrules.errors import InputError, PluginError, RulesetError
from leadrules.lead import LeadReader
from leadrules.program import Program
from leadrules.ruleset import Ruleset, program_of
from leadrules.syntax import tree
from leadrules.syntax.parser import parse
from leadrules.testing.case_tables import Column, read_columns, value_of
from leadrules.testing.incremental import incremental_agrees
from leadrules.testing.laws import engines_agree
from leadrules.values import instant_of, text_of_instant

_NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
"""When a case takes place that does not say it, as in the examples of a rule file."""

Criteria = Mapping[str, Any] | None
"""What a host hands over, by the names that rules use."""
_ASKED = "what is asked"
_ANSWERED = "what is answered"
_OUTCOMES: Mapping[str, frozenset[str]] = {
    "case": frozenset({"expect", "error", "input_error", "plugin_error"}),
    "criterion": frozenset({"gives", "unknown", "error", "plugin_error"}),
}
_NEEDED: Mapping[str, str] = {"case": "rules", "criterion": "call"}
_KEYS: Mapping[str, frozenset[str]] = {
    "case": _OUTCOMES["case"] | {"name", "rules", "lead", "as_of", "params", "files"},
    "criterion": _OUTCOMES["criterion"] | {"name", "call", "lead", "as_of", "declare"},
}


@attrs.frozen
class WorkedCase:
    """A case of a file: a TOML table that begins in `line`, or a column of a table of tabs, with all its rows.

    `kind` is `case`, `criterion` or `column`; `table` is what stands there: of a column, `call`,
    `declare` and `rows`.
    """

    kind: str
    name: str
    line: int
    table: Mapping[str, Any]

    def run(self, *, criteria: Mapping[str, Any] | None = None) -> None:
        """Assert that it comes out as the file says. Raises AssertionError with what came instead.

        `criteria` are those of a host, as `Ruleset.from_text` takes them.
        """
        _RUNNERS[self.kind](self.table, criteria)


def read_cases(path: str | Path) -> tuple[WorkedCase, ...]:
    """Read the `[[case]]` and `[[criterion]]` tables of a TOML file, or the columns of a `.tsv`, in their order.

    Raises ValueError with a sentence for a file that is neither, or a table that is no case.
    """
    if Path(path).suffix == ".tsv":
        return tuple(map(_case_of_column, read_columns(Path(path))))
    text = Path(path).read_text("utf-8")
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise ValueError(f"this is not TOML: {problem}") from None
    strange = sorted(tables.keys() - _KEYS.keys())
    if strange:
        raise ValueError(f"`{strange[0]}` is neither `[[case]]` nor `[[criterion]]`")
    found: list[WorkedCase] = []
    for kind, line, place in _headers(text):
        table = tables[kind][place]
        _refuse_table(kind, table, line)
        name = str(table.get("name") or table[_NEEDED[kind]])
        alike = any(case.name == name for case in found)
        found.append(WorkedCase(kind, f"{name} (line {line})" if alike else name, line, table))
    return tuple(found)


def _case_of_column(column: Column) -> WorkedCase:
    table = {"call": column.call, "declare": column.declarations, "rows": column.rows}
    return WorkedCase("column", column.call, column.line, table)


def _headers(text: str) -> Iterator[tuple[str, int, int]]:
    """Give kind, line and place among its kind of every table."""
    places = dict.fromkeys(_KEYS, 0)
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[\s*(case|criterion)\s*\]\]", line)
        if header:
            yield header[1], number, places[header[1]]
            places[header[1]] += 1


def _refuse_table(kind: str, table: Mapping[str, Any], line: int) -> None:
    strange = sorted(table.keys() - _KEYS[kind])
    if strange:
        raise ValueError(f"line {line}: `{strange[0]}` means nothing in a `[[{kind}]]`")
    if not isinstance(table.get(_NEEDED[kind]), str):
        raise ValueError(f"line {line}: a `[[{kind}]]` needs `{_NEEDED[kind]}`, a text")
    if len(table.keys() & _OUTCOMES[kind]) != 1:
        names = ", ".join(f"`{name}`" for name in sorted(_OUTCOMES[kind]))
        raise ValueError(f"line {line}: a `[[{kind}]]` has exactly one of {names}")


# ------------------------------------------------------------------ a whole case


def _run_case(table: Mapping[str, Any], criteria: Criteria) -> None:
    given: dict[str, Any] = {"params": table.get("params"), "files": table.get("files"), "criteria": criteria}
    rules = _loaded(lambda: Ruleset.from_text(table["rules"], "case.leadrules", **given), table)
    if rules is None:
        return
    lead, as_of = _lead(table), _as_of(table)
    result = _answered(lambda: rules.evaluate(lead, as_of=as_of), table)
    if result is None:
        return
    _compare(result, _data(table["expect"]))
    engines_agree(rules, lead, as_of)
    incremental_agrees(rules, lead, as_of)


def _compare(result: ScoredLead, expected: dict[str, Any]) -> None:
    found = result.to_dict()
    points = expected.pop("points", None)
    if points is not None:
        entries = sorted([entry.rule, entry.points] for entry in result.audit if entry.kind == "points")
        _same("points", entries, sorted(points))
    for key, value in expected.items():
        if key not in found:
            raise AssertionError(f"a result has no `{key}`; it has {', '.join(found)}")
        _same(key, found[key], value)


def _same(name: str, found: object, expected: object) -> None:
    if not _equal(found, expected):
        raise AssertionError(f"{name} is {_written(found)}, and the case says {_written(expected)}")


def _equal(found: object, expected: object) -> bool:
    """Compare plain data; yes is not 1."""
    return found == expected and isinstance(found, bool) == isinstance(expected, bool)


# ------------------------------------------------------------------ a criterion


def _run_criterion(table: Mapping[str, Any], criteria: Criteria) -> None:
    program = asked_program(table, criteria)
    if program is None:
        return
    answer = _answered(lambda: _answer(program, _lead(table), read_as_of(_as_of(table))), table)
    if answer is None:
        return
    found, _ = answer
    expected = _plain(table["gives"]) if "gives" in table else None
    if not _equal(found, expected):
        raise AssertionError(f"{table['call']} gives {_written(found)}, and the case says {_written(expected)}")


def _run_column(table: Mapping[str, Any], criteria: Criteria) -> None:
    program, as_of, rows = asked_program(table, criteria), read_as_of(_NOON), table["rows"]
    assert program is not None, "a column has no `error`"
    wrong = []
    for row in rows:
        try:
            lead = {"id": "1", "attributes": row.given}
            found, kind = _answered(partial(_answer, program, lead, as_of), {})
            expected = _plain(value_of(row.gives, kind))
            if not _equal(found, expected):
                raise AssertionError(f"gives {_written(found)}, and the table says {_written(expected)}")
        except AssertionError as problem:
            wrong.append(f"  line {row.line}: {', '.join(row.given.values())}: {problem}")
    if wrong:
        raise AssertionError("\n".join([f"{table['call']}: {len(wrong)} of {len(rows)} rows are not so:", *wrong]))


def answers_in(case: WorkedCase, program: Program) -> None:
    """Ask a program all that a case asks. Raises InputError and PluginError."""
    leads = [{"id": "1", "attributes": row.given} for row in case.table.get("rows", ())] or [_lead(case.table)]
    for lead in leads:
        _answer(program, lead, read_as_of(_as_of(case.table)))


def asked_program(table: Mapping[str, Any], criteria: Criteria = None) -> Program | None:
    """Make the program that asks a call; None where the case says that it is refused, and it is."""
    text = _asking(table["call"], table.get("declare", ""))
    rules = _loaded(lambda: Ruleset.from_text(text, "case.leadrules", criteria=criteria), table)
    return None if rules is None else program_of(rules)


def _answer(program: Program, lead: Mapping[str, Any], as_of: int) -> tuple[Any, str]:
    """Give what is asked as plain data, and its kind."""
    evaluation = answers_of(program, LeadReader(program.scope).read(lead, as_of), as_of)
    value = evaluation.reading.definitions["criterion", _ASKED]
    kind = next(criterion.body.type.kind for criterion in program.criteria if criterion.name == _ASKED)
    return plain(value, kind), kind


def _asking(call: str, declarations: str) -> str:
    """Write the rule file that asks it, with a `use` for every plugin named in it."""
    question = (
        f"criterion `{_ASKED}` = {call}\nsegment `{_ANSWERED}` = `{_ASKED}` is known\n"  # so that something asks it
    )
    declared, asked = (parse(text, "case.leadrules")[0] for text in (declarations, question))
    used = {(node.alias or node.name).name for node in declared.statements if isinstance(node, tree.Use)}
    plugins = dict.fromkeys(node.plugin.name for node in calls_in(asked.statements) if node.plugin is not None)
    uses = "".join(f"use `{name}`\n" for name in plugins if name not in used)
    return f"{uses}{declarations}\n{question}"


def calls_in(statements: Iterable[tree.Statement]) -> Iterator[tree.Call]:
    """Give the calls in some statements, those within others too."""
    return (call for statement in statements for call in statement.find(tree.Call))


_RUNNERS: Mapping[str, Callable[[Mapping[str, Any], Criteria], None]] = {
    "case": _run_case,
    "criterion": _run_criterion,
    "column": _run_column,
}


# ------------------------------------------------------------------ both


def _loaded(load: Callable[[], Ruleset], table: Mapping[str, Any]) -> Ruleset | None:
    """Load the rules; None where the case says that they are refused, and they are."""
    expected = table.get("error")
    try:
        rules = load()
    except RulesetError as error:
        if expected is None:
            raise AssertionError(f"the rules are refused:\n{error}") from None
        words, line = (expected, None) if isinstance(expected, str) else (expected["says"], expected.get("line"))
        told = [f"{d.message}\n{d.help or ''}" for d in error.diagnostics if line in {None, d.span.line}]
        if not any(words in one for one in told):
            where = "" if line is None else f" in line {line}"
            raise AssertionError(f"no mistake{where} says `{words}`:\n{error}") from None
        return None
    if expected is not None:
        raise AssertionError("the rules are good, and the case says that they are refused")
    return rules


def _answered(ask: Callable[[], Any], table: Mapping[str, Any]) -> Any:
    """Ask; None where the case says that it fails, and it does."""
    for kind, key in ((InputError, "input_error"), (PluginError, "plugin_error")):
        if key in table:
            try:
                ask()
            except kind as error:
                if table[key] not in str(error):
                    raise AssertionError(f"the refusal does not say `{table[key]}`: {error}") from None
                return None
            raise AssertionError("there is an answer, and the case says that there is none")
    try:
        return ask()
    except (InputError, PluginError) as error:
        raise AssertionError(str(error)) from None


def _lead(table: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": "1", **_data(table.get("lead", {}))}


def _data(given: object) -> dict[str, Any]:
    """Read an object that stands there as JSON text or as a table."""
    found = json.loads(given, parse_float=Decimal) if isinstance(given, str) else given
    assert isinstance(found, dict), f"{found!r:.60} is not an object"
    return dict(found)


def _as_of(table: Mapping[str, Any]) -> dt.datetime:
    given = table.get("as_of", _NOON)
    return given if isinstance(given, dt.datetime) else dt.datetime.fromisoformat(given)


def _plain(given: Any) -> Any:
    """Give what a case says a criterion gives, as results write it."""
    if isinstance(given, dt.datetime) and given.tzinfo is not None:
        return text_of_instant(instant_of(given))
    return given.isoformat() if isinstance(given, dt.date) else given


def _written(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Sequence | Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value).lower() if isinstance(value, bool) else str(value)
