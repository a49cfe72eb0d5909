"""Write rows as Parquet, group by group; needs pyarrow, which the extra `tables` installs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from leadrules.tables.output import OutputFile
from leadrules.tables.problems import FileProblem, without_pyarrow

Column = Literal["text", "texts", "bool", "date", "datetime"] | int
"""What a column holds: text, lists of text, yes and no, days, moments in UTC, or numbers with so many decimals."""

_GROUP = 16_384
"""Rows that are kept in memory and written at once, as a row group."""
_DIGITS = 38  # of decimal128, which everything that reads Parquet knows


@contextlib.contextmanager
def parquet_rows(
    output: OutputFile, columns: Mapping[str, Column], about: Mapping[str, str] | None = None
) -> Iterator[Callable[[Sequence[Any]], None]]:
    """Give what writes one row, its values in order of the columns, to an open file; `about` are its metadata.

    Memory stays bounded however many rows there are. Raises FileProblem where pyarrow is not
    installed, and for a number of more than 38 digits.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        problem, advice = without_pyarrow(error)
        raise FileProblem(output.path, f"needs pyarrow to be written{problem}", advice) from None
    schema = pa.schema([(name, _type(column)) for name, column in columns.items()], metadata=dict(about or {}))
    rows: list[Sequence[Any]] = []

    def write_group() -> None:
        values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        try:
            arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
        except pa.ArrowInvalid as error:
            raise FileProblem(output.path, f"cannot hold a number of these results: {error}") from None
        writer.write_table(pa.table(arrays, schema=schema))
        rows.clear()

    def write(row: Sequence[Any]) -> None:
        rows.append(row)
        if len(rows) >= _GROUP:
            write_group()

    writer = parquet.ParquetWriter(output.binary, schema)
    try:
        yield write
        if rows:
            write_group()
    except BaseException:
        with contextlib.suppress(OSError, pa.ArrowException):  # what failed is told; the file goes
            writer.close()
        raise
    writer.close()


def _type(column: Column) -> Any:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", tz="UTC"),
    }
    return types[column] if isinstance(column, str) else pa.decimal128(_DIGITS, column)
