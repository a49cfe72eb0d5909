"""Read Parquet, a few rows at a time; needs pyarrow, which the extra `tables` installs."""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Callable, Collection, Iterator
from typing import Any, NoReturn

from leadrules.shape import LEAD_PARTS
from leadrules.tables.inputs import Input
from leadrules.tables.near_names import squeezed
from leadrules.tables.problems import without_pyarrow
from leadrules.tables.records import Record, RecordFile, Wanted, repeated_name

_ROWS = 64
"""Rows that are in memory at once, and beside them one page of each column; more rows are hardly faster."""
_BYTES = 1 << 26
"""What these rows may take on average, as the file says; where they would be larger, there are fewer of them."""
_LEAST_BYTES = 8  # of a value, however well many are packed
_BUFFER = 1 << 16
_MAGIC = b"PAR1"
_LONGEST = 200


def open_parquet(given: Input, wanted: Wanted) -> RecordFile:
    """Open a Parquet file. Raises FileProblem where it is none, or pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet

        from leadrules.tables.parquet_values import values_of
    except ImportError as error:
        problem, advice = without_pyarrow(error)
        raise given.problem(f"needs pyarrow to be read{problem}", advice) from None
    if not given.start:
        raise given.problem("is empty")
    stack = contextlib.ExitStack()
    try:
        # Buffers of its own: without them a whole row group, or file, is loaded before its first row.
        file = parquet.ParquetFile(_source(given, stack), buffer_size=_BUFFER, pre_buffer=False)
        columns = tuple(file.schema_arrow.names)
        weakref.finalize(file, stack.close)
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        stack.close()
        if isinstance(error, OSError) and error.errno is not None:
            raise
        _refuse(given, error)
    if not columns:
        raise given.problem("has no columns")
    repeated = repeated_name(columns)
    if repeated is not None:
        raise given.problem(f"has two columns named `{repeated[0]}`", "rename one of them")
    return RecordFile(given, columns, _records(given, file, _needed(columns, wanted), values_of))


def _source(given: Input, stack: contextlib.ExitStack) -> Any:
    """Give what pyarrow opens: the path of a file, or what is unpacked or came as a stream, kept on disk."""
    return given.path if given.is_plain else stack.enter_context(given.seekable())


def _needed(columns: Collection[str], wanted: Wanted) -> list[str]:
    """Choose the columns to read: those that are asked for or nearly so, and the parts of a lead, or all of them.

    All are read where leads have the shape of one, since nothing may stand beside its parts then.
    """
    if wanted.only is None or "attributes" in columns:
        return [*columns]
    names = {*wanted.only, *wanted.columns, *LEAD_PARTS}
    forms = {*map(squeezed, names)}
    return [name for name in columns if name in names or squeezed(name) in forms]


def _records(given: Input, file: Any, needed: list[str], values_of: Callable[[Any], list[Any]]) -> Iterator[Record]:
    import pyarrow as pa

    number = 0
    try:
        for group in range(file.num_row_groups):
            rows = _rows_at_once(file.metadata.row_group(group), needed)
            for batch in file.iter_batches(rows, row_groups=[group], columns=needed, use_threads=False):
                kept = [name for name in batch.schema.names if name in needed]
                columns = [values_of(batch.column(name)) for name in kept]
                for values in zip(*columns, strict=True) if columns else [()] * batch.num_rows:
                    number += 1
                    yield Record(number, None, dict(zip(kept, values, strict=True)))
    except MemoryError:  # of Arrow, too
        raise given.problem(f"needs more memory than there is, after row {number:,}") from None
    except (pa.ArrowException, OSError, ValueError, LookupError, RecursionError) as error:
        raise given.problem(f"cannot be read after row {number:,}: {_said(error)}") from None
    finally:
        file.close()


def _rows_at_once(group: Any, needed: Collection[str]) -> int:
    """Say how many rows of a row group are read at once, by what the file says of their size."""
    columns = map(group.column, range(group.num_columns))
    read = [column for column in columns if column.path_in_schema in needed or "." in column.path_in_schema]
    size: int = sum(max(column.total_uncompressed_size, column.num_values * _LEAST_BYTES) for column in read)
    average = size // max(int(group.num_rows), 1) + 1
    return max(min(_ROWS, _BYTES // average), 1)


def _refuse(given: Input, error: Exception) -> NoReturn:
    """Say why a file cannot be opened."""
    if "ncrypted" in str(error) or "decrypt" in str(error):
        raise given.problem("is encrypted", "write it again without a key") from None
    if len(given.start) > 2 * len(_MAGIC) and given.start.startswith(_MAGIC) and _ends_well(given):
        raise given.problem(f"is damaged, or Parquet of a kind that cannot be read: {_said(error)}") from None
    raise given.problem("is not a Parquet file, or not a whole one") from None


def _ends_well(given: Input) -> bool:
    if given.is_stream:
        return False
    with given.seekable() as file:
        file.seek(-len(_MAGIC), os.SEEK_END)
        return file.read() == _MAGIC


def _said(error: Exception) -> str:
    """Give the first line of what a library said."""
    first = str(error).strip().partition("\n")[0]
    return first if len(first) <= _LONGEST else first[: _LONGEST - 1] + "…"
