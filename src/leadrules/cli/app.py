"""The commands and their options, nothing else: what a command does is imported when it runs.

That keeps `leadrules --help` fast. A command module has one function, which takes plain values and
gives the exit status; `run` turns whatever goes wrong into a sentence and a status. Annotations are
no texts here, since typer reads those of all commands whichever is run.
"""

# ruff: noqa: PLR0913 - a command has a parameter for each of its options

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadrules.cli import options
from leadrules.cli.configured import commands_of, configured
from leadrules.cli.grouping import grouped
from leadrules.cli.options import AsOf, AsOfColumn, Events, IdColumn, LeadsFiles, OutputFormat, Reading, RulesFile
from leadrules.cli.running import run

if TYPE_CHECKING:
    from leadrules.cli.rule_files import Given
    from leadrules.cli.score import Listed, Outputs

app = typer.Typer(
    name="leadrules",
    help="Score sales leads by a rule file that a salesperson can read.",
    epilog="New here? Try: leadrules demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"leadrules {version('leadrules')}")
        raise typer.Exit


@app.callback()
def leadrules(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Score sales leads by a rule file that a salesperson can read."""
    del version  # its callback has shown it
    context.obj = partial(commands_of, app)


@app.command()
def demo(
    save: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the rules and the made-up leads to this folder too.")
    ] = None,
) -> None:
    """Show it all on made-up leads, with nothing to prepare."""
    from leadrules.cli.demo_command import demo as command

    raise typer.Exit(run(lambda: command(save)))


@app.command()
@configured
@grouped(reading=options.reading, given=options.leniently_given)
def check(
    rules: Annotated[Path | None, typer.Argument(metavar="RULES", help="The rule file.", show_default=False)] = None,
    against: Annotated[
        list[Path] | None, typer.Option(metavar="LEADS", help="Report what these leads lack for the rules, too.")
    ] = None,
    events: Events = None,
    *,
    reading: Reading,
    given: "Given",
    verbose: Annotated[bool, options.verbosely("List every rule: does it score each event, or once?")] = False,
    show_code: Annotated[bool, typer.Option("--show-code", help="Print the Python that the rules become.")] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="CODE", help="Tell what a code such as LR204 means, and check nothing.")
    ] = None,
    format_: OutputFormat = "text",
) -> None:
    """Find every mistake in a rule file."""
    as_json = format_ == "json"
    if explain is not None:
        from leadrules.cli.diagnostic_page import explain_code

        raise typer.Exit(run(lambda: explain_code(explain, as_json=as_json)))
    if rules is None:
        raise typer.BadParameter("name the rule file to check", param_hint="RULES")
    if events and not against:
        raise typer.BadParameter("--events goes with --against LEADS")
    from leadrules.cli.check import check as command

    source = reading(against, events or ()) if against else None
    raise typer.Exit(run(lambda: command(rules, source, given, verbose=verbose, as_json=as_json, show_code=show_code)))


@app.command()
@configured
def fmt(
    rules: Annotated[
        list[Path], typer.Argument(metavar="RULES…", help="The rule files; - is standard input.", show_default=False)
    ],
    check: Annotated[bool, typer.Option("--check", help="Change nothing; show what would change, and exit 1.")] = False,
) -> None:
    """Lay rule files out: columns aligned, comments kept, nothing changed in meaning."""
    from leadrules.cli.fmt import fmt as command

    raise typer.Exit(run(lambda: command(rules, check=check)))


@app.command()
@configured
@grouped(outputs=options.outputs, listed=options.listed, reading=options.reading, given=options.leniently_given)
def score(
    rules: RulesFile,
    leads: LeadsFiles,
    events: Events = None,
    as_of: AsOf = None,
    as_of_column: AsOfColumn = None,
    *,
    outputs: "Outputs",
    listed: "Listed",
    workers: Annotated[int, typer.Option(min=1, max=1024, metavar="N", help="How many processes share the work.")] = 1,
    keep_formulas: Annotated[
        bool, typer.Option("--keep-formulas", help="Write texts that a spreadsheet would run to CSV as they are.")
    ] = False,
    reading: Reading,
    given: "Given",
    format_: OutputFormat = "text",
) -> None:
    """Score leads, and show whom to contact first."""
    from leadrules.cli.score import score as command

    source = reading(leads, events or (), as_of_column=as_of_column)
    raise typer.Exit(
        run(
            lambda: command(
                rules,
                source,
                outputs,
                as_of=as_of,
                given=given,
                listed=listed,
                workers=workers,
                keep_formulas=keep_formulas,
                as_json=format_ == "json",
            )
        )
    )


@app.command()
@configured
@grouped(reading=options.reading, given=options.leniently_given)
def explain(
    rules: RulesFile,
    leads: LeadsFiles,
    lead: Annotated[str, typer.Option(metavar="ID", help="The lead to explain.", show_default=False)],
    events: Events = None,
    as_of: AsOf = None,
    why_not: Annotated[
        str | None, typer.Option(metavar="LABEL", help="Tell what the lead lacks for this stage.")
    ] = None,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="Tell when its stages will change if nothing else happens.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=3650, metavar="N", help="How far the forecast looks.")] = 90,
    *,
    reading: Reading,
    given: "Given",
    pii: Annotated[bool, typer.Option("--pii", help="Show the values of personal fields.")] = False,
    format_: OutputFormat = "text",
) -> None:
    """Tell how one lead came to its score."""
    from leadrules.cli.explain import ExplainOptions
    from leadrules.cli.explain import explain as command

    source = reading(leads, events or ())
    if forecast and why_not is not None:
        raise typer.BadParameter("--forecast and --why-not are two questions: ask one at a time")
    told = ExplainOptions(why_not, days if forecast else None, pii=pii, as_json=format_ == "json")
    raise typer.Exit(run(lambda: command(rules, source, lead, told, as_of=as_of, given=given)))


@app.command()
@configured
@grouped(reading=options.reading)
def infer(
    leads: LeadsFiles,
    events: Events = None,
    *,
    reading: Reading,
) -> None:
    """Write the declarations that fit a data file, to begin a rule file with."""
    from leadrules.cli.infer import infer as command

    source = reading(leads, events or ())
    raise typer.Exit(run(lambda: command(source)))


@app.command("test")
@configured
@grouped(given=options.given)
def examples(
    rules: Annotated[list[Path], typer.Argument(metavar="RULES…", help="The rule files.", show_default=False)],
    min_coverage: Annotated[
        int | None, typer.Option(min=0, max=100, metavar="N", help="Fail where examples cover less than N percent.")
    ] = None,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change each rule a little, and tell what no example would notice.")
    ] = False,
    verbose: Annotated[bool, options.verbosely("List what no example covers also where an example fails.")] = False,
    *,
    given: "Given",
    format_: OutputFormat = "text",
) -> None:
    """Run a rule file's examples, and tell what they leave uncovered."""
    from leadrules.cli.test_command import TestOptions
    from leadrules.cli.test_command import test as command

    asked = TestOptions(min_coverage, mutate, verbose)
    raise typer.Exit(run(lambda: command(rules, asked, given, as_json=format_ == "json")))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write it to.")] = Path(),
    template: Annotated[str, typer.Option(metavar="NAME", help="What to start from.")] = "minimal",
    list_: Annotated[bool, typer.Option("--list", help="List the templates.")] = False,
) -> None:
    """Write a first rule file, with examples, to go on from."""
    from leadrules.cli import init_command

    raise typer.Exit(run(init_command.show_templates if list_ else lambda: init_command.init(folder, template)))


@app.command()
@configured
@grouped(reading=options.reading, given=options.leniently_given)
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The rule file as it was.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The rule file as it is now.", show_default=False)],
    leads: LeadsFiles,
    events: Events = None,
    as_of: AsOf = None,
    as_of_column: AsOfColumn = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help='Exit with 1 when it holds: "stage moves > 5%", "score changes > 100", "owner moves > 0".',
        ),
    ] = None,
    top: Annotated[int, options.most("How many of the leads that move to show.")] = 10,
    *,
    reading: Reading,
    given: "Given",
    format_: OutputFormat = "text",
) -> None:
    """Tell what changed between two rule files, and what that does to leads."""
    from leadrules.cli.diff import diff as command

    source = reading(leads, events or (), as_of_column=as_of_column)
    as_json = format_ == "json"
    raise typer.Exit(
        run(
            lambda: command(
                old,
                new,
                source,
                as_of=as_of,
                given=given,
                fail_on=fail_on or [],
                top=top,
                as_json=as_json,
            )
        )
    )


