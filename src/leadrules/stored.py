"""A result as it was written: its canonical JSON read, and held against itself.

What comes in here was kept somewhere, where anything may have happened to it. What goes out has the shape of
a result, and its points add up; :class:`leadrules.audit.ScoredLead` makes one of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs

from leadrules import schemas
from leadrules.canonical import read_json
from leadrules.errors import Mistake, ResultError


def read_result(text: str | bytes) -> Any:
    """Read the JSON of a result, and give its parts as attributes. Raises ResultError for other text."""
    try:
        found = read_json(text)
    except ValueError as problem:
        raise no_result(str(problem)) from None
    return schemas.read("ScoredLead", found, _no_result)


def moment_of_result(shape: Any) -> dt.datetime:
    """Give the moment of a result that was read. Raises ResultError where it was changed after it was written."""
    labels = tuple(shape.stages.values())
    if (shape.stage is None and labels) or (shape.stage is not None and shape.stage not in labels):
        raise _changed(f"the stage is {shape.stage or 'none'}, and that of no ladder", "stage")
    points = sum((entry.points for entry in shape.audit), Decimal(0))
    if shape.audit and points != shape.score:
        raise _changed(f"the points of its audit add up to {points:f}, and the score is {shape.score:f}", "score")
    try:
        return dt.datetime.fromisoformat(shape.as_of)
    except ValueError:
        raise _changed(f"there is no moment {shape.as_of}", "as_of") from None


def no_result(problem: str) -> ResultError:
    """Make the error about a text that is no result."""
    return _no_result([Mistake("not_a_result", problem)])


def _no_result(mistakes: Sequence[Mistake]) -> ResultError:
    told = (attrs.evolve(one, message=f"this is no result of leadrules: {one.message}") for one in mistakes)
    return ResultError(mistakes=tuple(told))


def _changed(problem: str, field: str) -> ResultError:
    reason = f"this result was changed after it was written: {problem}"
    return ResultError(reason, code="not_a_result", field=field)
