"""The commands and their options, nothing else: what a command does is imported when it runs.

That keeps `leadrules --help` fast. A command module has one function, which takes plain values and
gives the exit status; `run` turns whatever goes wrong into a sentence and a status. Annotations are
no texts here, since typer reads those of all commands whichever is run.
"""

# ruff: noqa: PLR0913, PLR0917 - a command has a parameter for each of its options

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from leadrules.cli.configured import commands_of, configured
from leadrules.cli.running import run

app = typer.Typer(
    name="leadrules",
    help="Score sales leads by a rule file that a salesperson can read.",
    epilog="New here? Try: leadrules demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Format = Literal["text", "json"]

RulesFile = Annotated[Path, typer.Argument(metavar="RULES", help="The rule file.", show_default=False)]
LeadsFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="LEADS",
        help="The leads: .csv, .xlsx, .jsonl, .json, .parquet, …, or a folder; - is standard input.",
        show_default=False,
    ),
]
Events = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE[:PART=NAME,…]",
        help="What the leads did, a file of events; may stand several times: "
        "'opens.csv:at=time,type=\"email_open\"' names columns, and in quotes what the file lacks.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Score as of this time: 2026-11-21 or 2026-11-21T10:00:00Z. (default: now)"),
]
IdColumn = Annotated[
    str, typer.Option(metavar="NAME", help="The column with the id of a lead; # takes the number of the row.")
]
EventColumns = Annotated[
    str | None,
    typer.Option(
        metavar="PART=NAME,…", help="Columns of all files of events, such as lead=contact,type=action,at=time,id=key."
    ),
]
Delimiter = Annotated[
    str | None, typer.Option(metavar="MARK", help="What separates the values of the leads, if not recognised.")
]
Encoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The encoding of the leads, if not recognised: utf-8, windows-1250, …"),
]
Sheet = Annotated[
    str | None, typer.Option(metavar="NAME|NUMBER", help="The sheet of a workbook with the leads. (default: the first)")
]
EventsSheet = Annotated[str | None, typer.Option(metavar="NAME|NUMBER", help="The sheet with the events.")]
EventsEncoding = Annotated[str | None, typer.Option(metavar="NAME", help="The encoding of the events.")]
InputFormat = Annotated[
    Literal["csv", "tsv", "jsonl", "ndjson", "json", "parquet", "xlsx", "xlsm", "xls", "ods"] | None,
    typer.Option(help="What the leads are, whatever their name says; of standard input CSV, if not said."),
]
Params = Annotated[
    list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="Another value for a param of the rules.")
]
AllowPlugin = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-plugin",
        metavar="NAME[=DISTRIBUTION]",
        help="A plugin that the rules may use, and who must bring it. (default: all installed)",
    ),
]
HostCriteria = Annotated[
    list[str] | None,
    typer.Option("--criteria", metavar="NAME=MODULE", help="A module with criteria of yours: rules `use NAME`."),
]
Lenient = Annotated[
    bool, typer.Option("--lenient", help="What a field or property cannot read is unknown, and costs no lead.")
]
OutputFormat = Annotated[Format, typer.Option("--format", help="For people, or for programs.")]


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
def check(
    rules: Annotated[Path | None, typer.Argument(metavar="RULES", help="The rule file.", show_default=False)] = None,
    against: Annotated[
        list[Path] | None, typer.Option(metavar="LEADS", help="Report what these leads lack for the rules, too.")
    ] = None,
    events: Events = None,
    id_column: IdColumn = "id",
    event_columns: EventColumns = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    events_encoding: EventsEncoding = None,
    sheet: Sheet = None,
    events_sheet: EventsSheet = None,
    input_format: InputFormat = None,
    param: Params = None,
    allow_plugin: AllowPlugin = None,
    criteria: HostCriteria = None,
    lenient: Lenient = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List every rule: does it score each event, or once?")
    ] = False,
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
    from leadrules.cli.rule_files import Given

    source = None
    if against:
        from leadrules.cli.reading import Source

        source = Source(
            against,
            events or (),
            id_column,
            event_columns,
            delimiter,
            encoding,
            events_encoding,
            sheet,
            events_sheet,
            input_format=input_format,
        )
    given = Given(param or [], allow_plugin, criteria or [], lenient)
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
def score(
    rules: RulesFile,
    leads: LeadsFiles,
    events: Events = None,
    as_of: AsOf = None,
    as_of_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Score each lead as of the time in this column.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write all results: .csv, .xlsx, .jsonl, .json, .parquet; - prints CSV.",
        ),
    ] = None,
    audit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write where every point comes from: .csv or .jsonl.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what could not be read or scored, and why: .csv or .jsonl."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN", help="Write this column of the leads beside the results, too; all: each of them."
        ),
    ] = None,
    for_: Annotated[
        str | None,
        typer.Option("--for", metavar="PROGRAM", help="Write CSV for it: excel-us, excel-uk, excel-de, excel-pl, …"),
    ] = None,
    out_delimiter: Annotated[
        str | None, typer.Option(metavar="MARK", help="What separates the values of CSV that is written. (default: ,)")
    ] = None,
    out_decimal: Annotated[
        str | None,
        typer.Option(metavar="MARK", help="What stands before decimals in CSV that is written. (default: .)"),
    ] = None,
    out_encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="The encoding of CSV that is written. (default: utf-8)")
    ] = None,
    out_dates: Annotated[
        str | None, typer.Option(metavar="FORM", help="Dates of kept columns in CSV, such as DD.MM.YYYY.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="A list for each of its values: a file for each, with {} in its name."),
    ] = None,
    only_changed: Annotated[
        Path | None, typer.Option(metavar="LAST", help="Write only what is new or other than in this file of results.")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(metavar="CONDITION", help="Only leads that meet it: 'stage >= mql and budget'."),
    ] = None,
    show: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Show this column beside the id. (default: company)")
    ] = None,
    top: Annotated[int, typer.Option(min=0, metavar="N", help="How many leads to show.")] = 10,
    workers: Annotated[int, typer.Option(min=1, max=1024, metavar="N", help="How many processes share the work.")] = 1,
    keep_formulas: Annotated[
        bool, typer.Option("--keep-formulas", help="Write texts that a spreadsheet would run to CSV as they are.")
    ] = False,
    id_column: IdColumn = "id",
    event_columns: EventColumns = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    events_encoding: EventsEncoding = None,
    sheet: Sheet = None,
    events_sheet: EventsSheet = None,
    input_format: InputFormat = None,
    param: Params = None,
    allow_plugin: AllowPlugin = None,
    criteria: HostCriteria = None,
    lenient: Lenient = False,
    format_: OutputFormat = "text",
) -> None:
    """Score leads, and show whom to contact first."""
    from leadrules.cli.reading import Source
    from leadrules.cli.rule_files import Given
    from leadrules.cli.score import FormOptions, Listed, Outputs
    from leadrules.cli.score import score as command

    source = Source(
        leads,
        events or (),
        id_column,
        event_columns,
        delimiter,
        encoding,
        events_encoding,
        sheet,
        events_sheet,
        as_of_column,
        input_format,
    )
    form = FormOptions(for_, out_delimiter, out_decimal, out_encoding, out_dates)
    outputs = Outputs(output, audit, rejects, tuple(keep or ()), by, only_changed, where, form)
    raise typer.Exit(
        run(
            lambda: command(
                rules,
                source,
                outputs,
                as_of=as_of,
                given=Given(param or [], allow_plugin, criteria or [], lenient),
                listed=Listed(top, show or ()),
                workers=workers,
                keep_formulas=keep_formulas,
                as_json=format_ == "json",
            )
        )
    )


