"""Points as the engines count them: whole numbers of units, as decimals and as canonical JSON."""

from __future__ import annotations

from decimal import Context, Decimal

EXACT = Context(prec=100)
"""Multiplies and divides units by powers of ten without rounding."""
_MOST_DECIMALS = 10_000


class Decimals(dict[int, Decimal]):
    """The decimal of a whole number of units, of which 10^`precision` are a point; round ones are remembered."""

    __slots__ = ("scale", "unit")

    def __init__(self, precision: int) -> None:
        super().__init__()
        self.scale: int = 10**precision
        self.unit = Decimal(1).scaleb(-precision)

    def __missing__(self, units: int) -> Decimal:
        made = EXACT.divide(units, self.scale)
        if len(self) < _MOST_DECIMALS and not units % 10:
            self[units] = made
        return made


class Numbers(dict[int, str]):
    """The canonical JSON of a whole number of units; as many are remembered as decays tell apart."""

    __slots__ = ("_places", "_scale")

    def __init__(self, precision: int) -> None:
        super().__init__()
        self._places = precision
        self._scale: int = 10**precision

    def __missing__(self, units: int) -> str:
        whole, rest = divmod(abs(units), self._scale)
        text = f"{whole}.{rest:0{self._places}}".rstrip("0") if rest else str(whole)
        text = f"-{text}" if units < 0 else text
        if len(self) < _MOST_DECIMALS:
            self[units] = text
        return text
