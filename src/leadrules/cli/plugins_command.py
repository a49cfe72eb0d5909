"""`leadrules plugins`: what is installed, and what is broken among it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from leadrules.canonical import canonical_json
from leadrules.characters import printable
from leadrules.cli.called import program
from leadrules.cli.running import OK, RULES_WRONG
from leadrules.cli.screen import Screen, counted
from leadrules.cli.streams import standard_output
from leadrules.insights.criterion_pages import page_of
from leadrules.insights.installed import Installed, summary_of, survey
from leadrules.insights.needs import needs_of, requirements_of


def list_(form: str) -> int:
    """Tell what is installed, as `text`, `json` or `markdown`, and give the exit status."""
    found = survey()
    if form == "text":
        _show(Screen(), found)
        return OK
    with standard_output() as file:
        if form == "json":
            file.write(canonical_json({"installed": [one.to_dict() for one in found]}) + "\n")
        else:
            file.write("\n".join(page_of(criterion) for one in found for criterion in one.criteria))
    return OK


def _show(screen: Screen, found: Sequence[Installed]) -> None:
    if not found:
        screen.line("No plugins are installed. Begin one of your own with: ", (f"{program()} plugins new NAME", "cyan"))
        return
    for index, one in enumerate(found):
        if index:
            screen.line()
        _show_one(screen, one)


def _show_one(screen: Screen, one: Installed) -> None:
    origin = one.origin
    brought = f"  {one.kind} of {origin.distribution} {origin.version}" if origin.distribution else f"  {one.kind}"
    screen.line((printable(origin.plugin), "bold cyan"), (printable(brought), "dim"))
    named = [(f"{origin.plugin}.{c.name}{c.signature}", summary_of(c)) for c in one.criteria]
    named += [(f"pack:{origin.plugin}/{file.path}", file.about) for file in one.files]
    for name, about in named:
        screen.wrapped(screen.styled(printable(name)), 2, 4)
        screen.wrapped(screen.styled((printable(about), "dim")), 6, 6)
    for problem in one.problems:
        screen.line(("  broken: ", "bold red"), printable(problem.what))
    if one.problems:
        screen.line(("  to mend it: ", "cyan"), f"{program()} plugins doctor")


def needed(path: Path, *, as_json: bool) -> int:
    """Tell what a rule file needs, as lines for pip, and give the exit status: 1 where some of it is missing."""
    needs = needs_of(path)
    requirements = requirements_of(needs)
    with standard_output() as file:
        if as_json:
            told = {"needs": [need.to_dict() for need in needs], "requirements": requirements}
            file.write(canonical_json(told) + "\n")
        else:
            file.writelines(f"{line}\n" for line in requirements)
    return OK if all(need.distribution is not None for need in needs) else RULES_WRONG


def doctor(*, as_json: bool) -> int:
    """Tell what is broken and how to mend it, and give the exit status: 1 where anything is."""
    found = survey()
    problems = list(dict.fromkeys(problem for one in found for problem in one.problems))  # rivals tell the same
    if as_json:
        with standard_output() as file:
            told = {"ok": not problems, "looked_at": len(found), "problems": [p.to_dict() for p in problems]}
            file.write(canonical_json(told) + "\n")
        return RULES_WRONG if problems else OK
    screen = Screen()
    for problem in problems:
        screen.problem(problem.what, problem.mend)
        screen.line()
    whole = sum(not one.problems for one in found)
    kinds = f"{counted(len(found), 'plugin or pack', 'plugins and packs')} installed"
    screen.line(f"{kinds}, ", (f"{whole} whole", "bold green" if not problems else "bold"), _broken(len(found) - whole))
    return RULES_WRONG if problems else OK


def _broken(number: int) -> str:
    return f", {number} broken" if number else ""
