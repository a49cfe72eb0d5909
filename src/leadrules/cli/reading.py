"""The files of leads and events of a command, and the time of scoring."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from leadrules.as_of import parse_as_of
from leadrules.cli.event_options import missing_columns, read_event_files
from leadrules.cli.rule_files import refuse_rules
from leadrules.cli.running import Stop
from leadrules.cli.streams import standard_input
from leadrules.errors import InputError
from leadrules.tables import EventTable, FileProblem, LeadTable, Names, read_events, read_leads
from leadrules.tables.event_files import MissingColumns
from leadrules.tables.result_columns import ALL
from leadrules.tables.several import expanded
from leadrules.values import Zone, instant_of, moment_of, text_of_instant

if TYPE_CHECKING:
    from leadrules.cli.screen import Screen
    from leadrules.program import Program

STDIN = Path("-")
"""The leads that stand for standard input."""
_FORMAT_OF_STDIN = "csv"  # as `-o -` prints CSV
_TIME_WITHOUT_ZONE = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+\s*")


@attrs.frozen
class Source:
    """The files of leads and events, and the options that say how to read them, as given."""

    leads: Sequence[Path]
    events: Sequence[str] = ()
    id_column: str = "id"
    event_columns: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    events_encoding: str | None = None
    sheet: str | None = None
    events_sheet: str | None = None
    as_of_column: str | None = None
    input_format: str | None = None
    alias_column: str | None = None

    def open(self, *programs: Program, also: Collection[str] = ()) -> LeadTable:
        """Open the leads and their events: what some rules read of them, and the company; without rules all.

        A column or type whose name nearly equals one in the rules counts for it.

        `also` names columns of the leads that are needed beside, or is `{"all"}`. Raises Stop and FileProblem.
        """
        for path in self.leads:
            refuse_rules(path)
        companies = [program.fields["company"] for program in programs if "company" in program.fields]
        attributes = {name for program in programs for name in program.scope.attributes}
        attributes |= {company.key for company in companies}
        attributes |= set(also)
        properties = {name for program in programs for name in program.scope.properties}
        names = Names.of((program.scope for program in programs), *companies)
        is_piped = STDIN in self.leads
        if is_piped and len(self.leads) > 1:
            raise Stop("standard input comes alone: there are other files of leads", "give either")
        return read_leads(
            standard_input() if is_piped else self.leads,
            input_format=self.input_format or (_FORMAT_OF_STDIN if is_piped else None),
            id_column=self.id_column,
            delimiter=self.delimiter,
            encoding=self.encoding,
            sheet=self.sheet,
            as_of_column=self.as_of_column,
            alias_column=self.alias_column,
            events=self.read_events(properties if programs else None, names),
            names=names,
            only=attributes if programs and ALL not in also else None,
        )

    def read_events(self, only: Collection[str] | None, names: Names) -> EventTable | None:
        """Read all events, if there are files of events. Raises Stop and FileProblem."""
        files, shared = read_event_files(self.events, self.event_columns)
        if not files:
            return None
        try:
            events = read_events(
                files,
                columns=shared,
                encoding=self.events_encoding,
                sheet=self.events_sheet,
                only=only,
                names=names,
            )
        except MissingColumns as problem:
            each = [attrs.evolve(one, path=path) for one in files for path in expanded(one.path)]
            raise missing_columns(problem, each) from None
        except FileProblem as problem:
            raise FileProblem(problem.path, problem.problem, problem.advice and _of_events(problem.advice)) from None
        remarks, notes = tuple(map(_of_events, events.remarks)), tuple(map(_of_events, events.notes))
        return attrs.evolve(events, remarks=remarks, notes=notes)


def _of_events(said: str) -> str:
    """Name the options of the events, where Python has parameters of one name for both files."""
    return said.replace("`encoding=…`", "--events-encoding").replace("`sheet=…`", "--events-sheet")


# --------------------------------------------------------------------- as of


def read_as_of_option(given: str | None, where: Zone, screen: Screen) -> dt.datetime:
    """Read `--as-of`; without it the moment is now, and the screen says so. Raises Stop."""
    if given is None:
        now = moment_of(instant_of(dt.datetime.now(dt.UTC).replace(microsecond=0)))
        text = text_of_instant(instant_of(now))
        screen.note(f"scored as of now; the same again: --as-of {text}")
        return now
    if _TIME_WITHOUT_ZONE.fullmatch(given):
        zoned = _with_offset(given.strip(), where)
        raise Stop(f"--as-of: `{given}` does not say in which time zone", f"write {zoned}")
    return _moment(given, where)


def _with_offset(text: str, where: Zone) -> str:
    """Suggest a time with its offset: that of the rules' zone where it can be read, else `Z`."""
    with_t = text.upper().replace(" ", "T")
    try:
        instant = parse_as_of(with_t, where)
    except InputError:
        return "it as 2026-11-21T10:00:00Z"
    return f"{with_t}Z, or {text_of_instant(instant)} if you mean the time in {where.name}"


def _moment(text: str, where: Zone) -> dt.datetime:
    try:
        return moment_of(parse_as_of(text, where, "--as-of"))
    except InputError as error:
        raise Stop(error.reason) from None
