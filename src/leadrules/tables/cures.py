"""What would read values that a field cannot read: forms of numbers and times, words, and at last `else unknown`.

Likely ones are tried over the values; of those that read most, the first is proposed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product

import attrs

from leadrules.conversions import reader_of_field
from leadrules.foreign import Unreadable
from leadrules.tables.error_cells import is_error_cell
from leadrules.values import Value, Zone, folded, text_of_number
from leadrules.vocabulary import DATETIME, Field, Type

MOST_TRIED = 500
"""Distinct values over which forms are tried."""
UNKNOWN_WORDS = frozenset(
    folded(word)
    for word in (
        "select", "n/a", "na", "n.a.", "none", "null", "nil", "nan", "-", "--", "---", "–", "—",
        "?", "??",
        "unknown", "undefined", "not provided", "not specified", "not available", "not set", "not applicable",
        "number not provided", "no data", "no value", "tbd", "tba", "(blank)", "(none)", "(empty)", "(not set)",
        "brak", "brak danych", "nie podano", "nieznany", "nieznana", "nieznane", "nie wiem", "nie dotyczy", "b.d.",
        "b/d", "n/d", "nd.", "nie ustalono", "do ustalenia",
        "k.a.", "k. a.", "keine angabe", "keine angaben", "unbekannt", "nicht angegeben", "nicht bekannt",
        "inconnu", "inconnue", "non renseigné", "non renseignée", "non communiqué", "n.c.", "non disponible",
        "desconocido", "desconocida", "sin datos", "sin especificar", "no disponible", "no especificado",
        "no consta", "s/d",
    )
)  # fmt: skip
"""Words that people and programs write where nobody knows, folded."""


def means_unknown(text: str) -> bool:
    """Tell whether a text stands where nobody knows: a word for that, or an error of a spreadsheet."""
    return folded(text) in UNKNOWN_WORDS or is_error_cell(text)


BOOL_WORDS = (
    ("y", "n"), ("t", "f"), ("tak", "nie"), ("t", "n"), ("ja", "nein"), ("oui", "non"), ("sí", "no"), ("si", "no"),
    ("on", "off"), ("x", "-"), ("prawda", "fałsz"), ("j", "n"), ("wahr", "falsch"), ("o", "n"), ("vrai", "faux"),
    ("s", "n"),
    ("verdadero", "falso"), ("\N{CHECK MARK}", "\N{BALLOT X}"),
)  # fmt: skip
"""Pairs of words that mean true and false."""

_NUMBERS = ("45", "1 234", "1,234", "1'234", "6,5", "1 234,56", "1,234.56", "1.234,56", "1'234.56")
_MARKS = frozenset(
    ("%", "$", "€", "£", "¥", "zł", "pln", "eur", "usd", "gbp", "chf", "czk", "kč", "ft", "huf", "sek", "nok", "dkk",
     "kr", "szt", "km")
)  # fmt: skip
_MULTIPLIED = ("12k", "1,5k", "1.5k", "12 tys.", "1,5 mln")
_RANGES = ("51-200", "10+")
_DAYS = (
    "YYYY-M-D", "D.M.YYYY", "D/M/YYYY", "M/D/YYYY", "D-M-YYYY", "YYYY/M/D", "YYYY.M.D", "YYYYMMDD", "D.M.YY", "D/M/YY",
    "M/D/YY", "D MMM YYYY", "MMM D, YYYY", "D MMMM YYYY",
)  # fmt: skip
_CLOCKS = ("", " h:m", " h:m:s", " h:m AM", " h:m:s AM", ", h:m", " h:m Z")
_EPOCHS = {"epoch ms": r"[0-9]{12,14}(\.[0-9]+)?", "epoch": r"[0-9]{9,11}(\.[0-9]+)?"}
_LIKELY_YEARS = range(1900, 2101)
_MOST_FORMS = 3
_MOST_CHOICES = 5


@attrs.frozen
class Cure:
    """How a field should be declared to read values: `field`, and what else would read them in another way."""

    field: Field
    or_form: str | None = None


def cure_for(field: Field, texts: Iterable[str], zone: Zone) -> Cure:
    """Find how a field should be declared so that it reads these texts as well, or takes them for unknown."""
    found = [*dict.fromkeys(text.strip() for text in texts)][:MOST_TRIED]
    words = frozenset(folded(text) for text in found if means_unknown(text))
    rest = [text for text in found if folded(text) not in words]
    known = attrs.evolve(field, unknown=field.unknown | words, lenient=False)
    if not rest:
        return Cure(known)
    kind = field.type.kind
    if kind in ("number", "date", "datetime"):
        return _by_form(known, rest, _numbers(rest) if kind == "number" else _times(rest), zone)
    if kind == "bool":
        return _by_words(known, rest)
    if field.type.choices and len(rest) <= _MOST_CHOICES and kind == "text":
        return Cure(attrs.evolve(known, type=Type("text", (*field.type.choices, *rest))))
    return Cure(attrs.evolve(known, lenient=True))


def cure_for_moments(forms: Sequence[str], texts: Iterable[str], zone: Zone) -> tuple[tuple[str, ...], str | None]:
    """Find the forms of the time of events that read these texts, none where there is none, and another way."""
    cure = cure_for(Field("at", DATETIME, forms=tuple(forms)), texts, zone)
    return (cure.field.forms if cure.field.forms != tuple(forms) else ()), cure.or_form


def _by_words(field: Field, texts: Sequence[str]) -> Cure:
    """Take the pair of words that most of the texts are of, where the field has no words of its own."""
    said = [folded(text) for text in texts]
    best = max(BOOL_WORDS, key=lambda pair: sum(word in pair for word in said))
    if field.true_words or field.false_words or not any(word in best for word in said):
        return Cure(attrs.evolve(field, lenient=True))
    true, false = best
    left = any(word not in best for word in said)
    unknown = field.unknown - {*best}
    words = (frozenset({true}), frozenset({false}))
    return Cure(attrs.evolve(field, unknown=unknown, true_words=words[0], false_words=words[1], lenient=left))


# ---------------------------------------------------------------------- forms


def _by_form(field: Field, texts: Sequence[str], forms: Sequence[str], zone: Zone) -> Cure:
    """Add the form that reads most of the texts, then the one that reads most of the rest, and so on."""
    read = {form: _read(attrs.evolve(field, forms=(form,)), texts, zone) for form in forms}
    chosen: list[str] = []
    left = dict.fromkeys(texts)
    while left and len(chosen) < _MOST_FORMS:
        best = max(forms, key=lambda form: sum(text in left for text in read[form]))
        if not any(text in left for text in read[best]):
            break
        chosen.append(best)
        left = {text: None for text in left if text not in read[best]}
    other = _other_way(chosen, read)
    return Cure(attrs.evolve(field, forms=(*field.forms, *chosen), lenient=bool(left)), other)


def _other_way(chosen: Sequence[str], read: dict[str, dict[str, Value]]) -> str | None:
    """Give a form that reads all that the first one does, and none of it alike."""
    if not chosen:
        return None
    first = read[chosen[0]]
    return next(
        (
            form
            for form, values in read.items()
            if first.keys() <= values.keys() and any(values[text] != first[text] for text in first)
        ),
        None,
    )


def _read(field: Field, texts: Sequence[str], zone: Zone) -> dict[str, Value]:
    """Give the values of the texts that a field can read, where they are likely."""
    reader = reader_of_field(field, zone)
    found = {}
    for text in texts:
        try:
            value = reader(text)
        except Unreadable:
            continue
        if value is not None and _is_likely(value, field, zone):
            found[text] = value
    return found


def _is_likely(value: Value, field: Field, zone: Zone) -> bool:
    if not field.type.is_time:
        return True
    day = value if isinstance(value, dt.date) else zone.day(value)  # type: ignore[arg-type]
    return day.year in _LIKELY_YEARS


def _numbers(texts: Sequence[str]) -> list[str]:
    """Give forms of numbers to be tried, with the signs and words that stand beside the digits of the texts."""
    said = {word for text in texts for word in re.findall(r"[^\W\d_]+|[%$€£¥]", folded(text))} & _MARKS
    beside = " ".join(sorted(said))
    marked = [f"{form} {beside}" if beside not in ("%", "") else form + beside for form in _NUMBERS]
    if beside in ("$", "€", "£"):
        marked = [beside + form for form in _NUMBERS]
    return [*_NUMBERS, *(marked if said else []), *_MULTIPLIED, *_RANGES]


def _times(texts: Sequence[str]) -> list[str]:
    counted = [form for form, digits in _EPOCHS.items() if any(re.fullmatch(digits, text) for text in texts)]
    return [*(day + clock for clock, day in product(_CLOCKS, _DAYS)), *counted]


# ------------------------------------------------------------------- writing


def written(field: Field) -> str:
    """Write the options of a field or property behind its name, as a rule file has them.

    >>> from leadrules.vocabulary import NUMBER
    >>> written(Field("size", NUMBER, columns=("Size",), forms=("1 234", "51-200"), lenient=True))
    'number from "Size" as "1 234" or "51-200" else unknown'
    """
    parts = [
        str(field.type),
        _option("from", field.columns),
        _option("as", field.forms),
        _option("split", field.split),
        "unknown " + _set(field.unknown) if field.unknown else "",
        f"true {_set(field.true_words)} false {_set(field.false_words)}" if field.true_words else "",
        f"default {_value(field.default, field.split)}" if field.default is not None else "",
        "else unknown" if field.lenient else "",
        "pii" if field.pii else "",
        "protected" if field.protected else "",
    ]
    return " ".join(part for part in parts if part)


def _option(word: str, texts: Sequence[str]) -> str:
    return f"{word} {' or '.join(map(quoted, texts))}" if texts else ""


def _set(words: Iterable[str]) -> str:
    return "{" + ", ".join(map(quoted, sorted(words))) + "}"


def _value(value: Value, split: Sequence[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return text_of_number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return quoted((*split, ", ")[0].join(value) if isinstance(value, tuple) else str(value))


def quoted(text: str) -> str:
    """Write a text as a rule file has it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
