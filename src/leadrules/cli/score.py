"""`leadrules score`: score a file of leads, write the results, show whom to contact first."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from leadrules.audit import AuditEntry
from leadrules.cli import ranking as ranked
from leadrules.cli.progress import watched
from leadrules.cli.ranking import Ranking
from leadrules.cli.reading import Given, Source, as_of_each, load_rules, read_as_of_option
from leadrules.cli.running import OK, SOME_REJECTED, Stop
from leadrules.cli.scoring import AsOf, Scored, score_row, score_rows
from leadrules.cli.screen import Screen, counted
from leadrules.cli.writing import STDOUT, Write, audit_to, refuse_suffix, results_to
from leadrules.ruleset import Ruleset
from leadrules.tables import LeadTable, Reject, RejectsWriter
from leadrules.values import Zone, instant_of

_MOST_SHOWN = 5


@attrs.frozen
class Outputs:
    """The files to write, None for none."""

    results: Path | None = None
    audit: Path | None = None
    rejects: Path | None = None

    def check(self) -> None:
        """Refuse what could not be written at the end of a long run. Raises Stop."""
        if self.results is not None:
            refuse_suffix(self.results)
        files = [path.resolve() for path in (self.results, self.audit, self.rejects) if path not in (None, STDOUT)]
        if len(set(files)) < len(files):
            raise Stop("two outputs have the same name", "give --output, --audit and --rejects different names")


@attrs.define
class Rejected:
    """What was left out: how many leads and events could not be read, how many leads scored, the first few reasons."""

    leads: int = 0
    events: int = 0
    unscored: int = 0
    reasons: list[str] = attrs.field(factory=list)

    def add(self, reject: Reject) -> None:
        """Take one more."""
        if reject.failed == "score":
            self.unscored += 1
        elif reject.kind == "lead":
            self.leads += 1
        else:
            self.events += 1
        if len(self.reasons) < _MOST_SHOWN:
            self.reasons.append(reject.reason)

    @property
    def count(self) -> int:
        """How many there are in all."""
        return self.leads + self.events + self.unscored

    def __bool__(self) -> bool:
        return bool(self.count)


def score(
    path: Path,
    source: Source,
    outputs: Outputs,
    *,
    as_of: str | None,
    given: Given,
    top: int,
    workers: int,
) -> int:
    """Score a file of leads and give the exit status. Raises Stop, RulesetError and FileProblem."""
    notes = Screen(stderr=True)
    if as_of is not None and source.as_of_column is not None:
        raise Stop("--as-of and --as-of-column both say the time of scoring", "give one of them")
    outputs.check()
    rules = load_rules(path, given)
    table = source.open()
    when, said = _as_of(as_of, source.as_of_column, rules.program.scope.zone, notes)
    ranking, rejected = Ranking(rules.program, top), Rejected()
    rows = score_rows(rules, table, when, workers=workers, audit=_wants_audit(outputs))
    with _opened(outputs, rules, source, path) as (writers, rejects):
        for one in watched(rows, table, notes):
            _take(one, ranking, rejected, writers, rejects)
    if outputs.results != STDOUT:
        screen = Screen()
        title(screen, rules, ranking, said)
        ranked.show(screen, ranking, audit_of=audits(rules, when))
    tell_rest(notes, table, outputs, ranking, rejected)
    return SOME_REJECTED if rejected else OK


def _as_of(given: str | None, column: str | None, where: Zone, notes: Screen) -> tuple[AsOf, str]:
    """Give the moment of each row, and how to say it."""
    if column is not None:
        return (lambda row: as_of_each(row, where)), f"as of its `{column}`"
    moment = read_as_of_option(given, where, notes)
    return (lambda _row: moment), f"as of {moment_text(moment, where)}"


def moment_text(moment: dt.datetime, where: Zone) -> str:
    """Write a moment by the clock of the rules' zone."""
    return f"{where.local(instant_of(moment)):%Y-%m-%d %H:%M} {where.name}"


def _wants_audit(outputs: Outputs) -> bool:
    written = outputs.results is not None and outputs.results.suffix.lower() in {".jsonl", ".json"}
    return written or outputs.audit is not None


@contextlib.contextmanager
def _opened(
    outputs: Outputs, rules: Ruleset, source: Source, path: Path
) -> Iterator[tuple[list[Write], RejectsWriter | None]]:
    """Open all outputs; none of them appears unless the block ends well."""
    inputs = (*source.files, path)
    with contextlib.ExitStack() as stack:
        writers = []
        if outputs.results is not None:
            results = results_to(outputs.results, rules.program, source.id_column, inputs)
            writers.append(stack.enter_context(results))
        if outputs.audit is not None:
            writers.append(stack.enter_context(audit_to(outputs.audit, inputs)))
        rejects = None if outputs.rejects is None else RejectsWriter(outputs.rejects, inputs=inputs)
        if rejects is not None:
            stack.enter_context(rejects)
        yield writers, rejects


def _take(
    one: Scored | Reject, ranking: Ranking, rejected: Rejected, writers: Iterable[Write], rejects: RejectsWriter | None
) -> None:
    if isinstance(one, Reject):
        rejected.add(one)
        if rejects is not None:
            rejects.write(one)
        return
    ranking.add(one)
    for write in writers:
        write(one.result)


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


def tell_rest(notes: Screen, table: LeadTable, outputs: Outputs, ranking: Ranking, rejected: Rejected) -> None:
    """Say what was written, and what was left out and why."""
    written = [str(path) for path in (outputs.results, outputs.audit) if path is not None and path != STDOUT]
    if written:
        notes.line()
        notes.line(("wrote ", "green"), f"{counted(ranking.scored, 'lead')} to {' and '.join(written)}")
    if table.unmatched_events:
        notes.note(f"{counted(table.unmatched_events, 'event')} of leads that `{table.path}` does not have")
    if rejected:
        notes.line()
        tell_rejected(notes, rejected, outputs.rejects)


def tell_rejected(notes: Screen, rejected: Rejected, file: Path | None) -> None:
    """Say how many leads and events could not be read, or not be scored, and the first few reasons."""
    unread = [counted(n, noun) for n, noun in ((rejected.leads, "lead"), (rejected.events, "event")) if n]
    said = [f"{' and '.join(unread)} could not be read"] if unread else []
    if rejected.unscored:
        said.append(f"{counted(rejected.unscored, 'lead')} could not be scored")
    notes.warn(f"{', '.join(said)}; all others are scored")
    for reason in rejected.reasons:
        notes.item(reason)
    more = rejected.count - len(rejected.reasons)
    if file is not None:
        notes.line((f"  {'and ' + format(more, ',') + ' more, ' if more else ''}all in {file}", "dim"))
    elif more:
        notes.line((f"  and {more:,} more: --rejects FILE lists them all", "dim"))
