"""Rows of totals, which reports have at their end and which are no leads: `Summe;;1 234,50`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from leadrules.letters import folded

_WORDS = frozenset(
    folded(word)
    for word in (
        "total", "totals", "grand total", "grand totals", "subtotal", "subtotals", "sub-total", "sum", "overall",
        "total result", "average", "avg", "mean",
        "summe", "gesamt", "gesamtsumme", "gesamtergebnis", "zwischensumme", "teilergebnis", "insgesamt", "endsumme",
        "mittelwert", "durchschnitt",
        "razem", "suma", "suma końcowa", "suma częściowa", "ogółem", "łącznie", "w sumie", "średnia",
        "total général", "total general", "somme", "somme totale", "sous-total", "totaux", "moyenne",
        "suma total", "promedio", "totale", "totale complessivo", "totali", "somma", "total geral", "soma", "média",
        "media", "totaal", "eindtotaal", "subtotaal", "som", "gemiddelde",
        "totalt", "totalsumma", "summa", "delsumma", "sum i alt", "i alt", "celkem", "celkový součet", "součet",
        "mezisoučet", "spolu", "súčet", "celkový súčet", "összesen", "végösszeg", "részösszeg", "итого", "всего",
    )
)  # fmt: skip
"""What a row of totals, or of means, is called in the languages of Europe, folded."""
IS_TOTAL = "is a total and no lead, it seems: `{}`, and else nothing but numbers (take it out of the file)"
"""Why a row of totals at the end of a file is left out; it goes on after the name of the row."""
_COUNT = re.compile(
    r"[\s:=–-]*[(\[]?[\s\d.,:]*(records?|rows?|entries|zeilen|einträge|rekord\w*|wiersz\w*)?[)\]]?[\s:]*$"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_CURRENCIES = frozenset(
    (
        "zł",
        "pln",
        "eur",
        "usd",
        "gbp",
        "chf",
        "czk",
        "kč",
        "huf",
        "ft",
        "sek",
        "nok",
        "dkk",
        "kr",
        "tys",
        "k",
        "m",
        "mln",
    )
)


def total_in(values: Mapping[str, Any], id_column: str) -> str | None:
    """Give the word for a total that a row begins with, or has as its id, if all else in it are numbers.

    >>> total_in({"company": "Razem:", "id": "", "revenue": "1 234,50 zł"}, "id")
    'Razem:'
    >>> total_in({"company": "Total", "id": "7", "city": "Paris"}, "id") is None
    True
    """
    filled = {name: value for name, value in values.items() if value is not None and value != ""}
    first = next(iter(filled), None)
    word = next((name for name in (id_column, first) if name in filled and _is_word(filled[name])), None)
    if word is None or not all(_is_amount(value) for name, value in filled.items() if name != word):
        return None
    return str(filled[word]).strip()


def _is_word(value: object) -> bool:
    return isinstance(value, str) and len(value) < _LONGEST and folded(_COUNT.sub("", value.strip())) in _WORDS


_LONGEST = 60


def _is_amount(value: object) -> bool:
    if not isinstance(value, str):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return all(word in _CURRENCIES for word in _LETTERS.findall(folded(value)))