@app.command()
def compare(
    last: Annotated[Path, typer.Argument(metavar="LAST", help="The results of last time.", show_default=False)],
    now: Annotated[Path, typer.Argument(metavar="NOW", help="The results of now.", show_default=False)],
    id_column: IdColumn = "id",
    top: Annotated[int, options.most("How many leads of each kind to show.")] = 10,
    format_: OutputFormat = "text",
) -> None:
    """Tell who rose, fell, is new or gone between two files of results."""
    from leadrules.cli.compare import compare as command

    raise typer.Exit(run(lambda: command(last, now, id_column=id_column, top=top, as_json=format_ == "json")))


# ------------------------------------------------------------------- plugins

plugins = typer.Typer(
    help="Show the plugins that are installed, find what is broken, begin a new one.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(plugins, name="plugins")


@plugins.callback(invoke_without_command=True)
def installed(context: typer.Context) -> None:
    """Show the plugins that are installed, find what is broken, begin a new one."""
    if context.invoked_subcommand is None:
        list_plugins("text")


@plugins.command("list")
def list_plugins(
    format_: Annotated[
        Literal["text", "json", "markdown"], typer.Option("--format", help="For people, for programs, or as pages.")
    ] = "text",
) -> None:
    """Show plugins and packs with their criteria and files."""
    from leadrules.cli.plugins_command import list_ as command

    raise typer.Exit(run(lambda: command(format_)))


@plugins.command()
def doctor(format_: OutputFormat = "text") -> None:
    """Find what is broken, and tell how to mend it; exit with 1 if anything is."""
    from leadrules.cli.plugins_command import doctor as command

    raise typer.Exit(run(lambda: command(as_json=format_ == "json")))


@plugins.command()
def needed(rules: RulesFile, format_: OutputFormat = "text") -> None:
    """Tell which distributions a rule file needs, as lines for pip; exit with 1 if one is missing."""
    from leadrules.cli.plugins_command import needed as command

    raise typer.Exit(run(lambda: command(rules, as_json=format_ == "json")))


@plugins.command("new")
def new_plugin(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name for rule files to use.", show_default=False)],
    dir_: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Where to put its folder. (default: here)")
    ] = None,
) -> None:
    """Write a plugin to go on from; it passes its own tests at once."""
    from leadrules.cli.scaffold_command import new as command

    raise typer.Exit(run(lambda: command(name, dir_)))
