"""Read Parquet, batch by batch; needs pyarrow, which the extra `tables` installs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leadrules.tables.problems import FileProblem
from leadrules.tables.records import Record, RecordFile, Wanted, repeated_name

_BATCH = 4_096


def open_parquet(path: Path, _wanted: Wanted) -> RecordFile:
    """Open a Parquet file. Raises FileProblem where it is none, or pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise FileProblem(
            path, "needs pyarrow to be read", "install it with: pip install 'leadrules[tables]'"
        ) from None
    if not path.stat().st_size:
        raise FileProblem(path, "is empty")
    try:
        file = parquet.ParquetFile(path)
    except pa.ArrowInvalid:
        raise FileProblem(path, "is not a Parquet file, or not a whole one") from None
    columns = tuple(file.schema_arrow.names)
    repeated = repeated_name(columns)
    if repeated is not None:
        raise FileProblem(path, f"has two columns named `{repeated[0]}`", "rename one of them")
    return RecordFile(path, columns, _records(path, file))


def _records(path: Path, file: Any) -> Iterator[Record]:
    import pyarrow as pa

    number = 0
    try:
        for batch in file.iter_batches(batch_size=_BATCH):
            for values in _in_microseconds(batch).to_pylist(maps_as_pydicts="strict"):
                number += 1
                yield Record(number, None, values)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise FileProblem(path, f"cannot be read after row {number:,}: {error}") from None
    finally:
        file.close()


def _in_microseconds(batch: Any) -> Any:
    """Cut timestamps to microseconds, the finest that is read."""
    import pyarrow as pa

    for index, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            cut = batch.column(index).cast(pa.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(index, field.name, cut)
    return batch
