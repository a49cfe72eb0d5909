"""Values of other libraries, as Python itself has them: the first step of reading one.

Subclasses become what they are made of, whatever they say of themselves; scalars of number libraries and
tables become scalars of Python. No such library is imported: a value is known by where its type comes from.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs


class Unreadable(ValueError):
    """A raw value that is not of its type. `problem` follows the value in a sentence; `advice` may be empty.

    `code` is that of the mistake.
    """

    def __init__(self, problem: str, advice: str = "", code: str = "wrong_type") -> None:
        self.problem = problem
        self.advice = advice
        self.code = code
        super().__init__(f"{problem} ({advice})" if advice else problem)


@attrs.frozen
class Unheld:
    """Stands for a value of a file that Python cannot hold, such as a time in the year 12000. Rules cannot read it.

    `text` is what people are shown of it, or `kind` where that is empty; the others are as in `Unreadable`.
    """

    text: str
    problem: str
    advice: str = ""
    code: str = "wrong_type"
    kind: str = "this value"

    def __str__(self) -> str:
        return self.text or self.kind


PLAIN: frozenset[type] = frozenset(
    {type(None), bool, int, str, float, Decimal, dt.date, dt.datetime, list, tuple, dict, set, frozenset, bytes}
)
"""The types of values that are left as they are."""

_ABSENT = frozenset({("pandas", "NAType"), ("pandas", "NaTType")})


def natural(raw: Any) -> Any:
    """Give a value as Python itself has it; what is no such value is given as it is.

    None stands for the `NA` and `NaT` of tables, which mean the same. May raise whatever the value does, and
    Unreadable where Python cannot hold it.

    >>> natural(UUID(int=0))
    '00000000-0000-0000-0000-000000000000'
    """
    kind = type(raw)
    if kind in PLAIN:
        return raw
    exact = exactly(raw)
    if exact is not raw:
        return exact
    if kind is UUID:
        return str(raw)
    if kind is Unheld:
        raise Unreadable(raw.problem, raw.advice, raw.code)
    library = kind.__module__.partition(".")[0]
    if (library, kind.__name__) in _ABSENT:
        return None
    return _of_numpy(raw) if library == "numpy" else raw


def may_change(raw: Any) -> bool:
    """Tell whether a value may become another while it stays the same object, as far as is known of its type."""
    return not isinstance(raw, dt.date) and type(natural(raw)) not in PLAIN


def exactly(raw: Any) -> Any:
    """Give a text or number of a subclass as what it is made of, and anything else as it is."""
    kind = type(raw)
    if kind in PLAIN:
        return raw
    return next((plain(raw) for base, plain in _BASES if issubclass(kind, base)), raw)


_BASES: tuple[tuple[type, Any], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (Decimal, Decimal),
)


def _of_numpy(raw: Any) -> Any:
    """Give a scalar as its `item()`, a moment as a datetime without offset, a span, a row of values as a list."""
    kind, dimensions = str(raw.dtype.kind), raw.ndim
    if type(raw).__name__ == "ndarray":
        return raw.tolist() if dimensions == 1 else raw
    if kind not in "biufMm":
        return raw
    return (raw.astype(_MICROSECONDS[kind]) if kind in _MICROSECONDS else raw).item()


_MICROSECONDS = {"M": "datetime64[us]", "m": "timedelta64[us]"}
"""The types whose values Python can hold as moments and spans of time, and not as bare numbers."""
