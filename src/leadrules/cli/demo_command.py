"""`leadrules demo`: the main job on made-up leads that come with the package."""

from __future__ import annotations

import datetime as dt
import shlex
import tempfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path

from leadrules.audit import ScoredLead
from leadrules.cli import demo_leads
from leadrules.cli import ranking as ranked
from leadrules.cli.called import show_commands
from leadrules.cli.ranking import Ranking
from leadrules.cli.reading import read_as_of_option
from leadrules.cli.reasons import Reasons, is_cap_of_rule, points_text
from leadrules.cli.running import OK, Stop
from leadrules.cli.score import audits, moment_text, tell_rejected, title
from leadrules.cli.screen import Screen, counted
from leadrules.program import Program
from leadrules.ruleset import Ruleset, program_of
from leadrules.tables import OutputFile, Summary, score_files

RULES, LEADS, EVENTS = "demo.leadrules", "leads.csv", "events.csv"
FOLDER = "demo"
"""The folder that the commands to try next use, where the user has not chosen one."""

_TOP = 10
_MOST_REASONS = 7
_WEIGHTS = "weights: "
_OTHER_KINDS = {
    "cap": "caps: no dimension or group gives more than its max",
    "constant": "what the total adds",
}


def demo(save: Path | None) -> int:
    """Score the bundled sample, show the result, and give the exit status. Raises Stop, FileProblem."""
    files = bundled_files()
    if save is not None:
        write_files(save, files)
    screen = Screen()
    rules = Ruleset.from_text(files[RULES], RULES)
    moment = read_as_of_option(demo_leads.AS_OF, program_of(rules).scope.zone, screen)
    ranking = Ranking(program_of(rules), _TOP)
    summary = _score(rules, files, moment, ranking)
    screen.line("A made-up company, with made-up leads: nothing here is real.")
    title(screen, rules, ranking, f"as of {moment_text(moment, program_of(rules).scope.zone)}")
    ranked.show(screen, ranking, audit_of=audits(rules, lambda _row: moment))
    screen.line()
    tell_rejected(screen, summary)
    _tell_columns(screen, program_of(rules))
    first = ranking.first[0].result
    _explain(screen, first, program_of(rules), ranking.decimals)
    _tell_next(screen, save, first, program_of(rules))
    return OK


def bundled_files() -> dict[str, str]:
    """Give the files of the demo by name: the rules, the leads, their events."""
    rules = resources.files("leadrules.cli").joinpath("demo", RULES).read_text(encoding="utf-8")
    return {RULES: rules, LEADS: demo_leads.leads_csv(), EVENTS: demo_leads.events_csv()}


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files to a folder; one that is there already and says something else is kept. Raises Stop."""
    if folder.exists() and not folder.is_dir():
        raise Stop(f"`{folder}` is a file, not a folder", "choose another name")
    for name, text in files.items():
        path = folder / name
        if path.exists() and not (path.is_file() and path.read_bytes() == text.encode()):
            raise Stop(f"`{path}` is there already and differs from the demo's", "choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stop(f"the folder `{folder}` cannot be made: {(error.strerror or 'no access').lower()}") from None
    for name, text in files.items():
        with OutputFile(folder / name) as output:
            output.text.write(text)


def _score(rules: Ruleset, files: Mapping[str, str], as_of: dt.datetime, ranking: Ranking) -> Summary:
    """Score the sample the way `score` does: from files."""
    with tempfile.TemporaryDirectory(prefix="leadrules-") as name:
        folder = Path(name)
        for file in (LEADS, EVENTS):
            folder.joinpath(file).write_text(files[file], encoding="utf-8", newline="")
        return score_files(rules, leads=folder / LEADS, events=folder / EVENTS, as_of=as_of, progress=ranking.add)


# ----------------------------------------------------------------- one lead


def _explain(screen: Screen, result: ScoredLead, program: Program, decimals: int) -> None:
    """Tell briefly where the score of the first lead comes from; the points shown add up to it."""
    screen.line()
    screen.line((f"Why {result.lead} comes first", "bold"))
    strongest = Reasons(program).strongest(result.audit)
    rows = [(reason.points, reason.words) for reason in strongest[:_MOST_REASONS]]
    if rest := strongest[_MOST_REASONS:]:
        rows.append((_sum(reason.points for reason in rest), counted(len(rest), "more rule")))
    for kind, words in (*_OTHER_KINDS.items(), ("weight", _weights(program))):
        entries = [e for e in result.audit if e.kind == kind and not is_cap_of_rule(e, result.audit)]
        if entries:
            rows.append((_sum(entry.points for entry in entries), words))
    width = max(len(f"{points:+.{decimals}f}") for points, _ in rows)
    for points, words in rows:
        style = "dim" if words.startswith(_WEIGHTS) else points_text(points)[1]  # a weight is no penalty
        screen.line("  ", (f"{points:+{width}.{decimals}f}", style), f"  {words}")
    labels = ", ".join(f"{name} {label}" for name, label in (*result.stages.items(), *result.grades.items()))
    screen.line("  ", (f"{result.score:{width}.{decimals}f}", "bold"), f"  {labels}")


def _weights(program: Program) -> str:
    """Say how much of each dimension the total counts."""
    terms = program.total.terms or ()
    shares = ", ".join(f"{_percent(term.factor)} of {term.dimension}" for term in terms)
    return f"{_WEIGHTS}the score counts {shares}"


def _percent(factor: Fraction) -> str:
    return f"{float(factor * 100):g} %"


def _tell_columns(screen: Screen, program: Program) -> None:
    """Say what stands in the list."""
    ladders = " · ".join(ladder.name for ladder in program.ladders)
    screen.line()
    screen.prose(
        f"In the list: the score, a bar that shows it, and where the lead stands ({ladders}). Below each "
        "lead stand the rules that moved its score most, with their points."
    )


def _sum(points: Iterable[Decimal]) -> Decimal:
    return sum(points, Decimal(0))


# ---------------------------------------------------------------- what next


def next_commands(save: Path | None, first: ScoredLead, program: Program) -> list[tuple[str, str]]:
    """Give three commands to try next, each with what it does. Run in this order they work as they stand."""
    folder = Path(FOLDER) if save is None else save
    rules, leads, events = (_quoted(folder / name) for name in (RULES, LEADS, EVENTS))
    data = f"{rules} {leads} --events {events} --as-of {demo_leads.AS_OF}"
    explain = (f"leadrules explain {data} --lead {first.lead}", f"every rule, and what it says of {first.lead}")
    check = (f"leadrules check {rules} --verbose", "the rules: which score each event, and which once")
    if save is None:
        return [(f"leadrules demo --save {FOLDER}", "keep the rules and the leads, to play with"), explain, check]
    higher = _higher_stage(first, program)
    why_not = (f"leadrules explain {data} --lead {first.lead} --why-not {higher}", f"what it lacks to be {higher}")
    return [explain, why_not, check]


def _higher_stage(result: ScoredLead, program: Program) -> str:
    """Give the stage above the lead's on the first ladder, or its own at the top."""
    labels = program.ladders[0].labels
    return labels[min(labels.index(result.stage or labels[0]) + 1, len(labels) - 1)]


def _quoted(path: Path) -> str:
    text = path.as_posix()
    return f'"{text}"' if " " in text and "'" not in text and '"' not in text else shlex.quote(text)


def _tell_next(screen: Screen, save: Path | None, first: ScoredLead, program: Program) -> None:
    screen.line()
    screen.line(("Three commands to try next", "bold"))
    show_commands(screen, next_commands(save, first, program))
