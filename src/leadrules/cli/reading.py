"""What several commands read: the options that need reading, the rules, the leads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from leadrules.check.checker import Checked
from leadrules.cli.running import Stop
from leadrules.errors import InputError
from leadrules.lead import parse_as_of
from leadrules.plugins import Catalogue
from leadrules.ruleset import Ruleset, check_files
from leadrules.syntax.files import Files
from leadrules.tables import EVENT_COLUMNS, EventTable, LeadTable, read_events, read_leads
from leadrules.values import Zone, instant_of, moment_of, text_of_instant
from leadrules.vocabulary import BOOL

if TYPE_CHECKING:
    from leadrules.cli.screen import Screen

_TIME_WITHOUT_ZONE = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+\s*")
_BOOLS = {"true": True, "false": False}


@attrs.frozen
class Given:
    """What a command gives a rule file: values for params, as written, and the plugins it may use (None: all)."""

    params: Sequence[str] = ()
    plugins: Sequence[str] | None = None


@attrs.frozen
class Source:
    """The files of leads and events, and the options that say how to read them, as given."""

    leads: Path
    events: Path | None = None
    id_column: str = "id"
    event_columns: str | None = None
    delimiter: str | None = None
    as_of_column: str | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are read."""
        return (self.leads,) if self.events is None else (self.leads, self.events)

    def open(self) -> LeadTable:
        """Open the leads, with their events. Raises Stop and FileProblem."""
        return read_leads(
            self.leads,
            id_column=self.id_column,
            delimiter=self.delimiter,
            as_of_column=self.as_of_column,
            events=self.read_events(),
        )

    def read_events(self) -> EventTable | None:
        """Read all events, if there is a file of events. Raises Stop and FileProblem."""
        columns = read_event_columns(self.event_columns)
        if self.events is None:
            if columns:
                raise Stop("--event-columns says how to read a file of events, and there is none", "add --events FILE")
            return None
        return read_events(self.events, columns=columns)


def read_event_columns(given: str | None) -> dict[str, str | None]:
    """Read `lead=contact,type=action`. An empty name says that there is no such column. Raises Stop."""
    columns: dict[str, str | None] = {}
    for pair in (given or "").split(","):
        part, equals, name = (side.strip() for side in pair.partition("="))
        if not part and not equals:
            continue
        if not equals or part not in EVENT_COLUMNS:
            raise Stop(
                f"--event-columns: `{pair.strip()}` does not say where a part of an event stands",
                f"the parts are {', '.join(EVENT_COLUMNS)}; write --event-columns lead=contact,type=action,at=time",
            )
        columns[part] = name or None
    return columns


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
    return _checked(path, params_for(path, given), given)


def _checked(path: Path, params: Mapping[str, Any], given: Given) -> Checked:
    catalogue = Catalogue(allowed=None if given.plugins is None else frozenset(given.plugins))
    return check_files(Files.on_disk(path, packs=catalogue.pack_text), params, catalogue=catalogue)


def load_rules(path: Path, given: Given) -> Ruleset:
    """Load a rule file; its warnings are for `check` to tell. Raises Stop and RulesetError."""
    return Ruleset.from_file(path, params=params_for(path, given), plugins=given.plugins)


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
        return moment_of(parse_as_of(text, where))
    except InputError as error:
        raise Stop(f"--as-of: {error.reason.removeprefix('as_of: ')}") from None
