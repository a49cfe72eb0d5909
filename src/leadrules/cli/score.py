"""`leadrules score`: score a file of leads, write the results, show whom to contact first."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from leadrules.audit import AuditEntry
from leadrules.canonical import canonical_json
from leadrules.characters import printable
from leadrules.cli import ranking as ranked
from leadrules.cli.progress import Bar
from leadrules.cli.ranking import Ranking, Rankings
from leadrules.cli.reading import Source, read_as_of_option
from leadrules.cli.rule_files import Given, load_rules
from leadrules.cli.running import OK, SOME_REJECTED, Stop
from leadrules.cli.screen import Screen, counted, drawn
from leadrules.cli.streams import standard_output
from leadrules.errors import RulesetError
from leadrules.ruleset import Ruleset, program_of
from leadrules.tables import LeadTable, Reject, Scored, Summary, UnreadableColumn, score_files
from leadrules.tables.batch import refuse_outputs
from leadrules.tables.csv_form import CsvForm
from leadrules.tables.scoring import AsOf, as_of_each, score_row
from leadrules.tables.where import Where
from leadrules.values import Zone, instant_of

STDOUT = Path("-")
"""The output that stands for CSV on standard output."""
_MOST_COLUMNS = 10


@attrs.frozen
class FormOptions:
    """The options that say how CSV is written, as given."""

    preset: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    dates: str | None = None

    def read(self) -> CsvForm:
        """Give the form. Raises FileProblem."""
        said = {"delimiter": self.delimiter, "decimal": self.decimal, "encoding": self.encoding, "dates": self.dates}
        return CsvForm.of(self.preset, **said)

    @property
    def is_given(self) -> bool:
        """Tell whether any of them is given."""
        return self != FormOptions()


@attrs.frozen
class Outputs:
    """The files to write, None for none, and what stands in them: columns to `keep`, and the form of CSV."""

    results: Path | None = None
    audit: Path | None = None
    rejects: Path | None = None
    keep: tuple[str, ...] = ()
    by: str | None = None
    only_changed: Path | None = None
    where: str | None = None
    form: FormOptions = FormOptions()

    @property
    def to_stdout(self) -> bool:
        """Tell whether standard output is for the results."""
        return self.results == STDOUT

    def check(self) -> None:
        """Refuse what could not be written at the end of a long run, or has no file. Raises FileProblem and Stop."""
        if self.keep and self.results is None:
            raise Stop("--keep says what stands beside the results in a file, and no file is asked for", "add -o FILE")
        if self.only_changed is not None and self.results is None:
            raise Stop("--only-changed says what stands in a file of results, and none is asked for", "add -o FILE")
        csv = [path for path in (self.results, self.audit, self.rejects) if path is not None and _is_csv(path)]
        if self.form.is_given and not csv:
            raise Stop("--for and --out-… say how CSV is written, and none is asked for", "add -o FILE.csv")
        self.form.read()
        if self.to_stdout and self.by is not None:
            raise Stop("--by writes several lists, and there is one standard output", "name a file: -o 'list-{}.csv'")
        by = self.by is not None
        refuse_outputs(None if self.to_stdout else self.results, self.audit, self.rejects, by=by)


@attrs.frozen
class Listed:
    """How many leads the list at the end has, and which columns stand beside the id; none for the company."""

    top: int = 10
    show: Sequence[str] = ()


def _where(rules: Ruleset, text: str, notes: Screen) -> Where:
    try:
        return Where.of(rules, text)
    except RulesetError as error:
        for diagnostic in error.diagnostics:
            notes.put(drawn(diagnostic))
        raise Stop(f"--where: `{text}` is no condition over these rules") from None


def _is_csv(path: Path) -> bool:
    return path == STDOUT or path.suffix.lower() == ".csv"


def score(  # noqa: PLR0913 - a parameter for each thing that is asked
    path: Path,
    source: Source,
    outputs: Outputs,
    *,
    as_of: str | None,
    given: Given,
    listed: Listed,
    workers: int,
    keep_formulas: bool,
    as_json: bool = False,
) -> int:
    """Score a file of leads and give the exit status. Raises Stop, RulesetError and FileProblem."""
    notes = Screen(stderr=True)
    _refuse_contradictions(source, outputs, as_of, as_json=as_json)
    rules = load_rules(path, given)
    asked = None if outputs.where is None else _where(rules, outputs.where, notes)
    table = _opened(rules, source, outputs, listed, asked)
    where = program_of(rules).scope.zone
    moment = None if source.as_of_column is not None else read_as_of_option(as_of, where, notes)
    ranking = Rankings.of(program_of(rules), table, listed.top, listed.show, outputs.by)
    form = outputs.form.read()
    stream = standard_output(form.encoding) if outputs.to_stdout else contextlib.nullcontext()
    with Bar(table.path, notes) as bar, stream as stdout:

        def take(one: Scored | Reject) -> None:
            ranking.add(one)
            bar.advance()

        summary = score_files(
            rules,
            leads=table,
            output=stdout or outputs.results,
            as_of=moment,
            audit=outputs.audit or False,
            rejects=outputs.rejects,
            workers=workers,
            progress=take,
            keep_formulas=keep_formulas,
            keep=outputs.keep,
            form=form,
            only_changed=outputs.only_changed,
            where=asked,
            by=outputs.by if outputs.results is not None else None,
        )
    if as_json:
        with standard_output() as file:
            file.write(canonical_json(summary.to_dict()) + "\n")
    else:
        if not outputs.to_stdout:
            _tell_ranking(rules, ranking, moment, source)
        tell_rest(notes, table.called, outputs, summary, lenient=given.lenient)
    return SOME_REJECTED if summary.left_out else OK


def _refuse_contradictions(source: Source, outputs: Outputs, as_of: str | None, *, as_json: bool) -> None:
    """Raise Stop and FileProblem for options that say two things."""
    if as_of is not None and source.as_of_column is not None:
        raise Stop("--as-of and --as-of-column both say the time of scoring", "give one of them")
    if as_json and outputs.to_stdout:
        raise Stop("--format json prints a summary, and -o - the results", "write the results to a file: -o scored.csv")
    outputs.check()


def _opened(rules: Ruleset, source: Source, outputs: Outputs, listed: Listed, asked: Where | None) -> LeadTable:
    """Open the leads, with all columns that rules, lists and files ask for."""
    programs = (program_of(rules),) if asked is None else (program_of(rules), asked.program)
    by = () if outputs.by is None else (outputs.by,)
    return source.open(*programs, also=(*outputs.keep, *listed.show, *by))


def _tell_ranking(rules: Ruleset, ranking: Rankings, moment: dt.datetime | None, source: Source) -> None:
    """Show whom to contact first, and where all stand."""
    screen = Screen()
    where = program_of(rules).scope.zone
    title(screen, rules, ranking.all, f"as of {_said(moment, source, where)}")
    ranked.show(screen, ranking, audit_of=audits(rules, _moments(moment, where)))


def _said(moment: dt.datetime | None, source: Source, where: Zone) -> str:
    return f"its `{source.as_of_column}`" if moment is None else moment_text(moment, where)


def _moments(moment: dt.datetime | None, where: Zone) -> AsOf:
    return lambda row: as_of_each(row, where) if moment is None else moment


def moment_text(moment: dt.datetime, where: Zone) -> str:
    """Write a moment by the clock of the rules' zone."""
    return f"{where.local(instant_of(moment)):%Y-%m-%d %H:%M} {where.name}"


