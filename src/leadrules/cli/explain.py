"""`leadrules explain`: how one lead came to its score, and what it lacks for a stage."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import attrs
from rich.text import Text

from leadrules.canonical import canonical_json
from leadrules.characters import printable
from leadrules.cli.reading import Source, read_as_of_option
from leadrules.cli.rule_files import Given, load_rules
from leadrules.cli.running import OK, SOME_REJECTED, Stop
from leadrules.cli.score import of_lenient, tell_lacks, tell_unmatched
from leadrules.cli.screen import Screen, counted
from leadrules.cli.streams import standard_output
from leadrules.errors import InputError, PluginError, close_names
from leadrules.explain.explanation import Explanation
from leadrules.explain.forecast import Forecast
from leadrules.explain.why_not import WhyNot
from leadrules.program import Program
from leadrules.ruleset import Ruleset, program_of, remarks_of
from leadrules.tables import Lacks, LeadTable, Reject, Row
from leadrules.tables.lacks import Looking
from leadrules.tables.timeless import read_leniently
from leadrules.tables.unreadable import UnreadableValues

_STYLES = {
    "title": "bold",
    "heading": "bold",
    "cap": "yellow",
    "ruler": "dim",
    "sum": "bold",
    "unmet": "dim",
    "missing": "red",
    "unknown": "yellow",
    "note": "dim",
}
_WIDEST = 120
_POINTS = re.compile(r"\s*([+-][0-9.]+)")


@attrs.frozen
class ExplainOptions:
    """What to tell of a lead, and how.

    With `why_not` what it lacks for that label, with `forecast` what will change of itself in so many
    days, else every rule; with personal values or without.
    """

    why_not: str | None = None
    forecast: int | None = None
    pii: bool = False
    as_json: bool = False


def explain(path: Path, source: Source, lead: str, options: ExplainOptions, *, as_of: str | None, given: Given) -> int:
    """Explain one lead and give the exit status. Raises Stop, RulesetError and FileProblem."""
    notes = Screen(stderr=True)
    rules = load_rules(path, given)
    if options.why_not is not None:
        _check_label(program_of(rules), options.why_not)
    table = source.open(program_of(rules))
    found = find(table, lead)
    for remark in (*remarks_of(rules), *table.notes, *found.remarks()):
        notes.note(remark)
    if not found.row.lead["events"]:
        tell_unmatched(notes, table.called, table.unmatched_events, table.unmatched_leads, table.close_leads)
    tell_lacks(notes, lacks_of_lead(program_of(rules), table, found.row).said())
    moment = read_as_of_option(as_of, program_of(rules).scope.zone, notes)
    try:
        told, left_out = read_leniently(
            found.row, lambda row: _told(rules, row, options, moment), lenient=rules.lenient
        )
    except InputError as error:
        raise Stop(
            f"lead `{lead}` is left out, since it cannot be read: {found.row.reason(error)}",
            _cures(rules, found.row, error),
            status=SOME_REJECTED,
        ) from None
    except PluginError as error:
        raise Stop(f"lead `{lead}` is left out, since it cannot be scored: {error}", status=SOME_REJECTED) from None
    for event in left_out:
        notes.warn(f"left out: {event.reason}")
    if options.as_json:
        with standard_output() as file:
            file.write(canonical_json(told.to_dict()) + "\n")
        return OK
    screen = Screen()
    for line in told.laid_out(min(screen.width, _WIDEST)):
        screen.put(_coloured(line.text, line.role))
    return OK


def _told(rules: Ruleset, row: Row, options: ExplainOptions, moment: dt.datetime) -> Explanation | WhyNot | Forecast:
    """Answer what is asked about a lead. Raises InputError and PluginError."""
    if options.forecast is not None:
        return rules.forecast(row.lead, as_of=moment, days=options.forecast)
    explanation = rules.explain(row.lead, as_of=moment, pii=options.pii)
    return explanation if options.why_not is None else explanation.why_not(options.why_not)


def _coloured(text: str, role: str) -> Text:
    """Colour a line by what it is: points by their sign, the rest lightly."""
    line = Text(printable(text), _STYLES.get(role, ""))
    found = _POINTS.match(text)
    if role == "points" and found:
        line.stylize("green" if found[1].startswith("+") else "red", found.start(1), found.end(1))
    return line


def lacks_of_lead(program: Program, table: LeadTable, row: Row) -> Lacks:
    """Say what the files lack, as far as one lead shows it: where every record has its own columns, no column is."""
    looking = Looking(program)
    looking.add(row)
    found = looking.found(table)
    return found if table.columns is not None else attrs.evolve(found, missing_columns=(), missing_labels=())


def _cures(rules: Ruleset, row: Row, error: InputError) -> str | None:
    """Say what to write so that a lead can be read."""
    values = UnreadableValues.of(rules)
    values.add(Reject("lead", row.number, row.lead["id"], row.reason(error), mistakes=error.mistakes))
    written = []
    for column in values.columns():
        if column.cure is not None:
            other = f' (or as "{column.or_form}": which is it?)' if column.or_form else ""
            written.append(f"write `{column.cure}` in the rules{other}")
    lenient = [] if rules.lenient else [of_lenient(values.columns())]
    return "; or ".join([", and ".join(written), *lenient] if written else lenient) or None


@attrs.frozen
class Found:
    """The row of a lead, and the rejects of its file that are or may be about it."""

    row: Row
    same: tuple[Reject, ...]
    events: tuple[Reject, ...]

    def remarks(self) -> Iterator[str]:
        """Say which rows of the lead do not count, and that events could not be read."""
        yield from (f"left out: {one.reason}" for one in self.same)
        if self.events:
            some = _first(self.events)
            yield f"{counted(len(self.events), 'event')} could not be read, and may be of this lead: {some}"


def _first(rejects: Sequence[Reject]) -> str:
    return f"{rejects[0].reason}{f'; and {len(rejects) - 1:,} more' if rejects[1:] else ''}"


def find(table: LeadTable, wanted: str) -> Found:
    """Find a lead by its id. Raises Stop: with why it is left out, or with ids that are close where there is none."""
    ids: list[str] = []
    row: Row | None = None
    same: list[Reject] = []
    nameless: list[Reject] = []
    events: list[Reject] = []
    for one in table:
        if isinstance(one, Row):
            ids.append(one.lead["id"])
            row = one if row is None and one.lead["id"] == wanted.strip() else row
        elif one.kind == "event":
            events.append(one)
        elif one.id is None:
            nameless.append(one)
        elif one.id.strip() == wanted.strip():
            same.append(one)
    if row is not None:
        return Found(row, tuple(same), tuple(events))
    if same:
        reason = "; ".join(one.reason for one in same)
        raise Stop(f"lead `{wanted}` is left out, since it cannot be read: {reason}", status=SOME_REJECTED)
    _refuse_lead(table, wanted, ids, nameless)


def _refuse_lead(table: LeadTable, wanted: str, ids: Sequence[str], nameless: Sequence[Reject]) -> NoReturn:
    folded = {name.casefold(): name for name in reversed(ids)}
    close = close_names(wanted.strip().casefold(), folded)
    advice: str | None
    if close:
        advice = "is it " + " or ".join(f"`{printable(folded[name])}`" for name in close) + "?"
    else:
        advice = f"its ids look like `{printable(ids[0])}`" if ids else None
    said = f"no lead `{wanted}` among the {counted(len(ids), 'lead')} of {table.called}"
    if nameless:
        rows = "1 row that is" if len(nameless) == 1 else f"{len(nameless):,} rows that are"
        raise Stop(f"{said}; it may be in {rows} left out: {_first(nameless)}", advice, status=SOME_REJECTED)
    raise Stop(said, advice)


def _check_label(program: Program, label: str) -> None:
    labels = [name for ladder in program.ladders for name in (*ladder.labels, *ladder.exits)]
    if label not in labels:
        known = ", ".join(f"`{name}`" for name in labels)
        raise Stop(
            f"--why-not: the rules have no stage `{label}`",
            f"their stages are {known}" if known else "they have no stages",
        )
