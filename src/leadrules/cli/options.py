"""The options of commands: each that stands in several has its one definition here, and so have those that go together.

What they are made into is imported when a command runs. Annotations are no texts here, since typer reads those of all
commands whichever is run.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from leadrules.cli.grouping import grouped

if TYPE_CHECKING:
    from leadrules.cli.reading import Source
    from leadrules.cli.rule_files import Given
    from leadrules.cli.score import FormOptions, Listed, Outputs

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
AsOfColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Score each lead as of the time in this column.")]
IdColumn = Annotated[
    str, typer.Option(metavar="NAME", help="The column with the id of a lead; # takes the number of the row.")
]
OutputFormat = Annotated[Format, typer.Option("--format", help="For people, or for programs.")]


def most(shown: str) -> Any:
    """Give the option that says how many are shown."""
    return typer.Option(min=0, metavar="N", help=shown)


def verbosely(more: str) -> Any:
    """Give the option that says more."""
    return typer.Option("--verbose", "-v", help=more)


# -------------------------------------------------------------------- groups

Reading = Callable[..., "Source"]
"""What gives the source of a command: of the paths of leads, the events, and the column of moments."""


def reading(  # noqa: PLR0913, PLR0917 - an option each
    id_column: IdColumn = "id",
    event_columns: Annotated[
        str | None,
        typer.Option(
            metavar="PART=NAME,…",
            help="Columns of all files of events, such as lead=contact,type=action,at=time,id=key.",
        ),
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(metavar="MARK", help="What separates the values of the leads, if not recognised.")
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The encoding of the leads, if not recognised: utf-8, windows-1250, …"),
    ] = None,
    events_encoding: Annotated[str | None, typer.Option(metavar="NAME", help="The encoding of the events.")] = None,
    sheet: Annotated[
        str | None,
        typer.Option(metavar="NAME|NUMBER", help="The sheet of a workbook with the leads. (default: the first)"),
    ] = None,
    events_sheet: Annotated[str | None, typer.Option(metavar="NAME|NUMBER", help="The sheet with the events.")] = None,
    input_format: Annotated[
        Literal["csv", "tsv", "jsonl", "ndjson", "json", "parquet", "xlsx", "xlsm", "xls", "ods"] | None,
        typer.Option(help="What the leads are, whatever their name says; of standard input CSV, if not said."),
    ] = None,
    alias_column: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="The column with further ids of a lead, of records merged into it: their events are its own.",
        ),
    ] = None,
) -> Reading:
    """Take how files of leads and events are read."""

    def source(leads: Sequence[Path], events: Sequence[str], as_of_column: str | None = None) -> "Source":
        from leadrules.cli.reading import Source

        columns = (id_column, event_columns, delimiter, encoding, events_encoding, sheet, events_sheet)
        return Source(leads, events, *columns, as_of_column, input_format, alias_column)

    return source


def given(
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="Another value for a param of the rules.")
    ] = None,
    allow_plugin: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-plugin",
            metavar="NAME[=DISTRIBUTION]",
            help="A plugin that the rules may use, and who must bring it. (default: all installed)",
        ),
    ] = None,
    criteria: Annotated[
        list[str] | None,
        typer.Option("--criteria", metavar="NAME=MODULE", help="A module with criteria of yours: rules `use NAME`."),
    ] = None,
) -> "Given":
    """Take what a rule file is given."""
    from leadrules.cli.rule_files import Given

    return Given(param or [], allow_plugin, criteria or [])


@grouped(strictly=given)
def leniently_given(
    *,
    strictly: "Given",
    lenient: Annotated[
        bool, typer.Option("--lenient", help="What a field or property cannot read is unknown, and costs no lead.")
    ] = False,
) -> "Given":
    """Take what a rule file is given that may be read leniently."""
    import attrs

    return attrs.evolve(strictly, lenient=lenient)


def csv_form(
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
) -> "FormOptions":
    """Take how CSV is written."""
    from leadrules.cli.score import FormOptions

    return FormOptions(for_, out_delimiter, out_decimal, out_encoding, out_dates)


@grouped(form=csv_form)
def outputs(
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
    *,
    form: "FormOptions",
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
) -> "Outputs":
    """Take what is written, and of which leads."""
    from leadrules.cli.score import Outputs

    return Outputs(output, audit, rejects, tuple(keep or ()), by, only_changed, where, form)


def listed(
    show: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Show this column beside the id. (default: company)")
    ] = None,
    top: Annotated[int, most("How many leads to show.")] = 10,
) -> "Listed":
    """Take what the list at the end has."""
    from leadrules.cli.score import Listed

    return Listed(top, show or ())
