"""The cells that spreadsheets show where a formula failed, as they stand in exports: `#N/A`, `#REF!`, `#DZIEL/0!`."""

from __future__ import annotations

import re

from leadrules.letters import folded

_WORDS = (
    "#N/A #REF! #VALUE! #DIV/0! #NAME? #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #UNKNOWN! #BUSY! "
    "#GETTING_DATA #PYTHON! #ERROR! "
    "#NV #BEZUG! #WERT! #ZAHL! #ÜBERLAUF! "
    "#VALEUR! #NOM? #NOMBRE! #NUL! #PROPAGATION! "
    "#N/D #¡REF! #¡VALOR! #¡DIV/0! #¿NOMBRE? #¡NUM! #¡NULO! #¡DESBORDAMIENTO! #¡CALC! "
    "#VALOR! #NOME? #NÚM! #NULO! #DESPEJAR! #RIF! #VALORE! #NULLO! "
    "#N/D! #ADR! #ARG! #DZIEL/0! #NAZWA? #LICZBA! #ZERO! #ROZLANIE! #OBL! "
    "#N/B #VERW! #WAARDE! #DEEL/0! #NAAM? #GETAL! #LEEG! "
    "#SAKNAS! #REFERENS! #VÄRDEFEL! #DIVISION/0! #NAMN? #OGILTIGT! #SKÄRNING! "
    "#I/T #REFERENCE! #VÆRDI! #NAVN? #NUMMER! "
    "#ODKAZ! #HODNOTA! #DĚLENÍ_NULOU! #NÁZEV? #ČÍSLO! #NENÍ_K_DISPOZICI #DELENIENULOU! #NÁZOV? #NEDOSTUPNÝ "
    "#HIÁNYZIK #HIV! #ÉRTÉK! #ZÉRÓOSZTÓ! #NÉV? #SZÁM! #NULLA! "
    "#Н/Д #ССЫЛКА! #ЗНАЧ! #ДЕЛ/0! #ИМЯ? #ЧИСЛО! #ПУСТО!"  # noqa: RUF001 - Cyrillic
)
"""As Excel, LibreOffice and Google Sheets have them in the languages of Europe."""
ERROR_WORDS = frozenset(map(folded, _WORDS.split()))
"""The words, folded."""
SAID = "what a spreadsheet shows in place of a value"
"""What such a text is; it goes on after `is`."""
_OTHER = re.compile(r"err:[0-9]{3}|#{3,}")
"""What LibreOffice shows of an error without a word, and what stands where a column was too narrow for its number."""


def is_error_cell(text: str) -> bool:
    """Tell whether a text is what a spreadsheet shows in place of a value.

    >>> is_error_cell(" #DIV/0! "), is_error_cell("#BEZUG!"), is_error_cell("########"), is_error_cell("#1 choice")
    (True, True, True, False)
    """
    if "#" not in text[:_LEAD_IN] and ":" not in text[:_LEAD_IN]:
        return False
    plain = folded(text.strip())
    return plain in ERROR_WORDS or _OTHER.fullmatch(plain) is not None


_LEAD_IN = 8
"""In so many letters of an error there is its sign."""
