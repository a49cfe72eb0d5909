"""`--events` and `--event-columns`: which files hold the events, and where their parts stand in them.

`'opens.csv:lead=contact_id,at=timestamp,type="email_open"'` is a file, columns, and in quotes what it does not have.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from leadrules.cli.running import Stop
from leadrules.errors import closest
from leadrules.tables import EVENT_COLUMNS, EventFile
from leadrules.tables.event_files import Missing, MissingColumns, mark_of

_EXAMPLE = "'opens.csv:lead=contact_id,at=timestamp,type=\"email_open\"'"
_SHARED = "lead=contact,type=action,at=time"
_START = re.compile(r":(?=\s*(?:`[^`]+`|[^\W\d][\w ]*?)\s*=)")
"""Where a mapping begins, behind the path of a file."""
_PAIR = re.compile(
    r"""\s*(?P<name>`[^`]*`|[^=,"`]*?)\s*
    (?:=\s*(?:"(?P<constant>[^"]*)"|`(?P<quoted>[^`]*)`|(?P<column>(?!["`]).*?))\s*)?
    (?=,\s*(?:`[^`]*`|[^\W\d][\w ]*?)\s*=|,?\s*$)""",
    re.VERBOSE,
)


def read_event_files(given: Sequence[str], shared: str | None) -> tuple[list[EventFile], dict[str, str | None]]:
    """Give the files that are named, and the columns that they share. Raises Stop."""
    columns, constants = _read_pairs(shared or "", "--event-columns", properties=False)
    if not given and (columns or constants):
        raise Stop("--event-columns says how to read files of events, and there is none", "add --events FILE")
    files = []
    for text in given:
        path, mapping = _split(text)
        if path == "-":
            raise Stop("--events: standard input is for the leads alone", "write the events to a file first")
        own, fixed = _read_pairs(mapping, "--events", properties=True)
        more = {part: value for part, value in constants.items() if part not in own}
        files.append(EventFile(Path(path), columns=own, constants={**more, **fixed}))
    return files, {part: column for part, column in columns.items() if part not in constants}


def _split(text: str) -> tuple[str, str]:
    """Split a file from what is said of it. Colons may stand in its path: what is there counts, else the first one."""
    if _is_file(text):
        return text, ""
    places = [found.start() for found in _START.finditer(text)]
    there = [place for place in places if _is_file(text[:place])]
    place = next(iter([*there, *places]), len(text))
    return text[:place], text[place + 1 :]


def _is_file(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False


def _read_pairs(text: str, option: str, *, properties: bool) -> tuple[dict[str, str | None], dict[str, str]]:
    """Read `lead=contact,type="open"` as columns and constants; an empty name says that there is no column."""
    columns: dict[str, str | None] = {}
    constants: dict[str, str] = {}
    at = 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        if pair is None:
            raise _refused(option, text[at:].strip())
        at = pair.end() + 1
        name, is_property = pair["name"].strip("` "), pair["name"].startswith("`")
        has_value = "=" in pair[0]
        if not name and not has_value:
            continue
        if not has_value or not name:
            raise _refused(option, pair[0].strip())
        if not is_property or not properties:
            _refuse_name(option, name, pair[0].strip(), properties=properties)
        if name in columns or name in constants:
            raise Stop(f"{option}: `{name}` is given twice", "say where it stands once")
        if pair["constant"] is not None:
            constants[name] = pair["constant"]
        else:
            columns[name] = (pair["quoted"] or pair["column"] or "").strip() or None
    return columns, constants


def _refuse_name(option: str, name: str, pair: str, *, properties: bool) -> None:
    """Raise Stop for what names no part of an event, nor a property where one may stand."""
    if name in EVENT_COLUMNS:
        return
    near = closest(name, EVENT_COLUMNS)
    if not properties:
        raise _refused(option, pair)
    if near is not None:
        raise Stop(
            f"{option}: an event has no part `{name}`", f"did you mean `{near}`? a property is written in backticks"
        )


def _refused(option: str, pair: str) -> Stop:
    written = f"{option} {_EXAMPLE if option == '--events' else _SHARED}"
    return Stop(
        f"{option}: `{pair}` does not say where a part of an event stands",
        f"the parts are {', '.join(EVENT_COLUMNS)}; write {written}",
    )


# --------------------------------------------------------------- what is missing


def missing_columns(problem: MissingColumns, files: Sequence[EventFile]) -> Stop:
    """Say what files of events lack, with the options to write."""
    by_name = {str(file.path): file for file in files}
    marks = {one.name: mark_of(one) for one in problem.missing}
    if any(marks.values()):
        return Stop(problem.sentence, problem.advice)
    needs_type = any(one.likely.get("type", "") is None for one in problem.missing)
    if len(files) == 1 and not needs_type:
        return Stop(problem.sentence, f"write --event-columns {shlex.quote(_pairs(problem.missing[0].likely))}")
    lines = [written(_mapped(by_name[one.name], one)) for one in problem.missing if one.name in by_name]
    in_quotes = ", with the type of all its events in the quotes" if needs_type else ""
    return Stop(problem.sentence, f"write {' '.join(lines)}{in_quotes}")


def _mapped(file: EventFile, missing: Missing) -> EventFile:
    """Say of a file where what it lacks may stand; a type for which there is no column is a constant."""
    likely = {part: name or "…" for part, name in missing.likely.items() if name or part != "type"}
    constants = {"type": "…"} if missing.likely.get("type", "") is None else {}
    return EventFile(file.path, columns={**file.columns, **likely}, constants={**file.constants, **constants})


def written(file: EventFile) -> str:
    """Write a file of events as its option."""
    pairs = _pairs(file.columns, file.constants)
    return "--events " + shlex.quote(f"{file.path}:{pairs}" if pairs else str(file.path))


def _pairs(columns: Mapping[str, str | None], constants: Mapping[str, str] | None = None) -> str:
    named = [f"{part}={name or '…'}" for part, name in columns.items()]
    return ",".join([*named, *(f'{part}="{value}"' for part, value in (constants or {}).items())])