def audits(rules: Ruleset, when: AsOf) -> Callable[[Scored], Sequence[AuditEntry]]:
    """Give a lead's audit; one that came back from a worker without it is scored once more."""

    def audit_of(scored: Scored) -> Sequence[AuditEntry]:
        if scored.result.audit:
            return scored.result.audit
        again = score_row(rules, scored.row, when)
        return again.result.audit if isinstance(again, Scored) else ()

    return audit_of


# -------------------------------------------------------------------- saying


def title(screen: Screen, rules: Ruleset, ranking: Ranking, said: str) -> None:
    """Say which rules scored how many leads, as of when."""
    name = " ".join(part for part in (rules.name, rules.version) if part)
    named = (f"{name} · ", "bold") if name else ""
    screen.line(named, f"{counted(ranking.scored, 'lead')} scored {said}")


def tell_rest(notes: Screen, leads: str, outputs: Outputs, summary: Summary, *, lenient: bool) -> None:
    """Say what was written, and what was left out and why."""
    written = [str(path) for path in (outputs.results, outputs.audit) if path is not None and path != STDOUT]
    if written:
        notes.line()
        notes.line(
            ("wrote ", "green"), f"{counted(summary.scored - summary.unwritten, 'lead')} to {' and '.join(written)}"
        )
    tell_unmatched(notes, leads, summary.unmatched_events, summary.unmatched_leads, summary.close_leads)
    tell_lacks(notes, summary.lacks.said())
    for remark in summary.remarks:
        notes.note(remark)
    if summary.formula is not None:
        notes.note(
            f"`{summary.formula:.60}` begins as a formula does: in CSV an apostrophe stands before such texts, so that "
            "no spreadsheet runs them; --keep-formulas leaves it out"
        )
    if summary.left_out:
        notes.line()
        tell_rejected(notes, summary)
        tell_options(notes, summary, outputs.rejects, lenient=lenient)
    elif summary.unreadable:
        notes.note("values that cannot be read are unknown")
        tell_columns(notes, summary.unreadable)