@app.command()
@configured
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
    id_column: IdColumn = "id",
    event_columns: EventColumns = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    events_encoding: EventsEncoding = None,
    sheet: Sheet = None,
    events_sheet: EventsSheet = None,
    input_format: InputFormat = None,
    param: Params = None,
    allow_plugin: AllowPlugin = None,
    criteria: HostCriteria = None,
    lenient: Lenient = False,
    pii: Annotated[bool, typer.Option("--pii", help="Show the values of personal fields.")] = False,
    format_: OutputFormat = "text",
) -> None:
    """Tell how one lead came to its score."""
    from leadrules.cli.explain import ExplainOptions
    from leadrules.cli.explain import explain as command
    from leadrules.cli.reading import Source
    from leadrules.cli.rule_files import Given

    source = Source(
        leads,
        events or (),
        id_column,
        event_columns,
        delimiter,
        encoding,
        events_encoding,
        sheet,
        events_sheet,
        input_format=input_format,
    )
    if forecast and why_not is not None:
        raise typer.BadParameter("--forecast and --why-not are two questions: ask one at a time")
    told = ExplainOptions(why_not, days if forecast else None, pii=pii, as_json=format_ == "json")
    raise typer.Exit(
        run(
            lambda: command(
                rules, source, lead, told, as_of=as_of, given=Given(param or [], allow_plugin, criteria or [], lenient)
            )
        )
    )


