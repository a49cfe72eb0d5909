"""Score the rows of a table, in this process or shared by several; order and results are the same.

A lead that cannot be read, or over which a plugin fails, becomes a reject, and the run goes on.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from leadrules.as_of import parse_as_of
from leadrules.audit import ScoredLead
from leadrules.errors import InputError, PluginError
from leadrules.ruleset import Ruleset
from leadrules.tables.leads import Row
from leadrules.tables.rejects import Reject
from leadrules.tables.timeless import read_leniently
from leadrules.values import Zone, moment_of

AsOf = Callable[[Row], dt.datetime]
"""Gives the moment as of which a row is scored. Raises InputError."""

MOST_WORKERS = 1_024
"""The largest number of processes that may share the work."""
_CHUNK = 200
_LARGE = 1 << 22
"""Letters in the values of rows: with more of them a chunk has fewer rows, so that memory stays bounded."""
_OF_AN_EVENT = 100  # letters, about


@attrs.frozen
class Scored:
    """A row of a file of leads, and its result.

    `left_out` are the events of the lead that lenient rules cannot read, since they have no time that can be read:
    the `row` has the others.
    """

    row: Row
    result: ScoredLead
    left_out: tuple[Reject, ...] = ()


def as_of_each(row: Row, where: Zone) -> dt.datetime:
    """Read the time in a lead's row. Raises InputError."""
    assert row.as_of is not None
    return moment_of(parse_as_of(row.as_of, where, "time of scoring"))


def score_rows(
    rules: Ruleset, rows: Iterable[Row | Reject], as_of: AsOf, *, workers: int = 1, audit: bool = True
) -> Iterator[Scored | Reject]:
    """Score rows in their order; rejects pass through.

    With several workers and without `audit` the results come back with an empty audit, which
    is much less to carry between processes.
    """
    if workers == 1:
        return (row if isinstance(row, Reject) else score_row(rules, row, as_of) for row in rows)
    return _shared(rules, rows, as_of, workers, audit=audit)


def score_row(rules: Ruleset, row: Row, as_of: AsOf) -> Scored | Reject:
    """Score a row, or say why it cannot be scored."""

    def read(row: Row) -> Scored:
        return Scored(row, rules.evaluate(row.lead, as_of=as_of(row)))

    try:
        scored, left_out = read_leniently(row, read, lenient=rules.lenient)
        return attrs.evolve(scored, left_out=left_out) if left_out else scored
    except InputError as error:
        return attrs.evolve(_reject(row, row.reason(error)), mistakes=error.mistakes)
    except PluginError as error:
        return attrs.evolve(_reject(row, f"{row.called}: {error}"), failed="score")


def _reject(row: Row, reason: str) -> Reject:
    return Reject("lead", row.number, str(row.lead["id"]), reason, file=row.file)


# ------------------------------------------------------------ several workers


def _shared(
    rules: Ruleset, rows: Iterable[Row | Reject], as_of: AsOf, workers: int, *, audit: bool
) -> Iterator[Scored | Reject]:
    from leadrules.tables.workers import in_order

    dated = ([_dated(row, as_of) for row in chunk] for chunk in chunks_of(rows))
    for found in in_order(_begin_scoring, pickle.dumps((rules, audit)), dated, workers):
        yield from found


def chunks_of(rows: Iterable[Row | Reject]) -> Iterator[list[Row | Reject]]:
    """Gather rows into what a worker gets at once: at most 200, fewer where their values are large."""
    chunk: list[Row | Reject] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += 0 if isinstance(row, Reject) else _size(row.lead)
        if len(chunk) >= _CHUNK or size > _LARGE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _size(lead: Mapping[str, Any]) -> int:
    """Count the letters of a lead's values, about."""
    values = lead["attributes"]
    texts = sum(len(value) for value in values.values() if type(value) is str) if type(values) is dict else 0
    return texts + (len(lead["events"]) * _OF_AN_EVENT if type(lead["events"]) is list else 0)


Dated = tuple[Row, dt.datetime] | Reject


def _dated(row: Row | Reject, as_of: AsOf) -> Dated:
    if isinstance(row, Reject):
        return row
    try:
        return row, as_of(row)
    except InputError as error:
        return _reject(row, row.reason(error))


def _begin_scoring(given: bytes) -> Callable[[list[Dated]], list[Scored | Reject]]:
    """Load the rules, once for each worker."""
    rules, audit = pickle.loads(given)  # noqa: S301 - from our own parent process

    def score_chunk(chunk: list[Dated]) -> list[Scored | Reject]:
        found = [_score_dated(rules, one) for one in chunk]
        return found if audit else [one if isinstance(one, Reject) else _without_audit(one) for one in found]

    return score_chunk


def _score_dated(rules: Ruleset, one: Dated) -> Scored | Reject:
    if isinstance(one, Reject):
        return one
    row, moment = one
    return score_row(rules, row, lambda _row: moment)


def _without_audit(scored: Scored) -> Scored:
    return attrs.evolve(scored, result=scored.result.without_audit())
