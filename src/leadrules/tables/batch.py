"""Score files: leads and events in, results, audit and rejects out, one lead at a time."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TextIO

import attrs

from leadrules.as_of import read_as_of
from leadrules.ruleset import Ruleset, files_of, program_of, remarks_of
from leadrules.tables.csv_form import CsvForm
from leadrules.tables.csv_output import Formulas
from leadrules.tables.events import Events, EventTable, read_events
from leadrules.tables.held_labels import StrangeLabels
from leadrules.tables.lacks import Lacks, Looking
from leadrules.tables.leads import LeadTable, read_leads
from leadrules.tables.near_names import Names
from leadrules.tables.output import resolved
from leadrules.tables.problems import FileProblem
from leadrules.tables.rejects import Reject, RejectsWriter, refuse_rejects_suffix
from leadrules.tables.result_columns import Keep, columns_of, find_column
from leadrules.tables.results import Writing, audit_to, holds_audit, refuse_audit_suffix, refuse_suffix, results_to
from leadrules.tables.scoring import MOST_WORKERS, AsOf, Scored, as_of_each, score_rows
from leadrules.tables.standings import Earlier, read_scored
from leadrules.tables.unreadable import UnreadableColumn, UnreadableValues
from leadrules.tables.where import Where
from leadrules.values import instant_of, text_of_instant

_MOST_REASONS = 5

Take = Callable[[Scored | Reject], object]


@attrs.frozen
class Summary:
    """What came of scoring files.

    `scored` counts leads, `rejected` those that were left out, `unscored` those of them over which a
    plugin failed; the others could not be read. `rejected_events` counts events that could not be
    read, `unmatched_events` those of leads that are not there. `reasons` are the first five of why
    something was left out.

    `rows` counts the rows of the file of leads and `blank` those of them without any value: `rows` is
    `scored`, `rejected` and `blank` together. `joined_lines` counts the lines of a CSV file that values
    over several lines take beyond their first: a quote too many makes such values. `event_rows` and
    `blank_events` are those of the file of events. `remarks` are sentences about the files,
    those of lists that the rules name included.
    `formula` is the first text that stands in CSV with an apostrophe before it, None where there is none.
    `unwritten` counts the scored leads that are in no output, since `where` or `only_changed` leave them out.
    `strange_labels` counts the leads that hold a label which the rules do not have, such as one of former
    rules: they are scored as leads without one, and `remarks` say so.
    """

    scored: int
    rejected: int
    unscored: int
    rejected_events: int
    unmatched_events: int
    reasons: tuple[str, ...]
    rows: int
    blank: int
    joined_lines: int
    event_rows: int
    blank_events: int
    remarks: tuple[str, ...]
    formula: str | None
    strange_labels: int = 0
    unreadable: tuple[UnreadableColumn, ...] = ()
    unwritten: int = 0
    other_reasons: tuple[str, ...] = ()
    unmatched_leads: tuple[str, ...] = ()
    close_leads: Mapping[str, str] = attrs.field(factory=dict)
    lacks: Lacks = attrs.field(factory=Lacks)

    def to_dict(self) -> dict[str, Any]:
        """Give the summary as plain data."""
        plain = attrs.asdict(self, recurse=False)
        lists = {name: list(value) for name, value in plain.items() if isinstance(value, tuple)}
        unreadable = [one.to_dict() for one in self.unreadable]
        return {**plain, **lists, "unreadable": unreadable, "lacks": self.lacks.to_dict(), "left_out": self.left_out}

    @property
    def left_out(self) -> int:
        """How many leads and events were left out in all."""
        return self.rejected + self.rejected_events


def score_files(  # noqa: PLR0913 - a parameter for each file and each thing to say about it
    rules: Ruleset,
    *,
    leads: Path | str | Sequence[Path | str] | LeadTable,
    events: Events | Sequence[Events] | EventTable | None = None,
    output: Path | str | TextIO | None = None,
    as_of: dt.datetime | None = None,
    audit: Path | str | Literal[False] = False,
    id_column: str = "id",
    event_columns: Mapping[str, str | None] | None = None,
    rejects: Path | str | None = None,
    workers: int | None = None,
    progress: Take | None = None,
    keep_formulas: bool = False,
    near_names: bool = False,
    keep: Keep | str = (),
    form: CsvForm | None = None,
    by: str | None = None,
    only_changed: Path | str | None = None,
    where: str | Where | None = None,
) -> Summary:
    """Score a file of leads and write what is asked for; each file is written as a whole or not at all.

    `leads` and `events` (a file, or several) are CSV, JSON lines, JSON or Parquet by their suffix, `id_column` and
    `event_columns` say where ids and parts of events stand, as for `read_leads`; or `leads` is a
    table that it opened, with all of these said there. `as_of` is timezone-aware, and left out only
    where such a table has an `as_of_column`, which gives the moment lead by lead.

    `output` takes the results, as `.csv`, `.xlsx`, `.jsonl`, `.json` or `.parquet`, or as CSV where it is a
    file that is open for text; a workbook has a second sheet of reasons. `keep` names columns of the leads that stand
    beside the results, or is `"all"`; in JSON they stand under `columns`. `form` says how CSV is written, such as
    `CsvForm.of("excel-pl")`. `by` names a column, of the results or the leads: each of its values has a list of its
    own, a file where `{}` stands in the name of `output`, or a sheet of a workbook.

    `where` is a condition of the language over fields and results, such as `stage >= mql and country = "PL"`: `output`,
    `audit` and `progress` have the leads alone for which it is true.

    With `only_changed`, a file of results of an earlier time, `output` has the leads alone that are new or about
    which anything in their result is other.

    `audit` takes where every point comes from, `.csv` or `.jsonl`, a row
    for each entry. `rejects` takes what could not be read or scored, as `.csv` with row, id and reason,
    or `.jsonl`; these leads are left out, and the run goes on. All but the events is read, scored and written
    lead by lead, in the order of the file.

    With `near_names` a column, property or type whose name nearly equals one that the rules read counts for it, as
    on the command line: `Job Title` is `job_title`. `Summary.remarks` say so.

    In CSV an apostrophe stands before a text that a spreadsheet would run as a formula, such as an id
    `=1+1`; `keep_formulas` leaves it out.

    `workers` is how many processes share the work (None: only this one); the results are the same.
    `progress` is called with each `Scored` or `Reject`, once it is written; what it raises ends the
    run, and then no file is changed.

    Raises `FileProblem` for a file that cannot be read or written, `InputError` for an `as_of`
    without time zone, ValueError for options that contradict each other or a table that was read
    already, TypeError for rules that are none, and RulesetError for a `where` that is no condition.
    """
    _refuse_arguments(rules, events, event_columns, workers)
    asked = Where.of(rules, where) if isinstance(where, str) else where
    files = _Files.of(output, audit, rejects)
    refuse_outputs(files.results, files.audit, files.rejects, by=by is not None)
    if isinstance(leads, LeadTable):
        if (events, event_columns, id_column) != (None, None, "id"):
            raise ValueError("this table of leads is open already: name its events and columns to read_leads")
        table = leads
    else:
        scope = program_of(rules).scope if asked is None else asked.program.scope
        names = Names.of([scope]) if near_names else None
        if events is not None and not isinstance(events, EventTable):
            needed = None if progress else scope.properties
            events = read_events(events, columns=event_columns, only=needed, names=names)
        needed = None if progress or keep or by else scope.attributes
        table = read_leads(leads, id_column=id_column, events=events, only=needed, names=names)
    when = _moments(rules, as_of, table.as_of_column)
    looking = Looking(program_of(rules))
    rows = score_rows(rules, looking.watch(table), when, workers=workers or 1, audit=files.hold_audit)
    last = None if only_changed is None else Path(only_changed)
    writing = _writing(rules, table, as_of, keep, by, form or CsvForm(), Formulas(keep_formulas), last)
    earlier = None if last is None else Earlier(read_scored(last, table.id_column))
    tally = _Tally(StrangeLabels.of(rules), UnreadableValues.of(rules), asked)
    with _opened(writing, files, earlier) as write:
        for one in tally.counting(_each(rows)):
            write(one)
            if progress is not None:
                progress(one)
    writing.remarks.extend((*writing.changed.sentences(), *tally.of_unasked()))
    summary = tally.summary(table, writing, looking.found(table), remarks_of(rules))
    return attrs.evolve(summary, unwritten=tally.unasked + (earlier.same if earlier is not None else 0))


@attrs.frozen
class _Files:
    """The files to write, None for none."""

    results: Path | TextIO | None
    audit: Path | None
    rejects: Path | None

    @classmethod
    def of(
        cls, output: Path | str | TextIO | None, audit: Path | str | Literal[False], rejects: Path | str | None
    ) -> _Files:
        """Take them as a host names them."""
        results = Path(output) if isinstance(output, str) else output
        return cls(results, Path(audit) if audit else None, Path(rejects) if rejects else None)

    @property
    def hold_audit(self) -> bool:
        """Tell whether an audit is written, be it beside the results."""
        return self.audit is not None or (self.results is not None and holds_audit(self.results))


def _writing(
    rules: Ruleset,
    leads: LeadTable,
    as_of: dt.datetime | None,
    keep: Keep | str,
    by: str | None,
    form: CsvForm,
    formulas: Formulas,
    last: Path | None,
) -> Writing:
    """Say what all files of a run share. Raises FileProblem for columns that are not there."""
    program = program_of(rules)
    columns = columns_of(program, leads, [keep] if isinstance(keep, str) else keep)
    inputs = (*leads.files, *files_of(rules), *(() if last is None else (last,)))
    lists = None if by is None else find_column(program, leads, by)
    return Writing(program, columns, form, formulas, inputs, _about(rules, as_of), list(columns.remarks), lists)


def _each(rows: Iterable[Scored | Reject]) -> Iterator[Scored | Reject]:
    """Give results and rejects; the events that a lead was scored without come before it."""
    for one in rows:
        if isinstance(one, Scored):
            yield from one.left_out
        yield one


def _refuse_arguments(rules: object, events: object, event_columns: object, workers: object) -> None:
    """Raise TypeError and ValueError for what types do not say, or the host has not checked."""
    if not isinstance(rules, Ruleset):
        raise TypeError("the rules are a Ruleset: load them with Ruleset.from_file")
    if event_columns is not None and events is None:
        raise ValueError("event_columns say where the parts of events stand: give events, too")
    if workers is not None and (type(workers) is not int or not 1 <= workers <= MOST_WORKERS):
        raise ValueError(f"workers is a whole number of processes, from 1 to {MOST_WORKERS:,}")


def refuse_outputs(output: Path | TextIO | None, audit: Path | None, rejects: Path | None, *, by: bool = False) -> None:
    """Raise FileProblem for what could not be written at the end of a long run; `by` tells that there are lists."""
    if isinstance(output, Path):
        refuse_suffix(output, by=by)
    elif by and output is not None:
        raise FileProblem(None, "lists by a column are several, and there is one stream to write to", "name a file")
    if audit is not None:
        refuse_audit_suffix(audit)
    if rejects is not None:
        refuse_rejects_suffix(rejects)
    files = [resolved(path) for path in (output, audit, rejects) if isinstance(path, Path)]
    if len(set(files)) < len(files):
        raise FileProblem(None, "two outputs have the same name", "give output, audit and rejects different names")


def _moments(rules: Ruleset, as_of: dt.datetime | None, column: str | None) -> AsOf:
    if (as_of is None) == (column is None):
        raise ValueError("the time of scoring is as_of, or the as_of_column of a table of leads: give one of them")
    if as_of is None:
        where = program_of(rules).scope.zone
        return lambda row: as_of_each(row, where)
    read_as_of(as_of)
    return lambda _row: as_of


def _about(rules: Ruleset, as_of: dt.datetime | None) -> dict[str, str]:
    """Say what made the results, for files that can hold it: the rules, and the moment where all have the same."""
    named = {"leadrules.ruleset": rules.name, "leadrules.version": rules.version}
    found = {name: text for name, text in named.items() if text}
    found["leadrules.fingerprint"] = rules.fingerprint
    if as_of is not None:
        found["leadrules.as_of"] = text_of_instant(instant_of(as_of))
    return found


@contextlib.contextmanager
def _opened(writing: Writing, files: _Files, earlier: Earlier | None) -> Iterator[Take]:
    """Open all outputs, and give what writes a result or reject; none of them appears unless the block ends well."""
    writers = []
    with contextlib.ExitStack() as stack:
        if files.results is not None:
            put_result = stack.enter_context(results_to(files.results, writing))
            writers.append(put_result if earlier is None else earlier.only_changed(put_result))
        if files.audit is not None:
            writers.append(stack.enter_context(audit_to(files.audit, writing)))
        refused = None
        if files.rejects is not None:
            refused = RejectsWriter(files.rejects, inputs=writing.inputs, formulas=writing.formulas, form=writing.form)
            stack.enter_context(refused)

        def write(one: Scored | Reject) -> None:
            if isinstance(one, Scored):
                for put in writers:
                    put(one)
            elif refused is not None:
                refused.write(one)

        yield write
    if earlier is not None:
        writing.remarks.extend(earlier.sentences())


@attrs.define
class _Tally:
    """Counts what was scored and what was left out, and what was `asked` for of what was scored."""

    labels: StrangeLabels
    unreadable: UnreadableValues
    asked: Where | None
    scored: int = 0
    rejected: int = 0
    unscored: int = 0
    events: int = 0
    unasked: int = 0
    reasons: list[str] = attrs.field(factory=list)
    others: list[str] = attrs.field(factory=list)

    def counting(self, rows: Iterable[Scored | Reject]) -> Iterator[Scored | Reject]:
        """Count results and rejects, and give all but the leads that are not asked for."""
        for one in rows:
            self.add(one)
            if self.asked is None or isinstance(one, Reject) or self.asked.holds(one):
                yield one
            else:
                self.unasked += 1

    def of_unasked(self) -> Sequence[str]:
        """Say how many leads were not asked for."""
        return () if self.asked is None else tuple(self.asked.sentences(self.unasked))

    def add(self, one: Scored | Reject) -> None:
        """Count a result or reject."""
        is_by_column = self.unreadable.add(one)
        if isinstance(one, Scored):
            self.scored += 1
            self.labels.add(one.row.lead)
            return
        if one.kind == "event":
            self.events += 1
        else:
            self.rejected += 1
            self.unscored += one.failed == "score"
        if len(self.reasons) < _MOST_REASONS:
            self.reasons.append(one.reason)
        if not is_by_column and len(self.others) < _MOST_REASONS:
            self.others.append(one.reason)

    def summary(self, leads: LeadTable, writing: Writing, lacks: Lacks, of_rules: Sequence[str]) -> Summary:
        """Sum up, of leads that were read to their end."""
        return Summary(
            scored=self.scored,
            rejected=self.rejected,
            unscored=self.unscored,
            rejected_events=self.events,
            unmatched_events=leads.unmatched_events,
            reasons=tuple(self.reasons),
            rows=leads.read_rows,
            blank=leads.blank_rows,
            joined_lines=leads.joined_lines,
            event_rows=leads.read_events,
            blank_events=leads.blank_events,
            remarks=(*of_rules, *leads.remarks, *self.labels.sentences(), *writing.remarks),
            formula=writing.formulas.first,
            strange_labels=self.labels.leads,
            unreadable=self.unreadable.columns(),
            other_reasons=tuple(self.others),
            unmatched_leads=leads.unmatched_leads,
            close_leads=leads.close_leads,
            lacks=lacks,
        )