def tell_unmatched(notes: Screen, leads: str, events: int, some: Sequence[str], close: Mapping[str, str]) -> None:
    """Say how many events are of leads that are not there, some of these, and the leads that may be meant."""
    if events:
        named = ", ".join(f"`{lead}`{f' (is it `{close[lead]}`?)' if lead in close else ''}" for lead in some)
        notes.note(f"{counted(events, 'event')} of leads that {leads} does not have, such as {named}")


def tell_lacks(notes: Screen, said: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Say what the files lack for the rules, a sentence each with what to write."""
    for sentence, lines in said:
        files = ": add --events FILE" if "no file of events" in sentence else ""
        notes.note(sentence + files)
        for line in lines:
            notes.line("    write ", (printable(line), "cyan"))


def tell_rejected(notes: Screen, summary: Summary) -> None:
    """Say how many leads and events could not be read, or not be scored, why, and what to write."""
    unread_leads = summary.rejected - summary.unscored
    unread = [counted(n, noun) for n, noun in ((unread_leads, "lead"), (summary.rejected_events, "event")) if n]
    said = [f"{' and '.join(unread)} could not be read"] if unread else []
    if summary.unscored:
        said.append(f"{counted(summary.unscored, 'lead')} could not be scored")
    notes.warn(f"{', '.join(said)}; {'all others are' if summary.scored else 'no lead is'} scored")
    tell_columns(notes, summary.unreadable)
    for reason in summary.other_reasons:
        notes.item(reason)


def tell_options(notes: Screen, summary: Summary, file: Path | None, *, lenient: bool) -> None:
    """Say where all that was left out is listed, and how to score leads all the same."""
    if file is not None:
        notes.line((f"  all in {file}", "dim"))
    elif summary.left_out > len(summary.other_reasons):
        notes.line(("  --rejects FILE lists them all", "dim"))
    if summary.unreadable and summary.rejected > summary.unscored and not lenient:
        notes.line("  or score them as they are: ", of_lenient(summary.unreadable))


def of_lenient(unreadable: Iterable[UnreadableColumn]) -> str:
    """Say what `--lenient` does with what cannot be read."""
    of_time = {one.name == "at" for one in unreadable}
    does = "takes what cannot be read for unknown" if of_time != {True} else ""
    leaves = "leaves out events without a time that can be read" if True in of_time else ""
    return f"--lenient {' and '.join(part for part in (does, leaves) if part)}"


def tell_columns(notes: Screen, columns: Sequence[UnreadableColumn]) -> None:
    """Say of each column what cannot be read, and the line to write."""
    for column in columns[:_MOST_COLUMNS]:
        notes.item(column.sentence())
        if column.cure is not None:
            other = f'  (or as "{column.or_form}": which is it?)' if column.or_form else ""
            notes.line("    write ", (printable(column.cure), "cyan"), other)
    if len(columns) > _MOST_COLUMNS:
        notes.line((f"  and {len(columns) - _MOST_COLUMNS:,} more columns", "dim"))
