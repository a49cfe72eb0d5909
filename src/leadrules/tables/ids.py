"""Ids as files have them: whole numbers often come as floats, `1.0`, where a table has gaps."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from leadrules.conversions import shown
from leadrules.errors import InputError
from leadrules.lead import read_id
from leadrules.tables.error_cells import SAID, is_error_cell

_EXACT = 2**53
"""Below it a float tells whole numbers apart."""


def is_no_id(raw: object) -> bool:
    """Tell whether a value stands for no id at all."""
    return raw is None or (isinstance(raw, str) and not raw.strip()) or (type(raw) is float and math.isnan(raw))


def plain_id(raw: Any) -> Any:
    """Give a whole number that is a float or decimal as an integer, and anything else as it is.

    >>> plain_id(1.0), plain_id(1.5), plain_id("1.0")
    (1, 1.5, '1.0')
    """
    if type(raw) is float and raw.is_integer() and abs(raw) < _EXACT:
        return int(raw)
    if type(raw) is Decimal and raw.is_finite() and raw.adjusted() < 30 and raw == raw.to_integral_value():
        return int(raw)
    return raw


def id_in_file(raw: object) -> str:
    """Read the id of a lead from a column or key of a file. Raises InputError."""
    if isinstance(raw, str) and is_error_cell(raw):
        raise InputError(f"{shown(raw)} is {SAID}")
    plain = plain_id(raw)
    if type(plain) is float and math.isfinite(plain):
        why = "is not a whole number" if abs(plain) < _EXACT else "has lost its last digits as a float"
        raise InputError(f"{shown(raw)} {why} (keep ids as text)")
    return read_id(plain)