@app.command()
@configured
def infer(
    leads: LeadsFiles,
    events: Events = None,
    id_column: IdColumn = "id",
    event_columns: EventColumns = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    events_encoding: EventsEncoding = None,
    sheet: Sheet = None,
    events_sheet: EventsSheet = None,
    input_format: InputFormat = None,
) -> None:
    """Write the declarations that fit a data file, to begin a rule file with."""
    from leadrules.cli.infer import infer as command
    from leadrules.cli.reading import Source

    source = Source(
        leads,
        events or (),
        id_column,
        event_columns,
        delimiter,
        encoding,
        events_encoding,
        sheet,
        events_sheet,
        input_format=input_format,
    )
    raise typer.Exit(run(lambda: command(source)))


@app.command("test")
@configured
def examples(
    rules: Annotated[list[Path], typer.Argument(metavar="RULES…", help="The rule files.", show_default=False)],
    min_coverage: Annotated[
        int | None, typer.Option(min=0, max=100, metavar="N", help="Fail where examples cover less than N percent.")
    ] = None,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change each rule a little, and tell what no example would notice.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List what no example covers also where an example fails.")
    ] = False,
    param: Params = None,
    allow_plugin: AllowPlugin = None,
    criteria: HostCriteria = None,
    format_: OutputFormat = "text",
) -> None:
    """Run a rule file's examples, and tell what they leave uncovered."""
    from leadrules.cli.rule_files import Given
    from leadrules.cli.test_command import TestOptions
    from leadrules.cli.test_command import test as command

    asked = TestOptions(min_coverage, mutate, verbose)
    raise typer.Exit(
        run(lambda: command(rules, asked, Given(param or [], allow_plugin, criteria or []), as_json=format_ == "json"))
    )


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
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The rule file as it was.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The rule file as it is now.", show_default=False)],
    leads: LeadsFiles,
    events: Events = None,
    as_of: AsOf = None,
    as_of_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Score each lead as of the time in this column.")
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help='Exit with 1 when it holds: "stage moves > 5%", "score changes > 100", "owner moves > 0".',
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=0, metavar="N", help="How many of the leads that move to show.")] = 10,
    id_column: IdColumn = "id",
    event_columns: EventColumns = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    events_encoding: EventsEncoding = None,
    sheet: Sheet = None,
    events_sheet: EventsSheet = None,
    input_format: InputFormat = None,
    param: Params = None,
    allow_plugin: AllowPlugin = None,
    criteria: HostCriteria = None,
    lenient: Lenient = False,
    format_: OutputFormat = "text",
) -> None:
    """Tell what changed between two rule files, and what that does to leads."""
    from leadrules.cli.diff import diff as command
    from leadrules.cli.reading import Source
    from leadrules.cli.rule_files import Given

    source = Source(
        leads,
        events or (),
        id_column,
        event_columns,
        delimiter,
        encoding,
        events_encoding,
        sheet,
        events_sheet,
        as_of_column,
        input_format,
    )
    as_json = format_ == "json"
    raise typer.Exit(
        run(
            lambda: command(
                old,
                new,
                source,
                as_of=as_of,
                given=Given(param or [], allow_plugin, criteria or [], lenient),
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
    top: Annotated[int, typer.Option(min=0, metavar="N", help="How many leads of each kind to show.")] = 10,
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
